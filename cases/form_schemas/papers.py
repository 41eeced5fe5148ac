"""Forms that another page fills in (consent, plan, contact, referral, activities, satisfaction): their paper."""

from django.utils.translation import gettext_lazy as _

from cases.form_schemas.parts import YES_NO, Group, Item, Schema, cell, options_of
from cases.form_schemas.planning import LEVELS, signed
from cases.models.codes import (
    ConsentKind,
    ConsentMethod,
    ContactMode,
    ContactTarget,
    NeedCategory,
    Priority,
    Relation,
    ShareItem,
    TeamItem,
    Theory,
)
from cases.models.service_codes import ConsultationResult, ServiceContent, VisitAction

PROGRESS = (
    ("none", _("没有进展")),
    ("some", _("有进展")),
    ("reached", _("已达到")),
    ("back", _("退步")),
)
TECHNIQUES = (
    ("listening", _("倾听与同理")),
    ("clarifying", _("澄清与聚焦")),
    ("information", _("提供资讯")),
    ("emotional_support", _("情绪支持")),
    ("cognitive", _("认知重构")),
    ("relaxation", _("放松训练")),
    ("play", _("游戏与绘本")),
    ("family_communication", _("家庭沟通")),
    ("resource_linking", _("资源链接")),
    ("advocacy", _("倡导与协调")),
    ("life_review", _("生命回顾")),
    ("crisis", _("危机处理")),
)
REPLY = (
    ("accepted", _("受案")),
    ("passed_on", _("再转")),
    ("refused", _("不受案")),
    ("returned", _("退回")),
    ("other", _("其他")),
)
HANDLING = (
    ("waiting", _("等待中")),
    ("taken", _("已受理")),
    ("done", _("转介完成")),
    ("failed", _("转介失败")),
)
FIVE = tuple((str(n), str(n)) for n in range(1, 6))

F2 = Schema(
    "F2",
    _("知情同意书 / 服务协议"),
    (
        Group(
            _("同意"),
            (
                Item("kind", _("同意种类"), "choice", options_of(ConsentKind)),
                Item("purpose", _("目的"), "line"),
                Item("recipient", _("接收方"), "line"),
                Item(
                    "items",
                    _("信息范围"),
                    "choices",
                    (*options_of(ShareItem), *options_of(TeamItem)),
                ),
                Item("text", _("正文"), rows=16),
            ),
        ),
        Group(
            _("签署"),
            (
                Item("signer", _("签署人"), "line"),
                Item("relation", _("与服务对象关系"), "choice", options_of(Relation)),
                Item("method", _("签署方式"), "choice", options_of(ConsentMethod)),
                Item("signed_at", _("签署时间"), "line"),
                Item("valid_to", _("有效期至"), "line"),
                Item("withdrawn_at", _("撤回日期"), "line"),
            ),
        ),
    ),
    signers=(_("服务对象或监护人"), _("见证人"), _("社工")),
)

F4 = Schema(
    "F4",
    _("个案服务计划"),
    (
        Group(
            _("总目标"),
            (
                Item("aim", _("总目标")),
                Item("theory", _("理论取向"), "choices", options_of(Theory)),
            ),
        ),
        Group(
            _("目标"),
            (
                Item(
                    "goals",
                    _("目标"),
                    "rows",
                    rows=4,
                    columns=(
                        cell("need", _("需求")),
                        cell("statement", _("目标")),
                        cell("indicator", _("指标")),
                        cell("baseline", _("现状")),
                        cell("target", _("目标值")),
                        cell("due_on", _("完成日期")),
                        cell("weight", _("权重")),
                        cell("gas", _("达成等级")),
                        cell("comment", _("督导对目标的意见")),
                    ),
                ),
                Item(
                    "levels",
                    _("五级达成各是什么样子"),
                    "rows",
                    rows=2,
                    columns=(
                        cell("goal", _("目标")),
                        *(cell(name, signed(level)) for name, level in LEVELS.items()),
                    ),
                ),
            ),
        ),
        Group(
            _("任务与服务"),
            (
                Item(
                    "tasks",
                    _("任务"),
                    "rows",
                    rows=4,
                    columns=(
                        cell("what", _("内容")),
                        cell("who", _("由谁做")),
                        cell("when", _("时间")),
                        cell("frequency", _("频次")),
                        cell("place", _("地点")),
                        cell("state", _("状态")),
                    ),
                ),
                Item(
                    "packages",
                    _("服务包"),
                    "rows",
                    rows=2,
                    columns=(
                        cell("what", _("服务")),
                        cell("who", _("提供的机构")),
                        cell("when", _("时间")),
                        cell("frequency", _("频次")),
                        cell("paid", _("费用与付费方")),
                        cell("state", _("状态")),
                    ),
                ),
            ),
        ),
        Group(
            _("安排"),
            (
                Item("sessions", _("预计次数"), "line"),
                Item("resources", _("需链接的资源")),
                Item("risks", _("风险与备选")),
                Item("review_due_on", _("检视日期"), "line"),
                Item("client_agrees", _("服务对象意见"), "line"),
                Item("supervisor_comment", _("督导意见")),
                Item("state", _("状态"), "line"),
            ),
        ),
    ),
)

