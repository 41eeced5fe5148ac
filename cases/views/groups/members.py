"""Members: written down from the register or under an alias, screened, admitted, measured, leaving."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.forms.groups import (
    AdmitForm,
    KnownMemberForm,
    LeaveForm,
    MemberAmendForm,
    MemberAnswersForm,
    MemberForm,
)
from cases.forms.people import SearchForm
from cases.forms.referrals import ReasonForm
from cases.group_permissions import can_keep_group
from cases.group_workflow import GROUP_RUNNING, MemberState
from cases.models.consents import Consent
from cases.models.group_codes import Moment
from cases.models.groups import Attendance, GroupMember, MemberAnswers
from cases.models.people import Client
from cases.services.clients import client_search
from cases.services.groups import members as services
from cases.services.groups.scales import member_answer, total_of
from cases.views.filling import Filling, fill_in
from cases.views.groups.finding import address_of, inside_or_404, member_or_404
from cases.views.groups.planning import sheets_of
from departments.views.clashes import Current

BOTH = require_http_methods(["GET", "POST"])


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@BOTH
def member_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Somebody under an alias; with `?client=` a person of the register, found by the search beside."""
    group = inside_or_404(request, uid)
    asked = request.GET.get("client", "")
    client = None
    if asked:
        client = get_object_or_404(Client.objects.visible_to(request.user), uid=_uid(asked))
    return fill_in(
        request,
        Filling(
            page="cases/group_member_new.html",
            form=KnownMemberForm if client else MemberForm,
            service=services.member_register,
            given={"group": group, "client": client} if client else {"group": group},
            to=lambda member: reverse("cases:group_member", args=[member.uid]),
            done=_("组员已登记，等筛选。"),
            draft="" if client else "cases-group_member",
            subject=None if client else group.uid,
            context={"group": group, "client": client, "heading": _("登记组员")},
        ),
    )


@BOTH
def member_find(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The search for a person of the register, from within the group."""
    group = inside_or_404(request, uid)
    if not can_keep_group(request.user, group):
        raise Http404
    asked = request.method == "POST"
    form = SearchForm(request.POST if asked else None)
    found = asked and form.command(client_search, by=request.user)
    context = {"group": group, "form": form, "heading": _("查找服务对象"), "asked": asked}
    if found:
        context["hits"] = form.result.hits
    status = 422 if asked and not found else 200
    return render(request, "cases/group_member_find.html", context, status=status)


@require_GET
def member(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One member: what was agreed, how often there, what was noticed, the scales."""
    one = member_or_404(request, uid)
    user = request.user
    rows = Attendance.objects.visible_to(user).filter(member=one).select_related("session")
    scales = (
        MemberAnswers.objects.visible_to(user).filter(member=one).select_related("questionnaire")
    )
    can = _rights(user, one)
    context = {
        "group": one.group,
        "member": one,
        "attendances": rows.order_by("session__number"),
        "scales": [
            {"row": row, "total": total_of(row)} for row in scales.order_by("finalized_at", "id")
        ],
        "sheets": list(sheets_of(request)) if can["answer"] else [],
        "planned_codes": one.group.plan.get("scales", []),
        "can": can,
    }
    return render(request, "cases/group_member.html", context)


def _rights(user: Any, one: GroupMember) -> dict[str, bool]:
    """Which buttons stand on the page."""
    runs = one.group.stage in GROUP_RUNNING and can_keep_group(user, one.group)
    return {
        "amend": runs,
        "admit": runs and one.state in (MemberState.REGISTERED, MemberState.DECLINED),
        "decline": runs and one.state == MemberState.REGISTERED,
        "leave": runs and one.state == MemberState.JOINED,
        "answer": runs and one.state in (MemberState.JOINED, MemberState.LEFT),
    }


@BOTH
def member_amend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Contact and screening, corrected."""
    one = member_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/group_form.html",
            form=MemberAmendForm,
            service=services.member_amend,
            given={"member": one},
            form_args={"is_known": one.client_id is not None},
            current=lambda: _current(request, one),
            to=reverse("cases:group_member", args=[uid]),
            done=_("已更正。"),
            context={"group": one.group, "member": one, "heading": _("更正组员登记")},
        ),
    )


def _current(request: HttpRequest, one: GroupMember) -> Current:
    now = GroupMember.objects.visible_to(request.user).get(pk=one.pk)
    return Current(now.row_version, services.said_of(now), at=now.updated_at)


@BOTH
def admit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Screened and agreed: in."""
    one = member_or_404(request, uid)
    consents = Consent.objects.none()
    if one.client_id is not None:
        live = services.consents_for(one.client, timezone.localdate())
        consents = Consent.objects.visible_to(request.user).filter(pk__in=[row.pk for row in live])
    return _about(
        request,
        one,
        services.member_admit,
        AdmitForm,
        (_("入组"), _("同意后才能入组；未成年人由监护人同意。"), _("组员已入组。")),
        form_args={"is_known": one.client_id is not None, "consents": consents},
        more={"lacks_consent": one.client_id is not None and not consents},
    )


@BOTH
def decline(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Not for this group."""
    one = member_or_404(request, uid)
    words = (_("不入组"), _("写明为什么不适合，以及转去哪里。"), _("已记为不入组。"))
    return _about(request, one, services.member_decline, ReasonForm, words)


@BOTH
def leave(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A member leaves before the end."""
    one = member_or_404(request, uid)
    words = (_("退出小组"), _("退出之后的各节不再计应到。"), _("已记为退出。"))
    return _about(request, one, services.member_leave, LeaveForm, words)


def _about(
    request: HttpRequest,
    one: GroupMember,
    service: Any,
    form: Any,
    words: tuple[Any, Any, Any],
    form_args: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    heading, lead, done = words
    return fill_in(
        request,
        Filling(
            page="cases/group_form.html",
            form=form,
            service=service,
            given={"member": one},
            form_args=form_args or {},
            to=address_of(one.group),
            done=done,
            context={
                "group": one.group,
                "member": one,
                "heading": heading,
                "button": heading,
                "lead": lead,
                **(more or {}),
            },
        ),
    )


@BOTH
def answers_new(request: HttpRequest, uid: uuid.UUID, code: str) -> HttpResponse:
    """The newest sheet of a code, answered by a member; `?moment=` chooses before or after."""
    one = member_or_404(request, uid)
    sheet = sheets_of(request).filter(code=code).order_by("-published_at", "-id").first()
    if sheet is None:
        raise Http404
    moment = request.GET.get("moment", "")
    return fill_in(
        request,
        Filling(
            page="cases/group_answers.html",
            form=MemberAnswersForm,
            service=member_answer,
            given={"member": one, "questionnaire": sheet},
            form_args={"questionnaire": sheet},
            initial={"moment": moment} if moment in Moment.values else {},
            to=reverse("cases:group_member", args=[uid]),
            done=_("量表已登记。"),
            draft=f"cases-group_answers-{sheet.code}",
            subject=one.uid,
            context={"group": one.group, "member": one, "sheet": sheet, "heading": sheet.title},
        ),
    )
