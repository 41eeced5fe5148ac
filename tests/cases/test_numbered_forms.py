"""The numbered forms: drafts shared, finished and frozen, corrected beside, printed, clashes shown."""

import datetime as dt

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.form_schemas.registry import ALL
from cases.models.casework import Case, CaseForm
from cases.services.case_forms import form_finish, form_save_draft
from cases.services.printing import sheet_of, warnings_of
from cases.views.case_file import CaseFile
from cases.views.form_list import forms_of
from departments.models.mechanisms import Draft, Task
from tests.cases.pages import hidden, in_days, make_file, text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
MEETING = {
    "meeting": "family",
    "held_on": "2026-01-05",
    "participants-0-name": "演示母",
    "participants-0-part": "母亲",
    "agenda": "出院后的照顾",
    "decisions": "先回家，一周后复诊",
}


@pytest.fixture
def case(worker, acting):
    with acting(worker):
        return make.make_case(worker, stage="intervention")


def _url(case, kind="F12"):
    return reverse("cases:form_write", args=[case.uid, kind])


def _meeting(**given):
    return MEETING | {"held_on": TODAY().isoformat(), **given}


def test_a_meeting_is_written_and_its_tasks_are_due(worker, client_for, acting, case):
    typed = _meeting(**{"tasks-0-what": "联系社区", "tasks-0-due_on": in_days(3)})
    answer = client_for(worker).post(_url(case), typed)
    assert answer.status_code == 302
    with acting(worker):
        form = CaseForm.objects.get(case=case, kind="F12")
        assert (form.state, form.serial, form.version) == ("final", 1, 1)
        assert form.payload["participants"] == [{"name": "演示母", "part": "母亲"}]
        assert form.payload["tasks"] == [{"what": "联系社区", "who": "", "due_on": in_days(3)}]
        assert Task.objects.get(kind="meeting_task").assignee == worker


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("F12", {"agenda": ""}, "请填写这一项"),
        ("F12", {"participants-0-name": "", "participants-0-part": ""}, "至少填一行"),
        ("F12", {"held_on": in_days(2)}, "不能晚于今天"),
        ("F12", {"minutes": "１５００"}, "不能大于 1440"),
        ("F12", {"tasks-0-due_on": "明天"}, "请写成"),
        ("F3", {"summary": "压力大", "debt": "-3", "harm": "none"}, "金额不能是负数"),
        ("F3", {"summary": "压力大", "harm": "never"}, "请从列出的选项中选择"),
        (
            "F13",
            {
                "expected_on": in_days(5),
                "destination": "home",
                "care_needs": "换药",
                "call_on": in_days(2),
            },
            "电访不能早于出院",
        ),
    ],
)
def test_a_form_refuses_with_a_sentence_and_keeps_what_was_typed(
    kind, change, sentence, worker, client_for, acting, case
):
    typed = _meeting(**change) if kind == "F12" else {"course": "半年", **change}
    answer = client_for(worker).post(_url(case, kind), typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    kept = typed["decisions"] if kind == "F12" else list(change.values())[0]
    assert kept in answer.content.decode()
    with acting(worker):
        assert not CaseForm.objects.exists()


def test_a_draft_asks_for_nothing_and_is_shared(worker, supervisor, client_for, acting, case):
    client = client_for(worker)
    assert client.post(_url(case, "F3"), {"course": "半年", "keep": "1"}).status_code == 302
    page = client.get(_url(case, "F3"))
    assert "半年" in page.content.decode()
    with acting(worker):
        form = CaseForm.objects.get()
        assert (form.state, form.payload["course"]) == ("draft", "半年")
    refused = client.post(_url(case, "F3"), {"course": "半年"})
    assert refused.status_code == 422
    done = {"course": "半年", "summary": "费用压力为主", "harm": "none"}
    assert client.post(_url(case, "F3"), done).status_code == 302
    with acting(worker):
        form.refresh_from_db()
        assert (form.state, form.finalized_by) == ("final", worker)


def test_a_stale_page_shows_both_versions_and_takes_what_was_chosen(
    worker, client_for, acting, case
):
    client = client_for(worker)
    client.post(_url(case, "F3"), {"course": "半年", "keep": "1"})
    base = hidden(client.get(_url(case, "F3")), "_draft_base")
    client.post(
        _url(case, "F3"), {"course": "一年", "devices": "轮椅", "keep": "1", "_draft_base": base}
    )
    mine = {"course": "两年", "devices": "拐杖", "keep": "1", "_draft_base": base}
    clash = client.post(_url(case, "F3"), mine)
    assert clash.status_code == 409
    words = text_of(clash)
    assert all(word in words for word in ("一年", "两年", "轮椅", "拐杖", "用对方的"))
    again = mine | {
        "_draft_base": hidden(clash, "_draft_base"),
        "_pick-course": "mine",
        "_pick-devices": "theirs",
    }
    assert client.post(_url(case, "F3"), again).status_code == 302
    with acting(worker):
        payload = CaseForm.objects.get().payload
        assert (payload["course"], payload["devices"]) == ("两年", "轮椅")


def test_a_finished_form_is_frozen_and_a_correction_stands_beside_it(
    worker, client_for, acting, case, rows
):
    with acting(worker):
        first = form_finish(case=case, kind="F3", summary="费用压力", harm="none", by=worker)
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            rows("UPDATE cases_caseform SET serial = 9 WHERE id = %s", first.pk)
    url, client = reverse("cases:form_correct", args=[first.uid]), client_for(worker)
    typed = {"summary": "费用与照顾压力", "harm": "none", "_draft_base": "1"}
    assert "请填写" in text_of(client.post(url, typed))
    done = client.post(url, typed | {"correction_reason": "漏写了照顾者"})
    assert done.status_code == 302
    page = text_of(client.get(done["Location"]))
    assert all(word in page for word in ("费用压力", "费用与照顾压力", "漏写了照顾者"))
    with acting(worker):
        assert list(CaseForm.objects.order_by("version").values_list("version", "state")) == [
            (1, "final"),
            (2, "final"),
        ]


def test_the_same_correction_twice_is_stale(worker, acting, case, refuses):
    with acting(worker):
        first = form_finish(case=case, kind="F3", summary="甲", harm="none", by=worker)
        given = {"case": case, "kind": "F3", "corrects": first, "summary": "乙", "harm": "none"}
        form_finish(**given, base=1, correction_reason="写错了内容", by=worker)
        with refuses("form.stale", status=409):
            form_finish(**given, base=1, correction_reason="写错了内容", by=worker)


def test_a_follow_up_is_written_after_closing_only(worker, client_for, acting, case, refuses):
    given = {
        "done_on": TODAY(),
        "mode": "phone",
        "condition": "stable",
        "story": "睡眠好转",
        "has_new_need": "no",
    }
    with acting(worker):
        with refuses("form.before_closing", status=409):
            form_finish(case=case, kind="F8", by=worker, **given)
        closed = make.make_case(worker, stage="closed", client=make.make_client(worker))
        with refuses("form.needs_new_need", "new_need"):
            form_finish(case=closed, kind="F8", by=worker, **given | {"has_new_need": "yes"})
        again = TODAY() + dt.timedelta(days=30)
        one = form_finish(case=closed, kind="F8", by=worker, **given, next_on=again)
        two = form_finish(case=closed, kind="F8", by=worker, **given)
        assert (one.serial, two.serial, two.form_no) == (1, 2, f"{closed.number}-F8-2")
        assert Task.objects.get(kind="follow_up").state == "done"


def test_a_discharge_plan_puts_the_call_on_the_clock(worker, acting, case):
    leaves = TODAY() + dt.timedelta(days=2)
    given = {"expected_on": leaves, "destination": "home", "care_needs": "换药"}
    with acting(worker):
        form_finish(case=case, kind="F13", by=worker, **given)
        due = Task.objects.get(kind="discharge_call").due_at
        assert timezone.localdate(due) == leaves + dt.timedelta(days=7)


def test_what_was_typed_survives_a_closed_tab_and_goes_when_finished(
    worker, client_for, acting, case
):
    client = client_for(worker)
    draft = reverse("departments:draft", args=["cases-form-F12", case.uid])
    assert client.post(draft, _meeting(place="示教室")).status_code == 204
    assert "示教室" in client.get(_url(case)).content.decode()
    client.post(_url(case), _meeting(place="示教室"))
    with acting(worker):
        assert not Draft.objects.exists()


def test_strangers_find_nothing(worker, worker2, other_worker, client_for, acting, case):
    with acting(worker):
        one = form_finish(case=case, kind="F3", summary="甲", harm="none", by=worker)
    for user in (worker2, other_worker):
        client = client_for(user)
        for url in (
            _url(case, "F3"),
            reverse("cases:form", args=[one.uid]),
            reverse("cases:form_correct", args=[one.uid]),
            reverse("cases:print", args=[case.uid, "F3"]),
            reverse("cases:print_case", args=[case.uid]),
        ):
            assert client.get(url).status_code == 404


# ── paper ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", list(ALL))
def test_every_form_prints_empty(kind, worker, client_for):
    answer = client_for(worker).get(reverse("cases:print_blank", args=[kind]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize("kind", ["F1", "F3", "F4", "F5", "F7", "F11", "F12", "F13", "F14"])
def test_every_form_of_a_case_prints(kind, worker, head, client_for, acting):
    file = make_file(worker, head, acting)
    answer = client_for(worker).post(
        reverse("cases:print", args=[file.case.uid, kind]), {"shown": "masked"}
    )
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_the_paper_says_what_was_entered_and_masks_the_person(worker, acting, case):
    text = "与家属谈：𠮷林·阿依古丽说“先不告诉孩子”。"
    with acting(worker):
        one = form_finish(case=case, kind="F3", summary=text, harm="thought", by=worker)
        sheet = str(sheet_of(case, "F3", one, is_named=False).as_json())
        named = str(sheet_of(case, "F3", one, is_named=True).as_json())
    assert text in sheet
    assert "['有想法，无计划', True]" in sheet
    assert case.client.name not in sheet
    assert case.client.name in named


def test_the_full_identity_needs_a_reason_and_warnings_stay_off_the_paper(
    worker, client_for, acting, case
):
    with acting(worker):
        make.make_guardian(case.client, worker, must_not_be_told=True)
        assert "不可告知" in "".join(warnings_of(case))
        assert "不可告知" not in str(sheet_of(case, "F1", None, is_named=True).as_json())
    url, client = reverse("cases:print", args=[case.uid, "F1"]), client_for(worker)
    assert "不可告知" in text_of(client.get(url))
    refused = client.post(url, {"shown": "named"})
    assert (refused.status_code, "要选理由" in text_of(refused)) == (422, True)
    assert client.post(url, {"shown": "named", "why": "care"}).status_code == 200


def test_the_list_of_forms_costs_the_same_for_one_and_three_records(worker, acting, case):
    with acting(worker):
        counts = []
        for _round in range(2):
            form_save_draft(case=case, kind="F3", course="半年", by=worker)
            for _n in range(2):
                make.make_contact(case, worker)
                form_finish(
                    case=case,
                    kind="F11",
                    event_type="other",
                    happened_on=timezone.localdate(),
                    report="已处理",
                    outcome="seen_safe",
                    by=worker,
                )
            with CaptureQueriesContext(connection) as seen:
                forms_of(CaseFile(worker, Case.objects.select_related("client").get(pk=case.pk)))
            counts.append(len(seen))
        assert counts[0] == counts[1]


def test_two_contacts_at_one_time_are_pointed_out(worker, client_for, acting, case):
    typed = {
        "mode": "interview",
        "target": "client",
        "quick": "60",
        "occurred_on": in_days(-1),
        "starts_at": "10:00",
        "facts": "床旁面谈",
        "services": ["emotion"],
        "place": "病房",
    }
    client, url = client_for(worker), reverse("cases:contact_new", args=[case.uid])
    assert client.post(url, typed).status_code == 302
    second = client.post(url, typed | {"starts_at": "10:30", "facts": "又一次"})
    page = text_of(client.get(second["Location"]))
    assert "时间与另一条记录重叠" in page
    assert case.number in page
