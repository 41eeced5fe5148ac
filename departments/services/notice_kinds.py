"""What people are told: the kinds of notices, their words, and the groups a person sets them by."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models.people import Role
from msw_portal.kernel.scope import CARE_ROLES

FOUNDATION_ROLES = frozenset(
    {Role.FOUNDATION_OFFICER, Role.FOUNDATION_APPROVER, Role.FOUNDATION_CASHIER}
)
EVERYBODY = frozenset(Role.values)


class Mail(models.TextChoices):
    """How a notice leaves by mail."""

    NONE = "none", _("不发")
    NOW = "now", _("立即")
    DIGEST = "digest", _("每日摘要")


@dataclass(frozen=True)
class Group:
    """Kinds that are set together: who meets them, whether the page always shows them, and what holds until somebody chooses."""

    label: str | Promise
    kinds: dict[str, str | Promise]
    roles: frozenset[str] = field(default=CARE_ROLES)
    is_always_shown: bool = False
    mail: Mail = Mail.NONE


GROUPS: dict[str, Group] = {
    "crisis": Group(
        _("危机与风险警报"),
        {
            "risk_alert.raised": _("有新的风险警报，请马上处理"),
            "crisis_report.due": _("请在时限内写危机事件报告"),
            "group.alarm": _("组员的量表有危险信号，请马上评估"),
            "referral.urgent": _("收到紧急转介，2 小时内要有人处理"),
            "mandatory_report.opened": _("有一份强制报告要立即办理"),
            "mandatory_report.late": _("强制报告已超过时限，请马上处理"),
        },
        is_always_shown=True,
        mail=Mail.NOW,
    ),
    "referral": Group(_("新的转介"), {"referral.arrived": _("收到新的转介")}),
    "assigned": Group(
        _("交给我的个案与移交"),
        {
            "group.given": _("有小组交给您带领"),
            "case.assigned": _("有个案交给您负责"),
            "case.supervised": _("有个案交给您督导"),
            "transfer.asked": _("同事请您接手一个个案"),
            "transfer.accepted": _("您移交的个案已有人接手"),
            "transfer.refused": _("您移交的个案对方没有接手"),
        },
    ),
    "approval": Group(
        _("等我审批的"),
        {
            "plan.submitted": _("有服务计划等您审批"),
            "closing.proposed": _("有个案等您审核结案"),
            "group.submitted": _("有小组计划等您审批"),
            "group.summarized": _("有小组总结等您审核"),
            "co_sign.asked": _("有接触记录等您会签"),
        },
    ),
    "approved": Group(
        _("我提交的有了结果"),
        {
            "plan.approved": _("服务计划已批准"),
            "plan.returned": _("服务计划被退回，请修改"),
            "group.approved": _("小组计划已批准"),
            "group.returned": _("小组计划被退回，请修改"),
            "group.closed": _("小组总结已批准，小组已结束"),
            "group.summary_returned": _("小组总结被退回，请补充"),
            "co_sign.returned": _("接触记录被退回，请修改"),
            "closing.approved": _("个案已审核结案"),
            "closing.returned": _("结案被退回，请补充"),
        },
    ),
    "learning": Group(
        _("督导与培训"),
        {
            "learning.planned": _("有一次督导或培训安排了您参加"),
            "learning.cancelled": _("您参加的督导或培训取消了"),
            "learning.to_do": _("督导记录等您写反思、签署或完成后续行动"),
        },
    ),
    "mdt": Group(
        _("共享给我的个案"),
        {"mdt.shared": _("有个案共享给您")},
        roles=frozenset({Role.CLINICIAN}),
    ),
    "own_referrals": Group(
        _("我发出的转介"),
        {
            "referral.own_claimed": _("社工已接您转介的患者"),
            "referral.own_accepted": _("您转介的患者已受理，社工正在跟进"),
            "referral.own_refused": _("您的转介没有受理"),
            "referral.own_returned": _("您的转介需要补充"),
            "referral.own_completed": _("您转介的患者服务已结束"),
        },
        roles=frozenset({Role.CLINICIAN}),
    ),
    "outgoing": Group(
        _("外出转介的回复"),
        {
            "referral.out_accepted": _("对方已受理转介"),
            "referral.out_refused": _("对方没有受理转介，请另想办法"),
            "referral.out_completed": _("对方已完成转介的服务"),
            "referral.out_failed": _("对方未能提供帮助，请另想办法"),
        },
    ),
    "secrecy": Group(
        _("5 级保密的紧急查阅"),
        {
            "break_glass.opened": _("有人紧急查阅了 5 级保密个案"),
            "break_glass.own_case": _("您的 5 级保密个案被紧急查阅"),
        },
        is_always_shown=True,
    ),
    "consent": Group(
        _("知情同意撤回"),
        {"consent_withdrawn": _("知情同意已撤回")},
        roles=CARE_ROLES | FOUNDATION_ROLES,
    ),
    "hours": Group(
        _("志愿服务时长与证明"),
        {
            "hours.disputed": _("志愿者申请更正服务时长"),
            "hours.late": _("有服务时长超过一周没有确认"),
            "hours.decided": _("您的更正申请有了结果"),
            "hours.voided": _("您的一条服务记录已作废"),
            "certificate.issued": _("您的志愿服务证明已出具"),
            "certificate.replaced": _("时长有更正，证明已重新出具"),
        },
        roles=frozenset({Role.VOLUNTEER_COORDINATOR, Role.VOLUNTEER}),
    ),
    "funding": Group(
        _("救助申请与拨付"),
        {
            "funding_request.submitted": _("收到救助申请"),
            "funding_request.moved": _("救助申请有了进展"),
            "funding_request.signed": _("救助协议已签，可以开拨付单"),
            "funding_request.died": _("医院登记患者去世，停止批准与拨付"),
            "funding_request.gap": _("剩余缺口有变化，批准前请核对"),
            "funding_request.over_aid": _("各机构批准的救助合计超出自付，请核对"),
            "funding_request.related": _("申请人家庭与登记的利害关系人相符，请核对"),
            "funding_request.assigned": _("有救助申请指派给您办理"),
            "funding_request.persons_join": _("医院核对：两个对象代号是同一人"),
            "funding_request.persons_part": _("医院核对：两个对象代号不是同一人"),
            "disbursement.released": _("善款已放行"),
            "disbursement.confirmed": _("医院已确认收款"),
            "appeal.raise": _("收到复核申请或投诉"),
            "appeal.acknowledge": _("复核申请或投诉已受理"),
            "appeal.answer": _("复核申请或投诉已答复"),
            "appeal.withdraw": _("复核申请或投诉已撤回"),
            "family.message": _("家属在查询页留了言"),
            "family.paper": _("家属补交了材料"),
        },
        roles=CARE_ROLES | FOUNDATION_ROLES,
    ),
    "webhooks": Group(
        _("事件推送"),
        {"webhook.disabled": _("事件推送连续失败，已自动停用")},
        roles=frozenset({Role.SECADMIN}),
        is_always_shown=True,
    ),
    "volunteer": Group(
        _("志愿服务"),
        {
            "signup.promoted": _("候补已转为确认"),
            "shift.cancelled": _("报名的班取消了"),
        },
        roles=frozenset({Role.VOLUNTEER}),
    ),
    "disclosure": Group(
        _("信息公开的期限"),
        {
            "disclosure.remind": _("有信息公开快到期"),
            "disclosure.late": _("有信息公开逾期"),
        },
        roles=FOUNDATION_ROLES,
    ),
    "census": Group(
        _("年报"),
        {
            "census.submitted": _("收到一份年报"),
            "census.accept": _("年报已接收"),
            "census.return": _("年报被退回，请更正"),
            "census.freeze": _("年报已冻结"),
            "census.remind": _("主管部门提醒报送年报"),
        },
        roles=frozenset({Role.DEPT_HEAD, Role.AUTHORITY_OFFICER}),
    ),
    "calls": Group(
        _("项目征集与申报"),
        {
            "call.open": _("征集已开始申报"),
            "call.close": _("征集已截止"),
            "call.amended": _("您在填写的征集发布了更正"),
            "application.submitted": _("收到一份申报"),
            "application.resubmitted": _("收到申报的补正"),
            "application.withdrawn": _("一份申报已撤回"),
            "application.merged": _("一份申报已合并"),
            "application.invited": _("有单位邀请本单位联合申报"),
            "application.uninvited": _("联合申报的邀请已撤销"),
            "application.answered": _("联合申报单位已答复"),
            "application.lapse": _("申报已截止，您的草稿没有提交"),
            "application.revive": _("申报时间延长，您的草稿可以继续填写"),
        },
        roles=frozenset(
            {
                Role.AUTHORITY_OFFICER,
                Role.FOUNDATION_OFFICER,
                Role.FOUNDATION_APPROVER,
                Role.WORKER,
                Role.DEPT_HEAD,
                Role.APPLICANT,
            }
        ),
    ),
    "reviews": Group(
        _("项目评审与结果"),
        {
            "review.assigned": _("有项目请您评审"),
            "review.recused": _("有专家回避，需要另请专家"),
            "letter.arrived": _("收到评审结果通知书"),
            "application.accepted": _("申报通过形式审查"),
            "application.supplement": _("申报需要补正"),
            "application.refused": _("申报未通过形式审查"),
            "application.selected": _("申报项目入选"),
            "application.not_selected": _("申报项目未入选"),
            "application.approved": _("申报项目已立项"),
        },
        roles=frozenset(
            {
                Role.AUTHORITY_OFFICER,
                Role.FOUNDATION_OFFICER,
                Role.FOUNDATION_APPROVER,
                Role.EXPERT_REVIEWER,
                Role.WORKER,
                Role.DEPT_HEAD,
                Role.APPLICANT,
            }
        ),
    ),
    "overdue": Group(
        _("到期没办的事"),
        {"task.overdue": _("有一件事已过时限，还没有办")},
        roles=EVERYBODY,
    ),
    "made": Group(
        _("报表与档案已生成"),
        {
            "report.done": _("报表已生成，可以下载"),
            "report.failed": _("报表多次尝试仍未生成，可以打开重试"),
            "report.schedule_paused": _("定时报表已暂停，请打开确认"),
            "case.dossier_done": _("整份档案已生成，可以下载"),
            "import.reviewed": _("导入的文件已检查完，等您确认"),
            "import.done": _("导入已完成"),
        },
        roles=EVERYBODY,
    ),
}
NOTICE_WORDS: dict[str, str | Promise] = {
    kind: words for group in GROUPS.values() for kind, words in group.kinds.items()
}
GROUP_OF = {kind: code for code, group in GROUPS.items() for kind in group.kinds}


def groups_for(role: str) -> dict[str, Group]:
    """The groups that somebody in this role ever meets."""
    return {code: group for code, group in GROUPS.items() if role in group.roles}
