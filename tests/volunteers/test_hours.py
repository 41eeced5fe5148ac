"""Hours: in by a code, out, counted by the rule, confirmed by somebody else, corrected, voided."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.utils import timezone

from departments.models.mechanisms import Task, Transition
from departments.models.organizations import DatedRule
from departments.models.queues import Outbox
from departments.services.entering import house_scope
from departments.services.outbox import relay_once
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.factories.volunteers import (
    make_post,
    make_shift,
    make_signup,
    make_volunteer,
)
from volunteers.models.service import Certificate, ServiceRecord
from volunteers.models.shifts import Signup
from volunteers.services.certificates import (
    certificate_ask,
    certificate_check,
    certificate_issue,
    certificate_token,
    certificate_void,
)
from volunteers.services.check_ins import code_create, code_revoke, desk_note, desk_open
from volunteers.services.confirming import (
    service_ask_correction,
    service_confirm,
    service_correct,
    service_keep,
    service_void,
    services_confirm,
)
from volunteers.services.hours_sweeping import hours_sweep
from volunteers.services.records import (
    service_amend,
    service_check_in,
    service_check_out,
    service_enter,
    shift_code,
)
from volunteers.services.stars import hours_to_next, star_levels, star_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def refusal(service, **given) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as caught:
        service(**given)
    assert str(caught.value)
    return caught.value.rule, caught.value.field


def at(hour: int, minute: int = 0, days: int = -1) -> dt.datetime:
    """A clock time of yesterday, or `days` from today."""
    day = TODAY() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


@pytest.fixture
def post(coordinator, acting):
    with acting(coordinator):
        return make_post(coordinator, title="导诊陪诊")


@pytest.fixture
def now_on(coordinator, serving, post, acting):
    """The volunteer's promise for a shift that has begun."""
    now = timezone.now()
    with acting(coordinator):
        shift = make_shift(
            post,
            coordinator,
            starts_at=now - dt.timedelta(minutes=10),
            ends_at=now + dt.timedelta(hours=3),
        )
        return make_signup(shift, serving, coordinator)


def enter(volunteer, post, by, begins, ends, **given):
    return service_enter(
        volunteer=volunteer, post=post, checked_in=begins, checked_out=ends, by=by, **given
    )


@pytest.fixture
def served(coordinator, serving, post, acting):
    """Two and a half hours of yesterday, confirmed."""
    with acting(coordinator):
        record = enter(serving, post, coordinator, at(9), at(11, 45), break_minutes=10, persons=7)
        return service_confirm(record=record, by=coordinator)


# ── in and out ───────────────────────────────────────────────────────────────


def test_a_volunteer_checks_in_by_the_code_even_where_the_shift_is_closed_for_sign_up(
    now_on, volunteer, coordinator, acting
):
    with acting(coordinator):
        type(now_on.shift).objects.filter(pk=now_on.shift_id).update(is_open=False)
    code = shift_code(organization_id=now_on.organization_id, shift_id=now_on.shift_id)
    wrong = f"{(int(code) + 1) % 10000:04d}"
    with acting(volunteer):
        assert refusal(service_check_in, signup=now_on, code=wrong, by=volunteer) == (
            "check_in.code",
            "code",
        )
        record = service_check_in(signup=now_on, code=f" {code} ", by=volunteer)
        assert (record.state, record.title, record.hours) == ("open", "导诊陪诊", None)
        assert Signup.objects.get(pk=now_on.pk).state == "attended"
        out = service_check_out(record=record, persons=3, content="陪诊 3 人", by=volunteer)
        assert (out.state, out.hours, out.persons) == ("recorded", D("0.0"), 3)
        assert refusal(service_confirm, record=out, by=volunteer)[0].startswith("permission.")
    with acting(coordinator):
        steps = Transition.objects.filter(workflow="service_record").order_by("at")
        assert list(steps.values_list("step", flat=True)) == ["check_in", "check_out"]


def test_a_service_that_is_over_becomes_one_task_of_its_shift(now_on, coordinator, acting):
    with acting(coordinator):
        record = service_check_in(signup=now_on, by=coordinator)
        service_check_out(record=record, by=coordinator)
    relay_once()
    with acting(coordinator):
        task = Task.objects.get(kind="hours_confirm")
        assert (task.subject_uid, task.role) == (now_on.shift.uid, "volunteer_coordinator")
        record.refresh_from_db()
        service_confirm(record=record, by=coordinator)
        task.refresh_from_db()
        assert task.state == "done"


def test_hours_are_the_time_between_without_the_break_down_to_half_hours(
    coordinator, serving, post, acting
):
    with acting(coordinator):
        record = enter(serving, post, coordinator, at(9), at(11, 45), break_minutes=10)
        assert (record.hours, record.state, record.anomaly) == (D("2.5"), "recorded", "entered")
        other = {"break_minutes": 0, "persons": 0, "by": coordinator}
        amended = service_amend(record=record, checked_in=at(9), checked_out=at(12), **other)
        assert amended.hours == D("3.0")
        long_day = enter(serving, post, coordinator, at(13), at(18, 30))
        assert (long_day.hours, long_day.anomaly) == (D("5.5"), "long_day")


