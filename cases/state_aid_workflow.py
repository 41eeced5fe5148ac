"""The diagram of state aid: what a family asks of the authorities, step by step; decided there, followed here."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


class StateAidState(TextChoices):
    PREPARING = "preparing", _("准备材料")
    FILED = "filed", _("已递交")
    SUPPLEMENT = "supplement", _("待补材料")
    REVIEWING = "reviewing", _("审核中")
    NOTICE = "notice", _("公示中")
    GRANTED = "granted", _("已批准")
    REFUSED = "refused", _("未批准")
    RECEIVED = "received", _("已到账")
    ENDED = "ended", _("已终止")


S = StateAidState
STATE_AID = Workflow(
    "state_aid",
    (
        Step("file", frozenset({S.PREPARING}), S.FILED, _("递交申请")),
        Step("accept", frozenset({S.FILED}), S.REVIEWING, _("已受理，开始审核")),
        Step(
            "ask_papers",
            frozenset({S.FILED, S.REVIEWING, S.NOTICE}),
            S.SUPPLEMENT,
            _("被要求补材料"),
            needs_reason=True,
        ),
        Step("hand_in", frozenset({S.SUPPLEMENT}), S.REVIEWING, _("材料已补交")),
        Step("notice", frozenset({S.REVIEWING}), S.NOTICE, _("进入公示")),
        Step(
            "grant",
            # 急难情形先行救助、特困与低保直接给予: the answer may come before any of the steps between.
            frozenset({S.FILED, S.SUPPLEMENT, S.REVIEWING, S.NOTICE}),
            S.GRANTED,
            _("登记批准"),
        ),
        Step(
            "refuse",
            frozenset({S.FILED, S.SUPPLEMENT, S.REVIEWING, S.NOTICE}),
            S.REFUSED,
            _("登记未批准"),
            needs_reason=True,
        ),
        Step("receive", frozenset({S.GRANTED}), S.RECEIVED, _("登记到账")),
        Step("appeal", frozenset({S.REFUSED}), S.REVIEWING, _("申请复核"), needs_reason=True),
        Step(
            "end",
            frozenset({S.PREPARING, S.FILED, S.SUPPLEMENT, S.REVIEWING, S.NOTICE, S.GRANTED}),
            S.ENDED,
            _("终止办理"),
            needs_reason=True,
        ),
    ),
    final=frozenset({S.RECEIVED, S.ENDED}),
)
# Where an answer is still awaited, and where anything is still to be done.
AWAITING = frozenset({S.FILED, S.SUPPLEMENT, S.REVIEWING, S.NOTICE})
RUNNING = AWAITING | {S.PREPARING, S.GRANTED}
# What has been granted counts into the gap of the bill.
COUNTED = frozenset({S.GRANTED, S.RECEIVED})
