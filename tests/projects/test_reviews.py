"""From the formality check to the published list: experts apart, conflicts out, marks sealed, ranks explained."""

from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.consents import Disclosure
from departments.models.mechanisms import Notification
from departments.models.organizations import Organization
from departments.models.publishing import Objection, PublicEntry
from departments.models.queues import Outbox
from departments.services.objections import objection_receive
from departments.services.outbox import relay_once
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.cultivation import Project
from projects.models.experts import Conflict
from projects.models.reviews import OutcomeLetter, Review
from projects.services.announcing import (
    blocks_of,
    list_publish,
    notice_objection_answer,
    notice_open,
)
from projects.services.assigning import (
    assignment_apply,
    assignment_propose,
    assignment_replay,
)
from projects.services.conflicts import conflict_add, conflict_lift, conflicts_compute
from projects.services.formality import formality_check
from projects.services.letters import comments_release_all, letters_send, letters_write
from projects.services.opening import projects_open
from projects.services.panels import panel_hold, panel_plan
from projects.services.results import call_rank, marks_of, review_void, standings_of
from projects.services.reviewing import review_recuse, review_save, review_submit
from projects.services.score_sheets import score_sheet_amend, score_sheet_make, score_sheet_publish
from projects.services.selecting import selection_change, selection_propose
from tests.factories.donations import as_person
from tests.factories.reviews import (
    MARKS,
    close_call,
    hand_in,
    make_call,
    make_member,
    make_plan,
)

pytestmark = pytest.mark.django_db


def refusal(service, **given) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as caught:
        service(**given)
    assert str(caught.value)
    return caught.value.rule, caught.value.field


def given_out(batch, seed=7):
    with as_person(batch.desk) as by:
        run = assignment_propose(call=batch.call, seed=seed, by=by)
        return assignment_apply(run=run, by=by)


def mark(batch, uid=None, marks=None, comment="内容扎实，可以推广到其他医院。", only=None):
    """Every open review sent by its expert; `marks(label, expert_no)` says what differs from MARKS."""
    for number, expert in enumerate(batch.experts):
        if only is not None and number not in only:
            continue
        with as_person(expert.user) as by:
            for review in list(Review.objects.visible_to(by).open()):
                answers = MARKS | (marks(review, number) if marks else {})
                review_submit(review=review, answers=answers, comment=comment, by=by)


def test_every_point_of_the_list_is_answered_and_a_refusal_names_its_rule(authority, head):
    call = make_call(authority)
    row = hand_in(call, head, "髓爱童行")
    close_call(call, authority)
    plan = make_plan(call, authority)
    yes = {one["code"]: True for one in plan.checklist}
    with as_person(authority) as by:
        given = {"application": row, "by": by}
        assert refusal(
            formality_check, **given, outcome="accept_formal", answers=yes | {"unit": None}
        ) == ("formality.open", "answers")
        no = yes | {"budget": False}
        assert refusal(formality_check, **given, outcome="accept_formal", answers=no) == (
            "formality.not_all_yes",
            "outcome",
        )
        assert refusal(formality_check, **given, outcome="refuse_formal", answers=no) == (
            "formality.needs_rule",
            "reason",
        )
        held = formality_check(
            **given, outcome="request_supplement", answers=no, reason="公告第五条：预算合计不符"
        )
        assert held.state == "supplement_required"
        assert [one["code"] for one in held.supplement_items] == ["budget"]
        assert timezone.localdate(held.supplement_due_at) > timezone.localdate()
        topics = list(Outbox.objects.values_list("topic", flat=True))
        assert topics.count("application.moved") == 1
    with as_person(head) as by:
        refused = refusal(
            formality_check, application=row, outcome="accept_formal", answers=yes, by=by
        )
        assert refused == ("permission.can_run_review_of", None)


