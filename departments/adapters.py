"""What the sign-in library may do here: keep the second factor. No sign-up, no mail, no flows of its own."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from departments.models.people import User
from msw_portal.kernel import crypto, sealing
from msw_portal.kernel.scope import INSTALLATION

TABLE, COLUMN = "mfa_authenticator", "data"


def display_name(user: User) -> str:
    return user.display_name


class AccountAdapter(DefaultAccountAdapter):
    """Closed: accounts are made by the security administrator, who also resets them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The portal's second factor and passwords never travel by mail."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """See send_mail."""

    def can_delete_email(self, email_address: Any) -> bool:
        return False


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of the second factor are sealed with the installation's key."""

    def get_totp_label(self, user: User) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return base64.b64encode(sealing.seal(text.encode(), **self.place())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(base64.b64decode(encrypted_text), **self.place()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """See AccountAdapter.send_mail."""

    def place(self) -> dict[str, Any]:
        """What the library's secrets are bound to."""
        # The library hands over a text without its row: the house is the installation itself.
        house = crypto.organization_uid(INSTALLATION)
        return {"organization": house, "table": TABLE, "column": COLUMN, "row": house}
