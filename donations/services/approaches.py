"""Talks with givers, so that nobody asks a company twice for the same and nobody forgets the next step."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.tasks import task_open, tasks_close
from donations.models.donors import Approach
from donations.models.giving import Donor
from donations.permissions import can_keep_approach
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

TASK = "approach_next"


@command
def approach_write(
    *,
    approach: Approach | None = None,
    target: str,
    on: dt.date,
    channel: str,
    asked_for: str,
    result: str,
    asked_amount: Decimal | None = None,
    person: str = "",
    said: str = "",
    next_step: str = "",
    next_on: dt.date | None = None,
    donor: Donor | None = None,
    by: Any,
) -> Approach:
    """Write down a talk, or what came of it; a next step becomes a task of the writer.

    Raises:
        DomainError: `approach.in_future` on `on`, `approach.next_needs_day` on `next_on`,
            `approach.next_needs_step` on `next_step`.
    """
    if approach is not None:
        approach = Approach.objects.locked().get(pk=approach.pk)
    require(can_keep_approach, by, approach)
    if on > timezone.localdate():
        raise DomainError("approach.in_future", _("不能晚于今天。"), "on")
    if next_step.strip() and (next_on is None or next_on < on):
        raise DomainError(
            "approach.next_needs_day", _("请填写下一步的日期，不早于这次接洽。"), "next_on"
        )
    if next_on is not None and not next_step.strip():
        raise DomainError("approach.next_needs_step", _("请写明下一步做什么。"), "next_step")
    row = approach or Approach(organization_id=by.house_id, created_by=by)
    waited_for = row.next_on
    row.target, row.on, row.channel = donor.name_masked if donor else target.strip(), on, channel
    row.donor, row.asked_for, row.asked_amount = donor, asked_for, asked_amount
    row.result, row.person, row.said = result, person.strip() or None, said.strip() or None
    row.next_step, row.next_on = next_step.strip(), next_on
    row.save()
    if row.next_on != waited_for:
        _remind(row, by=by)
    audit.record(
        "approach.change" if approach else "approach.write", by=by, on=row, answer=row.result
    )
    return row


def _remind(row: Approach, *, by: Any) -> None:
    """The next step on its day, as a task of whoever wrote the talk; what waited for another day is done."""
    tasks_close(kind=TASK, subject=row)
    if row.next_on is None:
        return
    task_open(
        kind=TASK,
        organization_id=row.organization_id,
        subject=row,
        due_at=timezone.make_aware(dt.datetime.combine(row.next_on, dt.time(17, 30))),
        assignee=row.created_by or by,
        # A step may be put off and come back to the same day.
        dedup_key=f"{TASK}:{row.uid}:{timezone.now():%Y%m%d%H%M%S%f}",
        by=by,
    )
