"""What surrounds every service: a savepoint, two retries for locks, and the database's refusals explained."""

import functools
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, transaction

from msw_portal.kernel.errors import Busy, explain

P = ParamSpec("P")
R = TypeVar("R")
RETRIED = frozenset({"40P01", "55P03", "40001"})  # deadlock, lock not available, serialization
ATTEMPTS = 3


def command(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service whole or not at all.

    Raises:
        DomainError: instead of an IntegrityError whose constraint has a sentence.
        Busy: when a lock could not be had three times over.
    """

    @functools.wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except IntegrityError as error:
                raise explain(error) from error
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", None) not in RETRIED:
                    raise
                if attempt == ATTEMPTS:
                    raise Busy from error
                time.sleep(0.05 * attempt)
        raise AssertionError("unreachable")

    return run
