"""Case numbers as people type them: a whole one, a year with a sequence, a year, or a sequence alone."""

import datetime as dt
import re

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from cases.services.number_patterns import KEY, PATTERNS, patterns_in
from departments.models.organizations import Organization, OrganizationSetting
from departments.models.people import User
from msw_portal.kernel.numbers import render_number

YEARS_BACK = 15
TYPED_NUMBER = re.compile(r"(?:.*?((?:19|20)\d\d)-?)?(\d{1,7})?")
NUMBER = re.compile(r"[\w/-]*\d-?")
SHORTEST = 2
IN_A_YEAR = frozenset({"ORG", "YYYY", "YY"})


def looks_like_number(text: str) -> bool:
    """Whether what was typed is (part of) a case number rather than a name."""
    text = text.strip()
    return len(text) >= SHORTEST and bool(NUMBER.fullmatch(text))


def by_case_number(typed: str, by: User, *, is_exact: bool = False) -> Q:
    """The cases meant by a number: a whole one, a year with a sequence, a year, or a sequence of any year.

    Whole numbers are rendered and asked for by equality, which an index answers behind the wall; a text in
    the middle of 400,000 numbers cannot be found there. Only a pattern with months or days needs that;
    with `is_exact` such a number must be typed whole, and a lone year means no case.
    """
    as_typed = typed.strip()
    typed = as_typed.upper()
    found = TYPED_NUMBER.fullmatch(typed)
    patterns, house = _patterns_of(by)
    tokens = set(re.findall(r"\{([A-Z]+)", "".join(patterns))) - {"SEQ"}
    if found is None or not tokens <= IN_A_YEAR:
        return Q(number__in=[as_typed, typed]) if is_exact else Q(number__icontains=typed)
    year, seq = found[1], int(found[2] or 0)
    asked = {as_typed, typed}
    if seq:
        years = [int(year)] if year else range(timezone.localdate().year, 0, -1)[: YEARS_BACK + 1]
        asked |= {
            render_number(pattern, seq=seq, on=dt.date(y, 1, 1), org=house)
            for y in years
            for pattern in patterns
        }
    meant = Q(number__in=sorted(asked))
    if is_exact:
        return meant
    lone = year if year and not seq else found[2] if len(found[2] or "") == len("YYYY") else None
    if lone and 1900 <= int(lone) < 2100:
        first = dt.datetime(int(lone), 1, 1, tzinfo=timezone.get_current_timezone())
        meant |= Q(assigned_at__gte=first, assigned_at__lt=first.replace(year=first.year + 1))
    return meant


def _patterns_of(by: User) -> tuple[list[str], str]:
    """The house's pattern of case numbers with those it had before, and its letters."""
    said = OrganizationSetting.objects.filter(organization_id=OuterRef("pk"), key=KEY)
    row = (
        Organization.objects.filter(pk=by.house_id)
        .annotate(said=Subquery(said.values("value")[:1]))
        .values_list("said", "code", "short_name")
        .first()
    )
    if row is None:
        return [PATTERNS["case"]], ""
    kept, code, short = row
    return [patterns_in(kept)["case"], *(kept or {}).get("earlier", ())], code or short
