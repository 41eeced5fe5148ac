"""State diagrams of this app, as data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msw_portal.kernel.workflow import Step, Workflow


class ImportState(TextChoices):
    UPLOADED = "uploaded", _("待对应列")
    REVIEWING = "reviewing", _("检查中")
    REVIEWED = "reviewed", _("待确认")
    APPLYING = "applying", _("导入中")
    DONE = "done", _("已导入")
    REFUSED = "refused", _("文件读不出")
    CANCELLED = "cancelled", _("已取消")
    EXPIRED = "expired", _("已过期")


U, R, V, A = (
    ImportState.UPLOADED,
    ImportState.REVIEWING,
    ImportState.REVIEWED,
    ImportState.APPLYING,
)
IMPORT = Workflow(
    name="import",
    steps=(
        Step("map", frozenset({U, V}), R, _("检查")),
        Step("review", frozenset({R}), V, _("检查完")),
        Step("refuse", frozenset({R}), ImportState.REFUSED, _("拒绝文件")),
        Step("confirm", frozenset({V}), A, _("确认导入")),
        Step("finish", frozenset({A}), ImportState.DONE, _("导入完")),
        # What has been imported by then stays; the same file brings the rest another time.
        Step("cancel", frozenset({U, R, V, A}), ImportState.CANCELLED, _("取消导入")),
        Step("expire", frozenset({U, V}), ImportState.EXPIRED, _("过期")),
    ),
    final=frozenset(
        {ImportState.DONE, ImportState.REFUSED, ImportState.CANCELLED, ImportState.EXPIRED}
    ),
)


class LearningState(TextChoices):
    """Of a supervision or a course; signed means that everybody concerned has signed."""

    PLANNED = "planned", pgettext_lazy("learning", "已安排")
    HELD = "held", _("已举行，待签署")
    SIGNED = "signed", _("已签署")
    CANCELLED = "cancelled", pgettext_lazy("learning", "已取消")


L = LearningState
LEARNING = Workflow(
    name="learning",
    steps=(
        Step("hold", frozenset({L.PLANNED}), L.HELD, _("记录")),
        # One signature of several moves nothing; the last one does.
        Step("sign", frozenset({L.HELD}), L.SIGNED, _("签署")),
        Step("cancel", frozenset({L.PLANNED}), L.CANCELLED, _("取消安排"), needs_reason=True),
    ),
    final=frozenset({L.SIGNED, L.CANCELLED}),
)


class CensusState(TextChoices):
    DRAFT = "draft", _("填报中")
    SUBMITTED = "submitted", _("已报送")
    RETURNED = "returned", _("已退回")
    ACCEPTED = "accepted", _("已接收")
    FROZEN = "frozen", _("已冻结")
    REPLACED = "replaced", _("已被更正")
    VOID = "void", _("已作废")


# What the other side has never seen.
CENSUS_KEPT = (CensusState.DRAFT, CensusState.VOID)
DRAFT, SENT, TAKEN = CensusState.DRAFT, CensusState.SUBMITTED, CensusState.ACCEPTED
CENSUS = Workflow(
    name="census",
    steps=(
        Step("submit", frozenset({DRAFT}), SENT, _("报送")),
        Step("discard", frozenset({DRAFT}), CensusState.VOID, _("作废草稿")),
        Step("recall", frozenset({SENT}), CensusState.RETURNED, _("撤回"), needs_reason=True),
        Step(
            "return", frozenset({SENT, TAKEN}), CensusState.RETURNED, _("退回"), needs_reason=True
        ),
        Step("accept", frozenset({SENT}), TAKEN, _("接收")),
        Step("freeze", frozenset({TAKEN}), CensusState.FROZEN, _("冻结")),
        Step("replace", frozenset({CensusState.FROZEN}), CensusState.REPLACED, _("被更正替代")),
    ),
    final=frozenset({CensusState.RETURNED, CensusState.REPLACED, CensusState.VOID}),
)


class ObjectionState(TextChoices):
    # Above what one notice gets in an hour: kept apart until somebody has looked, and never refused.
    UNSEEN = "unseen", _("待查看")
    RECEIVED = "received", _("已收到")
    INVESTIGATING = "investigating", _("核查中")
    UPHELD = "upheld", _("异议成立")
    DISMISSED = "dismissed", _("异议不成立")


OBJECTION = Workflow(
    name="objection",
    steps=(
        Step(
            "accept",
            frozenset({ObjectionState.UNSEEN, ObjectionState.RECEIVED}),
            ObjectionState.INVESTIGATING,
            _("受理"),
        ),
        Step(
            "uphold",
            frozenset({ObjectionState.INVESTIGATING}),
            ObjectionState.UPHELD,
            _("认定成立"),
        ),
        Step(
            "dismiss",
            frozenset({ObjectionState.INVESTIGATING}),
            ObjectionState.DISMISSED,
            _("认定不成立"),
        ),
    ),
    final=frozenset({ObjectionState.UPHELD, ObjectionState.DISMISSED}),
)


class DestructionStep(TextChoices):
    """Of a list of what is to be destroyed: one proposes, another approves, the system does it."""

    PROPOSED = "proposed", _("待批准")
    APPROVED = "approved", _("处置中")
    DONE = "done", _("已处置")
    REFUSED = "refused", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")


PROPOSED, APPROVED = DestructionStep.PROPOSED, DestructionStep.APPROVED
DESTRUCTION = Workflow(
    name="destruction",
    field="step",
    steps=(
        Step("approve", frozenset({PROPOSED}), APPROVED, _("批准")),
        Step(
            "refuse", frozenset({PROPOSED}), DestructionStep.REFUSED, _("不批准"), needs_reason=True
        ),
        Step("withdraw", frozenset({PROPOSED}), DestructionStep.WITHDRAWN, _("撤回")),
        Step("finish", frozenset({APPROVED}), DestructionStep.DONE, _("处置完")),
    ),
    final=frozenset({DestructionStep.DONE, DestructionStep.REFUSED, DestructionStep.WITHDRAWN}),
)


class IncidentStep(TextChoices):
    """Of a leak, loss or change of personal information (PIPL 57)."""

    FOUND = "found", _("处置中")
    CONTAINED = "contained", _("已控制")
    TOLD = "told", _("已通知")
    CLOSED = "closed", _("已办结")


FOUND, CONTAINED, TOLD = IncidentStep.FOUND, IncidentStep.CONTAINED, IncidentStep.TOLD
INCIDENT = Workflow(
    name="incident",
    field="step",
    steps=(
        Step("contain", frozenset({FOUND}), CONTAINED, _("登记已控制")),
        Step("tell", frozenset({FOUND, CONTAINED}), TOLD, _("登记已通知")),
        Step("close", frozenset({CONTAINED, TOLD}), IncidentStep.CLOSED, _("办结")),
    ),
    final=frozenset({IncidentStep.CLOSED}),
)
