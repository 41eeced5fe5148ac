"""What each kind of dated rule may hold: its names with bounds, whom it is for, and whether it differs by place.

A kind without a shape is obeyed by nothing and cannot be entered. A row from before its shape, or one
written past the portal, counts as missing where it does not fit: it never breaks who reads it.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django.utils.translation import gettext as _

from departments.models.organizations import DatedRule
from departments.models.staff import Grade
from msw_portal.kernel.errors import DomainError

MONTH_DAY = re.compile(r"^[0-9]{2}-[0-9]{2}$")


class Value(Protocol):
    def taken(self, given: Any) -> Any:
        """The value as a rule keeps it. Raises ValueError."""

    def words(self) -> str:
        """What is asked, after “应是”."""


@dataclass(frozen=True)
class Whole:
    least: int
    most: int

    def taken(self, given: Any) -> int:
        if isinstance(given, bool) or not isinstance(given, int):
            raise ValueError(given)
        if not self.least <= given <= self.most:
            raise ValueError(given)
        return given

    def words(self) -> str:
        return _("%(least)s 到 %(most)s 的整数") % {"least": self.least, "most": self.most}


@dataclass(frozen=True)
class Number:
    """A decimal, kept as text so that no share is met by rounding."""

    least: str
    most: str

    def taken(self, given: Any) -> str:
        if isinstance(given, bool) or not isinstance(given, int | float | str):
            raise ValueError(given)
        try:
            number = Decimal(str(given))
        except InvalidOperation as error:
            raise ValueError(given) from error
        if not number.is_finite() or not Decimal(self.least) <= number <= Decimal(self.most):
            raise ValueError(given)
        return str(given)

    def words(self) -> str:
        return _("%(least)s 到 %(most)s 的数，如 0.70") % {"least": self.least, "most": self.most}


@dataclass(frozen=True)
class Rising:
    """Whole numbers, each greater than the one before."""

    most_count: int
    most: int

    def taken(self, given: Any) -> list[int]:
        found = given if isinstance(given, list) else [given]
        one = Whole(1, self.most)
        if not 0 < len(found) <= self.most_count or [one.taken(n) for n in found] != sorted(
            set(found)
        ):
            raise ValueError(given)
        return found

    def words(self) -> str:
        return _("%(n)s 个以内从小到大的整数，用顿号隔开，如 100、300、600") % {
            "n": self.most_count
        }


@dataclass(frozen=True)
class Word:
    among: Collection[str]

    def taken(self, given: Any) -> str:
        if not isinstance(given, str) or given not in self.among:
            raise ValueError(given)
        return given

    def words(self) -> str:
        return _("其中之一：%(words)s") % {"words": "、".join(one for one in self.among if one)}


@dataclass(frozen=True)
class Truth:
    def taken(self, given: Any) -> bool:
        if given in (True, "true", "yes", "是"):
            return True
        raise ValueError(given)

    def words(self) -> str:
        return _("“是”；不是的，不要写这一项")


@dataclass(frozen=True)
class MonthDay:
    def taken(self, given: Any) -> str:
        if not isinstance(given, str) or not MONTH_DAY.match(given):
            raise ValueError(given)
        # A year without a leap day: the rule holds in every year.
        dt.date.fromisoformat(f"2001-{given}")
        return given

    def words(self) -> str:
        return _("月-日，如 05-31")


@dataclass(frozen=True)
class Shape:
    """`together` must all be there, of `one_of` exactly one; `keys` None leaves `applies_key` free, `pairs` binds two words."""

    values: Mapping[str, Value]
    together: Collection[str] = ()
    one_of: Collection[str] = ()
    keys: Collection[str] | None = ("",)
    by_region: bool = False
    # Whom the row applies to stands in `applies`, which is taken over from the row before it.
    is_followed: bool = False
    pairs: Mapping[tuple[str, str], Collection[tuple[str, str]]] = field(default_factory=dict)


def _whole(**bounds: tuple[int, int]) -> dict[str, Value]:
    return {name: Whole(*both) for name, both in bounds.items()}


# By kind, or by `kind:applies_key` where that key holds something else.
SHAPES: dict[str, Shape] = {
    "password": Shape(
        _whole(
            min_length=(8, 64),
            admin_min_length=(8, 64),
            classes=(0, 4),
            history=(0, 24),
            max_age_days=(0, 730),
        )
    ),
    "account": Shape(_whole(idle_days=(30, 730), notice_days=(1, 29), review_months=(1, 12))),
    # Never less than the law asks for (policies.RetentionRule names the articles).
    "retention": Shape(
        _whole(
            inpatient_years=(30, 100),
            outpatient_years=(15, 100),
            mental_years=(30, 100),
            agency_years=(1, 100),
            minor_years=(0, 50),
            sealed_years=(3, 30),
            sharing_years=(3, 30),
            request_years=(3, 30),
            assessment_years=(3, 30),
            voucher_years=(30, 100),
            receipt_years=(5, 100),
            volunteer_years=(0, 100),
            project_years=(0, 100),
            log_months=(6, 120),
            untaken_years=(1, 30),
            applicant_years=(1, 30),
            person_years=(1, 30),
        )
    ),
    # The portal's own alarm begins at 10; a rule may only have it begin sooner, not below the cut-off of the scale.
    "risk_trigger": Shape(_whole(distress=(4, 10)), by_region=True),
    "poverty_line": Shape(
        _whole(monthly_yuan=(1, 100_000), margin_percent=(100, 300)),
        together=("monthly_yuan",),
        by_region=True,
    ),
    "draft": Shape(_whole(keep_days=(30, 730), notice_days=(1, 29))),
    "alarm": Shape(
        _whole(
            failed_sign_ins=(1, 100),
            failed_by_address=(1, 1000),
            missing_rows=(1, 1000),
            refusals=(1, 1000),
            exports=(1, 1000),
        )
    ),
    "export_limit": Shape(_whole(per_day=(1, 1000), in_clear_per_day=(0, 1000))),
    "small_cells": Shape(_whole(below=(1, 1000)), together=("below",), keys=("house", "public")),
    "staffing": Shape(
        _whole(beds_min=(1, 10_000), beds_target=(1, 10_000)) | {"by_need": Truth()},
        one_of=("beds_min", "by_need"),
        keys=None,
        by_region=True,
    ),
    "staffing_coverage": Shape(
        _whole(hospitals_with_posts_percent=(0, 100), hospitals_with_department_percent=(0, 100)),
        keys=None,
        by_region=True,
    ),
    "cpd_hours": Shape(
        _whole(hours=(1, 1000), years=(1, 10)), together=("hours",), keys=(*Grade.values, "warning")
    ),
    "cpd_hours:warning": Shape(
        _whole(days=(1, 365)), together=("days",), keys=(*Grade.values, "warning")
    ),
}


def register(shapes: Mapping[str, Shape]) -> None:
    """The kinds that an app above obeys."""
    SHAPES.update(shapes)


def kinds() -> set[str]:
    """The kinds that something obeys."""
    return {kind for kind in SHAPES if ":" not in kind}


def shape_of(kind: str, key: str) -> Shape | None:
    return SHAPES.get(f"{kind}:{key}") or SHAPES.get(kind)


def rule_taken(
    *, kind: str, key: str, params: Mapping[str, Any], has_region: bool
) -> dict[str, Any]:
    """What a rule holds, as it is kept.

    Raises:
        DomainError: `rule.unknown_kind` on `kind`, `rule.unknown_key` on `applies_key`, `rule.no_region`
            on `region`; on `params`: `rule.empty`, `rule.needs_name`, `rule.one_of`, `rule.unknown_name`,
            `rule.out_of_bounds`, `rule.pair`.
    """
    shape = shape_of(kind, key)
    if shape is None:
        raise DomainError("rule.unknown_kind", _("没有这一种规则。"), "kind")
    if shape.keys is not None and key not in shape.keys:
        known = "、".join(one for one in shape.keys if one)
        sentence = (
            _("这一种规则的“适用于”是其中之一：%(keys)s。") % {"keys": known}
            if known
            else _("这一种规则不分对象，“适用于”请空着。")
        )
        raise DomainError("rule.unknown_key", sentence, "applies_key")
    if has_region and not shape.by_region:
        raise DomainError("rule.no_region", _("这一种规则各地一样，地区请空着。"), "region")
    return _params(shape, params)


def _params(shape: Shape, params: Mapping[str, Any]) -> dict[str, Any]:
    if not params:
        raise DomainError("rule.empty", _("请至少写一项内容。"), "params")
    taken = {name: _one(shape, name, given) for name, given in params.items()}
    for name in shape.together:
        if name not in taken:
            raise DomainError(
                "rule.needs_name", _("请写“%(name)s”这一项。") % {"name": name}, "params"
            )
    if shape.one_of and len(taken.keys() & set(shape.one_of)) != 1:
        raise DomainError(
            "rule.one_of",
            _("这几项里写一项，也只写一项：%(names)s。") % {"names": "、".join(shape.one_of)},
            "params",
        )
    for (first, second), allowed in shape.pairs.items():
        if (taken.get(first), taken.get(second)) not in allowed:
            said = "、".join(f"{one} + {other}" for one, other in sorted(allowed))
            raise DomainError(
                "rule.pair",
                _("“%(first)s”与“%(second)s”应是其中一组：%(pairs)s。")
                % {"first": first, "second": second, "pairs": said},
                "params",
            )
    return taken


def _one(shape: Shape, name: str, given: Any) -> Any:
    if name not in shape.values:
        raise DomainError(
            "rule.unknown_name",
            _("没有“%(name)s”这一项。可用：%(names)s。")
            % {"name": name, "names": "、".join(shape.values)},
            "params",
        )
    value = shape.values[name]
    try:
        return value.taken(given)
    except ValueError as error:
        raise DomainError(
            "rule.out_of_bounds",
            _("“%(name)s”应是 %(what)s。") % {"name": name, "what": value.words()},
            "params",
        ) from error


def is_sound(rule: DatedRule) -> bool:
    """Whether a row can be obeyed; one that does not fit its shape counts as missing."""
    shape = shape_of(rule.kind, rule.applies_key)
    if shape is None or (shape.is_followed and not rule.applies):
        return False
    try:
        _params(shape, rule.params)
    except DomainError:
        return False
    return True
