"""The pages of groups and activities: constant queries, what was typed stays, foreign houses see nothing, papers."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.groups import Group
from tests.cases.pages import queries, text_of
from tests.factories import cases as make
from tests.factories.groups import (
    make_answers,
    make_event,
    make_group,
    make_member,
    make_session,
    make_whole_group,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def grown(worker, count):
    """A running group with members, sessions and scales, so many of each."""
    group = make_group(worker, stage="working")
    for number in range(1, count + 1):
        member = make_member(group, worker, client=make.make_client(worker))
        make_answers(member, worker)
        make_session(group, worker, number)
    return group


def test_lists_and_pages_ask_as_often_for_three_as_for_one(worker, acting, client_for):
    counts = []
    for count in (1, 3):
        with acting(worker):
            group = grown(worker, count)
            for _n in range(count):
                make_event(worker)
        client = client_for(worker)
        pages = ("groups", "events", "work_figures")
        asked = [queries(client, reverse(f"cases:{name}")) for name in pages]
        counts.append([*asked, queries(client, reverse("cases:group", args=[group.uid]))])
    assert counts[0] == counts[1]


def test_a_plan_with_a_mistake_comes_back_as_typed(worker, acting, client_for):
    client, where = client_for(worker), reverse("cases:group_new", args=["group"])
    typed = {
        "name": "演示家长支持小组",
        "kind": "support",
        "work_model": "interaction",
        "openness": "closed",
        "background": "家长说睡不着",
        "aims": "彼此支持",
        "target_group": "家长",
        "size_least": "8",
        "size_most": "６",
        "starts_on": "2026年3月2日",
        "budget_source": "none",
        "sessions-0-title": "认识彼此",
        "sessions-0-held_on": "2026-03-02",
    }
    page = client.post(where, typed)
    assert page.status_code == 422
    assert page.context["form"].errors["size_most"] == ["最多人数不能少于最少人数。"]
    assert "家长说睡不着" in page.content.decode()
    assert 'value="认识彼此"' in page.content.decode()
    made = client.post(where, typed | {"size_most": "12"})
    with acting(worker):
        group = Group.objects.get()
    assert made.url == reverse("cases:group", args=[group.uid])
    assert (group.size_most, group.starts_on) == (12, dt.date(2026, 3, 2))


def test_a_colleague_reads_the_plan_and_nobody_of_another_house(
    worker, worker2, other_worker, acting, client_for
):
    with acting(worker):
        group = make_whole_group(worker, client=make.make_client(worker, name="演示丽华"))
        where = reverse("cases:group", args=[group.uid])
    said = text_of(client_for(worker2).get(where))
    assert "家长说夜里睡不着" in said and "演*" not in said
    assert "组员名单和每节记录只对带领者" in said
    assert "演**" in text_of(client_for(worker).get(where))
    assert client_for(other_worker).get(where).status_code == 404


def test_person_and_case_name_the_groups(worker, acting, client_for):
    with acting(worker):
        person = make.make_client(worker)
        case = make.make_case(worker, client=person, stage="intervention")
        make_whole_group(worker, client=person)
    client = client_for(worker)
    for name, one in (("client", person), ("case", case)):
        assert "演示家长支持小组" in text_of(client.get(reverse(f"cases:{name}", args=[one.uid])))


def test_every_paper_is_a_pdf_and_an_entry_of_the_audit(worker, acting, client_for, rows):
    with acting(worker):
        group = make_whole_group(worker, client=make.make_client(worker))
        session, event = group.sessions.get(), make_event(worker)
    client = client_for(worker)
    where = [reverse("cases:group_paper", args=[group.uid, kind]) for kind in ("G1", "G2", "G4")]
    where += [reverse("cases:group_session_paper", args=[session.uid])]
    where += [reverse("cases:event_paper", args=[event.uid])]
    for one in where:
        page = client.get(one)
        assert (page["Content-Type"], page.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(reverse("cases:group_paper", args=[group.uid, "G9"])).status_code == 404
