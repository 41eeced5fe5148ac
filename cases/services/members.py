"""Who else works on a case."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from cases.models.casework import Case
from cases.models.team import CaseMember
from cases.permissions import can_add_member
from cases.services.clocks import end_of_day
from cases.services.intake import holds_role
from cases.services.mdt_ending import mdt_end
from cases.services.secrecy import end_grants, grant
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

MEMBER_KINDS = ("worker", "assistant", "intern")
OUTSIDE_KINDS = ("clinician", "volunteer")


@command
def case_member_add(
    *, case: Case, user: User, role: str, until: dt.date | None = None, by: User
) -> CaseMember:
    """Let a colleague work on the case from today, to `until` included; at level 5 also by name.

    Raises:
        DomainError: `case.member_not_here`, `case.member_already`, `case.member_until`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_add_member, by, case)
    if role not in MEMBER_KINDS or not holds_role(user, role, organization_id=case.organization_id):
        raise DomainError("case.member_not_here", _("所选人员现在没有这个岗位。"), "user")
    today = timezone.localdate()
    if until is not None and until < today:
        raise DomainError("case.member_until", _("结束日期不能早于今天。"), "until")
    if (
        user.pk == case.worker_id
        or CaseMember.objects.filter(case=case, user=user, valid__contains=today).exists()
    ):
        raise DomainError("case.member_already", _("此人已经在这个个案中。"), "user", status=409)
    if case.compartment_id is not None:
        grant(case, [user], reason=str(_("加入个案团队，需要查阅档案")), by=by)
    end = until + dt.timedelta(days=1) if until else None
    member = CaseMember(
        organization_id=case.organization_id,
        case=case,
        user=user,
        role=role,
        valid=DateRange(today, end),
        created_by=by,
    )
    member.save(force_insert=True)
    audit.record("case.member_add", by=by, on=case, user=user.uid, role=role, until=until)
    return member


@command
def case_outsider_add(
    *,
    case: Case,
    role: str,
    name: str,
    title: str = "",
    until: dt.date | None = None,
    by: User,
) -> CaseMember:
    """Write a clinician or volunteer into the team (三位一体): a name with dates, no access to the file.

    Raises:
        DomainError: `case.member_role_unknown`, `case.member_until`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_add_member, by, case)
    if role not in OUTSIDE_KINDS:
        raise DomainError("case.member_role_unknown", _("请选择医护人员或志愿者。"), "role")
    today = timezone.localdate()
    if until is not None and until < today:
        raise DomainError("case.member_until", _("结束日期不能早于今天。"), "until")
    member = CaseMember(
        organization_id=case.organization_id,
        case=case,
        name=name.strip(),
        title=title.strip(),
        role=role,
        valid=DateRange(today, until + dt.timedelta(days=1) if until else None),
        created_by=by,
    )
    member.save(force_insert=True)
    audit.record("case.member_add", by=by, on=case, role=role, until=until)
    return member


@command
def case_member_end(*, member: CaseMember, by: User) -> CaseMember:
    """The colleague leaves the case at the end of today."""
    case = Case.objects.locked().get(pk=member.case_id)
    require(can_add_member, by, case)
    member = CaseMember.objects.locked().get(pk=member.pk)
    after = timezone.localdate() + dt.timedelta(days=1)
    if member.valid.upper is not None and member.valid.upper <= after:
        raise DomainError("case.member_ended", _("此人已经退出这个个案。"), status=409)
    member.valid = DateRange(member.valid.lower, after)
    member.save(update_fields=["valid"])
    if case.compartment_id is not None and member.user_id is not None:
        end_grants(case, at=end_of_day(timezone.localdate()), user=member.user)
    mdt_end(case, member=member, reason="member_ended", by=by)
    audit.record(
        "case.member_end",
        by=by,
        on=case,
        user=member.user.uid if member.user_id else None,
        role=member.role,
    )
    return member
