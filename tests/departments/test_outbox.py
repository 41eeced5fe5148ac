"""Effects leave exactly once in PostgreSQL, whatever dies."""

import re
import threading

import pytest
from django.db import connection, transaction

from departments.models.numbers import NumberSequence
from departments.models.queues import Outbox
from departments.services import outbox
from departments.services.entering import house_scope, member_scope
from msw_portal.kernel import leases
from msw_portal.kernel.scope import scope


def note(delivery):
    """A handler with an effect in the sender's house."""
    with house_scope(delivery.organization_id):
        NumberSequence.objects.create(
            organization_id=delivery.organization_id, kind=delivery.payload["kind"]
        )
        delivery.finish()


def fail(delivery):
    raise RuntimeError("on purpose")


def slow(delivery):
    """Notes what is left of its own lease; nine seconds pass for those that wait behind it."""
    with scope(role="relay"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM lease_until - clock_timestamp()) FROM departments_outbox WHERE id = %s",
            [delivery.id],
        )
        LEFT.append(float(cursor.fetchone()[0]))
        cursor.execute(
            "UPDATE departments_outbox SET lease_until = lease_until - interval '9 seconds' WHERE id <> %s",
            [delivery.id],
        )
    note(delivery)


def taken(delivery):
    """Meanwhile another relay has what waits behind it."""
    note(delivery)
    with scope(role="relay"):
        Outbox.objects.filter(state="leased").update(fence=7)


LEFT: list[float] = []
HANDLERS = {
    name: f"{__name__}.{name.removeprefix('probe.')}"
    for name in ("probe.note", "probe.fail", "probe.slow", "probe.taken")
}


@pytest.fixture(autouse=True)
def _handlers(settings):
    settings.OUTBOX_HANDLERS = f"{__name__}.HANDLERS"


def _put(acting, worker, topic="probe.note", **payload):
    with acting(worker):
        outbox.put(topic, organization_id=worker.house_id, **payload)


def _states(house) -> list[tuple[str, int]]:
    with scope(org=house):
        return sorted(Outbox.objects.values_list("state", "attempts"))


def test_an_effect_happens_once_and_is_done(worker, acting, hospital):
    _put(acting, worker, kind="a")
    assert [outbox.relay_once(), outbox.relay_once()] == [1, 0]
    assert _states(hospital.pk) == [("done", 1)]
    with scope(org=hospital.pk):
        assert NumberSequence.objects.filter(kind="a").count() == 1


def test_no_more_rows_are_taken_than_asked_for_whatever_the_plan(worker, acting, hospital):
    for _row in range(5):
        _put(acting, worker, kind="a")
    with scope(role="relay"):
        with connection.cursor() as cursor:
            # Leaves the nested loop alone, which asks an inner side again and again.
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "bitmapscan"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        held = leases.claim(outbox.TABLE, limit=1)
    assert len(held) == 1
    assert [row[0] for row in _states(hospital.pk)].count("leased") == 1


def test_a_command_that_rolls_back_sends_nothing(worker, acting, hospital):
    with acting(worker), pytest.raises(ValueError, match="stop"), transaction.atomic():
        outbox.put("probe.note", organization_id=worker.house_id, kind="a")
        raise ValueError("stop")
    assert _states(hospital.pk) == []


def test_a_failing_handler_waits_and_tries_again(worker, acting, hospital):
    _put(acting, worker, topic="probe.fail")
    outbox.relay_once()
    assert _states(hospital.pk) == [("ready", 1)]
    assert outbox.relay_once() == 0  # its time has not come
    with scope(org=hospital.pk):
        row = Outbox.objects.get()
        # Where it happened, and not what it said: a message may hold what somebody wrote.
        assert re.fullmatch(r"RuntimeError tests/departments/test_outbox\.py:\d+ fail", row.error)
        assert row.not_before > row.created_at


def test_after_the_last_attempt_it_is_dead_and_said(worker, acting, hospital):
    _put(acting, worker, topic="probe.fail")
    with scope(org=hospital.pk):
        Outbox.objects.update(attempts=leases.MAX_ATTEMPTS - 1)
    outbox.relay_once()
    assert _states(hospital.pk) == [("dead", leases.MAX_ATTEMPTS)]


def test_a_fence_that_was_taken_over_rolls_the_effect_back(worker, acting, hospital):
    _put(acting, worker, kind="b")
    with scope(role="relay"):
        (held,) = leases.claim(outbox.TABLE)
    with scope(role="relay"):
        Outbox.objects.update(fence=held.fence + 1)
    outbox.work(held)
    with scope(org=hospital.pk):
        assert NumberSequence.objects.filter(kind="b").count() == 0


def test_what_waits_behind_slow_work_is_held_on_to(worker, acting, hospital, monkeypatch):
    monkeypatch.setattr(outbox, "HEARTBEAT_SECONDS", 0)  # every row counts as slow
    LEFT.clear()
    for kind in ("first", "second"):
        _put(acting, worker, "probe.slow", kind=kind)
    assert outbox.relay_once() == 2
    assert [left > 5 for left in LEFT] == [True, True]
    assert _states(hospital.pk) == [("done", 1), ("done", 1)]
    with scope(org=hospital.pk):
        assert NumberSequence.objects.filter(kind__in=["first", "second"]).count() == 2


def test_what_another_relay_has_taken_meanwhile_is_left_to_it(
    worker, acting, hospital, monkeypatch
):
    monkeypatch.setattr(outbox, "HEARTBEAT_SECONDS", 0)
    for kind in ("first", "second"):
        _put(acting, worker, "probe.taken", kind=kind)
    assert outbox.relay_once() == 2
    assert _states(hospital.pk) == [("done", 1), ("leased", 1)]
    with scope(org=hospital.pk):
        assert list(NumberSequence.objects.values_list("kind", flat=True)) == ["first"]


def test_what_a_dead_relay_held_comes_back(worker, acting, hospital):
    _put(acting, worker, kind="c")
    with scope(role="relay"):
        leases.claim(outbox.TABLE)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE departments_outbox SET lease_until = now() - interval '1 hour'")
    assert outbox.reap() == 1
    assert outbox.relay_once() == 1


def test_the_same_thing_is_put_once(worker, acting):
    from django.db import IntegrityError

    with acting(worker):
        outbox.put("probe.note", organization_id=worker.house_id, dedup_key="x", kind="a")
        with pytest.raises(IntegrityError), transaction.atomic():
            outbox.put("probe.note", organization_id=worker.house_id, dedup_key="x", kind="a")


def test_another_house_does_not_see_what_leaves(worker, other_worker, acting):
    _put(acting, worker, kind="a")
    with acting(other_worker):
        assert Outbox.objects.count() == 0


def test_eight_relays_work_each_row_once(own_database, person, run_as_owner):
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        for n in range(200):
            outbox.put(
                "probe.note", organization_id=worker.membership.organization_id, kind=f"k{n}"
            )

    def relay():
        while outbox.relay_once(10):
            pass
        connection.close()

    threads = [threading.Thread(target=relay) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run_as_owner(
        "SELECT state, max(fence), count(*) FROM departments_outbox GROUP BY state"
    ) == [("done", 1, 200)]
    assert run_as_owner(
        "SELECT count(*) FROM departments_numbersequence WHERE kind LIKE 'k%%'"
    ) == [(200,)]
