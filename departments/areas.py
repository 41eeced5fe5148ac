"""The areas of the portal: who has which in the navigation, and where it stands."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from departments.aid_areas import AID_AREAS, FOUNDATION
from departments.models.people import Role
from departments.project_areas import PROJECT_AREAS, REGISTER_AREAS, REPORT_AREAS
from departments.querysets import VISITS_COURSES
from departments.services.desk import address
from msw_portal.kernel.scope import CARE_ROLES

ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR})
LEADERS = frozenset({Role.SUPERVISOR, Role.DEPT_HEAD})
EVERYBODY = frozenset(Role.values)
PROJECTS = (pgettext_lazy("nav", "项目"), "seed", "projects:list", "/projects/")
# (label, icon, address name, path that makes it the current one, roles, stands on a phone's bar)
AREAS = (
    (_("工作台"), "desk", "departments:workbench", "/workbench/", CARE_ROLES, True),
    (_("首页"), "desk", "departments:start", "/start/", EVERYBODY - CARE_ROLES, True),
    (pgettext_lazy("nav", "个案"), "case", "cases:list", "/cases/", CARE_ROLES, True),
    (
        pgettext_lazy("nav", "转介"),
        "refer",
        "cases:referrals",
        ("/cases/referrals/", "/cases/doors/"),
        CARE_ROLES,
        True,
    ),
    (_("查房"), "bed", "cases:ward", "/cases/ward/", CARE_ROLES, True),
    (
        pgettext_lazy("nav", "小组与活动"),
        "group",
        "cases:groups",
        ("/cases/groups/", "/cases/events/"),
        CARE_ROLES,
        False,
    ),
    (
        pgettext_lazy("nav", "探访与咨询"),
        "talk",
        "cases:activities",
        "/cases/activities/",
        CARE_ROLES,
        False,
    ),
    (_("资源库"), "org", "cases:resources", "/cases/resources/", CARE_ROLES, False),
    (
        pgettext_lazy("nav", "督导与培训"),
        "book",
        "departments:learning",
        "/learning/",
        CARE_ROLES,
        False,
    ),
    (
        _("权利请求"),
        "shield",
        "cases:subject_requests",
        "/cases/rights/",
        {Role.DEPT_HEAD},
        False,
    ),
    (
        pgettext_lazy("nav", "部门设置"),
        "edit",
        "cases:settings",
        "/cases/settings/",
        {Role.DEPT_HEAD},
        False,
    ),
    (
        pgettext_lazy("navigation", "志愿者"),
        "hand",
        "volunteers:list",
        "/volunteers/",
        {Role.VOLUNTEER_COORDINATOR},
        True,
    ),
    (
        pgettext_lazy("navigation", "志愿者"),
        "hand",
        "volunteers:list",
        "/volunteers/",
        {Role.WORKER, Role.SUPERVISOR, Role.DEPT_HEAD},
        False,
    ),
    (
        _("志愿排班"),
        "calendar",
        "volunteers:shifts",
        ("/volunteers/shifts/", "/volunteers/posts/", "/volunteers/signups/"),
        {Role.VOLUNTEER_COORDINATOR},
        True,
    ),
    (
        _("服务时长"),
        "clock",
        "hours:list",
        "/volunteers/hours/",
        {Role.VOLUNTEER_COORDINATOR},
        True,
    ),
    (_("我的班"), "calendar", "volunteers:mine", "/volunteers/mine/", {Role.VOLUNTEER}, True),
    (
        _("志愿岗位"),
        "hand",
        "volunteers:own_posts",
        "/volunteers/mine/posts/",
        {Role.VOLUNTEER},
        True,
    ),
    (_("我的服务"), "clock", "hours:mine", ("/volunteers/hours/",), {Role.VOLUNTEER}, True),
    (
        _("我的资料"),
        "user",
        "volunteers:profile",
        "/volunteers/mine/profile/",
        {Role.VOLUNTEER},
        False,
    ),
    (_("开放课程"), "book", "departments:learning", "/learning/", VISITS_COURSES, False),
    *AID_AREAS,
    *PROJECT_AREAS,
    *REGISTER_AREAS,
    (
        pgettext_lazy("nav", "统计报表"),
        "chart",
        "reports:dashboard",
        "/reports/",
        LEADERS | FOUNDATION | {Role.WORKER, Role.OFFICE, Role.AUTHORITY_OFFICER},
        False,
    ),
    *REPORT_AREAS,
    (
        _("我发出的转介"),
        "refer",
        "cases:own_referrals",
        "/cases/referrals/mine/",
        {Role.CLINICIAN},
        True,
    ),
    (
        pgettext_lazy("nav", "共享给我的个案"),
        "case",
        "cases:shared",
        "/cases/shared/",
        {Role.CLINICIAN},
        True,
    ),
    (
        pgettext_lazy("nav", "系统管理"),
        "table",
        "departments:console_system",
        "/console/",
        {Role.SYSADMIN},
        True,
    ),
    (
        pgettext_lazy("nav", "安全管理"),
        "shield",
        "departments:console_security",
        "/console/",
        {Role.SECADMIN},
        True,
    ),
    (_("审计记录"), "history", "departments:audit", "/audit/", {Role.AUDITOR}, True),
    (
        pgettext_lazy("nav", "安全事件"),
        "shield",
        "departments:audit_events",
        "/audit/events/",
        {Role.AUDITOR},
        True,
    ),
    (
        _("人员与角色"),
        "user",
        "departments:staff",
        ("/people/", "/staff/"),
        {Role.DEPT_HEAD},
        False,
    ),
    (
        pgettext_lazy("nav", "量表"),
        "clip",
        "cases:instruments",
        "/cases/instruments/",
        {Role.DEPT_HEAD},
        False,
    ),
    (
        _("人员与角色"),
        "user",
        "departments:staff",
        ("/people/", "/staff/"),
        {Role.SECADMIN},
        True,
    ),
    (
        pgettext_lazy("nav", "人员与资质"),
        "user",
        "departments:profiles",
        "/staff/",
        {Role.SUPERVISOR},
        False,
    ),
    (
        pgettext_lazy("nav", "科室与病区"),
        "bed",
        "departments:departments",
        "/departments/",
        {Role.DEPT_HEAD},
        False,
    ),
    (
        pgettext_lazy("nav", "科室与病区"),
        "bed",
        "departments:departments",
        "/departments/",
        {Role.SECADMIN},
        True,
    ),
    (
        pgettext_lazy("nav", "接口客户端"),
        "key",
        "departments:api_clients",
        ("/clients/", "/funding/webhooks/"),
        {Role.SECADMIN},
        True,
    ),
    (
        _("导入"),
        "up",
        "departments:imports",
        "/imports/",
        {Role.DEPT_HEAD, Role.SECADMIN, Role.VOLUNTEER_COORDINATOR},
        False,
    ),
    (
        pgettext_lazy("nav", "社工站"),
        "seed",
        "departments:stations",
        "/stations/",
        {Role.AUTHORITY_OFFICER},
        True,
    ),
    (
        _("各地设置"),
        "chart",
        "departments:regions",
        "/organizations/regions/",
        {Role.AUTHORITY_OFFICER},
        True,
    ),
    (_("年报"), "doc", "departments:census", "/census/", {Role.DEPT_HEAD}, False),
    (
        _("年报"),
        "doc",
        "departments:census_desk",
        "/census/",
        {Role.AUTHORITY_OFFICER},
        True,
    ),
    (
        _("导入"),
        "up",
        "departments:imports",
        "/imports/",
        {Role.AUTHORITY_OFFICER} | FOUNDATION,
        False,
    ),
    (*PROJECTS, {Role.PARTNER_OFFICER, Role.APPLICANT, Role.AUTHORITY_OFFICER}, True),
    (*PROJECTS, {Role.WORKER, Role.DEPT_HEAD, Role.FOUNDATION_OFFICER}, False),
    (
        pgettext_lazy("nav", "机构与部门"),
        "org",
        "departments:organizations",
        "/organizations/",
        EVERYBODY,
        False,
    ),
    (
        _("登记资料"),
        "table",
        "admin:index",
        f"/{settings.ADMIN_ADDRESS}",
        {Role.SYSADMIN},
        True,
    ),
)


def areas_of(role: str) -> tuple[dict[str, Any], ...]:
    """The areas of a role in the language of the page, with their addresses; what no app owns yet is left out."""
    where = get_urlconf() or settings.ROOT_URLCONF
    return _areas(role, get_language(), where, get_script_prefix())


@lru_cache(maxsize=256)
def _areas(role: str, *_said_and_reached: str | None) -> tuple[dict[str, Any], ...]:
    """Written once: they are the same for everybody who has the role."""
    return tuple(
        {
            "label": str(label),
            "icon": icon,
            "url": url,
            "on_phone": on_phone,
            "name": name,
            "path": path,
        }
        for label, icon, name, path, roles, on_phone in AREAS
        if role in roles and (url := address(name))
    )
