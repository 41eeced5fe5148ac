"""The conditions of a list of requests: chips for those that are on, menus for those that could be."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from donations.filters import RequestFilter
from donations.views.paging import address
from msw_portal.kernel.display import enumerated, money

Named = Mapping[str, tuple[Any, Mapping[str, str]]]
PLACE = ("open", "after", "before")  # where in the list one is, not what it shows
# What the little form of further conditions asks itself; everything else it must not lose.
FURTHER = ("q", "submitted_from", "submitted_to", "amount_min", "amount_max")


def shown(request: HttpRequest, form: RequestFilter, named: Named) -> dict[str, Any]:
    """The context of the filter bar; `named` gives label and choices of what is picked from a menu.

    A condition that cannot be read narrows nothing and is said (`filter_form.errors`).
    """
    given = request.GET
    return {
        "chosen": [
            chip(request, form, name, named) for name in (form.in_use if form.is_valid() else [])
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
