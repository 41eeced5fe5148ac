"""What surrounds every service: a savepoint, two retries for locks, and the database's refusals explained."""

import functools
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import Busy, DomainError, explain

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


def check_base(base: int | None, version: int) -> None:
    """Refuse what was written on a page that was opened before somebody else saved.

    `base` is the version the page was opened on (None: do not ask), `version` the one that stands,
    read under the lock.

    Raises:
        DomainError: `form.stale` (409); the edge shows both versions field by field.
    """
    if base is not None and base != version:
        raise DomainError(
            "form.stale", _("您打开之后，这份内容被改过。请逐项核对，选好后再保存。"), status=409
        )
