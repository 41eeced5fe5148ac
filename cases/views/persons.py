"""What the pages about persons show: masked, with the cases the reader may know of."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from cases.models.casework import Case, CaseForm, Referral
from cases.models.consents import Consent
from cases.models.families import CareFlag, SubjectRequest
from cases.models.people import Client, Episode, RelatedPerson
from cases.models.work import Assessment, Contact
from cases.permissions import can_amend_client, can_open_case, can_view_case
from cases.person_permissions import can_break_glass, can_record_subject_request
from cases.services.minding import live_flags
from cases.services.person_copy import household_pairs
from cases.views.households import family_of
from cases.views.person_course import ON_PERSON_PAGE, entries_of
from msw_portal.kernel.masking import mask_address, mask_id_no, mask_name, mask_phone


@dataclass
class CaseLine:
    """A case as the reader may know it; `can_open` says whether the row is a link.

    `counts` (contacts, assessments, forms) stand with what may be opened; `is_merged` says that the case
    hangs on a record that was merged into the person's.
    """

    case: Case
    can_open: bool
    counts: tuple[int, int, int] | None = None
    is_merged: bool = False


@dataclass
class Hit:
    """A person found by a search."""

    client: Client
    episode: Episode | None = None
    cases: list[CaseLine] = field(default_factory=list)


def case_lines(user: Any, clients: Iterable[Client]) -> dict[int, list[CaseLine]]:
    """The cases of each person (by root) that stand in the reader's list, newest first."""
    lines: dict[int, list[CaseLine]] = defaultdict(list)
    roots = {client.root_id for client in clients}
    rows = Case.objects.listed_to(user).filter(client__root_id__in=roots).order_by("-opened_at")
    for case in rows.prefetch_related("casemembers"):
        root_id = case.client.root_id
        lines[root_id].append(
            CaseLine(case, can_view_case(user, case), is_merged=case.client_id != root_id)
        )
    return lines


def _count(user: Any, model: Any, **conditions: Any) -> Coalesce:
    rows = model.objects.visible_to(user).filter(case=OuterRef("pk"), **conditions).order_by()
    return Coalesce(Subquery(rows.values("case").annotate(n=Count("pk")).values("n")), 0)


def _counted(user: Any, lines: list[CaseLine]) -> list[CaseLine]:
    """The same with how much stands in what the reader may open; one statement."""
    own = [line.case.pk for line in lines if line.can_open]
    rows = (
        Case.objects.visible_to(user)
        .filter(pk__in=own)
        .annotate(
            contacts_n=_count(user, Contact, addendum_to__isnull=True),
            assessments_n=_count(user, Assessment, is_final=True),
            forms_n=_count(user, CaseForm, state="final"),
        )
    )
    found = rows.values_list("pk", "contacts_n", "assessments_n", "forms_n")
    counts = {pk: tuple(numbers) for pk, *numbers in found}
    return [replace(line, counts=counts.get(line.case.pk)) for line in lines]


def hits_of(user: Any, clients: list[Client]) -> list[Hit]:
    """Each person found, with the latest stay and the open cases; three statements for any number of hits."""
    cases = case_lines(user, clients)
    roots = {one.root_id for one in clients}
    stays = Episode.objects.visible_to(user).filter(client__root_id__in=roots)
    stays = stays.select_related("ward", "client")
    latest = {stay.client.root_id: stay for stay in stays.order_by("admitted_on", "id")}
    return [
        Hit(
            one,
            latest.get(one.root_id),
            [line for line in cases[one.root_id] if line.case.is_open],
        )
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
    rows = RelatedPerson.objects.visible_to(user).filter(client__root_id=client.root_id)
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


def _papers(user: Any, client: Client) -> dict[str, Any]:
    """What was agreed to and what came in about the person, the latest first."""
    consents = Consent.objects.visible_to(user).of_person(client).select_related("recipient")
    referrals = Referral.objects.visible_to(user).filter(client__root_id=client.root_id)
    return {
        "consents": consents.order_by("-signed_at"),
        "referrals": referrals.order_by("-received_at"),
    }


def person_page(user: Any, client: Client) -> dict[str, Any]:
    """Everything the person page shows."""
    lines = _counted(user, case_lines(user, [client])[client.root_id])
    entries, older = entries_of(user, client, size=ON_PERSON_PAGE)
    return {
        "client": client,
        **_masked(client),
        "household": household_pairs(client),
        "cases": lines,
        "has_open_case": any(line.case.is_open for line in lines),
        "episodes": _stays(user, client),
        "relatives": relatives_of(user, client),
        **_papers(user, client),
        "entries": entries,
        "has_older": bool(older),
        "kin": family_of(user, client),
        **minded(user, client),
        "flags_past": flags_past(user, client),
        **_rights(user, client),
        "can_open": can_open_case(user, client),
        "can_break_glass": can_break_glass(user, client),
        "can_amend": can_amend_client(user, client),
    }
