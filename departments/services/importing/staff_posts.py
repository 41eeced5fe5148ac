"""What the personnel office's list says of somebody's post and papers, beside the account."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Department
from departments.models.people import User
from departments.models.staff import MOST_WEEKLY, Employment, Grade, StaffCredential, StaffProfile
from departments.services.importing import values as cells
from departments.services.importing.kinds import Column, Line
from departments.services.staff import credential_add, staff_profile_add

FULL_WEEK = Decimal(40)
POST = ("title", "employment", "weekly_hours", "since")
CERTIFICATE = ("grade", "certificate", "certified_on")
REGISTRATION = ("registration", "registered_from", "registered_to")


def _hours(cell: str) -> str:
    """Weekly hours with at most one decimal; kept as text, so that a file's rows may rest as JSON."""
    try:
        hours = Decimal(cells.folded(cell))
    except InvalidOperation:
        raise cells.refused("number", _("请填数字。")) from None
    if not 0 < hours <= MOST_WEEKLY or hours != round(hours, 1):
        raise cells.refused("range", _("每周工时应大于 0，不超过 60 小时。"))
    return str(hours)


COLUMNS = (
    Column("title", _("职务"), cells.line_text(60), ("岗位名称",), example="临床社工"),
    Column(
        "employment",
        _("用工形式"),
        cells.code(Employment, {"全职": Employment.FULL_TIME, "在编": Employment.FULL_TIME}),
        ("编制类型",),
        note=_("填了才登记岗位；派驻的另在页面登记"),
        example="专职",
        choices=tuple(str(one.label) for one in Employment if one != Employment.AGENCY_PLACED),
    ),
    Column(
        "weekly_hours",
        _("每周工时"),
        _hours,
        ("周工时",),
        note=_("不填按 40"),
        example="40",
    ),
    Column(
        "since",
        _("到岗日期"),
        cells.day,
        ("入职日期",),
        note=_("不填按今天"),
        revive=cells.revive_day,
    ),
    Column(
        "grade",
        _("等级"),
        cells.code(
            Grade, {"初级": Grade.ASSISTANT, "中级": Grade.SOCIAL_WORKER, "高级": Grade.SENIOR}
        ),
        ("职业水平", "资格等级"),
        example="助理社会工作师",
        choices=tuple(str(one.label) for one in Grade),
    ),
    Column("certificate", _("资格证书编号"), cells.line_text(60), ("证书编号", "资格证号")),
    Column("certified_on", _("发证日期"), cells.day, ("取证日期",), revive=cells.revive_day),
    Column("registration", _("登记证书编号"), cells.line_text(60), ("登记编号", "登记证号")),
    Column("registered_from", _("登记有效期自"), cells.day, revive=cells.revive_day),
    Column(
        "registered_to",
        _("登记有效期至"),
        cells.day,
        ("登记到期日期", "登记有效期"),
        revive=cells.revive_day,
    ),
)


def has_post(values: Mapping[str, Any]) -> bool:
    """Whether the line says anything of a post or its papers."""
    return any(values.get(name) for name in (*POST, *CERTIFICATE, *REGISTRATION))


def settle(line: Line) -> None:
    """A post needs its kind of employment, a certificate its grade, number and day, a registration its days."""
    values = line.values
    if not has_post(values):
        return
    if not values.get("employment"):
        line.refuse("employment", _("填了岗位或证书的，请填用工形式。"))
    elif values["employment"] == Employment.AGENCY_PLACED:
        line.refuse("employment", _("机构派驻的人员请在页面登记，那里选派驻机构。"))
    today = timezone.localdate()
    for name in ("since", "certified_on"):
        if values.get(name) and values[name] > today and name == "certified_on":
            line.refuse(name, _("日期不能在将来。"))
    if values.get("certificate") or values.get("certified_on"):
        for name in CERTIFICATE:
            if not values.get(name):
                line.refuse(name, _("资格证书要有等级、编号和发证日期。"))
    if any(values.get(name) for name in REGISTRATION):
        for name in ("grade", *REGISTRATION):
            if not values.get(name):
                line.refuse(name, _("登记证书要有等级、编号和有效期的起止。"))
        first, last = values.get("registered_from"), values.get("registered_to")
        if first and last and last < first:
            line.refuse("registered_to", _("有效期的结束不能早于开始。"))


def post_key(values: Mapping[str, Any]) -> str:
    """What makes the line another one than the bare account: nothing where it says nothing of a post."""
    if not has_post(values):
        return ""
    papers = (values.get("certificate") or "", values.get("registration") or "")
    return "|".join(("", str(values.get("employment")), *papers))


def is_written(user_id: int, values: Mapping[str, Any], house: int) -> bool:
    """Whether the post and the papers of the line stand already."""
    profile = _profile(user_id, house)
    if profile is None:
        return False
    numbers = {values.get("certificate"), values.get("registration")} - {None, ""}
    known = StaffCredential.objects.standing().filter(staff=profile, number__in=numbers)
    return known.count() == len(numbers)


def _profile(user_id: int, house: int) -> StaffProfile | None:
    rows = StaffProfile.objects.filter(organization_id=house, user_id=user_id)
    return rows.here().first()


def post_write(
    *, user: User, values: Mapping[str, Any], department: Department | None, by: User
) -> None:
    """Enter the post and the papers that are not there yet.

    Raises:
        DomainError: those of entering a post and a credential, on the fields of their pages.
    """
    today = timezone.localdate()
    profile = _profile(user.pk, by.house_id)
    if profile is None:
        profile = staff_profile_add(
            user=user,
            department=department,
            title=values.get("title") or "",
            employment=values["employment"],
            weekly_hours=Decimal(values.get("weekly_hours") or FULL_WEEK),
            is_counted=values["employment"] != Employment.INTERN,
            since=values.get("since") or today,
            by=by,
        )
    known = set(
        StaffCredential.objects.standing().filter(staff=profile).values_list("number", flat=True)
    )
    if values.get("certificate") and values["certificate"] not in known:
        credential_add(
            profile=profile,
            kind=StaffCredential.Kind.CERTIFICATE,
            grade=values["grade"],
            number=values["certificate"],
            issued_on=values["certified_on"],
            by=by,
        )
    if values.get("registration") and values["registration"] not in known:
        first: dt.date = values["registered_from"]
        credential_add(
            profile=profile,
            kind=StaffCredential.Kind.REGISTRATION,
            grade=values["grade"],
            number=values["registration"],
            issued_on=min(first, today),
            valid_from=first,
            valid_to=values["registered_to"],
            by=by,
        )
