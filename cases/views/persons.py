"""What the pages about persons show: masked, with the cases the reader may know of."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cases.models.casework import Case, CaseForm, Referral
from cases.models.consents import Consent
from cases.models.duplicates import DuplicatePair
from cases.models.families import CareFlag, SubjectRequest
from cases.models.groups import GroupMember
from cases.models.people import Client, Episode, RelatedPerson
from cases.models.work import Assessment, Contact
from cases.permissions import (
    by_glass,
    can_amend_client,
    can_note_level5_diagnosis,
    can_open_case,
    can_reveal_client,
)
from cases.person_permissions import (
    can_break_glass,
    can_keep_hold,
    can_record_subject_request,
    can_report_duplicate,
)
from cases.querysets import CaseQuerySet
from cases.services.capacity import capacity_said
from cases.services.feeds.saying import said_otherwise
from cases.services.minding import live_flags
from cases.services.person_copy import household_pairs
from cases.views.households import family_rows, kin_of
from cases.views.person_course import ON_PERSON_PAGE, entries_of
from cases.views.standing_in import lists_of_person
from msw_portal.kernel.masking import mask_address, mask_id_no, mask_name, mask_phone
from msw_portal.kernel.prepared import Lists


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


def case_rows(user: Any, roots: Iterable[int]) -> CaseQuerySet:
    """The cases of these persons (by root) that stand in the reader's list, newest first."""
    rows = Case.objects.listed_to(user).filter(client__root_id__in=roots)
    return rows.with_is_mine(user).order_by("-opened_at")


def case_lines(user: Any, rows: Iterable[Case]) -> dict[int, list[CaseLine]]:
    """The cases of each person, by root; with `counts` where the rows were counted."""
    lines: dict[int, list[CaseLine]] = defaultdict(list)
    for case in rows:
        root_id, can_open = case.client.root_id, bool(case.is_mine) or by_glass(user, case)
        counts = getattr(case, "counts", None) if can_open else None
        lines[root_id].append(
            CaseLine(case, can_open, tuple(counts) if counts else None, case.client_id != root_id)
        )
    return lines


def _counted(user: Any, cases: CaseQuerySet) -> CaseQuerySet:
    """Adds `counts`: contacts, assessments and forms of what the reader may open, 0 elsewhere."""

    def count(model: Any, **conditions: Any) -> Coalesce:
        rows = model.objects.visible_to(user).filter(case=OuterRef("pk"), **conditions).order_by()
        return Coalesce(Subquery(rows.values("case").annotate(n=Count("pk")).values("n")), 0)

    numbers = (
        count(Contact, addendum_to__isnull=True),
        count(Assessment, is_final=True),
        count(CaseForm, state="final"),
    )
    field = ArrayField(IntegerField())
    return cases.annotate(
        counts=Func(*numbers, template="ARRAY[%(expressions)s]", output_field=field)
    )


def hits_of(user: Any, clients: list[Client]) -> list[Hit]:
    """Each person found, with the latest stay and the open cases; two statements for any number of hits."""
    roots = {one.root_id for one in clients}
    cases = case_lines(user, case_rows(user, roots))
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


def minded(flags: Iterable[CareFlag], relatives: Iterable[RelatedPerson]) -> dict[str, Any]:
    """What must be minded, for the card at the top of the person and the case page."""
    told = sorted((one for one in relatives if one.must_not_be_told), key=lambda one: one.pk)
    return {
        "flags": flags,
        "not_told": [f"{one.get_relation_display()} {mask_name(one.name)}" for one in told],
    }


def _past_flags(user: Any, client: Client) -> QuerySet[CareFlag]:
    """The flags that were resolved, the latest first."""
    rows = CareFlag.objects.visible_to(user).filter(
        client__root_id=client.root_id, resolved_on__isnull=False
    )
    return rows.select_related("resolved_by").order_by("-resolved_on", "-id")[:20]


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


def relatives_rows(user: Any, client: Client) -> QuerySet[RelatedPerson]:
    """Family and contacts, guardians first, whichever merged record they hang on."""
    rows = RelatedPerson.objects.visible_to(user).filter(client__root_id=client.root_id)
    return rows.order_by("-is_guardian", "-is_primary_caregiver", "id")


def relatives_of(rows: Iterable[RelatedPerson]) -> list[Relative]:
    """The related persons as they are shown."""
    return [
        Relative(
            one,
            mask_name(one.name),
            mask_phone(one.phone or ""),
            [one._meta.get_field(name).verbose_name for name in _FLAGS if getattr(one, name)],
        )
        for one in rows
    ]


