"""Who works in one's own house, and in which roles."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.forms.people import CodeIssueForm, InviteForm, ReasonForm, RoleForm
from departments.models.people import Membership
from departments.permissions import (
    can_invite_person,
    can_issue_account_code,
    can_keep_account,
    can_view_staff,
)
from departments.services.account_codes import Issued, account_code_issue, is_mail_on
from departments.services.accounts import account_of
from departments.services.desk import address
from departments.services.directory import account_of as directory_account_of
from departments.services.history import history_lines
from departments.services.memberships import (
    Invited,
    is_last_keeper,
    membership_end,
    membership_give,
    person_invite,
)
from departments.services.people import all_held, held
from departments.staff_permissions import can_list_profiles
from departments.views.keeping import Keeping
from msw_portal.kernel.access import require
from msw_portal.kernel.htmx import answer


@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody with a role in the house: in force, or ended."""
    require(can_view_staff, request.user, None)
    today = timezone.localdate()
    is_ended = request.GET.get("show") == "ended"
    rows = Membership.objects.visible_to(request.user).filter(user__is_service=False)
    rows = rows.exclude(valid__contains=today) if is_ended else rows.active(today)
    rows = rows.select_related("user", "department", "ended_by").order_by("role", "user__username")
    context = {
        "rows": all_held(rows, by=request.user),
        "is_ended": is_ended,
        "may_invite": can_invite_person(request.user, None),
        "may_list_profiles": can_list_profiles(request.user),
    }
    return render(request, "departments/staff.html", context)


def invite(request: HttpRequest) -> HttpResponse:
    """A new account; its one-time code stands on the answer, to print, and nowhere else."""
    require(can_invite_person, request.user, None)
    keep = Keeping(request, "departments-invite")
    form = keep.form(InviteForm, user=request.user)
    if request.method == "POST" and keep.sent(form.command(person_invite, by=request.user)):
        return _invited(request, form.result)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, **keep.context}
    return render(request, "departments/invite.html", context, status=status)


@require_POST
def issue_code(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new one-time code for somebody of the house: on the answer, to print, or by mail."""
    row = _row(request, uid)
    form = CodeIssueForm(request.POST)
    if form.command(account_code_issue, membership=row, by=request.user):
        return _code_page(request, form.result)
    return _membership_page(
        request, row, ReasonForm(), RoleForm(user=request.user), ok=False, issuing=form
    )


@require_safe
def membership(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One role of one person: end it, give another, and its history."""
    row = _row(request, uid)
    require(can_view_staff, request.user, row.organization)
    return _membership_page(request, row, ReasonForm(), RoleForm(user=request.user), ok=True)


@require_POST
def end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _row(request, uid)
    form = ReasonForm(request.POST)
    done = form.command(membership_end, membership=row, by=request.user)
    other = RoleForm(user=request.user)
    return _membership_page(
        request, row, form, other, ok=done, done=_("角色已经结束，此人须重新登录。")
    )


@require_POST
def give(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _row(request, uid)
    form = RoleForm(request.POST, user=request.user)
    done = form.command(membership_give, user=row.user, by=request.user)
    return _membership_page(request, row, ReasonForm(), form, ok=done, done=_("已给予新的角色。"))


def _row(request: HttpRequest, uid: uuid.UUID) -> Membership:
    visible = Membership.objects.visible_to(request.user).filter(user__is_service=False)
    return get_object_or_404(
        visible.select_related("user", "organization", "department", "ended_by"), uid=uid
    )


def _invited(request: HttpRequest, made: Invited) -> HttpResponse:
    if made.issued is not None:
        return _code_page(request, made.issued)
    to = reverse("departments:membership", args=[made.membership.uid])
    done = _("已开通：%(name)s 用统一身份登录，不需要一次性码。") % {"name": made.user.display_name}
    return answer(request, "", {}, ok=True, to=to, done=done)


def _code_page(request: HttpRequest, issued: Issued) -> HttpResponse:
    context = {"issued": issued, "address": settings.PORTAL_ADDRESS}
    return render(request, "departments/account_code.html", context)


def _membership_page(
    request: HttpRequest,
    row: Membership,
    ending: ReasonForm,
    giving: RoleForm,
    *,
    ok: bool,
    done: str = "",
    issuing: CodeIssueForm | None = None,
) -> HttpResponse:
    context = {
        "issuing": issuing or CodeIssueForm(),
        "may_issue": can_issue_account_code(request.user, row),
        "is_mail_on": is_mail_on() and bool(row.user.email),
        "held": held(row, by=request.user),
        "account": account_of(row) if can_keep_account(request.user, row) else None,
        "directory": settings.DIRECTORY,
        "directory_account": directory_account_of(row.user),
        "is_last_keeper": is_last_keeper(row) if can_invite_person(request.user, None) else False,
        "may_give": can_invite_person(request.user, None),
        "caseload_url": address("cases:caseload_note", row.uid) if row.may_meet_cases else "",
        "ending": ending,
        "giving": giving,
        "lines": history_lines(row),
    }
    to = reverse("departments:staff") if done else None
    return answer(request, "departments/membership.html", context, ok=ok, to=to, done=done)
