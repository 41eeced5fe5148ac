"""Volunteers, posts and shifts, made inside the caller's scope; directly, where a test needs a row to stand."""

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone
from psycopg2.extras import DateRange

from departments.models.people import Membership, User, duty_class
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.scope import scope
from tests.factories.world import SINCE
from volunteers.models.people import Volunteer, VolunteerRecord
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Post, Shift, Signup
from volunteers.services.confirming import service_confirm
from volunteers.services.records import service_enter

_numbers = itertools.count(1)
COORDINATOR = "coordinator"


def coordinator_of(house: Any) -> User:
    """The volunteer coordinator of a house, made outside any scope: the small world has none."""
    user = User.objects.create(
        username=f"{COORDINATOR}-{house.code}",
        display_name="测试志愿者管理员",
        password="!",
        is_demo=True,
    )
    with scope(org=house.pk, role="system"):
        user.membership = Membership.objects.create(
            user=user,
            organization=house,
            role="volunteer_coordinator",
            duty_class=duty_class("volunteer_coordinator"),
            valid=SINCE,
        )
    return user


def make_volunteer(by: User, **given: Any) -> Volunteer:
    """An adult on the roll with training and insurance for a year, unless `records` is False."""
    records = given.pop("records", True)
    number = next(_numbers)
    values = {
        "name": f"演示志愿者{number}",
        "birth_date": dt.date(1990, 5, 1),
        "id_type": "none",
        "phone": f"139{number:08}",
        "state": "active",
        **given,
    }
    if values["birth_date"]:
        values.setdefault("birth_year", values["birth_date"].year)
    volunteer = Volunteer(
        organization_id=by.house_id, name_masked=mask_name(values["name"]), created_by=by, **values
    )
    volunteer.save(force_insert=True)
    if records:
        for kind in ("training", "insurance"):
            make_record(volunteer, by, kind=kind)
    return volunteer


def make_record(volunteer: Volunteer, by: User, **given: Any) -> VolunteerRecord:
    today = timezone.localdate()
    values = {
        "kind": "training",
        "happened_on": today,
        "valid": DateRange(today - dt.timedelta(days=1), today + dt.timedelta(days=365)),
        "passed": True if given.get("kind", "training") == "training" else None,
        "detail": {"course": "演示培训"},
        **given,
    }
    record = VolunteerRecord(
        organization_id=by.house_id, volunteer=volunteer, created_by=by, **values
    )
    record.save(force_insert=True)
    return record


def make_post(by: User, **given: Any) -> Post:
    values = {
        "title": f"演示岗位{next(_numbers)}",
        "duties": "陪孩子读书、做手工",
        "risks": "可能接触呼吸道感染的患儿，要戴口罩",
        **given,
    }
    post = Post(organization_id=by.house_id, created_by=by, **values)
    post.save(force_insert=True)
    return post


def make_shift(post: Post, by: User, **given: Any) -> Shift:
    """Three hours, the day after tomorrow at two, for ten; `in_days` and `hour` move it."""
    day = timezone.localdate() + dt.timedelta(days=given.pop("in_days", 2))
    start = timezone.make_aware(dt.datetime.combine(day, dt.time(given.pop("hour", 14))))
    values = {
        "starts_at": start,
        "ends_at": start + dt.timedelta(hours=3),
        "capacity": 10,
        **given,
    }
    shift = Shift(organization_id=by.house_id, post=post, created_by=by, **values)
    shift.save(force_insert=True)
    return shift


def make_signup(shift: Shift, volunteer: Volunteer, by: User) -> Signup:
    """As the database gives places out; read again."""
    signup = Signup(organization_id=by.house_id, shift=shift, volunteer=volunteer, created_by=by)
    signup.save(force_insert=True)
    signup.refresh_from_db()
    return signup


def make_service(volunteer: Volunteer, post: Post, by: User, **given: Any) -> ServiceRecord:
    """Two and a half hours of yesterday morning, confirmed; `days` ago and `hour` move it."""
    day = timezone.localdate() - dt.timedelta(days=given.pop("days", 1))
    begins = timezone.make_aware(dt.datetime.combine(day, dt.time(given.pop("hour", 9))))
    record = service_enter(
        volunteer=volunteer,
        post=post,
        by=by,
        **{
            "checked_in": begins,
            "checked_out": begins + dt.timedelta(hours=2, minutes=45),
            "break_minutes": 10,
            "persons": 7,
            **given,
        },
    )
    return service_confirm(record=record, by=by)
