"""The numbered forms of a file: drafts the team shares, versions frozen when finished, corrections beside them."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_permissions import can_finish_form, can_keep_form
from cases.form_schemas.parts import Schema
from cases.form_schemas.registry import BY_STEP, WRITTEN
from cases.models.casework import Case, CaseForm
from cases.models.codes import Decision, FormKind, FormState, ServiceKind
from cases.services.clocks import case_task, end_of_day
from cases.services.crisis_reports import alert_of, check_crisis_report, report_stands
from cases.services.form_facts import frozen_facts
from cases.services.reporting import report_by_form
from cases.workflow import WORKING_STAGES, CaseStage
from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import User
from departments.services.tasks import tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

REASON = "correction_reason"
LEAST_REASON = 5
CALL_AFTER = dt.timedelta(days=7)


def plain(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload as it is kept: dates, amounts and ids as text."""
    return json.loads(json.dumps(dict(payload), cls=DjangoJSONEncoder))


def form_keep(*, case: Case, kind: str, payload: Mapping[str, Any], by: User) -> CaseForm:
    """Add a finished form, its facts frozen with it: the next version, or the next record of a kind
    that is written anew each time.

    Called by the case's own services, which have locked the case and required the right.
    """
    schema = WRITTEN[kind]
    last = _last(case, kind)
    form = CaseForm(organization_id=case.organization_id, case=case, kind=kind, created_by=by)
    if schema.is_repeated:
        form.serial = last["serial"] + 1
    else:
        form.version = last["version"] + 1
    draft = CaseForm.objects.filter(case=case, kind=kind, state=FormState.DRAFT)
    draft.delete()
    _finish(form, case, schema, payload, by)
    form.save(force_insert=True)
    return form


def _last(case: Case, kind: str) -> dict[str, int]:
    rows = CaseForm.objects.filter(case=case, kind=kind).exclude(state=FormState.DRAFT)
    found = rows.aggregate(serial=Max("serial"), version=Max("version"))
    return {name: value or 0 for name, value in found.items()}


def _finish(
    form: CaseForm, case: Case, schema: Schema, payload: Mapping[str, Any], by: User
) -> None:
    form.payload = plain(payload) | {"known": plain(frozen_facts(case, schema))}
    form.state, form.finalized_at, form.finalized_by = FormState.FINAL, timezone.now(), by
    form.form_no = _number(case, form, schema)


def _number(case: Case, form: CaseForm, schema: Schema) -> str:
    """`…-F3-2` the second version; `…-F12-2` the second meeting, `…-F12-2.3` its third version."""
    if not case.number:
        return ""
    if not schema.is_repeated:
        return f"{case.number}-{form.kind}-{form.version}"
    tail = f".{form.version}" if form.version > 1 else ""
    return f"{case.number}-{form.kind}-{form.serial}{tail}"


def may_begin(case: Case, kind: str) -> DomainError | None:
    """Why this form cannot be written now; None when it can."""
    if kind == FormKind.F8:
        if case.stage != CaseStage.CLOSED:
            return DomainError("form.before_closing", _("跟进记录在结案之后写。"), status=409)
        return None
    if case.stage not in WORKING_STAGES:
        return DomainError("form.wrong_stage", _("受理之后、结案之前才能写这张表。"), status=409)
    return None


def form_draft_of(*, case: Case, kind: str) -> CaseForm | None:
    """The draft the team shares, if one was begun."""
    return CaseForm.objects.filter(case=case, kind=kind, state=FormState.DRAFT).first()


def _check_base(draft: CaseForm | None, base: int | None) -> None:
    """Refuse a page that was opened before somebody else saved.

    Raises:
        DomainError: `form.stale` (409).
    """
    check_base(base, draft.row_version if draft else 0)


def _open(case: Case, kind: str, corrects: CaseForm | None, by: User) -> CaseForm:
    """The row to write: the shared draft, or a new one."""
    schema = WRITTEN[kind]
    last = _last(case, kind)
    form = CaseForm(organization_id=case.organization_id, case=case, kind=kind, created_by=by)
    if corrects is not None:
        form.serial = corrects.serial
        same = CaseForm.objects.filter(case=case, kind=kind, serial=corrects.serial)
        form.version = same.aggregate(last=Max("version"))["last"] + 1
    elif schema.is_repeated:
        form.serial = last["serial"] + 1
    return form


