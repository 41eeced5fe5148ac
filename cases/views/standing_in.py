"""Persons and readers for whom the lists of a page are prepared (kernel/prepared.py)."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.utils import timezone

from cases.models.people import Client
from departments.services.standing_in import facts_of, shape_of, stand_in
from msw_portal.kernel.prepared import Lists, bare, rows_again, together_again


def facts_of_client(client: Client) -> dict[str, tuple[str, Any]]:
    return {
        "client": ("client", client.pk),
        "root": ("client", client.root_id),
        "client_house": ("house", client.organization_id),
    }


def stand_in_client(values: Mapping[str, Any]) -> Client:
    house = values["client_house"]
    return bare(Client, id=values["client"], root_id=values["root"], organization_id=house)


def lists_of_person(
    name: str, lists: Callable[[Any, Client], Lists], user: Any, client: Client
) -> Lists:
    """What `lists` makes for a reader and a person, asked in one statement that was put together before."""
    return together_again(*_question(name, lists, user, client))


def rows_of_person(
    name: Hashable, rows: Callable[[Any, Client], Any], user: Any, client: Client
) -> list[tuple[Any, ...]]:
    """The rows of one `values_list` in the same way."""
    return rows_again(*_question(name, rows, user, client))


def _question(name: Hashable, build: Callable, user: Any, client: Client) -> tuple[Any, ...]:
    shape = shape_of(user)
    return (
        (name, shape, timezone.localdate()),
        facts_of(user) | facts_of_client(client),
        lambda values: build(stand_in(shape, values), stand_in_client(values)),
        lambda: build(user, client),
    )
