"""Departments, wards and campuses of one's own house: set up in the browser, changed and ended there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from departments import audit
from departments.models.organizations import Department, DepartmentKind
from departments.models.people import Membership, User
from departments.permissions import can_keep_departments
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

# What a house sets up itself; centres and incubators belong to an authority's registers.
KINDS = ("msw", "clinical", "ward", "team", "campus", "station")
MOST_BEDS, MOST_LINES, LONGEST = 5000, 200, 80
# A ward with its open beds at the end of the line: `血液科一病区 40`, `血液科一病区，40 张`.
LINE = re.compile(r"^(?P<name>.*?)(?:[\s,，、\t]+(?P<beds>\d{1,5})\s*(?:张|床)?)?$")


@dataclass(frozen=True)
class Ward:
    """A line of a list of wards: its name, its open beds where said."""

    name: str
    beds: int | None


def wards_read(text: str) -> list[Ward]:
    """The wards of a list, one a line, empty lines left out; beds at the end of a line.

    Raises:
        DomainError: `wards.empty`, `.many`, `.name` (with the number of the line), `.twice` on `wards`.
    """
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise DomainError("wards.empty", _("请每行写一个病区。"), "wards")
    if len(lines) > MOST_LINES:
        raise DomainError("wards.many", _("一次最多 %(n)s 行。") % {"n": MOST_LINES}, "wards")
    found: dict[str, Ward] = {}
    for number, line in lines:
        parts = LINE.match(line)
        name = " ".join(parts["name"].split()) if parts else ""
        beds = int(parts["beds"]) if parts and parts["beds"] else None
        if not name or len(name) > LONGEST or (beds or 0) > MOST_BEDS:
            raise DomainError(
                "wards.name",
                _("第 %(n)s 行：写病区名称（最多 80 个字），床位数（最多 5000）写在后面。")
                % {"n": number},
                "wards",
            )
        if name in found:
            raise DomainError(
                "wards.twice",
                _("第 %(n)s 行：“%(name)s”写了两次。") % {"n": number, "name": name},
                "wards",
            )
        found[name] = Ward(name, beds)
    return list(found.values())


@command
def department_add(
    *,
    kind: str,
    name: str,
    setup_type: str = "",
    campus: Department | None = None,
    beds_open: int | None = None,
    by: User,
) -> Department:
    """A department, ward, team, campus or station more in one's own house.

    Raises:
        DomainError: `department.kind` on `kind`; `department_name_once` on `name`,
            `department_one_msw_per_campus` on `kind` (the database refuses).
    """
    require(can_keep_departments, by, campus)
    if kind not in KINDS:
        raise DomainError("department.kind", _("请选择部门的类型。"), "kind")
    row = Department(
        organization_id=by.house_id,
        managed_by_id=by.house_id,
        kind=kind,
        name=" ".join(name.split()),
        setup_type=setup_type,
        campus=campus,
        beds_open=beds_open,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("department.add", by=by, on=row, kind=kind, beds=beds_open)
    return row


@command
def wards_add(*, wards: str, campus: Department | None = None, by: User) -> Sequence[Department]:
    """The wards of a list at once: all of them, or none.

    Raises:
        DomainError: those of wards_read; `wards.there` on `wards` naming those that exist already.
    """
    require(can_keep_departments, by, campus)
    listed = wards_read(wards)
    kind = DepartmentKind.WARD
    there = Department.objects.filter(
        organization_id=by.house_id,
        kind=kind,
        ended_on__isnull=True,
        name__in=[ward.name for ward in listed],
    )
    names = sorted(there.values_list("name", flat=True))
    if names:
        raise DomainError(
            "wards.there", _("已经有了：%(names)s。") % {"names": "、".join(names)}, "wards"
        )
    return [
        department_add(kind=kind, name=ward.name, beds_open=ward.beds, campus=campus, by=by)
        for ward in listed
    ]


@command
def department_change(
    *,
    department: Department,
    name: str,
    setup_type: str,
    beds_open: int | None,
    base: int | None = None,
    by: User,
) -> Department:
    """A new name, form or number of open beds; `base` is the row_version the page was opened on.

    Raises:
        DomainError: `department.ended`, `form.stale` (409); `department_name_once` on `name`.
    """
    row = _kept(department, by)
    check_base(base, row.row_version)
    before = {"name": row.name, "setup_type": row.setup_type, "beds_open": row.beds_open}
    row.name, row.setup_type, row.beds_open = " ".join(name.split()), setup_type, beds_open
    row.save(update_fields=["name", "setup_type", "beds_open"])
    changed = sorted(field for field, value in before.items() if getattr(row, field) != value)
    beds = [before["beds_open"], beds_open]
    audit.record("department.change", by=by, on=row, fields=changed, beds=beds)
    return row


@command
def department_end(*, department: Department, reason: str, by: User) -> Department:
    """Close a department from today on; what it did stays.

    Raises:
        DomainError: `department.ended`, `department.people` (409) while somebody has a role in it,
            `department.needs_reason`.
    """
    row = _kept(department, by)
    if len(reason.strip()) < 2:
        raise DomainError("department.needs_reason", _("请写明撤销的原因。"), "reason")
    today = timezone.localdate()
    people = Membership.objects.filter(department=row, valid__contains=today).count()
    if people:
        sentence = ngettext(
            "还有 %(n)d 个有效的角色在这个部门，请先结束或改到别的部门。",
            "还有 %(n)d 个有效的角色在这个部门，请先结束或改到别的部门。",
            people,
        )
        raise DomainError("department.people", sentence % {"n": people}, status=409)
    row.ended_on = today
    row.save(update_fields=["ended_on"])
    audit.record("department.end", by=by, on=row, kind=row.kind, reason=reason.strip())
    return row


def _kept(department: Department, by: User) -> Department:
    row = Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    require(can_keep_departments, by, row)
    if row.ended_on is not None:
        raise DomainError("department.ended", _("这个部门已经撤销。"), status=409)
    return row
