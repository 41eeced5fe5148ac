"""Persons without case and referral: due years after the last thing written of them, anonymised by two."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models.groups import GroupMember
from cases.models.people import Client, Episode
from cases.services.record_holds import record_hold_set
from cases.services.secrecy import case_raise_secrecy
from cases.services.unserved import persons_due, persons_next
from departments.services import destruction
from departments.services.retention import years_after, years_ago
from tests.cases.test_retention import WHY, YEAR, _run, ruled
from tests.factories import cases as make
from tests.factories.groups import make_group, make_member

pytestmark = pytest.mark.django_db


def registered(by, *, years=3.1, name="演示路人", **given):
    """Somebody written down so many years ago, and nothing since."""
    made = make.make_client(by, name=name, **given)
    _aged(Client, made.pk, years)
    return Client.objects.get(pk=made.pk)


def _aged(model, pk, years):
    model.objects.filter(pk=pk).update(created_at=timezone.now() - years * YEAR)


def listed(by):
    return destruction.destruction_propose(pieces=persons_due(by=by), note=WHY, by=by)


def ended(record, by, acting):
    with acting(by):
        destruction.destruction_approve(record=record, by=by)
    _run(record)


def test_three_years_after_the_last_record_somebody_without_a_case_is_due(head, secadmin, acting):
    with acting(head):
        old = registered(head)
        young = registered(head, years=2.9)
        last = years_after(timezone.localdate(Client.objects.get(pk=young.pk).created_at), 3)
        assert persons_next(by=head) == last
        make.make_case(head, client=registered(head, name="演示熟人"))
        again = registered(head, name="演示再来")
        stay = make.make_episode(again, head, mrn="M1")
        (piece,) = persons_due(by=head)
        assert (piece.uid, piece.code, piece.kind) == (str(old.uid), "person", "client")
        assert "演示" not in piece.label + piece.why
        _aged(Episode, stay.pk, 3.05)
        assert {one.uid for one in persons_due(by=head)} == {str(old.uid), str(again.uid)}
        late = max(persons_due(by=head), key=lambda one: one.due_on)
        assert late.uid == str(again.uid)
    with acting(secadmin):
        assert persons_due(by=secadmin) == []


def test_who_came_to_a_group_is_kept_as_long_as_an_outpatient(head, acting):
    with acting(head):
        member = make_member(
            make_group(head), head, client=registered(head, years=14, name="演示组员")
        )
        _aged(GroupMember, member.pk, 14)
        assert persons_due(by=head) == []
        _aged(GroupMember, member.pk, 15.1)
        assert len(persons_due(by=head)) == 1


def test_emptying_takes_who_it_was_and_leaves_the_stay(head, secadmin, acting, rows):
    counted = "SELECT visit_type, count(*) FROM cases_episode GROUP BY 1"
    with acting(head):
        person = registered(head)
        stay = make.make_episode(person, head, mrn="M7", bed="12")
        _aged(Episode, stay.pk, 3.1)
        before = rows(counted)
        record = listed(head)
    ended(record, secadmin, acting)
    with acting(head):
        gone = Client.objects.get(pk=person.pk)
        assert (gone.name, gone.erased_on) == ("已销毁", timezone.localdate())
        assert Episode.objects.get(pk=stay.pk).bed == ""
        assert rows(counted) == before
        assert persons_due(by=head) == []
        record.refresh_from_db()
        assert (record.payload["persons"], record.payload["pieces"][0]["state"]) == (1, "done")


def test_what_comes_after_the_approval_stops_it(head, secadmin, acting):
    with acting(head):
        kept = [registered(head, name=f"演示{name}") for name in "甲乙丙"]
        record = listed(head)
        record_hold_set(
            client=kept[0],
            kind="legal",
            reason="法院调卷，案件未结",
            since=timezone.localdate(),
            by=head,
        )
        make.make_case(head, client=kept[1])
        make.make_episode(kept[2], head, mrn="M9")
        assert persons_due(by=head) == []
    ended(record, secadmin, acting)
    with acting(head):
        record.refresh_from_db()
        assert [one["state"] for one in record.payload["pieces"]] == ["skipped"] * 3
        assert not Client.objects.filter(erased_on__isnull=False).exists()


def test_the_rule_decides_and_a_secret_case_is_not_said_by_the_list(worker, head, sysadmin, acting):
    with acting(worker):
        person = registered(worker)
        case = make.make_case(worker, client=person, worker=worker)
    with acting(head):
        assert persons_due(by=head) == []
    with acting(worker):
        case_raise_secrecy(case=case, named=[], reason="本人要求保密，见记录里的说明", by=worker)
    with acting(head):
        assert persons_due(by=head) == []
        registered(head, name="演示另一人")
    with ruled(sysadmin, acting, person_years=4), acting(head):
        assert persons_due(by=head) == []


def test_the_due_list_asks_the_same_for_one_and_for_three(head, acting):
    with acting(head):
        counts = []
        for number in (1, 3):
            while len(persons_due(by=head)) < number:
                registered(head)
            with CaptureQueriesContext(connection) as asked:
                persons_due(by=head)
            counts.append(len(asked))
        assert counts[0] == counts[1]


def test_for_good_is_never_over():
    assert years_ago(0) is None
    assert years_ago(1) < timezone.now() - dt.timedelta(days=364)
