"""Both signatures under a plan, the supervisor's words on goals, and the reviews on the way."""

import datetime as dt
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cases.models.work import Goal, Plan
from cases.services.plan_signing import plan_go_unsigned, plan_review, plan_sign
from cases.services.plan_texts import is_signed_by_client, papers_of, signatures_of, signing_blocks
from cases.services.planning import case_start, plan_approve, plan_return, plan_submit
from cases.services.printing import case_print
from departments.models.doors import Signature
from departments.models.mechanisms import Document, Task, Transition
from tests.cases.pages import in_days, text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
DRAWN = json.dumps([[[20 + n * 10, 100 + (n % 3) * 9] for n in range(20)]])
SAID_NO = "服务对象说再想一想，社工解释后仍不签"


def _planned(worker, acting, supervisor):
    with acting(worker):
        case = make.make_case(worker, stage="planning", supervisor=supervisor)
        return case, make.make_plan(case, worker)


def _sign(plan, worker, **given):
    values = {"signer": "演示甲", "signer_relation": "self", "drawing": DRAWN, **given}
    return plan_sign(plan=plan, by=worker, **values)


def _approved(worker, acting, supervisor):
    case, plan = _planned(worker, acting, supervisor)
    with acting(worker):
        plan = plan_submit(plan=plan, by=worker)
    with acting(supervisor):
        return case, plan_approve(plan=plan, comment="", by=supervisor)


def _signed(worker, acting, supervisor):
    case, plan = _approved(worker, acting, supervisor)
    with acting(worker):
        _sign(plan, worker)
    return case, plan


def test_client_and_worker_both_sign_the_same_text(worker, supervisor, acting):
    _case, plan = _planned(worker, acting, supervisor)
    with acting(worker):
        _sign(plan, worker)
        assert is_signed_by_client(plan)
        plan_submit(plan=plan, by=worker)
        first, second = signatures_of(plan)
        assert (first.signer_kind, first.signer_name, first.relation) == (
            "client",
            "演示甲",
            "self",
        )
        assert (second.signer_kind, second.user) == ("user", worker)
        assert bytes(first.text_hash) == bytes(second.text_hash)
        assert first.drawn.kind == "signature"


def test_a_scan_or_somebody_else_for_the_client_counts_too(worker, supervisor, acting, upload):
    _case, plan = _planned(worker, acting, supervisor)
    with acting(worker):
        one = _sign(plan, worker, drawing="", scan=upload, signer_relation="spouse")
        assert (one.signer_kind, one.relation, one.drawn.kind) == ("external", "spouse", "consent")
        assert is_signed_by_client(plan)


def test_a_signature_does_not_count_for_a_text_written_anew(worker, supervisor, acting):
    case, plan = _planned(worker, acting, supervisor)
    with acting(worker):
        _sign(plan, worker)
        same = make.make_plan(case, worker)
        assert is_signed_by_client(same)
        changed = make.make_plan(case, worker, aim="另一个总目标")
        assert changed.pk == plan.pk
        assert not is_signed_by_client(changed)
        _sign(changed, worker)
        assert is_signed_by_client(changed)


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"signer": " "}, "plan.needs_signer", "signer"),
        ({"signer_relation": "neighbourhood"}, "plan.relation_unknown", "signer_relation"),
        ({"drawing": "[]"}, "signature.empty", "drawing"),
        ({"drawing": "x"}, "signature.broken", "drawing"),
    ],
)
def test_what_is_no_signature_leaves_nothing(
    given, rule, field, worker, supervisor, acting, refuses
):
    _case, plan = _planned(worker, acting, supervisor)
    with acting(worker):
        with refuses(rule, field):
            _sign(plan, worker, **given)
        assert (Signature.objects.count(), Document.objects.count()) == (0, 0)


def test_a_plan_is_signed_once_with_a_goal_and_by_its_own_worker(
    worker, worker2, supervisor, acting, refuses
):
    case, plan = _planned(worker, acting, supervisor)
    with acting(worker2), refuses("permission.can_submit_plan", status=403):
        _sign(plan, worker2)
    with acting(worker):
        _sign(plan, worker)
        with refuses("plan.signed_already", status=409):
            _sign(plan, worker)
        with refuses("plan.needs_goal", status=409):
            _sign(make.make_plan(case, worker, goals=[]), worker)


