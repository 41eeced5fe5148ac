"""Navigation of calls, reviews, projects and registers: entries of areas.AREAS."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models.people import Role
from msw_portal.kernel.scope import CARE_ROLES

DESK = frozenset({Role.AUTHORITY_OFFICER, Role.FOUNDATION_OFFICER, Role.FOUNDATION_APPROVER})
MINE = "/projects/experts/mine/"
LETTERS = "/projects/experts/letters/"
CALLS = ("/projects/calls/", "/projects/applications/")
UNITS = {Role.WORKER, Role.DEPT_HEAD}
PROJECT_AREAS = (
    (_("征集"), "clip", "calls:list", CALLS, {Role.AUTHORITY_OFFICER}, True),
    (_("征集"), "clip", "calls:list", CALLS, DESK - {Role.AUTHORITY_OFFICER}, False),
    (_("项目申报"), "clip", "applications:list", CALLS, UNITS, False),
    (_("项目申报"), "clip", "applications:list", CALLS, {Role.APPLICANT}, True),
    (_("我的评审"), "clip", "experts:mine", MINE, {Role.EXPERT_REVIEWER}, True),
    (_("项目评审"), "clip", "experts:calls", "/projects/experts/", DESK, False),
    (_("评审结果"), "doc", "experts:letters", LETTERS, {Role.DEPT_HEAD, Role.APPLICANT}, False),
)
FOUNDATION = frozenset({Role.FOUNDATION_OFFICER, Role.FOUNDATION_APPROVER, Role.FOUNDATION_CASHIER})
# The privacy office: registers, periods, what was destroyed.
PRIVACY_AREAS = (
    (
        pgettext_lazy("nav", "隐私与档案"),
        "shield",
        "privacy:home",
        ("/privacy/", "/cases/retention/"),
        {Role.DEPT_HEAD, Role.SECADMIN},
        False,
    ),
    (_("处置清单"), "clip", "privacy:lists", "/privacy/", {Role.OFFICE, Role.AUDITOR}, False),
)
REGISTER_AREAS = (
    (
        pgettext_lazy("nav", "政策与登记册"),
        "book",
        "registers:registers",
        "/projects/registers/",
        CARE_ROLES | FOUNDATION | {Role.AUTHORITY_OFFICER},
        False,
    ),
    (
        pgettext_lazy("nav", "覆盖与对接"),
        "table",
        "registers:coverage",
        ("/projects/registers/coverage/", "/projects/registers/matching/"),
        {
            *(Role.SUPERVISOR, Role.DEPT_HEAD, Role.AUTHORITY_OFFICER),
            *(Role.FOUNDATION_OFFICER, Role.FOUNDATION_APPROVER),
        },
        False,
    ),
    (
        pgettext_lazy("nav", "调研"),
        "clip",
        "surveys:list",
        "/projects/surveys/",
        {
            *(Role.WORKER, Role.SUPERVISOR, Role.DEPT_HEAD, Role.AUTHORITY_OFFICER),
            *(Role.FOUNDATION_OFFICER, Role.FOUNDATION_APPROVER),
        },
        False,
    ),
    *PRIVACY_AREAS,
)
REPORT_AREAS = (
    (
        _("我的报表"),
        "chart",
        "reports:runs",
        "/reports/runs/",
        {
            *(Role.WORKER, Role.ASSISTANT, Role.AUTHORITY_OFFICER, Role.AUDITOR),
            Role.VOLUNTEER_COORDINATOR,
        },
        False,
    ),
    (
        _("公布的数字"),
        "chart",
        "reports:published",
        "/reports/published/",
        {Role.AUTHORITY_OFFICER},
        False,
    ),
)
