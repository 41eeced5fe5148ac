"""Two hand-ins in the last second before the deadline, and one after it. Real threads, real commits."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connections
from django.utils import timezone

from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application, ApplicationVersion
from projects.services.applications.submitting import application_submit
from projects.services.calls.writing import call_amend
from tests.factories import projects as made
from tests.factories.donations import as_person


@pytest.fixture
def whole(own_database, person):
    """Who issues, who applies, an open call, and a complete draft for it."""
    officer, head = person("authority"), person("head")
    call = made.make_open_call(officer)
    row = made.fill(made.make_application(call, head), head)
    return officer, head, call, row


def both(row, by):
    """What two clicks on the same draft gave, let go at once."""
    gate = Barrier(2)

    def run(_number):
        gate.wait(10)
        try:
            with as_person(by) as own:
                return application_submit(application=row, by=own)
        except DomainError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, range(2)))


def test_of_two_hand_ins_in_the_same_second_one_is_frozen_and_the_other_is_told(whole):
    _officer, head, call, row = whole
    done = both(row, head)
    refused = [one for one in done if isinstance(one, DomainError)]
    sent = [one for one in done if not isinstance(one, DomainError)]
    assert (len(sent), len(refused), sent[0].is_late) == (1, 1, False)
    assert str(refused[0])
    with as_person(head):
        assert ApplicationVersion.objects.filter(application=row).count() == 1
        kept = Application.objects.get(pk=row.pk)
    assert (kept.state, kept.submitted_version) == ("submitted", 1)
    assert kept.submitted_at <= min(timezone.now(), call.closes_at)


def test_of_two_hand_ins_after_the_deadline_both_leave_their_evidence_and_nothing_is_lost(whole):
    officer, head, call, row = whole
    with as_person(officer) as by:
        soon = timezone.now() + dt.timedelta(milliseconds=200)
        call_amend(call=call, by=by, note="提前截止", closes_at=soon)
    # The deadline passes by the server's own clock.
    Event().wait((soon - timezone.now()).total_seconds() + 0.01)
    done = both(row, head)
    assert [getattr(one, "is_late", one) for one in done] == [True, True]
    with as_person(head):
        kept = Application.objects.get(pk=row.pk)
        assert ApplicationVersion.objects.filter(application=row).count() == 0
    assert (kept.state, len(kept.late_evidence)) == ("draft", 2)
