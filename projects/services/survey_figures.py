"""What a study shows: how far the sample plan is, and after the end what was answered, small cells hidden."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.questionnaire.answering import asked, options_of
from msw_portal.kernel.questionnaire.definition import MISSING, type_of
from projects.models.surveys import SampleGroup, Survey, SurveyResponse
from projects.services.small_cells import SMALLEST, shown_column, shown_pair, shown_table
from projects.workflow.surveys import SurveyState

BY_GROUP = "group"


@dataclass(frozen=True)
class Reached:
    """A line of the sample plan: units of its own kind, which no other line is added to."""

    group: SampleGroup
    done: int

    @property
    def percent(self) -> int:
        """Of the plan, half up, at most 100."""
        return min(100, percent_of(self.done, self.group.target))


@dataclass(frozen=True)
class Progress:
    """`answers` are sheets that count, `on_paper` of them typed in; `target` None without a plan for sheets."""

    lines: Sequence[Reached]
    answers: int
    on_paper: int
    target: int | None

    @property
    def percent(self) -> int:
        return min(100, percent_of(self.answers, self.target)) if self.target else 0


@dataclass(frozen=True)
class Row:
    """One answer: `count` None where hidden, `share` in percent of the sheets, `cells` by column."""

    label: str | Promise
    count: int | None
    share: Decimal | None
    cells: Sequence[int | None] = ()


@dataclass(frozen=True)
class Result:
    """What was answered to one item.

    `answered` is None where it, or how many did not answer, would show a few; shares are of all sheets.
    `mean` and `median` for numbers; `words` for texts, in no order of time. `is_held_back` where fewer
    than five answered.
    """

    number: str
    text: str
    kind: str
    answered: int | None
    rows: Sequence[Row] = ()
    columns: Sequence[str] = ()
    mean: Decimal | None = None
    median: Decimal | None = None
    words: Sequence[str] = field(default_factory=list)
    is_held_back: bool = False


def percent_of(part: int, whole: int | None) -> int:
    """Whole percent, half up; 0 of nothing."""
    if not whole:
        return 0
    return int((Decimal(part) * 100 / whole).quantize(Decimal(1), ROUND_HALF_UP))


def progress_of(survey: Survey) -> Progress:
    """Counted anew from what was entered; two statements however long the plan is."""
    live = Count("units", filter=Q(units__voided_at__isnull=True))
    groups = survey.groups.annotate(done=live).order_by("letter")
    sheets = survey.responses.filter(voided_at__isnull=True).aggregate(
        all=Count("pk"), paper=Count("pk", filter=Q(is_paper=True))
    )
    return Progress(
        lines=[Reached(group, group.done) for group in groups],
        answers=sheets["all"],
        on_paper=sheets["paper"],
        target=survey.answer_target,
    )


def shows_results(survey: Survey) -> bool:
    """Results stand still before they are shown: two looks with one more sheet between would tell it."""
    return survey.state in (SurveyState.CLOSED, SurveyState.REPORTED)


def breakdowns(survey: Survey) -> list[tuple[str, str | Promise]]:
    """By what results can be broken down: the sample's groups, an item with a few choices."""
    if survey.questionnaire is None:
        return []
    definition = survey.questionnaire.definition
    found: list[tuple[str, str | Promise]] = [(BY_GROUP, _("样本类"))]
    for item in definition.get("items", ()):
        if type_of(item) == "choice" and len(options_of(definition, item)) <= 6:
            found.append((item["code"], item["zh"]))
    return found


def results_of(survey: Survey, *, by: str = "") -> list[Result]:
    """The answers to each item; nothing before the end, nothing of fewer than five sheets.

    `by` is one of `breakdowns`; another breaks nothing down.
    """
    if survey.questionnaire is None or not shows_results(survey):
        return []
    definition = survey.questionnaire.definition
    sheets = list(
        survey.responses.filter(voided_at__isnull=True).select_related("group").order_by("uid")
    )
    if len(sheets) < SMALLEST:
        return []
    columns = _columns(survey, definition, sheets, by)
    found, number = [], 0
    for item in definition.get("items", ()):
        number += "when" not in item
        label = str(number) if "when" not in item else ""
        found.append(
            _result(definition, item, label, sheets, columns if item["code"] != by else {})
        )
    return found


