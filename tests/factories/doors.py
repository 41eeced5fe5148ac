"""Codes that hang in wards, and what is sent through them."""

from typing import Any

from cases.models.casework import Referral
from cases.services.door_intake import door_submit
from cases.services.door_links import MadeDoor, door_create
from departments.models.organizations import Department
from departments.models.people import User
from departments.services.entering import house_scope
from msw_portal.kernel.ids import uuid7

WARD = {
    "bed": "16",
    "patient_name": "王某",
    "needs": ["financial"],
    "urgency": "normal",
    "is_crisis": False,
    "reason": "家属说押金交不上，一直在哭",
    "client_aware": True,
    "referrer": "李护士",
    "callback": "6123",
}
SELF = {
    "who": "family",
    "relation": "mother",
    "ward": "血液科一病区",
    "bed": "16",
    "needs": ["financial", "emotional"],
    "distress": 6,
    "is_crisis": False,
    "reason": "要做第二次化疗，钱快不够了",
    "name": "王女士",
    "patient_name": "",
    "phone": "13812341234",
    "call_when": "afternoon",
    "agrees": True,
    "agrees_stay": False,
}


def make_door(by: User, kind: str = "ward_door", place: Department | None = None) -> MadeDoor:
    """A live code at the ward of the person's house; inside the person's scope."""
    place = place or Department.objects.get(organization_id=by.house_id, kind="ward")
    return door_create(kind=kind, department=place, by=by)


def send(made: MadeDoor, once: str = "", **given: Any) -> str | None:
    """Knock as nobody; the receipt code."""
    base = WARD if made.link.kind == "ward_door" else SELF
    return door_submit(token=made.token, payload={**base, **given}, once=once or str(uuid7()))


def referrals_of(house_id: int) -> list[Referral]:
    with house_scope(house_id, care=True):
        return list(
            Referral.objects.filter(organization_id=house_id)
            .select_related("inbox_item", "from_department")
            .order_by("id")
        )


def posted(made: MadeDoor, **given: Any) -> dict[str, Any]:
    """The same as the fields of the page."""
    base = WARD if made.link.kind == "ward_door" else SELF
    facts = {**base, "once": str(uuid7()), **given}
    return {name: value for name, value in facts.items() if value is not False}
