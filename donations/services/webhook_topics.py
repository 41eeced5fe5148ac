"""What a foundation's system can be told: the kinds of events, their words, and which of them a topic names."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from donations.workflow import DisbursementState, RequestState

TEST = "webhook.test"
MESSAGE = "funding_request.message"
# Steps that keep the state and are events of their own.
FLAGS = {"hold": "held", "resume": "resumed"}
# Workflow -> the states that are told; None: all of them.
TOLD: dict[str, frozenset[str] | None] = {
    "funding_request": None,
    "disbursement": None,
    "donation": frozenset({"booked"}),
}
GROUPS: dict[str, str | Promise] = {
    "funding_request.*": _("救助申请的每一步"),
    "disbursement.*": _("拨付的每一步"),
    "donation.booked": _("捐赠已入账"),
}
TOPICS: dict[str, str | Promise] = {
    **GROUPS,
    **{
        f"funding_request.{value}": format_lazy(_("救助申请：{state}"), state=label)
        for value, label in RequestState.choices
        if value != RequestState.DRAFT
    },
    "funding_request.held": _("救助申请：同意撤回，暂停办理"),
    "funding_request.resumed": _("救助申请：重新同意，恢复办理"),
    MESSAGE: _("救助申请：有新留言"),
    **{
        f"disbursement.{value}": format_lazy(_("拨付：{state}"), state=label)
        for value, label in DisbursementState.choices
    },
    TEST: _("测试"),
}
# What may be asked for; the test event is sent by hand.
CHOICES = {name: words for name, words in TOPICS.items() if name != TEST}


def topic_of(workflow: str, step: str, state: str) -> str | None:
    """The event of a move; None for what is not told."""
    if workflow not in TOLD:
        return None
    states = TOLD[workflow]
    if states is not None and state not in states:
        return None
    return f"{workflow}.{FLAGS.get(step, state)}"


def wants(topics: list[str], topic: str) -> bool:
    """Whether an address that asked for `topics` is told `topic`."""
    return topic in topics or f"{topic.partition('.')[0]}.*" in topics
