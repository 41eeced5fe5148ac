"""Accounts that sign in through the hospital's directory: who they are, and what that closes here."""

import unicodedata

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.backends import may_sign_in
from departments.models.access import DirectoryAccount
from departments.models.people import User
from departments.services.people import is_administrator
from msw_portal.kernel.directory import LDAP
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope


def plain_name(name: str) -> str:
    """A directory's login name as it is compared: case and width of the letters do not count."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def account_named(name: str) -> DirectoryAccount | None:
    """The account that signs in under this name of the directory; None where there is no directory."""
    if not settings.DIRECTORY:
        return None
    return DirectoryAccount.objects.select_related("user").filter(name=plain_name(name)).first()


def account_of(user: User) -> DirectoryAccount | None:
    """The person's account in the directory; None for whoever signs in by a password."""
    if not settings.DIRECTORY:
        return None
    return DirectoryAccount.objects.filter(user_id=user.pk).first()


def has_password(user: User) -> bool:
    """Whether the portal can ask for a password again: its own, or that of the LDAP directory."""
    if settings.DIRECTORY.kind == LDAP and DirectoryAccount.objects.filter(user=user).exists():
        return True
    return user.has_usable_password() and not is_password_closed(user)


def is_directory_only(user: User) -> bool:
    """Whether the directory is this person's way in by setting (`MSW_DIRECTORY_ONLY`), whoever it is."""
    is_only = bool(settings.DIRECTORY) and settings.DIRECTORY.is_only
    return is_only and DirectoryAccount.objects.filter(user_id=user.pk).exists()


def is_password_closed(user: User) -> bool:
    """The same with the three administrators excepted, who stay able to mend things; needs their roles visible."""
    return is_directory_only(user) and not is_administrator(user)


def away() -> DomainError:
    """The directory gives no answer: what to do then, and who still gets in."""
    return DomainError(
        "directory.away",
        _(
            "%(directory)s现在连不上，请过几分钟再试。应急管理员可以用登录名和本门户的密码登录；"
            "别的人请找信息科。"
        )
        % {"directory": settings.DIRECTORY.name},
        status=503,
    )


def person_accept(*, name: str, subject: str) -> User:
    """The account of somebody the directory has proved; the first time binds it to the directory's lasting id.

    Raises:
        DomainError: `directory.unknown` (403) for whoever has no account here, or an ended one;
            `directory.other_person` (403) when the name now belongs to somebody else there.
    """
    bound = DirectoryAccount.objects.select_related("user").filter(subject=subject).first()
    account = bound or account_named(name)
    if account is None or not may_sign_in(account.user):
        raise _unknown(account)
    if bound is None and not _bind(account, subject):
        refusal_note("directory.other_person", account.user)
        raise DomainError(
            "directory.other_person",
            _("目录里的这个登录名换了人，与这里的账户对不上。请找本机构的安全管理员核对。"),
            status=403,
        )
    return account.user


def _bind(account: DirectoryAccount, subject: str) -> bool:
    """Of two first sign-ins at once one binds; True when the account is this subject's afterwards."""
    free = DirectoryAccount.objects.filter(pk=account.pk, subject__isnull=True)
    with scope(user=account.user_id):
        if free.update(subject=subject, bound_at=timezone.now()):
            audit.record("account.bind_directory", by=account.user, on=account.user)
            return True
    return DirectoryAccount.objects.filter(pk=account.pk, subject=subject).exists()


def _unknown(account: DirectoryAccount | None) -> DomainError:
    refusal_note("directory.unknown", account.user if account else None)
    return DomainError(
        "directory.unknown",
        _(
            "您的统一身份没有问题，但这里没有您的账户，或它已经停用。账户由本机构的安全管理员开通，不能自行注册。"
        ),
        status=403,
    )


def refusal_note(rule: str, user: User | None = None) -> None:
    """Audit that the directory's word opened nothing here, and by which rule."""
    with scope():
        audit.record("sign_in.refuse_directory", by=None, on=user, result="refused", rule=rule)
