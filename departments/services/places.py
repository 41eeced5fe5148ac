"""Departments, wards and campuses of one's own house: set up in the browser, changed and ended there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from departments import audit
from departments.models.organizations import Department, DepartmentKind, Organization
from departments.models.people import Membership, User
from departments.models.place_codes import STATION_KINDS, Precision
from departments.permissions import can_keep_departments, can_keep_organizations
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

# What a house sets up itself; centres and incubators belong to an authority's registers.
KINDS = ("msw", "clinical", "ward", "team", "campus")
# What a department page writes; which of them a kind has is said by FACTS_OF.
COMMON = ("name", "founded", "note")
STATION = ("operator", "level", "region", "township", "posts_set", "posts_filled", "rooms")
FACTS_OF: dict[str, tuple[str, ...]] = {
    "msw": (
        *COMMON,
        *("setup_type", "attached_to", "beds_open", "posts_set", "posts_filled", "rooms"),
        *("area_m2", "linked_agency", "is_first_in_province", "methods"),
    ),
    "clinical": (*COMMON, "beds_open"),
    "ward": (*COMMON, "beds_open", "liaison"),
    "team": (*COMMON, "parent"),
    "campus": COMMON,
    "station": (*COMMON, *STATION, "area_m2", "area_is_about"),
    "station_centre": (*COMMON, *STATION, "area_m2", "area_is_about"),
    "incubator": (*COMMON, *STATION, "area_m2", "area_is_about"),
}
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
    organization: Organization | None = None,
    campus: Department | None = None,
    parent: Department | None = None,
    by: User,
    **facts: Any,
) -> Department:
    """A department, ward, team, campus or station more, in one's own house or in a body that one keeps.

    `facts` are those of FACTS_OF; what a kind does not have must be empty.

    Raises:
        DomainError: `department.kind` on `kind`, `department.parent` on `parent`; those of
            department_change; `department_name_once` on `name`, `department_one_msw_per_campus` on
            `kind` (the database refuses).
    """
    require(can_keep_departments, by, campus)
    if organization is not None:
        require(can_keep_organizations, by, organization)
    if kind not in FACTS_OF:
        raise DomainError("department.kind", _("请选择部门的类型。"), "kind")
    row = Department(
        organization_id=organization.pk if organization else by.house_id,
        managed_by_id=by.house_id,
        kind=kind,
        campus=campus,
        created_by=by,
    )
    _describe(row, {"name": name, "parent": parent, **facts}, by)
    row.save(force_insert=True)
    audit.record("department.add", by=by, on=row, kind=kind, beds=row.beds_open)
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
    *, department: Department, base: int | None = None, by: User, **facts: Any
) -> Department:
    """Correct or complete what stands of a department (FACTS_OF); `base` is the row_version the page was opened on.

    Raises:
        DomainError: `department.ended`, `form.stale` (409); `department_name_once` on `name`,
            `department.attached` on `attached_to`, `department.liaison` on `liaison`,
            `department.parent` on `parent`, `department_station_has_operator` on `operator`,
            `department.county` on `region`, `department_posts_filled_within_set` on `posts_filled`.
    """
    row = _kept(department, by)
    check_base(base, row.row_version)
    beds = row.beds_open
    changed = _describe(row, facts, by)
    row.save()
    audit.record("department.change", by=by, on=row, fields=changed, beds=[beds, row.beds_open])
    return row


def _describe(row: Department, facts: dict[str, Any], by: User) -> list[str]:
    """Put what is known on the row and check it; the names of what differs from before."""
    had = FACTS_OF[row.kind]
    changed = []
    for name, value in facts.items():
        if name not in had:
            if value not in (None, "", False):
                raise DomainError("department.kind", _("这类部门没有这一项。"), name)
            continue
        value = " ".join(value.split()) if isinstance(value, str) else value
        if getattr(row, name) != value:
            changed.append(name)
        if name == "founded":
            row.founded_on = value.on if value else None
            row.founded_precision = value.precision if value else Precision.DAY
        else:
            setattr(row, name, value)
    _check(row, facts, by)
    return sorted(changed)


def _check(row: Department, facts: dict[str, Any], by: User) -> None:
    attached = Department.SetUp.ATTACHED
    if "setup_type" in facts and (row.setup_type == attached) != bool(row.attached_to):
        if row.attached_to:
            sentence = _("只有挂靠部门才写挂靠在哪里，请改设置方式或清空这一栏。")
        else:
            sentence = _("挂靠部门请写明挂靠在哪个科室，如医务处、门诊部、党办。")
        raise DomainError("department.attached", sentence, "attached_to")
    if row.kind == DepartmentKind.STATION and row.operator_id is None:
        sentence = _("社工站必须写明运营机构。")
        raise DomainError("department_station_has_operator", sentence, "operator")
    if row.kind in STATION_KINDS and "region" in facts and row.region_id is None:
        raise DomainError("department.county", _("请写明所在的县（市、区）。"), "region")
    parent = row.parent
    if parent is not None and (
        parent.organization_id != row.organization_id or parent.pk == row.pk or parent.ended_on
    ):
        sentence = _("上级部门必须是同一机构的在用部门。")
        raise DomainError("department.parent", sentence, "parent")
    if facts.get("liaison") is not None:
        today = timezone.localdate()
        works = Membership.objects.filter(
            user=row.liaison, organization_id=by.house_id, valid__contains=today
        )
        if not works.exists():
            sentence = _("联络助理必须是本机构现在任职的人员。")
            raise DomainError("department.liaison", sentence, "liaison")


@command
def department_end(
    *, department: Department, reason: str, successor: Department | None = None, by: User
) -> Department:
    """Close a department from today on; what it did stays, and `successor` is what it went into.

    Raises:
        DomainError: `department.ended`, `department.people` (409) while somebody has a role in it,
            `department.needs_reason`, `department.successor` on `successor`.
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
    if successor is not None and (
        successor.pk == row.pk
        or successor.organization_id != row.organization_id
        or successor.ended_on
    ):
        sentence = _("并入的部门必须是同一机构的另一个在用部门。")
        raise DomainError("department.successor", sentence, "successor")
    row.ended_on, row.successor = today, successor
    row.save(update_fields=["ended_on", "successor"])
    audit.record("department.end", by=by, on=row, kind=row.kind, reason=reason.strip())
    return row


def _kept(department: Department, by: User) -> Department:
    # Asked before the lock too: the wall hides what one may not change from a locking read.
    require(can_keep_departments, by, department)
    row = Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    require(can_keep_departments, by, row)
    if row.ended_on is not None:
        raise DomainError("department.ended", _("这个部门已经撤销。"), status=409)
    return row
