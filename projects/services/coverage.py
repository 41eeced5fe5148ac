"""Where projects are and where none is: disease by setting by region; and which of them a donor's wish fits.

Both read once whatever the number of projects, and count in memory.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Code, Region
from departments.models.people import User
from msw_portal.kernel.display import money
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.cultivation import BudgetLine, Project
from projects.workflow.cultivation import ProjectState

MOST_READ = 2000
MOST_SHOWN = 50
UNSAID = ""
# What is over needs no more money.
OVER = frozenset(
    {
        *(ProjectState.PASSED, ProjectState.TERMINATED, ProjectState.PUBLISHED),
        *(ProjectState.ARCHIVED, ProjectState.GRADUATED, ProjectState.EXITED),
    }
)
FOR_DISEASE, FOR_COUNTY, FOR_CITY, FOR_PROVINCE = 40, 30, 20, 10
FOR_AMOUNT, FOR_LIGHT = 20, {"green": 10, "amber": 5}
ZERO = Decimal(0)


@dataclass(frozen=True)
class Tag:
    code: str
    name: str | Promise


@dataclass(frozen=True)
class Grid:
    """Rows by columns with how many projects stand in each cell; `cells[row][column]`, 0 is a blank.

    A project with two diseases stands in two rows, so that rows are not added up; `total` counts
    each project once.
    """

    rows: Sequence[Tag]
    columns: Sequence[Tag]
    cells: Sequence[Sequence[int]]
    total: int

    @property
    def blanks(self) -> list[tuple[Tag, Tag]]:
        """The cells without a project, unsaid rows and columns apart."""
        return [
            (row, column)
            for row, line in zip(self.rows, self.cells, strict=True)
            for column, count in zip(self.columns, line, strict=True)
            if not count and row.code and column.code
        ]


@dataclass(frozen=True)
class Spot:
    """A disease in a setting: the regions that have projects with how many, and the regions that have none."""

    there: Sequence[tuple[Tag, int]]
    missing: Sequence[Tag]


@dataclass(frozen=True)
class Coverage:
    """`spots[row][column]` follow the rows and columns of `by_setting`, over the regions of `by_region`."""

    by_setting: Grid
    by_region: Grid
    spots: Sequence[Sequence[Spot]]


def calls_with_projects(user: User) -> QuerySet[Call]:
    """The batches whose map can be drawn, the newest first."""
    return Call.objects.visible_to(user).order_by("-year", "-id")


def coverage_of(
    user: User, *, call: Call | None = None, applied: bool = False, place: Region | None = None
) -> Coverage:
    """The map of the projects the person sees, or with `applied` of what was handed in to the call."""
    rows: QuerySet = (
        Application.objects.visible_to(user).handed_in()
        if applied
        else Project.objects.visible_to(user)
    )
    if call is not None:
        rows = rows.filter(call=call)
    if place is not None:
        low, high = _span(place.pk)
        rows = rows.filter(region_code__gte=low, region_code__lte=high)
    found = list(
        rows.order_by("id").values_list("disease_themes", "settings", "region_code")[:MOST_READ]
    )
    codes: dict[str, list[Tag]] = {"disease_theme": [], "setting": []}
    is_english = (get_language() or "").startswith("en")
    for row in Code.objects.filter(scheme__in=codes).order_by("rank", "id"):
        word = row.en if is_english and row.en else row.zh
        codes[row.scheme].append(Tag(row.code, word))
    regions = [Tag(str(code), name) for code, name in _names({row[2] for row in found})]
    places = [([str(code)] if code else []) for _d, _s, code in found]
    diseases = [row[0] for row in found]
    by_setting = _grid(codes["disease_theme"], codes["setting"], diseases, [r[1] for r in found])
    by_region = _grid(codes["disease_theme"], regions, diseases, places)
    return Coverage(by_setting, by_region, _spots(by_setting, by_region.columns, found))


def _spots(
    grid: Grid, regions: Sequence[Tag], found: Sequence[tuple[list[str], list[str], int | None]]
) -> list[list[Spot]]:
    rows, columns = [tag.code for tag in grid.rows], [tag.code for tag in grid.columns]
    counted: Counter[tuple[str, str, str]] = Counter()
    for diseases, settings, region in found:
        mine = {code if code in rows else UNSAID for code in diseases} or {UNSAID}
        theirs = {code if code in columns else UNSAID for code in settings} or {UNSAID}
        place = str(region) if region else UNSAID
        counted.update((row, column, place) for row in mine for column in theirs)

    def spot(row: str, column: str) -> Spot:
        numbers = [(tag, counted[row, column, tag.code]) for tag in regions]
        return Spot(
            there=[(tag, n) for tag, n in numbers if n],
            missing=[tag for tag, n in numbers if not n and tag.code],
        )

    return [[spot(row, column) for column in columns] for row in rows]


def _span(code: int) -> tuple[int, int]:
    """The codes of a region and everything in it."""
    if code % 10_000 == 0:
        return code, code + 9_999
    if code % 100 == 0:
        return code, code + 99
    return code, code


def _names(codes: set[int | None]) -> list[tuple[int, str]]:
    wanted = sorted(code for code in codes if code)
    return list(Region.objects.filter(pk__in=wanted).order_by("pk").values_list("pk", "name"))


def _grid(
    rows: Sequence[Tag],
    columns: Sequence[Tag],
    of_rows: Sequence[Sequence[str]],
    of_columns: Sequence[Sequence[str]],
) -> Grid:
    counted: Counter[tuple[str, str]] = Counter()
    known_rows, known_columns = {tag.code for tag in rows}, {tag.code for tag in columns}
    for row_codes, column_codes in zip(of_rows, of_columns, strict=True):
        # What names none, or one that left the list, stands in a row of its own and is not lost.
        mine = {code if code in known_rows else UNSAID for code in row_codes} or {UNSAID}
        theirs = {code if code in known_columns else UNSAID for code in column_codes} or {UNSAID}
        counted.update((row, column) for row in mine for column in theirs)
    rows, columns = list(rows), list(columns)
    if any(row == UNSAID for row, _column in counted):
        rows.append(Tag(UNSAID, _("没有写")))
    if any(column == UNSAID for _row, column in counted):
        columns.append(Tag(UNSAID, _("没有写")))
    cells = [[counted[row.code, column.code] for column in columns] for row in rows]
    return Grid(rows, columns, cells, len(of_rows))


# ── what a donor's wish fits ─────────────────────────────────────────────────


@dataclass(frozen=True)
class Match:
    """A project with what it still needs (yuan), its points and, for each, the reason."""

    uid: UUID
    title: str
    unit: str
    gap: Decimal
    points: int
    reasons: Sequence[tuple[int, str]]


def matches_for(
    user: User, *, disease: str = "", place: Region | None = None, amount: int | None = None
) -> list[Match]:
    """Projects that still need money, ranked for a wish; equal wishes and rows give equal ranks.

    Disease 40; area 30 for the same county, 20 the same city, 10 the same province; amount up to 20 for the
    share of the gap it covers; progress 10 green, 5 amber. Of equal points the larger gap stands first.
    """
    found = []
    for one in _asking(user):
        gap = one["need"] - (one["approved_amount"] or ZERO)
        if gap <= 0:
            continue
        reasons = [
            *_for_disease(one["disease_themes"], disease),
            *_for_place(one["region_code"], place),
            *_for_amount(gap, amount),
            *_for_light(one["light"]),
        ]
        points = sum(score for score, _reason in reasons)
        found.append(Match(one["uid"], one["title"], one["unit_name"], gap, points, reasons))
    found.sort(key=lambda one: (-one.points, -one.gap, one.title, str(one.uid)))
    return found[:MOST_SHOWN]


def _asking(user: User) -> list[dict[str, Any]]:
    """What can still be paid for: the budget of the project, else of its application."""
    lines = (
        BudgetLine.objects.filter(project=OuterRef("pk"))
        .order_by()
        .values("project")
        .annotate(whole=Sum("amount"))
        .values("whole")
    )
    rows = (
        Project.objects.visible_to(user)
        .exclude(state__in=OVER)
        .annotate(
            own=Subquery(lines),
            need=Case(
                When(own__gt=0, then="own"),
                default=Coalesce("application__budget_total", Value(ZERO)),
            ),
        )
        .filter(need__gt=0)
        .order_by("id")
    )
    names = ("uid", "title", "unit_name", "disease_themes", "region_code", "approved_amount")
    return list(rows.values(*names, "light", "need")[:MOST_READ])


def _for_disease(themes: Sequence[str], disease: str) -> list[tuple[int, str]]:
    if not disease:
        return []
    if disease in themes:
        return [(FOR_DISEASE, str(_("病种一致")))]
    return [(0, str(_("病种不同")))]


def _for_place(code: int | None, place: Region | None) -> list[tuple[int, str]]:
    if place is None:
        return []
    if code is None:
        return [(0, str(_("没有写地区")))]
    wanted = place.pk
    steps = (
        (1, FOR_COUNTY, _("同一区县")),
        (100, FOR_CITY, _("同一城市")),
        (10_000, FOR_PROVINCE, _("同一省份")),
    )
    # A wish for a whole city or province is met by everything in it.
    low, high = _span(wanted)
    if low <= code <= high:
        return [(FOR_COUNTY, str(_("在所选地区内")))]
    for size, points, word in steps:
        if code // size == wanted // size:
            return [(points, str(word))]
    return [(0, str(_("不在同一省份")))]


def _for_amount(gap: Decimal, amount: int | None) -> list[tuple[int, str]]:
    if amount is None:
        return []
    if amount >= gap:
        return [(FOR_AMOUNT, str(_("够补齐缺口 %(gap)s 元") % {"gap": money(gap)}))]
    share = int(Decimal(amount) * 100 / gap)
    points = int(Decimal(amount) * FOR_AMOUNT / gap)
    return [(points, str(_("能补缺口的 %(n)d%%") % {"n": share}))]


def _for_light(light: str) -> list[tuple[int, str]]:
    words = {"green": _("进度正常"), "amber": _("进度需关注"), "red": _("进度滞后")}
    if light not in words:
        return [(0, str(_("进度还没有评定")))]
    return [(FOR_LIGHT.get(light, 0), str(words[light]))]
