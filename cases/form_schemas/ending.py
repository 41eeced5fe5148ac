"""F7 结案报告, F8 跟进记录, F13 出院计划: how help ends and what follows."""

from django.utils.translation import gettext_lazy as _

from cases.form_schemas.parts import YES_NO, Group, Item, Schema, cell, options_of
from cases.models.codes import CloseReason, ContactMode

SATISFACTION = tuple((str(n), str(n)) for n in range(1, 6))
RESOURCE_KINDS = (
    ("money", _("资金")),
    ("goods", _("物资")),
    ("service", _("服务")),
    ("other", _("其他")),
)
CONDITION = (
    ("better", _("好转")),
    ("stable", _("稳定")),
    ("worse", _("变差")),
    ("deceased", _("已去世")),
    ("unreachable", _("联系不上")),
)
KEPT = (("kept", _("保持")), ("part", _("部分保持")), ("lost", _("没有保持")))
DESTINATION = (
    ("home", _("回家")),
    ("relatives", _("亲友家")),
    ("rehabilitation", _("康复医院")),
    ("nursing", _("养老机构")),
    ("hospice", _("安宁病房")),
    ("shelter", _("救助站")),
    ("hospital", _("转院")),
    ("other", _("其他")),
)
ABILITY = (
    ("able", _("能独立照顾")),
    ("learning", _("正在学")),
    ("support", _("需要帮手")),
    ("none", _("没有照顾者")),
)
CLEARANCE = (
    ("settled", _("已结清")),
    ("instalments", _("分期")),
    ("applying", _("救助办理中")),
    ("unsettled", _("未结清")),
)
CHECKLIST = (
    ("told", _("本人与家属知道出院时间和去处")),
    ("medication", _("用药会自己管理")),
    ("warning_signs", _("知道什么情况要马上回院")),
    ("appointment", _("复诊已预约")),
    ("equipment", _("辅具已到位")),
    ("transport", _("接送已安排")),
    ("home_ready", _("住处已准备")),
    ("papers", _("出院小结与报销材料已拿到")),
    ("contacts", _("社区与社工电话已给")),
    ("money", _("费用已有着落")),
)

F7 = Schema(
    "F7",
    _("结案报告"),
    (
        Group(_("服务概况"), known="service"),
        Group(_("目标与结果"), known="goals"),
        Group(_("量表前后"), known="scales"),
        Group(
            _("变化"),
            (
                Item("change_client", _("患者的变化"), rows=2, most=3000),
                Item("change_family", _("家庭的变化"), rows=2, most=3000),
                Item("change_environment", _("环境的变化"), rows=2, most=3000),
            ),
        ),
        Group(
            _("需求与资源"),
            (
                Item("unmet", _("未满足的需求与原因"), rows=2, most=2000),
                Item(
                    "linked",
                    _("链接的资源"),
                    "rows",
                    rows=6,
                    columns=(
                        cell("what", _("资源"), most=60),
                        cell("kind", _("种类"), "choice", options=RESOURCE_KINDS),
                        cell("value", _("折合金额"), "money"),
                        cell("from", _("来自"), most=60),
                    ),
                ),
            ),
            known="needs",
        ),
        Group(
            _("结论"),
            (
                Item(
                    "summary",
                    _("结案小结"),
                    is_required=True,
                    rows=6,
                    most=8000,
                    help=_("变化、目标达成、未满足的需求与原因"),
                ),
                Item("proposed_reason", _("结案原因"), "choice", options_of(CloseReason)),
                Item("referred_at_closing", _("结案时转介"), "choice", YES_NO),
                Item("follow_up_plan", _("跟进安排"), rows=2, most=2000),
                Item(
                    "satisfaction",
                    _("服务满意度"),
                    "choice",
                    SATISFACTION,
                    help=_("1 很不满意，5 很满意；由服务对象或家属评"),
                ),
                Item("satisfaction_refused", _("对方不愿评价"), "yes"),
                Item(
                    "client_informed",
                    _("已告知服务对象结案及之后的求助方式"),
                    "yes",
                    is_required=True,
                    must=_("结案前要先告知服务对象。"),
                ),
                Item("reflection", _("社工反思"), rows=3, most=4000),
            ),
        ),
    ),
)

F8 = Schema(
    "F8",
    _("跟进记录"),
    (
        Group(_("结案情况"), known="closed"),
        Group(
            _("跟进"),
            (
                Item("planned_on", _("计划日期"), "date"),
                Item("done_on", _("实际日期"), "date", is_required=True, past=True),
                Item("mode", _("方式"), "choice", options_of(ContactMode), is_required=True),
                Item("talked_to", _("和谁谈的"), "line", most=60),
                Item("condition", _("目前状况"), "choice", CONDITION, is_required=True),
                Item("story", _("情况"), is_required=True, rows=4, most=4000),
                Item("kept", _("改变是否保持"), "choice", KEPT),
                Item(
                    "has_new_need",
                    _("有新的需求"),
                    "choice",
                    YES_NO,
                    is_required=True,
                    help=_("有的话，督导或主任可以从这里重开"),
                ),
                Item("new_need", _("新的需求"), rows=2, most=2000),
                Item("next_on", _("下次跟进日期"), "date", help=_("填了会进待办")),
            ),
        ),
    ),
    is_repeated=True,
    signers=(_("服务对象或家属"), _("社工")),
)

F13 = Schema(
    "F13",
    _("出院计划"),
    (
        Group(
            _("出院安排"),
            (
                Item("expected_on", _("预计出院"), "date", is_required=True),
                Item("destination", _("去处"), "choice", DESTINATION, is_required=True),
                Item("destination_detail", _("去处说明"), "line", most=120),
            ),
            known="stay",
        ),
        Group(
            _("照护"),
            (
                Item("care_needs", _("照护需要"), is_required=True, rows=3, most=3000),
                Item("caregiver", _("照顾者"), "line", most=80),
                Item("ability", _("照顾者能力"), "choice", ABILITY),
                Item("training", _("还要教会什么"), rows=2, most=1000),
                Item("equipment", _("辅具与用品"), rows=2, most=1000),
                Item("medication", _("用药"), rows=2, most=1500),
                Item(
                    "appointments",
                    _("复诊与治疗预约"),
                    "rows",
                    rows=5,
                    columns=(
                        cell("on", _("日期"), "date"),
                        cell("where", _("地点"), most=60),
                        cell("what", _("内容"), most=80),
                    ),
                ),
            ),
        ),
        Group(
            _("社区与费用"),
            (
                Item(
                    "contacts",
                    _("社区联系人"),
                    "rows",
                    rows=5,
                    columns=(
                        cell("body", _("机构"), most=60),
                        cell("person", _("联系人"), most=40),
                        cell("phone", _("电话"), most=30),
                        cell("what", _("提供什么"), most=80),
                    ),
                ),
                Item("clearance", _("费用结算"), "choice", CLEARANCE),
                Item("clearance_note", _("费用说明"), "line", most=120),
            ),
        ),
        Group(
            _("出院前核对"),
            (
                Item("checklist", _("已落实"), "choices", CHECKLIST),
                Item("open_points", _("还没有落实的"), rows=2, most=1500),
                Item(
                    "call_on",
                    _("一周电访日期"),
                    "date",
                    help=_("不填就是预计出院后第 7 天；会进负责社工的待办"),
                ),
            ),
        ),
    ),
    signers=(_("服务对象或监护人"), _("照顾者"), _("社工")),
)
