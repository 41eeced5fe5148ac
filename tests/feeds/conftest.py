"""What the tests of the hospital's system share."""

import json

import pytest

from cases.models.families import Milestone
from cases.models.people import Client, Episode
from tests.conftest import api_client_of

SCOPE = ("episodes:write",)


@pytest.fixture(autouse=True)
def _quiet_heart(monkeypatch):
    """The heartbeat has a connection of its own, which cannot see an uncommitted job."""
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 600)


def facts(**given):
    """A delivery about somebody invented: the person, known at nine in the morning, and what is given."""
    return {
        "source_time": "2026-11-20T09:00:00+08:00",
        "name": "演示赵一",
        "birth_date": "1990-03-07",
        "sex": "女",
        **given,
    }


class His:
    """The hospital's system with a token of its own."""

    def __init__(self, login: str = "secadmin"):
        self.client = api_client_of(login, scopes=SCOPE, limit=None)

    def put(self, mrn: str, *, status: int = 200, **said):
        answer = self.client.put(
            f"/api/v1/episodes/{mrn}", json.dumps(said), content_type="application/json"
        )
        assert answer.status_code == status, answer.content.decode()
        return answer.json()


@pytest.fixture
def his(db):
    return His()


@pytest.fixture
def stay(worker, acting):
    """`stay("ZY1")` — the stays of a record as a worker of the house sees them, the oldest first."""

    def find(mrn: str) -> list[Episode]:
        with acting(worker):
            rows = Episode.objects.visible_to(worker).select_related("ward", "client", "feed")
            return [one for one in rows.order_by("admitted_on", "id") if one.mrn == mrn]

    return find


@pytest.fixture
def course(worker, acting):
    """The days of a stay's course: {kind: (planned, actual)}, one per kind."""

    def days(episode: Episode) -> dict:
        with acting(worker):
            rows = Milestone.objects.visible_to(worker).filter(episode=episode).order_by("id")
            return {
                row.kind: (
                    row.planned_on and str(row.planned_on),
                    row.actual_on and str(row.actual_on),
                )
                for row in rows
            }

    return days


@pytest.fixture
def persons(worker, acting):
    def count() -> int:
        with acting(worker):
            return Client.objects.visible_to(worker).count()

    return count
