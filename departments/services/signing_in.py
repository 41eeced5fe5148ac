"""Signing in, step by step: password, second factor, own password, authenticator; then the session.

Until the last step is done nobody is signed in: the session holds a pending sign-in only, which
opens nothing but the next step and is over after ten minutes.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from departments import audit
from departments.backends import PortalBackend, may_sign_in
from departments.models.people import Membership, User
from departments.services import account_codes, directory, passwords, rate, second_factor, sessions
from departments.services.entering import own_memberships
from departments.services.ldap import DirectoryAway, ldap_check
from msw_portal.kernel.directory import LDAP, OIDC
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope

PENDING = "pending_sign_in"
PENDING_SECONDS = 600
BACKEND = "departments.backends.PortalBackend"
CHOICES = "role_choices"
NOT_YOURS = _("这个角色已经结束，或不属于您。请另选一个。")
# The steps between the password and the session, by the name of their address.
DIRECTORIES = frozenset({OIDC, LDAP})
CODE, PASSWORD, ENROL = "mfa_authenticate", "departments:password", "departments:second_factor"


@dataclass(frozen=True)
class Entry:
    """Who stands at the gate, and by what: a password, the directory, or the one-time code `code_id`."""

    user: User
    code_id: int | None = None
    is_directory: bool = False

    @property
    def method(self) -> str:
        return "code" if self.code_id else LDAP if self.is_directory else "password"


def entry_accept(request: HttpRequest, *, username: str, password: str) -> Entry:
    """The person behind a username and a password or one-time code; counted before anything is compared.

    Raises:
        DomainError: `sign_in.wrong` on `password`; `sign_in.limited` (429) for too many attempts
            at this account or from this address. Both say the same for names that do not exist.
            `directory.away` (503) when only the directory could tell; `directory.other_person`.
    """
    keys, made = _counted(request, username)
    entry = _entry(request, username.strip(), password)
    if entry is None:
        _note(username.strip(), attempts_left=made.attempts_left)
        raise DomainError("sign_in.wrong", _wrong_sentence(made), "password")
    _forgiven(keys)
    return entry


def password_accept(request: HttpRequest, *, username: str, password: str) -> User:
    """As entry_accept, for a password alone.

    Raises:
        DomainError: as entry_accept.
    """
    keys, made = _counted(request, username)
    entry = _proved(request, username.strip(), password)
    user = entry.user if entry else None
    if user is None:
        _note(username.strip(), attempts_left=made.attempts_left)
        raise DomainError("sign_in.wrong", _wrong_sentence(made), "password")
    _forgiven(keys)
    return user


def reset_accept(request: HttpRequest, *, username: str) -> None:
    """Take a request for a reset by mail; the same answer in the same time for every name.

    Raises:
        DomainError: `sign_in.limited` (429) for too many requests from this address.
    """
    window = settings.SIGN_IN_WINDOW_SECONDS
    made = rate.hit(
        f"reset-address:{request.facts.ip}", limit=settings.SIGN_IN_ADDRESS_LIMIT, window=window
    )
    if not made:
        _refuse_limited(made, "")
    account = username.strip().casefold()
    # Beyond its limit an account gets no more mail, and nobody is told.
    is_sent = rate.hit(f"reset:{account}", limit=settings.RESET_MAIL_LIMIT, window=3600)
    with scope(org=INSTALLATION, role="system"):
        account_codes.reset_ask(username=username if is_sent else "")


def knock(request: HttpRequest) -> None:
    """Count a sign-in begun through the directory, by address: each asks the provider something.

    Raises:
        DomainError: `sign_in.limited` (429).
    """
    window = settings.SIGN_IN_WINDOW_SECONDS
    limit = settings.SIGN_IN_ADDRESS_LIMIT
    made = rate.hit(f"directory-address:{request.facts.ip}", limit=limit, window=window)
    if not made:
        _refuse_limited(made, "")


def directory_refused(error: DomainError) -> None:
    """Audit an answer of the directory that opened nothing; whoever was known is noted already."""
    if error.rule not in ("directory.unknown", "directory.other_person"):
        directory.refusal_note(error.rule)


def limit_check(request: HttpRequest, user: User, password: str) -> None:
    """Compare a signed-in person's own password again, under the limits of sign-in.

    Raises:
        DomainError: on `password`, as password_accept.
    """
    marked = directory.account_of(user)
    name = marked.name if marked else user.username
    if password_accept(request, username=name, password=password).pk != user.pk:
        raise DomainError("sign_in.wrong", _("密码不对。"), "password")


def pending_begin(
    request: HttpRequest,
    user: User,
    *,
    to: str,
    method: str = "password",
    code_id: int | None = None,
    has_second_factor: bool = False,
) -> None:
    """Remember who has proved what; `to` is the address asked for in the first place.

    `method` is `password`, `code` (then `code_id` is used up by the new password) or a directory's name;
    `has_second_factor` says that the directory asked for it, where a setting trusts its word.
    """
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "began_at": int(timezone.now().timestamp()),
        "has_second_factor": has_second_factor,
        "method": method,
        "code": code_id,
        "to": to,
    }


def pending_user(request: HttpRequest) -> User | None:
    """Whose sign-in waits for its next step; None when there is none or it is over."""
    pending = request.session.get(PENDING)
    if not pending:
        return None
    age = int(timezone.now().timestamp()) - pending["began_at"]
    user = PortalBackend().get_user(pending["user"]) if age <= PENDING_SECONDS else None
    if user and constant_time_compare(pending["hash"], user.get_session_auth_hash()):
        return user
    request.session.pop(PENDING, None)
    return None


def pending_update(request: HttpRequest, user: User, **facts: Any) -> None:
    """Note a step that is done (`has_second_factor`, `method`); a new password renews the proof."""
    now = {**request.session[PENDING], **facts, "hash": user.get_session_auth_hash()}
    request.session[PENDING] = now


def next_step(request: HttpRequest, user: User) -> str | None:
    """The address name of what is still asked of a pending sign-in; None when it may be completed."""
    pending = request.session[PENDING]
    has_second_factor = pending["has_second_factor"]
    if not has_second_factor and asks_code(user) and second_factor.is_set_up(user):
        return CODE
    if pending.get("code") or (
        pending["method"] not in DIRECTORIES
        and (user.must_change_password or passwords.is_expired(user))
    ):
        return PASSWORD
    if not has_second_factor and settings.SECOND_FACTOR_AT_SIGN_IN:
        return ENROL
    return None


def pending_code(request: HttpRequest) -> int | None:
    """The one-time code that the pending sign-in came in by and that a new password will use up."""
    return request.session.get(PENDING, {}).get("code")


def asks_code(user: User) -> bool:
    """Everybody gives a code at sign-in, but the demo accounts of the embedded mode."""
    return settings.SECOND_FACTOR_AT_SIGN_IN or not user.is_demo


def complete(request: HttpRequest, user: User) -> tuple[str, list[Membership]]:
    """Make the session, under a new id; the address asked for, and the roles to choose from.

    With one role the choice is made.
    """
    pending = request.session.pop(PENDING)
    login(request, user, backend=BACKEND)
    sessions.begin(request)
    with scope(user=user.pk):
        roles = own_memberships(user)
        User.objects.filter(pk=user.pk).update(last_seen_at=timezone.now())
        audit.record("sign_in", by=user, method=pending["method"], roles=len(roles))
    remember_choices(request, roles)
    if len(roles) == 1:
        request.session["membership_uid"] = str(roles[0].uid)
    return pending["to"], roles


def remember_choices(request: HttpRequest, roles: list[Membership]) -> None:
    """What the switcher in the page head shows; read again at sign-in and on the choosing page."""
    request.session[CHOICES] = [
        {
            "value": str(role.uid),
            "role": role.role,
            "organization": role.organization.short_name or role.organization.name,
            "department": role.department.name if role.department else "",
        }
        for role in roles
    ]


def code_refused(user: User, error: DomainError) -> None:
    """Audit a wrong code at the gate; once the limit is reached there is nothing new to say."""
    if error.status != 429:
        with scope(user=user.pk):
            audit.record("sign_in.refuse_code", by=user, on=user, result="refused", rule=error.rule)


def sign_out(request: HttpRequest) -> None:
    """End this session; audited when somebody was signed in."""
    user = request.user
    if user.is_authenticated:
        with scope(user=user.pk):
            audit.record("sign_out", by=user)
    logout(request)


def role_take(request: HttpRequest, membership_uid: Any) -> Membership:
    """Act in another of one's own roles from the next request on; the session gets a new id.

    Raises:
        DomainError: `role.not_yours` (404) when the role is not in force for this person today.
    """
    roles = own_memberships(request.user)
    taken = next((role for role in roles if str(role.uid) == str(membership_uid)), None)
    if taken is None:
        raise DomainError("role.not_yours", NOT_YOURS, "membership", status=404)
    request.session["membership_uid"] = str(taken.uid)
    request.session.cycle_key()
    remember_choices(request, roles)
    audit.record(
        "role.take",
        by=request.user,
        on=taken,
        organization_id=1,
        role=taken.role,
        organization_uid=taken.organization.uid,
    )
    return taken


def _counted(request: HttpRequest, username: str) -> tuple[tuple[str, str], rate.Hit]:
    """Count the attempt at the address and at the account; the keys and the account's count."""
    window = settings.SIGN_IN_WINDOW_SECONDS
    # A name of the directory counts at the account whose it is, so that one unlocking is enough.
    marked = directory.account_named(username)
    name = marked.user.username if marked else username.strip()
    keys = (f"address:{request.facts.ip}", f"account:{name.casefold()}")
    limits = (settings.SIGN_IN_ADDRESS_LIMIT, settings.SIGN_IN_LIMIT)
    for key, limit in zip(keys, limits, strict=True):
        made = rate.hit(key, limit=limit, window=window)
        if not made:
            _refuse_limited(made, username.strip())
    return keys, made


