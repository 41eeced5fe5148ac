"""The portal refuses to serve with a role that sees past the walls, or over a database it does not fit.

Each refusal is one sentence: `meet_database` says it at the start of a process, the hook at the
first connection says it where the database was away at the start.
"""

import contextlib
import logging
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from msw_portal.kernel import schema

log = logging.getLogger(__name__)
CHECK = """
SELECT r.rolsuper OR r.rolbypassrls
       OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v'))
  FROM pg_roles r WHERE r.rolname = current_user
"""
# gunicorn starts a worker that ends with 3 no second time, and ends itself.
REFUSED = 3
_is_known_good = False
_further: list[Callable[[Any], str]] = []


def also(check: Callable[[Any], str]) -> None:
    """Register a further check of the first connection: takes a cursor, answers a sentence or ""."""
    if check not in _further:
        _further.append(check)


def refuse_unfit(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Look at this process's first connection; owner commands (migrate, demo) are let through.

    Raises:
        ImproperlyConfigured: when the role owns a table, bypasses row-level security or is a
            superuser, the schema is not whole, or a further check says no.
    """
    global _is_known_good
    if _is_known_good or settings.AS_OWNER:
        return
    with connection.cursor() as cursor:
        cursor.execute(CHECK)
        sentence = ""
        if cursor.fetchone()[0]:
            sentence = (
                "The database role owns tables or bypasses row-level security: "
                "serve as msw_app (DATABASE_URL)."
            )
        for check in (schema.shortcoming, *_further):
            sentence = sentence or check(cursor)
    if sentence:
        connection.close()
        raise ImproperlyConfigured(sentence)
    _is_known_good = True


def meet_database() -> None:
    """Ask the database at the start of a process; one that is away is met later, by the hook.

    Raises:
        ImproperlyConfigured: as refuse_unfit.
    """
    try:
        connection.ensure_connection()
    except OperationalError:
        log.warning("the database is away; it is asked again at the first request")
    finally:
        # What forks off this process opens connections of its own.
        connection.close()


def refuse(error: ImproperlyConfigured) -> NoReturn:
    """End the process with one sentence in place of a traceback."""
    sys.stderr.write(f"The portal does not start: {' '.join(str(error).split())}\n")
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    raise SystemExit(REFUSED)


def speak_plainly() -> None:
    """For commands whose main program is not ours (celery): the sentence stands for the traceback."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, ImproperlyConfigured):
            sys.stderr.write(f"The portal does not start: {' '.join(str(error).split())}\n")
        else:
            before(kind, error, trace)

    sys.excepthook = hook
