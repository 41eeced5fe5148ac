"""What is written down about a stay: its days, its diagnoses, and the diagnosis that stands only on a case."""

import datetime as dt
import re
import unicodedata

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.permissions import can_note_level5_diagnosis
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

# Three characters, then at most four of the subdivision (GB/T 14396 writes up to three and an x).
ICD10 = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Z]{1,4})?")
MOST_CODES = 20
MOST_LETTERS = 500


def check_days(admitted_on: dt.date | None, discharged_on: dt.date | None) -> None:
    """Raises DomainError `episode.*` or `episode_dates_in_order` on the day that cannot be."""
    today = timezone.localdate()
    if admitted_on is not None and admitted_on > today:
        raise DomainError("episode.in_future", _("入院日期不能在将来。"), "admitted_on")
    if discharged_on is None:
        return
    if admitted_on is None:
        raise DomainError(
            "episode.needs_admission", _("填了出院日期，也要填入院日期。"), "admitted_on"
        )
    if discharged_on < admitted_on:
        raise DomainError(
            "episode_dates_in_order", _("出院日期不能早于入院日期。"), "discharged_on"
        )


def icd10_codes(typed: str) -> list[str]:
    """The ICD-10 codes of a line, each once: `c91.0，Z51.1` gives `["C91.0", "Z51.1"]`.

    Raises:
        DomainError: `episode.icd10_unknown`, `episode.icd10_too_many` on `diagnosis_codes`.
    """
    plain = unicodedata.normalize("NFKC", typed).upper()
    codes = list(dict.fromkeys(filter(None, re.split(r"[\s,、;/]+", plain))))
    for code in codes:
        if not ICD10.fullmatch(code):
            raise DomainError(
                "episode.icd10_unknown",
                _("“%(code)s”不是 ICD-10 编码，写法如 C91.0；多个用逗号分开。")
                % {"code": code[:20]},
                "diagnosis_codes",
            )
    if len(codes) > MOST_CODES:
        raise DomainError(
            "episode.icd10_too_many",
            _("最多写 %(n)d 个编码。") % {"n": MOST_CODES},
            "diagnosis_codes",
        )
    return codes


@command
def case_note_level5_diagnosis(*, case: Case, diagnosis: str, by: User) -> Case:
    """Keep a diagnosis on the case alone, in place of what stood there; it proposes level 5.

    A stay is read by every care role of the house, a case by its own people (model §1.4).

    Raises:
        DomainError: `case.is_over` (409), `level5.diagnosis_too_long` on `diagnosis`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_note_level5_diagnosis, by, case)
    if not case.is_open:
        raise DomainError("case.is_over", _("个案已经结束。"), status=409)
    diagnosis = diagnosis.strip()
    if len(diagnosis) > MOST_LETTERS:
        raise DomainError(
            "level5.diagnosis_too_long",
            _("最多写 %(n)d 个字。") % {"n": MOST_LETTERS},
            "diagnosis",
        )
    case.level5_diagnosis = diagnosis or None
    case.save(update_fields=["level5_diagnosis"])
    audit.record("case.note_diagnosis", by=by, on=case, is_empty=not diagnosis)
    return case
