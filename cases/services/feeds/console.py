"""What the system administrator sees of dropped files: of every house, counts and reasons, never a line's content."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from cases.permissions import EPISODES_SCOPE
from cases.services.feeds.reading import FEED
from cases.workflow import DropState
from departments import audit
from departments.models.people import User
from departments.permissions import can_operate
from departments.services.api_clients import clients_with
from msw_portal.kernel.access import require
from msw_portal.kernel.retelling import retold

SHOWN = 50


@dataclass(frozen=True)
class Drop:
    """One dropped file in figures; `faults` are [line, field, sentence], asked for one file alone."""

    uid: uuid.UUID
    house: str
    client: str
    name: str
    state: str
    given: int
    created: int
    changed: int
    same: int
    refused: int
    refusal: str
    created_at: dt.datetime
    ended_at: dt.datetime | None
    is_put_away: bool
    faults: list[list[Any]]

    @property
    def state_words(self) -> str:
        return str(DropState(self.state).label)

    @property
    def reasons(self) -> list[tuple[int, str, str]]:
        """Line, title of the column, sentence."""
        return [(line, FEED.label_of(name), retold(text)) for line, name, text in self.faults]

    @property
    def is_stuck(self) -> bool:
        """Read to its end, and its file still lies in the folder."""
        return self.ended_at is not None and not self.is_put_away


@dataclass(frozen=True)
class Folder:
    """Where a client of a house drops its files, and whether the portal can get there."""

    house: str
    client: str
    path: str
    is_there: bool


def drops_shown(*, by: User) -> list[Drop]:
    """The newest files of every house."""
    require(can_operate, by, None)
    return _rows(None, SHOWN)


def drop_shown(*, uid: uuid.UUID, by: User) -> Drop | None:
    """One file with the reasons of its refused lines; opening them is written down."""
    require(can_operate, by, None)
    found = _rows(uid, 1)
    if not found:
        return None
    audit.record("episode_drop.read", by=by, drop=uid, rows_refused=found[0].refused)
    return found[0]


def _rows(uid: uuid.UUID | None, limit: int) -> list[Drop]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM app.episode_drop_rows(%s::uuid, %s)", [uid and str(uid), limit]
        )
        return [Drop(*row[:-1], json.loads(row[-1])) for row in cursor.fetchall()]


def folders_shown(*, by: User) -> list[Folder]:
    """The folder of each client that may drop, by house; none where dropping is not set up."""
    require(can_operate, by, None)
    if settings.EPISODE_DROPS is None:
        return []
    found = []
    for client in clients_with(EPISODES_SCOPE):
        path = settings.EPISODE_DROPS / str(client.uid)
        found.append(
            Folder(
                client.organization.short_name, client.user.display_name, str(path), path.is_dir()
            )
        )
    return found
