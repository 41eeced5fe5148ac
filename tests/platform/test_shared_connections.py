"""Threads of one web server share its connections: whoever asked before leaves nothing to whoever asks next."""

import random
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client

from departments.services.entering import member_scope
from msw_portal.kernel.ids import uuid7
from tests.conftest import sign_in
from tests.factories.cases import make_case

THREADS = 8
WORDS = {"worker": "甲院的难处", "other_worker": "乙院的难处"}


def _ask(address: str, cookie: str, body: bytes | None = None) -> tuple[int, str]:
    asked = urllib.request.Request(address, data=body, headers={"Cookie": cookie})
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


@pytest.mark.parametrize("times", [120, pytest.param(5000, marks=pytest.mark.long)])
def test_nobody_sees_what_another_house_asked_for_before(portal, person, times):
    cookies, pages = {}, {}
    for login, word in WORDS.items():
        user = person(login)
        with member_scope(user, user.membership.uid):
            case = make_case(user, stage="intervention", presenting_problem=word)
        cookies[login] = f"session={sign_in(Client(), user).cookies['session'].value}"
        pages[login] = f"{portal}/cases/{case.uid}/"
    dice = random.Random(times)
    logins = list(WORDS)

    def one(number: int) -> str:
        """What went wrong with one request, of whichever kind the dice chose; "" when nothing did."""
        mine = logins[number % 2]
        theirs = logins[1 - number % 2]
        kind = kinds[number]
        if kind == "own":
            status, text = _ask(pages[mine], cookies[mine])
            right = status == 200 and WORDS[mine] in text
        elif kind == "foreign":
            status, text = _ask(pages[theirs], cookies[mine])
            right = status == 404
        elif kind == "missing":
            status, text = _ask(f"{portal}/cases/{uuid7()}/", cookies[mine])
            right = status == 404
        else:  # a form without its token is refused after the scope was entered, or before
            status, text = _ask(pages[mine], cookies[mine], b"a=b")
            right = status in (403, 405)
        leaks = WORDS[theirs] in text
        return "" if right and not leaks else f"{mine} {kind} {status} {leaks}"

    kinds = dice.choices(["own", "foreign", "missing", "refused"], [4, 3, 2, 1], k=times)
    with ThreadPoolExecutor(THREADS) as pool:
        assert {fault for fault in pool.map(one, range(times)) if fault} == set()
