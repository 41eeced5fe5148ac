"""What is done elsewhere in the portal is done in the calendar too: one publication, one entry."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from departments import audit
from departments.models.mechanisms import Task
from departments.models.publishing import PublicEntry
from departments.services.moving import move
from departments.services.tasks import tasks_close
from donations.disclosure_workflow import DISCLOSURE, WAITING
from donations.models.disclosure import About, DisclosureItem
from donations.models.orders import LedgerOrder
from donations.services.disclosure import TASK, plan_for


@override("zh-hans")
def answered(
    subject: models.Model,
    rule_key: str,
    *,
    on: dt.date,
    note: str,
    entry: PublicEntry | None = None,
    by: Any,
) -> None:
    """Close the waiting items of a rule about a subject, naming the entry that answers them; the caller has asked."""
    rows = DisclosureItem.objects.filter(
        organization_id=subject.organization_id,
        rule_key=rule_key,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        state__in=WAITING,
    )
    for item in rows.locked():
        item.done_on, item.done_note, item.public_entry = on, note[:300], entry
        item.late_days = max(0, (on - item.due_on).days)
        fields = ("done_on", "done_note", "public_entry", "late_days")
        move(item, DISCLOSURE, "answer", by=by, also=fields)
        tasks_close(kind=TASK, subject=item, state=Task.State.DONE)
        audit.record("disclosure_item.fulfil", by=by, on=item, done_on=on)


def leftover_booked(order: LedgerOrder, *, by: Any) -> None:
    """What was left over and moved is to be published (Charity Law 58)."""
    plan_for(
        kind=About.LEFTOVER,
        subject=order,
        event="leftover_booked",
        on=timezone.localdate(),
        by=by,
    )


def leftover_disclosed(order: LedgerOrder, *, by: Any) -> None:
    """It was published elsewhere: the calendar asks no more."""
    with override("zh-hans"):
        note = _("已在别处公开：%(where)s") % {"where": order.disclosed_at}
    answered(order, "leftover_use", on=order.disclosed_on, note=note, by=by)
