"""The slip the worker gives the family: the code as a picture and in letters, and what it is for."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from departments import audit
from departments.models.mechanisms import AccessLink
from donations.models.requests import FundingRequest
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.pictures import code_svg
from msw_portal.kernel.typesetting import typeset

LANGUAGES = ("zh-hans", "en")


def lane_slip(
    *, request: FundingRequest, link: AccessLink, code: str, address: str, short: str, by: Any
) -> bytes:
    """PDF, half an A4 page, Chinese with an English line; `address` is what the picture opens."""
    with override(LANGUAGES[0]):
        is_signed_first = request.programme_version.needs_agreement
        agreement = [_("批准以后在这里看救助协议，同意了才拨款")] if is_signed_first else []
        content = {
            "house": request.organization.name,
            "title": _("救助进展查询"),
            "who": mask_name(request.case.client.person.name),
            "programme": request.programme_version.name,
            "number": request.number or "",
            "code": code,
            "address": short,
            "picture": code_svg(address),
            "until": timezone.localdate(link.expires_at).isoformat(),
            "worker": by.display_name,
            "lines": [
                _("扫码，或打开下面的网址输入 12 位码，不用注册"),
                _("看申请走到哪一步、现在由谁办、还缺什么材料"),
                _("缺的材料拍照就能补；有话可以给社工留言"),
                *agreement,
                _("看怎么决定的、钱付给了谁；不同意可以申请复核"),
            ],
            "warning": _("谁拿到这张纸都能看，请收好，不要拍照转发。丢了请告诉社工停用。"),
            "is_training": by.acting.is_training,
        }
    audit.record("family_lane.print", by=by, on=request)
    return typeset("lane_slip.typ", content, at=link.created_at)
