"""The addresses of the access matrix that a role of the demonstration may open; for `docs/walking.py`.

Those without a row in them are opened outright, so that a page nobody links is not passed over; of the others the
walk says which it has not come to.
"""

import os
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.urls import NoReverseMatch, Resolver404, URLResolver, get_resolver, resolve, reverse

ROOT = Path(__file__).resolve().parents[1]
# What the matrix calls the roles of the demonstration; the others have the same name.
ACTORS = {
    "public": "anonymous",
    "dept_head": "head",
    "foundation_officer": "officer",
    "foundation_approver": "approver",
    "foundation_cashier": "cashier",
    "authority_officer": "authority",
    "volunteer_coordinator": "coordinator",
    "expert_reviewer": "expert1",
}


@cache
def _rows() -> dict[str, dict[str, dict[str, int]]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
    django.setup()
    return tomllib.loads((ROOT / "tests/access_matrix.toml").read_text(encoding="utf-8"))


def open_to(role: str) -> set[str]:
    """Names of the addresses that answer this role with a page; empty for a role that the matrix does not ask as."""
    actor = ACTORS.get(role, role)
    rows = [(name, row["get"]) for name, row in _rows().items() if "get" in row]
    if not any(actor in answers for _name, answers in rows):
        return set()
    return {name for name, answers in rows if answers.get(actor, answers.get("others")) == 200}


def of_no_row(names: Iterable[str]) -> list[str]:
    """Paths of those that name no row."""
    found = []
    for name in sorted(names):
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return found


@cache
def _routes() -> dict[str, str]:
    _rows()
    found: dict[str, str] = {}

    def walk(patterns: Iterable[Any], before: str, space: str) -> None:
        for one in patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(
                    one.url_patterns, route, f"{space}{one.namespace}:" if one.namespace else space
                )
            elif one.name:
                found.setdefault(f"{space}{one.name}", f"/{route}")

    walk(get_resolver().url_patterns, "", "")
    return found


def route_of(name: str) -> str:
    """The route of an address, with the places of its values; "" for one that is gone."""
    return _routes().get(name, "")


def names_of(paths: Iterable[str]) -> set[str]:
    """What these paths are called."""
    _rows()
    found = set()
    for path in paths:
        try:
            found.add(resolve(path.partition("?")[0]).view_name)
        except Resolver404:
            continue
    return found
