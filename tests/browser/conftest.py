"""A portal that stands for a whole file: starting one costs five seconds of a core, its world three more."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.architecture.matrix_world import build
from tests.conftest import free_port, own_clone, serving


@dataclass(frozen=True)
class Standing:
    """The address of a portal, and the objects of the access matrix in it: uid by kind."""

    address: str
    known: dict[str, str]


@pytest.fixture(scope="module")
def standing(browser, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Standing]:
    """For tests that look and change nothing that another test of the file sees."""
    place = tmp_path_factory.mktemp("standing")
    with (
        own_clone(django_db_blocker, place) as made,
        serving(made.env, place, free_port()) as (address, _process),
    ):
        yield Standing(address, build())
