"""Legal capacity (民事行为能力): what was judged, by whom and when, and the words for it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from cases.models.codes import Capacity, CapacityGround
from cases.models.people import Client
from msw_portal.kernel.errors import DomainError

CAPACITY = ("capacity", "capacity_ground", "capacity_judged_by", "capacity_judged_on")
WITH_GUARDIAN = frozenset({Capacity.LIMITED, Capacity.NONE})
LONGEST = 100


def capacity_read(client: Client, given: Mapping[str, Any]) -> None:
    """Put a judgement on the person: all four of CAPACITY belong together and replace the last one.

    Raises:
        DomainError: `client.capacity_*` on the field that is wrong or missing.
    """
    capacity, ground = given.get("capacity") or "", given.get("capacity_ground") or ""
    judged_by = (given.get("capacity_judged_by") or "").strip()
    judged_on: dt.date | None = given.get("capacity_judged_on")
    if capacity not in Capacity.values:
        _refuse("needs_capacity", _("请选认定的民事行为能力。"), "capacity")
    if ground not in CapacityGround.values:
        _refuse("needs_ground", _("请选认定的依据。"), "capacity_ground")
    if not judged_by or len(judged_by) > LONGEST:
        _refuse(
            "needs_who", _("请写明由谁认定：哪家法院、鉴定机构或哪位医生。"), "capacity_judged_by"
        )
    if judged_on is None:
        _refuse("needs_day", _("请填认定日期。"), "capacity_judged_on")
    if judged_on > timezone.localdate():
        _refuse("in_future", _("认定日期不能在将来。"), "capacity_judged_on")
    if client.birth_date is not None and judged_on < client.birth_date:
        _refuse("before_birth", _("认定日期早于出生日期。"), "capacity_judged_on")
    client.capacity, client.capacity_ground = capacity, ground
    client.capacity_judged_by, client.capacity_judged_on = judged_by, judged_on


def _refuse(rule: str, message: Any, field: str) -> None:
    raise DomainError(f"client.capacity_{rule}", message, field)


def capacity_forget(client: Client) -> None:
    """As if nobody had judged: when a person is erased."""
    client.capacity = client.capacity_ground = ""
    client.capacity_judged_by = client.capacity_judged_on = None


def capacity_said(client: Client) -> str:
    """`限制民事行为能力（人民法院判决，某区人民法院，2025-03-01）`; empty when nobody judged."""
    if not client.capacity:
        return ""
    return _gettext("%(capacity)s（%(ground)s，%(who)s，%(on)s）") % {
        "capacity": client.get_capacity_display(),
        "ground": client.get_capacity_ground_display(),
        "who": client.capacity_judged_by,
        "on": f"{client.capacity_judged_on:%Y-%m-%d}",
    }
