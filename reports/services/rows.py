"""Every number opens to its rows: the same condition that counts them, read through visible_to."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models.organizations import Department
from departments.models.people import User
from reports.services import row_cases, row_others
from reports.services.boards.asking import KINDS, Chosen, only_of
from reports.services.row_kinds import Source

SOURCES: dict[str, Source] = {**row_cases.SOURCES, **row_others.SOURCES}


class NoSuchRows(Exception):
    """The address asks by a filter or a value that this figure does not have."""


def chosen_of(*, code: str, by: Any, text: str) -> Chosen | None:
    """The filter of an address; a worker's own numbers are the worker's own whatever it says.

    Raises:
        NoSuchRows: for a filter that is none, or that the figure is not kept by.
    """
    chosen = Chosen("worker", str(by.uid)) if by.role == "worker" else only_of(text)
    if text and chosen is None:
        raise NoSuchRows
    if chosen is not None and chosen.kind not in SOURCES[code].chosen:
        raise NoSuchRows
    return chosen


def chosen_said(chosen: Chosen | None, *, by: Any) -> str:
    """The filter in words; what the house does not know by this uid has no rows either."""
    if chosen is None:
        return ""
    name = chosen.value
    if chosen.kind == "ward":
        found = Department.objects.filter(organization_id=by.house_id, uid=chosen.value)
        name = found.values_list("name", flat=True).first() or ""
    elif chosen.kind == "worker":
        found = User.objects.filter(uid=chosen.value).values_list("display_name", flat=True)
        name = found.first() or ""
    return _("%(kind)s：%(name)s") % {"kind": KINDS[chosen.kind], "name": name}


def figure_rows(
    *,
    code: str,
    by: Any,
    since: dt.date | None,
    until: dt.date | None,
    dims: Mapping[str, str],
    chosen: Chosen | None = None,
) -> QuerySet:
    """The rows behind a figure from the day `since` to the day `until`, by the figure's own date.

    Raises:
        KeyError: for a code that is no figure.
        NoSuchRows: for a value that no row can have.
    """
    source = SOURCES[code]
    rows = source.rows(by)
    if since:
        rows = rows.filter(**{f"{source.at}__gte": since if source.is_day else _midnight(since)})
    if until:
        after = until + dt.timedelta(days=1)
        rows = rows.filter(**{f"{source.at}__lt": after if source.is_day else _midnight(after)})
    try:
        for name, asks in source.dims.items():
            if dims.get(name):
                rows = rows.filter(asks(dims[name]))
        if chosen is not None:
            rows = rows.filter(source.chosen[chosen.kind](chosen.value))
    except (ValidationError, ValueError) as error:
        raise NoSuchRows from error
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