def test_a_plan_replaced_meanwhile_is_not_signed(worker, supervisor, acting, refuses):
    case, first = _approved(worker, acting, supervisor)
    with acting(worker):
        second = plan_submit(plan=make.make_plan(case, worker, aim="第二版"), by=worker)
    with acting(supervisor):
        plan_approve(plan=second, comment="", by=supervisor)
    with acting(worker), refuses("plan.is_replaced", status=409):
        _sign(first, worker)


def test_who_does_not_sign_is_written_down_with_the_reason(
    worker, worker2, supervisor, acting, refuses
):
    case, plan = _planned(worker, acting, supervisor)
    with acting(worker):
        with refuses("plan.unsigned.wrong_state", status=409):
            plan_go_unsigned(plan=plan, reason=SAID_NO, by=worker)
        plan_submit(plan=plan, by=worker)
        for reason, rule in (("", "needs_reason"), ("不签", "too_short")):
            with refuses(f"plan.unsigned.{rule}", "reason"):
                plan_go_unsigned(plan=plan, reason=reason, by=worker)
        plan = plan_go_unsigned(plan=plan, reason=SAID_NO, by=worker)
        assert papers_of(plan).refusal(plan).reason == SAID_NO
    with acting(worker2), refuses("permission.can_submit_plan", status=403):
        plan_go_unsigned(plan=plan, reason=SAID_NO, by=worker2)
    with acting(supervisor):
        plan_return(plan=plan, reason="指标要能量", by=supervisor)
    with acting(worker):
        again = plan_submit(plan=make.make_plan(case, worker, aim="改过的"), by=worker)
        assert papers_of(again).refusal(again) is None
        plan_go_unsigned(plan=again, reason=SAID_NO, by=worker)
        _sign(again, worker)
        assert papers_of(again).refusal(again) is None
        with refuses("plan.signed_already", status=409):
            plan_go_unsigned(plan=again, reason=SAID_NO, by=worker)


def test_the_supervisor_says_a_word_on_single_goals(worker, supervisor, acting):
    case, plan = _planned(worker, acting, supervisor)
    with acting(worker):
        plan_submit(plan=plan, by=worker)
        goal = plan.goals.get()
    with acting(supervisor):
        plan_return(
            plan=plan,
            reason="指标不可衡量",
            goal_comments={goal.uid: "写清金额"},
            by=supervisor,
        )
    with acting(worker):
        assert Goal.objects.get(plan=plan).comment == "写清金额"
        plan = plan_submit(plan=plan, by=worker)
    with acting(supervisor):
        plan_approve(plan=plan, comment="可行", goal_comments={goal.uid: "这样可以"}, by=supervisor)
    with acting(worker):
        assert Goal.objects.get(plan=plan).comment == "这样可以"
        assert Plan.objects.filter(case=case).count() == 1


def test_rewriting_a_returned_plan_keeps_the_supervisors_words(
    worker, supervisor, client_for, acting
):
    case, plan = _planned(worker, acting, supervisor)
    with acting(worker):
        plan_submit(plan=plan, by=worker)
        goal = plan.goals.get()
    with acting(supervisor):
        plan_return(
            plan=plan,
            reason="指标不可衡量",
            goal_comments={goal.uid: "写清金额"},
            by=supervisor,
        )
    mine, where = client_for(worker), reverse("cases:plan_new", args=[case.uid])
    page = mine.get(where)
    assert "督导对这个目标的意见 写清金额" in text_of(page)
    assert "指标不可衡量" in text_of(page)
    with acting(worker):
        need = goal.needs.get()
    typed = {
        "aim": "缓解费用压力",
        "review_due_on": in_days(14),
        "row": ["0", "1"],
        "goal0-statement": "欠费降到一万元以下",
        "goal0-indicator": "欠费金额",
        "goal0-need": str(need.uid),
        "goal0-weight": "1",
        "goal0-was": str(goal.uid),
        "goal1-statement": "每天睡够六小时",
        "goal1-indicator": "睡眠小时",
        "goal1-need": str(need.uid),
        "goal1-weight": "1",
    }
    assert mine.post(where, typed).status_code == 302
    with acting(worker):
        kept = plan.goals.order_by("rank")
        assert [(one.statement, one.comment) for one in kept] == [
            ("欠费降到一万元以下", "写清金额"),
            ("每天睡够六小时", None),
        ]
    shown = text_of(mine.get(f"{reverse('cases:case', args=[case.uid])}?part=plan"))
    assert shown.count("督导：写清金额") == 1


