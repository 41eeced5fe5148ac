"""A programme's version in words: for its page, for lists, for two side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from donations.forms.programmes import CLOCKED, ORDER_RULES
from donations.models.programmes import Programme, ProgrammeVersion
from donations.services.programme_texts import LABELS, examples_tried
from donations.views.funds import span_words
from donations.workflow import RequestState
from msw_portal.kernel.display import enumerated, money

SHOWN_APART = ("name", "example_cases")  # the heading, and the panel that runs them


@dataclass(frozen=True)
class Said:
    """One part of a version: its label and its lines; `code` the expression beside a line."""

    label: Any
    lines: tuple[tuple[str, str], ...]


def state_of(one: ProgrammeVersion) -> tuple[str, str]:
    """In words, with the tone of its badge."""
    if one.published_at is None:
        return _("草稿"), "warn"
    return (_("在用"), "accent") if one.is_in_force else (_("已发布"), "")


def programme_row(one: Programme) -> dict[str, Any]:
    """A programme in the list; needs fund and `own_versions`, the newest first."""
    now = next((row for row in one.own_versions if row.is_in_force), None)
    draft = next((row for row in one.own_versions if row.published_at is None), None)
    return {
        "url": reverse("donations:programme", args=[one.uid]),
        "name": one.name,
        "fund": one.fund.name,
        "now": f"v{now.version}" if now else "",
        "valid": span_words(now.valid) if now else "",
        "draft": f"v{draft.version}" if draft else "",
        "draft_url": reverse("donations:version", args=[draft.uid]) if draft else "",
    }


def version_row(one: ProgrammeVersion, running: int) -> dict[str, Any]:
    state, tone = state_of(one)
    return {
        "url": reverse("donations:version", args=[one.uid]),
        "number": f"v{one.version}",
        "name": one.name,
        "valid": span_words(one.valid),
        "state": state,
        "tone": tone,
        "writer": one.created_by.display_name if one.created_by else "",
        "publisher": one.published_by.display_name if one.published_by else "",
        "published_at": one.published_at,
        "running": running,
    }


def said(one: ProgrammeVersion, houses: Mapping[str, str]) -> list[Said]:
    """Every part of a version in the order of LABELS; `houses` names hospitals by uid."""
    return [
        Said(LABELS[name], _lines(one, name, houses)) for name in LABELS if name not in SHOWN_APART
    ]


def compared(
    left: ProgrammeVersion, right: ProgrammeVersion, houses: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Part by part, what each of two versions says and whether they differ."""
    found = []
    for name, label in LABELS.items():
        first, second = _lines(left, name, houses), _lines(right, name, houses)
        found.append({"label": label, "left": first, "right": second, "differs": first != second})
    return found


def _lines(
    one: ProgrammeVersion, name: str, houses: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """The lines of one part, each with the expression behind it or ""."""
    if name in ("conditions", "benefit_rows"):
        return tuple((row["zh"], row["cel"]) for row in getattr(one, name))
    if name == "example_cases":
        return tuple((row.text, row.said) for row in examples_tried(one))
    return tuple((text, "") for text in _texts(one, name, houses) if text)


def _texts(one: ProgrammeVersion, name: str, houses: Mapping[str, str]) -> list[str]:
    value = getattr(one, name)
    if name == "valid":
        return [span_words(value)]
    if name == "documents":
        must = _("必须")
        return [f"{row['text']}（{must}）" if row.get("required") else row["text"] for row in value]
    if name == "stages":
        return [" → ".join(str(RequestState(state).label) for state in value)]
    if name == "payout_modes":
        labels = dict(ProgrammeVersion.PayoutMode.choices)
        return [enumerated(str(labels.get(mode, mode)) for mode in value)]
    if name == "hospitals":
        return [enumerated(houses.get(uid, uid) for uid in value) if value else _("不限")]
    if name == "order_rule":
        return [str(dict(ORDER_RULES).get(value, value))]
    if name == "quota":
        return [_("%(n)s 名") % {"n": value} if value else _("不限")]
    if name == "caps":
        return _caps(value)
    if name == "sla":
        days = _("%(step)s %(n)s 天")
        known = [state for state in CLOCKED if state in value]
        return [days % {"step": RequestState(one).label, "n": value[one]} for one in known]
    if name == "needs_agreement":
        return [_("是") if value else _("否")]
    return [str(value or "")]


def _caps(caps: Mapping[str, str]) -> list[str]:
    words = {
        "per_request": _("每份申请 %(amount)s 元"),
        "per_person": _("每人累计 %(amount)s 元"),
        "committee_above": _("超过 %(amount)s 元须评审会"),
    }
    return [
        words[name] % {"amount": money(Decimal(caps[name]))} for name in words if caps.get(name)
    ]
