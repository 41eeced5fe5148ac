"""A page of requests as JSON text made by PostgreSQL: three times cheaper than rows made dicts in Python."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.core.exceptions import FullResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import get_language, override

from donations.models.requests import FundingRequest
from donations.workflow import RequestState
from msw_portal.kernel import keyset

ORDER = ("-submitted_at", "-id")
TABLE = FundingRequest._meta.db_table
COLUMNS = (
    "id",
    "submitted_at",
    "uid",
    "number",
    "project_id",
    "subject_code",
    "state",
    "on_hold_at",
    "requested",
    "gap",
    "proposed",
    "approved",
    "disbursed",
    "state_entered_at",
    "due_at",
    "row_version",
    "organization__uid",
    "organization__name",
    "programme_version__uid",
    "programme_version__name",
)
# The keys and their order are those of serializers.RequestRow; a test compares both ways of writing a row.
ROW = """
    json_build_object(
      'uid', uid, 'number', number,
      'kind', CASE WHEN project_id IS NULL THEN 'case' ELSE 'project' END, 'subject_code', subject_code,
      'hospital', json_build_object('uid', hospital_uid, 'name', hospital_name),
      'programme', json_build_object('uid', programme_uid, 'name', programme_name),
      'state', state, 'state_label', %s::json ->> state, 'on_hold', on_hold_at IS NOT NULL,
      'requested', requested::text, 'gap', gap::text, 'proposed', proposed::text, 'approved', approved::text,
      'disbursed', disbursed::text, 'submitted_at', submitted_at, 'state_entered_at', state_entered_at,
      'due_at', due_at, 'version', row_version)::text
"""
NAMES = (
    "id, submitted_at, uid, number, project_id, subject_code, state, on_hold_at, requested, gap, proposed, approved, disbursed,"
    " state_entered_at, due_at, row_version, hospital_uid, hospital_name, programme_uid, programme_name"
)


@cache
def _labels(language: str | None) -> str:
    with override(language):
        return json.dumps({value: str(label) for value, label in RequestState.choices})


def _statement(rows: QuerySet, limit: int) -> tuple[str, Sequence[Any]]:
    """The page's columns of `rows`. Where their conditions stay within the table, as without filters, only these
    are made anew: what is selected, joined and ordered is always the same, and was a third of the request's time."""
    query = rows.query
    joined = {alias for alias, uses in query.alias_refcount.items() if uses} - {TABLE}
    if joined or query.annotations or query.distinct:
        return rows.values_list(*COLUMNS).order_by(*ORDER)[:limit].query.sql_with_params()
    try:
        where, params = query.get_compiler(rows.db).compile(query.where)
    except FullResultSet:  # never of visible rows; the walls would hold
        where, params = "true", []
    head, tail = _written()
    return f"{head} WHERE {where} {tail} LIMIT {limit:d}", params


@cache
def _written() -> tuple[str, str]:
    """What stands before and behind the conditions, as Django writes it."""
    whole, _params = (
        FundingRequest.objects.filter(pk=0).values_list(*COLUMNS).order_by(*ORDER)
    ).query.sql_with_params()
    head, behind = whole.split(" WHERE ")
    return head, f"ORDER BY {behind.split(' ORDER BY ')[1]}"


def requests_page(rows: QuerySet, *, after: str | None, size: int) -> tuple[list[str], str | None]:
    """The JSON texts of one page of `rows` (scoped, sent), newest first, and the cursor of the next page.

    Raises:
        BadCursor: for a cursor that is not of this list.
    """
    if after:
        at, pk = keyset.read_cursor(after, order=ORDER)
        rows = rows.filter(submitted_at__lte=at).exclude(submitted_at=at, id__gte=pk)
    sql, params = _statement(rows, size + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, submitted_at, {ROW} FROM ({sql}) page({NAMES}) ORDER BY submitted_at DESC, id DESC",
            [_labels(get_language()), *params],
        )
        found: list[tuple[int, Any, str]] = cursor.fetchall()
    if len(found) <= size:
        return [row[2] for row in found], None
    pk, at, _text = found[size - 1]
    return [row[2] for row in found[:size]], keyset.make_cursor([at, pk], order=ORDER)
