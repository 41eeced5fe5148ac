"""What led to no case: due after its years, emptied by two, with the stranger behind it; every figure stays."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Referral
from cases.models.people import Client
from cases.services.record_holds import record_hold_set
from cases.services.referrals import referral_discard, referral_refuse
from cases.services.untaken import referrals_due, referrals_next
from departments.models.doors import InboxItem
from departments.services import destruction
from departments.services.retention import years_after
from tests.cases.test_retention import WHY, YEAR, _run
from tests.factories import cases as make
from tests.factories.doors import send

pytestmark = pytest.mark.django_db


def untaken(by, *, years=3.1, **given):
    """A referral that came so many years ago and was refused."""
    values = {
        "from_text": "李护士 6123",
        "reason": "家里没有钱，住在和平路",
        "state": "refused",
        **given,
    }
    at = timezone.now() - years * YEAR
    row = Referral(organization_id=by.house_id, received_at=at, created_by=by, **values)
    row.compartment_id = by.acting.department_id
    row.save(force_insert=True)
    return row


def ended(record, by, acting):
    with acting(by):
        destruction.destruction_approve(record=record, by=by)
    _run(record)


def listed(by):
    return destruction.destruction_propose(pieces=destruction.pieces_due(by=by), note=WHY, by=by)


def test_three_years_after_it_came_a_referral_without_a_case_is_due(head, secadmin, acting):
    with acting(head):
        old = untaken(head)
        untaken(head, years=2.9)
        untaken(head, state="received")
        taken = untaken(head, state="accepted")
        make.make_case(head, referral=taken)
        (piece,) = referrals_due(by=head)
        assert (piece.uid, piece.code) == (str(old.uid), "untaken")
        assert "和平路" not in piece.label + piece.why
    with acting(secadmin):
        assert referrals_due(by=secadmin) == []


def test_emptying_takes_the_words_and_the_letter_and_leaves_the_counts(
    head, secadmin, acting, client_for, ward_door, rows
):
    send(ward_door)
    counted = (
        "SELECT direction, state, urgency, needs, count(*) FROM cases_referral GROUP BY 1, 2, 3, 4"
    )
    with acting(head):
        row = Referral.objects.get()
        referral_refuse(referral=row, reason="由医保办处理", by=head)
        Referral.objects.filter(pk=row.pk).update(received_at=timezone.now() - 4 * YEAR)
        before = rows(counted)
        record = listed(head)
    page = reverse("cases:referral", args=[row.uid])
    assert client_for(head).get(page).status_code == 200
    ended(record, secadmin, acting)
    with acting(head):
        row.refresh_from_db()
        assert (row.reason, row.from_text, row.erased_on) == ("已销毁", "", timezone.localdate())
        assert InboxItem.objects.get(pk=row.inbox_item_id).payload == {}
        assert rows(counted) == before
        assert referrals_due(by=head) == []
        record.refresh_from_db()
        assert (record.step, record.payload["pieces"][0]["state"]) == ("done", "done")
    assert client_for(head).get(page).status_code == 404
    answer = client_for(secadmin).post(reverse("privacy:certificate", args=[record.uid]))
    assert answer.content[:4] == b"%PDF"


def test_what_was_thrown_away_at_the_door_goes_the_same_way(head, secadmin, acting, self_door):
    send(self_door)
    with acting(head):
        row = Referral.objects.get()
        referral_discard(referral=row, reason="恶作剧", by=head)
        Referral.objects.filter(pk=row.pk).update(received_at=timezone.now() - 4 * YEAR)
        record = listed(head)
    ended(record, secadmin, acting)
    with acting(head):
        assert InboxItem.objects.get().payload == {}


def test_the_stranger_goes_with_the_referral_and_who_was_served_stays(head, secadmin, acting):
    with acting(head):
        stranger = make.make_client(head, name="演示路人")
        served = make.make_client(head, name="演示熟人")
        make.make_case(head, client=served)
        for client in (stranger, served):
            untaken(head, client=client)
        record = listed(head)
    ended(record, secadmin, acting)
    with acting(head):
        assert Client.objects.get(pk=stranger.pk).name == "已销毁"
        assert Client.objects.get(pk=served.pk).name == "演示熟人"
        record.refresh_from_db()
        assert record.payload["persons"] == 1


def test_a_hold_keeps_it_off_the_list_and_stops_it_after_the_approval(head, secadmin, acting):
    with acting(head):
        client = make.make_client(head, name="演示路人")
        row = untaken(head, client=client)
        record = listed(head)
        record_hold_set(
            client=client,
            kind="legal",
            reason="法院调卷，案件未结",
            since=timezone.localdate(),
            by=head,
        )
        assert referrals_due(by=head) == []
    ended(record, secadmin, acting)
    with acting(head):
        row.refresh_from_db()
        record.refresh_from_db()
        assert (row.erased_on, record.payload["pieces"][0]["state"]) == (None, "skipped")


def test_what_stands_on_a_list_is_not_offered_again(head, acting, client_for):
    with acting(head):
        untaken(head)
        assert len(destruction.pieces_due(by=head)) == 1
    page = client_for(head).get(reverse("privacy:propose"))
    assert "没有立案" in page.content.decode()
    with acting(head):
        listed(head)
        assert destruction.pieces_due(by=head) == []


def test_with_nothing_due_the_page_names_the_next_day_and_has_no_form(head, acting, client_for):
    where = reverse("privacy:propose")
    empty = client_for(head).get(where).content.decode()
    assert "没有到期的记录" in empty
    assert "下一项在" not in empty
    with acting(head):
        row = untaken(head, years=2.5)
        came = timezone.localdate(row.received_at)
        assert referrals_next(by=head) == years_after(came, 3)
    page = client_for(head).get(where).content.decode()
    assert f"下一项在 {years_after(came, 3)} 到期" in page
    assert "鉴定意见" not in page
    with acting(head):
        untaken(head)
    page = client_for(head).get(where).content.decode()
    assert "鉴定意见" in page
    assert "下一项在" not in page


def test_the_due_list_asks_the_same_for_one_and_for_three(head, acting):
    with acting(head):
        counts = []
        for number in (1, 3):
            while len(referrals_due(by=head)) < number:
                untaken(head)
            with CaptureQueriesContext(connection) as asked:
                destruction.pieces_due(by=head)
            counts.append(len(asked))
        assert counts[0] == counts[1]


def test_the_day_of_a_leap_year_is_no_stumbling_block(head, acting):
    with acting(head):
        row = untaken(head)
        Referral.objects.filter(pk=row.pk).update(
            received_at=dt.datetime(2020, 2, 29, 9, tzinfo=dt.UTC)
        )
        (piece,) = referrals_due(by=head)
        assert piece.due_on == "2023-02-28"
