"""State aid: the department's list, one application with its papers and course, the forms of its steps."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.filters.state_aid import SHOWS, StateAidFilter
from cases.forms import state_aid as forms
from cases.models.state_aid import StateAid, StateAidKind
from cases.services.exports import STATE_AIDS
from cases.services.state_aid import steps
from cases.services.state_aid.kinds import KINDS, PAPERS
from cases.services.state_aid.opening import rule_of, state_aid_amend, state_aid_open
from cases.state_aid_permissions import can_keep_state_aid, can_list_state_aid, can_open_state_aid
from cases.state_aid_workflow import AWAITING, COUNTED, RUNNING, STATE_AID
from cases.views.filling import Filling, fill_in
from cases.views.finding import case_or_404, child_or_404
from departments.models.mechanisms import Transition
from departments.permissions import can_export_listing
from departments.views.clashes import Current
from departments.views.exporting import export_page
from departments.views.paging import page_of

BOTH = require_http_methods(["GET", "POST"])
EXPORTED = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 30
# The form and the service of each step, and what is said when it is done.
STEPS: dict[str, tuple[Any, Any, Any]] = {
    "file": (
        forms.FileForm,
        steps.state_aid_file,
        _("已登记递交。到应答复日期会在今日工作里提醒。"),
    ),
    "accept": (forms.NextForm, steps.state_aid_accept, _("已登记受理。")),
    "ask_papers": (forms.AskPapersForm, steps.state_aid_ask_papers, _("已登记要补的材料。")),
    "hand_in": (forms.NextForm, steps.state_aid_hand_in, _("已登记补交。")),
    "notice": (forms.NextForm, steps.state_aid_notice, _("已登记公示。")),
    "grant": (
        forms.GrantForm,
        steps.state_aid_grant,
        _("已登记批准；金额计入个案的费用缺口。"),
    ),
    "refuse": (forms.RefuseForm, steps.state_aid_refuse, _("已登记未批准。")),
    "receive": (forms.ReceiveForm, steps.state_aid_receive, _("已登记到账。")),
    "appeal": (forms.AppealForm, steps.state_aid_appeal, _("已登记复核申请。")),
    "end": (forms.EndForm, steps.state_aid_end, _("已终止办理。")),
}
STATUS_FORMS = {"grant": forms.GrantStatusForm, "receive": forms.ReceiveStatusForm}


def _aid_or_404(request: HttpRequest, uid: uuid.UUID) -> StateAid:
    return child_or_404(request, StateAid.objects.visible_to(request.user), uid)


def _at(aid: StateAid) -> str:
    return reverse("cases:state_aid", args=[aid.uid])


# ── the list ─────────────────────────────────────────────────────────────────


@require_GET
def state_aids(request: HttpRequest) -> HttpResponse:
    """Every application of the cases one may open, the latest first, with the sums of what is shown."""
    if not can_list_state_aid(request.user):
        raise Http404
    asked = StateAidFilter(request.GET)
    rows = asked.narrow(StateAid.objects.visible_to(request.user))
    sums = rows.order_by().aggregate(
        applied=Sum("applied"), granted=Sum("granted"), received=Sum("received")
    )
    joined = rows.select_related("case__client__root", "case__worker")
    context = page_of(request, joined, order=("-id",), size=PAGE) | {
        "asked": asked,
        "tabs": [
            {"label": label, "url": _list_url(asked, show=key), "is_now": key == asked.show}
            for key, label in SHOWS
        ],
        "sums": sums,
        "today": timezone.localdate(),
        "awaiting": AWAITING,
        "chosen": StateAidKind(asked.kind).label if asked.kind else "",
        "kinds": [(label, _list_url(asked, kind=code)) for code, label in StateAidKind.choices],
        "without_kind": _list_url(asked, kind=""),
        "export_url": _export_url(request, asked),
    }
    return render(request, "cases/state_aids.html", context)


def _list_url(asked: StateAidFilter, **more: str) -> str:
    query = urlencode(asked.query(**more))
    return reverse("cases:state_aids") + (f"?{query}" if query else "")


def _export_url(request: HttpRequest, asked: StateAidFilter) -> str:
    if not can_export_listing(request.user, STATE_AIDS):
        return ""
    return f"{reverse('cases:state_aids_export')}?{urlencode(asked.query())}"


@EXPORTED
def export(request: HttpRequest) -> HttpResponse:
    """The list under its conditions, whole."""
    asked = StateAidFilter(request.GET)
    rows = asked.narrow(StateAid.objects.visible_to(request.user))
    rows = rows.select_related("case__client__root", "case__worker").newest()
    back = _list_url(asked)
    return export_page(request, listing=STATE_AIDS, rows=rows, heading=_("国家救助"), back=back)


# ── on a case ────────────────────────────────────────────────────────────────


@require_GET
def panel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The place in the case page: the applications of the case and the button for a new one."""
    case = case_or_404(request, uid)
    rows = StateAid.objects.visible_to(request.user).filter(case=case).newest()
    context = {
        "case": case,
        "rows": rows,
        "today": timezone.localdate(),
        "awaiting": AWAITING,
        "can_open": case.is_open and can_open_state_aid(request.user, case),
    }
    return render(request, "cases/_state_aids.html", context)