def test_crooked_and_overlapping_times_are_refused_on_their_field(
    coordinator, serving, post, acting
):
    with acting(coordinator):
        enter(serving, post, coordinator, at(9), at(12))
        cases = [
            (at(10), at(9), {}, ("service.out_before_in", "checked_out")),
            (at(8), at(8, days=1), {}, ("service.in_future", "checked_out")),
            (at(8, days=-4), at(9, days=-2), {}, ("service.within_a_day", "checked_out")),
            (at(13), at(14), {"break_minutes": 61}, ("service.break_within", "break_minutes")),
            (at(11), at(13), {}, ("service_records_do_not_overlap", "checked_in")),
        ]
        for begins, ends, more, says in cases:
            assert (
                refusal(
                    enter,
                    volunteer=serving,
                    post=post,
                    by=coordinator,
                    begins=begins,
                    ends=ends,
                    **more,
                )
                == says
            )
        assert ServiceRecord.objects.count() == 1


def test_a_forgotten_check_out_ends_with_the_shift_and_who_never_came_is_missing(
    coordinator, serving, post, acting, hospital
):
    with acting(coordinator):
        shift = make_shift(post, coordinator, in_days=-1, hour=9)
        came = make_signup(shift, serving, coordinator)
        missing = make_signup(shift, make_volunteer(coordinator), coordinator)
        Signup.objects.filter(pk=came.pk).update(state="attended")
        ServiceRecord.objects.create(
            organization_id=hospital.pk,
            volunteer=serving,
            shift=shift,
            post=post,
            checked_in=shift.starts_at,
        )
    assert hours_sweep() == 2
    assert hours_sweep() == 0
    with acting(coordinator):
        record = ServiceRecord.objects.get()
        assert (record.state, record.anomaly, record.hours) == ("recorded", "forgotten", D("3.0"))
        assert Signup.objects.get(pk=missing.pk).state == "no_show"
        late = enter(
            missing.volunteer, post, coordinator, shift.starts_at, shift.ends_at, shift=shift
        )
        assert Signup.objects.get(pk=missing.pk).state == "attended"
        assert late.hours == D("3.0")


def test_the_posted_code_takes_the_phone_of_who_is_expected_and_tells_nothing_else(
    now_on, coordinator, serving, post, acting
):
    with acting(coordinator):
        token = code_create(post=post, by=coordinator).token
    assert desk_open(token).title == "导诊陪诊"
    stranger = refusal(desk_note, token=token, phone="13800000000", is_out=False)
    assert stranger == ("desk.not_expected", "phone")
    phone = serving.phone
    assert refusal(desk_note, token=token, phone=phone, is_out=True) == stranger
    noted = desk_note(token=token, phone=f"+86 {phone[:3]} {phone[3:]}", is_out=False)
    assert (noted.who, noted.is_out) == (serving.name_masked, False)
    assert refusal(desk_note, token=token, phone=phone, is_out=False) == stranger
    out = desk_note(token=token, phone=phone, is_out=True, persons=4)
    assert (out.is_out, out.hours) == (True, "0.0")
    with acting(coordinator):
        assert ServiceRecord.objects.get().persons == 4
        code_revoke(post=post, by=coordinator)
    assert (desk_open(token), desk_note(token=token, phone=phone, is_out=False)) == (None, None)


# ── counted ──────────────────────────────────────────────────────────────────


def test_confirmed_hours_count_and_raise_stars_by_the_dated_rule(
    coordinator, serving, post, acting, hospital
):
    assert [star_of(D(n), star_levels()) for n in ("99.5", "100", "300", "999.5", "1500")] == [
        *(0, 1, 2, 3, 5)
    ]
    assert hours_to_next(D("99.5"), (100, 300)) == D("0.5")
    with scope(role="system"):
        DatedRule.objects.filter(kind="star_level").delete()
        since = DatedRule(kind="star_level", params={"hours": [5, 6]}, valid="[2020-01-01,)")
        since.save()
    with acting(coordinator):
        first = enter(serving, post, coordinator, at(9), at(12))
        second = enter(serving, post, coordinator, at(13), at(16))
        assert services_confirm(records=[first, second], by=coordinator) == 2
        serving.refresh_from_db()
        assert (serving.hours, serving.star) == (D("6.0"), 2)
        assert refusal(services_confirm, records=[], by=coordinator)[1] == "records"
        assert refusal(service_confirm, record=first, by=coordinator)[0].endswith("wrong_state")


