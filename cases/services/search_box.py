"""What the search box finds of casework: persons by whatever is known of them, cases by their number."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.casework import Case
from cases.models.people import Client, Episode
from cases.services.case_numbers import by_case_number, looks_like_number
from cases.services.finding import by_numbers, traces_of
from departments import audit
from departments.models.people import User
from departments.services.search_box import Group, Hit
from departments.services.searching import asked_hashes, find, find_any
from msw_portal.kernel.grams import Gram, grams_of_query, is_meant
from msw_portal.kernel.identifiers import bare, normalise_id_no, normalise_phone
from msw_portal.kernel.scope import CARE_ROLES
from msw_portal.kernel.sounds import sounds_alike, sounds_of_query

# Words by which a person was found, beside the masked name.
WHY = {
    "id_no": gettext_lazy("证件号码"),
    "phone": gettext_lazy("电话"),
    "mrn": gettext_lazy("住院号"),
    "bed": gettext_lazy("床号"),
    "id4": gettext_lazy("证件号后四位"),
    "ph4": gettext_lazy("电话后四位"),
    "name": "",
    "sound": "",
}
IDENTITY_NUMBER = re.compile(r"\d{15}|\d{17}[\dX]")
PHONE_NUMBER = re.compile(r"\+?\d{7,15}")
TAIL = re.compile(r"\d{3}[\dX]")
BED = re.compile(r"(?P<ward>.*?)\s*(?P<bed>[+\dA-Z][\dA-Z-]{0,7})\s*床", re.IGNORECASE)
LONGEST_BED, SHORTEST_RECORD, SHORTEST_DOCUMENT = 5, 3, 6
OWN_MOST = 120  # one look-up in the index each; more open cases than this nobody carries


def persons_found(text: str, limit: int, by: User) -> list[Group]:
    """Persons of the house by name, pinyin, initials, bed, record, identity number or telephone; masked.

    The surest come first, then those of the reader's own open cases, then the newest. The audit keeps by
    what was looked, who was found, and a sealed trace of what was typed.
    """
    if by.role not in CARE_ROLES:
        return []
    asked = meanings(text)
    if not asked:
        return []
    found = _confirmed(_candidates(asked, limit + 1, by), asked, by)
    shown = dict(list(found.items())[:limit])
    audit.record(
        "client.find",
        by=by,
        facts=sorted(asked),
        hits=[client.uid for client, _fact in shown.values()],
        **traces_of(
            {fact: value for fact, value in asked.items() if fact in ("name", "id_no", "phone")},
            organization_id=by.house_id,
        ),
    )
    return [
        Group("persons", _("服务对象"), "user", _person_hits(shown, by), is_more=len(found) > limit)
    ]


def sounds_found(text: str, limit: int, by: User) -> list[Group]:
    """Persons whose name sounds like the pinyin that was typed (n for l, zh for z), and is not found by it."""
    grams = sounds_of_query(text) if by.role in CARE_ROLES else set()
    if not grams:
        return []
    house = by.house_id
    hashes = set().union(*asked_hashes([grams], organization_id=house))
    ids = find_any(organization_id=house, kind="client", grams=hashes, limit=2 * limit + 1)
    rows = Client.objects.visible_to(by).select_related("root").in_bulk(ids)
    alike = {
        rows[pk].root_id: (rows[pk].root, "sound")
        for pk in ids
        if pk in rows and sounds_alike(rows[pk].name, grams) and not is_meant(rows[pk].name, text)
    }
    shown = dict(list(alike.items())[:limit])
    audit.record(
        "client.find",
        by=by,
        facts=["sound"],
        hits=[client.uid for client, _fact in shown.values()],
        **traces_of({"name": text}, organization_id=house),
    )
    hits = _person_hits(shown, by) if shown else []
    return [Group("sounds", _("读音相近"), "user", hits, is_more=len(alike) > limit)]


def cases_found(text: str, limit: int, by: User) -> list[Group]:
    """Cases that stand in the reader's list, by a whole number, a year with a sequence, or a sequence."""
    if by.role not in CARE_ROLES or not looks_like_number(text):
        return []
    rows = (
        Case.objects.listed_to(by).filter(by_case_number(text, by, is_exact=True)).with_is_mine(by)
    )
    found = list(rows.order_by("-opened_at", "-id")[: limit + 1])
    hits = [
        Hit(
            title=case.number or "—",
            url=reverse("cases:case", args=[case.uid])
            if case.is_mine
            else reverse("cases:client", args=[case.client.uid]),
            note=_said(case.client),
            state=_case_state(case),
        )
        for case in found
    ]
    return [Group("cases", _("个案"), "case", hits[:limit], len(hits) > limit)]


