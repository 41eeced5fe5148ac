"""Posts with their risks, and the shifts of them."""

import datetime as dt
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Department
from departments.models.people import Membership, User
from departments.services.notices import people_tell
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from volunteers.models.shifts import MOST_PLACES, Post, Shift, Signup
from volunteers.permissions import can_keep_posts, can_keep_shifts
from volunteers.services.signups import promote, signup_drop
from volunteers.workflow import SignupState

MOST_WEEKS = 12
SUPERVISING = ("worker", "supervisor", "dept_head", "volunteer_coordinator")
POST_FACTS = (
    "title",
    "ward",
    "place",
    "duties",
    "requirements",
    "risks",
    "slots",
    "minimum_age",
    "training_required",
    "insurance_required",
    "health_check_required",
    "supervisor",
    "is_open",
)


def _set_post(post: Post, given: dict[str, Any]) -> None:
    ward: Department | None = given.get("ward")
    if ward is not None and ward.organization_id != post.organization_id:
        raise DomainError("post.ward_elsewhere", _("请选择本院的病区。"), "ward")
    for name in POST_FACTS:
        if name in given:
            value = given[name]
            setattr(post, name, value.strip() if isinstance(value, str) else value)
    if not post.duties:
        raise DomainError("post.needs_duties", _("请写明做什么。"), "duties")
    if not post.risks:
        raise DomainError(
            "post_says_risks",
            _("招募要写明做什么和可能的风险（志愿服务条例第十二条）。"),
            "risks",
        )


@command
def post_create(*, by: User, **given: Any) -> Post:
    """A new post: POST_FACTS by name.

    Raises:
        DomainError: `post.*`, `post_title_once` on their fields.
    """
    require(can_keep_posts, by, None)
    post = Post(organization_id=by.house_id, department_id=by.acting.department_id, created_by=by)
    _set_post(post, given)
    post.save(force_insert=True)
    audit.record("post.create", by=by, on=post, insurance=post.insurance_required)
    return post


@command
def post_amend(*, post: Post, base: int | None = None, by: User, **given: Any) -> Post:
    """Change a post; promises made before stay.

    Raises:
        DomainError: `form.stale` (409), and those of post_create.
    """
    post = Post.objects.locked().get(pk=post.pk)
    require(can_keep_posts, by, post)
    check_base(base, post.row_version)
    was_open = post.is_open
    _set_post(post, given)
    post.save()
    audit.record("post.amend", by=by, on=post, is_open=[was_open, post.is_open])
    return post


def supervisors(*, by: User) -> QuerySet[User]:
    """Who of the house may be named as the one who guides volunteers at a post."""
    held = Membership.objects.filter(
        organization_id=by.house_id,
        role__in=SUPERVISING,
        valid__contains=timezone.localdate(),
    )
    return User.objects.filter(pk__in=held.values("user_id")).order_by("display_name", "pk")


def with_waiting(rows: QuerySet[Shift]) -> QuerySet[Shift]:
    """Shifts with `waiting_count`."""
    waiting = Signup.objects.filter(shift=OuterRef("pk"), state=SignupState.WAITING).order_by()
    counted = waiting.values("shift").annotate(n=Count("pk")).values("n")
    return rows.annotate(waiting_count=Coalesce(Subquery(counted), 0))


def _moment(on: dt.date, at: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(on, at))


def _span(on: dt.date, starts: dt.time, ends: dt.time) -> tuple[dt.datetime, dt.datetime]:
    """From one time of day to another; one that is not later is of the next day."""
    start, end = _moment(on, starts), _moment(on, ends)
    if end <= start:
        end = _moment(on + dt.timedelta(days=1), ends)
    return start, end


def _check_capacity(capacity: int) -> None:
    if not 1 <= capacity <= MOST_PLACES:
        raise DomainError("shift_has_places", _("名额请填 1 到 500。"), "capacity")