@command
def form_save_draft(
    *, case: Case, kind: str, base: int | None = None, by: User, **answers: Any
) -> CaseForm:
    """Keep what is written so far for everybody on the case; nothing is asked yet.

    `base` is the draft's row_version when the page was opened (0 without one, None: do not ask).

    Raises:
        DomainError: `form.stale`, `form.before_closing`, `form.wrong_stage`, `form.is_final`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_keep_form, by, case)
    if (refusal := may_begin(case, kind)) is not None:
        raise refusal
    _check_single(case, kind, None)
    draft = CaseForm.objects.locked().filter(case=case, kind=kind, state=FormState.DRAFT).first()
    _check_base(draft, base)
    form = draft or _open(case, kind, None, by)
    form.payload = plain(answers)
    form.save()
    form.refresh_from_db(fields=["row_version"])
    audit.record("caseform.save_draft", by=by, on=form, case=case.uid, kind=kind)
    return form


def _check_single(case: Case, kind: str, corrects: CaseForm | None) -> None:
    """A form the case has once is corrected, not written again."""
    if corrects is not None:
        return
    if kind in BY_STEP:
        raise DomainError("form.by_step", _("这张表由办理步骤完成，不能单独新写。"), status=409)
    if WRITTEN[kind].is_repeated:
        return
    if CaseForm.objects.filter(case=case, kind=kind, state=FormState.FINAL).exists():
        raise DomainError("form.is_final", _("这张表已定稿，请写更正版本。"), status=409)


@command
def form_finish(
    *,
    case: Case,
    kind: str,
    corrects: CaseForm | None = None,
    base: int | None = None,
    by: User,
    **answers: Any,
) -> CaseForm:
    """Finish a form: everything asked is there, the version is frozen, what follows is put on the clock.

    With `corrects` the next version of that record, with its `correction_reason`; the earlier
    version stays as it was.

    Raises:
        DomainError: `form.item_missing` on its field, `form.needs_reason`, `form.stale`, `form.*`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_finish_form, by, case)
    refusal = None if corrects is not None else may_begin(case, kind)
    if refusal is not None:
        raise refusal
    _check_single(case, kind, corrects)
    schema = WRITTEN[kind]
    for item in schema.missing(answers):
        raise DomainError("form.item_missing", item.must or _("请填写这一项。"), item.name)
    if check := CHECKS.get(kind):
        check(answers)
    if corrects is None:
        draft = (
            CaseForm.objects.locked().filter(case=case, kind=kind, state=FormState.DRAFT).first()
        )
        _check_base(draft, base)
        form = draft or _open(case, kind, None, by)
    else:
        form = _correction(case, kind, corrects, base, answers, by)
    _finish(form, case, schema, answers, by)
    form.save()
    if follow := FOLLOWS.get(kind):
        follow(case, form, by)
    audit.record("caseform.finish", by=by, on=form, case=case.uid, kind=kind, version=form.version)
    return form


def _correction(
    case: Case,
    kind: str,
    corrects: CaseForm,
    base: int | None,
    answers: Mapping[str, Any],
    by: User,
) -> CaseForm:
    """The next version after `corrects`, which must still be the newest when `base` says so."""
    if len((answers.get(REASON) or "").strip()) < LEAST_REASON:
        raise DomainError("form.needs_reason", _("请写明为什么更正，至少 5 个字。"), REASON)
    form = _open(case, kind, corrects, by)
    check_base(base, form.version - 1)
    return form


# ── what a kind asks beside its required items ───────────────────────────────


def _date(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) and value else value or None


def _check_follow_up(answers: Mapping[str, Any]) -> None:
    done, again = _date(answers.get("done_on")), _date(answers.get("next_on"))
    if again and done and again <= done:
        raise DomainError("form.next_is_later", _("下次日期要晚于这次的日期。"), "next_on")
    if answers.get("has_new_need") == "yes" and not (answers.get("new_need") or "").strip():
        raise DomainError("form.needs_new_need", _("请写明是什么新的需求。"), "new_need")


