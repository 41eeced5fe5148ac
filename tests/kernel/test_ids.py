"""Public ids: the version, the order, and what threads and forks may not break."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

from msw_portal.kernel import ids
from msw_portal.kernel.ids import uuid7


def test_version_and_variant_are_those_of_rfc_9562():
    assert (uuid7().version, uuid7().variant) == (7, "specified in RFC 4122")


def test_the_first_48_bits_are_the_time_in_milliseconds(monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)
    before = time.time_ns() // 1_000_000
    stamp = uuid7().int >> 80
    assert before <= stamp <= time.time_ns() // 1_000_000


def test_later_ids_are_greater_also_within_a_millisecond():
    made = [uuid7() for _n in range(20_000)]
    assert made == sorted(set(made))


def test_a_clock_set_back_does_not_break_the_order(monkeypatch):
    before = uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)
    assert uuid7() > before


def test_threads_never_get_the_same_id():
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _n: uuid7(), range(8_000)))
    assert len(set(made)) == 8_000


def test_a_child_forked_while_the_lock_is_held_can_make_ids():
    with ids._lock:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.write(writing, uuid7().bytes)
            os._exit(0)
    os.waitpid(child, 0)
    made = os.read(reading, 16)
    os.close(reading)
    os.close(writing)
    assert len(made) == 16
    assert made != uuid7().bytes
