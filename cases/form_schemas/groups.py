"""G1 to G4 of group work and the plan, record and summary of an activity: domain 1.4 and 1.5."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.form_schemas.parts import Group, Item, Schema, cell, options_of
from cases.models.codes import Theory
from cases.models.group_codes import Attainment, BudgetSource, GroupKind, GroupModel, Openness

EVALUATION = (
    ("attendance", _("出席率")),
    ("scale", _("前后测量表")),
    ("satisfaction", _("满意度")),
    ("observation", _("带领者观察")),
    ("interview", _("组员访谈")),
)
PHOTOS = (
    ("none", _("没有拍照")),
    ("agreed", _("拍了，入镜的人都已书面同意")),
    ("hidden", _("拍了，看不到人脸")),
)
MOST_SESSIONS, MOST_LINES = 16, 12

_WHAT = (
    Item("name", _("小组名称"), "line", is_required=True, most=60),
    Item("kind", _("小组类型"), "choice", options_of(GroupKind), is_required=True),
    Item("work_model", _("工作模式"), "choice", options_of(GroupModel), is_required=True),
    Item("openness", _("开放性"), "choice", options_of(Openness), is_required=True),
)
_ASSOCIATION = (Item("name", _("病友会名称"), "line", is_required=True, most=60),)
_WHY = Group(
    _("背景与目的"),
    (
        Item(
            "background",
            _("背景与需求依据"),
            is_required=True,
            rows=4,
            most=4000,
            help=_("从哪里看出有这个需要：评估、转介、量表、病区的数字"),
        ),
        Item("theory", _("理论取向"), "choices", options_of(Theory)),
        Item("theory_use", _("理论怎么用在小组里"), rows=2, most=2000),
        Item("aims", _("总目标"), is_required=True, rows=2, most=2000),
        Item(
            "objectives", _("具体目标"), rows=4, most=2000, help=_("一行一个，写成能看出来的改变")
        ),
    ),
)
_WHO = Group(
    _("对象与招募"),
    (
        Item(
            "target_group", pgettext_lazy("group", "服务对象"), is_required=True, rows=2, most=1000
        ),
        Item("recruitment", _("怎么招募"), rows=2, most=1000),
        Item("screening_rule", _("怎么筛选"), rows=2, most=1000, help=_("谁适合，谁先不参加")),
        Item(
            "size_least", _("最少人数"), "integer", least=2, most=500, is_required=True, initial=6
        ),
        Item(
            "size_most", _("最多人数"), "integer", least=2, most=500, is_required=True, initial=15
        ),
    ),
)
_BUDGET = Group(
    _("经费"),
    (
        Item("budget_source", _("经费来源"), "choice", options_of(BudgetSource), is_required=True),
        Item(
            "budget",
            _("预算"),
            "rows",
            rows=MOST_LINES,
            columns=(
                cell("what", _("用途"), most=80),
                cell("quantity", _("数量"), "integer", least=1, most=100_000),
                cell("unit_price", _("单价"), "money"),
            ),
        ),
    ),
)
_RISK = Group(
    _("困难与评估"),
    (
        Item("difficulties", _("预计的困难"), rows=2, most=2000),
        Item("responses", _("应对办法"), rows=2, most=2000),
        Item("evaluation", _("评估方法"), "choices", EVALUATION),
        Item("evaluation_how", _("怎么评估"), rows=2, most=2000),
    ),
)

G1 = Schema(
    "G1",
    _("小组计划书"),
    (
        Group(_("小组"), _WHAT),
        _WHY,
        _WHO,
        Group(
            _("时间与安排"),
            (
                Item("starts_on", _("开始日期"), "date", is_required=True),
                Item("ends_on", _("结束日期"), "date"),
                Item("session_time", _("每节几点开始"), "time"),
                Item("place", _("地点"), "line", most=60),
                Item("volunteers", _("志愿者安排"), "line", most=200),
                Item(
                    "sessions",
                    _("各节安排"),
                    "rows",
                    rows=MOST_SESSIONS,
                    help=_("一般 4 到 8 节，每节 60 到 90 分钟。主题和日期必填，空行会略过。"),
                    columns=(
                        cell("title", _("主题"), most=60),
                        cell("held_on", _("日期"), "date"),
                        cell("minutes", _("分钟"), "integer", least=10, most=600),
                        cell("in_charge", _("负责人"), most=60),
                        cell("aim", _("目标"), "story", rows=2, most=300),
                        cell("content", _("内容"), "story", rows=2, most=1000),
                        cell("materials", _("物资"), most=200),
                    ),
                ),
            ),
        ),
        _BUDGET,
        _RISK,
    ),
    signers=(_("带领者"), _("督导")),
    has_person=False,
)
# 病友会: no model, no course of sessions; its meetings are activities.
G1_ASSOCIATION = Schema(
    "G1",
    _("病友会计划书"),
    (
        Group(_("病友会"), _ASSOCIATION),
        _WHY,
        _WHO,
        Group(
            _("时间与安排"),
            (
                Item("starts_on", _("开始日期"), "date", is_required=True),
                Item("place", _("地点"), "line", most=60),
                Item("rhythm", _("多久活动一次"), "line", most=100),
                Item("volunteers", _("志愿者安排"), "line", most=200),
            ),
        ),
        _BUDGET,
        _RISK,
    ),
    signers=(_("带领者"), _("督导")),
    has_person=False,
)
# What of G1 has a column or a table of its own; the rest stands in `Group.plan`.
COLUMNS = frozenset(
    {"name", "kind", "work_model", "openness", "size_least", "size_most", "starts_on", "ends_on"}
    | {"place", "budget_source"}
)
TABLES = frozenset({"sessions", "budget"})

G2 = Schema(
    "G2",
    _("组员登记表"),
    (Group(_("小组"), known="group"), Group(_("组员"), known="members")),
    signers=(_("带领者"),),
    has_person=False,
)

G3 = Schema(
    "G3",
    _("小组过程记录"),
    (
        Group(
            _("过程"),
            (
                Item("flow", _("活动流程"), is_required=True, rows=6),
                Item(
                    "attainment",
                    _("本节目标达成"),
                    "choice",
                    options_of(Attainment),
                    is_required=True,
                ),
                Item("attainment_why", _("从哪里看出来"), rows=2, most=2000),
            ),
        ),
        Group(
            _("组员与小组"),
            (
                Item("performance", _("组员表现与互动"), rows=4, most=4000),
                Item(
                    "dynamics",
                    _("小组动力"),
                    rows=4,
                    most=4000,
                    help=_("谁和谁靠近、谁被冷落、谁在带头；不写真实姓名，用组员的称呼"),
                ),
            ),
        ),
        Group(
            _("带领者"),
            (
                Item("self_evaluation", _("带领者自评"), rows=3, most=4000),
                Item("adjustment", _("下一节的调整"), rows=2, most=2000),
                Item("photos", _("照片"), "choice", PHOTOS, initial="none"),
            ),
        ),
    ),
    signers=(_("带领者"), _("督导")),
    has_person=False,
)

G4 = Schema(
    "G4",
    _("小组总结报告"),
    (
        Group(
            _("目标"),
            (
                Item("aims_met", _("目标达成情况"), is_required=True, rows=4, most=4000),
                Item("changes", _("组员的改变"), rows=3, most=4000, help=_("结合前后测和观察")),
            ),
        ),
        Group(
            _("经费与后续"),
            (
                Item("finance_note", _("经费说明"), rows=2, most=1000, help=_("超支或结余的原因")),
                Item("follow_up", _("后续跟进"), rows=3, most=2000),
                Item("reflection", _("专业反思"), is_required=True, rows=4, most=4000),
            ),
        ),
    ),
    signers=(_("带领者"), _("督导")),
    has_person=False,
)

EVENT_PLAN = Schema(
    "C1",
    _("活动计划书"),
    (
        Group(
            _("为什么办"),
            (
                Item("need", _("背景与需求"), is_required=True, rows=3, most=2000),
                Item("objectives", _("目标"), is_required=True, rows=2, most=2000),
                Item("target_group", _("对象"), "line", is_required=True, most=200),
            ),
        ),
        Group(
            _("怎么办"),
            (
                Item("flow", _("流程"), rows=4, most=4000),
                Item("staffing", _("人员分工"), rows=2, most=2000),
                Item(
                    "budget",
                    _("预算"),
                    "rows",
                    rows=8,
                    columns=(
                        cell("what", _("用途"), most=80),
                        cell("amount", _("金额"), "money"),
                    ),
                ),
                Item("promotion", _("怎么宣传"), rows=2, most=1000),
                Item("risk_plan", _("风险与预案"), rows=2, most=2000),
                Item("evaluation", _("怎么评估"), rows=2, most=1000),
            ),
        ),
    ),
    signers=(_("社工"), _("督导")),
    has_person=False,
)
EVENT_RECORD = Schema(
    "C2",
    _("活动记录"),
    (
        Group(
            _("记录"),
            (
                Item("content", _("做了什么"), is_required=True, rows=4, most=4000),
                Item("effects", _("效果"), rows=3, most=4000),
                Item("problems", _("问题"), rows=2, most=2000),
                Item("photos", _("照片"), "choice", PHOTOS, initial="none"),
            ),
        ),
    ),
    signers=(_("社工"), _("督导")),
    has_person=False,
)
EVENT_SUMMARY = Schema(
    "C3",
    _("活动总结"),
    (
        Group(
            _("总结"),
            (
                Item("objectives_met", _("目标达成情况"), is_required=True, rows=3, most=4000),
                Item("finance_note", _("经费情况"), rows=2, most=1000),
                Item("reflection", _("反思与建议"), rows=3, most=4000),
            ),
        ),
    ),
    signers=(_("社工"), _("督导")),
    has_person=False,
)
GROUP_FORMS = {schema.kind: schema for schema in (G1, G2, G3, G4)}
