"""Notes of one-to-one coaching: sealed, between who coached and who leads the unit, corrected by further versions."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import ProjectEvent
from projects.models.incubation import CoachingNote
from projects.permissions.cultivation import can_view_coaching, can_write_coaching

Kind = ProjectEvent.Kind


def is_coaching(event: ProjectEvent) -> bool:
    return event.kind == Kind.COACHING


def note_seal(event: ProjectEvent, body: str, advice: str = "", reason: str = "") -> CoachingNote:
    """The next version of the note of a coaching; its author is who entered the coaching."""
    last = CoachingNote.objects.filter(event=event).order_by("-version").first()
    note = CoachingNote(
        project_id=event.project_id,
        event=event,
        organization_id=event.organization_id,
        counterparty_id=event.counterparty_id,
        version=last.version + 1 if last else 1,
        body=body,
        advice=advice or None,
        reason=reason or None,
        created_by_id=event.created_by_id,
    )
    note.save(force_insert=True)
    return note


@command
def coaching_write(
    *,
    event: ProjectEvent,
    body: str,
    advice: str = "",
    reason: str = "",
    base: int | None = None,
    by: User,
) -> CoachingNote:
    """Write the note of a coaching, or its next version with why it changes; `base` is the version seen.

    Raises:
        DomainError: `permission.can_write_coaching` (403), `coaching.needs_body` on `body`,
            `coaching.needs_reason` on `reason`, `form.stale` (409).
    """
    event = ProjectEvent.objects.locked().select_related("project").get(pk=event.pk)
    require(can_write_coaching, by, event)
    known = CoachingNote.objects.filter(event=event).count()
    check_base(base, known)
    if not body.strip():
        raise DomainError("coaching.needs_body", _("请写辅导内容。"), "body")
    if known and not reason.strip():
        raise DomainError("coaching.needs_reason", _("请写明为什么修改。"), "reason")
    note = note_seal(event, body.strip(), advice.strip(), reason.strip() if known else "")
    audit.record("coaching.write", by=by, on=event.project, event=event.uid, version=note.version)
    return note


@command
def coaching_read(*, event: ProjectEvent, by: User) -> list[CoachingNote]:
    """Open the note of a coaching with all its versions, the newest first; opening is an event too.

    Raises:
        DomainError: `permission.can_view_coaching` (403).
    """
    require(can_view_coaching, by, event)
    notes = list(
        CoachingNote.objects.visible_to(by)
        .filter(event=event)
        .select_related("created_by")
        .order_by("-version")
    )
    if notes:
        audit.record("coaching.read", by=by, on=event.project, event=event.uid, count=len(notes))
    return notes


def coaching_seal(events: Iterable[ProjectEvent]) -> int:
    """Take what earlier versions kept open in the detail of an event behind the seal; how many."""
    done = 0
    for event in events:
        text = event.detail.pop("note", "")
        if text:
            again = event.coaching_notes.exists()
            note_seal(event, text, reason=str(_("早先的记录")) if again else "")
        event.save(update_fields=["detail"])
        done += 1
    return done
