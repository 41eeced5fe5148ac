"""The certificate of an appointment on A4."""

import datetime as dt

from django.conf import settings
from django.utils.translation import override

from msw_portal.kernel.typesetting import typeset
from projects.models.experts import Appointment


def appointment_paper(appointment: Appointment) -> bytes:
    """PDF in Chinese; the same appointment is the same paper every time."""
    house = appointment.organization
    first = appointment.valid.lower
    last = appointment.valid.upper - dt.timedelta(days=1)
    content = {
        "house": house.name,
        "training": house.is_training,
        "voided": appointment.voided_at is not None,
        "number": appointment.number,
        "holder": appointment.holder,
        "body": appointment.body,
        "post": appointment.post,
        "since": _day(first),
        "until": _day(last),
        "on": _day(appointment.appointed_on),
    }
    with override(settings.LANGUAGE_CODE):
        return typeset("expert_appointment.typ", content, at=appointment.created_at)


def _day(day: dt.date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
