"""The certificate of a project that has passed, on A4."""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from msw_portal.kernel.typesetting import typeset
from projects.models.cultivation import Project


def certificate_paper(project: Project) -> bytes:
    """PDF in Chinese of what the closing says; the same closing is the same paper every time."""
    closing = project.closing
    day = dt.date.fromisoformat(closing["closed_on"])
    with override(settings.LANGUAGE_CODE):
        content = {
            "title": _("结项证书"),
            "number": _("证书编号 %(number)s") % {"number": closing["certificate"]},
            "holder": project.unit_name,
            "text": _(
                "你单位承担的“%(title)s”（项目编号 %(number)s）已按计划完成，经评审准予结项。"
            )
            % {"title": project.title, "number": project.number or "—"},
            "steps": [],
            "grade": _("结项等次：%(grade)s") % {"grade": project.get_grade_display()},
            "provider": project.counterparty.name,
            "day": f"{day.year} 年 {day.month} 月 {day.day} 日",
            "house": project.counterparty.name,
            "training": project.counterparty.is_training,
        }
    return typeset("project_certificate.typ", content, at=project.state_entered_at)
