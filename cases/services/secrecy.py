"""Secrecy level 5: the named persons first, then the wall."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from cases.models.casework import Case
from cases.models.codes import Secrecy
from cases.permissions import can_lower_secrecy, can_raise_secrecy
from cases.services.level5_signals import keep, signals
from cases.services.mdt_ending import mdt_end
from cases.signals import case_restricted
from departments import audit
from departments.models.people import AccessGrant, User
from departments.services.entering import enter_member
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

MIN_REASON = 10


def named_now(case: Case, user: User) -> bool:
    """Whether the person is named for the case's compartment at this moment."""
    return AccessGrant.objects.filter(
        organization_id=case.organization_id,
        user=user,
        compartment_id=case.pk,
        kind=AccessGrant.Kind.NAMED,
        valid__contains=timezone.now(),
    ).exists()


def transaction_time():
    """`now()` of the database: app.enter_member asks for grants that hold at that instant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def grant(case: Case, users: Iterable[User], *, reason: str, by: User) -> None:
    """Name persons for the compartment of `case`, from the beginning of this transaction."""
    since = DateTimeTZRange(transaction_time(), None)
    for user in {user.pk: user for user in users}.values():
        if not named_now(case, user):
            AccessGrant.objects.create(
                organization_id=case.organization_id,
                user=user,
                compartment_id=case.pk,
                kind=AccessGrant.Kind.NAMED,
                reason=reason,
                valid=since,
                created_by=by,
            )


def end_grants(case: Case, *, at: dt.datetime, user: User | None = None) -> None:
    """Let the names of one person, or of all, run out at the instant."""
    grants = AccessGrant.objects.filter(
        organization_id=case.organization_id,
        compartment_id=case.pk,
        kind=AccessGrant.Kind.NAMED,
        valid__contains=at,
    )
    for given in grants.filter(user=user) if user else grants:
        given.valid = DateTimeTZRange(given.valid.lower, at)
        given.save(update_fields=["valid"])


def raise_locked(case: Case, *, named: Iterable[User], reason: str, by: User) -> None:
    """Close a compartment around a case this transaction holds; `by` must be among `named`."""
    grant(case, named, reason=reason, by=by)
    enter_member(by, by.acting.membership_uid)
    case.secrecy, case.compartment_id = Secrecy.RESTRICTED, case.pk
    case.save(update_fields=["secrecy", "compartment_id"])
    mdt_end(case, reason="level5", by=by)
    case_restricted.send(sender=Case, case=case, by=by)


@command
def case_raise_secrecy(*, case: Case, named: Iterable[User], reason: str, by: User) -> Case:
    """Make it a level-5 case: only `by`, the worker, the supervisor and `named` may open it.

    Raises:
        DomainError: `case.secrecy_needs_reason`; `case.secrecy_is_raised` when it is level 5.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_raise_secrecy, by, case)
    if case.secrecy == Secrecy.RESTRICTED:
        raise DomainError("case.secrecy_is_raised", _("个案已经是 5 级保密。"), status=409)
    if len(reason.strip()) < MIN_REASON:
        raise DomainError("case.secrecy_needs_reason", _("请写明理由，至少 10 个字。"), "reason")
    own = [user for user in (case.worker, case.supervisor) if user]
    raise_locked(case, named=[by, *own, *named], reason=reason.strip(), by=by)
    audit.record(
        "case.raise_secrecy", by=by, on=case, secrecy=[Secrecy.CASE_FILE, Secrecy.RESTRICTED]
    )
    return case


@command
def case_lower_secrecy(*, case: Case, reason: str, by: User) -> Case:
    """Open the compartment again; the head decides, and must be a named person.

    Raises:
        DomainError: `case.secrecy_needs_reason`; `case.secrecy_is_ordinary` when it is level 4.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_lower_secrecy, by, case)
    if case.secrecy != Secrecy.RESTRICTED:
        raise DomainError("case.secrecy_is_ordinary", _("个案不是 5 级保密。"), status=409)
    if len(reason.strip()) < MIN_REASON:
        raise DomainError("case.secrecy_needs_reason", _("请写明理由，至少 10 个字。"), "reason")
    case.secrecy, case.compartment_id = Secrecy.CASE_FILE, None
    # What the head decided against is not proposed the next minute.
    keep(case, signals(case), reason=reason.strip(), by=by)
    case.save(update_fields=["secrecy", "compartment_id", "level5_kept"])
    end_grants(case, at=timezone.now())
    audit.record(
        "case.lower_secrecy", by=by, on=case, secrecy=[Secrecy.RESTRICTED, Secrecy.CASE_FILE]
    )
    return case
