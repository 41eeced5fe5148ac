"""The facts of a record by which two records differ: read, compared part by part, put back."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models.codes import IdType, Sex
from cases.models.duplicates import DuplicatePair
from cases.models.people import Client
from cases.services.capacity import CAPACITY
from cases.services.people import GONE, UNIDENTIFIED_NAME, set_identity, set_name
from msw_portal.kernel.identifiers import normalise_id_no

# What a merge may change on the record that stays; dates travel as text in the sealed copy.
FACTS = (
    "name",
    "id_type",
    "id_no",
    "sex",
    "birth_date",
    "birth_unknown",
    "phone",
    "address",
    "region_id",
    "household",
    "is_unidentified",
    "deceased_on",
    "legal_hold",
    *CAPACITY,
)
DATES = frozenset({"birth_date", "deceased_on", "capacity_judged_on"})
# These say one another (an identity number says birth and sex), so they go back together or not at all.
GROUPS = (("id_type", "id_no", "sex", "birth_date", "birth_unknown"), CAPACITY)
FIRST, SECOND = "first", "second"
Facts = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What is chosen as one thing: `is_known` says whether a record has it, `is_same` compares two."""

    label: str | Promise
    facts: tuple[str, ...]
    is_known: Callable[[Client], bool]
    is_same: Callable[[Client, Client], bool]


def _equal(*names: str) -> Callable[[Client, Client], bool]:
    return lambda a, b: all(getattr(a, name) == getattr(b, name) for name in names)


def _same_document(a: Client, b: Client) -> bool:
    return (a.id_type, normalise_id_no(a.id_no or "")) == (
        b.id_type,
        normalise_id_no(b.id_no or ""),
    )


PARTS: dict[str, Part] = {
    "name": Part(
        _("姓名"),
        ("name",),
        lambda one: one.name not in (UNIDENTIFIED_NAME, GONE),
        _equal("name"),
    ),
    "document": Part(_("证件"), ("id_type", "id_no"), lambda one: bool(one.id_no), _same_document),
    "birth": Part(
        _("出生日期"),
        ("birth_date", "birth_unknown"),
        lambda one: one.birth_date is not None,
        _equal("birth_date"),
    ),
    "sex": Part(_("性别"), ("sex",), lambda one: one.sex in (Sex.MALE, Sex.FEMALE), _equal("sex")),
    "phone": Part(_("联系电话"), ("phone",), lambda one: bool(one.phone), _equal("phone")),
    "address": Part(_("现住址"), ("address",), lambda one: bool(one.address), _equal("address")),
    "region": Part(
        _("地区"), ("region_id",), lambda one: one.region_id is not None, _equal("region_id")
    ),
    "household": Part(
        _("家庭情况"), ("household",), lambda one: bool(one.household), _equal("household")
    ),
    "capacity": Part(
        _("民事行为能力"), CAPACITY, lambda one: bool(one.capacity), _equal(*CAPACITY)
    ),
    "deceased": Part(
        _("去世日期"),
        ("deceased_on",),
        lambda one: one.deceased_on is not None,
        _equal("deceased_on"),
    ),
}
BY_NUMBER = frozenset({"birth", "sex"})  # what an identity number says


def differing(first: Client, second: Client) -> list[str]:
    """The parts that somebody has to choose: known on both records, and not the same.

    Where one identity number will stand, it says birth and sex by itself.
    """
    found = [
        code
        for code, part in PARTS.items()
        if part.is_known(first) and part.is_known(second) and not part.is_same(first, second)
    ]
    if "document" in found or not _will_hold_card(first, second):
        return found
    return [code for code in found if code not in BY_NUMBER]


def _will_hold_card(first: Client, second: Client) -> bool:
    return any(one.id_no and one.id_type == IdType.ID for one in (first, second))


def only_on(first: Client, second: Client) -> dict[str, str]:
    """The parts that one record alone knows, and which."""
    found = {}
    for code, part in PARTS.items():
        known = (part.is_known(first), part.is_known(second))
        if known in ((True, False), (False, True)):
            found[code] = FIRST if known[0] else SECOND
    return found


def facts_of(client: Client) -> Facts:
    """The facts as they can be sealed and compared."""
    facts = {name: getattr(client, name) for name in FACTS}
    for name in DATES:
        facts[name] = facts[name].isoformat() if facts[name] else None
    return facts


def put_chosen(kept: Client, sources: Mapping[str, Client], both: Iterable[Client]) -> None:
    """Put on the kept record what each part's chosen record says; of the household also what only the other knows.

    Raises:
        DomainError: as set_identity, where document, birth and sex contradict each other.
    """
    both = list(both)
    name = sources.get("name", kept).name
    document, born = sources.get("document", kept), sources.get("birth", kept)
    id_type, id_no = document.id_type, document.id_no or ""
    sex, birth, unknown = sources.get("sex", kept).sex, born.birth_date, born.birth_unknown
    if id_type == IdType.ID and id_no:
        sex, birth, unknown = Sex.UNKNOWN, None, False
    set_name(kept, name)
    set_identity(kept, id_type, id_no, sex, birth, unknown)
    kept.phone = sources.get("phone", kept).phone
    kept.address = sources.get("address", kept).address
    kept.region_id = sources.get("region", kept).region_id
    said = {code: value for one in both for code, value in one.household.items()}
    kept.household = {**said, **sources.get("household", kept).household}
    judged = sources.get("capacity", kept)
    for fact in CAPACITY:
        setattr(kept, fact, getattr(judged, fact))
    kept.deceased_on = sources.get("deceased", kept).deceased_on
    kept.is_unidentified = all(one.is_unidentified for one in both)
    kept.legal_hold = any(one.legal_hold for one in both)


def put_back(kept: Client, before: Facts, after: Facts) -> list[str]:
    """Undo on the record what a merge changed; what was corrected since stays as corrected.

    Returns the names of the facts that stayed.
    """
    now, stayed = facts_of(kept), []
    changed = [name for name in before if before[name] != after.get(name)]
    for name in changed:
        group = next((group for group in GROUPS if name in group), (name,))
        if any(now[one] != after.get(one) for one in group):
            stayed.append(name)
        elif name == "name":
            set_name(kept, before[name])
        else:
            setattr(kept, name, _read(name, before[name]))
    kept.birth_year = kept.birth_date.year if kept.birth_date else None
    return stayed


def _read(name: str, value: Any) -> Any:
    return dt.date.fromisoformat(value) if name in DATES and value else value


def merges_forget(client: Client, names: Iterable[str] = FACTS) -> None:
    """Take facts that were deleted out of what merges keep to be undone, and all words with the whole identity."""
    gone = frozenset(names)
    records = Client.objects.same_person(client).values("pk")
    rows = DuplicatePair.objects.locked().filter(
        Q(first__in=records) | Q(second__in=records), organization_id=client.organization_id
    )
    for pair in rows:
        for name in ("before", "after"):
            if (kept := getattr(pair, name)) is not None:
                setattr(pair, name, {key: kept[key] for key in kept if key not in gone})
        if gone >= frozenset(FACTS):
            pair.note = None
            pair.decided_reason = GONE if pair.decided_reason else None
        pair.save(update_fields=["before", "after", "note", "decided_reason"])
