"""Effects that leave a transaction: put in by services, worked by the relay, each exactly once in PostgreSQL."""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
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


_gathered: ContextVar[list[Outbox] | None] = ContextVar("outbox_gathered", default=None)


class Lost(RuntimeError):
    """Somebody else owns the row now; the effect is rolled back."""


def put(
    topic: str,
    *,
    organization_id: int,
    subject: models.Model | None = None,
    dedup_key: str | None = None,
    not_before: dt.datetime | None = None,
    **payload: Any,
) -> None:
    """Add an effect to the running transaction; payload holds ids and codes only. The edge rings after commit."""
    row = Outbox(
        organization_id=organization_id,
        topic=topic,
        subject_uid=getattr(subject, "uid", None),
        payload=payload,
        dedup_key=dedup_key,
        request_id=request_facts.get().request_id,
        **({"not_before": not_before} if not_before else {}),
    )
    waiting = _gathered.get()
    if waiting is None:
        row.save(force_insert=True)
    else:
        waiting.append(row)
    if not_before is None:
        transaction.on_commit(_bell_of(topic), robust=True)


@contextmanager
def gathered() -> Iterator[None]:
    """What is put within it is inserted by one statement at its end; an error inserts nothing."""
    if _gathered.get() is not None:
        yield
        return
    rows: list[Outbox] = []
    token = _gathered.set(rows)
    try:
        yield
    finally:
        _gathered.reset(token)
    Outbox.objects.bulk_create(rows)


def _bell_of(topic: str) -> Callable[[], None]:
    if topic in _mails():
        return ring_mail
    return ring_hooks if topic in _hooks() else ring


def ring() -> None:
    """Tell the relay there is work; it also looks by itself every two seconds."""
    bell.ring("departments.tasks.relay_outbox", queue="relay")


def ring_mail() -> None:
    """The same for the lane of the mails, looked at every five seconds."""
    bell.ring("departments.tasks.relay_mail", queue="relay")


def ring_hooks() -> None:
    """The same for the lane of what other houses' systems are told."""
    bell.ring("departments.tasks.relay_hooks", queue="relay")


def relay_once(limit: int = 50) -> int:
    """Claim what is due and work it, one transaction per row; the number of rows claimed.

    A handler that fails leaves its row for a later try; after its attempts the row is dead and said
    so. Mail and webhooks have lanes of their own: `mail_once`, `hook_once`.

    A row that waits behind slow ones is held on to. Its effect would happen once without that too, by
    the fence; but each time it lapsed and was claimed anew it would lose an attempt nobody made.
    """
    apart = [*_mails(), *_hooks()]
    with scope(role="relay"):
        claims = leases.claim(TABLE, limit=limit, where="topic <> ALL(%s)", params=(apart,))
    waiting, extended = list(claims), time.monotonic()
    while waiting:
        if time.monotonic() - extended >= HEARTBEAT_SECONDS:
            extended = time.monotonic()
            with scope(role="relay"):
                waiting = leases.extend(TABLE, waiting)
            if not waiting:
                break
        work(waiting.pop(0))
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


def hook_once() -> bool:
    """Work the oldest webhook that is due; False when there was none.

    One at a time like a mail. What the other side does not take is no failure here: its handler
    notes the attempt and puts in the next one.
    """
    with scope(role="relay"):
        claims = leases.claim(TABLE, limit=1, where="topic = ANY(%s)", params=(_hooks(),))
    if not claims:
        return False
    with leases.beating(TABLE, claims[0], every=HEARTBEAT_SECONDS):
        work(claims[0])
    return True


def hold(topic: str, *, until: dt.datetime, **payload: Any) -> int:
    """Let what waits under a topic, narrowed by values of its payload, wait longer; how many rows."""
    rows = Outbox.objects.filter(topic=topic, state="ready", not_before__lt=until)
    return rows.filter(payload__contains=payload).update(not_before=until)


def _hooks() -> list[str]:
    return sorted(import_string(settings.OUTBOX_HOOKS))


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
