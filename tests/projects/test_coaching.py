"""One-to-one coaching: what was said is sealed, read by two, corrected by further versions."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse

from departments.models.trail import AuditEntry
from msw_portal.kernel.scope import scope
from projects.models.cultivation import ProjectEvent
from projects.models.incubation import CoachingNote
from projects.permissions.cultivation import can_view_coaching
from projects.services.coaching import coaching_read, coaching_seal, coaching_write
from projects.services.cultivation_events import event_add
from tests.conftest import sign_in
from tests.factories.cultivation import make_project
from tests.factories.donations import as_person
from tests.factories.reviews import make_member
from tests.projects.test_reviews import refusal

pytestmark = pytest.mark.django_db
SAID = "负责人说人手不够，想缩小服务范围。"


@pytest.fixture
def coached(authority, hospital):
    """A coaching by the authority's officer, entered with its note."""
    project = make_project(authority, hospital)
    with as_person(authority) as by:
        return event_add(
            project=project,
            kind="coaching",
            title="一对一辅导",
            done_on=project.starts_on,
            detail={"note": SAID},
            by=by,
        )


def test_what_was_said_is_sealed_and_not_in_the_event(coached, authority):
    with as_person(authority), connection.cursor() as cursor:
        assert "note" not in ProjectEvent.objects.get(pk=coached.pk).detail
        cursor.execute("SELECT body FROM projects_coachingnote")
        stored = bytes(cursor.fetchone()[0])
        assert SAID.encode() not in stored
        assert CoachingNote.objects.get().body == SAID


def test_who_coached_and_who_leads_the_unit_read_it_and_nobody_else(
    coached, authority, head, worker, other_head, officer
):
    colleague = make_member(authority.membership.organization, "colleague", "authority_officer")
    page = reverse("projects:coaching", args=[coached.uid])
    people = [authority, head, colleague, worker, other_head, officer]
    answers = [sign_in(Client(), person).get(page) for person in people]
    assert [one.status_code for one in answers] == [200, 200, 404, 404, 404, 404]
    assert [SAID in one.content.decode() for one in answers[:2]] == [True, True]
    # The project's own page says that there was a coaching, to its colleague too, never what was said.
    project = reverse("projects:project", args=[coached.project.uid])
    said = sign_in(Client(), colleague).get(project).content.decode()
    assert ("一对一辅导" in said, page in said, SAID in said) == (True, False, False)
    for person in [*people, colleague]:
        with as_person(person) as by:
            rows = CoachingNote.objects.visible_to(by)
            seen = ProjectEvent.objects.visible_to(by).filter(pk=coached.pk).first()
            assert rows.exists() == bool(seen and can_view_coaching(by, seen))


def test_opening_is_an_event_and_a_correction_is_a_further_version(coached, authority, head):
    with as_person(authority) as by:
        given = {"event": coached, "body": "更正后的记录", "by": by}
        assert refusal(coaching_write, **given, base=1) == ("coaching.needs_reason", "reason")
        assert refusal(coaching_write, **given, reason="记错", base=0) == ("form.stale", None)
        assert coaching_write(**given, reason="记错了一句", base=1).version == 2
    with as_person(head) as by:
        assert refusal(coaching_write, event=coached, body="改", reason="想改", by=by) == (
            "permission.can_write_coaching",
            None,
        )
        notes = coaching_read(event=coached, by=by)
        assert [(one.version, one.body) for one in notes] == [(2, "更正后的记录"), (1, SAID)]
    house = head.membership.organization_id
    with as_person(authority):
        for sql in (
            "UPDATE projects_coachingnote SET version = 9",
            "DELETE FROM projects_coachingnote",
        ):
            with (
                pytest.raises(ProgrammingError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)
    with scope(org=house, role="auditor"):
        actions = list(AuditEntry.objects.values_list("action", flat=True))
        bodies = "".join(AuditEntry.objects.values_list("body", flat=True))
    assert actions.count("coaching.read") == 1
    assert SAID not in bodies


def test_a_note_that_earlier_versions_kept_open_is_sealed_by_the_nightly_job(authority, hospital):
    project = make_project(authority, hospital)
    with as_person(authority) as by:
        event = event_add(
            project=project, kind="coaching", title="辅导", done_on=project.starts_on, by=by
        )
        ProjectEvent.objects.filter(pk=event.pk).update(detail={"note": "早先写下的"})
        rows = ProjectEvent.objects.filter(pk=event.pk)
        assert coaching_seal(rows) == 1
        assert ProjectEvent.objects.get(pk=event.pk).detail == {}
        assert CoachingNote.objects.get(event=event).body == "早先写下的"
