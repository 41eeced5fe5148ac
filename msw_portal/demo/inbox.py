"""Referrals that wait on the last day, with their clocks running, and some that were answered at the door."""

import datetime as dt
from collections.abc import Iterator

from cases.services import referrals
from msw_portal.demo.clock import Clock
from msw_portal.demo.houses import Hospital
from msw_portal.demo.lives import Life
from msw_portal.demo.telling import acting

# What becomes of each; `urgent` waits too, with two hours to answer.
INBOX = ("waits", "urgent", "claimed", "waits", "refused", "waits", "returned", "waits")


def inbox(
    clock: Clock, hospital: Hospital, life: Life, kind: str, at: dt.datetime
) -> Iterator[dt.datetime]:
    """One referral that arrives at a moment; an actor."""
    worker = hospital.worker_of(life)
    yield at
    with acting(worker):
        referral = referrals.referral_receive(
            **life.sender,
            from_department=hospital.wards[life.ward],
            reason=life.told(life.referral_reason),
            needs=[aim.need for aim in life.aims],
            urgency="urgent" if kind == "urgent" else life.priority,
            client_aware=True,
            by=worker,
        )
        clock.pass_minutes(9)
        if kind == "claimed":
            referrals.referral_claim(referral=referral, by=worker)
        if kind == "refused":
            reason = "属于护理随访事项，已请责任护士跟进。"
            referrals.referral_refuse(referral=referral, reason=reason, by=worker)
        if kind == "returned":
            referrals.referral_return(
                referral=referral, reason="请补充患者是否知情和联系电话。", by=worker
            )
