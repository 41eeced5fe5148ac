"""A person's own password."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services import account_codes
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def password_change(*, new_password: str, code_id: int | None = None, by: User) -> User:
    """Set one's own password; every other session of the person ends with its next request.

    `code_id` is the one-time code the person came in by: it is used up, and every other one is void.

    Raises:
        DomainError: `password.weak` or `password.same` on field `new_password`; `account_code.used`.
    """
    try:
        validate_password(new_password, by)
    except ValidationError as error:
        raise DomainError("password.weak", " ".join(error.messages), "new_password") from error
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if user.check_password(new_password):
        raise DomainError("password.same", _("新密码不能与现在的相同。"), "new_password")
    if code_id is not None:
        account_codes.code_use(code_id=code_id, user=user)
    account_codes.codes_end(user=user)
    user.set_password(new_password)
    user.must_change_password = False
    user.session_epoch = F("session_epoch") + 1
    user.save(update_fields=["password", "must_change_password", "session_epoch"])
    by.refresh_from_db(fields=["password", "must_change_password", "session_epoch"])
    audit.record("password.change", by=by, on=by, by_code=code_id is not None)
    return by
