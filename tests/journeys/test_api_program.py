"""The program of docs/api, as a reader would run it, against a live portal; and what its webhook was told."""

import os
import subprocess
import sys
from pathlib import Path

from departments.models.people import ApiClient
from departments.services import outbox
from donations.models.requests import FundingRequest, RequestDocument
from donations.models.webhooks import WebhookEndpoint
from donations.services.webhooks import secret_new
from msw_portal.kernel.scope import scope
from tests.donations.hook_sink import serving, signatures_of
from tests.donations.test_webhooks import LOOPBACK
from tests.factories import donations
from tests.journeys.program import SECRET

ROOT = Path(__file__).resolve().parents[2]


def _client(foundation) -> ApiClient:
    with scope(org=foundation.pk, role="system"):
        return donations.make_api_client(
            foundation,
            duties=("verify",),
            limit=None,
            scopes=("funding:read", "funding:review", "money:read"),
        )


def test_the_documented_program_reviews_what_has_arrived(portal, own_database, person, settings):
    people = donations.People(
        *map(person, ["worker", "officer", "officer2", "approver", "cashier", "cashier2"])
    )
    foundation = people.officer.membership.organization
    money = donations.make_money(people)
    donations.give(people, money, "100000.00")
    whole, lacking = (donations.make_submitted(people, money) for _n in range(2))
    with scope(
        org=whole.request.organization_id, role="system", care=whole.request.organization_id
    ):
        papers = RequestDocument.objects.filter(request=lacking.request, required=True)
        papers.filter(pk=papers.first().pk).update(masked=None)
    settings.WEBHOOK_NETWORKS, secret = LOOPBACK, secret_new()
    with serving() as sink:
        with scope(org=foundation.pk, role="system"):
            WebhookEndpoint.objects.create(
                organization=foundation,
                name="演示系统",
                url=sink.url,
                topics=["funding_request.*"],
                secrets=[{"secret": secret, "until": None}],
            )
        done = subprocess.run(
            [sys.executable, "-I", "docs/api/review_requests.py"],
            cwd=ROOT,
            env={
                **os.environ,
                "PORTAL": portal,
                "CLIENT_ID": _client(foundation).application.client_id,
                "CLIENT_SECRET": SECRET,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert f"{whole.request.number}: first_review" in done.stdout
        assert f"{lacking.request.number}: asked for " in done.stdout
        while outbox.relay_once() or outbox.hook_once():
            pass
        kinds = [event["type"] for event in sink.events()]
        assert {"funding_request.first_review", "funding_request.supplement_required"} <= set(kinds)
        assert all(signatures_of(secret, headers, body) == [True] for headers, body in sink.got)
    with scope(org=foundation.pk, role="system"):
        states = FundingRequest.objects.order_by("pk").values_list("state", flat=True)
        assert list(states) == ["first_review", "supplement_required"]
