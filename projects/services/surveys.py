"""A study from its design to its report; what is counted comes from rows that were entered."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Questionnaire
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.moving import move
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from projects.models.register_codes import Method
from projects.models.surveys import SampleGroup, SampleUnit, Survey, SurveyAdvice
from projects.permissions.registers import can_enter_survey, can_manage_survey
from projects.workflow.surveys import SURVEY, SurveyState

PARTS = (
    *("title", "purpose", "scope", "partners", "methods", "questionnaire", "region"),
    "project",
    *("starts_on", "ends_on", "answer_target"),
)
OPEN_STATES = frozenset({SurveyState.DRAFT, SurveyState.COLLECTING})


def questionnaires_for(user: User) -> Any:
    """The house's questionnaires in use that a study may ask with."""
    kinds = (Questionnaire.Kind.SURVEY, Questionnaire.Kind.SCREEN, Questionnaire.Kind.SCALE)
    return Questionnaire.objects.visible_to(user).in_use().filter(kind__in=kinds).order_by("title")


def survey_locked(survey: Survey) -> Survey:
    """The study, read again and held until the transaction ends."""
    return Survey.objects.locked().get(pk=survey.pk)


def _checked(parts: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: parts[name] for name in PARTS}
    made["title"] = " ".join(made["title"].split())
    if not made["title"]:
        raise DomainError("survey.needs_title", _("请写名称。"), "title")
    made["methods"] = [one for one in Method.values if one in made["methods"]]
    if not made["methods"]:
        raise DomainError("survey_methods_known", _("请至少选择一种方法。"), "methods")
    if made["ends_on"] < made["starts_on"]:
        raise DomainError("survey_ends_after_start", _("截止日期不能早于开始日期。"), "ends_on")
    asks = Method.QUESTIONNAIRE in made["methods"]
    if made["questionnaire"] is not None and not asks:
        raise DomainError(
            "survey.method_of_questionnaire",
            _("选了问卷，方法里也要勾上“问卷”。"),
            "methods",
        )
    return made


@command
def survey_add(*, by: User, **parts: Any) -> Survey:
    """A new study, still being designed.

    Raises:
        DomainError: `survey.…` on the field that is wrong.
    """
    require(can_manage_survey, by, None)
    survey = Survey(organization_id=by.house_id, created_by=by, **_checked(parts))
    survey.save(force_insert=True)
    audit.record("survey.add", by=by, on=survey)
    return survey


@command
def survey_change(*, survey: Survey, by: User, base: int | None = None, **parts: Any) -> Survey:
    """The design anew. Once sheets came in, the questionnaire stays what they answered.

    Raises:
        DomainError: `form.stale`, `survey.is_over` (409), `survey.has_answers` on `questionnaire`.
    """
    survey = survey_locked(survey)
    require(can_manage_survey, by, survey)
    check_base(base, survey.row_version)
    if survey.state not in OPEN_STATES:
        raise DomainError("survey.is_over", _("收集已经停止，设计不能再改。"), status=409)
    made = _checked(parts)
    if made["questionnaire"] != survey.questionnaire and survey.responses.exists():
        raise DomainError("survey.has_answers", _("已经收到答卷，不能换问卷。"), "questionnaire")
    for name, value in made.items():
        setattr(survey, name, value)
    survey.save(update_fields=list(made))
    audit.record("survey.change", by=by, on=survey)
    return survey


@command
def survey_open(*, survey: Survey, by: User) -> Survey:
    """Begin collecting: the sample plan stands, and a questionnaire if one is asked.

    Raises:
        DomainError: `survey.needs_plan`, `survey.needs_questionnaire` (409), a wrong state (409).
    """
    survey = survey_locked(survey)
    require(can_manage_survey, by, survey)
    SURVEY.check(survey, "open")
    if not survey.groups.exists() and survey.answer_target is None:
        raise DomainError(
            "survey.needs_plan", _("先写样本计划：至少一类样本，或计划回收的问卷数。"), status=409
        )
    if Method.QUESTIONNAIRE in survey.methods and survey.questionnaire_id is None:
        raise DomainError(
            "survey.needs_questionnaire", _("方法里有问卷：先选一份已发布的问卷。"), status=409
        )
    survey.opened_at = survey.opened_at or timezone.now()
    move(survey, SURVEY, "open", by=by, also=("opened_at",))
    audit.record("survey.collect", by=by, on=survey)
    return survey


