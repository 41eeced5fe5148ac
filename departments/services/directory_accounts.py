"""The security administrator says who signs in through the hospital's directory, and under which name there."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.access import DirectoryAccount
from departments.models.people import Membership, User
from departments.services.account_codes import houses_of
from departments.services.accounts import account_kept, sessions_over
from departments.services.directory import plain_name
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION

FIELD = "directory_name"
NAME_TAKEN = _("这个名字是另一个账户的登录名。")


@command
def directory_use(*, membership: Membership, directory_name: str, reason: str, by: User) -> User:
    """Let a person of one's own house sign in through the directory under that name; other sessions end.

    Raises:
        DomainError: `directory.none` (409) without a directory, `account.other_house` (409),
            `directory.name_taken` on `directory_name`, `account.needs_reason`.
    """
    user = account_kept(membership, reason, by)
    _one_house_check(user, by)
    _mark(user, directory_name, by)
    sessions_over(user)
    audit.record("account.use_directory", by=by, on=user, reason=reason.strip())
    return user


@command
def directory_leave(*, membership: Membership, reason: str, by: User) -> User:
    """Let a person sign in by a password again: the security administrator issues a one-time code.

    Raises:
        DomainError: `directory.not_used` (409), `account.other_house` (409), `account.needs_reason`.
    """
    user = account_kept(membership, reason, by)
    _one_house_check(user, by)
    gone, _by_model = DirectoryAccount.objects.filter(user_id=user.pk).delete()
    if not gone:
        raise DomainError("directory.not_used", _("此人没有用统一身份登录。"), status=409)
    sessions_over(user)
    audit.record("account.use_password", by=by, on=user, reason=reason.strip())
    return user


def directory_name_is_taken(name: str) -> bool:
    """Whether somebody signs in under this name of the directory: no login name of another may be the same."""
    return DirectoryAccount.objects.filter(name=plain_name(name)).exists()


def directory_account_make(*, user: User, name: str, by: User) -> DirectoryAccount:
    """Mark a new account in the running transaction; the caller has asked who may.

    Raises:
        DomainError: as directory_use.
    """
    return _mark(user, name, by)


def _mark(user: User, name: str, by: User) -> DirectoryAccount:
    if not settings.DIRECTORY:
        raise DomainError("directory.none", _("这个安装没有接入医院目录。"), status=409)
    plain = plain_name(name)
    # Somebody else's name here would open this account to that person's typing.
    if User.objects.filter(username=plain).exclude(pk=user.pk).exists():
        raise DomainError("directory.name_taken", NAME_TAKEN, FIELD)
    DirectoryAccount.objects.filter(user_id=user.pk).delete()
    account = DirectoryAccount(user=user, name=plain, created_by=by)
    account.save(force_insert=True)
    return account


def _one_house_check(user: User, by: User) -> None:
    if not houses_of(user) <= {by.house_id, INSTALLATION}:
        raise DomainError(
            "account.other_house",
            _("此人在其他机构也有角色，登录方式不能由一家机构改，请系统运维在服务器上办理。"),
            status=409,
        )
