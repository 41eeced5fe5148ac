"""The A4 sheet that hangs beside the bed: one code, what it is for, what it is not."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from departments.models.mechanisms import AccessLink
from msw_portal.kernel.pictures import code_svg
from msw_portal.kernel.typesetting import typeset


def door_poster(*, link: AccessLink, address: str, department: str) -> bytes:
    """PDF, one A4 page in Chinese with an English line; `address` is what the code opens."""
    with override(settings.LANGUAGE_CODE):
        content = _words(link) | {
            "house": link.organization.name,
            "department": department,
            "place": link.department.name,
            "address": address,
            "code": code_svg(address),
            "foot": _("%(day)s 制。换码后旧码即失效，请撤下旧海报。")
            % {"day": timezone.localdate().isoformat()},
        }
    return typeset("door_poster.typ", content, at=link.created_at)


def _words(link: AccessLink) -> dict[str, Any]:
    if link.kind == AccessLink.Kind.WARD_DOOR:
        return {
            "title": _("转介给医务社工"),
            "english": "Refer a patient to the medical social worker",
            "lead": _("医护扫码，不用账号，不到一分钟"),
            "steps": [
                _("扫码，填床号、情况、您的姓名和回电号码"),
                _("危机勾“危机”，社工 2 小时内处理；其他 24 小时内"),
                _("记下回执码，随时查看进展和反馈"),
            ],
            "lines": [
                _("费用困难、情绪、家庭照顾、出院安排、身份不明、疑似虐待……拿不准也可以转"),
                _("只供本病区医护使用，请勿拍照外传"),
            ],
            "alarm": _("生命危险先按医院应急流程处理"),
        }
    if link.kind == AccessLink.Kind.VOLUNTEER_DOOR:
        return {
            "title": _("来做医院志愿者"),
            "english": "Become a hospital volunteer",
            "lead": _("自愿参加，不收费用；先培训，再上岗"),
            "steps": [
                _("用手机扫码，填报名表，大约 3 分钟，不用注册"),
                _("志愿者管理员审核后打电话给您"),
                _("培训合格后选时间，服务时长如实记录、免费出证明"),
            ],
            "lines": [
                _("门诊导诊 · 陪伴病友 · 儿童阅览 · 电话关怀 · 活动协助"),
                _("每个岗位的内容和风险，扫码就能看到"),
            ],
            "alarm": _("未满 18 周岁要有监护人同意"),
        }
    return {
        "title": _("遇到难处，找医务社工"),
        "english": "Ask a medical social worker for help, free of charge",
        "lead": _("患者和家属扫码求助，免费，不影响治疗"),
        "steps": [
            _("用手机扫码，三步，大约 2 分钟，不用注册"),
            _("社工到床边找您，或打电话给您"),
            _("记下回执码，随时查看走到哪一步"),
        ],
        "lines": [
            _("经济援助 · 政策咨询 · 情绪疏导 · 社会支持 · 家庭照顾 · 出院安排"),
            _("内容只有本院医务社工看得到"),
        ],
        "alarm": _("有危险请马上告诉护士，或拨 120、110"),
    }
