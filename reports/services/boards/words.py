"""What a page says under the numbers of the roll-ups: the library's own words, and what the roll-ups count otherwise."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.indicators.figures import FIGURES, Figure
from reports.indicators.library import INDICATORS

WAITING, TAKEN = "waiting", "taken"
OUTCOMES = {
    TAKEN: _("已接收"),
    WAITING: _("待应答"),
    "refused": _("不受理"),
    "returned": _("已退回"),
    "cancelled": _("求助人撤回"),
    "discarded": _("已丢弃"),
    "failed": _("未成功"),
}
ALIKE = ("name", "words", "unit", "population", "counts", "period_by")
# Of which indicator of the library each is (of its own code, where it is the same), and what it says otherwise.
DERIVED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "case_load": (
        "case_open",
        {
            "name": _("在案权重"),
            "words": _("已分派、未结束个案的件数与难度权重之和，按主责社工"),
            "unit": _("权重"),
            "period_by": _("当前"),
        },
    ),
    "case_new_ward": (
        "case_new",
        {"name": _("新开个案（按病区）"), "words": _("已分派的个案数，按建档时所在病区")},
    ),
    "case_new_disease": (
        "case_new",
        {
            "name": _("新开个案（按疾病类别）"),
            "words": _("已分派的个案数，按建档时就诊的疾病类别"),
        },
    ),
    "goal_rate": ("goal_rate", {"population": _("本部门已评定目标的结案个案")}),
    "contact_done": ("contact_done", {}),
    "contact_worker": (
        "contact_done",
        {
            "name": _("服务人次（按社工）"),
            "words": _("个案接触的次数与分钟数，按记录的社工"),
        },
    ),
    "referral_in": ("referral_in", {}),
    "referral_case": ("referral_to_case", {}),
    "group_session": ("group_session", {}),
    "group_attendance": ("group_attendance", {}),
    "activity_held": ("activity_held", {}),
    "activity_persons": (
        "activity_held",
        {
            "name": _("活动到场人次"),
            "words": _("各场登记的到场人数相加；参加两场的人计两次"),
            "unit": _("人次"),
            "counts": "contacts",
        },
    ),
    "volunteer_hours": ("volunteer_hours", {}),
    "aid_gap": (
        "aid_gap",
        {
            "name": _("资金缺口"),
            "words": _("申请时测算的缺口：预计费用减去医保、自筹与其他救助"),
        },
    ),
    "donation_in": ("donation_in", {"name": _("捐赠收入")}),
    # As of now, where the library counts the end of a period.
    "staff": (
        "staff",
        {
            "name": _("在岗人员"),
            "words": _("在岗的人数，按用工形式；折合全职 = 每周工时 ÷ 40"),
            "population": _("计入医务社工的在岗人员"),
            "period_by": _("当前"),
        },
    ),
}
# What the library has no indicator of.
OWN = (
    Figure(
        "project",
        _("项目"),
        _("本院的培育项目与自办项目，按状态"),
        _("个"),
        _("本院全部项目"),
        "requests",
        _("当前"),
    ),
    Figure(
        "scale",
        _("前后测"),
        _(
            "同一件结案个案同一量表最早与最近一次定稿的得分平均值；只有一次的不计，更正过的按更正后的计"
        ),
        _("分"),
        _("本部门所选期间结案、有前后两次得分的个案"),
        "cases",
        _("结案日"),
    ),
    Figure(
        "scale_after",
        _("前后测（后测）"),
        _("前后测里最近一次的得分：与最早一次相减就是变化"),
        _("分"),
        _("本部门所选期间结案、有前后两次得分的个案"),
        "cases",
        _("结案日"),
    ),
)


def _derived(code: str) -> Figure:
    of, otherwise = DERIVED[code]
    return Figure(code, **{name: getattr(INDICATORS[of], name) for name in ALIKE} | otherwise)


SAID: Mapping[str, Figure] = {
    **{code: _derived(code) for code in DERIVED},
    **{one.code: one for one in OWN},
    **FIGURES,
}


def said(code: str) -> Figure:
    """Name, formula, unit, population and date of a figure; `checking` holds that every shown one has them.

    Raises:
        KeyError: for a code that no dashboard shows.
    """
    return SAID[code]