def _of_age(worker, years, **given):
    today = timezone.localdate()
    return make.make_client(worker, birth_date=today.replace(year=today.year - years), **given)


def test_a_guardian_signs_for_a_child(worker, supervisor, acting, refuses):
    with acting(worker):
        client = _of_age(worker, 9)
        plan = make.make_plan(make.make_case(worker, stage="planning", client=client), worker)
        with refuses("guardian.must_sign", "signer_relation"):
            _sign(plan, worker)
        with refuses("guardian.not_known", "signer"):
            _sign(plan, worker, signer="演示母", signer_relation="mother")
        make.make_guardian(client, worker)
        with refuses("guardian.is_another", "signer"):
            _sign(plan, worker, signer="演示姨", signer_relation="father")
        signed = _sign(plan, worker, signer="演示 母", signer_relation="mother")
        assert (signed.signer_kind, is_signed_by_client(plan)) == ("guardian", True)


def test_of_age_the_guardian_of_childhood_signs_no_more(worker, supervisor, acting, refuses):
    with acting(worker):
        young = _of_age(worker, 19)
        early = make.make_guardian(young, worker)
        type(early).objects.filter(pk=early.pk).update(
            created_at=timezone.now() - dt.timedelta(days=800)
        )
        plan = make.make_plan(make.make_case(worker, stage="planning", client=young), worker)
        assert _sign(plan, worker).signer_kind == "client"
        old = _of_age(worker, 80)
        make.make_guardian(old, worker, relation="son", name="演示子")
        plan = make.make_plan(make.make_case(worker, stage="planning", client=old), worker)
        with refuses("guardian.must_sign", "signer_relation"):
            _sign(plan, worker)
        assert _sign(plan, worker, signer="演示子", signer_relation="son").signer_kind == "guardian"


def test_the_page_says_that_a_guardian_signs(worker, client_for, acting):
    with acting(worker):
        client = _of_age(worker, 9)
        plan = make.make_plan(make.make_case(worker, stage="planning", client=client), worker)
    where, mine = reverse("cases:plan_sign", args=[plan.uid]), client_for(worker)
    assert "还没有登记监护人" in text_of(mine.get(where))
    with acting(worker):
        make.make_guardian(client, worker)
    page = mine.get(where)
    assert "演**（母亲）" in text_of(page)
    assert '<option value="mother" selected>' in page.content.decode()


def test_the_tasks_of_a_plan_move_on_at_its_review(worker, supervisor, acting, refuses, rows):
    with acting(worker):
        case = make.make_case(worker, stage="planning", supervisor=supervisor)
        task = {"what": "联系医保办", "goal": 1}
        plan = make.make_plan(case, worker, tasks=[task])
        _sign(plan, worker)
        plan_submit(plan=plan, by=worker)
    with acting(supervisor):
        plan = plan_approve(plan=plan, comment="", by=supervisor)
    with acting(worker):
        case_start(case=case, by=worker)
        item = plan.items.get()
        given = {"result": "医保办已答复，其余目标继续", "next_on": in_days(20), "by": worker}
        given["next_on"] = timezone.localdate() + dt.timedelta(days=20)
        with refuses("plan_item_state_known"):
            plan_review(plan=plan, item_states={item.uid: "lost"}, **given)
        plan_review(plan=plan, item_states={item.uid: "done"}, **given)
        assert (plan.items.get().state, plan.items.get().goal) == ("done", plan.goals.get())
        # How far a task has come is no part of what was signed.
        assert is_signed_by_client(plan)
        assert plan.items.get().done_on == timezone.localdate()
        plan_review(plan=plan, item_states={item.uid: "planned"}, **given)
        assert plan.items.get().done_on is None
        plan_review(plan=plan, item_states={item.uid: "done"}, **given)
        rows("UPDATE cases_planitem SET done_on = '2026-01-05' WHERE id = %s", item.pk)
        # The next version says again that it was done, and not that it was done today.
        told = {"what": item.what, "state": "done"}
        again = make.make_plan(case, worker, tasks=[told, {"what": "另一件", "state": "done"}])
        days = {one.what: one.done_on for one in again.items.all()}
        assert days == {item.what: dt.date(2026, 1, 5), "另一件": timezone.localdate()}
        with pytest.raises(IntegrityError, match="plan_item_done_has_day"), transaction.atomic():
            rows("UPDATE cases_planitem SET done_on = NULL WHERE plan_id = %s", again.pk)


