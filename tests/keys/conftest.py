"""The sealed world is written once for a process; every test gets a copy of it, files included."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections

from tests.conftest import OwnDatabase, _clone, _drop, _person, _point_at, own_clone
from tests.keys import sealed_world

EXTRA = 20


@pytest.fixture(scope="session")
def sealed_template(
    django_db_setup, django_db_blocker, tmp_path_factory
) -> Iterator[tuple[str, Path]]:
    """A database with something in every sealed column, under the keys of the suite, and its files."""
    name, media = f"msw_sealed_{secrets.token_hex(4)}", tmp_path_factory.mktemp("sealed")
    before, kept = connection.settings_dict["NAME"], settings.MEDIA_ROOT
    _clone(name)
    with django_db_blocker.unblock():
        _point_at(name)
        settings.MEDIA_ROOT = media
        sealed_world.build(_person, name, extra=EXTRA)
        connections.close_all()
        settings.MEDIA_ROOT = kept
        _point_at(before)
    yield name, media
    _drop(name)


@pytest.fixture
def own_sealed(sealed_template, django_db_blocker, tmp_path) -> Iterator[OwnDatabase]:
    """A copy of the sealed world for this test alone."""
    name, media = sealed_template
    shutil.copytree(media, tmp_path / "media", dirs_exist_ok=True)
    with own_clone(django_db_blocker, tmp_path, name) as made:
        yield made
