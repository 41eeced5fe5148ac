"""A portal that stands for a whole file: starting one costs five seconds of a core, its world three more."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.conftest import clone_of_matrix


@dataclass(frozen=True)
class Standing:
    """The address of a portal, and the objects of the access matrix in it: uid by kind."""

    address: str
    known: dict[str, str]


@pytest.fixture(scope="module")
def standing(
    browser, nursery, matrix_world, django_db_blocker, tmp_path_factory
) -> Iterator[Standing]:
    """For tests that look and change nothing that another test of the file sees."""
    place = tmp_path_factory.mktemp("standing")
    with (
        clone_of_matrix(matrix_world, django_db_blocker, place) as made,
        nursery.serving(made.env, place) as address,
    ):
        yield Standing(address, matrix_world.known)
