"""A person's calendar feed: what stands in it, what never does, and whose it is."""

import datetime as dt

import icalendar
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg2.extras import DateRange

from cases.services.secrecy import case_raise_secrecy
from departments.models.mechanisms import AccessLink, Task
from departments.models.people import Membership
from departments.services.calendars import calendar_create, calendar_read, calendar_revoke
from departments.services.entering import house_scope
from departments.services.tasks import task_open, tasks_close
from tests.factories.cases import make_case, make_client, make_episode
from tests.factories.course import make_milestone
from tests.factories.groups import make_group, make_session

pytestmark = pytest.mark.django_db
NAME = "演示龙套"


def events(content: bytes) -> dict[str, icalendar.Event]:
    """The events of a feed by their summary, as a calendar reads them."""
    calendar = icalendar.Calendar.from_ical(content)
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    return {str(one["summary"]): one for one in calendar.walk("VEVENT")}


@pytest.fixture
def feed(worker, acting):
    """The worker's new feed: `feed()` reads it."""
    with acting(worker):
        token = calendar_create(by=worker).token

    def read():
        found = calendar_read(token)
        return found.content if found else None

    read.path = reverse("departments:calendar_feed", args=[token])
    return read


@pytest.fixture
def file(worker, acting, ward):
    """A case of the worker with a stay in a ward."""
    with acting(worker):
        person = make_client(worker, name=NAME)
        stay = make_episode(person, worker, ward=ward)
        return make_case(worker, stage="intervention", client=person, episode=stay)


def plan(case, kind, due_at, assignee, by, **given):
    return task_open(
        kind=kind,
        organization_id=case.organization_id,
        subject=case,
        due_at=due_at,
        assignee=assignee,
        by=by,
        dedup_key=f"{kind}:{case.uid}:{due_at}",
        **given,
    )


def at(days: int, hour: int = 23, minute: int = 59) -> dt.datetime:
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def test_a_feed_has_ones_own_deadlines_and_planned_days_by_number_alone(
    feed, file, worker, worker2, acting, ward
):
    with acting(worker):
        plan(file, "next_contact", at(3), worker, worker)
        plan(file, "transfer", at(2, 15, 0), worker, worker)
        plan(file, "follow_up", at(4), worker2, worker)  # a colleague's
        plan(file, "risk_alert", at(1), worker, worker)  # no word of it leaves the house
        plan(file, "plan_review", at(900), worker, worker)
        make_milestone(file.episode, worker, "discharge", planned_on=at(5).date())
    content = feed()
    found = events(content)
    assert set(found) == {
        f"下一次接触 {file.number}",
        f"答复个案移交 {file.number}",
        f"出院 {file.number}",
    }
    whole = found[f"下一次接触 {file.number}"]
    assert (whole["dtstart"].dt, whole["dtend"].dt) == (at(3).date(), at(4).date())
    clock = found[f"答复个案移交 {file.number}"]
    assert (clock["dtstart"].dt, clock["dtend"].dt) == (at(2, 14, 30), at(2, 15, 0))
    assert str(file.uid) in clock["url"]
    text = content.decode()
    assert not [word for word in (NAME, "演示", ward.name, "住院费用") if word in text]


def test_a_change_raises_the_sequence_and_what_is_taken_back_is_cancelled(
    feed, file, worker, acting
):
    with acting(worker):
        task = plan(file, "next_contact", at(3), worker, worker)
        plan(file, "plan_review", at(9), worker, worker)
    title = f"下一次接触 {file.number}"
    first = events(feed())[title]
    assert events(feed())[title].to_ical() == first.to_ical()
    with acting(worker):
        Task.objects.filter(pk=task.pk).update(due_at=at(6))
    moved = events(feed())[title]
    assert (first["uid"], first["sequence"]) == (moved["uid"], moved["sequence"] - 1)
    assert moved["dtstart"].dt == at(6).date()
    with acting(worker):
        tasks_close(kind="next_contact", subject=file, state=Task.State.CANCELLED)
    gone = events(feed())
    assert set(gone) == {"已取消", f"复评服务计划 {file.number}"}
    off = gone["已取消"]
    assert (off["uid"], off["status"], off["sequence"]) == (moved["uid"], "CANCELLED", 2)