def test_a_correction_is_asked_for_and_decided_and_the_hours_stand_meanwhile(
    served, serving, volunteer, coordinator, acting
):
    with acting(volunteer):
        asked = service_ask_correction(record=served, text="那天到 13:00 才走", by=volunteer)
        assert asked.state == "disputed"
    with acting(coordinator):
        serving.refresh_from_db()
        assert serving.hours == D("2.5")
        right = service_correct(
            record=asked,
            checked_in=at(9),
            checked_out=at(13),
            break_minutes=0,
            persons=7,
            by=coordinator,
        )
        assert (right.state, right.hours) == ("confirmed", D("4.0"))
        serving.refresh_from_db()
        assert serving.hours == D("4.0")
    with acting(volunteer):
        again = service_ask_correction(record=right, text="还是不对，应当五小时", by=volunteer)
    with acting(coordinator):
        assert refusal(service_keep, record=again, reason=" ", by=coordinator)[1] == "reason"
        kept = service_keep(record=again, reason="签退登记是 13:00", by=coordinator)
        assert (kept.state, kept.hours) == ("confirmed", D("4.0"))


def test_what_is_void_counts_no_longer_and_needs_a_reason(
    served, serving, worker, coordinator, acting
):
    with acting(worker):
        assert refusal(service_void, record=served, reason="x", by=worker)[0].startswith(
            "permission."
        )
    with acting(coordinator):
        assert refusal(service_void, record=served, reason="", by=coordinator)[1] == "reason"
        gone = service_void(record=served, reason="重复登记", by=coordinator)
        assert (gone.state, gone.void_reason) == ("voided", "重复登记")
        serving.refresh_from_db()
        assert serving.hours == D("0")
        # The time is free again.
        enter(serving, served.post, coordinator, at(9), at(10))


# ── proved ───────────────────────────────────────────────────────────────────


def test_a_certificate_proves_what_is_confirmed_and_anybody_can_check_it(
    served, serving, coordinator, acting
):
    since, until = TODAY() - dt.timedelta(days=30), TODAY()
    with acting(coordinator):
        made = certificate_issue(volunteer=serving, since=since, until=until, by=coordinator)
        assert (made.total_hours, made.holder) == (D("2.5"), serving.name)
        assert made.payload["lines"] == [
            {
                "title": "导诊陪诊",
                "from": at(9).date().isoformat(),
                "to": at(9).date().isoformat(),
                "times": 1,
                "hours": "2.5",
            }
        ]
        # The same is proved once.
        again = certificate_issue(volunteer=serving, since=since, until=until, by=coordinator)
        assert again.pk == made.pk
        early = {"since": TODAY() - dt.timedelta(days=90), "until": TODAY() - dt.timedelta(days=60)}
        assert refusal(certificate_issue, volunteer=serving, by=coordinator, **early) == (
            "certificate.no_hours",
            "since",
        )
    token = certificate_token(made.uid)
    shown = certificate_check(token)
    assert (shown.number, shown.holder, shown.hours) == (made.number, serving.name_masked, D("2.5"))
    assert (shown.first, shown.last, shown.voided_on) == (since, until, None)
    assert certificate_check("A" * 22) is None
    with acting(coordinator):
        certificate_void(certificate=made, reason="姓名写错", by=coordinator)
    assert certificate_check(token).voided_on == TODAY()


def test_a_voided_record_voids_its_certificate_which_is_issued_anew(
    served, serving, post, coordinator, acting
):
    with acting(coordinator):
        second = enter(serving, post, coordinator, at(13), at(15))
        second = service_confirm(record=second, by=coordinator)
        period = {"since": TODAY() - dt.timedelta(days=30), "until": TODAY()}
        made = certificate_issue(volunteer=serving, by=coordinator, **period)
        assert made.total_hours == D("4.5")
        service_void(record=second, reason="没有到岗", by=coordinator)
        newer = Certificate.objects.get(replaces=made)
        assert (newer.total_hours, newer.number > made.number) == (D("2.5"), True)
        service_void(record=served, reason="没有到岗", by=coordinator)
        assert not Certificate.objects.live().exists()
    shown = certificate_check(certificate_token(made.uid))
    assert (shown.voided_on, shown.replaced_by) == (TODAY(), "")


def test_a_volunteer_asks_and_the_house_issues_by_itself(
    served, serving, volunteer, coordinator, acting
):
    with acting(volunteer):
        certificate_ask(since=at(9).date(), until=TODAY(), by=volunteer)
        assert not Certificate.objects.exists()
    while relay_once():
        pass
    with acting(volunteer):
        assert Certificate.objects.get().total_hours == D("2.5")
        empty = {"since": TODAY(), "until": TODAY()}
        assert refusal(certificate_ask, by=volunteer, **empty)[0] == "certificate.no_hours"
    with house_scope(coordinator.membership.organization_id):
        assert Outbox.objects.filter(topic="certificate.asked", state="done").count() == 1