def meanings(text: str) -> dict[str, str]:
    """What a typed text may be, surest first: fact -> the value to look for.

    >>> meanings("zgf"), meanings("心内 12床")
    ({'name': 'zgf'}, {'bed': '心内 12床'})
    """
    text = unicodedata.normalize("NFKC", text).strip()
    whole = bare(text)
    if BED.fullmatch(text):
        return {"bed": text}
    if not any(c.isdigit() for c in whole):
        return {"name": text} if grams_of_query(text) else {}
    if not whole.isascii():
        return {"name": text} if grams_of_query(text) else {}
    if IDENTITY_NUMBER.fullmatch(whole):
        return {"id_no": text}
    asked: dict[str, str] = {}
    if PHONE_NUMBER.fullmatch(normalise_phone(text)) and not any(c.isalpha() for c in whole):
        asked["phone"] = text
    elif len(whole) >= SHORTEST_DOCUMENT:
        asked["id_no"] = text
    if len(whole) >= SHORTEST_RECORD:
        asked["mrn"] = text
    if len(whole) <= LONGEST_BED:
        asked["bed"] = text
    if TAIL.fullmatch(whole):
        asked |= {"id4": whole, "ph4": whole}
    return asked


def _candidates(asked: dict[str, str], limit: int, by: User) -> dict[int, str]:
    """Ids of records with the fact they were found by, at most `limit` for each fact."""
    found: dict[int, str] = {}

    def add(ids: Iterable[int], fact: str) -> None:
        for pk in ids:
            found.setdefault(pk, fact)

    for fact in ("id_no", "phone", "mrn"):
        if fact in asked:
            given = {"id_no": "", "phone": "", "mrn": "", fact: asked[fact]}
            add(by_numbers(**given, by=by)[:limit], fact)
    if "bed" in asked:
        add(_in_bed(asked["bed"], limit, by), "bed")
    own = cache(lambda: _own_persons(by))
    for fact in ("id4", "ph4"):
        if fact in asked:
            add(_by_grams([{(fact, asked[fact])}], limit, own, by), fact)
    if "name" in asked:
        add(_by_grams(grams_of_query(asked["name"]), limit, own, by), "name")
    return found


def _by_grams(
    alternatives: list[set[Gram]], limit: int, own: Callable[[], list[int]], by: User
) -> list[int]:
    """Records that hold every gram of an alternative; when there are too many, the reader's own first."""
    house, found = by.house_id, []
    for hashes in asked_hashes(alternatives, organization_id=house):
        asked = {"organization_id": house, "kind": "client", "grams": hashes, "limit": limit}
        some = find(**asked)
        if len(some) >= limit:
            found += find(**asked, among=own())
        found += some
    return list(dict.fromkeys(found))


def _own_persons(by: User) -> list[int]:
    """Persons of the open cases one works on; a head has the whole department and no own ones."""
    if by.role == "dept_head":
        return []
    rows = Case.objects.kept_by(by).open().order_by("-opened_at")
    return list(rows.values_list("client_id", flat=True)[:OWN_MOST])


