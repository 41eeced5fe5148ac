"""The receipt of a request without an account: a short code, and the state its holder may read."""

import datetime as dt
import hashlib
import re
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Referral
from cases.workflow import REFERRAL_OPEN, ReferralState
from departments.models.doors import InboxItem
from departments.models.mechanisms import AccessLink
from departments.models.people import User
from departments.services import outbox
from departments.services.entering import token_scope
from departments.services.notices import people_tell

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0 and O, 1 and I: it is read out and copied
LENGTH = 8  # 40 bits, behind an exact limit on wrong codes
VALID = dt.timedelta(days=180)
# Of which steps a sender with an account hears without looking.
TOLD = frozenset({"claimed", "accepted", "refused", "returned", "completed"})


class ReferrerAnswer(TextChoices):
    """What the sender may be told when a request ends without a case."""

    OTHER_SERVICE = "other_service", _("这件事由其他部门办理")
    OUT_OF_SCOPE = "out_of_scope", _("不在医务社工的服务范围内")
    ALREADY_SERVED = "already_served", _("社工已经在跟进，不用再转")
    NOT_REACHED = "not_reached", _("按留下的方式联系不上")
    NOT_WANTED = "not_wanted", _("患者或家属表示暂时不需要")
    MORE_NEEDED = "more_needed", _("信息不够，请补充后再提交")
    OTHER = "other", _("其他原因，可以来电询问")


def code_of(digest: str) -> str:
    """The code of one submission: the same when it is repeated, not to be guessed without our key."""
    number = int.from_bytes(salted_hmac("cases.receipt", digest, algorithm="sha256").digest()[:5])
    letters = ""
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return letters


def code_shown(code: str) -> str:
    """`K7QX4M2P` as `K7QX-4M2P`."""
    return f"{code[:4]}-{code[4:]}"


def code_read(typed: str) -> str:
    """What somebody typed as the code: any case, full width, with spaces or hyphens."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", typed)).upper()


def hash_of(token: str) -> bytes:
    """What the database keeps of a token or code."""
    return hashlib.sha256(token.encode()).digest()


def receipt_open(referral: Referral) -> AccessLink:
    """The link behind the receipt of a referral that came in by a door."""
    now = timezone.now()
    item = referral.inbox_item
    link = AccessLink(
        organization_id=referral.organization_id,
        kind=AccessLink.Kind.RECEIPT,
        token_hash=bytes(item.receipt_hash),
        department_id=item.department_id,
        subject_kind=referral._meta.model_name,
        subject_id=referral.pk,
        subject_uid=referral.uid,
        expires_at=now + VALID,
        public_state=_state(referral, item, before={}),
    )
    link.save(force_insert=True)
    return link


def receipt_tell(referral: Referral, *, answer: str = "", message: str = "") -> None:
    """Write the referral's present state where its sender looks: behind the receipt, or in its own house."""
    if referral.origin_uid is not None:
        outbox.put("referral.moved", organization_id=referral.organization_id, subject=referral)
    if referral.inbox_item_id is None:
        return
    item = referral.inbox_item
    link = AccessLink.objects.locked().filter(token_hash=bytes(item.receipt_hash)).first()
    if link is None:
        return
    state = _state(referral, item, before=link.public_state)
    link.public_state = state | {"answer": answer, "message": message}
    link.save(update_fields=["public_state"])
    if referral.state in TOLD and item.created_by_id is not None:
        # Programs ask for themselves: only persons are told.
        people_tell(
            kind=f"referral.own_{referral.state}",
            organization_id=referral.organization_id,
            subject=item,
            users=[item.created_by_id],
            once=f"{item.uid}:{len(state['steps'])}",
        )


def _state(referral: Referral, item: InboxItem, *, before: dict[str, Any]) -> dict[str, Any]:
    step = {"state": str(referral.state), "at": timezone.now().isoformat()}
    due = referral.due_at.isoformat() if referral.state in REFERRAL_OPEN else ""
    return {
        "kind": item.kind,
        "state": str(referral.state),
        "due_at": due,
        "when": item.payload.get("call_when", ""),
        "steps": [*before.get("steps", ()), step],
    }


@dataclass(frozen=True)
class Receipt:
    """What the holder of a code reads: codes and times, no name."""

    kind: str
    state: str
    due_at: dt.datetime | None
    steps: tuple[tuple[str, dt.datetime], ...]
    when: str
    answer: str
    message: str

    @property
    def is_open(self) -> bool:
        return self.state in REFERRAL_OPEN


def receipt_read(code: str) -> Receipt | None:
    """The state behind a code, in a transaction of nobody; None for anything else than a live code."""
    token = hash_of(code)
    with token_scope(token):
        link = AccessLink.objects.filter(
            token_hash=token, kind=AccessLink.Kind.RECEIPT, revoked_at__isnull=True
        ).first()
        if link is not None:
            is_over = link.expires_at is not None and link.expires_at <= timezone.now()
            return None if is_over else receipt_of(link.public_state)
        item = InboxItem.objects.filter(receipt_hash=token, state=InboxItem.State.NEW).first()
    return None if item is None else _just_sent(item)


def _just_sent(item: InboxItem) -> Receipt:
    """Of what is kept and not yet a referral."""
    steps = ((ReferralState.RECEIVED.value, item.created_at),)
    return Receipt(item.kind, ReferralState.RECEIVED.value, None, steps, "", "", "")


def receipts_of(items: Iterable[InboxItem], *, by: User) -> dict[int, Receipt]:
    """Where these stand, by their keys; from the links, which know what nobody here may open any more."""
    items = list(items)
    links = AccessLink.objects.visible_to(by).filter(
        kind=AccessLink.Kind.RECEIPT, token_hash__in=[bytes(one.receipt_hash) for one in items]
    )
    told = {bytes(link.token_hash): receipt_of(link.public_state) for link in links}
    return {one.pk: told.get(bytes(one.receipt_hash)) or _just_sent(one) for one in items}


def receipt_house(code: str) -> tuple[int, uuid.UUID] | None:
    """Of which house, and of which referral, a live code is; None for any other."""
    token = hash_of(code)
    with token_scope(token):
        return (
            AccessLink.objects.filter(
                token_hash=token,
                kind=AccessLink.Kind.RECEIPT,
                revoked_at__isnull=True,
                expires_at__gt=timezone.now(),
            )
            .values_list("organization_id", "subject_uid")
            .first()
        )


def receipt_of(state: dict[str, Any]) -> Receipt:
    """What stands behind a receipt's link."""
    due = state.get("due_at")
    return Receipt(
        kind=state["kind"],
        state=state["state"],
        due_at=dt.datetime.fromisoformat(due) if due else None,
        steps=tuple(
            (step["state"], dt.datetime.fromisoformat(step["at"])) for step in state["steps"]
        ),
        when=state.get("when", ""),
        answer=state.get("answer", ""),
        message=state.get("message", ""),
    )