@command
def survey_reopen(*, survey: Survey, reason: str, by: User) -> Survey:
    """Collect on, with a reason: results that were seen may change."""
    survey = survey_locked(survey)
    require(can_manage_survey, by, survey)
    survey.closed_at = None
    move(survey, SURVEY, "reopen", by=by, reason=reason, also=("closed_at",))
    audit.record("survey.collect_on", by=by, on=survey)
    return survey


@command
def survey_write(
    *, survey: Survey, findings: str, limits: str = "", by: User, base: int | None = None
) -> Survey:
    """What was found and what the study cannot say; until the report is final.

    Raises:
        DomainError: `form.stale`, `survey.still_collecting` (409), `survey.reported` (409).
    """
    survey = survey_locked(survey)
    require(can_manage_survey, by, survey)
    check_base(base, survey.row_version)
    _writable(survey)
    survey.findings, survey.limits = findings.strip(), limits.strip()
    survey.save(update_fields=["findings", "limits"])
    audit.record("survey.write", by=by, on=survey)
    return survey


def _writable(survey: Survey) -> None:
    if survey.state in OPEN_STATES:
        raise DomainError("survey.still_collecting", _("停止收集以后再写结果和建议。"), status=409)
    refuse_reported(survey)


def refuse_reported(survey: Survey) -> None:
    """Raises DomainError `survey.reported` (409) once the report is final."""
    if survey.state == SurveyState.REPORTED:
        raise DomainError("survey.reported", _("报告已经定稿，不能再改。"), status=409)


@command
def survey_report(*, survey: Survey, by: User) -> Survey:
    """The report is final; its figures can no longer move.

    Raises:
        DomainError: `survey_reported_says_what` on `findings`, a wrong state (409).
    """
    survey = survey_locked(survey)
    require(can_manage_survey, by, survey)
    SURVEY.check(survey, "report")
    if not survey.findings:
        raise DomainError("survey_reported_says_what", _("报告定稿前要写主要发现。"), "findings")
    survey.reported_at = timezone.now()
    move(survey, SURVEY, "report", by=by, also=("reported_at",))
    audit.record("survey.report_final", by=by, on=survey)
    return survey


# ── the sample plan and who was reached ──────────────────────────────────────


@command
def sample_group_add(*, survey: Survey, by: User, **parts: Any) -> SampleGroup:
    """One line of the plan: letter, what its units are, how they are reached, how many.

    Raises:
        DomainError: `survey.is_over` (409), `sample_group.method` on `method`, a letter twice.
    """
    survey = survey_locked(survey)
    require(can_manage_survey, by, survey)
    if survey.state not in OPEN_STATES:
        raise DomainError("survey.is_over", _("收集已经停止，设计不能再改。"), status=409)
    group = SampleGroup(organization_id=survey.organization_id, survey=survey, created_by=by)
    _write_group(group, survey, parts)
    group.save(force_insert=True)
    audit.record("sample_group.add", by=by, on=group)
    return group


@command
def sample_group_change(*, group: SampleGroup, by: User, **parts: Any) -> SampleGroup:
    """The line anew; what its units are stays once one was reached.

    Raises:
        DomainError: as for adding; `sample_group.has_units` on `kind`.
    """
    survey = survey_locked(group.survey)
    require(can_manage_survey, by, survey)
    if survey.state not in OPEN_STATES:
        raise DomainError("survey.is_over", _("收集已经停止，设计不能再改。"), status=409)
    if parts["kind"] != group.kind and group.units.exists():
        raise DomainError("sample_group.has_units", _("这一类已经登记了样本，不能改单位。"), "kind")
    _write_group(group, survey, parts)
    group.save()
    audit.record("sample_group.change", by=by, on=group)
    return group


def _write_group(group: SampleGroup, survey: Survey, parts: Mapping[str, Any]) -> None:
    for name in ("letter", "label", "kind", "method", "target"):
        setattr(group, name, parts[name])
    group.letter = group.letter.strip().upper()
    _known_method(survey, group.method)


def _known_method(survey: Survey, method: str) -> None:
    if method not in survey.methods:
        raise DomainError(
            "sample_group.method", _("这项研究没有用这种方法：先在设计里勾上。"), "method"
        )


@command
def sample_group_remove(*, group: SampleGroup, by: User) -> None:
    """Take a line out of the plan that nobody was reached by.

    Raises:
        DomainError: `sample_group.has_units` (409), `survey.is_over` (409).
    """
    survey = survey_locked(group.survey)
    require(can_manage_survey, by, survey)
    if survey.state not in OPEN_STATES:
        raise DomainError("survey.is_over", _("收集已经停止，设计不能再改。"), status=409)
    if group.units.exists() or group.responses.exists():
        raise DomainError(
            "sample_group.has_units", _("这一类已经登记了样本，不能删除。"), status=409
        )
    audit.record("sample_group.remove", by=by, on=group)
    group.delete()