def _columns(
    survey: Survey, definition: Mapping[str, Any], sheets: Sequence[SurveyResponse], by: str
) -> dict[str, list[int]]:
    """Column's name -> the sheets in it, by their place; every sheet in exactly one."""
    if by not in {code for code, _label in breakdowns(survey)}:
        return {}
    rest = str(_("未分类") if by == BY_GROUP else _("未答"))
    item = next((one for one in definition["items"] if one["code"] == by), None)
    words = {str(one["value"]): one["zh"] for one in options_of(definition, item)} if item else {}
    found: dict[str, list[int]] = {word: [] for word in words.values()}
    for place, sheet in enumerate(sheets):
        if item is None:
            name = str(sheet.group) if sheet.group else rest
        else:
            name = words.get(str(sheet.answers.get(by)), rest)
        found.setdefault(name, []).append(place)
    filled = {name: places for name, places in sorted(found.items()) if places}
    # A column of a few people would show a few people.
    return filled if all(len(places) >= SMALLEST for places in filled.values()) else {}


def _result(
    definition: Mapping[str, Any],
    item: Mapping[str, Any],
    number: str,
    sheets: Sequence[SurveyResponse],
    columns: Mapping[str, list[int]],
) -> Result:
    kind, code = type_of(item), item["code"]
    given = [sheet.answers.get(code) for sheet in sheets]
    answered = sum(one not in MISSING for one in given)
    shown = shown_pair(answered, len(sheets))
    base = {"number": number, "text": item["zh"], "kind": kind, "answered": shown}
    if answered < SMALLEST:
        return Result(**base, is_held_back=True)
    if kind == "number":
        numbers = [Decimal(one) for one in given if one not in MISSING]
        return Result(
            **base, mean=_one(statistics.mean(numbers)), median=_one(statistics.median(numbers))
        )
    if kind == "text":
        return Result(**base, words=sorted(str(one) for one in given if one not in MISSING))
    options = [(str(one["value"]), one["zh"]) for one in options_of(definition, item)]
    if kind == "many":
        return Result(**base, rows=_ticked(options, given, answered))
    # How many left it open is a row of the table, and may be hidden there.
    base["answered"] = None
    return Result(
        **base, rows=_chosen(definition, code, options, sheets, columns), columns=[*columns]
    )


def _ticked(options: Sequence[tuple[str, str]], given: Sequence[Any], answered: int) -> list[Row]:
    """Several may be chosen: each choice stands alone against those who did not make it."""
    counted = Counter(str(value) for one in given if one not in MISSING for value in one)
    rows = []
    for value, label in options:
        count = shown_pair(counted[value], answered)
        if count is not None:
            count = shown_pair(count, len(given))
        rows.append(Row(label, count, _share(count, len(given))))
    return rows


def _chosen(
    definition: Mapping[str, Any],
    code: str,
    options: Sequence[tuple[str, str]],
    sheets: Sequence[SurveyResponse],
    columns: Mapping[str, list[int]],
) -> list[Row]:
    """One is chosen; who was not asked or left it open is a row too, so that the sum is the number of sheets."""
    places = {value: row for row, (value, _label) in enumerate(options)}
    labels: list[str | Promise] = [*(label for _value, label in options), _("未答"), _("不须作答")]
    rows_of = [
        places.get(
            str(sheet.answers.get(code)),
            len(options) + (code not in asked(definition, sheet.answers)),
        )
        for sheet in sheets
    ]
    groups = [*columns.values()] or [list(range(len(sheets)))]
    table = [
        [sum(rows_of[at] == row for at in group) for group in groups] for row in range(len(labels))
    ]
    kept = [row for row in range(len(labels)) if row < len(options) or sum(table[row])]
    if columns:
        cells, totals = shown_table([table[row] for row in kept])
    else:
        totals = shown_column([table[row][0] for row in kept])
        cells = [()] * len(kept)
    return [
        Row(labels[row], total, _share(total, len(sheets)), line)
        for row, total, line in zip(kept, totals, cells, strict=True)
    ]


def _share(count: int | None, whole: int) -> Decimal | None:
    return None if count is None else _one(Decimal(count) * 100 / whole)


def _one(number: Any) -> Decimal:
    return Decimal(number).quantize(Decimal("0.1"), ROUND_HALF_UP)
