"""Every list that leaves as a CSV is the same, cell by cell, whether Python writes it or the database."""

import csv
import datetime as dt
import io
from dataclasses import replace

import pytest
from django.db.models import Count, OuterRef, Subquery
from django.utils import translation

from cases.models.activities import Activity
from cases.models.casework import Case, Referral
from cases.models.people import Client
from cases.models.state_aid import StateAid
from cases.models.work import Contact
from cases.services.exports import ACTIVITIES, CASES, CONTACTS, PERSONS, REFERRALS, STATE_AIDS
from cases.services.referrals import referral_receive
from cases.services.state_aid.opening import state_aid_open
from departments.models.census import CensusLine
from departments.services.census.exports import CENSUS_LINES
from departments.services.exporting import Listing, listing_export
from donations.models.giving import Donation
from donations.models.ledger import LedgerEntry
from donations.models.requests import FundingRequest
from donations.services.book_exports import BOOK, ENTRY_JOINS
from donations.services.exports import ASKED, GIFTS, SENT
from msw_portal.kernel.tables import copying, writing
from tests.factories import donations
from tests.factories.cases import make_case, make_client, make_contact
from tests.factories.census import line, make_sent
from tests.factories.volunteers import coordinator_of, make_post, make_service, make_volunteer
from volunteers.models.service import ServiceRecord
from volunteers.services.hour_exports import HOURS

COPIED = (
    *(CASES, PERSONS, CONTACTS, REFERRALS, ACTIVITIES, STATE_AIDS),
    *(ASKED, SENT, GIFTS, BOOK, HOURS, CENSUS_LINES),
)


def _written(listing: Listing, rows, by) -> list[list[str]]:
    made = listing_export(listing=listing, rows=rows, suffix="csv", by=by)
    with made.file as file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))


def _same(listing: Listing, rows, by) -> list[list[str]]:
    """The lines below the heads, which are the same both ways and in both languages."""
    for language in ("en", "zh-hans"):
        with translation.override(language):
            told = _written(listing, rows(), by)
            assert told == _written(replace(listing, may_be_copied=False), rows(), by)
    return told[1:]


@pytest.mark.parametrize("listing", COPIED, ids=lambda one: one.kind)
def test_the_great_lists_are_written_by_the_database(listing):
    assert listing.is_copied


def test_both_ways_know_the_same_beginnings_of_a_formula():
    assert set(copying.STARTS.replace("\\", "")) == set(writing.FORMULA)


def test_referrals_are_the_same_both_ways(worker, acting):
    with acting(worker):
        referral_receive(
            client=make_client(worker, name="演示甲"),
            from_text="=HYPERLINK(1)",
            reason="费用",
            by=worker,
        )
        referral_receive(from_text='－二"科"', reason="费用", urgency="urgent", by=worker)
        rows = _same(
            REFERRALS,
            lambda: Referral.objects.visible_to(worker).order_by("due_at", "id"),
            worker,
        )
    assert {"'=HYPERLINK(1)", '\'－二"科"'} <= {cell for row in rows for cell in row}
    assert len(rows) == 2


def test_persons_and_contacts_are_the_same_both_ways(worker, acting):
    with acting(worker):
        known = make_client(worker, name="演示甲", deceased_on=dt.date(2026, 5, 1))
        case = make_case(worker, client=known, stage="intervention")
        make_contact(case, worker, services=["emotion", "family"], needs=["financial"])
        make_contact(case, worker, next_on=dt.date(2027, 1, 2))
        make_case(worker, client=make_client(worker, name="演示乙", is_unidentified=True))
        counted = Case.objects.filter(client__root=OuterRef("pk")).order_by().values("client__root")
        counted = Subquery(counted.annotate(n=Count("pk")).values("n"))

        def persons():
            found = Client.objects.visible_to(worker).roots().annotate(case_count=counted)
            return found.order_by("id")

        assert [row[-1] for row in _same(PERSONS, persons, worker)] == ["1", "1"]
        told = _same(CONTACTS, lambda: Contact.objects.visible_to(worker).order_by("id"), worker)
    assert len(told) == 2
    assert {row[1] for row in told} == {"演**"}


def test_gifts_are_the_same_both_ways(people, money, acting):
    donations.make_approved(people, money, amount="600.00")
    with acting(people.officer):
        one = Donation.objects.visible_to(people.officer).order_by("id")[:1]
        Donation.objects.filter(pk=one[0].pk).update(content="＝轮椅")
        rows = _same(
            GIFTS,
            lambda: Donation.objects.visible_to(people.officer).order_by("id"),
            people.officer,
        )
    assert "'＝轮椅" in rows[0]


def test_activities_are_the_same_both_ways(worker, acting, ward):
    given = {"organization_id": worker.membership.organization_id, "created_by": worker}
    with acting(worker):
        given |= {
            "department_id": worker.acting.department_id,
            "minutes": 45,
            "persons": 6,
            "person_times": 9,
        }
        for kind, more in (
            ("ward_visit", {"ward": ward, "topic": "@晨间\n探访"}),
            ("consultation", {"place": "＋门诊"}),
        ):
            day = dt.date(2026, 3, 1)
            Activity.objects.create(kind=kind, occurred_on=day, **given, **more)
        rows = _same(ACTIVITIES, lambda: Activity.objects.visible_to(worker).order_by("id"), worker)
    assert len(rows) == 2


def test_state_aids_are_the_same_both_ways(worker, acting):
    with acting(worker):
        for applied in ("12000.00", None):
            case = make_case(worker, stage="intervention")
            state_aid_open(
                case=case,
                kind="medical",
                authority="-演示街道",
                applicant="patient",
                applied=applied and donations.D(applied),
                by=worker,
            )
        rows = _same(STATE_AIDS, lambda: StateAid.objects.visible_to(worker).order_by("id"), worker)
    assert "12000.00" in rows[0]
    assert len(rows) == 2


def test_requests_and_the_book_are_the_same_both_ways(people, money, acting):
    donations.make_approved(people, money, amount="6000.50")
    donations.make_submitted(people, money)

    def requests(user):
        return lambda: FundingRequest.objects.visible_to(user).order_by("id")

    with acting(people.worker):
        assert len(_same(ASKED, requests(people.worker), people.worker)) == 2
    with acting(people.officer):
        rows = _same(SENT, requests(people.officer), people.officer)
        assert "6000.50" in rows[0]
    with acting(people.cashier):

        def entries():
            legs = LedgerEntry.objects.visible_to(people.cashier)
            return legs.select_related(*ENTRY_JOINS).order_by("journal__posted_at", "id")

        rows = _same(BOOK, entries, people.cashier)
        assert {"100000.00", "6000.50"} <= {cell for row in rows for cell in row}
        assert not any(cell.startswith("'-") for row in rows for cell in row)


def test_hours_are_the_same_both_ways(worker, hospital, acting):
    keeper = coordinator_of(hospital)
    with acting(keeper):
        volunteer, post = make_volunteer(keeper), make_post(keeper, title="=陪伴")
        make_service(volunteer, post, keeper)
        make_service(volunteer, post, keeper, days=3, break_minutes=0)
        rows = _same(HOURS, lambda: ServiceRecord.objects.visible_to(keeper).order_by("id"), keeper)
    assert [row[2] for row in rows] == ["'=陪伴"] * 2


def test_lines_of_the_census_are_the_same_both_ways(head, acting):
    with acting(head):
        make_sent(head, line(), line("＝第二医院", is_active=False, workers=0, note="@备注"))
        rows = _same(CENSUS_LINES, lambda: CensusLine.objects.visible_to(head).order_by("id"), head)
    assert len(rows) == 2
