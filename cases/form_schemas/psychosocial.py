"""F3 需求预估表: body, mind, family, money, support, home, spirit, strengths, needs, analysis."""

from django.utils.translation import gettext_lazy as _

from cases.form_schemas.parts import Group, Item, Schema, cell, options_of
from cases.models.codes import WelfareStatus

AWARENESS = (("whole", _("完全知情")), ("part", _("部分知情")), ("none", _("不知情")))
ADL = (("self", _("自理")), ("part", _("部分依赖")), ("whole", _("完全依赖")))
GOOD_BAD = (("good", _("好")), ("fair", _("一般")), ("poor", _("差")))
HARM = (
    ("none", _("未发现")),
    ("thought", _("有想法，无计划")),
    ("plan", _("有计划")),
    ("attempt", _("有过行为")),
)
STRUCTURE = (
    ("nuclear", _("核心家庭")),
    ("stem", _("主干家庭")),
    ("single", _("单亲家庭")),
    ("skipped", _("隔代家庭")),
    ("alone", _("独居")),
    ("blended", _("重组家庭")),
    ("institution", _("机构供养")),
    ("other", _("其他")),
)
HOME = (
    ("own", _("自宅")),
    ("rented", _("租屋")),
    ("hospital", _("医院")),
    ("institution", _("机构")),
    ("none", _("无固定住所")),
    ("relatives", _("亲友家")),
    ("dormitory", _("宿舍")),
)
LIFT = (("yes", _("有电梯或一层")), ("no", _("没有电梯")), ("ramp", _("无障碍设施齐全")))

F3 = Schema(
    "F3",
    _("需求预估表"),
    (
        Group(
            _("生理"),
            (
                Item("course", _("病程"), rows=2, most=2000),
                Item("treatment", _("治疗方案与进展"), rows=2, most=2000),
                Item("awareness", _("病情知情程度"), "choice", AWARENESS),
                Item("prognosis", _("对预后的理解"), rows=2, most=1000),
                Item("symptoms", _("主要不适"), rows=2, most=1000),
                Item("pain", _("疼痛 0–10"), "scale", least=0, most=10),
                Item("adl", _("日常生活能力"), "choice", ADL),
                Item("nutrition", _("饮食"), "choice", GOOD_BAD),
                Item("sleep", _("睡眠"), "choice", GOOD_BAD),
                Item("devices", _("辅具"), "line", most=100),
            ),
            known="stay",
        ),
        Group(
            _("心理"),
            (
                Item("mood", _("情绪"), rows=2, most=1500),
                Item("cognition", _("认知"), rows=2, most=1500),
                Item("meaning", _("疾病对其意味着什么"), rows=2, most=1500),
                Item("coping", _("应对方式"), rows=2, most=1500),
                Item(
                    "harm",
                    _("自伤或自杀筛查"),
                    "choice",
                    HARM,
                    is_required=True,
                    help=_("有想法以上的，请同时发起风险预警"),
                ),
            ),
            known="scales",
        ),
        Group(
            _("社会：家庭"),
            (
                Item("structure", _("家庭结构"), "choice", STRUCTURE),
                Item(
                    "members",
                    _("家庭成员"),
                    "rows",
                    rows=8,
                    columns=(
                        cell("relation", _("关系"), most=20),
                        cell("age", _("年龄"), most=10),
                        cell("work", _("职业"), most=40),
                        cell("health", _("健康"), most=40),
                        cell("note", _("说明"), most=60),
                    ),
                ),
                Item("caregivers", _("照顾者与照顾安排"), rows=2, most=1500),
                Item("relations", _("家庭关系"), rows=2, most=1500),
                Item("decider", _("谁作决定"), "line", most=60),
            ),
            known="family",
        ),
        Group(
            _("社会：经济"),
            (
                Item("household_size", _("家庭人口"), "integer", least=1, most=50, unit=_("人")),
                Item("annual_income", _("家庭年收入"), "money"),
                Item("income_sources", _("收入来源"), "line", most=120),
                Item("debt", _("负债"), "money"),
                Item("property", _("房产与财产"), "line", most=120),
                Item("spent", _("已花医疗费"), "money"),
                Item("expected_cost", _("预计还需"), "money"),
                Item("reimbursement", _("医保报销"), "line", most=120),
                Item("aids", _("已得救助"), rows=2, most=1000),
                Item("welfare", _("困难身份"), "choices", options_of(WelfareStatus)),
            ),
        ),
        Group(
            _("社会：支持"),
            (
                Item(
                    "informal", _("非正式支持"), rows=2, most=1500, help=_("亲属、朋友、邻里、病友")
                ),
                Item(
                    "formal", _("正式支持"), rows=2, most=1500, help=_("单位、村居委会、机构、学校")
                ),
            ),
            known="ecomap",
        ),
        Group(
            _("居住"),
            (
                Item("home", _("住所"), "choice", HOME),
                Item("living_with", _("与谁同住"), "line", most=80),
                Item("lift", _("电梯与无障碍"), "choice", LIFT),
                Item("distance", _("到医院的路程"), "line", most=60),
            ),
        ),
        Group(
            _("灵性与文化"),
            (
                Item("beliefs", _("信念与精神寄托"), rows=2, most=1000),
                Item("wishes", _("心愿"), rows=2, most=1000),
                Item("taboos", _("忌讳"), rows=2, most=1000),
            ),
        ),
        Group(
            _("优势与资源"),
            (
                Item("strengths", _("个人与家庭的优势"), rows=2, most=1500),
                Item("resources", _("可用的资源"), rows=2, most=1500),
            ),
        ),
        Group(_("需求与优先次序"), known="needs"),
        Group(
            _("社工分析"),
            (
                Item("theory", _("理论分析"), rows=3, most=4000),
                Item("personal_system", _("预估摘要：个人系统"), rows=2, most=2000),
                Item("family_system", _("预估摘要：家庭系统"), rows=2, most=2000),
                Item("social_system", _("预估摘要：社会系统"), rows=2, most=2000),
                Item("risk_summary", _("风险摘要"), rows=2, most=2000),
                Item(
                    "summary",
                    _("预估结论"),
                    is_required=True,
                    most=4000,
                    help=_("问题怎样形成、先解决什么、依靠什么"),
                ),
            ),
        ),
    ),
)
