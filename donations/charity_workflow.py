"""The diagrams of a charity's funds and campaigns."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


class FundState(models.TextChoices):
    ACTIVE = "active", _("运行")
    PAUSED = "paused", _("暂停")
    CLOSED = "closed", _("终止")


FUND = Workflow(
    name="fund",
    final=frozenset({FundState.CLOSED}),
    steps=(
        Step("pause", _from(FundState.ACTIVE), FundState.PAUSED, _("暂停"), True),
        Step("resume", _from(FundState.PAUSED), FundState.ACTIVE, _("恢复")),
        Step("close", _from(FundState.ACTIVE, FundState.PAUSED), FundState.CLOSED, _("终止"), True),
    ),
)


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    FILED = "filed", _("已备案")
    RUNNING = "running", _("进行中")
    ENDED = "ended", _("已结束")
    CLOSED = "closed", _("已公开结项")
    ARCHIVED = "archived", _("已归档")
    TERMINATED = "terminated", _("已终止")


C = CampaignState
CAMPAIGN = Workflow(
    name="campaign",
    final=frozenset({C.ARCHIVED, C.TERMINATED}),
    steps=(
        Step("file", _from(C.DRAFT), C.FILED, _("备案")),
        # An emergency may begin before it is filed, and a directed campaign is not filed at all.
        Step("start_unfiled", _from(C.DRAFT), C.RUNNING, _("先行开始")),
        Step("file_late", _from(C.RUNNING, C.ENDED), None, _("补办备案")),
        Step("refile", _from(C.FILED, C.RUNNING), None, _("变更备案")),
        Step("start", _from(C.FILED), C.RUNNING, _("开始募捐")),
        Step("end", _from(C.RUNNING), C.ENDED, _("结束募捐")),
        Step("publish_closing", _from(C.ENDED), C.CLOSED, _("公开结项")),
        Step("archive", _from(C.CLOSED), C.ARCHIVED, _("归档")),
        Step("terminate", _from(C.FILED, C.RUNNING), C.TERMINATED, _("终止"), True),
    ),
)
