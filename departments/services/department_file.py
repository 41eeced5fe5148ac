"""What a department's head keeps of it over time: former names, what it came from, money of a year, practice."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from departments.models.organizations import Department, Organization
from departments.models.people import User
from departments.models.register_parts import (
    DepartmentName,
    DepartmentYear,
    PracticeBase,
    PracticePlacement,
)
from departments.permissions import can_keep_department_file, can_keep_departments
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.partial_dates import PartialDate


@command
def department_rename(
    *, department: Department, name: str, since: PartialDate, by: User
) -> DepartmentName:
    """A new name from `since` on; the name until then is kept with the days it held.

    Raises:
        DomainError: `department.ended` (409); `department.same_name` on `name`;
            `department.name_order` on `since` before the present name began.
    """
    row = _open(department, by)
    name = " ".join(name.split())
    if name == row.name:
        raise DomainError("department.same_name", _("新的名称与现在的相同。"), "name")
    last = row.names.order_by("-valid").first()
    began = last.valid.upper if last is not None else row.founded_on
    if began is not None and since.on <= began:
        sentence = _("现用名从 %(day)s 起，更名日期必须在其后。") % {"day": began.isoformat()}
        raise DomainError("department.name_order", sentence, "since")
    former = DepartmentName(
        department=row,
        managed_by_id=row.managed_by_id,
        name=row.name,
        valid=DateRange(began, since.on),
        precision=since.precision,
        created_by=by,
    )
    former.save(force_insert=True)
    row.name = name
    row.save(update_fields=["name"])
    audit.record("department.rename", by=by, on=row, since=since.on)
    return former


@command
def predecessor_add(
    *,
    department: Department,
    name: str,
    founded: PartialDate | None,
    ended: PartialDate,
    by: User,
) -> Department:
    """A department that was there before and became this one, or went into it; a merger has several.

    Raises:
        DomainError: `department.ended` (409); `department.predecessor_order` on `ended` when it ended
            before it began, or after this one began.
    """
    row = _open(department, by)
    if founded is not None and ended.on < founded.on:
        raise DomainError("department.predecessor_order", _("撤销日期不能早于成立日期。"), "ended")
    if row.founded_on is not None and ended.on > row.founded_on:
        sentence = _("前身最晚在本部门成立时（%(day)s）撤销。") % {"day": row.founded}
        raise DomainError("department.predecessor_order", sentence, "ended")
    former = Department(
        organization_id=row.organization_id,
        managed_by_id=row.managed_by_id,
        kind=row.kind,
        name=" ".join(name.split()),
        campus_id=row.campus_id,
        operator_id=row.operator_id,
        founded_on=founded.on if founded else None,
        founded_precision=founded.precision if founded else "day",
        ended_on=ended.on,
        successor=row,
        created_by=by,
    )
    former.save(force_insert=True)
    audit.record("department.predecessor_add", by=by, on=row, predecessor=former.uid)
    return former


@command
def department_year_save(
    *,
    department: Department,
    year: int,
    budget: Decimal | None,
    spent: Decimal | None,
    by: User,
) -> DepartmentYear:
    """Budget and spending of a calendar year, in yuan; said again it replaces what stood, and the audit keeps both.

    Raises:
        DomainError: `department_year.empty` on `budget`; `department_year_in_range` on `year`,
            `department_year_not_negative` on `budget`.
    """
    row = _kept_file(department, by)
    if budget is None and spent is None:
        raise DomainError("department_year.empty", _("请写预算或支出。"), "budget")
    line = DepartmentYear.objects.filter(
        organization_id=by.house_id, department=row, year=year
    ).first()
    before = [line.budget, line.spent] if line else [None, None]
    if line is None:
        line = DepartmentYear(organization_id=by.house_id, department=row, year=year, created_by=by)
    line.budget, line.spent = budget, spent
    line.save()
    audit.record(
        "department_year.save",
        by=by,
        on=line,
        year=year,
        budget=[before[0], budget],
        spent=[before[1], spent],
    )
    return line


@command
def practice_base_add(
    *,
    department: Department,
    school: Organization | None = None,
    school_name: str = "",
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    note: str = "",
    by: User,
) -> PracticeBase:
    """An agreement with a school of the register, or with one whose name is typed; days inclusive.

    Raises:
        DomainError: `practice_base_has_school` on `school_name`; `practice_base.order` on `valid_to`.
    """
    row = _kept_file(department, by)
    name = school.name if school is not None else " ".join(school_name.split())
    if not name:
        raise DomainError("practice_base_has_school", _("请写明院校。"), "school_name")
    if valid_to is not None and valid_to < valid_from:
        sentence = _("协议的结束日期不能早于开始日期。")
        raise DomainError("practice_base.order", sentence, "valid_to")
    base = PracticeBase(
        organization_id=by.house_id,
        department=row,
        school=school,
        school_name=name,
        valid=DateRange(valid_from, valid_to + dt.timedelta(days=1) if valid_to else None),
        note=note.strip(),
        created_by=by,
    )
    base.save(force_insert=True)
    audit.record("practice_base.add", by=by, on=base, valid_from=valid_from, valid_to=valid_to)
    return base


@command
def placement_add(
    *,
    base: PracticeBase,
    level: str,
    students: int,
    starts_on: dt.date,
    ends_on: dt.date,
    hours_each: int | None = None,
    guide: User | None = None,
    by: User,
) -> PracticePlacement:
    """So many students of the school practise here from one day to another, both inclusive.

    Raises:
        DomainError: `placement_days_in_order` on `ends_on`; `placement.agreement` on `starts_on` or
            `ends_on` outside the days of the agreement; `placement_has_students` on `students`.
    """
    row = _mine(base, by)
    if ends_on < starts_on:
        sentence = _("结束日期不能早于开始日期。")
        raise DomainError("placement_days_in_order", sentence, "ends_on")
    first, until = row.valid.lower, row.valid.upper
    for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if (first and day < first) or (until and day >= until):
            last = until - dt.timedelta(days=1) if until else None
            sentence = _("实习必须在协议期内（%(first)s 至 %(last)s）。") % {
                "first": first.isoformat() if first else "",
                "last": last.isoformat() if last else _("不限"),
            }
            raise DomainError("placement.agreement", sentence, field)
    placement = PracticePlacement(
        organization_id=by.house_id,
        base=row,
        level=level,
        students=students,
        starts_on=starts_on,
        ends_on=ends_on,
        hours_each=hours_each,
        guide=guide,
        created_by=by,
    )
    placement.save(force_insert=True)
    audit.record("placement.add", by=by, on=placement, students=students, starts_on=starts_on)
    return placement


@command
def placement_drop(*, placement: PracticePlacement, by: User) -> None:
    """Take back a placement that was entered wrongly; the audit keeps that it was."""
    row = PracticePlacement.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=placement.pk
    )
    require(can_keep_department_file, by, row)
    audit.record("placement.drop", by=by, on=row, students=row.students, starts_on=row.starts_on)
    row.delete()


def _open(department: Department, by: User) -> Department:
    require(can_keep_departments, by, department)
    row = Department.objects.select_for_update(no_key=True, of=("self",)).get(pk=department.pk)
    require(can_keep_departments, by, row)
    if row.ended_on is not None:
        raise DomainError("department.ended", _("这个部门已经撤销。"), status=409)
    return row


def _kept_file(department: Department, by: User) -> Department:
    row = _open(department, by)
    require(can_keep_department_file, by, row)
    return row


def _mine(base: PracticeBase, by: User) -> PracticeBase:
    row = PracticeBase.objects.select_for_update(no_key=True, of=("self",)).get(pk=base.pk)
    require(can_keep_department_file, by, row)
    return row
