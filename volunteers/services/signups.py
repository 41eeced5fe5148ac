"""Who stands in which shift. The database gives places out and keeps those who wait in order."""

from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services import outbox
from departments.services.moving import move, write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from volunteers.models.codes import RecordKind
from volunteers.models.people import Volunteer
from volunteers.models.shifts import Shift, Signup
from volunteers.permissions import can_cancel_signup, can_mark_absent, can_sign_up
from volunteers.querysets import VOLUNTEER as VOLUNTEER_ROLE
from volunteers.services.facts import holds_on
from volunteers.workflow import SIGNUP, SignupState, VolunteerState


def why_not(volunteer: Volunteer, shift: Shift) -> DomainError | None:
    """The rule that keeps a volunteer from a shift (its post loaded); None when there is none.

    Age, knowledge and health fit the service (L-VOL 15), training comes before it (16) and insurance
    before bodily danger (17).
    """
    post, day = shift.post, timezone.localdate(shift.starts_at)
    if volunteer.state != VolunteerState.ACTIVE:
        return DomainError(
            "signup.not_on_roll",
            _("当前状态是“%(state)s”，登记在册后才能报名。")
            % {"state": volunteer.get_state_display()},
        )
    age = volunteer.age_on(day)
    if age is not None and age < post.minimum_age:
        return DomainError(
            "signup.too_young",
            _("这个岗位要年满 %(n)s 周岁。") % {"n": post.minimum_age},
        )
    if volunteer.is_minor_on(day) and volunteer.guardian_consent_id is None:
        return DomainError("signup.needs_guardian", _("未满 18 周岁，要先交监护人签署的同意书。"))
    asked = (
        (
            post.training_required,
            RecordKind.TRAINING,
            _("这个岗位要先培训并考核合格，且在有效期内。"),
        ),
        (
            post.insurance_required,
            RecordKind.INSURANCE,
            _("这个岗位要有人身意外保险，服务当天没有在保的保险。"),
        ),
        (post.health_check_required, RecordKind.HEALTH_CHECK, _("这个岗位要有有效的健康检查。")),
    )
    for is_asked, kind, sentence in asked:
        if is_asked and not holds_on(volunteer, kind, day):
            return DomainError(f"signup.needs_{kind}", sentence)
    return None


def stands_beside(volunteer: Volunteer, shift: Shift) -> Signup | None:
    """A promise of the same person that meets the time of a shift, the shift's own included."""
    standing = Signup.objects.filter(
        volunteer=volunteer,
        state__in=[SignupState.WAITING, SignupState.CONFIRMED, SignupState.ATTENDED],
    )
    return standing.filter(during__overlap=(shift.starts_at, shift.ends_at)).first()


def _check_free(volunteer: Volunteer, shift: Shift) -> None:
    """Refuse a shift beside which another one of the same person stands, naming it."""
    other = stands_beside(volunteer, shift)
    if other is not None and other.shift_id == shift.pk:
        raise DomainError("signup_once", _("已经报过这一班。"), status=409)
    if other is not None:
        start = timezone.localtime(other.during.lower)
        raise DomainError(
            "signup_shifts_do_not_overlap",
            _("与已经报名的“%(title)s”（%(start)s 开始）时间重叠，请先取消那一班。")
            % {"title": other.title, "start": f"{start:%m-%d %H:%M}"},
            status=409,
        )


@command
def shift_sign_up(
    *, shift: Shift, volunteer: Volunteer, agrees_risks: bool = False, by: User
) -> Signup:
    """Promise a shift: confirmed while there is room, else on the waiting list.

    A volunteer says that the risks were read (L-VOL 12); whoever keeps volunteers signs others up.

    Raises:
        DomainError: `signup.*`, `signup_once`, `signup_shifts_do_not_overlap`, `shift_is_closed` (409).
    """
    require(can_sign_up, by, volunteer)
    shift = Shift.objects.visible_to(by).select_related("post").get(pk=shift.pk)
    is_own = by.role == VOLUNTEER_ROLE
    if shift.cancelled_at or (
        is_own and (not shift.post.is_open or shift.starts_at <= timezone.now())
    ):
        raise DomainError(
            "shift_is_closed", _("这一班已经取消、关闭或开始，不能报名。"), status=409
        )
    if is_own and not agrees_risks:
        raise DomainError(
            "signup.needs_risks", _("请先读岗位的风险提示，再勾选确认。"), "agrees_risks"
        )
    refusal = why_not(volunteer, shift)
    if refusal is not None:
        raise refusal
    _check_free(volunteer, shift)
    signup = Signup(
        organization_id=shift.organization_id,
        shift=shift,
        volunteer=volunteer,
        user_id=volunteer.user_id,
        agreed_risks_at=timezone.now() if agrees_risks else None,
        created_by=by,
    )
    signup.save(force_insert=True)
    signup.refresh_from_db(fields=["state", "place", "title", "during"])
    write_transition(signup, SIGNUP, "sign_up", before="", by=by)
    audit.record("signup.make", by=by, on=signup, shift=shift.uid, state=signup.state)
    return signup


def signup_drop(signup: Signup, *, by: Any) -> None:
    """Take a locked promise back and let the oldest who waits move up, in the same transaction."""
    move(signup, SIGNUP, "cancel", by=by)
    promote(signup.shift_id, organization_id=signup.organization_id, by=by)


def promote(shift_id: int, *, organization_id: int, by: Any) -> int:
    """Move up whoever waits, the oldest first, while there is room; how many.

    A volunteer who cancels sees nobody else's row: the database does it and names the row.
    """
    count = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT signup_id, signup_uid FROM app.promote_oldest(%s)", [shift_id])
            found = cursor.fetchone()
            if found is None:
                return count
            moved = Signup(
                pk=found[0],
                uid=found[1],
                organization_id=organization_id,
                state=SignupState.CONFIRMED,
            )
            write_transition(moved, SIGNUP, "promote", before=SignupState.WAITING, by=by)
            outbox.put("signup.promoted", organization_id=organization_id, subject=moved)
            count += 1


@command
def signup_cancel(*, signup: Signup, by: User) -> Signup:
    """Take a promise back before the shift begins; the oldest who waits gets the place.

    Raises:
        DomainError: `signup.has_begun` (409), `signup.cancel.wrong_state` (409).
    """
    signup = Signup.objects.locked().get(pk=signup.pk)
    SIGNUP.check(signup, "cancel")
    require(can_cancel_signup, by, signup)
    if by.role == VOLUNTEER_ROLE and signup.during.lower <= timezone.now():
        raise DomainError("signup.has_begun", _("这一班已经开始，请直接联系带教社工。"), status=409)
    signup_drop(signup, by=by)
    audit.record("signup.cancel", by=by, on=signup)
    return signup


@command
def signup_miss(*, signup: Signup, by: User) -> Signup:
    """Write down that somebody did not come.

    Raises:
        DomainError: `signup.not_begun`, `signup.miss.wrong_state` (409).
    """
    signup = Signup.objects.locked().get(pk=signup.pk)
    require(can_mark_absent, by, signup)
    if signup.during.lower > timezone.now():
        raise DomainError("signup.not_begun", _("这一班还没有开始。"), status=409)
    move(signup, SIGNUP, "miss", by=by)
    audit.record("signup.miss", by=by, on=signup)
    return signup


def waiting_ahead(signup: Signup) -> int:
    """How many stand on the waiting list before this promise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.waiting_ahead(%s)", [signup.pk])
        return cursor.fetchone()[0]
