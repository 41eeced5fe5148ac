"""Who is it: a username and a password, taking the same time whoever asks and whatever is wrong."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from departments.models.people import User
from msw_portal.kernel.db import row_by_key


class PortalBackend:
    """Persons only: never a service account, an inactive user, or a demo account outside the embedded mode."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **other: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        user = User.objects.filter(username=username).first()
        if user is None:
            # An unknown name costs the same hash as a known one.
            make_password(password)
            return None
        is_right = user.check_password(password)
        return user if is_right and may_sign_in(user) else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, by one statement."""
        user = row_by_key(User, user_id)
        return user if user is not None and may_sign_in(user) else None


def may_sign_in(user: User) -> bool:
    """Demo accounts have passwords that everybody knows: they open nothing but the embedded demo."""
    return user.is_active and not user.is_service and (settings.EMBEDDED or not user.is_demo)
