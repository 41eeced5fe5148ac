"""Every address, by every kind of answer: what a browser may run, frame, guess, pass on and keep.

What only production says (HSTS, the __Host- cookies) is asked behind the proxy: tests/platform/test_behind_proxy.py.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.architecture.test_access_matrix import (
    ACTORS,
    _actor,
    _addresses,
    _path,
    _rows,
    _status,
)

SCRIPTLESS = (
    "text/html",
    "application/json",
    "application/problem+json",
    "application/openapi+json",
)
# Drawn by the browser itself; everything else that leaves is an attachment in a sandbox.
DRAWN = (
    "application/manifest+json",
    "text/javascript",  # the ward page works without a network
    "image/",
    "text/calendar",
    "text/plain",
    "application/yaml",
    "application/vnd.oai.openapi",
)
# Published to everybody, so that caches may keep it and programs of other sites may read it.
PUBLISHED = {
    "departments.views.publishing",
    "departments.views.public_face",
    "projects.views.public_registers",
    "reports.views.open_data",
}
SAMPLE = re.compile(
    r"^(account_login|api_me|cases:(case|contact_new|list)|public:house|livez|departments:workbench)$"
)


def _faults(answer, *, is_published: bool = False) -> list[str]:
    """What is wrong with the headers of one answer; of a published page only where it was shown."""
    said, faults = answer.headers, []
    policy = said.get("Content-Security-Policy", "")
    if "sandbox" not in policy and not {
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    } <= {part.strip() for part in policy.split(";")}:
        faults.append(f"policy {policy!r}")
    if "unsafe" in policy:
        faults.append("unsafe policy")
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
    faults += [f"{key}: {said.get(key)}" for key, value in wanted.items() if said.get(key) != value]
    if said.get("Referrer-Policy") not in {
        "same-origin",
        "no-referrer",
    }:  # none where the address is the key
        faults.append(f"Referrer-Policy: {said.get('Referrer-Policy')}")
    is_open = is_published and answer.status_code == 200
    if "no-store" not in said.get("Cache-Control", "") and not is_open:
        faults.append(f"Cache-Control: {said.get('Cache-Control')}")
    kind = said.get("Content-Type", "")
    is_file = answer.status_code == 200 and kind and not kind.startswith((*SCRIPTLESS, *DRAWN))
    if is_file and not said.get("Content-Disposition", "").startswith("attachment"):
        faults.append(f"{kind} is no attachment")
    if not is_open:
        faults += [f"sends {key}" for key in said if key.lower().startswith("access-control-")]
    for cookie in filter(lambda one: one.value, answer.cookies.values()):  # none that is taken back
        if not cookie["httponly"] or cookie["samesite"] != "Lax" or cookie["domain"]:
            faults.append(f"cookie {cookie.key}")
    return faults


def _answer(client: Client, method: str, path: str, **more):
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = getattr(client, method)(path, **more)
        if answer.streaming:
            list(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def _opener(row: dict[str, dict[str, int]], method: str) -> str | None:
    return next(
        (a for a in ACTORS if method in row and _status(row[method], a) in (200, 302, 422)), None
    )


def _asked(
    request: pytest.FixtureRequest, only: re.Pattern[str]
) -> Iterator[tuple[str, Any, bool]]:
    """Every address as who may open it, as nobody, as another house, with a body and with a wrong method."""
    known, rows, clients = request.getfixturevalue("matrix"), _rows(), {}

    def client(actor: str) -> Client:
        if actor not in clients:
            clients[actor] = _actor(actor, request)
        return clients[actor]

    for name, pattern in _addresses().items():
        if not only.search(name):
            continue
        path, row = _path(name, pattern, known), rows[name]
        asks = [("anonymous", "get"), ("other_head", "get"), ("anonymous", "post")]
        asks += [(who, method) for method in ("get", "post") if (who := _opener(row, method))]
        asks.append((_opener(row, "get") or "worker", "delete"))
        for who, method in dict.fromkeys(asks):
            is_published = pattern.callback.__module__ in PUBLISHED
            yield f"{name} {method} {who}", _answer(client(who), method, path), is_published


def _walk(
    request: pytest.FixtureRequest, only: re.Pattern[str]
) -> tuple[dict[str, list[str]], set[int]]:
    wrong, statuses = {}, set()
    for asked, answer, is_published in _asked(request, only):
        statuses.add(answer.status_code)
        if faults := _faults(answer, is_published=is_published):
            wrong[f"{asked} {answer.status_code}"] = faults
    return wrong, statuses


def test_every_kind_of_answer_says_what_a_browser_may_do(matrix, db, request, settings):
    settings.EMBEDDED = True
    wrong, statuses = _walk(request, SAMPLE)
    assert wrong == {}
    assert {200, 302, 401, 404, 405, 422} <= statuses


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/", "elsewhere.example", 400),
        ("/no/such/page/", "testserver", 404),
        ("/probe/raises/", "testserver", 500),
    ],
)
def test_an_answer_without_an_address_says_it_too(
    db, worker, client_for, settings, path, host, status
):
    if status == 500:
        settings.ROOT_URLCONF = "tests.departments.probe_urls"
    answer = client_for(worker).get(path, headers={"Host": host})
    assert (answer.status_code, _faults(answer)) == (status, [])


@pytest.mark.long
def test_every_address_says_what_a_browser_may_do(matrix, db, request, settings):
    settings.EMBEDDED = True
    wrong, _statuses = _walk(request, re.compile(""))
    assert wrong == {}


def test_a_page_without_a_forms_token_knows_no_account():
    """Who sends a form there is nobody whatever cookie comes along, so that no other site sends it as somebody."""
    loose = {}
    for name, pattern in _addresses().items():
        is_api = str(getattr(pattern.callback, "__module__", "")).endswith(
            ("api", "oauth")
        ) or hasattr(pattern.callback, "cls")
        if not getattr(pattern.callback, "csrf_exempt", False) or is_api:
            continue
        for method, wants in _rows()[name].items():
            if len(set(wants.values())) > 1:
                loose[f"{name} {method}"] = wants
    assert loose == {}
