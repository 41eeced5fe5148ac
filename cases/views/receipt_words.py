"""A receipt in plain words: no stage names, no staff names, what happens next and by when."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.forms.doors import WHEN
from cases.services.receipts import Receipt, ReferrerAnswer
from departments.models.doors import InboxItem
from msw_portal.kernel import display

SAID = {
    "received": (_("社工部已收到"), _("社工部已收到")),
    "claimed": (_("社工已接单"), _("社工已接单")),
    "accepted": (_("已受理，社工正在跟进"), _("已受理，社工正在跟进")),
    "completed": (_("服务已结束"), _("服务已结束")),
    "refused": (_("这次没有受理"), _("这次没有受理")),
    "returned": (_("退回，请补充后再转"), _("需要补充，请再提交一次")),
    "discarded": (_("已关闭"), _("已关闭")),
    "cancelled": (_("已撤回"), _("您已撤回")),
}


def steps_of(receipt: Receipt) -> list[dict[str, Any]]:
    """The way so far and what is ahead, as the timeline component shows it, newest state marked."""
    is_self = receipt.kind == InboxItem.Kind.SELF_REQUEST
    done = [
        {"title": SAID[state][is_self], "note": display.moment(at), "state": ""}
        for state, at in receipt.steps
        if state in SAID
    ]
    if done:
        done[-1]["state"] = "head"
        done[-1]["note"] += _answer(receipt)
    return done + _ahead(receipt, is_self)


def _answer(receipt: Receipt) -> str:
    label = dict(ReferrerAnswer.choices).get(receipt.answer, "")
    said = "；".join(str(part) for part in (label, receipt.message) if part)
    return f" · {said}" if said else ""


def _ahead(receipt: Receipt, is_self: bool) -> list[dict[str, Any]]:
    plans: list[dict[str, Any]] = []
    if receipt.state == "received":
        by = _("最晚 %(time)s") % {"time": display.moment(receipt.due_at)} if receipt.due_at else ""
        plans.append({"title": _("社工接单"), "note": by, "state": "plan"})
    if receipt.state in ("received", "claimed"):
        when = dict(WHEN).get(receipt.when, "")
        if is_self:
            note = _("您选了：%(when)s") % {"when": when} if when else ""
            plans.append({"title": _("到床边找您，或打电话"), "note": note, "state": "plan"})
        else:
            plans.append({"title": _("到床边看患者，并回复您"), "note": "", "state": "plan"})
    return plans
