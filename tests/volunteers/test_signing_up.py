"""Places are given out one by one; who may stand in a shift at all; who moves up."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone
from psycopg2.extras import DateRange

from departments.models.mechanisms import Transition
from departments.models.queues import Outbox
from msw_portal.kernel.errors import DomainError
from tests.factories.volunteers import (
    coordinator_of,
    make_post,
    make_record,
    make_shift,
    make_signup,
    make_volunteer,
)
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Shift, Signup
from volunteers.services.check_ins import code_create, desk_note
from volunteers.services.shifts import shift_amend, shift_cancel
from volunteers.services.signups import (
    shift_sign_up,
    signup_cancel,
    signup_miss,
    waiting_ahead,
)
from volunteers.services.standing import volunteer_pause


def test_thirty_two_at_once_on_ten_places(own_database, person):
    from departments.models.organizations import Organization
    from departments.services.entering import member_scope

    by = coordinator_of(Organization.objects.get(code="HA"))
    with member_scope(by, by.membership.uid):
        shift = make_shift(make_post(by), by, capacity=10)
        people = [make_volunteer(by) for _n in range(32)]
    start = threading.Barrier(32)
    failed: list[Exception] = []

    def sign_up(volunteer):
        from departments.models.people import User

        me = User.objects.get(pk=by.pk)
        start.wait()
        try:
            with member_scope(me, by.membership.uid):
                shift_sign_up(shift=shift, volunteer=volunteer, by=me)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign_up, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with member_scope(by, by.membership.uid):
        rows = list(Signup.objects.filter(shift=shift).order_by("place"))
        assert [row.place for row in rows] == list(range(1, 33))
        assert [row.state for row in rows] == ["confirmed"] * 10 + ["waiting"] * 22
        shift.refresh_from_db()
        assert shift.taken == 10


def test_thirty_two_at_once_on_one_code_are_noted_once_each(own_database):
    from departments.models.organizations import Organization
    from departments.services.entering import member_scope

    by = coordinator_of(Organization.objects.get(code="HA"))
    now = timezone.now()
    with member_scope(by, by.membership.uid):
        post = make_post(by)
        shift = make_shift(
            post, by, starts_at=now - dt.timedelta(minutes=5), ends_at=now + dt.timedelta(hours=2),
            capacity=40,
        )  # fmt: skip
        people = [make_volunteer(by) for _n in range(32)]
        for one in people:
            make_signup(shift, one, by)
        token = code_create(post=post, by=by).token
    # Everybody taps twice: sixty-four at once.
    start, refused = threading.Barrier(64), []

    def tap(phone: str) -> None:
        start.wait()
        try:
            desk_note(token=token, phone=phone, is_out=False)
        except Exception as error:
            refused.append(getattr(error, "rule", repr(error)))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=tap, args=(one.phone,)) for one in people for _twice in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["desk.not_expected"] * 32
    with member_scope(by, by.membership.uid):
        noted = ServiceRecord.objects.filter(shift=shift).values_list("volunteer_id", flat=True)
        assert sorted(noted) == sorted(one.pk for one in people)


@pytest.fixture
def full(coordinator, serving, acting):
    """A shift for one: the volunteer stands in it, two others wait."""
    with acting(coordinator):
        post = make_post(coordinator)
        shift = make_shift(post, coordinator, capacity=1)
        rows = [
            make_signup(shift, one, coordinator)
            for one in (serving, make_volunteer(coordinator), make_volunteer(coordinator))
        ]
    return shift, rows


def states(shift) -> list[str]:
    rows = Signup.objects.filter(shift=shift).order_by("place")
    return list(rows.values_list("state", flat=True))


@pytest.mark.django_db
def test_the_oldest_who_waits_moves_up_when_a_volunteer_cancels(
    full, volunteer, coordinator, acting
):
    shift, (own, second, third) = full
    with acting(coordinator):
        assert (waiting_ahead(second), waiting_ahead(third)) == (0, 1)
    with acting(volunteer):
        signup_cancel(signup=own, by=volunteer)
        # Nothing of the others is to be seen from here.
        assert Signup.objects.count() == 1
    with acting(coordinator):
        assert states(shift) == ["cancelled", "confirmed", "waiting"]
        shift.refresh_from_db()
        assert shift.taken == 1
        moves = Transition.objects.filter(subject_uid=second.uid).values_list("step", "to_state")
        assert list(moves) == [("promote", "confirmed")]
        told = Outbox.objects.filter(topic="signup.promoted")
        assert [one.subject_uid for one in told] == [second.uid]


@pytest.mark.django_db
def test_new_places_go_to_those_who_wait(full, coordinator, acting):
    shift, _rows = full
    with acting(coordinator):
        when = timezone.localtime(shift.starts_at)
        given = {"on": when.date(), "starts": when.time(), "ends": dt.time(18), "by": coordinator}
        shift_amend(shift=shift, capacity=2, **given)
        assert states(shift) == ["confirmed", "confirmed", "waiting"]
        with pytest.raises(DomainError, match="已经确认 2 人"):
            shift_amend(shift=shift, capacity=1, **given)


@pytest.mark.django_db
def test_whoever_is_paused_leaves_the_shifts_ahead(full, serving, coordinator, acting):
    shift, _rows = full
    with acting(coordinator):
        volunteer_pause(volunteer=serving, reason="家里有事", by=coordinator)
        assert states(shift) == ["cancelled", "confirmed", "waiting"]


@pytest.mark.django_db
def test_a_shift_called_off_cancels_everybody(full, coordinator, volunteer, acting):
    shift, _rows = full
    with acting(coordinator):
        shift_cancel(shift=shift, reason="病区停止探视", by=coordinator)
        assert states(shift) == ["cancelled"] * 3
        assert Outbox.objects.filter(topic="signup.promoted").count() == 0
        with pytest.raises(DomainError, match="已经取消"):
            shift_sign_up(shift=shift, volunteer=make_volunteer(coordinator), by=coordinator)
    with acting(volunteer):
        assert Shift.objects.visible_to(volunteer).count() == 0


CHILD = dt.date(timezone.localdate().year - 16, 1, 1)
# What the volunteer is or has -> the rule that keeps the shift closed.
REFUSED = {
    "state": ({"state": "training"}, {}, "signup.not_on_roll"),
    "age": ({"birth_date": CHILD}, {}, "signup.too_young"),
    "guardian": ({"birth_date": CHILD}, {"minimum_age": 16}, "signup.needs_guardian"),
    "training": ({"records": False}, {"insurance_required": False}, "signup.needs_training"),
    "insurance": ({"records": False}, {"training_required": False}, "signup.needs_insurance"),
    "health": ({}, {"health_check_required": True}, "signup.needs_health_check"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_who_does_not_fit_the_post_is_refused_with_the_rule(name, coordinator, acting):
    person, post, rule = REFUSED[name]
    with acting(coordinator):
        shift = make_shift(make_post(coordinator, **post), coordinator)
        one = make_volunteer(coordinator, **person)
        with pytest.raises(DomainError) as refused:
            shift_sign_up(shift=shift, volunteer=one, by=coordinator)
        assert refused.value.rule == rule
        assert Signup.objects.count() == 0


@pytest.mark.django_db
def test_cover_that_ends_before_the_day_is_none(coordinator, acting):
    with acting(coordinator):
        one = make_volunteer(coordinator, records=False)
        today = timezone.localdate()
        make_record(one, coordinator)
        make_record(
            one, coordinator, kind="insurance", valid=DateRange(today, today + dt.timedelta(days=2))
        )
        shift = make_shift(make_post(coordinator), coordinator, in_days=2)
        with pytest.raises(DomainError, match="没有在保的保险"):
            shift_sign_up(shift=shift, volunteer=one, by=coordinator)
        earlier = make_shift(shift.post, coordinator, in_days=1)
        assert shift_sign_up(shift=earlier, volunteer=one, by=coordinator).state == "confirmed"


@pytest.mark.django_db
def test_two_shifts_at_one_time_are_refused_by_sentence_and_by_the_database(
    coordinator, serving, acting
):
    with acting(coordinator):
        first = make_shift(make_post(coordinator, title="儿童阅览"), coordinator, hour=14)
        second = make_shift(make_post(coordinator), coordinator, hour=16)
        after = make_shift(make_post(coordinator), coordinator, hour=17)
        shift_sign_up(shift=first, volunteer=serving, by=coordinator)
        with pytest.raises(DomainError, match="与已经报名的“儿童阅览”") as refused:
            shift_sign_up(shift=second, volunteer=serving, by=coordinator)
        assert refused.value.status == 409
        assert shift_sign_up(shift=after, volunteer=serving, by=coordinator).state == "confirmed"
        # Moved onto each other: the exclusion speaks with the same sentence.
        when = timezone.localtime(after.starts_at)
        with pytest.raises(DomainError, match="时间重叠"):
            shift_amend(
                shift=after,
                on=when.date(),
                starts=dt.time(15),
                ends=dt.time(18),
                capacity=10,
                by=coordinator,
            )


@pytest.mark.django_db
def test_a_volunteer_reads_the_risks_first_and_signs_up_for_no_one_else(
    coordinator, serving, volunteer, acting
):
    with acting(coordinator):
        shift = make_shift(make_post(coordinator), coordinator)
        other = make_volunteer(coordinator)
    with acting(volunteer):
        with pytest.raises(DomainError) as refused:
            shift_sign_up(shift=shift, volunteer=serving, by=volunteer)
        assert (refused.value.rule, refused.value.field) == ("signup.needs_risks", "agrees_risks")
        with pytest.raises(DomainError) as forbidden:
            shift_sign_up(shift=shift, volunteer=other, agrees_risks=True, by=volunteer)
        assert forbidden.value.status == 403
        made = shift_sign_up(shift=shift, volunteer=serving, agrees_risks=True, by=volunteer)
        assert (made.state, made.title) == ("confirmed", shift.post.title)
        with pytest.raises(DomainError, match="已经报过这一班"):
            shift_sign_up(shift=shift, volunteer=serving, agrees_risks=True, by=volunteer)
        signup_cancel(signup=made, by=volunteer)
        again = shift_sign_up(shift=shift, volunteer=serving, agrees_risks=True, by=volunteer)
        assert again.place == 2
        with pytest.raises(DomainError) as not_hers:
            signup_miss(signup=again, by=volunteer)
        assert not_hers.value.status == 403
