"""What an assistant or intern wrote: signed by the worker or the supervisor, or sent back with a reason.

A record sent back is put right by its author: changed while it is open, added to once it is locked.
Its course stands in the transitions of CO_SIGN; the record itself holds who signed it.
"""

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.work import Contact
from cases.permissions import can_countersign_contact, can_return_contact
from cases.services.clocks import case_task, hours
from cases.workflow import CO_SIGN, CoSignState
from departments import audit
from departments.models.mechanisms import Task, Transition
from departments.models.people import User
from departments.services.moving import write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

ASKED, RETURNED = "co_sign", "co_sign_returned"


def co_sign_ask(contact: Contact, case: Case, due_at: dt.datetime, by: User) -> None:
    """Who may sign is told that a record waits, each with a task: the worker of the case and its supervisor."""
    _ask(case, f"{ASKED}:{contact.uid}", due_at, by)


def _ask(case: Case, key: str, due_at: dt.datetime, by: User) -> None:
    # Whoever signs first closes both: the key begins with the record's.
    for who, end in ((case.worker, ""), (case.supervisor, ":lead")):
        if who is not None and who.pk != by.pk and (not end or who != case.worker):
            case_task(case, ASKED, due_at=due_at, assignee=who, key=f"{key}{end}", by=by)


def returns_of(contact: Contact) -> QuerySet[Transition]:
    """How often and why a record found visible was sent back, the newest first."""
    rows = Transition.objects.filter(organization_id=contact.organization_id).of(contact)
    rows = rows.filter(workflow=CO_SIGN.name, step="return").select_related("actor")
    return rows.order_by("-at")


def _locked(contact: Contact) -> tuple[Contact, Case]:
    case = Case.objects.locked().get(pk=contact.case_id)
    Contact.objects.locked().get(pk=contact.pk)
    contact = Contact.objects.with_co_sign_state().get(pk=contact.pk)
    contact.case = case
    return contact, case


def _step(contact: Contact, step: str, *, by: User, reason: str = "") -> None:
    arrow, before = CO_SIGN.check(contact, step, reason), contact.co_sign_state
    contact.co_sign_state = arrow.target
    write_transition(contact, CO_SIGN, step, before=before, by=by, reason=reason)


@command
def contact_countersign(*, contact: Contact, by: User) -> Contact:
    """Sign what an assistant or intern wrote.

    Raises:
        DomainError: `contact.no_co_sign_due` when none is asked for or it is signed.
    """
    contact, _case = _locked(contact)
    require(can_countersign_contact, by, contact)
    if contact.co_sign_state not in {CoSignState.WAITING, CoSignState.RETURNED}:
        raise DomainError("contact.no_co_sign_due", _("这条记录不需要会签。"), status=409)
    contact.countersigned_by = by
    contact.save(update_fields=["countersigned_by"])
    _step(contact, "sign", by=by)
    _close(contact, ASKED)
    _close(contact, RETURNED)
    audit.record("contact.countersign", by=by, on=contact)
    return contact


@command
def contact_send_back(*, contact: Contact, reason: str, by: User) -> Contact:
    """Give a helper's record back: what is wrong, in words the author reads beside the record.

    Raises:
        DomainError: `contact.no_co_sign_due` (409), `contact_sign.return.wrong_state` (409) while it
            lies with its author, `contact_sign.return.needs_reason` on `reason`.
    """
    contact, case = _locked(contact)
    require(can_return_contact, by, contact)
    if contact.co_sign_state not in {CoSignState.WAITING, CoSignState.RETURNED}:
        raise DomainError("contact.no_co_sign_due", _("这条记录不需要会签。"), status=409)
    _step(contact, "return", by=by, reason=reason)
    _close(contact, ASKED)
    case_task(
        case,
        RETURNED,
        due_at=timezone.now() + hours(case.department, "contact_lock_hours"),
        assignee=contact.created_by,
        key=f"{RETURNED}:{contact.uid}:{returns_of(contact).count()}",
        by=by,
    )
    audit.record("contact.send_back", by=by, on=contact)
    return contact


def co_sign_answer(contact: Contact, case: Case, *, by: User) -> None:
    """Its author has put right what was sent back: it waits for a signature again. Part of changing and adding."""
    state = Contact.objects.with_co_sign_state().get(pk=contact.pk).co_sign_state
    if state != CoSignState.RETURNED or contact.created_by_id != by.pk:
        return
    contact.co_sign_state = state
    _step(contact, "answer", by=by)
    _close(contact, RETURNED)
    due_at = timezone.now() + hours(case.department, "contact_lock_hours")
    _ask(case, f"{ASKED}:{contact.uid}:{returns_of(contact).count()}", due_at, by)


def _close(contact: Contact, kind: str) -> None:
    """What was open of this kind about this one record is done."""
    Task.objects.filter(
        organization_id=contact.organization_id,
        kind=kind,
        dedup_key__startswith=f"{kind}:{contact.uid}",
        state=Task.State.OPEN,
    ).update(state=Task.State.DONE, closed_at=timezone.now())
