"""What in a case speaks for secrecy level 5 (domain §4.2): a code list of words and needs, not code."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import Secrecy
from cases.models.work import Need
from departments.models.organizations import Code
from departments.models.people import User

# Rows of this code list: `zh` is a word itself; `maps` holds more `words`, `needs` by category and `icd10`,
# the beginnings of codes.
SCHEME = "level5"
ICD10 = re.compile(r"\b[A-Z][0-9]{2}(?:\.[0-9A-Z]{1,4})?\b")


@dataclass(frozen=True)
class Signal:
    """One entry of the list that the case meets, and where."""

    code: str
    label: str
    where: str | Promise


def _dense(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _texts(case: Case, needs: list[Need]) -> Iterator[tuple[str | Promise, str]]:
    stay = case.episode
    yield _("诊断"), case.level5_diagnosis or ""
    if stay is not None:
        yield _("诊断"), stay.diagnosis or ""
        yield _("疾病类别"), stay.disease_group
    yield _("求助问题"), case.presenting_problem
    for need in needs:
        yield _("需求"), need.statement


def _codes(case: Case) -> list[str]:
    """The ICD-10 codes of the stay, and those written among the words that stand on the case alone."""
    own = ICD10.findall(unicodedata.normalize("NFKC", case.level5_diagnosis or "").upper())
    return [*((case.episode.diagnosis_codes if case.episode else None) or []), *own]


def kept_signals(case: Case) -> set[str]:
    """The entries somebody has already decided against."""
    return {code for one in case.level5_kept or [] for code in one["signals"]}


def entries() -> QuerySet[Code]:
    """The list itself."""
    return Code.objects.filter(scheme=SCHEME).order_by("rank", "code")


def signals(
    case: Case, *, needs: Iterable[Need] | None = None, listed: Iterable[Code] | None = None
) -> list[Signal]:
    """What proposes level 5 for an ordinary case, without what was decided against.

    Words are looked for without regard to width, case and spaces; a text that denies one meets it
    too, which is why a person decides. `needs` of the case and the `listed` entries are read here
    unless the page has them already.
    """
    if case.secrecy == Secrecy.RESTRICTED:
        return []
    if needs is None:
        needs = Need.objects.filter(organization_id=case.organization_id, case=case)
    needs = list(needs)
    texts = [(where, _dense(text)) for where, text in _texts(case, needs) if text]
    categories = {need.category for need in needs}
    kept, found, codes = kept_signals(case), [], _codes(case)
    for entry in entries() if listed is None else listed:
        if entry.is_over or entry.code in kept:
            continue
        words = [_dense(word) for word in (entry.zh, *entry.maps.get("words", [])) if word]
        where = next((place for place, text in texts if any(word in text for word in words)), None)
        starts = tuple(entry.maps.get("icd10", []))
        if where is None and starts and any(code.startswith(starts) for code in codes):
            where = _("诊断编码")
        if categories & set(entry.maps.get("needs", [])):
            where = _("需求类别")
        if where is not None:
            found.append(Signal(entry.code, entry.zh, where))
    return found


def keep(case: Case, found: list[Signal], *, reason: str, by: User) -> None:
    """Note on the case, unsaved, that `found` was decided against."""
    entry = {
        "signals": [one.code for one in found],
        "reason": reason,
        "by": by.pk,
        "on": timezone.localdate().isoformat(),
    }
    case.level5_kept = [*(case.level5_kept or []), entry]
