"""F1 接案登记表: who came, how, with what, and what intake decided."""

from django.utils.translation import gettext_lazy as _

from cases.form_schemas.parts import YES_NO, Group, Item, Schema, options_of
from cases.models.codes import CaseMethod, Decision, NeedCategory, Priority

RISK_FLAGS = (
    ("self_harm", _("自伤或自杀意念")),
    ("harm_to_others", _("伤人风险")),
    ("minor_harm", _("未成年人疑似受侵害")),
    ("abuse", _("虐待、忽视或家暴")),
    ("discharge_unsafe", _("出院去处不安全")),
    ("treatment_refused", _("因费用或情绪准备放弃治疗")),
)
MARITAL = (
    ("single", _("未婚")),
    ("married", _("已婚")),
    ("divorced", _("离婚")),
    ("widowed", _("丧偶")),
    ("child", _("未成年")),
)
EDUCATION = (
    ("preschool", _("学龄前")),
    ("primary", _("小学")),
    ("junior", _("初中")),
    ("senior", _("高中或中专")),
    ("college", _("大专")),
    ("bachelor", _("本科及以上")),
    ("none", _("未上过学")),
)
EMPLOYMENT = (
    ("employed", _("在职")),
    ("flexible", _("灵活就业")),
    ("farming", _("务农")),
    ("unemployed", _("失业")),
    ("retired", _("退休")),
    ("student", _("学生或学龄前")),
    ("disabled", _("因病不能工作")),
)
HUKOU = (("rural", _("农业")), ("urban", _("非农")), ("other", _("其他")))
CARD = (("none", _("没有")), ("applying", _("办理中")), ("held", _("已办")))
DISABILITY_LEVEL = tuple((str(n), str(n)) for n in range(1, 5))

F1 = Schema(
    "F1",
    _("接案登记表"),
    (
        Group(
            _("个案"), (Item("cross_system_no", _("其他系统编号"), "line", most=60),), known="case"
        ),
        Group(
            _("服务对象"),
            (
                Item("nationality", _("国籍"), "line", most=30),
                Item("ethnicity", _("民族"), "line", most=30),
                Item("language", _("语言或方言"), "line", most=40),
                Item("marital_status", _("婚姻"), "choice", MARITAL),
                Item("education", _("文化程度"), "choice", EDUCATION),
                Item("employment", _("就业"), "choice", EMPLOYMENT),
                Item("occupation", _("职业"), "line", most=40),
                Item("hukou_type", _("户籍类型"), "choice", HUKOU),
                Item("hukou_address", _("户籍地址"), "line", most=120),
                Item(
                    "religion",
                    _("宗教信仰"),
                    "line",
                    most=40,
                    help=_("敏感信息，对方愿意说才记"),
                ),
            ),
            known="person",
        ),
        Group(_("联系人与监护人"), known="relatives"),
        Group(
            _("医疗信息"),
            (
                Item("catastrophic_card", _("大病或门特"), "choice", CARD),
                Item("disability_card", _("残疾证"), "choice", CARD),
                Item("disability_level", _("残疾等级"), "choice", DISABILITY_LEVEL),
            ),
            known="stay",
        ),
        Group(
            _("来源"),
            (
                Item("referrer_name", _("转介人"), "line", most=40),
                Item("referrer_title", _("职务"), "line", most=40),
                Item("referrer_phone", _("转介人电话"), "line", most=30),
                Item("client_aware", _("服务对象知道转介"), "choice", YES_NO),
            ),
            known="source",
        ),
        Group(
            _("求助问题"),
            (
                Item("need_categories", _("需求类别"), "choices", options_of(NeedCategory)),
                Item(
                    "previous_help",
                    _("已做过的努力与已得到的帮助"),
                    most=2000,
                    help=_("找过谁、得到过什么"),
                ),
                Item("client_expectation", _("服务对象的期望"), most=2000),
            ),
            known="problem",
        ),
        Group(
            _("初步判断"),
            (
                Item(
                    "decision",
                    _("接案决定"),
                    "choice",
                    options_of(Decision),
                    is_required=True,
                    initial=Decision.OPEN.value,
                ),
                Item(
                    "method",
                    _("工作方法"),
                    "choice",
                    options_of(CaseMethod),
                    initial=CaseMethod.CASEWORK.value,
                    help=_("要协调几家机构、安排服务包的，选个案管理"),
                ),
                Item(
                    "urgency",
                    _("紧急程度"),
                    "choice",
                    options_of(Priority),
                    is_required=True,
                    initial=Priority.NORMAL.value,
                ),
                Item("risk_flags", _("风险提示"), "choices", RISK_FLAGS),
                Item("decision_reason", _("决定的依据"), "line", most=200),
                Item("supervisor_opinion", _("督导意见"), most=1000, rows=2),
                Item(
                    "within_scope",
                    _("属于本部门服务范围"),
                    "yes",
                    is_required=True,
                    must=_("不属于服务范围的，请用“不接案”并写明理由。"),
                ),
                Item(
                    "privacy_notice_given",
                    _("已当面说明个人信息怎样使用、保密及其例外"),
                    "yes",
                    is_required=True,
                    must=_("接案前要先做隐私告知。"),
                ),
            ),
            known="assigned",
        ),
    ),
    signers=(_("服务对象或监护人"), _("接案社工"), _("督导")),
)
