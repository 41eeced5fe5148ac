"""The API for persons: the pages' session, the role that is acted in, the pages' own token for whatever writes."""

import re

import pytest
from django.test import Client

from departments.models.trail import AuditEntry
from msw_portal.kernel.scope import scope
from tests.conftest import sign_in
from tests.factories.donations import make_submitted

pytestmark = pytest.mark.django_db
LIST = "/api/v1/funding-requests/"


def test_a_person_asks_with_the_session_what_the_pages_show(
    client_for, officer, cashier, other_officer, worker, people, money
):
    asked = make_submitted(people, money)
    uid = str(asked.request.uid)
    desk = client_for(officer)
    found = desk.get(LIST)
    assert [row["uid"] for row in found.json()["items"]] == [uid]
    assert found.headers["RateLimit"].startswith('"client";r=')
    me = desk.get("/api/v1/me/").json()
    assert (me["uid"], me["token_expires_at"]) == (str(officer.uid), None)
    assert me["scopes"] == ["funding:read", "funding:review", "money:read", "webhooks:manage"]
    one = desk.get(f"{LIST}{uid}/")
    assert client_for(other_officer).get(f"{LIST}{uid}/").status_code == 404
    assert client_for(other_officer).get(LIST).json()["items"] == []
    # A worker has pages of her own and no scope; a cashier reads and does not review.
    assert client_for(worker).get(LIST).status_code == 403
    head = {"If-Match": one.headers["ETag"], "Idempotency-Key": "person-1"}
    act = {"data": "{}", "content_type": "application/json", "headers": head}
    refused = client_for(cashier).post(f"{LIST}{uid}/check/", **act)
    assert refused.status_code == 403
    assert refused.headers["Content-Type"] == "application/problem+json"
    done = desk.post(f"{LIST}{uid}/check/", **act)
    assert (done.status_code, done.json()["state"]) == (200, "document_check")
    with scope(org=asked.request.counterparty_id, role="auditor"):
        entry = AuditEntry.objects.get(action="funding_request.check")
        assert (entry.actor_id, entry.client_uid) == (officer.pk, "")


def test_a_write_with_a_session_needs_the_pages_token(officer, people, money):
    asked = make_submitted(people, money)
    strict = sign_in(Client(enforce_csrf_checks=True), officer)
    address = f"{LIST}{asked.request.uid}/"
    head = {"If-Match": strict.get(address).headers["ETag"], "Idempotency-Key": "csrf-1"}
    act = {"data": "{}", "content_type": "application/json"}
    refused = strict.post(f"{address}check/", headers=head, **act)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:msw:problem:csrf")
    page = strict.get("/funding/board/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    done = strict.post(f"{address}check/", headers={**head, "X-CSRFToken": token}, **act)
    assert done.status_code == 200


def test_a_session_that_is_over_asks_as_nobody(client_for, officer, people, money, settings):
    make_submitted(people, money)
    desk = client_for(officer)
    settings.SESSION_IDLE_SECONDS = -1
    refused = desk.get(LIST)
    assert (refused.status_code, refused.json()["type"]) == (
        401,
        "urn:msw:problem:not_authenticated",
    )