def _forgiven(keys: tuple[str, str]) -> None:
    window = settings.SIGN_IN_WINDOW_SECONDS
    rate.forgive(keys[0], window=window)
    rate.clear(keys[1], window=window)


def _entry(request: HttpRequest, username: str, password: str) -> Entry | None:
    entry = _proved(request, username, password)
    if entry is not None:
        return entry
    # Asked whether the name exists or not: one statement each time.
    code = account_codes.code_of(username=username, code=password)
    if code is not None and may_sign_in(code.user) and not is_password_closed(code.user):
        return Entry(code.user, code.pk)
    return None


def _proved(request: HttpRequest, username: str, password: str) -> Entry | None:
    """By a password: the LDAP directory's for whoever signs in through it, else, or after it, the portal's own."""
    is_ldap = settings.DIRECTORY.kind == LDAP
    account = directory.account_named(username) if is_ldap else None
    refusal = None
    if account is not None:
        try:
            found = ldap_check(name=account.name, password=password)
        except DirectoryAway:
            refusal = directory.away()
            _note(account.user.username, rule=refusal.rule)
        else:
            if found is not None:
                user = directory.person_accept(name=account.name, subject=found.subject)
                return Entry(user, is_directory=True)
    own = account.user.username if account else username
    user = authenticate(request, username=own, password=password)
    if user is not None and not is_password_closed(user):
        return Entry(user)
    if refusal is not None:
        raise refusal
    return None


