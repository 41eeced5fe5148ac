"""Accounts of colleagues from the personnel office's list; no password and no code stands in a file."""

from collections.abc import Mapping
from typing import Any

from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Department, Organization
from departments.models.people import Membership, Role, User, duty_class
from departments.services.account_codes import is_mail_on
from departments.services.charity_status import house_roles
from departments.services.importing import staff_posts
from departments.services.importing import values as cells
from departments.services.importing.kinds import (
    CREATED,
    JOINED,
    KNOWN,
    Column,
    Kind,
    Line,
    Lines,
    one_by_one,
)
from departments.services.memberships import membership_give, person_invite

USERNAME = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]{2,59}$",
    _("只用小写字母、数字、点、横线和下划线，以字母或数字开头，3 至 60 个。"),
)
ROLE_WORDS = {
    "社工": Role.WORKER,
    "主任": Role.DEPT_HEAD,
    "医生": Role.CLINICIAN,
    "护士": Role.CLINICIAN,
}
WAYS = {"密码": "password", "统一身份": "directory"}


def _username(cell: str) -> str:
    name = cells.folded(cell)
    USERNAME(name)
    return name


def _way(cell: str) -> str:
    found = WAYS.get(cells.folded(cell))
    if found is None:
        raise cells.refused("code", _("没有这个选项，可填：%(words)s。"), words="、".join(WAYS))
    return found


COLUMNS = (
    Column(
        "username",
        _("登录名"),
        cells.parsed(_username),
        ("工号", "账号", "用户名", "账户"),
        required=True,
        example="shili01",
        note=_("工号或拼音，以后不能改"),
    ),
    Column(
        "display_name",
        _("姓名"),
        cells.line_text(60),
        ("员工姓名",),
        required=True,
        example="示例乙",
    ),
    Column(
        "role",
        _("角色"),
        cells.code(Role, ROLE_WORDS),
        ("岗位", "系统角色"),
        required=True,
        example="医务社工",
        note=_("管理员角色不能导入，请逐个开通"),
        choices=tuple(str(role.label) for role in Role if not duty_class(role)),
    ),
    Column(
        "department",
        _("部门"),
        cells.line_text(80),
        ("科室", "所在部门"),
        note=_("写“科室与病区”里的名称"),
    ),
    Column(
        "email",
        _("邮箱"),
        cells.email,
        ("电子邮箱", "邮件", "Email"),
        example="shili01@hospital.example",
    ),
    Column(
        "valid_to",
        _("有效至"),
        cells.day,
        ("到期日期", "有效期至"),
        note=_("空着表示不定期"),
        revive=cells.revive_day,
    ),
    Column(
        "way",
        _("登录方式"),
        _way,
        note=_("不填按密码：有邮箱的收到一次性码，其余由安全管理员在人员页签发"),
        example="密码",
        choices=tuple(WAYS),
    ),
    *staff_posts.COLUMNS,
)


def settle(line: Line) -> None:
    """No administrator by a file, and no role that is over before it begins."""
    values = line.values
    if duty_class(values["role"]):
        line.refuse("role", _("管理员角色不能导入，请逐个开通。"))
    if values.get("valid_to") and values["valid_to"] < timezone.localdate():
        line.refuse("valid_to", _("结束日期不能早于今天。"))
    staff_posts.settle(line)


def check(lines: Lines, by: User) -> None:
    """Roles of this kind of house, departments that exist, and login names of others."""
    _resolve(lines, by)


def _resolve(lines: Lines, by: User) -> tuple[dict[str, Department], dict[str, User]]:
    house = Organization.objects.get(pk=by.house_id)
    rows = Department.objects.filter(organization=house, ended_on__isnull=True)
    places = {row.name: row for row in rows.order_by("-pk")}
    names = [line.values["username"] for line in lines]
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    held = {
        (row.user_id, row.role)
        for row in Membership.objects.visible_to(by).active(timezone.localdate())
    }
    own = {user_id for user_id, _role in held}
    roles = house_roles(house)
    for line in lines:
        values = line.values
        if values["role"] not in roles:
            line.refuse("role", _("这类机构没有这个角色。"))
        if values.get("department") and values["department"] not in places:
            line.refuse("department", _("本机构没有这个在用的部门。"))
        user = users.get(values["username"])
        if user is None:
            continue
        if user.pk not in own or user.display_name != values["display_name"]:
            line.refuse("username", _("登录名已被使用，登录名不重复使用。"))
        elif (user.pk, values["role"]) in held and (
            not staff_posts.has_post(values) or staff_posts.is_written(user.pk, values, by.house_id)
        ):
            line.outcome = KNOWN
    return places, users


def apply(lines: Lines, by: User) -> None:
    """New people are invited, people of the house get the further role; what is said of a post is entered."""
    places, users = _resolve(lines, by)

    here = {
        (row.user_id, row.role)
        for row in Membership.objects.visible_to(by).active(timezone.localdate())
    }

    def make(line: Line, by: User) -> str:
        person, outcome = account(line, by)
        if staff_posts.has_post(line.values):
            department = places.get(line.values.get("department", ""))
            staff_posts.post_write(user=person, values=line.values, department=department, by=by)
        return outcome

    def account(line: Line, by: User) -> tuple[User, str]:
        values = line.values
        given = {
            "role": values["role"],
            "department": places.get(values.get("department", "")),
            "valid_to": values.get("valid_to"),
            "by": by,
        }
        if values["username"] in users:
            person = users[values["username"]]
            if (person.pk, values["role"]) not in here:
                membership_give(user=person, **given)
            return person, JOINED
        by_directory = values.get("way") == "directory"
        by_mail = bool(values.get("email")) and is_mail_on() and not by_directory
        invited = person_invite(
            username=values["username"],
            display_name=values["display_name"],
            email=values.get("email", ""),
            by_directory=by_directory,
            by_mail=by_mail,
            with_code=by_mail,
            **given,
        )
        return invited.user, CREATED

    one_by_one(make)([line for line in lines if not line.faults and not line.outcome], by)


def key(values: Mapping[str, Any]) -> str:
    return f"{values['username']}|{values['role']}{staff_posts.post_key(values)}"


STAFF = Kind(
    code="staff",
    label=_("人员与角色"),
    lead=_("一行一人一个角色，可带岗位与证书。文件里没有密码：本人凭一次性码设置。"),
    roles=frozenset({Role.SECADMIN}),
    columns=COLUMNS,
    key=key,
    settle=settle,
    check=check,
    apply=apply,
    is_care=False,
    shown=("username", "display_name"),
)
