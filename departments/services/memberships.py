"""Accounts and roles: given and ended by the security administrator of the house."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from departments.models.access import AccountCode
from departments.models.organizations import Department, Organization
from departments.models.people import Membership, Role, User, duty_class
from departments.permissions import (
    can_end_membership,
    can_give_membership,
    can_invite_person,
)
from departments.services.account_codes import Issued, code_make, code_send, is_mail_on
from departments.services.charity_status import house_roles
from departments.services.directory_accounts import (
    NAME_TAKEN,
    directory_account_make,
    directory_name_is_taken,
)
from departments.signals import membership_ended
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

LAST_KEEPER = _("这是本机构最后一位安全管理员，不能结束。请先给另一人安全管理员角色。")


@dataclass(frozen=True)
class Invited:
    """A new account and the one-time code with which its owner sets a password; stored nowhere in clear.

    `issued` is None for whoever signs in through the hospital's directory (there is no password to
    set), and when the code is issued later.
    """

    user: User
    membership: Membership
    issued: Issued | None


@command
def person_invite(
    *,
    username: str,
    display_name: str,
    role: str,
    department: Department | None = None,
    valid_to: dt.date | None = None,
    email: str = "",
    by_mail: bool = False,
    by_directory: bool = False,
    with_code: bool = True,
    by: User,
) -> Invited:
    """Make an account with one role in one's own house; its owner sets the password with a one-time code.

    The code is printed, or sent to `email` with `by_mail`; `by_directory` makes an account without a
    password, whose name is the login name in the hospital's directory. Without `with_code` nobody
    can sign in yet: a code is issued later, on the person's page.

    Raises:
        DomainError: a taken username (`departments_user_username_key`), a role the house cannot
            give (`membership.role_not_here`), a date in the past (`membership.valid_to`),
            `account_code.no_mail` on `email`.
    """
    require(can_invite_person, by, department)
    if by_mail and not by_directory and not (email and is_mail_on()):
        raise DomainError("account_code.no_mail", _("用邮件发送，请填写邮箱。"), "email")
    if directory_name_is_taken(username):
        raise DomainError("directory.name_taken", NAME_TAKEN, "username")
    user = User(username=username, display_name=display_name, email=email)
    user.created_by = by
    user.set_unusable_password()
    user.save(force_insert=True)
    membership = _give(user, role=role, department=department, valid_to=valid_to, by=by)
    audit.record("person.invite", by=by, on=user, role=role, by_directory=by_directory)
    if by_directory:
        directory_account_make(user=user, name=username, by=by)
        return Invited(user, membership, None)
    if not with_code:
        return Invited(user, membership, None)
    kind = AccountCode.Kind.INVITATION
    if by_mail:
        issued = code_send(user=user, kind=kind, organization_id=by.house_id, by=by)
    else:
        issued = code_make(user=user, kind=kind, by=by)
    return Invited(user, membership, issued)


@command
def membership_give(
    *,
    user: User,
    role: str,
    department: Department | None = None,
    valid_to: dt.date | None = None,
    by: User,
) -> Membership:
    """Give a person a further role in one's own house, from today on.

    Raises:
        DomainError: `membership_duties_apart` on `role` when an administrator's role would meet
            another one (the database refuses), `membership_once_at_a_time`, and those of person_invite.
    """
    require(can_give_membership, by, department)
    return _give(user, role=role, department=department, valid_to=valid_to, by=by)


@command
def membership_end(*, membership: Membership, reason: str, by: User) -> Membership:
    """End a role now: the person's sessions are over with their next request.

    Raises:
        DomainError: `membership.ended` (409) when it is over already, `membership.needs_reason`.
    """
    membership = Membership.objects.locked().select_related("user").get(pk=membership.pk)
    if by.role == Role.SECADMIN:
        last_keeper_check(membership)
    require(can_end_membership, by, membership)
    return _end(membership, reason, by)


def membership_end_idle(*, membership: Membership, idle_days: int) -> Membership:
    """End a role nobody has used, by the daily job, in a scope of its house.

    Raises:
        DomainError: `membership.last_secadmin`: a house is never left without one.
    """
    membership = Membership.objects.locked().select_related("user").get(pk=membership.pk)
    last_keeper_check(membership)
    reason = gettext("%(n)s 天没有登录，由系统结束") % {"n": idle_days}
    return _end(membership, reason, None)


def last_keeper_check(membership: Membership) -> None:
    """A house keeps one security administrator: two who end each other meet at the locked rows.

    Raises:
        DomainError: `membership.last_secadmin` (409).
    """
    today = timezone.localdate()
    if membership.role != Role.SECADMIN or not _is_in_force(membership, today):
        return
    keepers = Membership.objects.filter(
        organization_id=membership.organization_id, role=Role.SECADMIN, valid__contains=today
    )
    others = [row for row in keepers.order_by("pk").locked() if row.pk != membership.pk]
    if not others:
        raise DomainError("membership.last_secadmin", LAST_KEEPER, status=409)


def is_last_keeper(membership: Membership) -> bool:
    """Whether this is the only security administrator's role of its house today."""
    today = timezone.localdate()
    if membership.role != Role.SECADMIN or not _is_in_force(membership, today):
        return False
    keepers = Membership.objects.filter(
        organization_id=membership.organization_id, role=Role.SECADMIN, valid__contains=today
    )
    return not keepers.exclude(pk=membership.pk).exists()


def _is_in_force(membership: Membership, today: dt.date) -> bool:
    lower, upper = membership.valid.lower, membership.valid.upper
    return (lower is None or lower <= today) and (upper is None or today < upper)


def _end(membership: Membership, reason: str, by: User | None) -> Membership:
    if len(reason.strip()) < 2:
        raise DomainError("membership.needs_reason", _("请写明结束的原因。"), "reason")
    today, before = timezone.localdate(), membership.valid
    if before.upper is not None and before.upper <= today:
        raise DomainError("membership.ended", _("这个角色已经结束。"), status=409)
    # A range may not be empty: a role given today is written as yesterday's.
    lower = min(before.lower or dt.date.min, today - dt.timedelta(days=1))
    membership.valid = DateRange(lower, today)
    membership.ended_by, membership.end_reason = by, reason.strip()
    membership.save(update_fields=["valid", "ended_by", "end_reason"])
    User.objects.filter(pk=membership.user_id).update(session_epoch=F("session_epoch") + 1)
    audit.record(
        "membership.end",
        by=by,
        on=membership,
        organization_id=membership.organization_id,
        role=membership.role,
        person=membership.user.uid,
        valid_from=before.lower,
        valid_to=[before.upper, today],
    )
    membership_ended.send(Membership, membership=membership, by=by)
    return membership


def _give(
    user: User, *, role: str, department: Department | None, valid_to: dt.date | None, by: User
) -> Membership:
    house = Organization.objects.get(pk=by.house_id)
    if role not in house_roles(house):
        raise DomainError("membership.role_not_here", _("这类机构没有这个角色。"), "role")
    today = timezone.localdate()
    if valid_to is not None and valid_to < today:
        raise DomainError("membership.valid_to", _("结束日期不能早于今天。"), "valid_to")
    membership = Membership(
        user=user,
        organization=house,
        department=department,
        role=role,
        duty_class=duty_class(role),
        created_by=by,
        valid=DateRange(today, valid_to + dt.timedelta(days=1) if valid_to else None),
    )
    membership.save(force_insert=True)
    audit.record(
        "membership.give",
        by=by,
        on=membership,
        role=role,
        person=user.uid,
        department=department.uid if department else None,
        valid_to=valid_to,
    )
    return membership