def test_a_sealed_case_leaves_the_feed_even_as_a_number(feed, file, worker, acting):
    with acting(worker):
        plan(file, "next_contact", at(3), worker, worker)
    assert file.number in feed().decode()
    with acting(worker):
        case_raise_secrecy(case=file, named=[], reason="涉及家庭暴力，须严格保密", by=worker)
    assert file.number not in feed().decode()


def test_a_calendar_that_holds_the_feed_gets_304_and_a_dead_address_404(
    feed, file, worker, acting, settings
):
    nobody = Client()
    taken = nobody.get(feed.path)
    assert (taken.status_code, taken["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert (dict(taken.cookies), taken["Cache-Control"]) == ({}, "private, no-cache")
    held = nobody.get(feed.path, headers={"If-None-Match": f'"x", W/{taken["ETag"]}'})
    assert (held.status_code, held.content, held["ETag"]) == (304, b"", taken["ETag"])
    with acting(worker):
        plan(file, "next_contact", at(3), worker, worker)
    assert nobody.get(feed.path, headers={"If-None-Match": taken["ETag"]}).status_code == 200
    settings.CALENDAR_LIMIT = 3
    busy = nobody.get(feed.path)
    assert (busy.status_code, int(busy["Retry-After"]) > 0) == (429, True)
    wrong = nobody.get(reverse("departments:calendar_feed", args=["A" * 22]))
    assert (wrong.status_code, wrong.content) == (404, b"")


def test_a_new_address_ends_the_old_one_and_an_end_ends_it_for_good(
    feed, worker, head, acting, refuses
):
    with acting(worker):
        newer = calendar_create(by=worker).token
    assert (feed(), calendar_read(newer) is not None) == (None, True)
    with acting(worker):
        calendar_revoke(by=worker)
        with refuses("calendar.none", status=409):
            calendar_revoke(by=worker)
    assert calendar_read(newer) is None
    with acting(head):
        assert not AccessLink.objects.visible_to(head).filter(revoked_at__isnull=True).exists()


def test_a_feed_ends_with_the_role_and_the_account(feed, worker, hospital):
    today = timezone.localdate()
    with house_scope(hospital.pk):
        Membership.objects.filter(pk=worker.membership.pk).update(
            valid=DateRange(today - dt.timedelta(days=9), today)
        )
    assert feed() is None


def test_a_guest_of_the_house_keeps_a_feed_of_the_own(volunteer, other_worker, acting):
    with acting(volunteer):
        made = calendar_create(by=volunteer)
    assert events(calendar_read(made.token).content) == {}
    with acting(other_worker):
        assert not AccessLink.objects.filter(pk=made.link.pk).exists()


def test_the_account_page_shows_the_address_once(client_for, worker, auditor):
    signed_in = client_for(worker)
    page, new = reverse("departments:calendar"), reverse("departments:calendar_new")
    assert "还没有订阅" in signed_in.get(page).content.decode()
    made = signed_in.post(new)
    address = made.context["address"]
    assert address in made.content.decode()
    assert Client().get(address).status_code == 200
    after = signed_in.get(page).content.decode()
    assert ("最近一次取用" in after, address.rpartition("/")[2] in after) == (True, False)
    assert signed_in.post(reverse("departments:calendar_end")).status_code == 302
    assert Client().get(address).status_code == 404
    assert client_for(auditor).get(page).status_code == 404


def test_sessions_of_ones_own_groups_stand_by_number(feed, worker, acting):
    with acting(worker):
        group = make_group(worker, number="HA-G-2026-0001", name="演示白血病家长小组")
        make_session(
            group, worker, number=2, held_on=at(5).date(), starts_at=dt.time(14), minutes=90
        )
    found = events(feed())
    session = found["小组 HA-G-2026-0001 第 2 节"]
    assert (session["dtstart"].dt, session["dtend"].dt) == (at(5, 14, 0), at(5, 15, 30))
    assert "白血病" not in feed().decode()
