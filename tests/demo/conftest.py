"""Demo worlds of the same seed and day, each in a database of its own: one in `make test`, two in `make test-long`."""

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connections

from msw_portal.kernel import crypto
from tests.conftest import ROOT, _point_at, _run_as_owner, _url, owner_sql

SIZE, TODAY = "40", "2026-06-30"
# The template holds the small world of the other tests; the demo world wants an empty installation.
EMPTY = (
    "DELETE FROM departments_membership",
    "DELETE FROM departments_department",
    "DELETE FROM departments_organization WHERE id <> 1",
    "DELETE FROM departments_user",
)


@dataclass(frozen=True)
class World:
    """A database with (or for) a demo world."""

    name: str
    env: dict[str, str]

    def command(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a management command on it."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def seed(self) -> subprocess.Popen[str]:
        """Begin to write the world."""
        words = ["seed_demo", "--if-empty", "--size", SIZE, "--today", TODAY]
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def rows(self, sql: str) -> list[tuple]:
        """As the owner, over all houses."""
        return owner_sql(self.name, sql)


@contextlib.contextmanager
def a_database(template: str, media: str) -> Iterator[World]:
    """An installation without anybody, for as long as the block lasts."""
    name = f"msw_demo_{secrets.token_hex(4)}"
    _run_as_owner(f"CREATE DATABASE {name} TEMPLATE {template}")
    for statement in EMPTY:
        owner_sql(name, statement)
    env = {
        **os.environ,
        "DATABASE_URL": _url(name, "DATABASE_URL"),
        "MSW_MEDIA": media,
        "MSW_EMBEDDED": "1",
        "DATABASE_OWNER_URL": _url(name, "DATABASE_OWNER_URL"),
    }
    try:
        yield World(name, env)
    finally:
        _run_as_owner(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def seeded(django_db_setup, template_database, tmp_path_factory) -> Iterator[World]:
    """A world that was broken off once and begun again."""
    with a_database(template_database, str(tmp_path_factory.mktemp("first"))) as one:
        broken = one.seed()
        broken.stdout.readline()
        broken.kill()
        broken.wait()
        _finish(one)
        yield one


@pytest.fixture(scope="module")
def undisturbed(django_db_setup, template_database, tmp_path_factory) -> Iterator[World]:
    """Another world of the same seed and day, written in one go."""
    with a_database(template_database, str(tmp_path_factory.mktemp("second"))) as two:
        _finish(two)
        yield two


def _finish(world: World) -> None:
    process = world.seed()
    words = process.communicate(timeout=600)[0]
    assert process.returncode == 0, words


@contextlib.contextmanager
def _pointing_at(world: World) -> Iterator[None]:
    before = connections["default"].settings_dict["NAME"]
    _point_at(world.name)
    # The houses of another database have other keys under the same ids.
    crypto.forget_organization_uids()
    try:
        yield
    finally:
        connections.close_all()
        _point_at(before)
        crypto.forget_organization_uids()


@pytest.fixture(scope="module")
def world(seeded, django_db_blocker) -> Iterator[World]:
    """The same world, with Django's connection (as msw_app) pointed at it."""
    with django_db_blocker.unblock(), _pointing_at(seeded):
        yield seeded
