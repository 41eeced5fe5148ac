"""What the tests of casework share."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from msw_portal.kernel.errors import DomainError
from tests.factories.doors import make_door


@contextmanager
def _refuses(rule: str, field: str | None = "any", status: int | None = None) -> Iterator[None]:
    with pytest.raises(DomainError) as caught:
        yield
    error = caught.value
    assert error.rule == rule
    assert str(error)
    assert field == "any" or error.field == field
    assert status is None or error.status == status


@pytest.fixture
def refuses():
    """`with refuses("case.suspended", status=409): ...` — the house says exactly this no."""
    return _refuses


@pytest.fixture
def rows():
    """`rows("SELECT ...", 1)` — raw SQL as msw_app, inside the caller's scope."""

    def run(sql: str, *params):
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def upload() -> SimpleUploadedFile:
    """A small picture of nothing, as a browser sends it."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(buffer, "PNG")
    return SimpleUploadedFile("证明.png", buffer.getvalue(), content_type="image/png")


@pytest.fixture
def ward_door(head, acting):
    """A live code of the ward for its staff."""
    with acting(head):
        return make_door(head)


@pytest.fixture
def self_door(head, acting):
    """A live code of the ward for patients and families."""
    with acting(head):
        return make_door(head, "self_door")


@pytest.fixture
def nobody():
    """A browser without a session."""
    return Client(raise_request_exception=False)
