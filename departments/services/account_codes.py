"""One-time codes with which a person sets a password: an invitation, or a reset that keeps the second factor.

Printed by the security administrator, or sent by mail when the installation has a mail server; then
the relay makes the code, so that it stands in the mail alone. Only a keyed hash is stored.
"""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.backends import may_sign_in
from departments.models.access import AccountCode
from departments.models.people import Membership, User
from departments.permissions import can_issue_account_code
from departments.services import outbox
from departments.services.directory import is_directory_only, is_password_closed
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION

# Read aloud and typed by hand: no letters or digits that look alike.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 4  # about 79 bits
MAIL = "account.mail_code"
# How long a code opens: paper has to reach its reader, a reset asked for by mail is waited for.
LIFE = {
    (AccountCode.Kind.INVITATION, False): dt.timedelta(hours=72),
    (AccountCode.Kind.INVITATION, True): dt.timedelta(hours=72),
    (AccountCode.Kind.RESET, False): dt.timedelta(hours=24),
    (AccountCode.Kind.RESET, True): dt.timedelta(hours=1),
}


@dataclass(frozen=True)
class Issued:
    """A code as its owner types it, once; empty when the relay sends it by mail."""

    user: User
    kind: str
    code: str
    expires_at: dt.datetime | None

    @property
    def is_mailed(self) -> bool:
        return not self.code


def code_hash(code: str) -> bytes:
    """What is stored of a code: keyed with the installation's SECRET_KEY, typing habits ignored."""
    plain = "".join(letter for letter in code.casefold() if letter.isalnum())
    return salted_hmac("departments.account_code", plain, algorithm="sha256").digest()


def is_mail_on() -> bool:
    """Whether the installation has a mail server (EMAIL_URL)."""
    return settings.MAIL_IS_ON


def code_make(*, user: User, kind: str, by: User | None, is_mailed: bool = False) -> Issued:
    """Give `user` a fresh code in the running transaction and end the older ones; the caller has asked who may."""
    now = timezone.now()
    # Two issuers wait for each other at the person.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    codes_end(user=user)
    code = "-".join(
        "".join(secrets.choice(LETTERS) for _letter in range(GROUP)) for _group in range(GROUPS)
    )
    row = AccountCode(
        user=user,
        kind=kind,
        code_hash=code_hash(code),
        is_mailed=is_mailed,
        created_at=now,
        expires_at=now + LIFE[AccountCode.Kind(kind), is_mailed],
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("account_code.issue", by=by, on=user, kind=kind, is_mailed=is_mailed)
    return Issued(user, kind, code, row.expires_at)


def code_send(*, user: User, kind: str, organization_id: int, by: User | None) -> Issued:
    """Let the relay make a code and mail it to the person's address."""
    outbox.put(MAIL, organization_id=organization_id, subject=user, user_id=user.pk, kind=str(kind))
    audit.record("account_code.ask_mail", by=by, on=user, kind=kind)
    return Issued(user, kind, "", None)


@command
def account_code_issue(*, membership: Membership, by: User, by_mail: bool = False) -> Issued:
    """A new code for somebody of one's own house: printed, or mailed where there is a mail server.

    An account whose owner never set a password gets an invitation, any other a reset. The password
    in use stays good until the code is used; the second factor is not touched.

    Raises:
        DomainError: `account_code.ended_role` (409), `account_code.other_house` when the person
            also works for another house, `account_code.no_mail` without an address or a server.
    """
    membership = Membership.objects.select_related("user").get(pk=membership.pk)
    require(can_issue_account_code, by, membership)
    user = membership.user
    if by.house_id not in (houses := houses_of(user)):
        raise DomainError(
            "account_code.ended_role", _("此人在本机构的角色已经结束，不能再签发。"), status=409
        )
    if not may_sign_in(user):
        raise DomainError("account_code.ended", _("这个账户已停用，不能签发一次性码。"), status=409)
    if not houses <= {by.house_id, INSTALLATION}:
        # Whoever holds the code becomes the person, in every house.
        raise DomainError(
            "account_code.other_house",
            _(
                "此人在其他机构也有角色，不能由一家机构签发；请本人用邮件重设，或请系统运维在服务器上签发。"
            ),
            status=409,
        )
    if is_password_closed(user):
        raise DomainError(
            "account_code.directory",
            _("此人用%(directory)s登录，在这里没有密码，不需要一次性码。")
            % {"directory": settings.DIRECTORY.name},
            status=409,
        )
    kind = _kind_for(user)
    if not by_mail:
        return code_make(user=user, kind=kind, by=by)
    if not is_mail_on() or not user.email:
        raise DomainError("account_code.no_mail", _("没有邮件服务器或此人没有登记邮箱，请打印。"))
    return code_send(user=user, kind=kind, organization_id=by.house_id, by=by)


def reset_ask(*, username: str) -> None:
    """Somebody who is not signed in asks for a reset by mail; nothing tells whether the name exists.

    The same work is done for every name: one row for the relay, which sends to nobody when nobody is meant.
    """
    user = User.objects.filter(username=username.strip()).first()
    is_meant = (
        user is not None and may_sign_in(user) and bool(user.email) and not is_directory_only(user)
    )
    outbox.put(
        MAIL,
        organization_id=INSTALLATION,
        user_id=user.pk if is_meant else None,
        kind=str(AccountCode.Kind.RESET),
    )
    audit.record("account_code.ask_reset", by=None, result="ok" if is_meant else "refused")


def code_of(*, username: str, code: str) -> AccountCode | None:
    """The live code of the person of this name that was typed; None when there is none."""
    return (
        AccountCode.objects.select_related("user")
        .filter(
            user__username=username,
            code_hash=code_hash(code),
            ended_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        .first()
    )


def code_use(*, code_id: int, user: User) -> None:
    """Use a code up in the running transaction: of two at once only one gets through.

    Raises:
        DomainError: `account_code.used` (409).
    """
    used = AccountCode.objects.filter(
        pk=code_id, user_id=user.pk, ended_at__isnull=True, expires_at__gt=timezone.now()
    ).update(ended_at=timezone.now())
    if not used:
        raise DomainError(
            "account_code.used", _("这个一次性码已经用过或已过期，请索取新的。"), status=409
        )


def codes_end(*, user: User) -> None:
    """Every code of the person that waits is void."""
    AccountCode.objects.filter(user_id=user.pk, ended_at__isnull=True).update(
        ended_at=timezone.now()
    )


def houses_of(user: User) -> set[int]:
    """The houses in which the person has a role today."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.houses_of(%s)", [user.pk])
        return set(cursor.fetchone()[0])


def _kind_for(user: User) -> AccountCode.Kind:
    if user.has_usable_password():
        return AccountCode.Kind.RESET
    return AccountCode.Kind.INVITATION
