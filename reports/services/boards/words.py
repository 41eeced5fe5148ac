"""What a page says under the numbers of the roll-ups that the library's first nine do not explain."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.figures import FIGURES, Figure

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
MORE = {
    one.code: one
    for one in (
        Figure(
            "case_load",
            _("在案权重"),
            _("未结束个案的件数与难度权重之和，按主责社工"),
            _("权重"),
            _("本部门全部未结束个案"),
            "cases",
            _("当前"),
        ),
        Figure(
            "case_new_ward",
            _("新开个案（按病区）"),
            _("已分派的个案数，按建档时所在病区"),
            _("件"),
            _("本部门全部已分派个案"),
            "cases",
            _("登记日"),
        ),
        Figure(
            "case_new_disease",
            _("新开个案（按疾病类别）"),
            _("已分派的个案数，按建档时就诊的疾病类别"),
            _("件"),
            _("本部门全部已分派个案"),
            "cases",
            _("登记日"),
        ),
        Figure(
            "goal_rate",
            _("目标达成率"),
            _("结案个案目标达成率的平均值；没有评定目标的个案不计"),
            "%",
            _("本部门已评定目标的结案个案"),
            "cases",
            _("结案日"),
        ),
        Figure(
            "contact_done",
            _("服务人次"),
            _("个案接触的次数，补记不计；一人多次分别计"),
            _("人次"),
            _("本部门全部个案接触"),
            "contacts",
            _("发生日"),
        ),
        Figure(
            "contact_worker",
            _("服务人次（按社工）"),
            _("个案接触的次数与分钟数，按记录的社工"),
            _("人次"),
            _("本部门全部个案接触"),
            "contacts",
            _("发生日"),
        ),
        Figure(
            "referral_in",
            _("收到的转介"),
            _("转入的转介数，按现在的结果"),
            _("件"),
            _("本院收到的全部转介与求助"),
            "cases",
            _("收到日"),
        ),
        Figure(
            "referral_case",
            _("转介成案率"),
            _("已开个案的转介 ÷ 收到的转介"),
            "%",
            _("本院收到的全部转介与求助"),
            "cases",
            _("收到日"),
        ),
        Figure(
            "group_session",
            _("小组节次"),
            _("已开展的小组节次与分钟数"),
            _("节"),
            _("本部门全部小组"),
            "contacts",
            _("开展日"),
        ),
        Figure(
            "group_attendance",
            _("小组人次"),
            _("已开展节次的到场人次；一人多节分别计"),
            _("人次"),
            _("本部门全部小组"),
            "contacts",
            _("开展日"),
        ),
        Figure(
            "activity_held",
            _("活动"),
            _("已开展的社区活动、探访、咨询的场次与人次"),
            _("场"),
            _("本部门全部活动"),
            "contacts",
            _("开展日"),
        ),
        Figure(
            "activity_persons",
            _("活动人数"),
            _("每场活动的人数相加；来过两场的人计两次"),
            _("人"),
            _("本部门全部活动"),
            "persons",
            _("开展日"),
        ),
        Figure(
            "volunteer_hours",
            _("志愿服务时长"),
            _("已确认的服务时长；未确认、作废的不计"),
            _("小时"),
            _("本院全部志愿服务记录"),
            "contacts",
            _("签到日"),
        ),
        Figure(
            "aid_gap",
            _("资金缺口"),
            _("申请时测算的缺口：预计费用减去医保、自筹与其他救助"),
            _("元"),
            _("已提交的救助申请"),
            "requests",
            _("提交日"),
        ),
        Figure(
            "donation_in",
            _("捐赠收入"),
            _("已确认的捐赠笔数与金额"),
            _("元"),
            _("本机构全部已确认捐赠"),
            "amount",
            _("到账日"),
        ),
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
            "staff",
            _("在岗人员"),
            _("在岗的人数，按用工形式；折合全职 = 每周工时 ÷ 40"),
            _("人"),
            _("计入医务社工的在岗人员"),
            "persons",
            _("当前"),
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
    )
}


def said(code: str) -> Figure:
    """Name, formula, unit, population and date of a figure.

    Raises:
        KeyError: for a code that no dashboard shows.
    """
    return FIGURES[code] if code in FIGURES else MORE[code]
