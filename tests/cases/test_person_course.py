"""The person's page: every stay, case and merged record in one timeline, each line with its origin."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.people import Client
from cases.services.minding import care_flag_raise
from cases.services.secrecy import case_raise_secrecy
from cases.views.person_course import entries_of
from departments.audit import history
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.localdate() - dt.timedelta(days=days)


def merged_into(client, by, **given):
    """Another record of the same person."""
    other = make.make_client(by, **given)
    Client.objects.filter(pk=other.pk).update(root=client.root_id, merged_at=timezone.now())
    other.refresh_from_db()
    return other


@pytest.fixture
def whole(worker, acting):
    """A person with two stays, two cases and a merged record that has a case of its own."""
    with acting(worker):
        person = make.make_client(worker, name="欧阳演示")
        first = make.make_episode(
            person, worker, admitted_on=days_ago(400), discharged_on=days_ago(390)
        )
        old = make.make_case(
            worker,
            client=person,
            stage="closed",
            episode=first,
            opened_at=timezone.now() - dt.timedelta(days=399),
            closed_at=timezone.now() - dt.timedelta(days=380),
        )
        make.make_contact(old, worker, occurred_on=days_ago(395))
        double = merged_into(person, worker)
        case = make.make_case(worker, client=double, stage="intervention")
        make.make_contact(case, worker, occurred_on=days_ago(2))
        make.make_screen(case, worker)
        make.make_consent(case, worker)
        care_flag_raise(
            client=person, kind="safety", text="门外有人等候", since=days_ago(1), by=worker
        )
        return person, double, old, case


def test_all_records_stand_in_one_line_with_their_origin(whole, worker, acting):
    person, _double, old, case = whole
    with acting(worker):
        lines, on = entries_of(worker, person)
        told = [(one.title, one.origin) for one in lines]
        department = case.department.name
        stay = f"住院 {days_ago(400):%Y-%m-%d}"
        was = f"{old.number} · {department} · {stay}"
        now = f"{case.number} · {department} · 并入的记录"
        assert on == ""
        assert set(told[:2]) == {("服务同意：签署", now), ("医务社工需求快速筛查", now)}
        assert told[2:] == [
            ("人身安全", "人员页"),
            ("病房探访", now),
            ("开案", now),
            ("个案结束", was),
            ("出院", stay),
            ("病房探访", was),
            ("开案", was),
            ("入院", stay),
        ]


def test_the_line_turns_its_pages_by_key(whole, worker, acting):
    person = whole[0]
    with acting(worker):
        everything, _on = entries_of(worker, person)
        read, after = [], ""
        while True:
            lines, after = entries_of(worker, person, after=after, size=3)
            read += lines
            if not after:
                break
        assert read == everything


def test_lines_of_one_instant_are_neither_lost_nor_doubled(worker, acting):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        for _n in range(5):
            make.make_contact(case, worker, occurred_on=days_ago(3))
        read, after = [], ""
        while True:
            lines, after = entries_of(worker, case.client, after=after, size=2)
            read += [one.url for one in lines]
            if not after:
                break
        assert (len(read), len(set(read))) == (6, 6)


def test_a_colleagues_cases_leave_no_line(whole, worker2, acting):
    with acting(worker2):
        lines, _on = entries_of(worker2, whole[0])
        assert {one.title for one in lines} == {"人身安全", "入院", "出院"}


def test_a_secret_case_leaves_no_line(worker, head, acting):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        make.make_contact(case, worker)
        case_raise_secrecy(case=case, named=[worker], reason="精神科诊断，依法保密", by=worker)
    with acting(worker):
        assert len(entries_of(worker, case.client)[0]) == 2
    with acting(head):
        assert entries_of(head, case.client) == ([], "")


def test_the_page_shows_all_cases_of_the_root_with_their_counts(whole, worker, client_for):
    person, _double, old, case = whole
    page = text_of(client_for(worker).get(reverse("cases:client", args=[person.uid])))
    assert f"{case.number} 并入" in page
    assert old.number in page
    assert "接触 1 · 量表 1 · 表单 0" in page
    assert "接触 1 · 量表 0 · 表单 0" in page
    assert "全部经过" in page


def test_a_merged_records_address_leads_to_the_person(whole, worker, other_worker, client_for):
    person, double, _old, _case = whole
    address = reverse("cases:client", args=[double.uid])
    answer = client_for(worker).get(address)
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("cases:client", args=[person.uid]),
    )
    assert client_for(other_worker).get(address).status_code == 404


def test_the_whole_line_is_a_page_of_its_own(whole, worker, other_worker, client_for):
    address = reverse("cases:person_course", args=[whole[0].uid])
    page = client_for(worker)
    assert "并入的记录" in text_of(page.get(address))
    assert page.get(f"{address}?after=forged").status_code == 200
    assert client_for(other_worker).get(address).status_code == 404


def test_opening_somebody_elses_patient_is_an_event(
    whole, worker, worker2, head, client_for, acting
):
    person = whole[0]
    address = reverse("cases:client", args=[person.uid])
    for user in (worker, worker2, head):
        assert client_for(user).get(address).status_code == 200
    with acting(worker):
        seen = [one for one in history(person) if one.action == "client.open_file"]
        assert [one.actor_id for one in seen] == [head.pk, worker2.pk]


def test_the_line_costs_the_same_for_one_and_three(worker, acting):
    def cost(client):
        with CaptureQueriesContext(connection) as found:
            entries_of(worker, client)
        return len(found)

    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        make.make_contact(case, worker)
        make.make_consent(case, worker)
        one = cost(case.client)
        for _n in range(2):
            more = make.make_case(
                worker,
                client=merged_into(case.client, worker),
                stage="intervention",
                duplicate_reason="演示",
            )
            make.make_contact(more, worker)
        assert cost(case.client) == one


def test_the_persons_page_costs_the_same_for_one_and_three(worker, acting, client_for):
    page = client_for(worker)
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        make.make_episode(case.client, worker, admitted_on=None)
        make.make_contact(case, worker)

    def cost():
        with CaptureQueriesContext(connection) as found:
            assert page.get(reverse("cases:client", args=[case.client.uid])).status_code == 200
        return len(found)

    cost()
    one = cost()
    with acting(worker):
        for _n in range(2):
            double = merged_into(case.client, worker)
            make.make_episode(double, worker, admitted_on=None)
            more = make.make_case(
                worker, client=double, stage="intervention", duplicate_reason="演示"
            )
            make.make_contact(more, worker)
    assert cost() == one
