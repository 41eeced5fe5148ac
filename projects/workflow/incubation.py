"""The diagram of a purchase contract; residents and stations go by the diagrams of projects and reports."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


class ContractState(TextChoices):
    RUNNING = "running", _("履行中")
    FINISHED = "finished", _("已验收")
    ENDED = "ended", _("已提前终止")


C = ContractState
CONTRACT = Workflow(
    "purchase_contract",
    (
        Step("finish", frozenset({C.RUNNING}), C.FINISHED, _("验收")),
        Step("end", frozenset({C.RUNNING}), C.ENDED, _("提前终止"), needs_reason=True),
    ),
    final=frozenset({C.FINISHED, C.ENDED}),
)
