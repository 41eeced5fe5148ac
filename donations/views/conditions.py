"""The conditions of a list of requests: chips for those that are on, menus for those that could be."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from departments.views.list_box import list_box, view_tabs, with_query
from donations.filters import REQUEST_FIELDS, RequestFilter
from donations.views.paging import address
from msw_portal.kernel.display import enumerated, money

Named = Mapping[str, tuple[Any, Mapping[str, str]]]
PLACE = ("open", "after", "before")  # where in the list one is, not what it shows
# What the little form of further conditions asks itself; everything else it must not lose.
FURTHER = ("q", "submitted_from", "submitted_to", "amount_min", "amount_max")


def given(request: HttpRequest) -> QueryDict:
    """The conditions of the address, with the query that was just sent."""
    asked = request.GET.copy()
    if "query" in request.POST:
        asked["query"] = request.POST["query"]
    return asked


def box(request: HttpRequest, form: RequestFilter, key: str) -> dict[str, Any]:
    """The query language over a list of requests, and its saved views."""
    return {
        "box": list_box(
            request,
            key=key,
            fields=REQUEST_FIELDS,
            typed=form.asked.text,
            faults=form.asked.faults,
            kept=with_query(request, None),
            hint=_("按条件查，如 状态:已提交 金额>1万 提交:本月"),
        ),
        "saved": view_tabs(request, key),
    }


def shown(request: HttpRequest, form: RequestFilter, named: Named) -> dict[str, Any]:
    """The context of the filter bar; `named` gives label and choices of what is picked from a menu.

    A condition that cannot be read narrows nothing and is said (`filter_form.errors`).
    """
    given = request.GET
    return {
        "chosen": [
            chip(request, form, name, named)
            for name in (form.in_use if form.is_valid() else [])
            if name != "query"
        ],
        "menus": [
            {
                "label": label,
                "choices": [
                    {"label": text, "url": address(given, **{name: key})}
                    for key, text in choices.items()
                ],
            }
            for name, (label, choices) in named.items()
            if choices and not given.get(name)
        ],
        "filter_form": form,
        "kept": kept(request, (*PLACE, *FURTHER)),
    }


def chip(request: HttpRequest, form: RequestFilter, name: str, named: Named) -> dict[str, Any]:
    """A condition that is on, in words, and the list without it."""
    value = form.cleaned_data[name]
    if name in named:
        values = value if isinstance(value, list) else [str(value)]
        text = enumerated(named[name][1].get(str(one), str(one)) for one in values)
    else:
        text = money(value) if isinstance(value, Decimal) else str(value)
    return {
        "label": form.fields[name].label,
        "value": text,
        "remove_url": address(request.GET, **{name: None}),
    }


def kept(request: HttpRequest, without: Iterable[str]) -> list[tuple[str, str]]:
    """The conditions of the address that a form of the page carries along."""
    return [
        (name, value)
        for name, values in request.GET.lists()
        if name not in without
        for value in values
        if value
    ]
