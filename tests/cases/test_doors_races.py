"""Floods and double clicks at a door: exactly as many as the limit, exactly one. Real threads, real commits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from departments.services.entering import member_scope
from tests.cases.pages import at, code_in
from tests.factories.doors import make_door, posted, referrals_of

THREADS = 8


@pytest.fixture
def door(own_database, person):
    """A committed code of the ward."""
    head = person("head")
    with member_scope(head, head.membership.uid):
        return make_door(head)


def together(task):
    """What `task(n)` gave in each of the threads, all let go at once."""
    gate = Barrier(THREADS)

    def run(number):
        gate.wait(10)
        try:
            return task(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_two_hundred_at_once_pass_exactly_as_many_as_the_limit(door, settings):
    settings.DOOR_ADDRESS_LIMIT, settings.DOOR_LINK_LIMIT = 30, 500

    def send(number):
        client = Client()
        return [
            client.post(at(door), posted(door, bed=f"{number}-{n}")).status_code for n in range(25)
        ]

    statuses = [status for many in together(send) for status in many]
    assert (statuses.count(200), statuses.count(429)) == (30, 170)
    assert len(referrals_of(door.link.organization_id)) == 30


def test_eight_clicks_at_once_are_one_referral_with_one_receipt(door):
    form = posted(door)
    codes = together(lambda _n: code_in(Client().post(at(door), form)))
    assert (len(set(codes)), len(codes[0])) == (1, 9)
    assert len(referrals_of(door.link.organization_id)) == 1
