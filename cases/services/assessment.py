"""Assessing: questionnaires scored by the kernel, needs in whose words, and the step to planning."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.alerts import RiskAlert
from cases.models.casework import Case
from cases.models.codes import NeedCategory, NeedVoice
from cases.models.service_codes import MilestoneKind
from cases.models.work import Assessment, Need
from cases.permissions import (
    can_add_need,
    can_assess_case,
    can_finalize_assessment,
    can_record_assessment,
)
from cases.services.alerts import raise_on
from cases.services.clocks import case_task, end_of_day
from cases.services.guards import check
from cases.services.reporting import report_by_need
from cases.services.screening import obeying, trigger_of
from cases.workflow import CASE, WORKING_STAGES, CaseStage
from departments import audit
from departments.models.mechanisms import Questionnaire, Task
from departments.models.people import User
from departments.services.moving import move
from departments.services.tasks import tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.instruments.catalogue import SHIPPED
from msw_portal.kernel.questionnaire.answering import items_said
from msw_portal.kernel.questionnaire.definition import AnswerError, Score
from msw_portal.kernel.questionnaire.scoring import repeat_due, score

REPEAT = "repeat_assessment"
NEEDS_IN = frozenset({CaseStage.ASSESSMENT, CaseStage.PLANNING, CaseStage.INTERVENTION})


def _score(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> Score:
    try:
        sheet = obeying(questionnaire.definition, questionnaire.organization_id)
        return score(sheet, answers)
    except AnswerError as error:
        raise DomainError("assessment.answer_unknown", str(error), error.item) from None


def _check_questionnaire(questionnaire: Questionnaire, by: User) -> None:
    if questionnaire.organization_id != by.house_id or not questionnaire.is_in_use:
        raise DomainError(
            "assessment.not_published", _("请选择本机构已发布的量表。"), "questionnaire"
        )
    if not questionnaire.definition.get("items"):
        raise DomainError("assessment.no_items", _("没有授权的量表不能在线作答。"), "questionnaire")


def _alarm(assessment: Assessment, result: Score, *, by: User) -> None:
    """Raise what the answers alarm about, once: danger does not wait for the final version."""
    for alert in result.alerts:
        trigger = trigger_of(alert)
        known = RiskAlert.objects.filter(
            case=assessment.case, trigger=trigger, raised_at__gte=assessment.created_at
        )
        if not known.exists():
            raise_on(assessment.case, trigger=trigger, severity=alert["severity"], by=by)


def _repeat(assessment: Assessment, *, by: User) -> None:
    """The sheet's own rule puts its next date on the clock; what was due of it is done."""
    case, sheet = assessment.case, assessment.questionnaire
    key = f"{REPEAT}:{sheet.code}:"
    Task.objects.filter(
        organization_id=case.organization_id,
        kind=REPEAT,
        subject_kind=case._meta.model_name,
        subject_id=case.pk,
        dedup_key__startswith=key,
        state=Task.State.OPEN,
    ).update(state=Task.State.DONE, closed_at=timezone.now())
    due = repeat_due(sheet.definition, assessment.band, timezone.localdate())
    if due is not None:
        case_task(
            case,
            REPEAT,
            due_at=end_of_day(due),
            assignee=case.worker or by,
            key=f"{key}{assessment.uid}",
            by=by,
        )