def own_cases_of(user: Any, client: Client) -> QuerySet[Case]:
    """The open cases of the person on which the reader may write a diagnosis of level 5."""
    rows = Case.objects.visible_to(user).of_person(client).open().prefetch_related("casemembers")
    mine = [one.pk for one in rows if can_note_level5_diagnosis(user, one)]
    return Case.objects.visible_to(user).filter(pk__in=mine).select_related("client")


def _requests(user: Any, client: Client) -> QuerySet[SubjectRequest]:
    """What was asked of the house about this person, as far as the reader may see it."""
    rows = SubjectRequest.objects.visible_to(user).filter(client__root_id=client.root_id)
    return rows.order_by("-received_on", "-id")[:10]


def _stays(user: Any, client: Client) -> QuerySet[Episode]:
    """Every stay of the person, whichever merged record it hangs on, the latest first."""
    rows = Episode.objects.visible_to(user).filter(client__root_id=client.root_id)
    return rows.select_related("ward", "client", "feed").order_by("-admitted_on", "-id")


def _consents(user: Any, client: Client) -> QuerySet[Consent]:
    rows = Consent.objects.visible_to(user).of_person(client).select_related("recipient")
    return rows.order_by("-signed_at")


def _referrals(user: Any, client: Client) -> QuerySet[Referral]:
    rows = Referral.objects.visible_to(user).filter(client__root_id=client.root_id)
    return rows.select_related("from_department").order_by("-received_at")


def groups_of(user: Any, client: Client) -> QuerySet[GroupMember]:
    """The groups the person takes or took part in, whichever merged record is the member, the latest first."""
    rows = GroupMember.objects.listed_to(user).filter(client__root_id=client.root_id)
    rows = rows.select_related("group").defer("screening", "contact", "group__plan")
    return rows.defer("group__summary").order_by("-created_at", "-id")


def _doubles(user: Any, client: Client) -> tuple[QuerySet[DuplicatePair], ...]:
    """The records that were merged into the person's, the latest first, and those that may be the person."""
    rows = DuplicatePair.objects.visible_to(user)
    merges = rows.merged().filter(kept__root_id=client.root_id).with_both()
    return merges.order_by("-decided_at"), rows.open().about(client).only("uid", "state")


LISTS = (
    *("merges", "doubles", "flags", "flags_past", "episodes"),
    *("consents", "referrals", "memberships", "subject_requests"),
)


def _all_lists(user: Any, client: Client) -> Lists:
    """Cases, family and the LISTS of a person, in this order."""
    return [
        _counted(user, case_rows(user, [client.root_id])),
        relatives_rows(user, client),
        family_rows(user, client),
        *_doubles(user, client),
        live_flags(client),
        _past_flags(user, client),
        _stays(user, client),
        _consents(user, client),
        _referrals(user, client),
        groups_of(user, client),
        _requests(user, client),
    ]


def person_page(user: Any, client: Client) -> dict[str, Any]:
    """Everything the person page shows: one statement for its lists, two for the timeline."""
    cases, relatives, family, *more = lists_of_person("person page", _all_lists, user, client)
    lists = dict(zip(LISTS, more, strict=True))
    lines = case_lines(user, cases)[client.root_id]
    entries, older = entries_of(user, client, size=ON_PERSON_PAGE)
    return {
        **_person(user, client, lists["episodes"]),
        **lists,
        **minded(lists["flags"], relatives),
        "cases": lines,
        "has_open_case": any(line.case.is_open for line in lines),
        "relatives": relatives_of(relatives),
        "kin": kin_of(family, client),
        "entries": entries,
        "has_older": bool(older),
    }


def _person(user: Any, client: Client, stays: Iterable[Episode]) -> dict[str, Any]:
    """Who it is, masked, what the hospital's system says otherwise, and what may be done."""
    may_amend = can_amend_client(user, client)
    return {
        "otherwise": said_otherwise(stays),
        "client": client,
        "household": household_pairs(client),
        "capacity": capacity_said(client),
        "masked_id": mask_id_no(client.id_no or ""),
        "masked_phone": mask_phone(client.phone or ""),
        "masked_address": mask_address(client.address or ""),
        "can_record_request": can_record_subject_request(user, client),
        "can_hold": can_keep_hold(user, client),
        "can_open": can_open_case(user, client),
        "can_break_glass": can_break_glass(user, client),
        "can_report_duplicate": can_report_duplicate(user, client),
        "can_amend": may_amend,
        "can_reveal": may_amend or can_reveal_client(user, client),
        "can_give_consent": may_amend,  # for the person as a whole: the same business
    }
