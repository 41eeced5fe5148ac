"""A certificate on A4: what the law asks for (name, masked number, activity, dates, hours, house, contact), and a code to check it."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from msw_portal.kernel.pictures import code_svg
from msw_portal.kernel.typesetting import typeset
from volunteers.models.service import Certificate
from volunteers.services.certificates import certificate_token


def check_address(certificate: Certificate) -> str:
    """The whole address that the printed code opens; "" for one that cannot be checked."""
    if certificate.link_id is None:
        return ""
    path = reverse("hours_public:certificate", args=[certificate_token(certificate.uid)])
    return f"{settings.PORTAL_ADDRESS}{path}"


def certificate_paper(certificate: Certificate) -> bytes:
    """PDF in Chinese; the same certificate is the same paper every time."""
    address = check_address(certificate)
    with override(settings.LANGUAGE_CODE):
        content = _content(certificate) | {
            "address": address,
            "code": code_svg(address) if address else "",
        }
    return typeset("certificate.typ", content, at=certificate.created_at)


def _content(certificate: Certificate) -> dict[str, Any]:
    house, kept = certificate.organization, certificate.payload
    first, last = certificate.period.lower, certificate.period.upper - dt.timedelta(days=1)
    profile = house.profile if isinstance(house.profile, dict) else {}
    return {
        "title": str(certificate.get_kind_display()),
        "house": house.name,
        "training": house.is_training,
        "number": certificate.number,
        "holder": certificate.holder,
        "id_masked": kept.get("id_masked", ""),
        "national_no": kept.get("national_no", ""),
        "period": _("%(first)s 至 %(last)s") % {"first": _day(first), "last": _day(last)},
        "hours": f"{certificate.total_hours:g}",
        "lines": [
            {
                "title": line["title"],
                "days": line["from"]
                if line["from"] == line["to"]
                else f"{line['from']} — {line['to']}",
                "times": str(line["times"]),
                "hours": f"{float(line['hours']):g}",
            }
            for line in kept.get("lines", ())
        ],
        "issued_on": _day(certificate.issued_on),
        "contact": str(profile.get("phone") or profile.get("contact") or ""),
        "voided": certificate.voided_at is not None,
    }


def _day(day: dt.date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
