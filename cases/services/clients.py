"""Persons: looked for before they are registered, amended, revealed with a reason."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import IdType, Relation, Sex
from cases.models.people import Client, RelatedPerson
from cases.permissions import (
    can_amend_client,
    can_judge_capacity,
    can_register_client,
    can_reveal_client,
    can_search_client,
    keeps_person,
)
from cases.services.capacity import CAPACITY, capacity_read
from cases.services.clocks import calls_cancel
from cases.services.finding import LIMIT, by_name, by_numbers, check_searched, traces_of
from cases.services.people import (
    UNIDENTIFIED_NAME,
    check_household,
    index_client,
    parsed,
    set_identity,
    set_name,
    set_phone,
)
from cases.services.reveals import reveal_note
from cases.signals import client_died
from departments import audit
from departments.models.organizations import Region
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.crypto import found_by
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.validators import parse_id_no, parse_name, parse_phone

MIN_REVEAL_REASON = 5


@dataclass(frozen=True)
class SearchMade:
    """A search that was written down: `uid` proves it to client_register for 30 minutes."""

    uid: uuid.UUID
    hits: list[Client]


@dataclass(frozen=True)
class Revealed:
    """The identity in clear; empty where nothing is known."""

    name: str
    id_no: str
    phone: str
    address: str


# ── looking for somebody ─────────────────────────────────────────────────────


@command
def client_search(
    *, name: str = "", id_no: str = "", phone: str = "", mrn: str = "", by: User
) -> SearchMade:
    """Persons of the house that any of the given facts points to, the surest first, at most 50.

    Names are found by characters, pinyin or initials. The audit keeps how many were found and a
    sealed trace of what was asked.

    Raises:
        DomainError: `client.search_nothing`, `client.search_too_short`.
    """
    require(can_search_client, by, None)
    asked = {
        "name": name.strip(),
        "id_no": id_no.strip(),
        "phone": phone.strip(),
        "mrn": mrn.strip(),
    }
    if not any(asked.values()):
        raise DomainError(
            "client.search_nothing", _("请至少填一项：姓名、证件号码、电话或住院号。")
        )
    found = by_numbers(asked["id_no"], asked["phone"], asked["mrn"], by)
    if asked["name"]:
        found += by_name(asked["name"], by)
    order = {root: place for place, root in enumerate(dict.fromkeys(found))}
    rows = Client.objects.visible_to(by).filter(pk__in=list(order)[:LIMIT])
    hits = sorted(rows, key=lambda row: order[row.pk])
    entry = audit.record(
        "client.search",
        by=by,
        facts=sorted(fact for fact, value in asked.items() if value),
        hits=[hit.uid for hit in hits],
        **traces_of(asked, organization_id=by.house_id),
    )
    return SearchMade(entry, hits)


# ── registering and amending ─────────────────────────────────────────────────


def _check_free(client: Client) -> None:
    """Refuse a second record of the same document, also one that was merged into somebody."""
    if not client.id_no:
        return
    house = client.organization_id
    same = Client.objects.filter(
        found_by(Client, "id_no_bidx", client.id_type, client.id_no, organization_id=house),
        organization_id=house,
        id_type=client.id_type,
    )
    if client.root_id is not None:
        same = same.exclude(root_id=client.root_id)
    if same.exists():
        raise DomainError(
            "client_id_once",
            _("本机构已登记过这个证件号码的服务对象，请打开已有记录。"),
            "id_no",
            status=409,
        )


def _read_name(name: str, is_unidentified: bool) -> str:
    if is_unidentified and not name.strip():
        return UNIDENTIFIED_NAME
    return parsed(parse_name, name, "name")


@command
def client_register(
    *,
    name: str,
    sex: str,
    birth_date: dt.date | None = None,
    birth_unknown: bool = False,
    id_type: str = IdType.ID,
    id_no: str = "",
    phone: str = "",
    address: str = "",
    region: Region | None = None,
    household: Mapping[str, Any] | None = None,
    is_unidentified: bool = False,
    searched: uuid.UUID,
    by: User,
) -> Client:
    """Write down a person nobody knew yet; `searched` is the uid of the search that did not find them.

    Sex and birth are taken from an identity number; numbers are kept in their normal form.

    Raises:
        DomainError: `client.not_searched`, `client.searched_another`, `client_id_once` and
            `client.<code>` of the validators, each on its field.
    """
    require(can_register_client, by, None)
    client = Client(
        organization_id=by.house_id, is_unidentified=is_unidentified, region=region, created_by=by
    )
    set_name(client, _read_name(name, is_unidentified))
    set_identity(client, id_type, id_no, sex, birth_date, birth_unknown)
    set_phone(client, parsed(parse_phone, phone, "phone") if phone.strip() else "")
    client.address, client.household = address.strip() or None, check_household(household)
    facts = {"name": client.name, "id_no": client.id_no or "", "phone": client.phone or ""}
    check_searched(searched, facts, is_unidentified, by)
    _check_free(client)
    client.save(force_insert=True)
    client.root_id = client.pk
    index_client(client)
    audit.record(
        "client.register",
        by=by,
        on=client,
        search=searched,
        id_type=client.id_type,
        has_id_no=bool(client.id_no),
        is_unidentified=is_unidentified,
        birth_unknown=client.birth_unknown,
    )
    return client


AMENDABLE = frozenset(
    {
        "name",
        "sex",
        "birth_date",
        "birth_unknown",
        "id_type",
        "id_no",
        "phone",
        "address",
        "region",
        "household",
        "is_unidentified",
        "deceased_on",
        *CAPACITY,
    }
)
_IDENTITY = ("id_type", "id_no", "sex", "birth_date", "birth_unknown")


def _amend_identity(client: Client, given: Mapping[str, Any]) -> None:
    values = {name: given.get(name, getattr(client, name)) for name in _IDENTITY}
    if values["id_type"] == IdType.ID and "id_no" in given:
        # What a new number says replaces what was known, unless it is said otherwise in the same breath.
        values["birth_date"] = given.get("birth_date")
        values["sex"] = given.get("sex", Sex.UNKNOWN)
        values["birth_unknown"] = bool(given.get("birth_unknown")) and not values["id_no"]
        if not values["id_no"] and values["birth_date"] is None and not values["birth_unknown"]:
            values["birth_date"], values["sex"] = client.birth_date, given.get("sex", client.sex)
    if given.get("birth_date") is not None and "birth_unknown" not in given:
        values["birth_unknown"] = False
    if given.get("birth_unknown") and "birth_date" not in given:
        values["birth_date"] = None
    set_identity(
        client,
        values["id_type"],
        values["id_no"] or "",
        values["sex"],
        values["birth_date"],
        values["birth_unknown"],
    )


@command
def client_amend(*, client: Client, base: int | None = None, by: User, **given: Any) -> Client:
    """Correct the facts named in `given` (AMENDABLE); what is not named stays, an empty text is no fact.

    Of the household only the named codes change; a judgement of legal capacity is given whole. `base`
    is the row_version the page was opened on (None: do not ask).

    Noting a death sends `client_died`.

    Raises:
        DomainError: as client_register, `client.deceased_*`, `form.stale` (409).
    """
    unknown = set(given) - AMENDABLE
    if unknown:
        raise TypeError(f"not amendable: {sorted(unknown)}")
    client = Client.objects.locked().get(pk=client.pk)
    require(can_amend_client, by, client)
    check_base(base, client.row_version)
    before = client.deceased_on
    client.is_unidentified = given.get("is_unidentified", client.is_unidentified)
    if "name" in given:
        set_name(client, _read_name(given["name"], client.is_unidentified))
    if given.keys() & set(_IDENTITY):
        _amend_identity(client, given)
        _check_free(client)
    if "phone" in given:
        set_phone(
            client, parsed(parse_phone, given["phone"], "phone") if given["phone"].strip() else ""
        )
    if "address" in given:
        client.address = given["address"].strip() or None
    if "region" in given:
        client.region = given["region"]
    if "household" in given:
        client.household = check_household({**client.household, **(given["household"] or {})})
    if "deceased_on" in given:
        client.deceased_on = _read_death(client, given["deceased_on"])
    if given.keys() & set(CAPACITY):
        require(can_judge_capacity, by, client)
        capacity_read(client, given)
    client.save()
    index_client(client)
    audit.record("client.amend", by=by, on=client, fields=sorted(given))
    if client.deceased_on is not None and before is None:
        calls_cancel(client)
        client_died.send(sender=Client, client=client, by=by)
    return client


def _read_death(client: Client, on: dt.date | None) -> dt.date | None:
    if on is not None and on > timezone.localdate():
        raise DomainError("client.deceased_in_future", _("去世日期不能在将来。"), "deceased_on")
    if on is not None and client.birth_date is not None and on < client.birth_date:
        raise DomainError(
            "client.deceased_before_birth", _("去世日期早于出生日期。"), "deceased_on"
        )
    return on


@command
def client_reveal(*, client: Client, reason: str, by: User) -> Revealed:
    """The identity in clear, with the reason in the audit; without business with the person also for the
    head's review.

    Raises:
        DomainError: `client.reveal_needs_reason` below 5 characters.
    """
    require(can_reveal_client, by, client)
    reason = reason.strip()
    if len(reason) < MIN_REVEAL_REASON:
        raise DomainError("client.reveal_needs_reason", _("请写明理由，至少 5 个字。"), "reason")
    if not keeps_person(by, client):
        reveal_note(client, reason=reason, by=by)
    audit.record("client.reveal", by=by, on=client, reason=reason[:200])
    return Revealed(client.name, client.id_no or "", client.phone or "", client.address or "")


FLAGS = (
    "is_guardian",
    "is_primary_caregiver",
    "is_primary_contact",
    "is_legal_agent",
    "is_cohabiting",
    "is_payer",
    "is_decider",
    "must_not_be_told",
)


@command
def related_person_add(
    *,
    client: Client,
    name: str,
    relation: str,
    phone: str = "",
    id_no: str = "",
    by: User,
    **flags: bool,
) -> RelatedPerson:
    """Somebody around the person; `flags` are those of FLAGS.

    Raises:
        DomainError: `client.relation_unknown` and `client.<code>` of the validators.
    """
    require(can_amend_client, by, client)
    unknown = set(flags) - set(FLAGS)
    if unknown:
        raise TypeError(f"no such flag: {sorted(unknown)}")
    if relation not in Relation.values or relation == Relation.SELF:
        raise DomainError("client.relation_unknown", _("请从列表中选择关系。"), "relation")
    phone = parsed(parse_phone, phone, "phone") if phone.strip() else ""
    number = parsed(parse_id_no, id_no, "id_no").number if id_no.strip() else ""
    person = RelatedPerson(
        organization_id=client.organization_id,
        client_id=client.root_id,
        relation=relation,
        name=parsed(parse_name, name, "name"),
        phone=phone or None,
        id_no=number or None,
        created_by=by,
        **flags,
    )
    person.save(force_insert=True)
    audit.record(
        "related_person.add",
        by=by,
        on=person,
        client=client.uid,
        relation=relation,
        flags=sorted(flag for flag, is_set in flags.items() if is_set),
    )
    return person