def test_weights_sum_to_a_hundred_before_a_sheet_is_used(authority):
    with as_person(authority) as by:
        sheet = score_sheet_make(template="application", by=by)
        rows = [{"name": "创新性", "weight": "60"}, {"name": "需求", "weight": "30"}]
        sheet = score_sheet_amend(sheet=sheet, title="新表", rows=rows, by=by)
        assert refusal(score_sheet_publish, sheet=sheet, by=by) == (
            "score_sheet.not_hundred",
            "rows",
        )
        wrong = [{"name": "创新性", "weight": "很多"}]
        assert refusal(score_sheet_amend, sheet=sheet, title="新表", rows=wrong, by=by) == (
            "score_sheet.weight",
            "rows",
        )
        for template in ("incubation", "evaluation"):
            made = score_sheet_publish(sheet=score_sheet_make(template=template, by=by), by=by)
            assert made.published_at is not None
        assert refusal(score_sheet_amend, sheet=made, title="x", rows=rows, by=by) == (
            "score_sheet.is_published",
            None,
        )


def test_assignment_keeps_conflicts_apart_and_is_made_again_from_what_is_stored(batch):
    run = given_out(batch)
    with as_person(batch.desk) as by:
        reviews = list(Review.objects.visible_to(by).order_by("pk"))
        own = {row.pk for row in batch.rows[:2]}
        assert len(reviews) == 12
        # The first expert works at the first hospital.
        first = batch.experts[0].pk
        assert {one.application_id for one in reviews if one.expert_id == first} <= {
            row.pk for row in batch.rows[2:]
        }
        kinds = set(Conflict.objects.values_list("application_id", "expert_id", "kind"))
        assert {(pk, first, "employer") for pk in own} <= kinds
        loads = [sum(one.expert_id == e.pk for one in reviews) for e in batch.experts]
        assert (sum(loads), max(loads) - min(loads) <= 1) == (12, True)
        assert assignment_replay(run)[1] is True
        run.seed += 1
        assert assignment_replay(run)[0].short == {}
        assert refusal(assignment_apply, run=run, by=by) == ("assignment.applied", None)
        assert set(Application.objects.values_list("state", flat=True)) == {"in_review"}
        assert Call.objects.get(pk=batch.call.pk).state == "reviewing"


def test_a_blind_packet_names_neither_unit_nor_people_nor_telephone(batch):
    given_out(batch)
    with as_person(batch.experts[1].user) as by:
        review = Review.objects.visible_to(by).select_related("packet").first()
        said = str(review.packet.payload)
        assert "的儿童需要陪伴" in said
        for word in ("测试第一医院", "测试第二医院", "测试head", "13800138000", "YWSG-DYPY"):
            assert word not in said
        # Nothing else of the call is readable in the expert's transaction.
        assert Application.objects.count() == 0
        assert Review.objects.exclude(expert_user_id=by.pk).count() == 0
        assert Disclosure.objects.exclude(recipient_user_id=by.pk).count() == 0
        assert Conflict.objects.exclude(user_id=by.pk).count() == 0


def test_marks_stay_within_their_range_and_stand_once_they_are_sent(batch):
    given_out(batch)
    with as_person(batch.experts[1].user) as by:
        review = Review.objects.visible_to(by).first()
        given = {"review": review, "by": by, "comment": "内容扎实，可以推广到其他医院。"}
        over = MARKS | {"innovation": "15.5"}
        assert refusal(review_submit, **given, answers=over) == (
            "review.answer",
            "item_innovation",
        )
        kept = review_save(**given, answers={"need": "12.5"})
        assert (kept.state, kept.answers) == ("opened", {"need": "12.5"})
        assert refusal(review_submit, **given, answers={"need": 12}) == (
            "review.open_item",
            "item_design",
        )
        assert refusal(review_submit, **(given | {"comment": "好"}), answers=MARKS) == (
            "review.needs_comment",
            "comment",
        )
        sent = review_submit(**given, answers=MARKS | {"need": "12.5"})
        assert (sent.total, sent.band) == (D("80.5"), "good")
        assert refusal(review_submit, **given, answers=MARKS) == ("review_is_sent", None)
        sent.total = D(99)
        with pytest.raises(Exception, match="sent marks stay"):
            sent.save(update_fields=["total"])


