"""Who works on the case, how it passes on, and who may read it."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import permissions as may
from cases.consent_permissions import can_share_mdt
from cases.forms.closing import ConfirmForm
from cases.forms.referrals import ReasonForm
from cases.forms.team import (
    KIND_WORDS,
    LowerForm,
    MemberForm,
    OutsiderForm,
    RaiseForm,
    TransferForm,
)
from cases.models.casework import Case
from cases.models.team import CaseMember, CaseTransfer
from cases.services import transfers
from cases.services.caseloads import load_of
from cases.services.mdt import mdt_shares, outdated, share_labels
from cases.services.members import case_member_add, case_member_end, case_outsider_add
from cases.services.secrecy import case_lower_secrecy, case_raise_secrecy
from cases.services.team import colleagues, team_mates
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404
from cases.views.handing import receivers
from departments.models.people import User
from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30


def team_of(user: User, case: Case) -> list[dict[str, Any]]:
    """The people of a case with their dates; the worker and the supervisor first."""
    today = timezone.localdate()
    lines = [
        {"name": person.display_name, "word": word, "since": since, "until": None, "is_over": False}
        for person, word, since in (
            (case.worker, _("负责社工"), case.assigned_at and timezone.localdate(case.assigned_at)),
            (case.supervisor, _("督导"), None),
        )
        if person is not None
    ]
    rows = CaseMember.objects.visible_to(user).filter(case=case).select_related("user")
    for one in rows.order_by("id"):
        lines.append(
            {
                "uid": one.uid,
                "name": one.user.display_name if one.user else one.name,
                "title": one.title,
                "word": KIND_WORDS.get(one.role, one.role),
                "since": one.valid.lower,
                "until": one.valid.upper,
                "is_over": one.valid.upper is not None and one.valid.upper <= today,
            }
        )
    return lines


@require_GET
def team(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """社工、医护、志愿者 of this case, with dates."""
    case = case_or_404(request, uid)
    shares = mdt_shares(case, by=request.user)
    can_share = can_share_mdt(request.user, case) and case.secrecy != 5
    old = outdated(case, shares) if can_share else set()
    waiting = CaseTransfer.objects.visible_to(request.user).filter(case=case).waiting()
    context = {
        "case": case,
        "heading": _("个案团队"),
        "lines": team_of(request.user, case),
        "can_add": case.is_open and may.can_add_member(request.user, case),
        "can_transfer": may.can_ask_transfer(request.user, case),
        "can_raise": case.secrecy != 5 and may.can_raise_secrecy(request.user, case),
        "can_lower": case.secrecy == 5 and may.can_lower_secrecy(request.user, case),
        "can_share": can_share,
        "shares": [(one, share_labels(one.fields), one.pk in old) for one in shares],
        "transfer": waiting.select_related("to_user").first(),
    }
    return render(request, "cases/team.html", context)


def _team_address(case: Case) -> str:
    return reverse("cases:team", args=[case.uid])


@BOTH
def member_add(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/member_add.html",
            form=MemberForm,
            form_args={"colleagues": team_mates(by=request.user)},
            service=case_member_add,
            given={"case": case},
            to=_team_address(case),
            done=_("已加入团队。"),
            context={"case": case, "heading": _("加入同事"), "button": _("加入")},
        ),
    )


@BOTH
def outsider_add(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/outsider_add.html",
            form=OutsiderForm,
            service=case_outsider_add,
            given={"case": case},
            to=_team_address(case),
            done=_("已写入团队。"),
            draft="cases-outsider",
            subject=case.uid,
            context={
                "case": case,
                "heading": _("写入医护或志愿者"),
                "button": _("写入"),
                "lead": _("只记姓名和日期，不因此获得查阅档案的权限。"),
            },
        ),
    )


@require_POST
def member_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = CaseMember.objects.visible_to(request.user).select_related("case", "user")
    member = get_object_or_404(rows, uid=uid)
    form = ConfirmForm(request.POST)
    ok = form.command(case_member_end, member=member, by=request.user)
    context = {
        "case": member.case,
        "form": form,
        "heading": _("退出团队"),
        "button": _("今天起退出"),
    }
    to = _team_address(member.case)
    return answer(
        request, "cases/case_confirm.html", context, ok=ok, to=to, done=str(_("已退出。"))
    )


# ── hand-over ────────────────────────────────────────────────────────────────


@BOTH
def transfer_ask(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The colleague is asked; nothing changes before the answer."""
    case = case_or_404(request, uid)
    others = colleagues(role="worker", by=request.user).exclude(pk=case.worker_id)
    return fill_in(
        request,
        Filling(
            page="cases/transfer_ask.html",
            form=TransferForm,
            form_args=receivers(others, case.department),
            service=transfers.case_transfer_ask,
            given={"case": case},
            to=address_of(case),
            done=_("已请对方接收，答复前仍由原社工负责。"),
            context={
                "case": case,
                "heading": _("移交个案"),
                "button": _("请对方接收"),
                "lead": _("对方接收后，未完成的待办一起转过去；拒绝则不变。"),
            },
        ),
    )