F5 = Schema(
    "F5",
    _("过程记录"),
    (
        Group(
            _("会谈"),
            (
                Item("session_no", _("第几次"), "line"),
                Item("when", _("时间"), "line"),
                Item("minutes", _("时长"), "line", unit=_("分钟")),
                Item("place", _("地点"), "line"),
                Item("mode", _("方式"), "choice", options_of(ContactMode)),
                Item("target", _("对象"), "choice", options_of(ContactTarget)),
                Item("participants", _("参加人"), "line"),
                Item("services", _("服务内容"), "choices", options_of(ServiceContent)),
                Item("needs", _("涉及的需求"), "choices", options_of(NeedCategory)),
            ),
        ),
        Group(
            _("过程"),
            (
                Item("aims", _("本次目标")),
                Item("facts", _("过程与事实"), rows=8),
                Item("response", _("服务对象的反应")),
                Item("techniques", _("用到的方法"), "choices", TECHNIQUES),
                Item(
                    "progress",
                    _("目标进展"),
                    "rows",
                    rows=3,
                    columns=(
                        cell("goal", _("目标")),
                        cell("state", _("进展"), "choice", options=PROGRESS),
                        cell("note", _("说明")),
                    ),
                ),
                Item("new_needs", _("新的需求")),
                Item("emergencies", _("突发情况")),
            ),
        ),
        Group(_("分析与感受"), (Item("analysis", _("社工的分析与感受"), rows=5),)),
        Group(
            _("下一步"),
            (
                Item("next_plan", _("下次计划")),
                Item("next_on", _("下次日期"), "line"),
                Item("addenda", _("补充记录")),
            ),
        ),
    ),
    signers=(_("社工"), _("会签")),
)

F6 = Schema(
    "F6",
    _("转介单"),
    (
        Group(
            _("转介"),
            (
                Item("from", _("转出方"), "line"),
                Item("to", _("转往"), "line"),
                Item("sent_on", _("转介日期"), "line"),
                Item("urgency", _("紧急程度"), "choice", options_of(Priority)),
                Item("reply_due_on", _("期望回复日期"), "line"),
                Item("client_aware", _("服务对象知情"), "choice", YES_NO),
                Item("consent", _("同意书"), "line"),
            ),
        ),
        Group(
            _("需要的帮助"),
            (
                Item("reason", _("转介原因"), rows=4),
                Item("needs", _("需求"), "line"),
                Item("documents", _("附件"), "line"),
            ),
        ),
        Group(
            _("回执"),
            (
                Item("reply", _("受理意见"), "choice", REPLY),
                Item("handling", _("办理情况"), "choice", HANDLING),
                Item("feedback", _("结果与反馈"), rows=4),
                Item("follow_up_on", _("跟进日期"), "line"),
            ),
        ),
    ),
    signers=(_("服务对象或监护人"), _("转出社工"), _("接收方")),
)

F9 = Schema(
    "F9",
    _("探访记录"),
    (
        Group(
            _("探访"),
            (
                Item("on", _("日期"), "line"),
                Item("ward", _("病区"), "line"),
                Item("minutes", _("时长"), "line", unit=_("分钟")),
                Item("worker", _("社工"), "line"),
                Item("volunteers", _("志愿者人数"), "line"),
                Item("persons", _("探访人数"), "line"),
                Item("services", _("服务内容"), "choices", options_of(ServiceContent)),
                Item(
                    "lines",
                    _("床旁"),
                    "rows",
                    rows=12,
                    columns=(
                        cell("bed", _("床号")),
                        cell("need", _("需求")),
                        cell("action", _("处理"), "choice", options=options_of(VisitAction)),
                        cell("note", _("简记")),
                    ),
                ),
                Item("record", _("记录"), rows=4),
            ),
        ),
    ),
    signers=(_("社工"), _("督导")),
    has_person=False,
)

F10 = Schema(
    "F10",
    _("咨询登记"),
    (
        Group(
            _("咨询"),
            (
                Item("on", _("时间"), "line"),
                Item("minutes", _("时长"), "line", unit=_("分钟")),
                Item("enquirer", _("咨询人"), "line", help=_("可不写姓名")),
                Item("topic", _("主题"), "line"),
                Item("record", _("答复"), rows=6),
                Item("result", _("结果"), "choice", options_of(ConsultationResult)),
                Item("services", _("服务内容"), "choices", options_of(ServiceContent)),
            ),
        ),
    ),
    signers=(_("社工"),),
    has_person=False,
)

F14 = Schema(
    "F14",
    _("服务满意度"),
    (
        Group(
            _("请按实际感受选择，1 很不满意，5 很满意"),
            (
                Item("attitude", _("服务态度"), "choice", FIVE),
                Item("professional", _("专业水平"), "choice", FIVE),
                Item("timely", _("是否及时"), "choice", FIVE),
                Item("effect", _("服务效果"), "choice", FIVE),
                Item("overall", _("总体满意"), "choice", FIVE),
                Item("comment", _("您的意见或建议"), rows=6),
                Item("anonymous", _("不写姓名"), "choice", YES_NO),
            ),
        ),
    ),
    signers=(_("填写人（可不签）"),),
)