def _finalize(assessment: Assessment, *, result: Score | None = None, by: User) -> None:
    """Score for good, freeze, and raise what the answers alarm about; `result` where they were just scored."""
    require(can_finalize_assessment, by, assessment)
    result = result or _score(assessment.questionnaire, assessment.answers)
    if not result.is_scored:
        raise DomainError(
            "assessment.too_much_missing",
            _("还有 %(n)s 题没有回答（%(which)s），不能计分，请补答。")
            % {
                "n": len(result.missing),
                "which": items_said(assessment.questionnaire.definition, result.missing),
            },
            status=409,
        )
    if not assessment.interpretation:
        raise DomainError(
            "assessment.needs_interpretation",
            _("筛查结果不是诊断，定稿前须填写解读。"),
            "interpretation",
        )
    assessment.score, assessment.band = result.as_json(), result.band
    assessment.is_final, assessment.finalized_at = True, timezone.now()
    assessment.save()
    _alarm(assessment, result, by=by)
    _repeat(assessment, by=by)
    audit.record(
        "assessment.finalize",
        by=by,
        on=assessment,
        case=assessment.case.uid,
        questionnaire=assessment.questionnaire.code,
        band=result.band,
        alerts=[alert["code"] for alert in result.alerts],
    )


@command
def assessment_record(
    *,
    case: Case,
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    interpretation: str = "",
    is_final: bool = False,
    checkpoint: str = "",
    corrects: Assessment | None = None,
    by: User,
) -> Assessment:
    """Keep the answers (item code -> chosen value); the score of a draft is provisional.

    `checkpoint` is the place of the whole course it was taken at (MilestoneKind), or "".
    PHQ-9 item 9 of 1 or more, the screen's alarms, and distress from the points of the dated rule on, raise a risk alert at once. With `is_final` it is finalized at once. `corrects` names the final one that this replaces.

    Raises:
        DomainError: `assessment.*`; `assessment.answer_unknown` has the item's code as its field.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_record_assessment, by, case)
    if case.stage not in WORKING_STAGES:
        raise DomainError("assessment.wrong_stage", _("受理之后、结案之前才能做评估。"), status=409)
    check("record", case)
    _check_questionnaire(questionnaire, by)
    _check_checkpoint(checkpoint)
    if corrects is not None and (corrects.case_id != case.pk or not corrects.is_final):
        raise DomainError(
            "assessment.corrects_final", _("只能更正本个案已定稿的评估。"), status=409
        )
    given = {code: value for code, value in answers.items() if value not in (None, "")}
    if not given:
        raise DomainError("assessment.needs_answers", _("请至少回答一题。"))
    result = _score(questionnaire, given)
    assessment = Assessment(
        organization_id=case.organization_id,
        case=case,
        client_id=case.client_id,
        questionnaire=questionnaire,
        answers=given,
        interpretation=interpretation.strip() or None,
        score=result.as_json(),
        band=result.band,
        phase=case.stage,
        checkpoint=checkpoint,
        corrects=corrects,
        created_by=by,
    )
    assessment.save(force_insert=True)
    audit.record(
        "assessment.record",
        by=by,
        on=assessment,
        case=case.uid,
        questionnaire=questionnaire.code,
        version=questionnaire.version,
        corrects=corrects.uid if corrects else None,
    )
    _alarm(assessment, result, by=by)
    if is_final:
        _finalize(assessment, result=result, by=by)
    return assessment


def _check_checkpoint(checkpoint: str) -> None:
    if checkpoint and checkpoint not in MilestoneKind.values:
        raise DomainError("assessment_checkpoint_known", _("请从列表中选择。"), "checkpoint")


def _draft(assessment: Assessment) -> Assessment:
    case = Case.objects.locked().get(pk=assessment.case_id)
    assessment = Assessment.objects.locked().select_related("questionnaire").get(pk=assessment.pk)
    assessment.case = case
    if assessment.is_final:
        raise DomainError("assessment.is_final", _("评估已定稿，请新建更正。"), status=409)
    check("record", case)
    return assessment


@command
def assessment_amend(
    *,
    assessment: Assessment,
    answers: Mapping[str, Any],
    interpretation: str = "",
    checkpoint: str | None = None,
    is_final: bool = False,
    base: int | None = None,
    by: User,
) -> Assessment:
    """Write a draft anew; `checkpoint` None leaves it as it is. With `is_final` what is written now is finalized.

    `base` is the draft's row_version when the page was opened (None: do not ask).

    Raises:
        DomainError: `assessment.is_final`, `form.stale` (409), `assessment.answer_unknown`; with `is_final`
            those of finalizing.
    """
    assessment = _draft(assessment)
    require(can_record_assessment, by, assessment.case)
    check_base(base, assessment.row_version)
    given = {code: value for code, value in answers.items() if value not in (None, "")}
    result = _score(assessment.questionnaire, given)
    if checkpoint is not None:
        _check_checkpoint(checkpoint)
        assessment.checkpoint = checkpoint
    assessment.answers, assessment.interpretation = given, interpretation.strip() or None
    assessment.score, assessment.band = result.as_json(), result.band
    assessment.save()
    audit.record("assessment.amend", by=by, on=assessment, case=assessment.case.uid)
    _alarm(assessment, result, by=by)
    if is_final:
        _finalize(assessment, by=by)
    return assessment


@command
def need_add(
    *, case: Case, category: str, statement: str, voice: str, severity: int, by: User
) -> Need:
    """Write down a need, in the client's or the worker's words; severity 1 (light) to 5.

    Raises:
        DomainError: `need_category_known`, `need_severity_in_range`, `need.*`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_add_need, by, case)
    if case.stage not in NEEDS_IN:
        raise DomainError("need.wrong_stage", _("预估到介入阶段才能登记需求。"), status=409)
    check("record", case)
    if category not in NeedCategory.values:
        raise DomainError("need_category_known", _("请从列表中选择需求类别。"), "category")
    if voice not in NeedVoice.values:
        raise DomainError("need.voice_unknown", _("请从列表中选择。"), "voice")
    if severity not in range(1, 6):
        raise DomainError("need_severity_in_range", _("严重程度为 1 到 5。"), "severity")
    if not statement.strip():
        raise DomainError("need.needs_statement", _("请写需求描述。"), "statement")
    need = Need(
        organization_id=case.organization_id,
        case=case,
        category=category,
        statement=statement.strip(),
        voice=voice,
        severity=severity,
        rank=Need.objects.filter(case=case).count() + 1,
        created_by=by,
    )
    need.save(force_insert=True)
    audit.record(
        "need.add", by=by, on=need, case=case.uid, category=category, voice=voice, severity=severity
    )
    report_by_need(case, category, by=by)
    return need