def test_the_levels_of_a_goal_stand_beside_its_rating(worker, supervisor, client_for, acting):
    with acting(worker):
        case = make.make_case(worker, stage="planning", supervisor=supervisor)
        goal = {
            "statement": "补齐押金",
            "indicator": "欠费",
            "needs": [make.make_need(case, worker)],
            "gas_levels": {"-2": "欠费增加", "0": "欠费一万以下"},
        }
        plan = make.make_plan(case, worker, goals=[goal])
        _sign(plan, worker)
        plan_submit(plan=plan, by=worker)
    with acting(supervisor):
        plan_approve(plan=plan, comment="", by=supervisor)
    with acting(worker):
        case_start(case=case, by=worker)
        rated = plan.goals.get()
    page = client_for(worker).get(reverse("cases:goal_rate", args=[rated.uid]))
    assert page.status_code == 200
    assert "−2 远低于预期 欠费增加 0 达到预期 欠费一万以下" in text_of(page)


def test_a_review_keeps_what_it_found_and_sets_the_next(worker, supervisor, acting, refuses):
    case, plan = _signed(worker, acting, supervisor)
    later = timezone.localdate() + dt.timedelta(days=30)
    found = "押金已补齐一半，情绪目标按原计划继续"
    with acting(worker):
        with refuses("plan.review.wrong_state", status=409):
            plan_review(plan=plan, result=found, next_on=later, by=worker)
        case_start(case=case, by=worker)
        with refuses("plan.review.needs_result", "result"):
            plan_review(plan=plan, result="还行", next_on=later, by=worker)
        with refuses("plan.review.next_is_later", "next_on"):
            plan_review(plan=plan, result=found, next_on=timezone.localdate(), by=worker)
        plan_review(plan=plan, result=found, next_on=later, by=worker)
        assert Transition.objects.of(plan).get(step="review").reason == found
        task = Task.objects.get(kind="plan_review", state="open")
        assert timezone.localdate(task.due_at) == later
    with acting(supervisor), refuses("permission.can_submit_plan", status=403):
        plan_review(plan=plan, result=found, next_on=later, by=supervisor)


def test_a_new_version_while_working_takes_over_the_review(worker, supervisor, acting):
    case, _plan = _signed(worker, acting, supervisor)
    with acting(worker):
        case_start(case=case, by=worker)
        second = plan_submit(
            plan=make.make_plan(
                case, worker, review_due_on=timezone.localdate() + dt.timedelta(days=60)
            ),
            by=worker,
        )
    with acting(supervisor):
        plan_approve(plan=second, comment="", by=supervisor)
    with acting(worker):
        task = Task.objects.get(kind="plan_review", state="open")
        assert timezone.localdate(task.due_at) == second.review_due_on


def test_the_paper_carries_the_signatures(worker, supervisor, acting):
    _case, plan = _planned(worker, acting, supervisor)
    with acting(worker):
        assert signing_blocks(plan, is_named=False) == []
        _sign(plan, worker)
        plan_submit(plan=plan, by=worker)
        head, table, picture = signing_blocks(plan, is_named=False)
        assert (head["t"], picture["t"]) == ("head", "svg")
        assert [row[:3] for row in table["rows"]] == [
            ["演**", "本人", "屏幕签名"],
            [worker.display_name, "社工", "账号提交"],
        ]
        assert signing_blocks(plan, is_named=True)[1]["rows"][0][0] == "演示甲"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "PDF"])
