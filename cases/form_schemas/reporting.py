"""强制报告表: what the authority is told; the nine situations are those of the 2020 opinion on mandatory reports."""

from django.utils.translation import gettext_lazy as _

from cases.form_schemas.parts import Group, Item, Schema, options_of
from cases.models.codes import Sex

SIGNS = (
    ("private_injury", _("隐私部位受到或疑似受到非正常损伤")),
    ("under_14", _("不满十四周岁的女性遭受或疑似遭受性侵害、怀孕、流产")),
    ("pregnancy", _("十四周岁以上女性未成年人疑似因性侵害怀孕、流产")),
    (
        "injuries",
        _("身体多处损伤、严重营养不良、意识不清，疑似受到家暴、欺凌、虐待、殴打或被人麻醉"),
    ),
    ("unnatural", _("因自杀、自残、工伤、中毒、被人麻醉、殴打等非正常原因导致伤残、死亡")),
    ("abandoned", _("被遗弃或长期处于无人照料状态")),
    ("trafficked", _("来源不明、失踪或被拐卖、收买")),
    ("begging", _("被组织乞讨")),
    ("domestic", _("无或限制民事行为能力人遭受或疑似遭受家庭暴力")),
    ("other", _("其他严重侵害身心健康的情形")),
)
HOW_FOUND = (
    ("said", _("本人讲述")),
    ("injury", _("伤情或检查结果")),
    ("behaviour", _("行为或情绪异常")),
    ("told", _("他人告知")),
    ("screen", _("筛查或量表")),
    ("other", _("其他")),
)
SAFETY = (
    ("safe", _("已与涉嫌侵害人隔开，目前安全")),
    ("unsafe", _("仍有危险")),
    ("unclear", _("不清楚")),
)

MANDATORY = Schema(
    "MR",
    _("强制报告表"),
    (
        Group(
            _("被侵害人"),
            (
                Item("name", _("姓名"), "line", is_required=True, most=40),
                Item("sex", _("性别"), "choice", options_of(Sex)),
                Item("born", _("出生日期或年龄"), "line", most=40),
                Item("id_no", _("证件号码"), "line", most=40),
                Item("address", _("住址"), "line", most=200),
                Item("whereabouts", _("现在在哪里（病区、床号）"), "line", most=80),
                Item("guardian", _("监护人及与其关系"), "line", most=80),
                Item("guardian_phone", _("监护人电话"), "line", most=40),
                Item("school", _("学校或托育机构"), "line", most=80),
            ),
        ),
        Group(
            _("发现的情况"),
            (
                Item("found_on", _("发现日期"), "date", is_required=True, past=True),
                Item("found_at", _("发现时间"), "time"),
                Item("found_by", _("发现人"), "line", is_required=True, most=40),
                Item("how_found", _("怎样发现"), "choices", HOW_FOUND),
                Item("signs", _("属于哪种情形"), "choices", SIGNS, is_required=True),
                Item(
                    "facts",
                    _("发现的事实"),
                    is_required=True,
                    rows=6,
                    most=8000,
                    help=_("谁、何时、何地、说了什么、看到什么；写原话和所见，不写推测"),
                ),
                Item("injuries", _("伤情与检查"), rows=3, most=4000),
                Item(
                    "evidence",
                    _("已保留的证据"),
                    rows=2,
                    most=2000,
                    help=_("照片、病历、衣物、监控、谈话记录各由谁保管"),
                ),
            ),
        ),
        Group(
            _("涉嫌侵害人"),
            (
                Item("suspect", _("姓名或称呼"), "line", most=80),
                Item("suspect_relation", _("与被侵害人的关系"), "line", most=40),
                Item("suspect_where", _("现在在哪里"), "line", most=80),
            ),
        ),
        Group(
            _("已采取的措施"),
            (
                Item("safety", _("目前是否安全"), "choice", SAFETY, is_required=True),
                Item("actions", _("救治与保护措施"), rows=3, most=4000),
            ),
        ),
    ),
    signers=(_("报告人"), _("社工部主任"), _("单位负责人")),
)
