"""Fixtures of this folder."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def count_queries() -> Callable[[Callable[[], object]], int]:
    """How many statements a call sends, the second time it is made (caches are warm)."""

    def count(call: Callable[[], object]) -> int:
        call()
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen)

    return count
