"""A person's own password, under the policy of the installation."""

import datetime as dt
import unicodedata

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.compliance import PasswordHistory
from departments.models.people import User
from departments.services import account_codes
from departments.services.directory import is_password_closed
from departments.services.people import is_administrator
from departments.services.policies import PasswordPolicy, password_policy
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

FIELD = "new_password"
KEPT = 24  # rows of history per person: more than any policy asks for


@command
def password_change(*, new_password: str, code_id: int | None = None, by: User) -> User:
    """Set one's own password; every other session of the person ends with its next request.

    `code_id` is the one-time code the person came in by: it is used up, and every other one is void.

    Raises:
        DomainError: on field `new_password`: `password.directory`, `.weak`, `.same`, and by the policy in force
            `.short`, `.classes`, `.used_before`; `account_code.used`.
    """
    if is_password_closed(by):
        raise DomainError("password.directory", _("您用统一身份登录，密码请在那里修改。"), FIELD)
    policy = password_policy()
    try:
        validate_password(new_password, by)
    except ValidationError as error:
        raise DomainError("password.weak", " ".join(error.messages), FIELD) from error
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    _check_shape(new_password, policy, is_admin=is_administrator(user))
    if user.check_password(new_password):
        raise DomainError("password.same", _("新密码不能与现在的相同。"), FIELD)
    _check_history(new_password, policy, user)
    if code_id is not None:
        account_codes.code_use(code_id=code_id, user=user)
    account_codes.codes_end(user=user)
    user.set_password(new_password)
    user.must_change_password = False
    user.session_epoch = F("session_epoch") + 1
    user.save(update_fields=["password", "must_change_password", "session_epoch"])
    by.refresh_from_db(fields=["password", "must_change_password", "session_epoch"])
    _remember(by)
    audit.record("password.change", by=by, on=by, by_code=code_id is not None)
    return by


def is_expired(user: User, policy: PasswordPolicy | None = None) -> bool:
    """Whether the policy wants a new password at this sign-in."""
    rule = policy or password_policy()
    if not rule.max_age_days or user.is_demo:
        return False
    newest = PasswordHistory.objects.filter(user=user).order_by("-id").first()
    set_at = newest.set_at if newest else user.created_at
    return timezone.now() - set_at > dt.timedelta(days=rule.max_age_days)


def classes_in(password: str) -> int:
    """How many of the four classes occur: capital, small letter, digit, anything else."""
    kinds = {_kind(character) for character in password}
    return len(kinds)


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    return category if category in ("Lu", "Ll") else "Nd" if category == "Nd" else "other"


def _check_shape(password: str, policy: PasswordPolicy, *, is_admin: bool) -> None:
    least = policy.admin_min_length if is_admin else policy.min_length
    if len(password) < least:
        raise DomainError("password.short", _("密码至少 %(n)s 个字符。") % {"n": least}, FIELD)
    if classes_in(password) < policy.classes:
        raise DomainError(
            "password.classes",
            _("密码要有大写字母、小写字母、数字、符号四类中的至少 %(n)s 类。")
            % {"n": policy.classes},
            FIELD,
        )


def _check_history(password: str, policy: PasswordPolicy, user: User) -> None:
    if not policy.history:
        return
    used = PasswordHistory.objects.filter(user=user).order_by("-id")[: policy.history]
    if any(check_password(password, row.password) for row in used):
        raise DomainError(
            "password.used_before",
            _("新密码不能与最近 %(n)s 次用过的相同。") % {"n": policy.history},
            FIELD,
        )


def _remember(user: User) -> None:
    PasswordHistory(user=user, password=user.password).save(force_insert=True)
    kept = PasswordHistory.objects.filter(user=user).order_by("-id").values("pk")[:KEPT]
    PasswordHistory.objects.filter(user=user).exclude(pk__in=kept).delete()
