"""The whole application on A4, as it stands or as it was handed in."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from departments import audit
from departments.models.organizations import Organization
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.typesetting import typeset
from projects.models.applications import Application, ApplicationVersion
from projects.permissions.calls import can_view_application
from projects.services.applications.content import payload_of, whole_of


@command
def application_paper(
    *, application: Application, version: ApplicationVersion | None = None, by: Any
) -> bytes:
    """PDF in Chinese: a version with its number, time and hash, or the draft as it stands, marked as one."""
    require(can_view_application, by, application)
    payload = version.payload if version else payload_of(whole_of(application))
    audit.record(
        "application.print", by=by, on=application, version=version.version if version else 0
    )
    unit = Organization.objects.get(pk=application.organization_id)
    at = version.submitted_at if version else application.updated_at
    unit_name = payload.get("unit") or application.unit_name
    with override(settings.LANGUAGE_CODE):
        content = {
            "title": payload["title"],
            # Rows that came another way than by this form may not say everything.
            "call": payload.get("call") or application.call.title,
            "house": unit_name,
            "department": _("申报书"),
            "training": unit.is_training,
            "number": application.number or "",
            "is_draft": version is None,
            "facts": [
                [_("申报单位"), unit_name],
                [_("编号"), application.number or "—"],
                [_("提交时间"), _moment(version.submitted_at) if version else _("没有提交")],
                [_("版次"), str(version.version) if version else "—"],
            ],
            "sections": payload.get("sections", []),
            "stamp": _("内容校验码 %(hash)s") % {"hash": version.payload_hash}
            if version
            else _("草稿，不作申报的凭据"),
        }
        return typeset("application.typ", content, at=at)


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
