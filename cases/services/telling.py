"""Who hears of a referral: the department it arrives at, the worker whose own was answered."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from cases.models.casework import Referral
from cases.models.codes import Priority
from cases.querysets import DOOR_ROLES
from cases.workflow import REFERRAL_OPEN
from departments.models.people import Membership
from departments.services.tasks import notify
from msw_portal.kernel.scope import enter


def referral_told(*, house: int, referral_uid: Any, payload: Mapping[str, Any]) -> int:
    """Tell everybody at the department's door once; how many were told.

    Runs in the house's scope as the system. What has been answered meanwhile is no news.
    """
    referral = Referral.objects.filter(organization_id=house, uid=referral_uid).first()
    if referral is None or referral.state not in REFERRAL_OPEN:
        return 0
    people = (
        Membership.objects.filter(
            organization_id=house,
            department_id=payload["department"],
            role__in=DOOR_ROLES,
            valid__contains=timezone.localdate(),
            user__is_active=True,
            user__is_service=False,
        )
        .exclude(user_id=payload.get("author"))
        .order_by("user_id")
        .values_list("user_id", flat=True)
        .distinct()
    )
    is_urgent = referral.urgency == Priority.URGENT
    kind = "referral.urgent" if is_urgent else "referral.arrived"
    told = 0
    for user in list(people):
        enter(org=house, user=user, role="system", care=house)
        told += notify(
            users=[user],
            organization_id=house,
            kind=kind,
            subject=referral,
            dedup_key=f"{kind}:{referral.uid}",
        )
    enter(org=house, role="system", care=house)
    return told


def answer_told(*, house: int, referral_uid: Any) -> int:
    """Tell the worker of the case what the receiver answered; how many were told.

    Runs in the house's scope as the system.
    """
    referral = (
        Referral.objects.filter(organization_id=house, uid=referral_uid)
        .select_related("case")
        .first()
    )
    if referral is None or referral.case is None or referral.case.worker_id is None:
        return 0
    user = referral.case.worker_id
    enter(org=house, user=user, role="system", care=house)
    kind = f"referral.out_{referral.state}"
    told = notify(
        users=[user],
        organization_id=house,
        kind=kind,
        subject=referral,
        dedup_key=f"{kind}:{referral.uid}",
    )
    enter(org=house, role="system", care=house)
    return told
