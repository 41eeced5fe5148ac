"""Accounts of a house as its security administrator keeps them: locked, unlocked, signed out, idle."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import Membership, User
from departments.permissions import can_keep_account
from departments.services import rate
from departments.services.account_codes import houses_of
from departments.services.policies import account_rule
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION

IDLE_TASK = "account_idle"
NEEDS_REASON = _("请写明原因，留在审计记录里。")
WHY: dict[str, str | Promise] = {
    "password": _("密码错的次数太多"),
    "second_factor": _("动态口令错的次数太多"),
    "inactive": _("账户已停用"),
}


@dataclass(frozen=True)
class Lock:
    """Why somebody cannot sign in now (a key of WHY), after how many attempts, and until when."""

    why: str
    attempts: int
    until: dt.datetime | None

    @property
    def words(self) -> str | Promise:
        return WHY[self.why]


@dataclass(frozen=True)
class Account:
    """A person of the house with what the security administrator must know about signing in."""

    membership: Membership
    locks: tuple[Lock, ...]
    has_second_factor: bool
    last_seen_at: dt.datetime | None
    idle_days: int

    @property
    def user(self) -> User:
        return self.membership.user


def accounts_of(rows: Iterable[Membership]) -> list[Account]:
    """One account per person of `rows` (their users loaded), by three statements whatever their number."""
    first: dict[int, Membership] = {}
    for row in rows:
        first.setdefault(row.user_id, row)
    users = [row.user for row in first.values()]
    locks = locks_of(users)
    bound = set(
        Authenticator.objects.filter(user_id__in=first, type=Authenticator.Type.TOTP).values_list(
            "user_id", flat=True
        )
    )
    today = timezone.localdate()
    return [
        Account(
            row,
            locks[row.user_id],
            row.user_id in bound,
            row.user.last_seen_at,
            (today - last_used_on(row)).days,
        )
        for row in first.values()
    ]


def account_of(row: Membership) -> Account:
    """The account of one person of the house."""
    return accounts_of([row])[0]


def last_used_on(row: Membership) -> dt.date:
    """The day from which idleness counts: the last sign-in, the account's or the role's birth, the latest."""
    born = [timezone.localdate(row.created_at), timezone.localdate(row.user.created_at)]
    seen = [timezone.localdate(row.user.last_seen_at)] if row.user.last_seen_at else []
    return max(born + seen)


def locks_of(users: Sequence[User]) -> dict[int, tuple[Lock, ...]]:
    """Who is locked and why; counted attempts are found by their keyed hash, in one statement."""
    window, limit = settings.SIGN_IN_WINDOW_SECONDS, settings.SIGN_IN_LIMIT
    counts = rate.standing([key for user in users for key in _keys(user).values()], window=window)
    until = rate.window_end(window)
    found: dict[int, tuple[Lock, ...]] = {}
    for user in users:
        made = [
            Lock(why, counts[key], until)
            for why, key in _keys(user).items()
            if counts.get(key, 0) >= limit
        ]
        if not user.is_active:
            made.append(Lock("inactive", 0, None))
        found[user.pk] = tuple(made)
    return found


@command
def account_unlock(*, membership: Membership, reason: str, by: User) -> User:
    """Let a person try again now.

    Raises:
        DomainError: `account.not_locked` (409) when nothing is locked; `account.needs_reason`.
    """
    user = account_kept(membership, reason, by)
    if not any(lock.why != "inactive" for lock in locks_of([user])[user.pk]):
        raise DomainError("account.not_locked", _("这个账户没有被锁定。"), status=409)
    for key in _keys(user).values():
        rate.clear(key, window=settings.SIGN_IN_WINDOW_SECONDS)
    audit.record("account.unlock", by=by, on=user, reason=reason.strip())
    return user


@command
def second_factor_reset(*, membership: Membership, reason: str, by: User) -> User:
    """Take away a lost authenticator and its recovery codes; the person binds a new one at the next sign-in.

    Raises:
        DomainError: `account.no_second_factor` (409) when none is bound; `account.other_house`
            (409) when the person also works for another; `account.needs_reason`.
    """
    user = account_kept(membership, reason, by)
    if not houses_of(user) <= {by.house_id, INSTALLATION}:
        raise DomainError(
            "account.other_house",
            _("此人在其他机构也有角色，不能由一家机构重置，请系统运维在服务器上办理。"),
            status=409,
        )
    gone, _by_model = Authenticator.objects.filter(user_id=user.pk).delete()
    if not gone:
        raise DomainError("account.no_second_factor", _("这个账户没有绑定身份验证器。"), status=409)
    sessions_over(user)
    audit.record("account.reset_second_factor", by=by, on=user, reason=reason.strip())
    return user


@command
def sessions_end(*, membership: Membership, reason: str, by: User) -> User:
    """Sign a person out everywhere: each session is over with its next request."""
    user = account_kept(membership, reason, by)
    sessions_over(user)
    audit.record("account.end_sessions", by=by, on=user, reason=reason.strip())
    return user


def idle_soon(rows: Iterable[Membership]) -> list[tuple[Membership, dt.date]]:
    """The roles of `rows` that idleness will end within the time of notice, with the day, soonest first.

    Nobody's role ends before the notice has run, however long the account was idle by then.
    """
    rule, today = account_rule(), timezone.localdate()
    found = [
        (row, last_used_on(row) + dt.timedelta(days=rule.idle_days))
        for row in rows
        if not row.user.is_service
    ]
    last = today + dt.timedelta(days=rule.notice_days)
    idle = [(row, on) for row, on in found if on <= last]
    told = _told({row.pk for row, _on in idle})
    return sorted(
        ((row, max(on, told.get(row.pk, last))) for row, on in idle), key=lambda one: one[1]
    )


def _told(ids: set[int]) -> dict[int, dt.date]:
    """By membership the last day that its notice names."""
    tasks = Task.objects.filter(kind=IDLE_TASK, subject_id__in=ids, state=Task.State.OPEN)
    due = tasks.exclude(due_at=None).values_list("subject_id", "due_at")
    return {pk: timezone.localdate(at) for pk, at in due}


def _keys(user: User) -> dict[str, str]:
    """Under which keys the attempts at an account are counted (signing_in, second_factor)."""
    return {
        "password": f"account:{user.username.casefold()}",
        "second_factor": f"second-factor:{user.uid}",
    }


def account_kept(membership: Membership, reason: str, by: User) -> User:
    """The person's account, locked, when `by` may keep it and says why; in the running transaction."""
    user = User.objects.select_for_update(no_key=True).get(pk=membership.user_id)
    require(can_keep_account, by, membership)
    if len(reason.strip()) < 2:
        raise DomainError("account.needs_reason", NEEDS_REASON, "reason")
    return user


def sessions_over(user: User) -> None:
    """Every session of the person is over with its next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
