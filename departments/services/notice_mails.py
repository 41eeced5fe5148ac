"""Notices by mail: what happened and the way back to the portal, never whose it is."""

import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from departments.models.mechanisms import Notification
from departments.models.people import User
from departments.services.mailing import mail_send
from departments.services.notice_kinds import NOTICE_WORDS
from departments.services.outbox import Delivery
from msw_portal.kernel.scope import scope

LIST = "/notifications/"
SETTINGS = "/notifications/settings/"


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    body: str


def letter(user: User, *, subject: str, lines: list[str]) -> Letter:
    """A mail in the portal's words: a greeting, the lines, the way back and how to hear less."""
    context = {"name": user.display_name, "lines": lines, "address": settings.PORTAL_ADDRESS}
    context |= {"list": LIST, "settings": SETTINGS}
    return Letter(user.email, subject, render_to_string("mail/notice.txt", context))


def hand_over(sent: Letter, message_id: str) -> str:
    """Give a letter to the mail server; "" when it was taken, else the code with which it never will be.

    Raises:
        OSError, smtplib.SMTPException: when a later try may succeed.
    """
    try:
        mail_send(to=[sent.to], subject=sent.subject, body=sent.body, message_id=message_id)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _said in error.recipients.values()]
        if not codes or min(codes) < 500:
            raise
        return str(codes[0])
    except smtplib.SMTPDataError as error:
        if error.smtp_code < 500:
            raise
        return str(error.smtp_code)
    return ""


def notice_mail(delivery: Delivery) -> None:
    """Topic `notice.mail`: one notice to its receiver; nothing when it was read or mailed meanwhile.

    The letter is handed over outside any transaction: a slow server holds no lock. Only a death between
    the server's answer and the COMMIT can send it twice, and then with the same Message-ID.
    """
    house, user_id = delivery.organization_id, delivery.payload["user"]
    with scope(org=house, user=user_id, role="system"):
        notice = (
            Notification.objects.filter(uid=delivery.subject_uid, user_id=user_id)
            .select_related("user", "organization")
            .first()
        )
        if not _is_wanted(notice):
            delivery.finish()
            return
        with translation.override(settings.LANGUAGE_CODE):
            words = str(NOTICE_WORDS.get(notice.kind, _("有新的通知")))
            sent = letter(
                notice.user, subject=_("医务社工门户：%(words)s") % {"words": words}, lines=[words]
            )
    refused = hand_over(sent, str(delivery.id))
    with scope(org=house, user=user_id, role="system"):
        row = Notification.objects.filter(pk=notice.pk)
        row.update(mailed_at=None if refused else timezone.now(), mail_error=refused)
        delivery.finish()


def _is_wanted(notice: Notification | None) -> bool:
    return (
        notice is not None
        and settings.MAIL_IS_ON
        and notice.mailed_at is None
        and notice.read_at is None
        and bool(notice.user.email)
        and notice.user.is_active
        # What is practised stays in the house.
        and not notice.organization.is_training
    )