def test_the_sum_beside_the_boxes_counts_what_is_right_and_saves_nothing(batch, client_for):
    given_out(batch)
    expert = batch.experts[1].user
    with as_person(expert) as by:
        review = Review.objects.visible_to(by).first()
    where = reverse("experts:review", args=[review.uid])
    boxes = {f"item_{code}": str(mark) for code, mark in MARKS.items()}
    typed = boxes | {"item_need": "12.5", "item_innovation": "15.5", "item_design": "x"}
    client = client_for(expert)
    page = client.post(where, typed | {"sum": "1"}).content.decode()
    right = sum(
        D(str(mark)) for code, mark in MARKS.items() if code not in ("innovation", "design")
    )
    total = right - D(str(MARKS["need"])) + D("12.5")
    assert f"合计 {total.normalize():f} / 100" in page
    assert "还有 2 项没有打分" in page
    assert "各项都已打分" in client.post(where, boxes | {"sum": "1"}).content.decode()
    with as_person(expert) as by:
        assert Review.objects.visible_to(by).get(pk=review.pk).answers == {}


def test_an_expert_who_gives_a_review_back_is_in_the_register_and_another_is_asked(batch):
    given_out(batch)
    with as_person(batch.experts[1].user) as by:
        review = Review.objects.visible_to(by).first()
        review_recuse(review=review, kind="kin", reason="配偶在该单位工作", by=by)
        assert not Review.objects.visible_to(by).filter(pk=review.pk).exists()
    while relay_once():
        pass
    with as_person(batch.desk) as by:
        assert Disclosure.objects.get(pk=review.packet_id).payload is None
        run = assignment_propose(call=batch.call, seed=3, by=by)
        assert len(run.result) == 1
        assert run.result[0][1] != str(batch.experts[1].uid)
        row = Conflict.objects.get(kind="kin")
        assert refusal(conflict_lift, conflict=row, reason="短", by=by) == (
            "conflict.needs_reason",
            "reason",
        )


def test_a_conflict_found_after_scoring_voids_the_marks_and_the_mean_is_counted_anew(
    batch, authority
):
    given_out(batch)
    mark(batch, marks=lambda review, number: {"need": number * 3})
    with as_person(batch.desk) as by:
        call_rank(call=batch.call, by=by)
        row = Application.objects.filter(rank=1).first()
        before = row.score_mean
        review = (
            Review.objects.filter(application=row, state="submitted").order_by("-total").first()
        )
        conflict_add(
            application=row, expert=review.expert, kind="kin", note="评后发现是亲属", by=by
        )
        review.refresh_from_db()
        row.refresh_from_db()
        assert (review.state, review.is_voided, review.is_final) == ("voided", True, True)
        rest = list(
            Review.objects.filter(application=row, state="submitted").values_list(
                "total", flat=True
            )
        )
        assert row.score_mean == (sum(rest) / 2).quantize(D("0.001")) != before
        assert row.state == "in_review"
        assert refusal(selection_propose, call=batch.call, by=by) == (
            "selection.not_complete",
            None,
        )
        # Another expert is asked, and nobody who gave marks before.
        run = assignment_propose(call=batch.call, seed=5, by=by)
        assert len(run.result) == 1
        assert run.result[0][1] != str(review.expert.uid)


