"""What the pages about persons show: masked, with the cases the reader may know of."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cases.models.casework import Case, Referral
from cases.models.consents import Consent
from cases.models.families import CareFlag, SubjectRequest
from cases.models.people import Client, Episode, RelatedPerson
from cases.permissions import can_amend_client, can_open_case, can_view_case
from cases.person_permissions import can_break_glass, can_record_subject_request
from cases.services.minding import live_flags
from cases.services.person_copy import household_pairs
from msw_portal.kernel.masking import mask_address, mask_id_no, mask_name, mask_phone


@dataclass
class CaseLine:
    """A case as the reader may know it; `can_open` says whether the row is a link."""

    case: Case
    can_open: bool


@dataclass
class Hit:
    """A person found by a search."""

    client: Client
    episode: Episode | None = None
    cases: list[CaseLine] = field(default_factory=list)


def case_lines(user: Any, clients: Iterable[Client]) -> dict[int, list[CaseLine]]:
    """The cases of each person that stand in the reader's list, newest first."""
    lines: dict[int, list[CaseLine]] = defaultdict(list)
    rows = Case.objects.listed_to(user).filter(client__in=list(clients)).order_by("-opened_at")
    for case in rows.prefetch_related("casemembers"):
        lines[case.client_id].append(CaseLine(case, can_view_case(user, case)))
    return lines


def hits_of(user: Any, clients: list[Client]) -> list[Hit]:
    """Each person found, with the latest stay and the open cases; three statements for any number of hits."""
    cases = case_lines(user, clients)
    stays = Episode.objects.visible_to(user).filter(client__in=clients).select_related("ward")
    latest = {stay.client_id: stay for stay in stays.order_by("admitted_on", "id")}
    return [
        Hit(one, latest.get(one.pk), [line for line in cases[one.pk] if line.case.is_open])
        for one in clients
    ]


def minded(user: Any, client: Client) -> dict[str, Any]:
    """What must be minded, for the card at the top of the person and the case page; two statements."""
    told = RelatedPerson.objects.visible_to(user).filter(
        client__root_id=client.root_id, must_not_be_told=True
    )
    return {
        "flags": list(live_flags(client)),
        "not_told": [
            f"{one.get_relation_display()} {mask_name(one.name)}" for one in told.order_by("id")
        ],
    }


def flags_past(user: Any, client: Client) -> list[CareFlag]:
    """The flags that were resolved, the latest first."""
    rows = CareFlag.objects.visible_to(user).filter(
        client__root_id=client.root_id, resolved_on__isnull=False
    )
    return list(rows.select_related("resolved_by").order_by("-resolved_on", "-id")[:20])


@dataclass
class Relative:
    """A related person, masked."""

    person: RelatedPerson
    name: str
    phone: str
    flags: list[Any]


_FLAGS = (
    "is_guardian",
    "is_primary_caregiver",
    "is_primary_contact",
    "is_legal_agent",
    "is_cohabiting",
    "is_payer",
    "is_decider",
)


def relatives_of(user: Any, client: Client) -> list[Relative]:
    """Family and contacts, guardians first."""
    rows = RelatedPerson.objects.visible_to(user).filter(client=client)
    return [
        Relative(
            one,
            mask_name(one.name),
            mask_phone(one.phone or ""),
            [one._meta.get_field(name).verbose_name for name in _FLAGS if getattr(one, name)],
        )
        for one in rows.order_by("-is_guardian", "-is_primary_caregiver", "id")
    ]


def _masked(client: Client) -> dict[str, str]:
    return {
        "masked_id": mask_id_no(client.id_no or ""),
        "masked_phone": mask_phone(client.phone or ""),
        "masked_address": mask_address(client.address or ""),
    }


def _rights(user: Any, client: Client) -> dict[str, Any]:
    """What was asked of the house about this person, as far as the reader may see it."""
    rows = SubjectRequest.objects.visible_to(user).filter(client__root_id=client.root_id)
    return {
        "subject_requests": rows.order_by("-received_on", "-id")[:10],
        "can_record_request": can_record_subject_request(user, client),
    }


def _stays(user: Any, client: Client) -> Any:
    """Every stay of the person, whichever merged record it hangs on, the latest first."""
    rows = Episode.objects.visible_to(user).filter(client__root_id=client.root_id)
    return rows.select_related("ward", "client").order_by("-admitted_on", "-id")


def person_page(user: Any, client: Client) -> dict[str, Any]:
    """Everything the person page shows."""
    lines = case_lines(user, [client])[client.pk]
    return {
        "client": client,
        **_masked(client),
        "household": household_pairs(client),
        "cases": lines,
        "has_open_case": any(line.case.is_open for line in lines),
        "episodes": _stays(user, client),
        "relatives": relatives_of(user, client),
        "consents": Consent.objects.visible_to(user)
        .of_person(client)
        .select_related("recipient")
        .order_by("-signed_at"),
        "referrals": Referral.objects.visible_to(user)
        .filter(client=client)
        .order_by("-received_at"),
        **minded(user, client),
        "flags_past": flags_past(user, client),
        **_rights(user, client),
        "can_open": can_open_case(user, client),
        "can_break_glass": can_break_glass(user, client),
        "can_amend": can_amend_client(user, client),
    }