def _transfer_or_404(request: HttpRequest, uid: uuid.UUID) -> CaseTransfer:
    rows = CaseTransfer.objects.visible_to(request.user).select_related(
        "case__client__root",
        "case__department",
        "case__worker",
        "from_user",
        "to_user",
        "decided_by",
    )
    return get_object_or_404(rows, uid=uid)


@require_GET
def transfer_list(request: HttpRequest) -> HttpResponse:
    """Hand-overs waiting for me, then those I see; newest first."""
    user = request.user
    rows = CaseTransfer.objects.visible_to(user).select_related(
        "case__client__root", "from_user", "to_user"
    )
    if request.GET.get("show") != "all":
        rows = rows.waiting()
    context = page_of(request, rows, order=("-id",), size=PAGE) | {
        "show": request.GET.get("show", ""),
        "can_hand_over": user.role == "dept_head",
    }
    return render(request, "cases/transfers.html", context)


@require_GET
def transfer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What is handed over and why; the colleague decides here."""
    one = _transfer_or_404(request, uid)
    return render(request, "cases/transfer.html", _transfer_page(request, one, ReasonForm()))


def _transfer_page(request: HttpRequest, one: CaseTransfer, form: Any) -> dict[str, Any]:
    is_waiting = one.state == "requested"
    return {
        "transfer": one,
        "case": one.case,
        "form": form,
        "why": form if "reason" in form.fields else ReasonForm(),
        "can_answer": is_waiting and may.can_answer_transfer(request.user, one),
        "can_revoke": is_waiting and may.can_revoke_transfer(request.user, one),
        "can_open": may.can_view_case(request.user, one.case),
        "load": load_of(one.to_user, one.case.department) if is_waiting else None,
    }


def _decided(request: HttpRequest, one: CaseTransfer, form: Any, service: Any, done: Any, to: str):
    ok = form.command(service, transfer=one, by=request.user)
    context = _transfer_page(request, one, form)
    return answer(request, "cases/transfer.html", context, ok=ok, to=to, done=str(done))


@require_POST
def transfer_accept(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _transfer_or_404(request, uid)
    to = address_of(one.case)
    service = transfers.case_transfer_accept
    return _decided(request, one, ConfirmForm(request.POST), service, _("个案已由您负责。"), to)


@require_POST
def transfer_refuse(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _transfer_or_404(request, uid)
    to, service = reverse("cases:transfers"), transfers.case_transfer_refuse
    return _decided(
        request, one, ReasonForm(request.POST), service, _("已拒绝，仍由原社工负责。"), to
    )


@require_POST
def transfer_revoke(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _transfer_or_404(request, uid)
    to, service = reverse("cases:transfers"), transfers.case_transfer_revoke
    return _decided(request, one, ReasonForm(request.POST), service, _("移交已撤回。"), to)


# ── secrecy ──────────────────────────────────────────────────────────────────


@BOTH
def secrecy_raise(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/secrecy_raise.html",
            form=RaiseForm,
            form_args={"colleagues": team_mates(by=request.user).exclude(pk=request.user.pk)},
            service=case_raise_secrecy,
            given={"case": case},
            to=address_of(case),
            done=_("已设为 5 级，只有指名的人能查阅。"),
            context={
                "case": case,
                "heading": _("设为 5 级保密"),
                "button": _("设为 5 级"),
                "lead": _("名单以外的同事（包括主任）将看不到这个个案，列表里也没有。"),
            },
        ),
    )


@BOTH
def secrecy_lower(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/case_reason.html",
            form=LowerForm,
            service=case_lower_secrecy,
            given={"case": case},
            to=address_of(case),
            done=_("已恢复为 4 级。"),
            context={"case": case, "heading": _("恢复为 4 级"), "button": _("恢复为 4 级")},
        ),
    )
