"""Posts and credentials of a house's people: entered, changed and ended by its head or keeper of accounts."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from departments.models.organizations import Department, Organization
from departments.models.people import Membership, User
from departments.models.staff import Employment, Grade, StaffCredential, StaffProfile
from departments.services.credential_clocks import TASK, clocks_stop
from departments.services.tasks import tasks_close
from departments.staff_permissions import can_keep_profile
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

MOST_YEARS = 60
CHANGEABLE = (
    *("name", "department", "title", "employment", "weekly_hours"),
    *("is_counted", "agency", "user"),
)


def days(first: dt.date, last: dt.date | None, field: str, sentence: Any) -> DateRange:
    """A span of days, both inclusive.

    Raises:
        DomainError: `staff.order` on `field`, saying `sentence`, when it ends before it begins.
    """
    if last is not None and last < first:
        raise DomainError("staff.order", sentence, field)
    return DateRange(first, last + dt.timedelta(days=1) if last else None)


def _check(profile: StaffProfile, by: User) -> None:
    today = timezone.localdate()
    if profile.valid.lower < today - dt.timedelta(days=365 * MOST_YEARS):
        raise DomainError("staff.too_early", _("请核对到岗日期的年份。"), "since")
    if profile.department and profile.department.organization_id != by.house_id:
        raise DomainError("staff.department_elsewhere", _("请选择本机构的部门。"), "department")
    if profile.employment == Employment.AGENCY_PLACED and profile.agency is None:
        raise DomainError(
            "staff_profile_placed_names_agency", _("机构派驻的人员要选择派驻机构。"), "agency"
        )
    if profile.employment == Employment.INTERN and profile.is_counted:
        raise DomainError(
            "staff_profile_intern_not_counted", _("实习生不计入医务社工人数。"), "is_counted"
        )
    if profile.user is None:
        return
    held = Membership.objects.filter(organization_id=by.house_id, user=profile.user)
    if not held.exists():
        raise DomainError("staff.user_elsewhere", _("此人在本机构没有角色。"), "user")


@command
def staff_profile_add(
    *,
    name: str = "",
    user: User | None = None,
    department: Department | None = None,
    title: str = "",
    employment: str,
    weekly_hours: Decimal,
    is_counted: bool = True,
    agency: Organization | None = None,
    since: dt.date,
    until: dt.date | None = None,
    by: User,
) -> StaffProfile:
    """Enter a post, both days inclusive; without a name it is the account's.

    Raises:
        DomainError: `staff.order` on `until`, `staff.department_elsewhere`, `staff.user_elsewhere`,
            and the constraints of the table on their fields.
    """
    require(can_keep_profile, by, None)
    valid = days(since, until, "until", _("离岗日期不能早于到岗日期。"))
    profile = StaffProfile(
        organization_id=by.house_id,
        user=user,
        name=name.strip() or (user.display_name if user else ""),
        department=department,
        title=title.strip(),
        employment=employment,
        weekly_hours=weekly_hours,
        is_counted=is_counted,
        agency=agency if employment == Employment.AGENCY_PLACED else None,
        valid=valid,
        created_by=by,
    )
    if not profile.name:
        raise DomainError("staff_profile_has_name", _("请填写姓名，或选择账户。"), "name")
    _check(profile, by)
    profile.save(force_insert=True)
    audit.record(
        "staff_profile.add",
        by=by,
        on=profile,
        employment=employment,
        weekly_hours=str(weekly_hours),
        valid_from=since,
        valid_to=until,
    )
    return profile


@command
def staff_profile_change(
    *,
    profile: StaffProfile,
    base: int | None = None,
    since: dt.date,
    until: dt.date | None = None,
    by: User,
    **given: Any,
) -> StaffProfile:
    """Change what is named in `given` (CHANGEABLE) and the days of the post.

    Raises:
        DomainError: `form.stale` (409) and those of staff_profile_add.
    """
    profile = StaffProfile.objects.locked().get(pk=profile.pk)
    require(can_keep_profile, by, profile)
    check_base(base, profile.row_version)
    unknown = set(given) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    before = {name: getattr(profile, name) for name in CHANGEABLE}
    valid = days(since, until, "until", _("离岗日期不能早于到岗日期。"))
    for name, value in given.items():
        setattr(profile, name, value.strip() if isinstance(value, str) else value)
    if profile.employment != Employment.AGENCY_PLACED:
        profile.agency = None
    if not profile.name:
        profile.name = profile.user.display_name if profile.user else ""
    if not profile.name:
        raise DomainError("staff_profile_has_name", _("请填写姓名，或选择账户。"), "name")
    days_before, profile.valid = profile.valid, valid
    _check(profile, by)
    profile.save()
    audit.record(
        "staff_profile.change",
        by=by,
        on=profile,
        fields=sorted(name for name in given if before[name] != getattr(profile, name)),
        weekly_hours=[str(before["weekly_hours"]), str(profile.weekly_hours)],
        valid_from=[days_before.lower, since],
        valid_to=[_last(days_before), until],
    )
    return profile


def _last(valid: Any) -> dt.date | None:
    return valid.upper - dt.timedelta(days=1) if valid.upper else None


@command
def staff_profile_end(
    *, profile: StaffProfile, last_day: dt.date, reason: str, by: User
) -> StaffProfile:
    """Say on which day somebody works here for the last time; the role in the portal ends by itself or by its keeper.

    Raises:
        DomainError: `staff.order` on `last_day`, `staff.ended` (409).
    """
    profile = StaffProfile.objects.locked().get(pk=profile.pk)
    require(can_keep_profile, by, profile)
    if profile.until is not None and profile.until < timezone.localdate():
        raise DomainError("staff.ended", _("这份岗位记录已经结束。"), status=409)
    if len(reason.strip()) < 2:
        raise DomainError("staff.needs_reason", _("请写明离岗的原因。"), "reason")
    before = profile.until
    profile.valid = days(profile.since, last_day, "last_day", _("离岗日期不能早于到岗日期。"))
    profile.end_reason = reason.strip()
    profile.save(update_fields=["valid", "end_reason"])
    if last_day <= timezone.localdate():
        tasks_close(kind=TASK, subject=profile)
    audit.record("staff_profile.end", by=by, on=profile, valid_to=[before, last_day])
    return profile


# ── credentials ──────────────────────────────────────────────────────────────


def _check_credential(
    *,
    kind: str,
    grade: str,
    title: str,
    number: str,
    issued_on: dt.date,
    valid_to: dt.date | None,
) -> None:
    """What each kind must say of itself."""
    if issued_on > timezone.localdate():
        raise DomainError("credential.in_future", _("日期不能在将来。"), "issued_on")
    is_cpd = kind == StaffCredential.Kind.CPD
    if is_cpd and not title.strip():
        raise DomainError("credential.needs_title", _("请写明学习的内容。"), "title")
    if not is_cpd and grade not in Grade.values:
        raise DomainError("staff_credential_has_grade", _("请选择等级。"), "grade")
    if not is_cpd and not number.strip():
        raise DomainError("credential.needs_number", _("请填写证书编号。"), "number")
    if kind == StaffCredential.Kind.REGISTRATION and valid_to is None:
        raise DomainError(
            "staff_credential_registration_ends", _("登记证书要写明有效期的起止。"), "valid_to"
        )


@command
def credential_add(
    *,
    profile: StaffProfile,
    kind: str,
    grade: str = "",
    title: str = "",
    number: str = "",
    issued_on: dt.date,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    hours: Decimal | None = None,
    by: User,
) -> StaffCredential:
    """Enter a certificate, a registration (its days both inclusive) or hours earned outside the portal.

    Raises:
        DomainError: `staff.order` on `valid_to`, `credential.in_future` on `issued_on`,
            `credential.needs_title`, and the constraints of the table on their fields.
    """
    profile = StaffProfile.objects.locked().get(pk=profile.pk)
    require(can_keep_profile, by, profile)
    is_cpd = kind == StaffCredential.Kind.CPD
    _check_credential(
        kind=kind, grade=grade, title=title, number=number, issued_on=issued_on, valid_to=valid_to
    )
    valid = None
    if not is_cpd and (valid_from or valid_to):
        valid = days(valid_from or issued_on, valid_to, "valid_to", _("有效期的结束不能早于开始。"))
    credential = StaffCredential(
        organization_id=profile.organization_id,
        staff=profile,
        kind=kind,
        grade="" if is_cpd else grade,
        title=title.strip(),
        number=number.strip(),
        issued_on=issued_on,
        valid=valid,
        hours=hours if is_cpd else None,
        created_by=by,
    )
    credential.save(force_insert=True)
    if kind == StaffCredential.Kind.REGISTRATION:
        # The renewed registration answers the warning about the old one.
        for older in StaffCredential.objects.standing().filter(staff=profile, kind=kind):
            if older.pk != credential.pk and older.valid.upper <= valid.upper:
                clocks_stop(older)
    audit.record(
        "staff_credential.add",
        by=by,
        on=credential,
        kind=kind,
        grade=credential.grade,
        valid_to=valid_to,
        hours=str(hours) if is_cpd else None,
    )
    return credential


@command
def credential_void(*, credential: StaffCredential, reason: str, by: User) -> StaffCredential:
    """Take back what was entered by mistake, with a reason; the row stays.

    Raises:
        DomainError: `credential.voided` (409), `credential.needs_reason`.
    """
    rows = StaffCredential.objects.locked().select_related("staff")
    credential = rows.get(pk=credential.pk)
    require(can_keep_profile, by, credential.staff)
    if credential.voided_at is not None:
        raise DomainError("credential.voided", _("这一条已经作废。"), status=409)
    if len(reason.strip()) < 2:
        raise DomainError("credential.needs_reason", _("请写明作废的原因。"), "reason")
    credential.voided_at, credential.void_reason = timezone.now(), reason.strip()
    credential.save(update_fields=["voided_at", "void_reason"])
    clocks_stop(credential)
    audit.record("staff_credential.void", by=by, on=credential, kind=credential.kind)
    return credential
