"""Effects that leave a transaction: put in by services, worked by the relay, each exactly once in PostgreSQL."""

import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.module_loading import import_string

from departments.models.queues import Outbox
from msw_portal.kernel import bell, leases
from msw_portal.kernel.logs import summary
from msw_portal.kernel.scope import on_behalf_of, request_facts, scope

log = logging.getLogger(__name__)
TABLE = "departments_outbox"
Handler = Callable[["Delivery"], None]


class Lost(RuntimeError):
    """Somebody else owns the row now; the effect is rolled back."""


def put(
    topic: str,
    *,
    organization_id: int,
    subject: models.Model | None = None,
    dedup_key: str | None = None,
    **payload: Any,
) -> None:
    """Add an effect to the running transaction; payload holds ids and codes only. The edge rings after commit."""
    Outbox(
        organization_id=organization_id,
        topic=topic,
        subject_uid=getattr(subject, "uid", None),
        payload=payload,
        dedup_key=dedup_key,
        request_id=request_facts.get().request_id,
    ).save(force_insert=True)
    transaction.on_commit(ring, robust=True)


def ring() -> None:
    """Tell the relay there is work; it also looks by itself every two seconds."""
    bell.ring("departments.tasks.relay_outbox", queue="relay")


def relay_once(limit: int = 50) -> int:
    """Claim what is due and work it, one transaction per row; the number of rows worked.

    A handler that fails leaves its row for a later try; after MAX_ATTEMPTS the row is dead and said so.
    """
    with scope(role="relay"):
        claims = leases.claim(TABLE, limit=limit)
    for held in claims:
        work(held)
    return len(claims)


def work(held: leases.Claim) -> None:
    """Run the handler of one claimed row inside the fence."""
    with scope(role="relay"):
        row = Outbox.objects.get(pk=held.pk)
    handlers: Mapping[str, str] = import_string(settings.OUTBOX_HANDLERS)
    with on_behalf_of(row.request_id):
        try:
            handler: Handler = import_string(handlers[row.topic])
            handler(Delivery(row, held))
        except Lost:
            log.warning("outbox %s was taken over", held.pk)
        except Exception as error:
            log.exception("outbox %s %s failed", row.topic, held.pk)
            with scope(role="relay"):
                leases.fail(TABLE, held, summary(error), attempts=row.attempts)
        else:
            log.info("outbox %s %s done", row.topic, held.pk)


class Delivery:
    """A claimed row in the hands of its handler; `finish` closes it inside the effect's own transaction."""

    def __init__(self, row: Outbox, held: leases.Claim):
        self.id: uuid.UUID = row.id
        self.topic, self.payload = row.topic, row.payload
        self.organization_id, self.subject_uid = row.organization_id, row.subject_uid
        self._held = held

    def finish(self) -> None:
        """Mark the row done under its fence, in the running transaction.

        Raises:
            Lost: when another relay owns it; the caller's transaction must roll back.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT app.outbox_done(%s, %s)", [self.id, self._held.fence])
            if not cursor.fetchone()[0]:
                raise Lost(self.id)


def reap() -> int:
    """Give back what a dead relay held."""
    with scope(role="relay"):
        return leases.reap(TABLE)