def _check_discharge(answers: Mapping[str, Any]) -> None:
    leaves, call = _date(answers.get("expected_on")), _date(answers.get("call_on"))
    if leaves and call and call < leaves:
        raise DomainError("form.call_after_discharge", _("电访不能早于出院。"), "call_on")


CHECKS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    FormKind.F8: _check_follow_up,
    FormKind.F13: _check_discharge,
}


def _intake_corrected(case: Case, form: CaseForm, by: User) -> None:
    """What a corrected F1 decides otherwise than the version before holds for an open case too.

    The method, the kind of service and the urgency were put on the case by `case_accept`; a closed case
    keeps what it was counted by.
    """
    earlier = CaseForm.objects.filter(case=case, kind=form.kind, version=form.version - 1).first()
    if earlier is None or not case.is_open:
        return
    changed = {}
    for name, field, read in OF_INTAKE:
        said = form.payload.get(name)
        if said == earlier.payload.get(name) or not said or read(said) == getattr(case, field):
            continue
        changed[field] = [getattr(case, field), read(said)]
        setattr(case, field, read(said))
    if changed:
        case.save(update_fields=sorted(changed))
        audit.record("case.correct_intake", by=by, on=case, version=form.version, **changed)


def service_kind_of(decision: str) -> str:
    """What intake decided, as the kind of service the case gets."""
    return str(ServiceKind.SHORT if decision == Decision.SHORT else ServiceKind.FULL)


OF_INTAKE: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("method", "method", str),
    ("decision", "service_kind", service_kind_of),
    ("urgency", "priority", str),
)


def _follow_up_done(case: Case, form: CaseForm, by: User) -> None:
    """The nearest follow-up that was due is done; the next one, if named, comes onto the clock."""
    if form.version == 1:
        due = Task.objects.filter(
            organization_id=case.organization_id,
            kind="follow_up",
            subject_kind=case._meta.model_name,
            subject_id=case.pk,
            state=Task.State.OPEN,
        ).order_by("due_at", "id")
        if (first := due.first()) is not None:
            Task.objects.filter(pk=first.pk).update(state=Task.State.DONE, closed_at=timezone.now())
    if again := _date(form.payload.get("next_on")):
        key = f"follow_up:{form.uid}"
        case_task(
            case, "follow_up", due_at=end_of_day(again), assignee=case.worker_id, key=key, by=by
        )


def _meeting_held(case: Case, form: CaseForm, by: User) -> None:
    """Every task with a day is due that day."""
    for place, row in enumerate(form.payload.get("tasks") or []):
        if due := _date(row.get("due_on")):
            key = f"meeting_task:{form.uid}:{place}"
            case_task(
                case,
                "meeting_task",
                due_at=end_of_day(due),
                assignee=case.worker_id,
                key=key,
                by=by,
            )


def _discharge_planned(case: Case, form: CaseForm, by: User) -> None:
    """The call a week after discharge is due; a corrected plan moves it."""
    call = _date(form.payload.get("call_on"))
    call = call or _date(form.payload["expected_on"]) + CALL_AFTER
    tasks_close(kind="discharge_call", subject=case, state=Task.State.CANCELLED)
    key = f"discharge_call:{form.uid}"
    case_task(
        case, "discharge_call", due_at=end_of_day(call), assignee=case.worker_id, key=key, by=by
    )


def _crisis_reported(case: Case, form: CaseForm, by: User) -> None:
    """The alert it is about has its report; what a correction says changes no clock."""
    alert = alert_of(case, form.payload) if form.version == 1 else None
    check_crisis_report(alert, form.payload)
    if alert is not None:
        report_stands(alert, form)
    report_by_form(case, form.payload.get("event_type") or "", by=by)


FOLLOWS: dict[str, Callable[[Case, CaseForm, User], None]] = {
    FormKind.F1: _intake_corrected,
    FormKind.F8: _follow_up_done,
    FormKind.F11: _crisis_reported,
    FormKind.F12: _meeting_held,
    FormKind.F13: _discharge_planned,
}