@command
def case_assess(*, case: Case, by: User) -> Case:
    """The assessment is done: at least one need, a finished risk screen, form F3 finished.

    Raises:
        DomainError: `case.assess_needs_need`, `case.assess_needs_screen`, `case.assess_needs_form`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_assess_case, by, case)
    CASE.check(case, "assess")
    check("assess", case)
    move(case, CASE, "assess", by=by)
    tasks_close(kind="assessment", subject=case)
    audit.record("case.assess", by=by, on=case, stage=[CaseStage.ASSESSMENT, case.stage])
    return case


def instruments_install(*, organization_id: int, by: User | None = None) -> list[Questionnaire]:
    """Publish the shipped instruments in a house; repeating it changes nothing. Returns what was added.

    Runs inside an open scope of that house.
    """
    have = set(
        Questionnaire.objects.filter(organization_id=organization_id).values_list("code", "version")
    )
    added = []
    for code, definition in SHIPPED.items():
        if (code, definition["version"]) in have:
            continue
        questionnaire = Questionnaire(
            organization_id=organization_id,
            code=code,
            version=definition["version"],
            title=definition["zh"],
            kind=definition.get("kind", Questionnaire.Kind.SCALE),
            definition=definition,
            licence_class=definition["licence_class"],
            citation=definition["citation"],
            published_at=timezone.now(),
            created_by=by,
        )
        questionnaire.save(force_insert=True)
        audit.record(
            "questionnaire.publish",
            by=by,
            on=questionnaire,
            organization_id=organization_id,
            code=code,
            version=definition["version"],
        )
        added.append(questionnaire)
    return added
