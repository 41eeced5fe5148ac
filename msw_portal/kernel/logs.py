"""Log lines without personal data: codes, numbers and places in the code; never what people wrote.

A line is one JSON object: `at` (ISO 8601 with offset), `level`, `logger`, `event`, `request_id`, and
where they apply `route`, `method`, `status`, `ms`, `error`. An exception is told by its type, its
SQLSTATE and constraint, its rule, and its last frames: its message may hold parameters, so it is cut.
"""

import datetime as dt
import errno
import json
import logging
import re
import sys
import threading
import traceback
import uuid
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from msw_portal.kernel.scope import request_facts

OURS = frozenset(
    ["msw_portal", "departments", "cases", "volunteers", "projects", "donations", "reports"]
)
# What a caller may add with `extra=`: codes and numbers by their nature.
FACTS = ("route", "method", "status", "ms")
CUT = "…"
FRAMES = 12
ROOT = Path(__file__).resolve().parents[2]

_CODE = re.compile(r"[A-Za-z_][\w.:-]{0,79}", re.ASCII)
_MANY_DIGITS = re.compile(r"(?<![0-9A-Fa-f-])\d{6,}[Xx]?(?![0-9A-Fa-f-])")
_KNOWN_PATH = re.compile(
    rf"(?:{'|'.join(sorted(OURS))}|celery|django_celery_beat)(?:\.[a-z_]+)+|https?://[\d.:\[\]]+",
    re.ASCII,
)
# CJK and full-width signs, mail addresses, quoted words, what follows a question mark, long numbers, addresses.
_WORDS = re.compile(
    r"[\u2e80-\u2fdf\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
    r"|[^\s<>@]+@[^\s<>@]+"
    r"|(?<![0-9.])(?!(?:127|0)\.)\d{1,3}(?:\.\d{1,3}){3}(?![0-9.])"
)
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|“[^”\n]*”")
_QUERY = re.compile(r"\?\S+")


def describe(error: BaseException) -> str:
    """One line on an exception without its message: type, SQLSTATE and constraint, or rule.

    >>> describe(ValueError("13812345678"))
    'ValueError'
    """
    words = [type(error).__name__]
    if isinstance(error, OSError) and error.errno:
        words.append(errno.errorcode.get(error.errno, str(error.errno)))
    driver = error.__cause__ if hasattr(error.__cause__, "pgcode") else error
    words += [
        word
        for word in (
            getattr(driver, "pgcode", None),
            getattr(getattr(driver, "diag", None), "constraint_name", None),
            getattr(error, "rule", None),
        )
        if isinstance(word, str) and word
    ]
    if isinstance(error, ImproperlyConfigured):
        # Why the portal does not start is about settings, not about people.
        words.append(str(error))
    return " ".join(words)


def frames(error: BaseException) -> list[str]:
    """The innermost frames as `file:line function`, outermost first; no source line, no value."""
    rows = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{_short(row.filename)}:{row.lineno} {row.name}" for row in rows]


def summary(error: BaseException) -> str:
    """Type and place in one line, for the row of an effect or a job that failed."""
    return " ".join([describe(error), *frames(error)[-1:]])


def _short(name: str) -> str:
    path = Path(name)
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(ROOT))
    return "/".join(path.parts[-3:])


def _plain(value: Any, *, is_ours: bool) -> Any:
    """The value itself when it cannot say anything about a person, otherwise the sign for a cut."""
    if value is None or isinstance(value, bool | int | float | Decimal | uuid.UUID):
        return value
    if isinstance(value, str):
        if _is_uuid(value) or _KNOWN_PATH.fullmatch(value):
            return value
        if is_ours and _CODE.fullmatch(value) and not _MANY_DIGITS.search(value):
            return value
    return CUT


def _is_uuid(value: str) -> bool:
    try:
        return len(value) >= 32 and bool(uuid.UUID(value))
    except ValueError:
        return False


