"""F11 危机事件报告 and F12 家庭会议 / 多学科会议记录: something that happened at one time."""

from django.utils.translation import gettext_lazy as _

from cases.form_schemas.parts import Group, Item, Schema, cell

EVENT_TYPES = (
    ("self_harm", _("自杀自伤")),
    ("harm_others", _("伤人")),
    ("abuse", _("虐待或侵害")),
    ("missing", _("走失")),
    ("dispute", _("医患冲突")),
    ("death", _("死亡")),
    ("other", _("其他")),
)
OUTCOMES = (
    ("seen_safe", _("已面见，目前安全")),
    ("referred_psychiatry", _("已转精神科会诊")),
    ("guarded", _("已安排陪护与防护")),
    ("reported", _("已报告有关机关")),
    ("not_confirmed", _("核实后不成立")),
)
NOTIFIED = (
    ("doctor", _("主管医生")),
    ("head_of_ward", _("科主任")),
    ("nurse", _("护士长")),
    ("supervisor", _("督导")),
    ("head", _("社工部主任")),
    ("guard", _("保卫")),
    ("guardian", _("监护人或家属")),
    ("police", _("公安")),
    ("civil_affairs", _("民政")),
    ("education", _("教育")),
    ("women_federation", _("妇联")),
)
MEETING = (("family", _("家庭会议")), ("mdt", _("多学科会议")))

F11 = Schema(
    "F11",
    _("危机事件报告"),
    (
        Group(_("预警"), known="alert"),
        Group(
            _("事件"),
            (
                Item("event_type", _("类型"), "choice", EVENT_TYPES, is_required=True),
                Item("happened_on", _("发生日期"), "date", past=True, is_required=True),
                Item("happened_at", _("发生时间"), "time"),
                Item("place", _("地点"), "line", most=80),
                Item(
                    "report",
                    _("经过与处理"),
                    is_required=True,
                    rows=6,
                    most=8000,
                    help=_("时间、做了什么、告诉了谁（医生、科主任、监护人、公安、民政）"),
                ),
                Item("actions", _("采取的行动"), rows=3, most=4000),
            ),
        ),
        Group(
            _("告知与报告"),
            (
                Item(
                    "notified",
                    _("已告知"),
                    "choices",
                    NOTIFIED,
                    help=_("危机预警的报告至少选一项"),
                ),
                Item("notified_detail", _("何时、由谁、怎样告知"), rows=2, most=2000),
                Item(
                    "mandatory_report_at",
                    _("强制报告日期"),
                    "date",
                    past=True,
                    help=_(
                        "经过写在“强制报告”里，只有指定的人看得到；这里写的，能打开个案的人都看得到"
                    ),
                ),
                Item("mandatory_time", _("强制报告时间"), "time"),
                Item("mandatory_to", _("报告给"), "line", most=80),
            ),
        ),
        Group(
            _("结果"),
            (
                Item("outcome", _("结果"), "choice", OUTCOMES, is_required=True),
                Item("outcome_note", _("后续安排"), rows=2, most=2000),
                Item("debrief", _("复盘与改进"), rows=3, most=4000),
            ),
        ),
    ),
    is_repeated=True,
    signers=(_("报告人"), _("督导"), _("社工部主任")),
)

F12 = Schema(
    "F12",
    _("家庭会议 / 多学科会议记录"),
    (
        Group(
            _("会议"),
            (
                Item("meeting", _("种类"), "choice", MEETING, is_required=True, initial="family"),
                Item("held_on", _("日期"), "date", is_required=True, past=True),
                Item("starts_at", _("开始时间"), "time"),
                Item("minutes", _("时长"), "integer", least=1, most=1440, unit=_("分钟")),
                Item("place", _("地点"), "line", most=80),
                Item(
                    "participants",
                    _("参加人"),
                    "rows",
                    rows=10,
                    is_required=True,
                    columns=(
                        cell("name", _("姓名"), most=40),
                        cell("part", _("身份"), most=60),
                    ),
                ),
            ),
        ),
        Group(
            _("内容"),
            (
                Item("agenda", _("议题"), is_required=True, rows=3, most=2000),
                Item("information", _("告知的信息"), rows=3, most=4000),
                Item("opinions", _("各方意见"), rows=3, most=4000),
                Item("decisions", _("决定"), is_required=True, rows=3, most=4000),
            ),
        ),
        Group(
            _("任务"),
            (
                Item(
                    "tasks",
                    _("会后任务"),
                    "rows",
                    rows=6,
                    help=_("填了日期的会进负责社工的待办"),
                    columns=(
                        cell("what", _("做什么"), most=120),
                        cell("who", _("由谁做"), most=40),
                        cell("due_on", _("完成日期"), "date"),
                    ),
                ),
            ),
        ),
    ),
    is_repeated=True,
    signers=(_("患者或家属代表"), _("医护代表"), _("社工")),
)
