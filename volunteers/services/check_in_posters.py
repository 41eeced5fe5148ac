"""The A4 sheet with the code where volunteers check in."""

import hashlib

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from departments.models.mechanisms import AccessLink
from msw_portal.kernel.pictures import code_svg
from msw_portal.kernel.typesetting import typeset
from volunteers.models.shifts import Post
from volunteers.services.check_ins import code_of


def post_of_token(*, post: Post, token: str) -> AccessLink | None:
    """The live code of the post when `token` is its own; None for any other."""
    link = code_of(post=post)
    digest = hashlib.sha256(token.encode()).digest()
    return link if link is not None and bytes(link.token_hash) == digest else None


def code_poster(*, post: Post, link: AccessLink, address: str) -> bytes:
    """PDF, one A4 page in Chinese with an English line; `address` is what the code opens."""
    with override(settings.LANGUAGE_CODE):
        content = {
            "title": _("志愿者签到、签退"),
            "english": "Volunteers: check in and out here",
            "lead": post.title,
            "steps": [
                _("到岗先扫码，填您的手机号，点“签到”"),
                _("离岗再扫一次，填服务了多少人，点“签退”"),
                _("时长由带教社工确认后计入"),
            ],
            "lines": [
                _("没有手机或扫不出来，请带教社工代为签到"),
                _("请勿拍照外传；不在现场的签到不予确认"),
            ],
            "alarm": _("遇到紧急情况马上告诉护士，不要自己处理"),
            "house": post.organization.name,
            "department": _("医务社工部"),
            "place": post.ward.name if post.ward else post.place,
            "address": address,
            "code": code_svg(address),
            "foot": _("%(day)s 制。换码后旧码即失效，请撤下旧海报。")
            % {"day": timezone.localdate().isoformat()},
        }
    return typeset("door_poster.typ", content, at=link.created_at)