def _in_bed(text: str, limit: int, by: User) -> list[int]:
    """Who lies in a bed now, `12`, `12床` or `心内科 12 床`; the last to come first."""
    said = BED.fullmatch(text)
    bed, ward = (said["bed"], said["ward"].strip()) if said else (text, "")
    plain = bed.strip().upper()
    written = {bed, plain, plain.lower(), plain.lstrip("0") or plain, plain.zfill(2), f"{plain}床"}
    rows = Episode.objects.visible_to(by).filter(
        bed__in=sorted(written), discharged_on__isnull=True
    )
    if ward:
        rows = rows.filter(ward__name__icontains=ward)
    return list(rows.order_by("-admitted_on", "-id").values_list("client_id", flat=True)[:limit])


def _confirmed(
    found: dict[int, str], asked: dict[str, str], by: User
) -> dict[int, tuple[Client, str]]:
    """The persons (by root) that really are what was asked: hashes may collide, records may be merged."""
    rows = Client.objects.visible_to(by).select_related("root").in_bulk(list(found))
    persons: dict[int, tuple[Client, str]] = {}
    for pk, fact in found.items():
        row = rows.get(pk)
        if row is not None and _is_asked(row, fact, asked):
            persons.setdefault(row.root_id, (row.root, fact))
    return persons


def _is_asked(row: Client, fact: str, asked: dict[str, str]) -> bool:
    if fact == "name":
        return is_meant(row.name, asked["name"])
    if fact == "id4":
        return normalise_id_no(row.id_no or "").endswith(asked["id4"])
    if fact == "ph4":
        return normalise_phone(row.phone or "").endswith(asked["ph4"])
    return True


# ── how a hit is said ────────────────────────────────────────────────────────


def _person_hits(found: dict[int, tuple[Client, str]], by: User) -> list[Hit]:
    """Two statements for any number of hits: the latest stays, the open cases."""
    stays = Episode.objects.visible_to(by).filter(client__root_id__in=list(found))
    stays = stays.select_related("ward", "client").order_by("admitted_on", "id")
    latest = {stay.client.root_id: stay for stay in stays}
    rows = Case.objects.listed_to(by).filter(client__root_id__in=list(found)).open()
    cases: dict[int, Case] = {}
    for case in rows.with_is_mine(by).order_by("opened_at"):
        if case.is_mine or case.client.root_id not in cases:
            cases[case.client.root_id] = case
    # Those one works with come first, whatever the fact; a head's department is everybody's.
    mine = [
        root for root in found if by.role != "dept_head" and root in cases and cases[root].is_mine
    ]
    return [
        Hit(
            title=client.name_masked,
            url=reverse("cases:client", args=[client.uid]),
            note=" · ".join(filter(None, [_about(client), _where(latest.get(root))])),
            state=_open_case(cases.get(root)),
            why=WHY[fact],
        )
        for root in dict.fromkeys([*mine, *found])
        for client, fact in [found[root]]
    ]


def _said(client: Client) -> str:
    return " · ".join(filter(None, [client.name_masked, _about(client)]))


def _about(client: Client) -> str:
    sex = str(client.get_sex_display()) if client.sex in ("1", "2") else ""
    if client.birth_year is None:
        return sex
    years = timezone.localdate().year - client.birth_year
    return f"{sex} {_('约 %(years)d 岁') % {'years': years}}".strip()


def _where(stay: Episode | None) -> str:
    if stay is None or stay.discharged_on is not None:
        return ""
    bed = _("%(bed)s 床") % {"bed": stay.bed} if stay.bed else ""
    return f"{stay.ward.name if stay.ward else ''} {bed}".strip()


def _case_state(case: Any) -> str:
    worker = case.worker.display_name if case.worker else ""
    return " · ".join(filter(None, [str(case.get_stage_display()), worker]))


def _open_case(case: Any) -> str:
    if case is None:
        return ""
    return " · ".join(filter(None, [case.number or "", _case_state(case)]))
