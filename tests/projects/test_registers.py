"""Registers: both versions of an issuer, what applied on a day, ties from both ends, checklists, the public list, import."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.services.importing.kinds import Line
from departments.services.search_box import box_search
from msw_portal.kernel.errors import DomainError
from projects.models.registers import RegisterEntry
from projects.services import register_entries as services
from projects.services.register_imports import REGISTER_ENTRIES
from tests.factories.cultivation import make_project
from tests.factories.surveys import entry_parts, make_entry, make_survey

pytestmark = pytest.mark.django_db
BASE = "/projects/registers/"


def titles(client, address):
    page = client.get(address)
    assert page.status_code == 200
    return [one["row"].title for one in page.context["rows"]]


def test_the_list_answers_what_applied_on_a_day(head, client_for, acting):
    with acting(head):
        old = make_entry(
            head,
            title="办法（2019 版）",
            happened_on=dt.date(2019, 3, 1),
            effective_on=dt.date(2019, 5, 1),
            until_on=dt.date(2022, 1, 1),
        )
        make_entry(head, title="办法（2022 版）", happened_on=dt.date(2022, 1, 1), replaces=old)
        make_entry(head, title="没有日期的", happened_on=None)
    client = client_for(head)
    listed = f"{BASE}kinds/policy/"
    assert titles(client, f"{listed}?on=2019-04-30") == []
    assert titles(client, f"{listed}?on=2021-12-31") == ["办法（2019 版）"]
    assert titles(client, f"{listed}?on=2022年1月1日") == ["办法（2022 版）"]
    assert titles(client, f"{listed}?q=办法") == ["办法（2022 版）", "办法（2019 版）"]
    page = client.get(f"{BASE}{old.uid}/").content.decode()
    assert "已有新的一份" in page


def test_both_versions_of_an_issuer_stand_with_their_source(authority, worker, acting, client_for):
    with acting(authority):
        policy = make_entry(authority, is_public=True)
        for name, source in (("五部门", "S2"), ("六部委", "S0、S3")):
            services.party_add(
                entry=policy, role="issuer", name_text=name, source=source, by=authority
            )
    # Another house reads it and cannot change it; so does anybody outside.
    client = client_for(worker)
    assert "五部门（S2）" in client.get(f"{BASE}kinds/policy/").content.decode()
    assert client.get(f"{BASE}{policy.uid}/edit/").status_code == 404
    outside = Client().get("/policies/")
    assert "五部门（S2）、六部委（S0、S3）" in outside.content.decode()
    assert not outside.cookies
    assert Client().get(f"/policies/{policy.uid}/").status_code == 200
    with acting(authority):
        services.entry_change(entry=policy, by=authority, **entry_parts())
    assert Client().get(f"/policies/{policy.uid}/").status_code == 404
    assert client.get(f"{BASE}{policy.uid}/").status_code == 404


def test_a_worker_registers_but_does_not_publish(worker, head, acting, client_for):
    with acting(worker), pytest.raises(DomainError) as caught:
        make_entry(worker, is_public=True)
    assert (caught.value.rule, caught.value.field) == ("register.may_not_publish", "is_public")
    client = client_for(worker)
    typed = {
        "title": "第二届论坛",
        "precision": "day",
        "happened_on": "2022-03-30",
        "part_agenda": "09:00 | 开场\n10:00 ｜ 主旨发言 ｜ 讲者甲",
        "part_place": "线上",
    }
    made = client.post(f"{BASE}kinds/event/new/", typed)
    assert made.status_code == 302
    with acting(worker):
        entry = RegisterEntry.objects.get()
        assert entry.details == {
            "place": "线上",
            "agenda": [["09:00", "开场", ""], ["10:00", "主旨发言", "讲者甲"]],
        }
    bad = client.post(f"{BASE}kinds/event/new/", {**typed, "part_agenda": "1|2|3|4"})
    assert bad.status_code == 422
    assert "每行最多 3 栏，用竖线隔开。" in bad.content.decode()
    assert "1|2|3|4" in bad.content.decode()


def test_a_tie_shows_from_both_ends(head, client_for, acting):
    with acting(head):
        policy, event, survey = make_entry(head), make_entry(head, "event"), make_survey(head)
        services.link_add(entry=event, other=policy, note="依据", by=head)
        services.link_add(entry=policy, survey=survey, by=head)
        services.link_add(entry=policy, department=head.membership.department, by=head)
        with pytest.raises(DomainError) as caught:
            services.link_add(entry=event, other=policy, by=head)
        assert caught.value.rule == "register_link_once"
        with pytest.raises(DomainError) as caught:
            services.link_add(entry=event, other=policy, survey=survey, by=head)
        assert caught.value.rule == "register_link_to_one"
    client = client_for(head)
    assert str(event.uid) in client.get(f"{BASE}{policy.uid}/").content.decode()
    assert str(policy.uid) in client.get(f"{BASE}{event.uid}/").content.decode()
    assert str(policy.uid) in client.get(f"/projects/surveys/{survey.uid}/").content.decode()


def test_a_department_answers_a_checklist_of_another_house_with_date_and_evidence(
    authority, head, other_head, acting, client_for
):
    points = [{"code": "p1", "text": "设有医务社工部门"}, {"code": "p2", "text": "有督导制度"}]
    with acting(authority):
        guide = make_entry(authority, "standard", details={"checklist": points}, is_public=True)
    client, address = client_for(head), f"{BASE}{guide.uid}/checklist/"
    bad = client.post(f"{address}p1/", {"standing": "met", "answered_on": "2026-11-01"})
    assert bad.status_code == 422
    with acting(head):
        for day, standing in ((1, "not_met"), (9, "met"), (9, "partly")):
            services.checklist_answer(
                entry=guide,
                item_code="p1",
                department=head.membership.department,
                standing=standing,
                evidence="" if standing == "not_met" else "院发〔2026〕1 号",
                answered_on=dt.date(2026, 11, day),
                by=head,
            )
        assert guide.answers.count() == 2
    page = client.get(address)
    assert (page.context["n_points"], page.context["n_answered"], page.context["n_met"]) == (
        2,
        1,
        0,
    )
    assert "部分符合" in page.content.decode()
    # The other house answers for itself and sees nothing of this.
    assert client_for(other_head).get(address).context["n_answered"] == 0


def test_points_of_a_checklist_keep_their_code_when_others_are_added(head, client_for, acting):
    client = client_for(head)
    typed = {"title": "指南", "precision": "day", "part_checklist": "第一条\n第二条"}
    address = client.post(f"{BASE}kinds/standard/new/", typed)["Location"]
    with acting(head):
        before = RegisterEntry.objects.get().details["checklist"]
    form = client.get(f"{address}edit/").context
    assert form["form"]["part_checklist"].value() == "第一条\n第二条"
    again = {**typed, "part_checklist": "新的一条\n第二条", "_draft_base": form["base"]}
    assert client.post(f"{address}edit/", again).status_code == 302
    with acting(head):
        after = RegisterEntry.objects.get().details["checklist"]
    assert after[1] == before[1]
    assert after[0]["code"] not in {one["code"] for one in before}


def test_two_lines_of_two_sources_become_one_entry_with_both_versions(head, acting):
    line = {"kind": "policy", "title": "意见", "happened_on": dt.date(2020, 1, 1)}
    lines = [
        Line(2, {**line, "chief": "五部门", "source": "S2"}),
        Line(3, {**line, "chief": "六部委", "source": "S3"}),
    ]
    with acting(head):
        REGISTER_ENTRIES.apply(lines, head)
        assert [one.faults for one in lines] == [[], []]
        entry = RegisterEntry.objects.get()
        said = entry.parties.order_by("id").values_list("name_text", "source")
        assert list(said) == [("五部门", "S2"), ("六部委", "S3")]


def test_the_search_box_finds_entries_that_are_seen(head, other_head, acting):
    with acting(head):
        make_entry(head, title="暖心论坛", kind="event")
        groups = box_search(text="暖心", limit=5, by=head)
        assert [(one.key, [hit.title for hit in one.hits]) for one in groups] == [
            ("registers", ["暖心论坛"])
        ]
    with acting(other_head):
        assert box_search(text="暖心", limit=5, by=other_head) == []


def test_a_list_asks_as_often_for_three_rows_as_for_one(head, client_for, acting):
    client, counted = client_for(head), []
    for count in (1, 2):
        with acting(head):
            for _n in range(count):
                entry = make_entry(head, region=None)
                services.party_add(entry=entry, role="issuer", name_text="示例机关", by=head)
        client.get(f"{BASE}kinds/policy/")
        with CaptureQueriesContext(connection) as caught:
            client.get(f"{BASE}kinds/policy/?on={timezone.localdate()}")
        counted.append(len(caught))
    assert counted[0] == counted[1]


def test_a_tie_with_a_project_is_seen_from_both_ends(head, authority, hospital, acting, client_for):
    project = make_project(authority, hospital)
    with acting(head):
        one = make_entry(head, title="示例表彰")
        services.link_add(entry=one, project=project, note="项目获奖", by=head)
    there = client_for(head).get(reverse("projects:project", args=[project.uid])).content.decode()
    back = client_for(head).get(reverse("registers:entry", args=[one.uid])).content.decode()
    assert reverse("registers:entry", args=[one.uid]) in there
    assert reverse("projects:project", args=[project.uid]) in back
    # The entry is the hospital's own: the authority reads the project without it.
    theirs = client_for(authority).get(reverse("projects:project", args=[project.uid]))
    assert "示例表彰" not in theirs.content.decode()
