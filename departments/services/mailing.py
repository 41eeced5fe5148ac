"""Mail: what leaves the installation, once per row of the outbox, and never what a patient said."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from departments.backends import may_sign_in
from departments.models.access import AccountCode
from departments.models.people import User
from departments.services import account_codes
from departments.services.outbox import Delivery
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope

TAKING_SECONDS = 60


def mail_code(delivery: Delivery) -> None:
    """Make a code and mail it to its owner. At least once: a repeated mail brings a newer code, the older one is void."""
    with scope(org=INSTALLATION, role="system"):
        user = User.objects.filter(pk=delivery.payload["user_id"]).first()
        if user is not None and may_sign_in(user) and user.email and settings.MAIL_IS_ON:
            kind = AccountCode.Kind(delivery.payload["kind"])
            issued = account_codes.code_make(user=user, kind=kind, by=None, is_mailed=True)
            # Sent before COMMIT: a mail server that refuses leaves no code behind, and the row is tried again.
            mail_send(
                to=[user.email],
                subject=_("医务社工门户：%(kind)s") % {"kind": kind.label},
                body=render_to_string(
                    "mail/account_code.txt", {"issued": issued, "address": settings.PORTAL_ADDRESS}
                ),
                message_id=str(delivery.id),
            )
        delivery.finish()


def mail_test(*, to: str) -> None:
    """Send a test mail now; for the system administrator's console.

    Raises:
        DomainError: `mail.off` without EMAIL_URL, `mail.failed` with what the server said.
    """
    if not settings.MAIL_IS_ON:
        raise DomainError("mail.off", _("没有设置邮件服务器（EMAIL_URL）。"), "to")
    try:
        mail_send(to=[to], subject=_("医务社工门户：测试邮件"), body=_("邮件服务器可以使用。"))
    except (OSError, smtplib.SMTPException) as error:
        sentence = _("邮件没有发出：%(said)s") % {"said": f"{type(error).__name__}: {error}"[:200]}
        raise DomainError("mail.failed", sentence, "to") from error


def mail_send(*, to: list[str], subject: str, body: str, message_id: str = "") -> None:
    """Send one mail; `message_id` is the outbox's id, so that a mail sent twice is seen as one."""
    headers = {"Auto-Submitted": "auto-generated"}
    if message_id:
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
        headers["Message-ID"] = f"<{message_id}@{domain}>"
    with get_connection() as server:
        # A server may take its time over what it has been given (RFC 5321 4.5.3.2.6): giving up early
        # would send the mail twice. Reaching it at all is what EMAIL_TIMEOUT bounds.
        socket = getattr(getattr(server, "connection", None), "sock", None)
        if socket is not None:
            socket.settimeout(TAKING_SECONDS)
        EmailMessage(subject, body, to=to, headers=headers, connection=server).send()
