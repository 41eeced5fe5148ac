"""The diagram of a webhook's address."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


class EndpointState(models.TextChoices):
    """Of a webhook's address: told, put aside by a person, stopped after days of failure, given up."""

    ACTIVE = "active", _("使用中")
    PAUSED = "paused", _("已暂停")
    DISABLED = "disabled", _("失败停用")
    ENDED = "ended", _("已删除")


WEBHOOK_ENDPOINT = Workflow(
    name="webhook_endpoint",
    final=frozenset({EndpointState.ENDED}),
    steps=(
        Step("pause", frozenset({EndpointState.ACTIVE}), EndpointState.PAUSED, _("暂停")),
        Step(
            "resume",
            frozenset({EndpointState.PAUSED, EndpointState.DISABLED}),
            EndpointState.ACTIVE,
            _("恢复"),
        ),
        Step("disable", frozenset({EndpointState.ACTIVE}), EndpointState.DISABLED, _("停用")),
        Step(
            "end",
            frozenset({EndpointState.ACTIVE, EndpointState.PAUSED, EndpointState.DISABLED}),
            EndpointState.ENDED,
            _("删除"),
        ),
    ),
)
