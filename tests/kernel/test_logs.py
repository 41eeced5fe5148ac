"""A log line says what happened and where; it never repeats what somebody wrote."""

import json
import logging
import sys
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from msw_portal.kernel import logs
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import on_behalf_of

# A name in both scripts, an identity number, a telephone, an address of mail.
PLANTED = (
    "欧阳霜竹",
    "Ouyang Shuangzhu",
    "11010519491231002X",
    "13812345678",
    "shuangzhu@x.example",
)


def _line(record: logging.LogRecord, form: type[logging.Formatter] = logs.JsonLines) -> str:
    return form().format(record)


def _record(name, message, *args, error=None, **extra) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, exc_info)
    record.__dict__ |= extra
    return record


def _raised(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as caught:
        return caught


def test_our_own_line_keeps_codes_and_numbers():
    uid = uuid.uuid4()
    said = json.loads(_line(_record("departments.services.jobs", "job %s %s took %d", "reports.monthly", uid, 42)))  # fmt: skip
    assert said["event"] == f"job reports.monthly {uid} took 42"
    assert (said["level"], said["logger"]) == ("ERROR", "departments.services.jobs")


@pytest.mark.parametrize("form", [logs.JsonLines, logs.Lines])
@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize(
    "name", ["departments.services.jobs", "django.request", "celery.app.trace", "x"]
)
def test_what_was_planted_reaches_no_line(name, planted, form):
    error = _raised(ValueError(f"row ({planted}) is wrong"))
    for record in (
        _record(name, "failed: %s", planted, error=error),
        _record(name, "failed: %(exc)r", {"exc": error}, error=error),
        _record(name, error),
    ):
        assert planted not in _line(record, form)


@pytest.mark.parametrize("planted", [text for text in PLANTED if text != "Ouyang Shuangzhu"])
def test_a_sentence_that_others_put_together_is_cut_too(planted):
    for text in (
        f"Not found: /cases/?q={planted}",
        f"Invalid header: '{planted}'",
        f"bad {planted}",
    ):
        assert planted not in _line(_record("django.security", text))


def test_a_name_in_quotes_or_after_a_question_mark_is_cut_in_any_script():
    line = _line(_record("gunicorn.error", "Error handling request /cases/?q=Ouyang 'Ouyang Shuangzhu'"))  # fmt: skip
    assert "Ouyang" not in line


def test_an_exception_is_told_by_type_and_place():
    (row,) = json.loads(_line(_record("departments", "failed", error=_raised(KeyError("欧阳")))))["error"]  # fmt: skip
    assert row["type"] == "KeyError"
    assert row["frames"][-1].startswith("tests/kernel/test_logs.py:")
    assert row["frames"][-1].endswith(" _raised")


def test_what_an_exception_came_from_is_told_without_its_words():
    try:
        try:
            raise ValueError("欧阳霜竹")
        except ValueError as inner:
            raise RuntimeError("13812345678") from inner
    except RuntimeError as error:
        line = _line(_record("departments", "failed", error=error))
    assert [row["type"] for row in json.loads(line)["error"]] == ["RuntimeError", "ValueError"]
    assert "欧阳霜竹" not in line
    assert "13812345678" not in line


def test_a_databases_error_keeps_its_code_and_constraint(db):
    with (
        pytest.raises(IntegrityError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TEMPORARY TABLE planted (name text CONSTRAINT planted_once UNIQUE)")
        cursor.execute("INSERT INTO planted VALUES (%s), (%s)", ["欧阳霜竹", "欧阳霜竹"])
    assert "欧阳霜竹" in str(caught.value)
    assert logs.describe(caught.value) == "IntegrityError 23505 planted_once"


def test_a_refusal_keeps_its_rule():
    assert logs.describe(DomainError("case.closed", "欧阳霜竹已结案")) == "DomainError case.closed"


def test_a_line_says_which_request_it_belongs_to():
    with on_behalf_of("0192f0c8-0000-7000-8000-000000000001"):
        said = json.loads(_line(_record("departments", "done")))
    assert said["request_id"] == "0192f0c8-0000-7000-8000-000000000001"
    assert "request_id" not in json.loads(_line(_record("departments", "done")))


def test_a_line_break_makes_no_second_line():
    assert _line(_record("departments", "one\ntwo")).count("\n") == 0


def test_arguments_that_do_not_fit_their_sentence_are_cut():
    assert json.loads(_line(_record("x", "got %d of %(n)s", "欧阳")))["event"] == "got … of …"


def test_a_long_number_is_cut_and_an_identifier_is_not():
    uid = "0192f0c8-1111-7000-8000-123456789012"
    assert json.loads(_line(_record("x", f"{uid} 13812345678")))["event"] == f"{uid} …"


def test_an_uncaught_exception_goes_the_way_of_every_line(caplog, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr("threading.excepthook", sys.excepthook)
    logs.catch_what_nobody_catches()
    logging.captureWarnings(False)
    error = _raised(ValueError("欧阳霜竹"))
    sys.excepthook(ValueError, error, error.__traceback__)
    (record,) = caplog.records
    assert record.levelname == "CRITICAL"
    assert "欧阳霜竹" not in _line(record)
