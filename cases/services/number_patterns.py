"""The patterns of a house's numbers: the sequence goes on whatever the pattern, so that none is missing."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from departments.models.numbers import NumberSequence
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.house_settings import setting_read, setting_write
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.numbers import LONGEST, render_number, validate_pattern

KEY = "cases.number_patterns"
PATTERNS = {"case": "{ORG}-C-{YYYY}-{SEQ4}", "archive": "{ORG}-DA-{YYYY}-{SEQ5}"}
PREVIEWED = 3
MANY = 9_999_999
EARLIER_MOST = 20
# A sequence beside another digit could be read as another number of another month.
TOUCHED = re.compile(r"[\d}]\{SEQ\d\}|\{SEQ\d\}[\d{]")


def patterns_in(value: Mapping[str, Any] | None) -> dict[str, str]:
    """The pattern in force of each kind, from the house's setting."""
    return PATTERNS | {kind: (value or {}).get(kind) or usual for kind, usual in PATTERNS.items()}


def patterns_of(organization_id: int) -> dict[str, str]:
    """The same, read in a scope of the house."""
    return patterns_in(setting_read(organization_id, KEY))


def letters_of(organization: Organization) -> str:
    """What `{ORG}` stands for."""
    return organization.code or organization.short_name


def pattern_checked(pattern: str, *, organization: Organization, field: str) -> str:
    """The pattern as it is kept.

    Raises:
        DomainError: `number_pattern.*` on `field` for a pattern whose numbers would repeat, could
            not be read, or would be longer than a number may be.
    """
    pattern = pattern.strip()
    try:
        validate_pattern(pattern)
    except ValidationError as error:
        raise DomainError(f"number_pattern.{error.code}", error.messages[0], field) from error
    if TOUCHED.search(pattern):
        raise DomainError(
            "number_pattern.sequence_touches",
            _("流水号和相邻的数字或变量之间要有符号隔开，如 {YYYY}-{SEQ4}。"),
            field,
        )
    letters = letters_of(organization)
    if "{ORG}" in pattern and not letters:
        raise DomainError(
            "number_pattern.no_letters", _("本机构还没有编号字头，规则里不能用 {ORG}。"), field
        )
    longest = render_number(pattern, seq=MANY, on=dt.date(2000, 12, 31), org=letters)
    if len(longest) > LONGEST:
        raise DomainError(
            "number_pattern.too_long",
            _("编号最长 %(most)s 个字，按这个规则会有 %(n)s 个。")
            % {"most": LONGEST, "n": len(longest)},
            field,
        )
    return pattern


def numbers_ahead(
    kind: str, pattern: str, *, organization: Organization, on: dt.date, field: str
) -> list[str]:
    """The next numbers the house would give under a pattern; none is taken.

    Raises:
        DomainError: `number_pattern.*` on `field`.
    """
    pattern = pattern_checked(pattern, organization=organization, field=field)
    row = NumberSequence.objects.filter(
        organization_id=organization.pk, kind=kind, period=f"{on:%Y}"
    ).first()
    first, letters = row.next if row else 1, letters_of(organization)
    return [
        render_number(pattern, seq=seq, on=on, org=letters)
        for seq in range(first, first + PREVIEWED)
    ]


def patterns_keep(
    asked: Mapping[str, str], *, organization: Organization, by: User
) -> dict[str, list[str]]:
    """Keep the house's patterns; what changed, before and after. Numbers given stay as they are.

    Earlier patterns of case numbers are kept too: people type the old numbers into the search.

    Raises:
        DomainError: `number_pattern.*` on `<kind>_pattern`.
    """
    kept = setting_read(organization.pk, KEY) or {}
    before = patterns_in(kept)
    after = {
        kind: pattern_checked(asked[kind], organization=organization, field=f"{kind}_pattern")
        for kind in PATTERNS
    }
    changed = {
        kind: [before[kind], after[kind]] for kind in PATTERNS if before[kind] != after[kind]
    }
    if changed:
        earlier = [*kept.get("earlier", ()), before["case"]] if "case" in changed else None
        value = kept | after | ({"earlier": earlier[-EARLIER_MOST:]} if earlier else {})
        setting_write(key=KEY, value=value, by=by)
    return changed
