"""What a person may ask of the house: the clock, who may ask, what is handed out, deleted, kept and answered."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.families import SubjectRequest
from cases.models.groups import Attendance
from cases.models.people import Client, RelatedPerson
from cases.models.work import Contact
from cases.person_permissions import can_view_subject_request
from cases.services.access_report import report_of
from cases.services.break_glass import glass_break
from cases.services.case_forms import form_finish
from cases.services.clients import client_reveal
from cases.services.correcting import subject_request_correct
from cases.services.erasure import kept_of, parts_of, subject_request_erase, traces_kept
from cases.services.intake import case_accept
from cases.services.opening import case_opened
from cases.services.person_copy import forms_to_copy, sections_of
from cases.services.rights_papers import (
    own_sheet,
    subject_request_copy,
    subject_request_letter,
    subject_request_report,
    subject_request_transfer,
)
from cases.services.secrecy import case_raise_secrecy
from cases.services.state_aid.opening import state_aid_open
from cases.services.subject_requests import (
    due_of,
    subject_request_add_paper,
    subject_request_answer,
    subject_request_close,
    subject_request_record,
    subject_request_verify,
)
from cases.views.person_course import entries_of
from departments.audit import history
from departments.models.mechanisms import Document, Task
from departments.models.organizations import DatedRule
from departments.services.registers import rule_add
from tests.cases.pages import make_file, text_of
from tests.factories import cases as make
from tests.factories.groups import make_group, make_member, make_session

pytestmark = pytest.mark.django_db
INTEREST = "办理保险理赔和继承"
NOTE = "核对身份证原件，与本人一致"


def ask(client, by, **given):
    values = {
        "kind": "copy",
        "requester": "演示甲",
        "requester_relation": "self",
        "detail": "想要一份自己的全部记录",
        "received_on": timezone.localdate(),
        **given,
    }
    return subject_request_record(client=client, by=by, **values)


def taken_on(client, by, **given):
    return subject_request_verify(asked=ask(client, by, **given), identity_note=NOTE, by=by)


@pytest.fixture
def person(worker, acting):
    with acting(worker):
        return make.make_client(worker, phone="13800138000", address="演示路 1 号")


def cells(sections, title):
    return next(one for one in sections if title in one.title)


# ── the clock ────────────────────────────────────────────────────────────────


def test_the_answer_is_due_after_fifteen_working_days_without_holidays(db):
    # Monday; 19 June 2026, a Friday, is the Dragon Boat holiday.
    assert due_of(dt.date(2026, 6, 1)) == dt.date(2026, 6, 23)


def test_a_request_opens_a_task_of_the_head_and_the_answer_closes_it(person, worker, head, acting):
    with acting(worker):
        request = ask(person, worker)
        assert (request.state, request.due_on) == ("received", due_of(timezone.localdate()))
    with acting(head):
        task = Task.objects.visible_to(head).get(kind="subject_request")
        assert timezone.localdate(task.due_at) == request.due_on
        subject_request_verify(asked=request, identity_note=NOTE, by=head)
        done = subject_request_answer(asked=request, outcome="grant", answer="副本一份", by=head)
        assert (done.state, done.outcome) == ("answered", "grant")
        assert Task.objects.get(kind="subject_request").state == "done"
        assert subject_request_close(asked=done, by=head).state == "closed"


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"kind": "sell"}, "subject_request.kind_unknown", "kind"),
        ({"detail": " "}, "subject_request.needs_detail", "detail"),
        ({"received_on": dt.date(2999, 1, 1)}, "subject_request.in_future", "received_on"),
        ({"requester_relation": "x"}, "subject_request.relation_unknown", "requester_relation"),
    ],
)
def test_a_request_that_says_nothing_is_refused(
    person, worker, acting, refuses, given, rule, field
):
    with acting(worker), refuses(rule, field):
        ask(person, worker, **given)


# ── who asks ─────────────────────────────────────────────────────────────────


def test_after_death_only_near_relatives_ask(worker, acting, refuses):
    with acting(worker):
        gone = make.make_client(worker, deceased_on=timezone.localdate())
        with refuses("subject_request.is_deceased", "requester_relation"):
            ask(gone, worker)
        with refuses("subject_request.not_near_relative", "requester_relation"):
            ask(gone, worker, requester_relation="agent")
        with refuses("subject_request.not_after_death", "kind"):
            ask(gone, worker, requester_relation="daughter", kind="transfer")
        with refuses("subject_request.needs_interest", "interest"):
            ask(gone, worker, requester_relation="daughter")
        asked = ask(gone, worker, requester_relation="daughter", interest=INTEREST)
        assert (asked.state, asked.interest) == ("received", INTEREST)


def test_after_death_the_death_and_the_relation_are_proven(worker, acting, refuses, upload):
    with acting(worker):
        gone = make.make_client(worker, deceased_on=timezone.localdate())
        asked = ask(gone, worker, requester_relation="daughter", interest=INTEREST)
        # The mandate of somebody who has died has ended.
        subject_request_add_paper(asked=asked, kind="authorisation", file=upload, by=worker)
        with refuses("subject_request.needs_death_proofs", "identity_note"):
            subject_request_verify(asked=asked, identity_note=NOTE, by=worker)
        for kind in ("death_proof", "relation_proof"):
            upload.seek(0)
            subject_request_add_paper(asked=asked, kind=kind, file=upload, by=worker)
        assert subject_request_verify(asked=asked, identity_note=NOTE, by=worker).state == (
            "accepted"
        )


def test_what_the_dead_person_arranged_is_a_ground_to_refuse(worker, head, acting):
    with acting(worker):
        gone = make.make_client(worker, deceased_on=timezone.localdate())
        asked = ask(gone, worker, requester_relation="daughter", interest=INTEREST)
    with acting(head):
        done = subject_request_answer(
            asked=asked,
            outcome="refuse",
            refusal_code="lifetime_wish",
            refusal_reason="本人生前书面要求不向家人提供",
            by=head,
        )
        assert done.state == "refused"
        assert subject_request_letter(asked=done, by=head).startswith(b"%PDF")


def test_somebody_else_brings_a_proof(person, worker, acting, refuses, upload):
    with acting(worker):
        request = ask(person, worker, requester_relation="spouse")
        with refuses("subject_request.needs_note", "identity_note"):
            subject_request_verify(asked=request, identity_note="看过", by=worker)
        with refuses("subject_request.needs_proof", "identity_note"):
            subject_request_verify(asked=request, identity_note=NOTE, by=worker)
        subject_request_add_paper(asked=request, kind="identity_proof", file=upload, by=worker)
        with refuses("subject_request.needs_proof", "identity_note"):
            subject_request_verify(asked=request, identity_note=NOTE, by=worker)
        upload.seek(0)
        subject_request_add_paper(asked=request, kind="authorisation", file=upload, by=worker)
        done = subject_request_verify(asked=request, identity_note=NOTE, by=worker)
        assert done.state == "accepted"


def test_an_intern_takes_nothing_down(person, assistant, acting, refuses):
    with acting(assistant), refuses("permission.can_record_subject_request", status=403):
        ask(person, assistant)


@pytest.mark.parametrize(
    ("login", "sees"), [("worker", True), ("worker2", False), ("head", True), ("assistant", False)]
)
def test_who_sees_a_request(login, sees, person, worker, acting, request):
    with acting(worker):
        one = ask(person, worker)
    user = request.getfixturevalue(login)
    with acting(user):
        assert SubjectRequest.objects.visible_to(user).filter(pk=one.pk).exists() is sees
        assert can_view_subject_request(user, one) is sees


def test_whoever_works_for_the_person_sees_the_request(worker, worker2, acting):
    with acting(worker2):
        case = make.make_case(worker2)
    with acting(worker):
        one = ask(case.client, worker)
    with acting(worker2):
        assert SubjectRequest.objects.visible_to(worker2).get() == one
        assert can_view_subject_request(worker2, one)


# ── the answer ───────────────────────────────────────────────────────────────


def test_less_than_was_asked_has_a_ground_and_words(person, worker, head, acting, refuses):
    with acting(worker):
        request = taken_on(person, worker)
        with refuses("permission.can_answer_subject_request", status=403):
            subject_request_answer(asked=request, outcome="grant", answer="好", by=worker)
    with acting(head):
        with refuses("subject_request.needs_answer", "answer"):
            subject_request_answer(asked=request, outcome="grant", by=head)
        with refuses("subject_request.needs_ground", "refusal_code"):
            subject_request_answer(asked=request, outcome="partly", answer="部分", by=head)
        with refuses("subject_request.needs_reason", "refusal_reason"):
            subject_request_answer(
                asked=request,
                outcome="refuse",
                refusal_code="others",
                refusal_reason="不行",
                by=head,
            )
        done = subject_request_answer(
            asked=request,
            outcome="refuse",
            refusal_code="others",
            refusal_reason="记录里有其他家属的信息",
            by=head,
        )
        assert (done.state, done.outcome) == ("refused", "refuse")
        with refuses("subject_request.answer.wrong_state", status=409):
            subject_request_answer(asked=done, outcome="grant", answer="好", by=head)
        assert subject_request_letter(asked=done, by=head)[:4] == b"%PDF"


def test_an_answer_needs_the_identity_checked_a_refusal_does_not(
    person, worker, head, acting, refuses
):
    with acting(worker):
        request = ask(person, worker)
    with acting(head):
        with refuses("subject_request.answer.wrong_state", status=409):
            subject_request_answer(asked=request, outcome="grant", answer="好", by=head)
        with refuses("subject_request.not_taken_on", status=409):
            subject_request_copy(asked=request, by=head)
        done = subject_request_answer(
            asked=request,
            outcome="refuse",
            refusal_code="not_identified",
            refusal_reason="没有带身份证件",
            by=head,
        )
        assert done.state == "refused"


# ── the copy and the report ──────────────────────────────────────────────────


def test_the_copy_holds_the_person_and_masks_the_others(worker, head, acting):
    file = make_file(worker, head, acting)
    with acting(worker):
        make.make_guardian(file.client, worker, name="欧阳演示", phone="13900139000")
        request = taken_on(file.client, worker)
        sections = sections_of(file.client, worker)
        told = json.dumps([one.as_json() for one in sections], ensure_ascii=False)
        assert "演示甲" in told
        assert "床旁面谈，患者说担心费用。" in told
        assert "欧阳**" in told
        assert "欧阳演示" not in told
        assert "13900139000" not in told
        assert subject_request_copy(asked=request, by=worker)[:4] == b"%PDF"
        moved = json.loads(subject_request_transfer(asked=request, by=worker))
        assert moved["format"] == "msw-person-copy/1"
        assert [one["title"] for one in moved["sections"]] == [one.title for one in sections]
        actions = [event.action for event in history(request)]
        assert actions[:2] == ["subject_request.transfer", "subject_request.copy"]


def test_the_copy_leaves_out_what_the_worker_thinks(worker, acting):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        make.make_contact(case, worker, analysis="怀疑家庭内有冲突")
        told = json.dumps([one.as_json() for one in sections_of(case.client, worker)])
        assert "怀疑家庭内有冲突" not in json.loads(json.dumps(told))


def test_the_forms_of_the_copy_mask_the_others_and_leave_out_opinions(worker, acting):
    with acting(worker):
        case = make.make_case(worker)
        make.make_guardian(case.client, worker, is_guardian=False, phone="13900139000")
        make.make_consent(case, worker)
        given = {"supervisor_opinion": "怀疑隐瞒收入", "client_expectation": "早点出院"}
        case_accept(case=case, decision="open", urgency="normal", by=worker, **given)
        form_finish(case=case, kind="F3", summary="家庭内有冲突", harm="none", by=worker)
        said = json.dumps(
            [own_sheet(one).as_json() for one in forms_to_copy(case.client, worker)],
            ensure_ascii=False,
        )
    assert [word in said for word in ("演示甲", "早点出院", "母亲")] == [True] * 3
    hidden = ("演示母", "13900139000", "怀疑隐瞒收入", "家庭内有冲突")
    assert [word for word in hidden if word in said] == []


def test_a_case_of_level_five_is_copied_by_its_named_people_alone(worker, head, acting):
    with acting(worker):
        case = make.make_case(worker, stage="intervention", presenting_problem="不能让人知道")
        case_raise_secrecy(case=case, named=[worker], reason="精神科诊断，依法保密", by=worker)
    with acting(worker):
        rows = cells(sections_of(case.client, worker), "个案").rows
        assert [row[-1] for row in rows] == ["不能让人知道"]
        assert cells(report_of(case.client, worker), "日常").rows != []
    with acting(head):
        assert cells(sections_of(case.client, head), "个案").rows == []
        assert cells(report_of(case.client, head), "日常").rows == []


def test_the_report_says_who_opened_the_file_when_and_why(worker, head, acting):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        client_reveal(client=case.client, reason="核对住院登记", by=worker)
    with acting(head):
        case_opened(case=case, by=head)
        rows = cells(report_of(case.client, head), "逐次").rows
        assert [(row[1], row[3].split()[0], row[4]) for row in rows] == [
            (f"{head.display_name}（社工部主任）", "个案", "—"),
            (f"{worker.display_name}（医务社工）", "服务对象", "核对住院登记"),
        ]
        assert {row[2] for row in rows} == {case.organization.name}
        request = taken_on(case.client, head)
        assert subject_request_report(asked=request, by=head)[:4] == b"%PDF"


def test_what_stands_open_by_break_glass_is_reported_but_not_handed_out(worker, head, acting):
    with acting(worker):
        case = make.make_case(worker, stage="intervention", presenting_problem="不能让人知道")
        case_raise_secrecy(case=case, named=[worker], reason="精神科诊断，依法保密", by=worker)
    with acting(head):
        glass_break(number=case.number, reason="急诊抢救，须知道联系人", minutes=30, by=head)
        assert cells(sections_of(case.client, head), "个案").rows == []
        assert cells(report_of(case.client, head), "逐次").rows == []
        assert entries_of(head, case.client) == ([], "")
    with acting(worker):
        rows = cells(report_of(case.client, worker), "逐次").rows
        assert [(row[1], row[3], row[4]) for row in rows] == [
            (
                f"{head.display_name}（社工部主任）",
                f"紧急查阅 {case.number}",
                "急诊抢救，须知道联系人",
            )
        ]


def test_another_persons_readings_are_not_in_the_report(worker, acting):
    with acting(worker):
        mine, other = make.make_case(worker), make.make_case(worker)
        client_reveal(client=other.client, reason="核对住院登记", by=worker)
        assert cells(report_of(mine.client, worker), "逐次").rows == []


# ── putting right ────────────────────────────────────────────────────────────


def test_a_locked_record_keeps_its_words_and_gets_an_addendum(worker, head, acting, refuses):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        contact = make.make_contact(
            case, worker, facts="家里三口人", locked_at=timezone.now() - dt.timedelta(hours=1)
        )
        open_one = make.make_contact(case, worker)
        request = taken_on(case.client, worker, kind="correct")
        given = {"what": "家庭人口", "was": "三口人", "becomes": "四口人"}
        with refuses("correct.not_locked", "contact"):
            subject_request_correct(asked=request, contact=open_one, by=worker, **given)
        with refuses("correct.nothing", "becomes"):
            subject_request_correct(asked=request, by=worker, **given | {"becomes": "三口人"})
        foreign = make.make_contact(make.make_case(worker), worker)
        with refuses("correct.other_person", "contact"):
            subject_request_correct(asked=request, contact=foreign, by=worker, **given)
    with acting(head), refuses("subject_request.nothing_corrected", "outcome"):
        subject_request_answer(asked=request, outcome="grant", answer="已更正", by=head)
    with acting(worker):
        subject_request_correct(asked=request, contact=contact, by=worker, **given)
        contact.refresh_from_db()
        assert contact.facts == "家里三口人"
        addendum = Contact.objects.get(addendum_to=contact)
        assert addendum.facts == "应本人请求更正。原记录：三口人。更正为：四口人。"
        kept = SubjectRequest.objects.get(pk=request.pk).corrections
        assert [(one["was"], one["becomes"]) for one in kept] == [("三口人", "四口人")]
    with acting(head):
        done = subject_request_answer(asked=request, outcome="grant", answer="已更正", by=head)
        assert done.state == "answered"


# ── deleting ─────────────────────────────────────────────────────────────────


def test_what_is_needed_for_the_running_service_is_not_deleted(worker, head, acting, refuses):
    with acting(worker):
        case = make.make_case(worker, client=make.make_client(worker, phone="13800138000"))
        request = taken_on(case.client, worker, kind="delete")
    with acting(head):
        assert [one.what for one in kept_of(case.client, head)] == [f"在办个案 {case.number}"]
        with refuses("erase.part_is_kept", "parts"):
            subject_request_erase(asked=request, parts=["contact"], by=head)
        with refuses("erase.nothing", "parts"):
            subject_request_erase(asked=request, parts=[], by=head)


def test_a_closed_case_is_kept_and_the_telephone_goes(worker, head, acting, refuses):
    with acting(worker):
        person = make.make_client(worker, phone="13800138000", household={"members_count": 3})
        stay = make.make_episode(person, worker)
        case = make.make_case(worker, client=person, stage="closed", episode=stay)
        make.make_guardian(person, worker, phone="13900139000")
        request = taken_on(person, worker, kind="delete")
    with acting(worker), refuses("permission.can_erase_for_subject_request", status=403):
        subject_request_erase(asked=request, parts=["contact"], by=worker)
    with acting(head):
        kept = kept_of(person, head)
        assert [(one.what, one.until.year) for one in kept] == [
            (f"个案 {case.number}", timezone.localdate().year + 30)
        ]
        with refuses("erase.part_is_kept", "parts"):
            subject_request_erase(asked=request, parts=["identity"], by=head)
        done = subject_request_erase(
            asked=request, parts=["contact", "household", "relatives"], by=head
        )
        assert done.erased == {"contact": 1, "household": 1, "relatives": 1}
        person.refresh_from_db()
        assert (person.name, person.phone, person.household) == ("演示甲", None, {})
        assert RelatedPerson.objects.get().phone is None
        with refuses("subject_request.something_is_kept", "outcome"):
            subject_request_answer(asked=request, outcome="grant", answer="已删除", by=head)
        answered = subject_request_answer(
            asked=request,
            outcome="partly",
            answer="电话已删除",
            refusal_code="retention",
            refusal_reason="个案随住院病历保存三十年",
            by=head,
        )
        assert subject_request_letter(asked=answered, by=head)[:4] == b"%PDF"


def test_what_a_group_noted_goes_even_when_the_group_is_over(worker, head, acting, refuses):
    with acting(worker):
        person = make.make_client(worker)
        group = make_group(worker, stage="working")
        member = make_member(group, worker, client=person, screening="睡得不好")
        came = {"session": make_session(group, worker), "member": member, "presence": "present"}
        own = {"organization_id": worker.house_id, "created_by": worker}
        row = Attendance.objects.create(note="常常哭", **came, **own)
        request = taken_on(person, worker, kind="delete")
    with acting(head), refuses("erase.part_is_kept", "parts"):
        subject_request_erase(asked=request, parts=["groups"], by=head)
    with acting(worker):
        group.refresh_from_db()
        group.stage, group.ended_at = "cancelled", timezone.now()
        group.save(update_fields=["stage", "ended_at"])
        row.note = "改过的"
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            row.save(update_fields=["note"])
    with acting(head):
        done = subject_request_erase(asked=request, parts=["groups"], by=head)
        assert done.erased == {"groups": 2}
        row.refresh_from_db()
        member.refresh_from_db()
        assert (row.note, row.presence, member.screening) == (None, "present", None)


def test_who_was_only_registered_becomes_nobody(person, worker, head, acting):
    with acting(worker):
        make.make_guardian(person, worker)
        stay = make.make_episode(person, worker, mrn="Z100", diagnosis="演示诊断")
        request = taken_on(person, worker, kind="delete")
    with acting(head):
        assert kept_of(person, head) == []
        subject_request_erase(asked=request, parts=["identity"], by=head)
        person.refresh_from_db()
        assert (person.name, person.phone, person.birth_date, person.birth_year) == (
            "已删除",
            None,
            None,
            None,
        )
        assert RelatedPerson.objects.get().name == "已删除"
        stay.refresh_from_db()
        assert (stay.mrn, stay.diagnosis) == (None, None)
        done = subject_request_answer(asked=request, outcome="grant", answer="已删除", by=head)
        assert done.state == "answered"


def test_a_secret_case_keeps_its_person_without_being_named(worker, head, acting, refuses):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        case_raise_secrecy(case=case, named=[worker], reason="精神科诊断，依法保密", by=worker)
    with acting(head):
        request = taken_on(case.client, head, kind="delete")
        assert kept_of(case.client, head) == []
        with refuses("erase.part_is_kept", "parts"):
            subject_request_erase(asked=request, parts=["identity"], by=head)
        assert Client.objects.get(pk=case.client_id).name == "演示甲"


def test_a_sealed_file_loses_nothing(person, worker, head, acting):
    with acting(worker):
        Client.objects.filter(pk=person.pk).update(legal_hold=True)
        person.refresh_from_db()
    with acting(head):
        assert all(part.why_not for part in parts_of(person, head))


# ── the pages ────────────────────────────────────────────────────────────────


def test_a_request_goes_its_way_in_the_browser(person, worker, head, client_for, acting, upload):
    page = client_for(worker)
    address = reverse("cases:subject_request_new", args=[person.uid])
    bad = page.post(address, {"kind": "copy", "detail": "给我一份"})
    assert bad.status_code == 422
    assert "给我一份" in text_of(bad)
    sent = {
        "kind": "copy",
        "requester": "演示乙",
        "requester_relation": "spouse",
        "received_on": timezone.localdate().isoformat(),
        "detail": "给我一份",
    }
    assert page.post(address, sent).status_code == 302
    with acting(worker):
        one = SubjectRequest.objects.get()
    verify = reverse("cases:subject_request_verify", args=[one.uid])
    refused = page.post(verify, {"identity_note": NOTE})
    assert refused.status_code == 422
    assert "授权委托书" in text_of(refused)
    assert NOTE in refused.content.decode()
    proof = reverse("cases:subject_request_paper_new", args=[one.uid])
    assert page.post(proof, {"kind": "relation_proof", "file": upload}).status_code == 302
    assert page.post(verify, {"identity_note": NOTE}).status_code == 302
    with acting(worker):
        kept = Document.objects.of(one).get()
    got = page.get(reverse("cases:subject_request_paper", args=[kept.uid]))
    assert got["Content-Disposition"].startswith("attachment")
    leader = client_for(head)
    shown = text_of(leader.get(reverse("cases:subject_request", args=[one.uid])))
    assert "演示乙" in shown
    for name in ("copy", "report"):
        made = leader.post(reverse(f"cases:subject_request_{name}", args=[one.uid]))
        assert (made.status_code, made["Content-Type"]) == (200, "application/pdf")
    answer = reverse("cases:subject_request_answer", args=[one.uid])
    assert leader.post(answer, {"outcome": "grant", "answer": "副本已交"}).status_code == 302
    assert leader.post(reverse("cases:subject_request_close", args=[one.uid])).status_code == 302
    done = text_of(leader.get(reverse("cases:subject_requests") + "?show=done"))
    assert "配偶" in done


def test_overdue_requests_stand_in_the_list_and_on_the_heads_desk(
    person, worker, head, client_for, acting
):
    with acting(worker):
        ask(person, worker, received_on=timezone.localdate() - dt.timedelta(days=60))
    page = client_for(head)
    late = text_of(page.get(reverse("cases:subject_requests") + "?show=late"))
    assert "逾期" in late
    assert "演示*" in late or "演**" in late
    assert "答复个人信息权利请求" in text_of(page.get(reverse("departments:workbench")))


def test_another_hospital_sees_nothing(
    person, worker, other_worker, other_head, acting, client_for
):
    with acting(worker):
        one = ask(person, worker)
    for user in (other_worker, other_head):
        page = client_for(user)
        for name in ("", "_verify", "_answer", "_erase", "_correct", "_paper_new"):
            address = reverse(f"cases:subject_request{name}", args=[one.uid])
            assert page.get(address).status_code == 404, name
        for name in ("copy", "report", "letter", "transfer", "close"):
            address = reverse(f"cases:subject_request_{name}", args=[one.uid])
            assert page.post(address).status_code == 404, name
        assert page.get(reverse("cases:subject_request_new", args=[person.uid])).status_code == 404
        assert "没有权利请求" in text_of(page.get(reverse("cases:subject_requests")))


def test_the_list_costs_the_same_for_one_and_three(worker, head, acting, client_for):
    page, address = client_for(head), reverse("cases:subject_requests")

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert page.get(address).status_code == 200
        return len(found)

    with acting(worker):
        ask(make.make_client(worker), worker)
    one = cost()
    with acting(worker):
        ask(make.make_client(worker), worker)
        ask(make.make_client(worker), worker)
    assert cost() == one


def test_how_long_records_are_kept_is_a_dated_rule(worker, head, sysadmin, acting):
    with acting(worker):
        case = make.make_case(worker, stage="closed")
    with acting(head):
        assert [str(one.rule) for one in kept_of(case.client, head)] == [
            "随门急诊病历保存不少于 15 年"
        ]
    today = timezone.localdate()
    with acting(sysadmin):
        DatedRule.objects.filter(kind="retention").delete()
        rule_add(
            kind="retention",
            params={"outpatient_years": 20, "log_months": 12},
            valid_from=today,
            article="第二十九条",
            source="医疗机构病历管理规定（修订）",
            by=sysadmin,
        )
    with acting(head):
        kept = kept_of(case.client, head)
        assert [str(one.rule) for one in kept] == ["随门急诊病历保存不少于 20 年"]
        closed_on = timezone.localdate(case.closed_at)
        assert kept[0].until == closed_on.replace(year=closed_on.year + 20)
        assert "不少于 12 个月" in traces_kept()
        assert "不少于 3 年" in traces_kept()


def test_a_rule_never_keeps_less_than_the_law(sysadmin, acting, refuses):
    with acting(sysadmin), refuses("rule.out_of_bounds", "params"):
        rule_add(
            kind="retention",
            params={"inpatient_years": 5},
            valid_from=timezone.localdate(),
            article="",
            source="本院规定",
            by=sysadmin,
        )


@pytest.mark.parametrize("step", ["answer", "erase"])
def test_who_may_not_answer_gets_no_form_but_who_may(worker, head, acting, client_for, step):
    with acting(worker):
        request = taken_on(make.make_client(worker), worker, kind="delete")
    address = reverse(f"cases:subject_request_{step}", args=[request.uid])
    page = client_for(worker).get(address)
    assert page.status_code == 200
    assert page.context.get("form") is None
    assert "测试head" in text_of(page)
    assert client_for(worker).post(address, {"outcome": "grant"}).status_code == 403
    assert client_for(head).get(address).context.get("form") is not None


def test_the_copy_tells_what_was_asked_of_the_state_and_what_came(worker, acting):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        aid = state_aid_open(
            case=case,
            kind="medical",
            authority="示例区医疗保障局",
            applicant="family",
            applied=Decimal("9000.00"),
            by=worker,
        )
        part = sections_of(case.client, worker)[-1]
    assert part.title == "十三、国家救助"
    (row,) = part.rows
    assert row[1] == "医疗救助\n示例区医疗保障局"
    assert row[5] == "9,000.00 / — / —"
    assert row[4].startswith(str(aid.get_state_display()))
