"""Direct work: written the same day, amended until it locks, then only added to."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import ContactMode, ContactTarget, NeedCategory
from cases.models.service_codes import MilestoneKind, ServiceContent
from cases.models.work import Contact
from cases.permissions import can_amend_contact, can_record_contact
from cases.querysets import MEMBER_ROLES
from cases.services.clocks import case_task, end_of_day, hours
from cases.services.co_signing import co_sign_answer, co_sign_ask
from cases.workflow import WORKING_STAGES
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

MAX_MINUTES = 1440
AMENDABLE = (
    "occurred_on",
    "starts_at",
    "minutes",
    "mode",
    "target",
    "checkpoint",
    "facts",
    "analysis",
    "techniques",
    "services",
    "needs",
    "details",
    "next_on",
)


def contact_locks_at(case: Case, written_at: dt.datetime) -> dt.datetime:
    """When a contact written at this instant can no longer be changed (24 h, or the department's hours)."""
    return written_at + hours(case.department, "contact_lock_hours")


def _check(contact: Contact, case: Case) -> None:
    if not isinstance(contact.minutes, int) or not 1 <= contact.minutes <= MAX_MINUTES:
        raise DomainError("contact_minutes_in_range", _("时长为 1 到 1440 分钟。"), "minutes")
    if contact.mode not in ContactMode.values:
        raise DomainError("contact.mode_unknown", _("请从列表中选择。"), "mode")
    if contact.target not in ContactTarget.values:
        raise DomainError("contact.target_unknown", _("请从列表中选择。"), "target")
    if contact.checkpoint and contact.checkpoint not in MilestoneKind.values:
        raise DomainError("contact_checkpoint_known", _("请从列表中选择。"), "checkpoint")
    if contact.occurred_on > timezone.localdate():
        raise DomainError("contact.in_future", _("日期不能在将来。"), "occurred_on")
    if contact.occurred_on < timezone.localdate(case.opened_at):
        raise DomainError("contact.before_the_case", _("日期早于个案登记的日期。"), "occurred_on")
    if contact.starts_at is not None:
        if timezone.localdate(contact.starts_at) != contact.occurred_on:
            raise DomainError("contact.other_day", _("开始时间与日期不是同一天。"), "starts_at")
        if contact.starts_at > timezone.now():
            raise DomainError("contact.in_future", _("开始时间还没有到。"), "starts_at")
    if set(contact.services or ()) - set(ServiceContent.values):
        raise DomainError("contact.service_unknown", _("请从列表中选择。"), "services")
    if set(contact.needs or ()) - set(NeedCategory.values):
        raise DomainError("contact.need_unknown", _("请从列表中选择。"), "needs")
    if contact.next_on is not None and contact.next_on < contact.occurred_on:
        raise DomainError("contact_next_is_later", _("下次日期不能早于本次日期。"), "next_on")


def _settle(contact: Contact) -> None:
    """What follows from the rest: the end, and texts without blank edges."""
    contact.facts = (contact.facts or "").strip()
    contact.analysis = (contact.analysis or "").strip() or None
    contact.techniques = list(dict.fromkeys(contact.techniques or ()))
    contact.services = list(dict.fromkeys(contact.services or ()))
    contact.needs = list(dict.fromkeys(contact.needs or ()))
    contact.details = dict(contact.details or {}) or None
    contact.ends_at = (
        contact.starts_at + dt.timedelta(minutes=contact.minutes) if contact.starts_at else None
    )


@command
def contact_record(
    *,
    case: Case,
    occurred_on: dt.date,
    starts_at: dt.datetime | None = None,
    minutes: int,
    mode: str,
    target: str,
    facts: str,
    analysis: str = "",
    techniques: Iterable[str] = (),
    services: Iterable[str] = (),
    needs: Iterable[str] = (),
    details: Mapping[str, Any] | None = None,
    next_on: dt.date | None = None,
    checkpoint: str = "",
    entry_key: uuid.UUID | None = None,
    by: User,
) -> Contact:
    """Write down one contact; an assistant's or intern's waits for a countersignature.

    `minutes` is the duration, 1 to 1440; facts are kept apart from analysis; `services` are codes
    of ServiceContent, `details` the rest of F5 (place, participants, aims, response, progress by
    goal, new needs, emergencies, next plan); `checkpoint` is the place of the whole course it
    belongs to (MilestoneKind), "" when its day says enough. `needs` are codes of NeedCategory.
    What was written down without a network brings its `entry_key`: sent again, also days later, it
    gives the record that stands.

    Raises:
        DomainError: `contact.*`, `contact_minutes_in_range`, `contact_next_is_later`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_record_contact, by, case)
    if entry_key is not None:
        standing = Contact.objects.filter(created_by=by, entry_key=entry_key).first()
        if standing is not None:
            standing.case = case
            return standing
    if case.stage not in WORKING_STAGES:
        raise DomainError(
            "contact.wrong_stage", _("受理之后、结案之前才能写过程记录。"), status=409
        )
    now = timezone.now()
    contact = Contact(
        organization_id=case.organization_id,
        case=case,
        client_id=case.client_id,
        episode_id=case.episode_id,
        occurred_on=occurred_on,
        starts_at=starts_at,
        minutes=minutes,
        mode=mode,
        target=target,
        phase=case.stage,
        checkpoint=checkpoint,
        facts=facts,
        analysis=analysis,
        techniques=techniques,
        services=list(services),
        needs=list(needs),
        details=dict(details or {}),
        next_on=next_on,
        entry_key=entry_key,
        locked_at=contact_locks_at(case, now),
        co_sign_required=by.role in MEMBER_ROLES,
        created_by=by,
    )
    _check(contact, case)
    _settle(contact)
    if not contact.facts:
        raise DomainError("contact.needs_facts", _("请写过程与事实。"), "facts")
    contact.save(force_insert=True)
    if contact.co_sign_required:
        co_sign_ask(contact, case, contact.locked_at, by)
    if next_on is not None:
        case_task(
            case,
            "next_contact",
            due_at=end_of_day(next_on),
            assignee=by,
            key=f"next_contact:{contact.uid}",
            by=by,
        )
    audit.record(
        "contact.record",
        by=by,
        on=contact,
        case=case.uid,
        occurred_on=occurred_on,
        minutes=minutes,
        mode=mode,
        target=target,
        phase=case.stage,
        checkpoint=checkpoint,
    )
    return contact


def _locked(contact: Contact) -> tuple[Contact, Case]:
    case = Case.objects.locked().get(pk=contact.case_id)
    contact = Contact.objects.locked().get(pk=contact.pk)
    contact.case = case
    return contact, case


@command
def contact_amend(*, contact: Contact, base: int | None = None, by: User, **given: Any) -> Contact:
    """Change what is named in `given` (AMENDABLE) before the contact locks.

    `base` is the row_version the page was opened on (None: do not ask).

    Raises:
        DomainError: `contact.is_locked` (409) afterwards: write an addendum; `form.stale` (409).
    """
    contact, case = _locked(contact)
    require(can_amend_contact, by, contact)
    unknown = set(given) - set(AMENDABLE)
    if unknown:
        raise TypeError(f"not amendable: {sorted(unknown)}")
    if contact.locked_at < timezone.now():
        raise DomainError("contact.is_locked", _("记录已锁定，请写补充记录。"), status=409)
    check_base(base, contact.row_version)
    if contact.addendum_to_id is not None or contact.countersigned_by_id is not None:
        raise DomainError("contact.is_signed", _("补充记录和已会签的记录不能再改。"), status=409)
    for name, value in given.items():
        setattr(contact, name, value)
    _check(contact, case)
    _settle(contact)
    if not contact.facts:
        raise DomainError("contact.needs_facts", _("请写过程与事实。"), "facts")
    contact.save()
    co_sign_answer(contact, case, by=by)
    audit.record(
        "contact.amend",
        by=by,
        on=contact,
        fields=sorted(given),
        minutes=contact.minutes,
        mode=contact.mode,
    )
    return contact


@command
def contact_addendum(*, contact: Contact, facts: str, analysis: str = "", by: User) -> Contact:
    """Add to a locked contact; the addendum has no minutes of its own.

    Raises:
        DomainError: `contact.needs_facts`; `contact.not_locked` while it can still be amended.
    """
    contact, case = _locked(contact)
    require(can_record_contact, by, case)
    if contact.locked_at >= timezone.now():
        raise DomainError("contact.not_locked", _("记录还可以修改，不必写补充。"), status=409)
    if not facts.strip():
        raise DomainError("contact.needs_facts", _("请写过程与事实。"), "facts")
    now = timezone.now()
    addendum = Contact(
        organization_id=case.organization_id,
        case=case,
        client_id=contact.client_id,
        episode_id=contact.episode_id,
        occurred_on=timezone.localdate(now),
        mode=contact.mode,
        target=contact.target,
        phase=case.stage,
        facts=facts,
        analysis=analysis,
        locked_at=now,
        addendum_to=contact,
        co_sign_required=by.role in MEMBER_ROLES,
        created_by=by,
    )
    _settle(addendum)
    addendum.save(force_insert=True)
    if addendum.co_sign_required:
        co_sign_ask(addendum, case, now + hours(case.department, "contact_lock_hours"), by)
    co_sign_answer(contact, case, by=by)
    audit.record("contact.addendum", by=by, on=addendum, to=contact.uid)
    return addendum
