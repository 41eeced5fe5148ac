"""Effects that leave a transaction: put in by services, worked by the relay, each exactly once in PostgreSQL."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from departments.models.queues import Outbox
from msw_portal.kernel import bell, leases
from msw_portal.kernel.logs import summary
from msw_portal.kernel.room import is_out_of_room
from msw_portal.kernel.scope import on_behalf_of, request_facts, scope

log = logging.getLogger(__name__)
TABLE = "departments_outbox"
HEARTBEAT_SECONDS = 2
# A mail server may be away for a night's upgrade: 1, 2, 4 ... 60 minutes, about six hours in all.
MAIL_ATTEMPTS, MAIL_UNIT_SECONDS = 12, 30
MAIL_PAUSE = dt.timedelta(seconds=60)
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
    transaction.on_commit(ring_mail if topic in _mails() else ring, robust=True)


def ring() -> None:
    """Tell the relay there is work; it also looks by itself every two seconds."""
    bell.ring("departments.tasks.relay_outbox", queue="relay")


def ring_mail() -> None:
    """The same for the lane of the mails, looked at every five seconds."""
    bell.ring("departments.tasks.relay_mail", queue="relay")


def relay_once(limit: int = 50) -> int:
    """Claim what is due and work it, one transaction per row; the number of rows worked.

    A handler that fails leaves its row for a later try; after its attempts the row is dead and said
    so. Mail has a lane of its own: `mail_once`.
    """
    with scope(role="relay"):
        claims = leases.claim(TABLE, limit=limit, where="topic <> ALL(%s)", params=(_mails(),))
    for held in claims:
        work(held)
    return len(claims)


def mail_once() -> bool:
    """Work the oldest mail that is due; False when there was none, or the mail server did not take it.

    One at a time, so that no lease runs out while others are sent. A server that is away holds up
    nothing else and is asked again in a minute: what else is due waits without losing an attempt.
    """
    with scope(role="relay"):
        claims = leases.claim(TABLE, limit=1, where="topic = ANY(%s)", params=(_mails(),))
    if not claims:
        return False
    with leases.beating(TABLE, claims[0], every=HEARTBEAT_SECONDS):
        is_done = work(claims[0], leases.Patience(MAIL_ATTEMPTS, MAIL_UNIT_SECONDS))
    if not is_done:
        _hold_mail()
    return is_done


def _mails() -> list[str]:
    return sorted(import_string(settings.OUTBOX_MAILS))


def _hold_mail() -> None:
    with scope(role="relay"):
        Outbox.objects.filter(
            topic__in=_mails(), state="ready", not_before__lte=timezone.now() + MAIL_PAUSE
        ).update(not_before=timezone.now() + MAIL_PAUSE)


def work(held: leases.Claim, patience: leases.Patience = leases.USUAL) -> bool:
    """Run the handler of one claimed row inside the fence; whether it was done."""
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
                leases.fail(
                    TABLE,
                    held,
                    summary(error),
                    attempts=row.attempts,
                    patience=patience,
                    is_for_room=is_out_of_room(error),
                )
        else:
            log.info("outbox %s %s done", row.topic, held.pk)
            return True
    return False


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