def test_whoever_entered_a_conflict_does_not_lift_it(batch, authority):
    second = make_member(Organization.objects.get(code="GA"), "authority2", "authority_officer")
    with as_person(batch.desk) as by:
        conflicts_compute(call=batch.call, by=by)
        made = conflict_add(
            application=batch.rows[0], expert=batch.experts[2], kind="kin", note="亲属", by=by
        )
        assert refusal(conflict_lift, conflict=made, reason="核实不是亲属", by=by) == (
            "permission.can_lift_conflict",
            None,
        )
    with as_person(second) as by:
        assert conflict_lift(conflict=made, reason="核实不是亲属", by=by).lifted_by_id == by.pk
        assert conflicts_compute(call=batch.call, by=by) == 0


def test_from_the_marks_to_the_list_and_the_projects(batch, head, other_head):
    """Ranked and placed within two places and one reserve, told, shown, listed, opened."""
    given_out(batch)
    with as_person(batch.desk) as by:
        assert refusal(call_rank, call=batch.call, by=by) == ("results.incomplete", None)
    best = {row.pk: points for row, points in zip(batch.rows, (15, 12, 9, 6), strict=True)}
    mark(batch, marks=lambda review, number: {"need": best[review.application_id]})
    with as_person(batch.desk) as by:
        assert comments_release_all(call=batch.call, by=by) == 12
        call_rank(call=batch.call, by=by)
        ranks = dict(Application.objects.values_list("title", "rank"))
        assert ranks == {"髓爱童行": 1, "全病程服务": 2, "健康志愿者队伍": 3, "共同照护": 4}
        assert refusal(notice_open, call=batch.call, by=by) == ("notice.not_placed", None)
        selection_propose(call=batch.call, by=by)
        states = dict(Application.objects.values_list("title", "state"))
        placed = [states[title] for title in sorted(ranks, key=ranks.get)]
        assert placed == ["proposed", "proposed", "reserve", "not_selected"]
        fourth = Application.objects.get(title="共同照护")
        assert refusal(
            selection_change, application=fourth, to="proposed", reason="地区平衡需要", by=by
        ) == ("selection.full", "to")
        assert refusal(notice_open, call=batch.call, by=by) == ("notice.letters", None)
        assert letters_write(call=batch.call, by=by) == 4
        assert letters_send(call=batch.call, by=by) == 4
        assert refusal(selection_propose, call=batch.call, by=by) == ("selection.sent", None)
        call = notice_open(call=batch.call, by=by)
        assert refusal(list_publish, call=call, by=by) == ("list.blocked", None)
    while relay_once():
        pass
    with as_person(head) as by:
        letters = list(OutcomeLetter.objects.visible_to(by).order_by("application__rank"))
        assert [one.outcome for one in letters] == ["proposed", "proposed"]
        assert letters[0].comments == ["内容扎实，可以推广到其他医院。"] * 3
        assert "髓爱童行" in letters[0].body
        assert Notification.objects.filter(user=head, kind="letter.arrived").count() == 2
    end_window(call, batch.desk)
    with as_person(batch.desk) as by:
        call = list_publish(call=call, by=by)
        assert call.state == "decided"
        table = call.list_entry.payload["tables"][0]
        assert [row[2] for row in table["rows"]] == ["髓爱童行", "全病程服务"]
        assert call.list_entry.payload["extra"]["number"].startswith("GA-MD-2026")
        assert Disclosure.objects.filter(level="packet", withdrawn_at__isnull=True).count() == 0
        assert projects_open(call=call, by=by) == 2
        project = Project.objects.get(title="髓爱童行")
        assert (project.organization_id, project.counterparty_id, project.number) == (
            batch.rows[0].organization_id,
            by.house_id,
            "YWSG-DYPY-202601",
        )
    with as_person(head) as by:
        assert Project.objects.filter(organization_id=by.house_id).count() == 2


def end_window(call, desk):
    """The days of the notice have passed: its entry is over."""
    with as_person(desk):
        entry = PublicEntry.objects.get(pk=call.notice_entry_id)
        entry.visible_to = timezone.now()
        entry.save(update_fields=["visible_to"])
        assert blocks_of(Call.objects.select_related("notice_entry").get(pk=call.pk)) == []


