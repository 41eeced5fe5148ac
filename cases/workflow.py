"""The diagrams of this app: which step leads from which states to which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msw_portal.kernel.workflow import Step, Workflow


class CaseStage(TextChoices):
    PENDING = "pending", _("待受理")
    INTAKE = "intake", _("接案")
    ASSESSMENT = "assessment", _("预估")
    PLANNING = "planning", _("计划")
    INTERVENTION = "intervention", _("介入")
    EVALUATION = "evaluation", pgettext_lazy("stage", "评估")
    CLOSURE = "closure", _("待结案审核")
    CLOSED = "closed", _("已结案")
    DECLINED = "declined", _("不接案")
    REFERRED_OUT = "referred_out", _("已转介")
    VOIDED = "voided", _("已作废")


S = CaseStage
FINAL_STAGES = frozenset({S.CLOSED, S.DECLINED, S.REFERRED_OUT, S.VOIDED})
OPEN_STAGES = frozenset(CaseStage) - FINAL_STAGES
UNASSIGNED_STAGES = frozenset({S.PENDING, S.DECLINED, S.VOIDED})
WORKING_STAGES = OPEN_STAGES - {S.PENDING}
STEP_BACK = {S.ASSESSMENT: S.INTAKE, S.PLANNING: S.ASSESSMENT, S.INTERVENTION: S.PLANNING}


def _from(*stages: CaseStage) -> frozenset[str]:
    return frozenset(stages)


CASE = Workflow(
    "case",
    (
        Step("assign", _from(S.PENDING), S.INTAKE, _("受理并分派")),
        Step("decline", _from(S.PENDING, S.INTAKE), S.DECLINED, _("不接案"), needs_reason=True),
        Step("accept", _from(S.INTAKE), S.ASSESSMENT, _("完成接案")),
        Step("refer_out", _from(S.INTAKE), S.REFERRED_OUT, _("转介"), needs_reason=True),
        Step("assess", _from(S.ASSESSMENT), S.PLANNING, _("完成预估")),
        Step("start", _from(S.PLANNING), S.INTERVENTION, _("开始介入")),
        Step("evaluate", _from(S.INTERVENTION), S.EVALUATION, _("进入评估")),
        Step("propose_closing", _from(S.EVALUATION), S.CLOSURE, _("提交结案")),
        Step("close", _from(S.CLOSURE), S.CLOSED, _("批准结案")),
        Step("return", _from(S.CLOSURE), S.EVALUATION, _("退回结案"), needs_reason=True),
        *(
            Step(
                f"step_back_{source.value}",
                _from(source),
                target,
                _("退回上一阶段"),
                needs_reason=True,
            )
            for source, target in STEP_BACK.items()
        ),
        Step("suspend", OPEN_STAGES, None, _("暂停"), needs_reason=True),
        Step("resume", OPEN_STAGES, None, _("恢复"), needs_reason=True),
        Step("reopen", _from(S.CLOSED), None, _("重开"), needs_reason=True),
        Step("void", OPEN_STAGES, S.VOIDED, _("作废"), needs_reason=True),
    ),
    field="stage",
    final=frozenset(FINAL_STAGES),
)


class ReferralState(TextChoices):
    DRAFT = "draft", _("草稿")
    SENT = "sent", _("已发出")
    RECEIVED = "received", _("待认领")
    CLAIMED = "claimed", _("已认领")
    ACCEPTED = "accepted", _("已接收")
    COMPLETED = "completed", _("已完成")
    REFUSED = "refused", _("不受理")
    RETURNED = "returned", _("已退回")
    FAILED = "failed", _("未成功")
    CANCELLED = "cancelled", _("已取消")
    DISCARDED = "discarded", _("已丢弃")


R = ReferralState
REFERRAL_IN = Workflow(
    "referral_in",
    (
        Step("claim", frozenset({R.RECEIVED}), R.CLAIMED, _("认领")),
        Step("release", frozenset({R.CLAIMED}), R.RECEIVED, _("放回待认领")),
        Step("accept", frozenset({R.RECEIVED, R.CLAIMED}), R.ACCEPTED, _("接收")),
        Step(
            "refuse", frozenset({R.RECEIVED, R.CLAIMED}), R.REFUSED, _("不受理"), needs_reason=True
        ),
        Step(
            "return", frozenset({R.RECEIVED, R.CLAIMED}), R.RETURNED, _("退回"), needs_reason=True
        ),
        Step("discard", frozenset({R.RECEIVED, R.CLAIMED}), R.DISCARDED, _("丢弃")),
        Step("withdraw", frozenset({R.RECEIVED, R.CLAIMED}), R.CANCELLED, _("求助人撤回")),
        Step("done", frozenset({R.ACCEPTED}), R.COMPLETED, _("完成")),
    ),
    final=frozenset({R.COMPLETED, R.REFUSED, R.RETURNED, R.DISCARDED, R.CANCELLED}),
)
REFERRAL_OPEN = frozenset({R.RECEIVED, R.CLAIMED})


REFERRAL_OUT = Workflow(
    "referral_out",
    (
        Step("send", frozenset({R.DRAFT}), R.SENT, _("发出")),
        Step("accept", frozenset({R.SENT}), R.ACCEPTED, _("对方受理")),
        Step("refuse", frozenset({R.SENT}), R.REFUSED, _("对方不受理"), needs_reason=True),
        Step("done", frozenset({R.ACCEPTED}), R.COMPLETED, _("转介完成")),
        Step(
            "no_help",
            frozenset({R.SENT, R.ACCEPTED}),
            R.FAILED,
            _("未能提供帮助"),
            needs_reason=True,
        ),
        Step("remind", frozenset({R.SENT}), None, _("催复"), needs_reason=True),
        Step("cancel", frozenset({R.DRAFT, R.SENT}), R.CANCELLED, _("取消"), needs_reason=True),
    ),
    final=frozenset({R.COMPLETED, R.REFUSED, R.FAILED, R.CANCELLED}),
)
REFERRAL_TAKEN = frozenset({R.ACCEPTED, R.COMPLETED})


class TransferState(TextChoices):
    REQUESTED = "requested", _("待接收")
    ACCEPTED = "accepted", _("已接收")
    REFUSED = "refused", _("已拒绝")
    REVOKED = "revoked", _("已撤回")


T = TransferState
TRANSFER = Workflow(
    "case_transfer",
    (
        Step("accept", frozenset({T.REQUESTED}), T.ACCEPTED, _("接收")),
        Step("refuse", frozenset({T.REQUESTED}), T.REFUSED, _("拒绝"), needs_reason=True),
        Step("revoke", frozenset({T.REQUESTED}), T.REVOKED, _("撤回"), needs_reason=True),
    ),
    final=frozenset({T.ACCEPTED, T.REFUSED, T.REVOKED}),
)


class CoSignState(TextChoices):
    """Of a record by an assistant or intern; "" where nobody signs."""

    WAITING = "waiting", _("待会签")
    RETURNED = "returned", _("已退回")
    SIGNED = "signed", _("已会签")


G = CoSignState
# Read from the newest transition (ContactQuerySet.with_co_sign_state): a locked record takes no column.
CO_SIGN = Workflow(
    "contact_sign",
    (
        Step("return", frozenset({G.WAITING}), G.RETURNED, _("退回修改"), needs_reason=True),
        Step("answer", frozenset({G.RETURNED}), G.WAITING, _("改好再交")),
        Step("sign", frozenset({G.WAITING, G.RETURNED}), G.SIGNED, _("会签")),
    ),
    field="co_sign_state",
    final=frozenset({G.SIGNED}),
)


class SubjectRequestState(TextChoices):
    RECEIVED = "received", _("待核验身份")
    ACCEPTED = "accepted", _("办理中")
    REFUSED = "refused", _("已拒绝")
    ANSWERED = "answered", _("已答复")
    CLOSED = "closed", _("已办结")


Q = SubjectRequestState
SUBJECT_REQUEST = Workflow(
    "subject_request",
    (
        Step("verify", frozenset({Q.RECEIVED}), Q.ACCEPTED, _("核验身份并受理")),
        Step(
            "refuse", frozenset({Q.RECEIVED, Q.ACCEPTED}), Q.REFUSED, _("拒绝"), needs_reason=True
        ),
        Step("answer", frozenset({Q.ACCEPTED}), Q.ANSWERED, _("答复")),
        Step("close", frozenset({Q.ANSWERED, Q.REFUSED}), Q.CLOSED, _("办结")),
    ),
    final=frozenset({Q.CLOSED}),
)


class PlanState(TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待督导审核")
    APPROVED = "approved", _("已批准")
    REPLACED = "replaced", _("已被新版本取代")


P = PlanState
PLAN = Workflow(
    "plan",
    (
        Step("submit", frozenset({P.DRAFT}), P.SUBMITTED, _("提交审核")),
        Step("approve", frozenset({P.SUBMITTED}), P.APPROVED, _("批准")),
        Step("return", frozenset({P.SUBMITTED}), P.DRAFT, _("退回修改"), needs_reason=True),
        Step("replace", frozenset({P.APPROVED}), P.REPLACED, _("由新版本取代")),
        Step("review", frozenset({P.APPROVED}), None, _("检视"), needs_reason=True),
        Step(
            "unsigned",
            frozenset({P.SUBMITTED, P.APPROVED}),
            None,
            _("服务对象没有签署"),
            needs_reason=True,
        ),
    ),
    final=frozenset({P.REPLACED}),
)


class AlertState(TextChoices):
    RAISED = "raised", _("待处理")
    HANDLING = "handling", _("处理中")
    RESOLVED = "resolved", _("已解除")


A = AlertState
ALERT = Workflow(
    "risk_alert",
    (
        Step("take", frozenset({A.RAISED}), A.HANDLING, _("接手处理")),
        Step("resolve", frozenset({A.HANDLING}), A.RESOLVED, _("解除")),
    ),
    final=frozenset({A.RESOLVED}),
)


class ReportState(TextChoices):
    OPENED = "opened", _("待报告")
    REPORTED = "reported", _("已报告")
    FOLLOWED = "followed", _("跟进中")
    CLOSED = "closed", _("已办结")
    DISMISSED = "dismissed", _("经复核不适用")


M = ReportState
# 强制报告: told to an authority first, followed until the authority has answered; a second person may
# find that the duty does not apply, but only while nobody has been told.
REPORT = Workflow(
    "mandatory_report",
    (
        Step("tell", frozenset({M.OPENED}), M.REPORTED, _("报告")),
        Step("follow", frozenset({M.REPORTED, M.FOLLOWED}), M.FOLLOWED, _("跟进")),
        Step("close", frozenset({M.REPORTED, M.FOLLOWED}), M.CLOSED, _("办结")),
        Step("dismiss", frozenset({M.OPENED}), M.DISMISSED, _("认定不适用"), needs_reason=True),
    ),
    final=frozenset({M.CLOSED, M.DISMISSED}),
)


class ConsentState(TextChoices):
    GIVEN = "given", _("有效")
    WITHDRAWN = "withdrawn", _("已撤回")
    EXPIRED = "expired", _("已到期")
    SUPERSEDED = "superseded", _("已由新的同意取代")


C = ConsentState
# The state is read from the dates of the row (models.consents), so `move` never assigns it.
CONSENT = Workflow(
    "consent",
    (
        Step(
            "withdraw", frozenset({C.GIVEN, C.EXPIRED}), C.WITHDRAWN, _("撤回"), needs_reason=True
        ),
        Step("supersede", frozenset({C.GIVEN, C.EXPIRED}), C.SUPERSEDED, _("由新的同意取代")),
        Step("lapse", frozenset({C.GIVEN, C.EXPIRED}), C.EXPIRED, _("到期未重新同意，停止使用")),
        Step("notice", frozenset({C.GIVEN, C.EXPIRED}), None, _("事后告知"), needs_reason=True),
    ),
    final=frozenset({C.WITHDRAWN, C.SUPERSEDED}),
)


class DropState(TextChoices):
    READING = "reading", _("读取中")
    DONE = "done", _("已读完")
    REFUSED = "refused", _("文件读不出")


D = DropState
# A file of the hospital's system; lines that were refused do not stop the others.
DROP = Workflow(
    "episode_drop",
    (
        Step("finish", frozenset({D.READING}), D.DONE, _("读完")),
        Step("refuse", frozenset({D.READING}), D.REFUSED, _("拒绝文件")),
    ),
    final=frozenset({D.DONE, D.REFUSED}),
)


class PairState(TextChoices):
    OPEN = "open", _("待核对")
    MERGED = "merged", _("已合并")
    DISMISSED = "dismissed", _("不是同一个人")


J = PairState
# Two records that may be one person. A merge goes back as it came: nothing of the two is lost.
PAIR = Workflow(
    "duplicate_pair",
    (
        Step("merge", frozenset({J.OPEN}), J.MERGED, _("合并")),
        Step("unmerge", frozenset({J.MERGED}), J.OPEN, _("撤销合并"), needs_reason=True),
        Step("dismiss", frozenset({J.OPEN}), J.DISMISSED, _("不是同一个人"), needs_reason=True),
        Step("reopen", frozenset({J.DISMISSED}), J.OPEN, _("重新核对"), needs_reason=True),
    ),
)
