"""What comes in by a door: written by nobody behind its wall, made a referral by the system afterwards."""

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Referral
from cases.models.codes import NeedCategory, Priority, Relation
from cases.models.people import Client
from cases.models.referral_codes import ReferrerProfession
from cases.services.clocks import triage_due
from cases.services.crisis_words import crisis_words
from cases.services.door_links import Door, door_enter
from cases.services.imports.matching import person_of_record
from cases.services.receipts import code_of, hash_of, receipt_house, receipt_open
from cases.services.referrals import referral_withdraw
from cases.workflow import REFERRAL_IN, REFERRAL_OPEN
from departments import audit
from departments.models.doors import InboxItem
from departments.models.organizations import Department
from departments.services import outbox
from departments.services.entering import house_scope
from departments.services.inbox import item_keep, items_sweep
from departments.services.moving import write_transition
from departments.services.policies import risk_rule
from departments.services.tasks import task_open
from msw_portal.kernel.commands import command
from msw_portal.kernel.scope import scope

log = logging.getLogger(__name__)
KINDS = {
    "ward_door": InboxItem.Kind.WARD_REFERRAL,
    "self_door": InboxItem.Kind.SELF_REQUEST,
}


def door_submit(*, token: str, payload: Mapping[str, Any], once: str) -> str | None:
    """Take in what was sent by a door and make it a referral; the receipt code, None when the door is shut.

    `once` is the form's own key: the same content sent again under it is the same request and
    gives the same code.
    """
    kept = dict(payload)
    digest = _digest(token, once, kept)
    code = code_of(digest)
    with scope():
        door = door_enter(token)
        if door is None:
            return None
        item = _keep(door, kept, digest=digest, code=code)
    if item is not None:
        try:
            _promote(item.organization_id, item.pk)
        except Exception:
            # It is safe in the inbox: the sweep makes the referral, the sender has the receipt.
            log.exception("inbox item %s waits for the sweep", item.uid)
    return code


def _digest(token: str, once: str, payload: Mapping[str, Any]) -> str:
    text = json.dumps([token, once, payload], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _keep(door: Door, payload: dict[str, Any], *, digest: str, code: str) -> InboxItem | None:
    """Insert behind the door's wall; None for what is there already."""
    item = InboxItem(
        organization_id=door.organization_id,
        link_id=door.link_id,
        department_id=door.receiver_id,
        kind=KINDS[door.kind],
        payload={**payload, "place": door.place, "place_id": door.place_id if door.is_ward else 0},
        receipt_hash=hash_of(code),
        dedup_key=f"door:{digest}",
    )
    return item_keep(item)


def _promote(organization_id: int, pk: int) -> None:
    with house_scope(organization_id, care=True):
        inbox_promote(item=InboxItem.objects.get(pk=pk), by=None)


@command
def inbox_promote(*, item: InboxItem, by: Any) -> Referral | None:
    """Make a kept request a referral with its clock, task, receipt and notice; None when it was done before."""
    item = InboxItem.objects.locked().get(pk=item.pk)
    if item.state != InboxItem.State.NEW:
        return None
    receiver = Department.objects.get(pk=item.department_id)
    # What is stored is said in the house's language, whichever the sender read.
    with translation.override(settings.LANGUAGE_CODE):
        facts = _referral_facts(item)
    person = _person(item)
    referral = Referral(
        organization_id=item.organization_id,
        inbox_item=item,
        client=person,
        received_at=item.created_at,
        due_at=triage_due(
            receiver, is_crisis=facts["urgency"] == Priority.URGENT, since=item.created_at
        ),
        created_by_id=item.created_by_id,
        **facts,
    )
    referral.save(force_insert=True)
    write_transition(referral, REFERRAL_IN, "receive", before="", by=by)
    item.state, item.promoted_uid = InboxItem.State.PROMOTED, referral.uid
    item.save(update_fields=["state", "promoted_uid"])
    receipt_open(referral)
    task_open(
        kind="referral",
        organization_id=item.organization_id,
        subject=referral,
        due_at=referral.due_at,
        role="worker",
        department_id=receiver.pk,
        by=by,
    )
    outbox.put(
        "referral.arrived",
        organization_id=item.organization_id,
        subject=referral,
        department=receiver.pk,
    )
    audit.record(
        "referral.receive",
        by=by,
        on=referral,
        organization_id=item.organization_id,
        urgency=referral.urgency,
        needs=referral.needs,
        door=item.kind,
        **({"has_client": True} if person else {}),
    )
    return referral


def _person(item: InboxItem) -> Client | None:
    """Whom the hospital's own system means by the number of the medical record; nobody writes one at a wall."""
    said = item.payload
    if not said.get("mrn"):
        return None
    return person_of_record(said["mrn"], said.get("patient_name", ""), item.organization_id)


def _referral_facts(item: InboxItem) -> dict[str, Any]:
    said = item.payload
    words = said.get("reason", "")
    is_urgent = bool(said.get("is_crisis") or crisis_words(words)) or _is_worst(item)
    needs = [need for need in said.get("needs", ()) if need in NeedCategory.values]
    if is_urgent and said.get("is_crisis") and NeedCategory.CRISIS not in needs:
        needs.append(NeedCategory.CRISIS.value)
    urgency = Priority.URGENT if is_urgent else said.get("urgency", Priority.NORMAL)
    return {
        "from_text": _sender(item),
        "from_department_id": said.get("place_id") or None,
        "from_profession": _profession(item),
        "reason": words or _needs_as_reason(needs),
        "needs": needs,
        "urgency": urgency,
        "client_aware": bool(said.get("client_aware")),
    }


def _is_worst(item: InboxItem) -> bool:
    points = item.payload.get("distress")
    return isinstance(points, int) and points >= risk_rule(item.organization_id).distress


def _sender(item: InboxItem) -> str:
    said = item.payload
    if item.kind == InboxItem.Kind.WARD_REFERRAL:
        return f"{said['referrer']} {said['callback']}"[:120]
    if said.get("who") == "patient":
        return str(_("患者本人扫码求助"))
    if said.get("who") == "family":
        relation = dict(Relation.choices).get(said.get("relation", ""), "")
        return str(_("家属扫码求助")) + (f"（{relation}）" if relation else "")
    return str(_("他人代为扫码求助"))


def _profession(item: InboxItem) -> str:
    """What the ward chose; who asks for the family is the family."""
    said = item.payload
    if item.kind == InboxItem.Kind.WARD_REFERRAL:
        chosen = said.get("profession", "")
        return chosen if chosen in ReferrerProfession.values else ""
    return ReferrerProfession.OTHER if said.get("who") == "other" else ReferrerProfession.FAMILY


def _needs_as_reason(needs: list[str]) -> str:
    labels = [str(NeedCategory(need).label) for need in needs]
    return "；".join(labels) or str(_("没有写说明"))


def sweep_strays() -> int:
    """Promote what a dead process left behind, house by house; how many there were."""
    return items_sweep(list(KINDS.values()), _promote)


def receipt_withdraw(code: str) -> bool:
    """The sender takes the request back; False for a wrong code or one that is past it.

    A named service behind a link: it acts as the system in the house of the receipt and nowhere else.
    """
    found = receipt_house(code)
    if found is None:
        return False
    house, uid = found
    with house_scope(house, care=True):
        referral = Referral.objects.filter(organization_id=house, uid=uid).first()
        if referral is None or referral.state not in REFERRAL_OPEN:
            return False
        referral_withdraw(referral=referral, by=None)
    return True
