"""Case numbers as people type them: a whole one, a year with a sequence, a year, or a sequence alone."""

import datetime as dt
import re

from django.db.models import Q
from django.utils import timezone

from cases.services.intake import NUMBER_PATTERN
from departments.models.organizations import Organization
from departments.models.people import User
from msw_portal.kernel.numbers import render_number

YEARS_BACK = 15
TYPED_NUMBER = re.compile(r"(?:.*?((?:19|20)\d\d)-?)?(\d{1,7})?")
IN_A_YEAR = frozenset({"ORG", "YYYY", "YY"})


def by_case_number(typed: str, by: User) -> Q:
    """The cases meant by a number: a whole one, a year with a sequence, a year, or a sequence of any year.

    Whole numbers are rendered and asked for by equality, which an index answers behind the wall; a text in
    the middle of 400,000 numbers cannot be found there. Only a pattern with months or days needs that.
    """
    typed = typed.strip().upper()
    found = TYPED_NUMBER.fullmatch(typed)
    pattern, house = _pattern_of(by)
    tokens = set(re.findall(r"\{([A-Z]+)", pattern)) - {"SEQ"}
    if found is None or not tokens <= IN_A_YEAR:
        return Q(number__icontains=typed)
    year, seq = found[1], int(found[2] or 0)
    asked = {typed}
    if seq:
        years = [int(year)] if year else range(timezone.localdate().year, 0, -1)[: YEARS_BACK + 1]
        asked |= {render_number(pattern, seq=seq, on=dt.date(y, 1, 1), org=house) for y in years}
    meant = Q(number__in=sorted(asked))
    lone = year if year and not seq else found[2] if len(found[2] or "") == len("YYYY") else None
    if lone and 1900 <= int(lone) < 2100:
        first = dt.datetime(int(lone), 1, 1, tzinfo=timezone.get_current_timezone())
        meant |= Q(assigned_at__gte=first, assigned_at__lt=first.replace(year=first.year + 1))
    return meant


def _pattern_of(by: User) -> tuple[str, str]:
    """The pattern of the department's case numbers, and the house's code in them."""
    row = (
        Organization.objects.filter(pk=by.house_id, departments=by.acting.department_id)
        .values_list("departments__settings", "code", "short_name")
        .first()
    )
    if row is None:
        return NUMBER_PATTERN, ""
    settings, code, short = row
    return settings.get("case_number_pattern", NUMBER_PATTERN), code or short
