"""The template components; docs/components.md shows each with an example.

What stands in every row of a list (icon, badge, clock, masked value ...) is written here, several times
faster than by an included template: by format_html, and the two of nearly every row (clock, masked) with
each value escaped by name. The rest lives in templates/components.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from msw_portal.kernel import display
from msw_portal.kernel.charts import Chart
from msw_portal.kernel.field_drawing import drawn, escaped
from msw_portal.kernel.form_fields import ShownField, show_field
from msw_portal.kernel.icons import icon
from msw_portal.kernel.retelling import retold

register = template.Library()
register.filter("money", display.money)
register.filter("figure", display.figure)
register.filter("when", display.when)
register.filter("moment", display.moment)
register.filter("retold", retold)
register.filter("listed", display.enumerated)

RISKS = dict(enumerate(map(gettext_lazy, ("低", "中", "高", "危机")), start=1))
TONE_ICONS = {"": "info", "accent": "check", "warn": "warn", "danger": "warn"}


register.simple_tag(icon)


# Fields and forms


@register.simple_tag
def field(bound: BoundField, shape: str = "", **options: Any) -> SafeString:
    """A field with its label, control, help and error sentence; see form_fields.show_field."""
    return drawn(show_field(bound, shape=shape, **options))


@register.simple_tag
def shown(one: ShownField) -> SafeString:
    """A field that a view has decided already."""
    return drawn(one)


@register.simple_tag
def fields(form: BaseForm, *names: str) -> SafeString:
    """The named fields of a form, or all of them, hidden ones included."""
    made = "".join([drawn(show_field(form[name])) for name in names or form.fields])
    return SafeString(f"{made}\n")  # nosec B703 - each is what `drawn` made


@register.inclusion_tag("_form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """What stopped the form: its own sentences, then a link to each field that refused."""
    if not form.is_bound:
        return {"own": [], "wrong": []}
    hidden = [sentence for bound in form.hidden_fields() for sentence in bound.errors]
    return {
        "own": [*form.non_field_errors(), *hidden],
        "wrong": [bound for bound in form.visible_fields() if bound.errors],
    }


@register.inclusion_tag("components/draft_state.html", takes_context=True)
def draft_state(context: Mapping[str, Any], saved_at: datetime | None = None) -> dict[str, Any]:
    """Where a form with `data-draft` says whether what is typed is kept.

    With `draft_url` in the context the form also carries its draft's address, so that a POST after
    the session's end keeps what was typed.
    """
    return {"saved_at": saved_at, "draft_url": context.get("draft_url", "")}


# States, times and identity: one line each


@register.simple_tag
def badge(text: Any, tone: str = "", icon_name: str = "", title: str = "") -> SafeString:
    """A state in a word; tone is "", accent, warn, danger, solid or plain."""
    return format_html(
        '<span class="badge{}"{}>{}{}</span>',
        f" badge--{tone}" if tone else "",
        format_html(' title="{}"', title) if title else "",
        icon(icon_name) if icon_name else "",
        text,
    )


@register.simple_tag
def risk(level: int, text: Any = "") -> SafeString:
    """A level of risk from 1 to 4: bars and a word."""
    return format_html(
        '<span class="risk risk--{}"><svg viewBox="0 0 16 12" aria-hidden="true">{}</svg>{}</span>',
        int(level),
        _RISK_BARS,
        text or RISKS[int(level)],
    )


_RISK_BARS = format_html_join(
    "",
    '<rect x="{}" y="{}" width="3" height="{}"></rect>',
    ((4 * n, 9 - 3 * n, 3 + 3 * n) for n in range(4)),
)


@register.simple_tag
def ticks(done: int, text: Any, total: int = 6) -> SafeString:
    """A stage inside a table: `done` of `total` ticks and its word."""
    return format_html(
        '<span class="stage"><svg viewBox="0 0 {} 6" aria-hidden="true">{}</svg>{}</span>',
        total * 6 - 1,
        _ticks(int(done), int(total)),
        text,
    )


@cache
def _ticks(done: int, total: int) -> SafeString:
    return format_html_join(
        "",
        '<rect x="{}" width="4.5" height="6" rx="1"{}></rect>',
        ((n * 6, SafeString(' class="on"') if n < done else "") for n in range(total)),
    )


@register.simple_tag
def clock(
    due: datetime | date | None,
    now: datetime | None = None,
    soon_hours: float = 3,
    text: Any = "",
    before: Any = "",
    tone: str = "",
) -> SafeString:
    """Time left or overdue in words, the exact instant as its title; nothing without a deadline.

    `before` names what is due; `text` and `tone` replace words and colour where a rule, not the
    time, decides them.
    """
    if due is None and not text:
        return SafeString("")
    shown = display.deadline(due, now, soon=timedelta(hours=float(soon_hours))) if due else None
    tone = tone or (shown.tone if shown else "")
    tone_class = f" clock--{escaped(tone)}" if tone else ""
    title = f' title="{shown.exact}"' if shown else ""
    words = f"{icon('clock')}{escaped(before)} {escaped(text or shown.words)}"
    return SafeString(f'<span class="clock{tone_class}"{title}>{words}</span>')  # nosec B703


@register.simple_tag
def masked(text: Any, url: str = "", what: Any = "", href: str = "") -> SafeString:
    """A masked value; with `url` an eye that asks for a reason, posts it and shows the answer.

    The address answers 200 with templates/components/revealed.html, or 422 with a sentence. `what`
    says what will be shown (姓名与证件号); `href` makes the value a link.
    """
    shown = escaped(text)
    if href:
        shown = f'<a href="{escaped(href)}">{shown}</a>'
    if not url:
        return SafeString(f'<span class="mask">{shown}</span>')  # nosec B703
    title = _reveal_title(get_language(), what or _("身份信息"))
    return SafeString(  # nosec B703
        f'<span class="mask"><span data-masked>{shown}</span><button class="eye" type="button" '
        f'data-reveal="{escaped(url)}" aria-label="{title}" title="{title}">{icon("eye")}</button></span>'
    )


@lru_cache
def _reveal_title(_language: str, what: str) -> SafeString:
    """The sentence stands in every row of a list."""
    return escape(_("显示%(what)s（须填理由，留审计记录）") % {"what": what})


@register.simple_tag
def chip(label: Any, value: Any = "", remove_url: str = "") -> SafeString:
    """A condition of a list that is on; `remove_url` is the list without it."""
    if not remove_url:
        return format_html('<span class="chip">{} <b>{}</b></span>', label, value)
    return format_html(
        '<span class="chip chip--on">{} <b>{}</b><a class="chip__x" href="{}" aria-label="{}">{}'
        "</a></span>",
        label,
        value,
        remove_url,
        _("去掉条件：%(label)s %(value)s") % {"label": label, "value": value},
        icon("x"),
    )


# Figures, sums and lists


@register.inclusion_tag("components/stat.html")
def stat(
    label: Any,
    value: Any,
    unit: Any = "",
    sub: Any = "",
    basis: Any = "",
    url: str = "",
    tone: str = "",
) -> dict[str, Any]:
    """A figure: name, number with unit, formula (`sub`), population and as-of time (`basis`).

    `url` opens the number to its rows; tone is "", warn or danger.
    """
    unit = display.unit_of(value, unit)
    value = display.NOTHING if value is None else value
    return locals()


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Iterable[Any]) -> dict[str, Any]:
    """Stages in order; each has `label`, `note` and `state`: done, now or ahead."""
    return {"steps": steps}


@register.inclusion_tag("components/why.html")
def why(id: str, sentence: Any = "", missing: Iterable[Any] = (), rule: Any = "") -> dict:
    """Why a step is closed: a sentence, what is missing (each `label`, `url`), then the rule.

    The closed button carries `aria-disabled="true" aria-describedby="<id>"`.
    """
    return {"id": id, "sentence": sentence, "missing": list(missing), "rule": rule}


@register.inclusion_tag("components/ledger.html")
def ledger(lines: Iterable[Any]) -> dict[str, Any]:
    """A sum written as a sum.

    A line has label and amount; it may have kind (minus or sum), note, url and tone.
    """
    return {"lines": lines}


@register.inclusion_tag("components/pager.html")
def pager(before: str = "", after: str = "", text: Any = "") -> dict[str, Any]:
    """Keyset pages: the addresses of the page before and the page after, empty at an end."""
    return locals()


@register.inclusion_tag("components/empty.html")
def empty(
    title: Any, text: Any = "", icon_name: str = "info", url: str = "", action: Any = ""
) -> dict[str, Any]:
    """An empty state: what is not here, and the first thing to do."""
    return locals()


@register.inclusion_tag("components/timeline.html")
def timeline(items: Iterable[Any]) -> dict[str, Any]:
    """What happened, latest first; an item has title, and may have note, url and state.

    `state` is head (the newest), plan (to come) or miss (a gap).
    """
    return {"items": items}


@register.inclusion_tag("components/course.html")
def course(phases: Iterable[Any], lanes: Iterable[Any]) -> dict[str, Any]:
    """The whole-course strip: phases across, lanes down, what is missing drawn as a gap.

    A phase has label, note and state (past, now, ahead). A lane has label and cells, one list of
    events per phase; an event has title, and may have time, note, url and state: done, plan, gap
    or late. On a phone the same events stand in one list, gaps first.

    Raises:
        ValueError: when a lane has more or fewer cells than there are phases.
    """
    phases = list(phases)
    lanes = [{"label": _read(lane, "label"), "cells": list(_read(lane, "cells"))} for lane in lanes]
    listed = []
    for lane in lanes:
        pairs = list(zip(phases, lane["cells"], strict=True))
        lane["cells"] = pairs
        listed += [
            {"event": event, "phase": phase, "lane": lane}
            for phase, events in pairs
            for event in events
        ]
    order = {"late": 0, "gap": 1}
    listed.sort(key=lambda one: order.get(_read(one["event"], "state"), 2))
    return {"phases": phases, "lanes": lanes, "listed": listed}


def _read(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


@register.inclusion_tag("components/todo.html")
def todo(items: Iterable[Any], lead: bool = True) -> dict[str, Any]:
    """Things to do; `lead=False` leaves out the column of times.

    An item has title, and may have time, note, url, badge, tone, action and action_url.
    """
    return {"items": items, "lead": lead}


@register.inclusion_tag("components/progress.html")
def progress(
    value: float, total: float = 100, text: Any = "", tone: str = "v", **more: float
) -> dict[str, Any]:
    """A bar and its words; further parts by tone (`v w d k2 k3 k5`): `progress 60 w=15`."""
    parts, start = [], 0.0
    for name, part in ((tone, value), *more.items()):
        width = min(float(part or 0) * 100 / float(total), 100 - start) if total else 0.0
        parts.append({"tone": name, "x": f"{start:.1f}", "width": f"{max(width, 0):.1f}"})
        start += max(width, 0)
    return {"parts": parts, "text": text}


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    """A chart card: drawing, table of the same numbers, downloads, definition."""
    return {"chart": chart}


@register.inclusion_tag("components/later.html")
def later(url: str, title: Any = "", trigger: str = "load") -> dict[str, Any]:
    """A place that another address fills: a panel of another app, the history of a record."""
    return {"url": url, "title": title, "trigger": trigger}


# Tags with content


@register.simple_block_tag
def card_head(
    content: str, title: Any, count: Any = "", note: Any = "", id: str = "", level: int = 2
) -> SafeString:
    """A card's head: title, count, note; what stands inside goes to its end."""
    return render_to_string("components/card_head.html", locals())


@register.simple_block_tag
def dialog(content: str, id: str, title: Any) -> SafeString:
    """A native dialog: `data-open="<id>"` on a button opens it, `data-close` inside closes it."""
    return render_to_string("components/dialog.html", locals())


@register.simple_block_tag
def menu(
    content: str,
    label: Any,
    icon_name: str = "",
    kind: str = "btn",
    end: bool = False,
    title: Any = "",
) -> SafeString:
    """A button that opens a small panel; Esc, a click outside and leaving by Tab close it.

    `kind` is the button's class (btn, chip, bar__org ...); `end` aligns the panel to its end.
    """
    return render_to_string("components/menu.html", locals())


@register.simple_block_tag
def alert(
    content: str, title: Any = "", tone: str = "", icon_name: str = "", live: bool = False
) -> SafeString:
    """A notice; tone is "", accent, warn or danger; `live` has a screen reader announce it."""
    return render_to_string(
        "components/alert.html",
        {"content": content, "title": title, "tone": tone, "live": live}
        | {"icon_name": icon_name or TONE_ICONS[tone]},
    )
