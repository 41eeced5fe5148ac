"""Handing in: by the server's clock, whole, frozen with its hash; too late is kept as evidence and refused."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services import outbox
from departments.services.moving import move
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application, ApplicationVersion
from projects.models.calls import Call
from projects.permissions.calls import (
    can_merge_applications,
    can_submit_application,
    can_withdraw_application,
)
from projects.services.applications.completeness import require_whole
from projects.services.applications.content import Whole, payload_of
from projects.services.applications.files import files_hand_in, files_said
from projects.services.applications.writing import copies_renew, locked, settle
from projects.services.calls.public import is_taking
from projects.services.calls.writing import content_hash
from projects.workflow.calls import APPLICATION, ApplicationState


@dataclass(frozen=True)
class Outcome:
    """`is_late`: nothing was handed in, the attempt stands in `late_evidence`; else the frozen version."""

    application: Application
    is_late: bool
    version: ApplicationVersion | None = None
    sentence: Any = ""


@command
def application_submit(*, application: Application, by: Any) -> Outcome:
    """Hand in a draft. The time that counts is the server's, read after the row is locked.

    Too late is no exception: the attempt (time, who, hash of what would have been handed in) is written
    to the row, which the refusal of a DomainError would undo.

    Raises:
        DomainError: `application.incomplete`, `application.co_applicant_open`, `budget.over_ceiling`,
            `budget.management`, `application_within_unit_limit`; `application.early` (409).
    """
    require(can_submit_application, by, application)
    row = locked(application, by)
    require(can_submit_application, by, row)
    APPLICATION.check(row, "submit")
    whole = settle(row, by=by)
    at = timezone.now()
    if not is_taking(row.call, at):
        if row.call.closes_at is not None and at > row.call.closes_at:
            return _late(whole, at, by)
        raise DomainError("application.early", _("申报还没有开始，或者征集已经取消。"), status=409)
    require_whole(whole)
    version = _freeze(whole, at, ApplicationVersion.Kind.SUBMISSION, by=by)
    _send(row, "application.submitted")
    audit.record("application.submit", by=by, on=row, version=version.version)
    return Outcome(row, False, version)


@command
def application_resubmit(*, application: Application, note: str, by: Any) -> Outcome:
    """Answer what the formality check asked for, as the next frozen version, within its limit.

    Raises:
        DomainError: as application_submit; `application.supplement_late` (409).
    """
    require(can_submit_application, by, application)
    row = locked(application, by)
    require(can_submit_application, by, row)
    APPLICATION.check(row, "resubmit")
    at = timezone.now()
    if row.supplement_due_at is not None and at > row.supplement_due_at:
        raise DomainError(
            "application.supplement_late",
            _("补正期限 %(day)s 已过，不能再提交补正。")
            % {"day": f"{timezone.localtime(row.supplement_due_at):%Y-%m-%d %H:%M}"},
            status=409,
        )
    whole = settle(row, by=by)
    require_whole(whole)
    version = _freeze(whole, at, ApplicationVersion.Kind.SUPPLEMENT, by=by, note=note.strip())
    _send(row, "application.resubmitted")
    audit.record("application.resubmit", by=by, on=row, version=version.version)
    return Outcome(row, False, version)


def _freeze(
    whole: Whole, at: dt.datetime, kind: str, *, by: Any, note: str = ""
) -> ApplicationVersion:
    """Move, name the issuer, write the version and the co-applicants' last copy."""
    row = whole.application
    payload = payload_of(whole) | {"files": files_said(row)}
    is_first = kind == ApplicationVersion.Kind.SUBMISSION
    row.submitted_version += 1
    fields = ["submitted_version"]
    # Before the row is sealed: the copies are parts of it.
    copies_renew(whole)
    if is_first:
        row.submitted_at, row.counterparty_id = at, row.call.organization_id
        fields += ["submitted_at", "counterparty"]
    files_hand_in(row, issuer_id=row.call.organization_id)
    move(row, APPLICATION, "submit" if is_first else "resubmit", by=by, also=tuple(fields))
    version = ApplicationVersion(
        organization_id=row.organization_id,
        application=row,
        version=row.submitted_version,
        kind=kind,
        call_version=row.call.version,
        payload=payload,
        payload_hash=content_hash(payload),
        submitted_at=at,
        note=note,
        created_by=by,
    )
    version.save(force_insert=True)
    return version