@BOTH
def state_aid_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Begin an application for the person of a case."""
    case = case_or_404(request, uid)
    is_alone = case.client is not None and case.client.is_unidentified
    initial = {"kind": StateAidKind.EMERGENCY, "applicant": "hospital"} if is_alone else {}
    return fill_in(
        request,
        Filling(
            page="cases/state_aid_new.html",
            form=forms.StateAidForm,
            service=state_aid_open,
            given={"case": case},
            initial=initial,
            to=_at,
            done=_("已建立申请，材料清单按种类列出。"),
            draft="cases-state_aid",
            subject=uid,
            context={"case": case, "heading": _("申请国家救助"), "kinds": _kinds()},
        ),
    )


def _kinds() -> list[dict[str, Any]]:
    """Each kind with its way and its usual papers in words."""
    return [
        {
            "label": label,
            "rule": KINDS[code],
            "papers": [PAPERS[one] for one in KINDS[code].papers],
        }
        for code, label in StateAidKind.choices
    ]


# ── one application ──────────────────────────────────────────────────────────


@require_GET
def state_aid(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One application: what is missing, what may be done next, its course."""
    aid = _aid_or_404(request, uid)
    return render(request, "cases/state_aid.html", _page(request.user, aid))


def _page(user: Any, aid: StateAid) -> dict[str, Any]:
    can_keep = can_keep_state_aid(user, aid.case)
    moves = Transition.objects.visible_to(user).of(aid).select_related("actor").order_by("at", "id")
    given = sum(day is not None for day in aid.papers.values())
    return {
        "aid": aid,
        "case": aid.case,
        "rule": rule_of(aid),
        "papers": [(PAPERS[code], aid.papers[code]) for code in PAPERS if code in aid.papers],
        "given_of": f"{given} / {len(aid.papers)}",
        "steps": [step for step in STATE_AID.open_steps(aid) if can_keep],
        "can_edit": can_keep and aid.state in RUNNING,
        "is_late": aid.state in AWAITING
        and aid.answer_due_on is not None
        and aid.answer_due_on < timezone.localdate(),
        "is_counted": aid.state in COUNTED and aid.granted is not None,
        "moves": [
            {
                "title": _("建立申请") if move.step == "open" else STATE_AID.step(move.step).label,
                "at": move.at,
                "who": move.actor.display_name if move.actor else "",
                "reason": move.reason or "",
            }
            for move in moves
        ],
    }


@BOTH
def state_aid_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Papers, sum and dates; two people's changes are shown side by side."""
    aid = _aid_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/state_aid_edit.html",
            form=forms.StateAidEditForm,
            service=state_aid_amend,
            given={"aid": aid},
            to=_at(aid),
            done=_("已保存。"),
            draft="cases-state_aid_edit",
            subject=aid.uid,
            current=lambda: _current(request, uid),
            context={"case": aid.case, "aid": aid, "heading": _("材料、金额与日期")},
        ),
    )


def _current(request: HttpRequest, uid: uuid.UUID) -> Current:
    now = _aid_or_404(request, uid)
    values = {
        "authority": now.authority,
        "papers": list(now.papers),
        "handed_in": [code for code, day in now.papers.items() if day],
        "applied": now.applied,
        "answer_due_on": now.answer_due_on,
        "next_on": now.next_on,
    }
    return Current(now.row_version, values, at=now.updated_at)


@BOTH
def state_aid_step(request: HttpRequest, uid: uuid.UUID, step: str) -> HttpResponse:
    """One step of the authority, or of the family, as it was."""
    if step not in STEPS:
        raise Http404
    aid = _aid_or_404(request, uid)
    form, service, done = STEPS[step]
    return fill_in(
        request,
        Filling(
            page="cases/state_aid_step.html",
            form=STATUS_FORMS.get(step, form) if rule_of(aid).is_status else form,
            service=service,
            given={"aid": aid},
            initial=_initial(aid, step),
            to=_at(aid),
            done=done,
            context=_step_page(aid, step),
        ),
    )


def _step_page(aid: StateAid, step: str) -> dict[str, Any]:
    return {
        "case": aid.case,
        "aid": aid,
        "heading": STATE_AID.step(step).label,
        "rule": rule_of(aid),
        "step": step,
        "back_url": _at(aid),
    }


def _initial(aid: StateAid, step: str) -> dict[str, Any]:
    if step == "ask_papers":
        return {"papers": [code for code, day in aid.papers.items() if not day]}
    if step == "receive":
        return {"received": aid.granted}
    return {}
