"""Opening a file is an event when somebody else than its own people does it."""

import pytest

from cases.services.opening import case_opened
from cases.services.secrecy import case_raise_secrecy
from departments.audit import history
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db


def openings(case) -> int:
    return sum(event.action == "case.open_file" for event in history(case))


def test_the_head_s_and_the_supervisor_s_opening_is_written_down(worker, head, supervisor, acting):
    with acting(worker):
        case = make_case(worker, supervisor=supervisor)
        case_opened(case=case, by=worker)
        assert openings(case) == 0
    for person in (head, supervisor):
        with acting(person):
            case_opened(case=case, by=person)
    with acting(worker):
        assert openings(case) == 2


def test_every_opening_of_a_level_5_case_is_written_down(worker, acting):
    with acting(worker):
        case = case_raise_secrecy(
            case=make_case(worker), named=[], reason="涉及家庭暴力，需要保密", by=worker
        )
        case_opened(case=case, by=worker)
        assert openings(case) == 1


def test_who_may_not_view_it_does_not_open_it(worker, worker2, acting, refuses):
    with acting(worker):
        case = make_case(worker)
    with acting(worker2), refuses("permission.can_view_case", status=403):
        case_opened(case=case, by=worker2)