def _late(whole: Whole, at: dt.datetime, by: Any) -> Outcome:
    row = whole.application
    closes = row.call.closes_at
    evidence = {
        "at": at.isoformat(),
        "by": str(by.uid),
        "role": by.role,
        "payload_hash": content_hash(payload_of(whole)),
        "closes_at": closes.isoformat() if closes else "",
    }
    row.late_evidence = [*row.late_evidence, evidence]
    row.save(update_fields=["late_evidence"])
    audit.record("application.late", by=by, on=row, at=at, payload_hash=evidence["payload_hash"])
    sentence = _(
        "申报已于 %(close)s 截止，现在是 %(now)s，这次提交没有接收。提交的时间、人和内容校验码已经留存，可作申诉的凭据。"
    ) % {
        "close": f"{timezone.localtime(closes):%Y-%m-%d %H:%M:%S}" if closes else "",
        "now": f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}",
    }
    return Outcome(row, True, None, sentence)


def _send(row: Application, topic: str) -> None:
    outbox.put(
        topic,
        organization_id=row.organization_id,
        subject=row,
        house_id=row.call.organization_id,
        application=row.pk,
        version=row.submitted_version,
    )


# ── ending ───────────────────────────────────────────────────────────────────


def _mine(application: Application) -> Application:
    row = Application.objects.locked().get(pk=application.pk)
    row.call = Call.objects.get(pk=row.call_id)
    return row


@command
def application_withdraw(*, application: Application, reason: str, by: Any) -> Application:
    """Take an application back before its decision, with the reason.

    Raises:
        DomainError: `application.withdraw.wrong_state` (409), `.needs_reason` on `reason`.
    """
    require(can_withdraw_application, by, application)
    row = _mine(application)
    require(can_withdraw_application, by, row)
    row.end_reason = reason.strip()[:500]
    move(row, APPLICATION, "withdraw", by=by, reason=reason, also=("end_reason",))
    if row.counterparty_id is not None:
        _send(row, "application.withdrawn")
    audit.record("application.withdraw", by=by, on=row)
    return row


@command
def application_merge(
    *, application: Application, target: Application, reason: str, by: Any
) -> Application:
    """End an application in favour of another of the same call; by the unit for its own, or by the issuer.

    Raises:
        DomainError: `application.merge_target` on `target`, `application.merge_into.*`.
    """
    require(can_merge_applications, by, application)
    require(can_merge_applications, by, target)
    pair = Application.objects.locked().filter(pk__in=[application.pk, target.pk]).order_by("pk")
    rows = {row.pk: row for row in pair}
    row, into = rows[application.pk], rows[target.pk]
    require(can_merge_applications, by, row)
    require(can_merge_applications, by, into)
    if row.pk == into.pk or row.call_id != into.call_id:
        raise DomainError(
            "application.merge_target", _("请选择同一次征集里的另一份申报。"), "target"
        )
    row.call = Call.objects.get(pk=row.call_id)
    row.merged_into, row.end_reason = into, reason.strip()[:500]
    move(row, APPLICATION, "merge_into", by=by, reason=reason, also=("merged_into", "end_reason"))
    is_unit = by.house_id == row.organization_id
    outbox.put(
        "application.merged",
        organization_id=by.house_id,
        subject=row,
        house_id=row.counterparty_id if is_unit else row.organization_id,
        application=row.pk,
        version=row.submitted_version,
    )
    audit.record("application.merge", by=by, on=row, target=into.uid)
    return row


def is_live(application: Application) -> bool:
    return application.state not in {
        ApplicationState.WITHDRAWN,
        ApplicationState.MERGED,
        ApplicationState.NOT_SUBMITTED,
    }
