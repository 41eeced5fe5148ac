"""The diagram of an appeal: a second look at a decision, or a complaint about how a request was handled."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donations.workflow import Duty, RequestState
from msw_portal.kernel.workflow import Step, Workflow


class AppealKind(models.TextChoices):
    SECOND_LOOK = "second_look", _("申请复核")
    COMPLAINT = "complaint", _("投诉办理过程")


class AppealBy(models.TextChoices):
    """Who raised it: the family by its code, the hospital's worker, an officer of the foundation."""

    FAMILY = "family", pgettext_lazy("appeal", "患者或家属")
    WORKER = "worker", pgettext_lazy("appeal", "医务社工")
    OFFICER = "officer", pgettext_lazy("appeal", "基金会项目官员")


class AppealState(models.TextChoices):
    RAISED = "raised", _("待受理")
    ACKNOWLEDGED = "acknowledged", _("已受理，待答复")
    ANSWERED = "answered", _("已答复")
    WITHDRAWN = "withdrawn", _("已撤回")


class AppealOutcome(models.TextChoices):
    UPHELD = "upheld", pgettext_lazy("appeal", "成立")
    PARTLY = "partly", pgettext_lazy("appeal", "部分成立")
    DISMISSED = "dismissed", pgettext_lazy("appeal", "不成立")


OPEN = frozenset({AppealState.RAISED, AppealState.ACKNOWLEDGED})
# A second look is asked for at one of these: the family was told no, or a sum.
REFUSED = frozenset(
    {RequestState.REJECTED, RequestState.REJECTED_INELIGIBLE, RequestState.OBJECTION_UPHELD}
)
DECIDED = REFUSED | {RequestState.APPROVED}
# Paying out decides nothing; whoever did anything else on the request does not answer an appeal about it.
NOT_DECIDING = frozenset({Duty.PREPARE, Duty.RELEASE})

A = AppealState
APPEAL = Workflow(
    name="appeal",
    final=frozenset({A.ANSWERED, A.WITHDRAWN}),
    steps=(
        Step("acknowledge", frozenset({A.RAISED}), A.ACKNOWLEDGED, _("受理")),
        Step("answer", OPEN, A.ANSWERED, _("答复")),
        Step("withdraw", OPEN, A.WITHDRAWN, _("撤回")),
    ),
)
