"""The four-way scores of a case over time: a radar with its table, and what changed from first to last."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models.work import Assessment
from msw_portal.kernel.charts import Chart, Series
from msw_portal.kernel.instruments.own import FOUR_WAY, FOUR_WAY_AXES

# The first and the newest few: more outlines over each other cannot be told apart.
DRAWN = 5
BEST = 10


def checkpoints_of(assessments: Iterable[Assessment]) -> dict[str, Any]:
    """`radar`, `changes` and the places they lie between (`changed_from`, `changed_to`) of the final four-way scores among the rows; {} without one.

    A score that a later one corrects does not count. Reads nothing itself.
    """
    rows = list(assessments)
    corrected = {one.corrects_id for one in rows if one.is_final and one.corrects_id}
    scored = sorted(
        (
            one
            for one in rows
            if one.is_final
            and one.questionnaire.code == FOUR_WAY["code"]
            and one.pk not in corrected
        ),
        key=lambda one: (one.finalized_at, one.pk),
    )
    if not scored:
        return {}
    shown = scored if len(scored) <= DRAWN else [scored[0], *scored[1 - DRAWN :]]
    return {
        "radar": _radar(shown),
        "changes": _changes(scored[0], scored[-1]),
        "changed_from": place_of(scored[0]),
        "changed_to": place_of(scored[-1]),
    }


def place_of(one: Assessment) -> str:
    """The checkpoint the worker chose, else the stage of the case."""
    return str(one.get_checkpoint_display() or one.get_phase_display())


def _value(one: Assessment, axis: str) -> Decimal | None:
    text = one.score.get("subscales", {}).get(axis)
    return None if text is None else Decimal(text)


def _radar(rows: list[Assessment]) -> Chart:
    axes = [code for code, _text, _anchors in FOUR_WAY_AXES]
    series = []
    for one in rows:
        day = f"{timezone.localdate(one.finalized_at):%Y-%m-%d}"
        name = f"{place_of(one)} {day}".strip()
        url = reverse("cases:assessment", args=[one.uid])
        values = [_value(one, axis) for axis in axes]
        series.append(Series(name, values, urls=[url] * len(axes)))
    return Chart(
        id="chart-four-way",
        kind="radar",
        title=_("四个方面的变化"),
        category_label=_("方面"),
        categories=[text for _code, text, _anchors in FOUR_WAY_AXES],
        series=series,
        maximum=BEST,
        definition=_("0–10，越靠外越好；社工评定，院内约定，未经信效度检验。"),
    )


def _changes(first: Assessment, last: Assessment) -> list[dict[str, Any]]:
    """Axis by axis the first and the newest score and their difference; [] with one score alone."""
    if first.pk == last.pk:
        return []
    found = []
    for code, text, _anchors in FOUR_WAY_AXES:
        before, after = _value(first, code), _value(last, code)
        change = None if before is None or after is None else after - before
        said = "—" if change is None else f"{change:+f}" if change else "0"
        found.append({"label": text, "before": before, "after": after, "change": said})
    return found