def test_an_open_objection_blocks_the_list_and_one_that_is_right_costs_the_place(batch):
    given_out(batch)
    mark(batch, marks=lambda review, number: {"need": 5 + review.application_id % 4 * 3})
    with as_person(batch.desk) as by:
        call_rank(call=batch.call, by=by)
        selection_propose(call=batch.call, by=by)
        letters_write(call=batch.call, by=by)
        letters_send(call=batch.call, by=by)
        call = notice_open(call=batch.call, by=by)
    objection_receive(entry=call.notice_entry, text="该项目与往年重复。", place="1.2.3.4")
    second = make_member(Organization.objects.get(code="GA"), "authority3", "authority_officer")
    with as_person(second) as by:
        entry = PublicEntry.objects.get(pk=call.notice_entry_id)
        entry.visible_to = timezone.now()
        entry.save(update_fields=["visible_to"])
        assert refusal(list_publish, call=call, by=by) == ("list.blocked", None)
        one = Objection.objects.get()
        row = Application.objects.filter(state="proposed").first()
        given = {"objection": one, "answer": "经核查属实。", "application": row, "by": by}
        assert refusal(notice_objection_answer, **given, is_upheld=False) == (
            "objection.application",
            "application",
        )
        notice_objection_answer(**given, is_upheld=True)
        row.refresh_from_db()
        assert row.state == "not_selected"
        # Whose place changes now gets another letter at once; the first one stays.
        told = OutcomeLetter.objects.order_by("id")
        assert [one.outcome for one in told.filter(application=row)] == ["proposed", "not_selected"]
        reserve = Application.objects.get(state="reserve")
        selection_change(application=reserve, to="proposed", reason="候补递补一名", by=by)
        first, second_letter = told.filter(application=reserve)
        assert (first.outcome, second_letter.outcome) == ("reserve", "proposed")
        assert second_letter.sent_at is not None
        assert second_letter.counterparty_id == reserve.organization_id
        assert "以本通知书为准" in second_letter.body
        assert first.number != second_letter.number
        assert list_publish(call=call, by=by).state == "decided"
        assert Application.objects.filter(selected=True).count() == 2


def test_marks_given_in_a_meeting_replace_those_of_the_desk(batch):
    given_out(batch)
    mark(batch)
    with as_person(batch.desk) as by:
        call_rank(call=batch.call, by=by)
        # Equal marks everywhere: one shared rank, and no places without a decision.
        assert set(Application.objects.values_list("rank", flat=True)) == {1}
        assert refusal(selection_propose, call=batch.call, by=by) == ("selection.tie", "picks")
        panel = panel_plan(
            call=batch.call, on=timezone.localdate(), place="会议室", chair=batch.experts[1], by=by
        )
        given = {"panel": panel, "minutes": "逐项讨论后重新打分。", "by": by}
        assert refusal(panel_hold, **given, present=batch.experts[:2]) == ("panel.small", "present")
        again = Application.objects.filter(title="髓爱童行")
        panel_hold(**given, present=batch.experts, applications=again)
        assert Review.objects.filter(phase=2).count() == 3
        assert again.get().state == "in_review"
    mark(batch, marks=lambda review, number: {"need": 15})
    with as_person(batch.desk) as by:
        call_rank(call=Call.objects.get(pk=batch.call.pk), by=by)
        found = again.get()
        assert (found.rank, found.score_mean) == (1, D("83.000"))
        marks, _progress = marks_of(batch.call)
        assert len(marks) == 12
        standing = standings_of(batch.call, batch.plan, marks)[0]
        assert (standing.application, standing.rank) == (str(found.uid), 1)
        void = Review.objects.filter(phase=2).first()
        assert refusal(review_void, review=void, reason="短", by=by) == (
            "review.void.needs_reason",
            "reason",
        )
