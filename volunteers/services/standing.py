"""Where a volunteer stands: taken on, trained, on the roll, paused, left, or never again."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services.documents import document_read, document_upload
from departments.services.moving import move
from departments.services.tasks import task_open, tasks_close
from departments.services.viewing import document_page
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from volunteers.models.codes import RecordKind
from volunteers.models.people import Volunteer
from volunteers.models.shifts import Signup
from volunteers.permissions import (
    can_amend_volunteer,
    can_blacklist_volunteer,
    can_drop_blacklist,
    can_propose_blacklist,
    can_review_volunteer,
)
from volunteers.services.facts import holds_on
from volunteers.services.signups import signup_drop
from volunteers.workflow import VOLUNTEER, VolunteerState

REVIEW_TASK = "volunteer_review"
BLACKLIST_TASK = "volunteer_blacklist"
GUARDIAN_PAPER = "guardian_consent"


def missing_for_roll(volunteer: Volunteer) -> list[Any]:
    """What still stands between a volunteer and the roll, in words."""
    today, missing = timezone.localdate(), []
    if not holds_on(volunteer, RecordKind.TRAINING, today):
        missing.append(_("还没有考核通过、仍在有效期内的培训"))
    if volunteer.is_minor_on(today) and volunteer.guardian_consent_id is None:
        missing.append(_("未满 18 周岁，还没有监护人签署的同意书"))
    return missing


def _locked(volunteer: Volunteer) -> Volunteer:
    return Volunteer.objects.locked().get(pk=volunteer.pk)


@command
def volunteer_review(*, volunteer: Volunteer, by: User) -> Volunteer:
    """Take an applicant on for training.

    Raises:
        DomainError: `volunteer.review.wrong_state` (409).
    """
    volunteer = _locked(volunteer)
    require(can_review_volunteer, by, volunteer)
    move(volunteer, VOLUNTEER, "review", by=by)
    tasks_close(kind=REVIEW_TASK, subject=volunteer)
    audit.record("volunteer.review", by=by, on=volunteer)
    return volunteer


@command
def volunteer_refuse(*, volunteer: Volunteer, reason: str, by: User) -> Volunteer:
    """Turn an application down, with the reason."""
    volunteer = _locked(volunteer)
    require(can_review_volunteer, by, volunteer)
    move(volunteer, VOLUNTEER, "refuse", by=by, reason=reason)
    tasks_close(kind=REVIEW_TASK, subject=volunteer)
    audit.record("volunteer.refuse", by=by, on=volunteer)
    return volunteer


@command
def volunteer_enrol(*, volunteer: Volunteer, by: User) -> Volunteer:
    """Put somebody on the roll: trained, and a minor with the guardian's paper.

    Raises:
        DomainError: `volunteer.enrol_not_ready` naming what is missing; `volunteer.enrol.wrong_state`.
    """
    volunteer = _locked(volunteer)
    require(can_review_volunteer, by, volunteer)
    VOLUNTEER.check(volunteer, "enrol")
    missing = missing_for_roll(volunteer)
    if missing:
        raise DomainError(
            "volunteer.enrol_not_ready",
            _("还不能登记在册：%(missing)s。") % {"missing": "；".join(map(str, missing))},
        )
    move(volunteer, VOLUNTEER, "enrol", by=by)
    audit.record("volunteer.enrol", by=by, on=volunteer)
    return volunteer


def _without_shifts(volunteer: Volunteer, by: User) -> int:
    """Every promise ahead is taken back, and whoever waits moves up."""
    ahead = list(Signup.objects.filter(volunteer=volunteer).ahead().order_by("pk").locked())
    for signup in ahead:
        signup_drop(signup, by=by)
    return len(ahead)


def _stop(volunteer: Volunteer, step: str, reason: str, by: User) -> Volunteer:
    volunteer = _locked(volunteer)
    require(can_amend_volunteer, by, volunteer)
    move(volunteer, VOLUNTEER, step, by=by, reason=reason)
    dropped = _without_shifts(volunteer, by)
    audit.record(f"volunteer.{step}", by=by, on=volunteer, signups=dropped)
    return volunteer


@command
def volunteer_pause(*, volunteer: Volunteer, reason: str, by: User) -> Volunteer:
    """No shifts for a while; promises ahead are cancelled."""
    return _stop(volunteer, "pause", reason, by)


@command
def volunteer_leave(*, volunteer: Volunteer, reason: str, by: User) -> Volunteer:
    """The service ends; hours and proofs stay."""
    return _stop(volunteer, "leave", reason, by)


@command
def volunteer_resume(*, volunteer: Volunteer, by: User) -> Volunteer:
    volunteer = _locked(volunteer)
    require(can_amend_volunteer, by, volunteer)
    move(volunteer, VOLUNTEER, "resume", by=by)
    audit.record("volunteer.resume", by=by, on=volunteer)
    return volunteer


@command
def volunteer_rejoin(*, volunteer: Volunteer, by: User) -> Volunteer:
    """Somebody who left comes again, through training."""
    volunteer = _locked(volunteer)
    require(can_amend_volunteer, by, volunteer)
    move(volunteer, VOLUNTEER, "rejoin", by=by)
    audit.record("volunteer.rejoin", by=by, on=volunteer)
    return volunteer


@command
def volunteer_propose_blacklist(*, volunteer: Volunteer, reason: str, by: User) -> Volunteer:
    """Ask the head never to let somebody serve again; the head's task opens.

    Raises:
        DomainError: `volunteer.blacklist_proposed` (409) when it was proposed before.
    """
    volunteer = _locked(volunteer)
    require(can_propose_blacklist, by, volunteer)
    if volunteer.blacklist_proposed_by_id is not None:
        raise DomainError(
            "volunteer.blacklist_proposed", _("已经提请拉黑，等主任决定。"), status=409
        )
    VOLUNTEER.check(volunteer, "propose_blacklist", reason)
    volunteer.blacklist_reason, volunteer.blacklist_proposed_by = reason.strip(), by
    move(
        volunteer,
        VOLUNTEER,
        "propose_blacklist",
        by=by,
        reason=reason,
        also=("blacklist_reason", "blacklist_proposed_by"),
    )
    task_open(
        kind=BLACKLIST_TASK,
        organization_id=volunteer.organization_id,
        subject=volunteer,
        role="dept_head",
        department_id=volunteer.department_id,
        dedup_key=f"{BLACKLIST_TASK}:{volunteer.uid}:{volunteer.row_version}",
        by=by,
    )
    audit.record("volunteer.propose_blacklist", by=by, on=volunteer)
    return volunteer


@command
def volunteer_drop_blacklist(*, volunteer: Volunteer, by: User) -> Volunteer:
    """The proposal is taken back or turned down; nothing of it stays on the file."""
    volunteer = _locked(volunteer)
    require(can_drop_blacklist, by, volunteer)
    if volunteer.blacklist_proposed_by_id is None:
        raise DomainError("volunteer.blacklist_not_proposed", _("没有提请拉黑。"), status=409)
    volunteer.blacklist_reason, volunteer.blacklist_proposed_by = None, None
    move(
        volunteer,
        VOLUNTEER,
        "drop_blacklist",
        by=by,
        also=("blacklist_reason", "blacklist_proposed_by"),
    )
    tasks_close(kind=BLACKLIST_TASK, subject=volunteer)
    audit.record("volunteer.drop_blacklist", by=by, on=volunteer)
    return volunteer


@command
def volunteer_blacklist(*, volunteer: Volunteer, by: User) -> Volunteer:
    """The head approves what another person proposed: never again, promises ahead are cancelled.

    Raises:
        DomainError: `permission.*` (403) for the proposer and for anybody who is not the head.
    """
    volunteer = _locked(volunteer)
    require(can_blacklist_volunteer, by, volunteer)
    VOLUNTEER.check(volunteer, "blacklist")
    volunteer.blacklisted_by = by
    move(volunteer, VOLUNTEER, "blacklist", by=by, also=("blacklisted_by",))
    dropped = _without_shifts(volunteer, by)
    tasks_close(kind=BLACKLIST_TASK, subject=volunteer)
    audit.record("volunteer.blacklist", by=by, on=volunteer, signups=dropped)
    return volunteer


@command
def guardian_consent_add(*, volunteer: Volunteer, file: UploadedFile, by: User) -> Volunteer:
    """Keep the guardian's signed paper; a newer one stands in its place.

    Raises:
        DomainError: `volunteer.no_guardian`, `file.*` on `file`.
    """
    volunteer = _locked(volunteer)
    require(can_amend_volunteer, by, volunteer)
    if volunteer.guardian is None:
        raise DomainError("volunteer.no_guardian", _("请先在档案里填写监护人。"), "file")
    if volunteer.state in (VolunteerState.REFUSED, VolunteerState.BLACKLISTED):
        raise DomainError("volunteer.is_closed", _("这份档案已经结束。"), status=409)
    # No file of the care: the coordinator keeps it, who meets none of those.
    paper = document_upload(subject=volunteer, kind=GUARDIAN_PAPER, file=file, is_care=False, by=by)
    volunteer.guardian_consent = paper
    volunteer.save(update_fields=["guardian_consent"])
    audit.record("volunteer.guardian_consent", by=by, on=volunteer, document=paper.uid)
    return volunteer


def guardian_paper_read(*, volunteer: Volunteer, by: User) -> bytes:
    """The guardian's signed paper; the reading is audited. The caller has found that there is one."""
    require(can_amend_volunteer, by, volunteer)
    return document_read(document=volunteer.guardian_consent, by=by)


def guardian_paper_page(
    *, volunteer: Volunteer, number: int, key: str, by: User
) -> tuple[bytes, str]:
    """One page of the opened paper, (picture, MIME type).

    Raises:
        DomainError: `file.not_opened`, `file.no_page` (404).
    """
    require(can_amend_volunteer, by, volunteer)
    return document_page(document=volunteer.guardian_consent, number=number, key=key, by=by)
