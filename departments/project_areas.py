"""Navigation of calls, reviews, projects and registers: entries of context.AREAS."""

from django.utils.translation import gettext_lazy as _

from departments.models.people import Role

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