def is_password_closed(user: User) -> bool:
    """directory.is_password_closed, at the gate: outside of any scope."""
    with scope(user=user.pk):
        return directory.is_password_closed(user)


def has_password(user: User) -> bool:
    """directory.has_password, at the gate."""
    with scope(user=user.pk):
        return directory.has_password(user)


def _note(username: str, **facts: Any) -> None:
    """Audit a wrong password; a name that nobody has may be a password typed too early: not kept."""
    with scope():
        known = User.objects.filter(username=username).first()
        audit.record("sign_in.refuse", by=None, on=known, result="refused", **facts)


def _refuse_limited(made: rate.Hit, username: str) -> None:
    minutes = -(-made.seconds_left // 60)
    if made.count == made.limit + 1:
        # Once per window: a flood must not fill the audit.
        with scope():
            known = User.objects.filter(username=username).first()
            audit.record("sign_in.limit", by=None, on=known, result="refused", minutes=minutes)
    sentence = ngettext(
        "尝试的次数太多，请 %(n)d 分钟后再试。", "尝试的次数太多，请 %(n)d 分钟后再试。", minutes
    )
    raise DomainError("sign_in.limited", sentence % {"n": minutes}, status=429)


def _wrong_sentence(made: rate.Hit) -> str:
    if made.attempts_left == 0:
        minutes = -(-made.seconds_left // 60)
        return _("登录名或密码不对。此登录名停用 %(n)s 分钟。") % {"n": minutes}
    return _("登录名或密码不对。再错 %(n)s 次，此登录名停用一段时间。") % {"n": made.attempts_left}
