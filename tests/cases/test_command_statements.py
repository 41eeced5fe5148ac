"""How many statements a command of casework asks: measured, written in benchmarks/README.md, and held here.

The service alone, with its own savepoint and release as two; a page adds who it is and the entry into the scope.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.services.closing import case_close, case_propose_closing
from tests.cases.test_closing import PROPOSAL, evaluated
from tests.cases.test_contacts import record
from tests.factories.cases import make_case, make_f3, make_plan, make_screen

pytestmark = pytest.mark.django_db


def _asked(call) -> int:
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)


def _round(worker, supervisor, acting) -> dict[str, int]:
    with acting(worker):
        contacted, assessed, planned = (
            make_case(worker, stage=stage, supervisor=supervisor)
            for stage in ("intervention", "assessment", "planning")
        )
        ended = evaluated(worker, supervisor)
        asked = {
            "contact": _asked(lambda: record(contacted, worker)),
            "screening": _asked(lambda: make_screen(assessed, worker)),
            "needs assessment": _asked(lambda: make_f3(assessed, worker)),
            "plan": _asked(lambda: make_plan(planned, worker)),
            "propose closing": _asked(
                lambda: case_propose_closing(case=ended, by=worker, **PROPOSAL)
            ),
        }
    with acting(supervisor):
        closing = {"case": ended, "reason": "goals_met", "by": supervisor}
        return asked | {"close": _asked(lambda: case_close(**closing))}


def test_a_command_of_casework_asks_no_more_than_is_written(worker, supervisor, acting):
    _round(worker, supervisor, acting)  # what a process looks up once is known by then
    assert _round(worker, supervisor, acting) == {
        "contact": 6,
        "screening": 12,
        "needs assessment": 10,
        "plan": 13,
        "propose closing": 21,
        "close": 18,
    }