@command
def sample_unit_add(
    *,
    group: SampleGroup,
    name: str,
    reached_on: dt.date,
    method: str,
    body: Organization | None = None,
    notes: str = "",
    by: User,
) -> SampleUnit:
    """One unit that was reached.

    Raises:
        DomainError: `survey.not_collecting` (409), `sample_unit.…` on the field that is wrong.
    """
    survey = survey_locked(group.survey)
    require(can_enter_survey, by, survey)
    collecting(survey)
    _known_method(survey, method)
    name = " ".join(name.split()) or (body.name if body else "")
    if not name:
        raise DomainError("sample_unit.needs_name", _("请写名称；个人写编号就可以。"), "name")
    if reached_on > timezone.localdate():
        raise DomainError("sample_unit.future", _("不能晚于今天。"), "reached_on")
    if body is not None and group.units.filter(body=body, voided_at__isnull=True).exists():
        raise DomainError("sample_unit.once", _("这个机构在这一类里已经登记。"), "body")
    unit = SampleUnit(
        organization_id=survey.organization_id,
        survey=survey,
        group=group,
        body=body,
        name=name,
        reached_on=reached_on,
        method=method,
        notes=notes.strip() or None,
        created_by=by,
    )
    unit.save(force_insert=True)
    audit.record("sample_unit.add", by=by, on=unit)
    return unit


def collecting(survey: Survey) -> None:
    """Raises DomainError `survey.not_collecting` (409) outside the time of collecting."""
    if survey.state != SurveyState.COLLECTING:
        raise DomainError("survey.not_collecting", _("现在不在收集中，不能登记。"), status=409)


@command
def sample_unit_void(*, unit: SampleUnit, reason: str, by: User) -> SampleUnit:
    """It counts no more; the row stays with its reason.

    Raises:
        DomainError: `sample_unit.needs_reason`, `survey.reported` (409), `sample_unit.is_void` (409).
    """
    survey = survey_locked(unit.survey)
    require(can_manage_survey, by, survey)
    refuse_reported(survey)
    if unit.voided_at is not None:
        raise DomainError("sample_unit.is_void", _("已经作废。"), status=409)
    if not reason.strip():
        raise DomainError("sample_unit.needs_reason", _("请写明理由。"), "reason")
    unit.voided_at, unit.void_reason = timezone.now(), reason.strip()
    unit.save(update_fields=["voided_at", "void_reason"])
    audit.record("sample_unit.void", by=by, on=unit)
    return unit


# ── what the study advises ───────────────────────────────────────────────────


@command
def survey_advice_add(
    *, survey: Survey, pillar: str, text: str, basis: str = "", by: User
) -> SurveyAdvice:
    """One recommendation and the result it rests on.

    Raises:
        DomainError: `survey.still_collecting`, `survey.reported` (409), `survey_advice.needs_text`.
    """
    survey = survey_locked(survey)
    require(can_manage_survey, by, survey)
    _writable(survey)
    if not text.strip():
        raise DomainError("survey_advice.needs_text", _("请写建议。"), "text")
    advice = SurveyAdvice(
        organization_id=survey.organization_id,
        survey=survey,
        pillar=pillar,
        text=text.strip(),
        basis=basis.strip(),
        created_by=by,
    )
    advice.save(force_insert=True)
    audit.record("survey_advice.add", by=by, on=advice)
    return advice


@command
def survey_advice_remove(*, advice: SurveyAdvice, by: User) -> None:
    """Take a recommendation out again, while nothing was promised on it.

    Raises:
        DomainError: `survey_advice.has_actions` (409), `survey.reported` (409).
    """
    survey = survey_locked(advice.survey)
    require(can_manage_survey, by, survey)
    refuse_reported(survey)
    if advice.actions.exists():
        raise DomainError(
            "survey_advice.has_actions", _("这条建议已经有行动，不能删除。"), status=409
        )
    audit.record("survey_advice.remove", by=by, on=advice)
    advice.delete()


def letters_left(taken: Sequence[str]) -> str:
    """The next free letter for a line of the plan; "" after Z."""
    return next((chr(code) for code in range(65, 91) if chr(code) not in taken), "")