def message(record: logging.LogRecord) -> str:
    """The sentence of a record with every argument that could name somebody cut out."""
    is_ours = record.name.partition(".")[0] in OURS
    if not isinstance(record.msg, str):
        return describe(record.msg) if isinstance(record.msg, BaseException) else CUT
    text = record.msg
    if not is_ours:
        # Of others nobody knows whether the sentence was put together before it came here.
        text = text.partition("DETAIL:")[0].partition("\n")[0]
        text = _QUERY.sub("?" + CUT, _QUOTED.sub(CUT, text))
    if record.args:
        given = record.args
        safe: Any = (
            {key: _plain(value, is_ours=is_ours) for key, value in given.items()}
            if isinstance(given, dict)
            else tuple(_plain(value, is_ours=is_ours) for value in given)
        )
        try:
            text = text % safe
        except (TypeError, ValueError, KeyError):
            text = re.sub(r"%(\(\w+\))?[-+ #0]*[\d.*]*[a-zA-Z]", CUT, text)
    return _MANY_DIGITS.sub(CUT, _WORDS.sub(CUT, text))[:500]


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """What the line says, in the order of its keys."""
    said: dict[str, Any] = {
        "at": dt.datetime.fromtimestamp(record.created, dt.UTC).astimezone().isoformat("T", "milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "event": message(record),
    }  # fmt: skip
    request = getattr(record, "request", None)
    request_id = request_facts.get().request_id or getattr(
        getattr(request, "facts", None), "request_id", ""
    )
    if request_id:
        said["request_id"] = request_id
    match = getattr(request, "resolver_match", None)
    if match is not None:
        said["route"] = match.view_name
    if hasattr(record, "status_code"):
        said["status"] = record.status_code
    said |= {name: getattr(record, name) for name in FACTS if hasattr(record, name)}
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        said["error"] = _chain(error)
    return said


def _chain(error: BaseException) -> list[dict[str, Any]]:
    """The exception and what it came from, outermost first."""
    rows, seen = [], set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(rows) < 4:
        seen.add(id(current))
        rows.append({"type": describe(current), "frames": frames(current)})
        current = current.__cause__ or current.__context__
    return rows


class JsonLines(logging.Formatter):
    """One JSON object a line: what production writes."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(facts(record), ensure_ascii=False, default=str)


class Lines(logging.Formatter):
    """The same facts for the eyes of whoever runs the portal on a laptop."""

    def format(self, record: logging.LogRecord) -> str:
        said = facts(record)
        errors = said.pop("error", [])
        head = f"{said.pop('at')} {said.pop('level')} {said.pop('logger')} {said.pop('event')}"
        lines = [" ".join([head, *(f"{name}={value}" for name, value in said.items())])]
        for error in errors:
            lines += [f"  {error['type']}", *(f"    {frame}" for frame in error["frames"])]
        return "\n".join(lines)


def form_of(environment: Mapping[str, str]) -> str:
    """The form that settings.py chooses, for what writes lines before the settings are read."""

    def is_on(name: str) -> bool:
        return environment.get(name, "").lower() in ("1", "true", "yes", "on")

    return "json" if not is_on("MSW_EMBEDDED") else "debug" if is_on("DEBUG") else "line"


def configuration(form: str) -> dict[str, Any]:
    """A dictConfig that sends everything through one handler; `form` is `json`, `line` or `debug`.

    `debug` writes whole tracebacks: for invented data only.
    """
    written = {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    formatters = {
        "json": {"()": "msw_portal.kernel.logs.JsonLines"},
        "line": {"()": "msw_portal.kernel.logs.Lines"},
        "debug": written,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": formatters[form]},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "chosen"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Their own handlers would write beside ours, with everything in it.
            **{name: {"handlers": [], "propagate": True} for name in ("django", "django.server", "gunicorn.error")},
            "django.request": {"level": "ERROR"},
            # What a worker was sent every two seconds says nothing; what it did is said by our own line.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "django_celery_beat": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "matplotlib": {"level": "WARNING"},
        },
    }  # fmt: skip


def catch_what_nobody_catches() -> None:
    """Uncaught exceptions and warnings of this process go the way of every line."""
    log = logging.getLogger("msw_portal")

    def hook(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("uncaught", exc_info=(kind, error, trace))

    def thread_hook(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and not issubclass(given.exc_type, SystemExit):
            hook(given.exc_type, given.exc_value, given.exc_traceback)

    sys.excepthook = hook
    threading.excepthook = thread_hook
    logging.captureWarnings(True)