@command
def shift_create(
    *,
    post: Post,
    on: dt.date,
    starts: dt.time,
    ends: dt.time,
    capacity: int,
    note: str = "",
    weeks: int = 1,
    by: User,
) -> list[Shift]:
    """One shift, or the same one every week for `weeks` weeks.

    Raises:
        DomainError: `shift.in_past`, `shift.weeks`, `shift_has_places`, `shift_once` on their fields.
    """
    require(can_keep_shifts, by, None)
    require(can_keep_posts, by, post)
    _check_capacity(capacity)
    if not 1 <= weeks <= MOST_WEEKS:
        raise DomainError("shift.weeks", _("请填 1 到 12 周。"), "weeks")
    made = []
    for week in range(weeks):
        start, end = _span(on + dt.timedelta(weeks=week), starts, ends)
        if start <= timezone.now():
            raise DomainError("shift.in_past", _("开始时间要晚于现在。"), "on")
        shift = Shift(
            organization_id=post.organization_id,
            post=post,
            starts_at=start,
            ends_at=end,
            capacity=capacity,
            note=note.strip(),
            created_by=by,
        )
        shift.save(force_insert=True)
        made.append(shift)
        audit.record("shift.create", by=by, on=shift, post=post.uid, capacity=capacity)
    return made


@command
def shift_amend(
    *,
    shift: Shift,
    on: dt.date,
    starts: dt.time,
    ends: dt.time,
    capacity: int,
    note: str = "",
    base: int | None = None,
    by: User,
) -> Shift:
    """Move a shift or change its places; who waits moves up into new ones.

    Raises:
        DomainError: `form.stale`, `shift.is_cancelled`, `shift.has_begun` (409), `shift.in_past`,
            `shift_taken_within_capacity`, `signup_shifts_do_not_overlap` when somebody stands
            in another shift at the new time.
    """
    shift = Shift.objects.locked().get(pk=shift.pk)
    require(can_keep_shifts, by, shift)
    _check_live(shift)
    check_base(base, shift.row_version)
    _check_capacity(capacity)
    before = [shift.starts_at, shift.ends_at, shift.capacity]
    shift.starts_at, shift.ends_at = _span(on, starts, ends)
    if shift.starts_at <= timezone.now():
        raise DomainError("shift.in_past", _("开始时间要晚于现在。"), "on")
    if capacity < shift.taken:
        raise DomainError(
            "shift_taken_within_capacity",
            _("已经确认 %(n)s 人，名额不能比它少。") % {"n": shift.taken},
            "capacity",
        )
    shift.capacity, shift.note = capacity, note.strip()
    shift.save(update_fields=["starts_at", "ends_at", "capacity", "note"])
    moved_up = promote(shift.pk, organization_id=shift.organization_id, by=by)
    audit.record(
        "shift.amend",
        by=by,
        on=shift,
        starts_at=[before[0], shift.starts_at],
        capacity=[before[2], capacity],
        promoted=moved_up,
    )
    return shift


def _check_live(shift: Shift) -> None:
    if shift.cancelled_at is not None:
        raise DomainError("shift.is_cancelled", _("这一班已经取消。"), status=409)
    if shift.starts_at <= timezone.now():
        raise DomainError("shift.has_begun", _("这一班已经开始，不能再改。"), status=409)


@command
def shift_cancel(*, shift: Shift, reason: str, by: User) -> Shift:
    """Call a shift off; everybody who stood in it is told.

    Raises:
        DomainError: `shift.is_cancelled`, `shift.has_begun` (409).
    """
    shift = Shift.objects.locked().get(pk=shift.pk)
    require(can_keep_shifts, by, shift)
    _check_live(shift)
    if not reason.strip():
        raise DomainError("shift_cancelled_is_closed", _("取消排班要写明原因。"), "reason")
    shift.is_open, shift.cancelled_at = False, timezone.now()
    shift.cancel_reason = reason.strip()
    shift.save(update_fields=["is_open", "cancelled_at", "cancel_reason"])
    standing = list(Signup.objects.filter(shift=shift).ahead().order_by("place").locked())
    for signup in standing:
        signup_drop(signup, by=by)
    for signup in standing:
        people_tell(
            kind="shift.cancelled",
            organization_id=shift.organization_id,
            subject=signup,
            users=[signup.user_id],
            by=by,
        )
    audit.record("shift.cancel", by=by, on=shift, signups=len(standing))
    return shift