def test_the_paper_carries_a_scan_too(kind, worker, supervisor, acting):
    _case, plan = _planned(worker, acting, supervisor)
    out = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(out, kind)
    scan = SimpleUploadedFile(f"signed.{kind.lower()}", out.getvalue())
    with acting(worker):
        _sign(plan, worker, drawing="", scan=scan)
        _head, table, picture = signing_blocks(plan, is_named=False)
        assert table["rows"][0][2] == "纸质签署"
        assert picture["t"] == ("pdf" if kind == "PDF" else "svg")
        assert case_print(case=plan.case, kind="F4", row=plan, by=worker)[:5] == b"%PDF-"


def test_the_pages_from_the_signature_to_the_review(worker, supervisor, client_for, acting):
    case, plan = _planned(worker, acting, supervisor)
    mine, theirs = client_for(worker), client_for(supervisor)
    sign = reverse("cases:plan_sign", args=[plan.uid])
    page = f"{reverse('cases:case', args=[case.uid])}?part=plan"
    assert sign in mine.get(page).content.decode()
    answer = mine.post(sign, {"signer": "演示甲", "signer_relation": "self"})
    assert answer.status_code == 422
    assert "请在方框内签名，或选上传的签署件。" in text_of(answer)
    assert 'value="演示甲"' in answer.content.decode()
    typed = {"signer": "演示甲", "signer_relation": "self", "drawing": DRAWN}
    assert mine.post(sign, typed).status_code == 302
    assert mine.post(reverse("cases:plan_submit", args=[plan.uid])).status_code == 302
    with acting(worker):
        goal = plan.goals.get()
    approve = reverse("cases:plan_approve", args=[plan.uid])
    assert goal.statement in text_of(theirs.get(approve))
    word = {f"comment-{goal.uid}": "金额写得清楚", "comment": "可行"}
    assert theirs.post(approve, word).status_code == 302
    shown = text_of(mine.get(page))
    assert "演**" in shown
    assert "督导：金额写得清楚" in shown
    with acting(worker):
        case_start(case=case, by=worker)
    review = reverse("cases:plan_review", args=[plan.uid])
    assert review in mine.get(page).content.decode()
    assert mine.post(review, {"result": "好", "next_on": in_days(9)}).status_code == 422
    said = {"result": "押金已补齐一半，其余继续", "next_on": in_days(9)}
    assert mine.post(review, said).status_code == 302
    assert "押金已补齐一半" in text_of(mine.get(page))


def test_the_page_of_who_does_not_sign(worker, supervisor, client_for, acting):
    case, plan = _approved(worker, acting, supervisor)
    mine = client_for(worker)
    where = reverse("cases:plan_unsigned", args=[plan.uid])
    page = f"{reverse('cases:case', args=[case.uid])}?part=plan"
    assert where in mine.get(page).content.decode()
    assert mine.post(where, {"reason": "不签"}).status_code == 422
    assert mine.post(where, {"reason": SAID_NO}).status_code == 302
    assert f"没有签署：{SAID_NO}" in text_of(mine.get(page))
    assert where not in mine.get(page).content.decode()


@pytest.mark.parametrize("name", ["plan_sign", "plan_unsigned", "plan_review"])
def test_another_hospital_finds_no_plan_to_sign(
    name, worker, supervisor, other_worker, client_for, acting
):
    _case, plan = _approved(worker, acting, supervisor)
    assert (
        client_for(other_worker).get(reverse(f"cases:{name}", args=[plan.uid])).status_code == 404
    )


def test_a_plan_without_a_goal_is_refused_at_the_field(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker, stage="planning")
    typed = {"aim": "缓解压力", "review_due_on": in_days(9), "row": ["0"]}
    answer = client_for(worker).post(reverse("cases:plan_new", args=[case.uid]), typed)
    assert answer.status_code == 422
    assert 'id="id_goal0-statement_error"' in answer.content.decode()
    assert "请至少写一个目标。" in text_of(answer)
    with acting(worker):
        assert not Plan.objects.exists()
