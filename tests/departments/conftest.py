"""Fixtures of this folder."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.conftest import refuses  # noqa: F401  the same no, said in both
from tests.kernel.uploads import picture


@pytest.fixture
def count_queries() -> Callable[[Callable[[], object]], int]:
    """How many statements a call sends, the second time it is made (caches are warm)."""

    def count(call: Callable[[], object]) -> int:
        call()
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen)

    return count


@pytest.fixture
def upload() -> SimpleUploadedFile:
    """A small picture of nothing, as a browser sends it."""
    return SimpleUploadedFile("证明.png", picture("PNG"), content_type="image/png")
