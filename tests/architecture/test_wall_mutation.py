"""Two walls, each of which holds alone: rows of another house stay unseen when the other wall is taken down.

The addresses of the access matrix that name one row are asked as another hospital's head and another foundation's
officer: once on a database without row-level security, once with every `visible_to` letting everything through.
"""

import re

import pytest
from django.test import Client

from msw_portal.kernel.db import ScopedQuerySet
from msw_portal.kernel.ids import uuid7
from tests.architecture.test_access_matrix import (
    _actor,
    _addresses,
    _ask,
    _bytes,
    _names_a_row,
    _path,
    _rows,
)

STRANGERS = ("other_head", "other_officer")
# One page in this many in the ordinary suite; the long profile asks them all.
SAMPLE = re.compile(
    r"^(cases:(case|client|contact|consent|episode|referral)|donations:(review|fund|donation)|volunteers:volunteer|departments:(staff_profile|organization))$"
)

# Pages of tables that the second wall opens to everybody once a row is published (`OPEN` in kernel/walls.py): consent
# texts and score sheets hold nobody's data, and only the first wall keeps them to their house.
OPENED_WHEN_PUBLISHED = {"cases:consent_blank", "experts:sheet"}


def _shown(client: Client, known: dict[str, str], only: re.Pattern[str]) -> dict[str, int]:
    """Pages that answer a stranger otherwise than where there is no row."""
    rows, missing = _rows(), {kind: str(uuid7()) for kind in known}
    found = {}
    for name, pattern in _addresses().items():
        if (
            not _names_a_row(name, pattern)
            or "get" not in rows.get(name, {})
            or not only.search(name)
        ):
            continue
        foreign, nothing = (
            _ask(client, "get", _path(name, pattern, ids)) for ids in (known, missing)
        )
        if _bytes(foreign) != _bytes(nothing):
            found[name] = foreign.status_code
    return found


def _querysets(kind: type = ScopedQuerySet) -> set[type]:
    return {kind, *(one for sub in kind.__subclasses__() for one in _querysets(sub))}


@pytest.fixture
def no_narrowing(monkeypatch):
    """`visible_to` lets everything through, as if every author of a queryset had forgotten it."""
    for kind in _querysets():
        monkeypatch.setattr(kind, "visible_to", lambda self, _user: self)


@pytest.fixture
def own_database(own_matrix):
    return own_matrix


@pytest.fixture
def no_policies(own_database, run_as_owner):
    """Row-level security taken off every table, as if a migration had lost it."""

    def take_down() -> None:
        tables = run_as_owner("SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity")
        assert tables
        for (table,) in tables:
            run_as_owner(
                f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
            )

    return take_down


def _walk(
    request: pytest.FixtureRequest, known: dict[str, str], only: re.Pattern[str]
) -> dict[str, int]:
    return {
        f"{actor} {name}": status
        for actor in STRANGERS
        for name, status in _shown(_actor(actor, request), known, only).items()
    }


@pytest.mark.parametrize("only", [SAMPLE, pytest.param(re.compile(""), marks=pytest.mark.long)])
def test_policies_alone_hide_another_houses_rows(matrix, db, request, settings, no_narrowing, only):
    settings.EMBEDDED = True
    shown = _walk(request, matrix, only)
    assert {seen for seen in shown if seen.split()[1] not in OPENED_WHEN_PUBLISHED} == set()


@pytest.mark.parametrize("only", [SAMPLE, pytest.param(re.compile(""), marks=pytest.mark.long)])
def test_visible_to_alone_hides_another_houses_rows(
    matrix_world, request, settings, no_policies, only
):
    settings.EMBEDDED = True
    known = matrix_world.known
    no_policies()
    assert _walk(request, known, only) == {}


def test_without_both_walls_the_rows_are_seen(
    matrix_world, request, settings, no_policies, no_narrowing
):
    """That the walk above measures anything at all."""
    settings.EMBEDDED = True
    known = matrix_world.known
    no_policies()
    assert _walk(request, known, re.compile(r"^(cases:client|donations:fund)$"))
