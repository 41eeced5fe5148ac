"""A person's own password."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def password_change(*, new_password: str, by: User) -> User:
    """Set one's own password; every other session of the person ends with its next request.

    Raises:
        DomainError: `password.weak` or `password.same` on field `new_password`.
    """
    try:
        validate_password(new_password, by)
    except ValidationError as error:
        raise DomainError("password.weak", " ".join(error.messages), "new_password") from error
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if user.check_password(new_password):
        raise DomainError("password.same", _("新密码不能与现在的相同。"), "new_password")
    user.set_password(new_password)
    user.must_change_password = False
    user.session_epoch = F("session_epoch") + 1
    user.save(update_fields=["password", "must_change_password", "session_epoch"])
    by.refresh_from_db(fields=["password", "must_change_password", "session_epoch"])
    audit.record("password.change", by=by, on=by)
    return by
