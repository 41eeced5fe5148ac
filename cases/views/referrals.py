"""The door: what was asked for, who takes it on, what becomes of it, and the case opened from it."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.filters.referrals import REFERRAL_FIELDS
from cases.forms.closing import ConfirmForm
from cases.forms.people import RevealForm
from cases.forms.referrals import AnswerForm, DiscardForm, OpenForm, ReferralForm
from cases.models.activities import ActivityLine
from cases.models.casework import Referral
from cases.models.codes import CaseSource
from cases.models.people import Client, Episode
from cases.permissions import can_receive_referral
from cases.services.activities import line_promote
from cases.services.caseloads import load_of
from cases.services.copy_bundles import MIME, bundle_take, party_of
from cases.services.disclosures import disclosure_read
from cases.services.intake import case_open
from cases.services.receipts import ReferrerAnswer
from cases.services.referrals import (
    referral_claim,
    referral_discard,
    referral_receive,
    referral_refuse,
    referral_release,
    referral_return,
    referral_reveal,
)
from cases.views.copy_words import copy_lines
from cases.views.documents import attach
from cases.views.doors import arrived_copy, inbox_page, referral_page
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, client_or_404, referral_or_404
from cases.views.persons import case_lines, case_rows
from departments.models.doors import InboxItem
from departments.models.organizations import Department
from departments.views.list_box import asked_of, is_settled, with_query
from msw_portal.kernel.htmx import answer

BOTH = require_http_methods(["GET", "POST"])
PLACES = ("ward", "clinical")


@BOTH
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits, the most urgent first; `?show=mine` and `?show=done` for the rest."""
    query = asked_of(request, REFERRAL_FIELDS)
    if is_settled(request, query):
        return redirect(with_query(request, query))
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/referrals.html", inbox_page(request, query), status=status)


@BOTH
def referral_new(request: HttpRequest) -> HttpResponse:
    """A worker writes down what a ward, a caller or a consultation asks for."""
    if not can_receive_referral(request.user):
        raise Http404
    departments = Department.objects.visible_to(request.user).filter(
        organization_id=request.user.house_id, kind__in=PLACES, ended_on__isnull=True
    )
    person = _named(request, Client.objects.visible_to(request.user), "client")
    return fill_in(
        request,
        Filling(
            page="cases/referral_new.html",
            form=ReferralForm,
            service=referral_receive,
            given={"client": person},
            form_args={"departments": departments.order_by("name")},
            draft="cases-referral",
            subject=person.uid if person else None,
            to=lambda made: reverse("cases:referral", args=[made.uid]),
            done=_("转介已登记，时限开始计算。"),
            context={"client": person},
        ),
    )


@require_GET
def referral(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One referral, and what may be done with it; an outgoing one has a page of its own."""
    one = referral_or_404(request, uid)
    if one.direction == Referral.Direction.OUT:
        return redirect("cases:outgoing", one.uid)
    return render(request, "cases/referral.html", referral_page(request.user, one))


@require_POST
def copy(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The copy another hospital sent with it: opened by a click, counted and written down there."""
    one = referral_or_404(request, uid)
    found = arrived_copy(request.user, one)
    context = referral_page(request.user, one)
    if found is not None:
        context["copy"] = copy_lines(disclosure_read(disclosure=found, by=request.user))
    return render(request, "cases/referral.html", context)


@require_POST
def copy_fhir(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The same copy for the hospital's own systems."""
    one = referral_or_404(request, uid)
    found = arrived_copy(request.user, one)
    if found is None:
        raise Http404
    receiver = party_of(found.recipient, "")
    content = bundle_take(disclosure=found, state=one.state, receiver=receiver, by=request.user)
    return attach(f"{_('转介单')} {one.received_at:%Y-%m-%d}.json", content, MIME)


def _one_click(
    request: HttpRequest, uid: uuid.UUID, service: Any, to: str, done: Any
) -> HttpResponse:
    one = referral_or_404(request, uid)
    form = ConfirmForm(request.POST)
    ok = form.command(service, referral=one, by=request.user)
    context = referral_page(request.user, referral_or_404(request, uid)) | {"form": form}
    return answer(request, "cases/referral.html", context, ok=ok, to=to, done=str(done))


@require_POST
def claim(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """接单: the response time is measured from here."""
    to = reverse("cases:referral", args=[uid])
    return _one_click(request, uid, referral_claim, to, _("已接单。"))


@require_POST
def release(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Back to the inbox for somebody else; the clock has gone on."""
    to = reverse("cases:referrals")
    return _one_click(request, uid, referral_release, to, _("已放回收件箱，时限照旧。"))


def _end(request: HttpRequest, uid: uuid.UUID, **sheet: Any) -> HttpResponse:
    one = referral_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/referral_reason.html",
            given={"referral": one},
            to=reverse("cases:referrals"),
            context={"referral": one, "heading": sheet.pop("heading")},
            **sheet,
        ),
    )


@BOTH
def refuse(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Not for this department, with the reason."""
    return _end(
        request,
        uid,
        form=AnswerForm,
        service=referral_refuse,
        heading=_("不受理"),
        done=_("已记为不受理。"),
    )


@BOTH
def give_back(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Back to the sender for what is missing."""
    return _end(
        request,
        uid,
        form=AnswerForm,
        service=referral_return,
        initial={"answer": ReferrerAnswer.MORE_NEEDED},
        heading=_("退回补充"),
        done=_("已退回。"),
    )


@BOTH
def discard(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Rubbish from a door without an account."""
    return _end(
        request,
        uid,
        form=DiscardForm,
        service=referral_discard,
        heading=_("丢弃"),
        done=_("已丢弃，不计入统计。"),
    )


@require_POST
def reveal(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Name and telephone as they were sent; the reason stays in the audit."""
    one = referral_or_404(request, uid)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return render(request, "cases/_sentence.html", {"form": form}, status=422)
    shown = referral_reveal(referral=one, reason=form.sentence, by=request.user)
    value = " · ".join(part for part in shown.values() if part)
    return render(request, "components/revealed.html", {"value": value})


def _named(request: HttpRequest, rows: Any, name: str) -> Any:
    """The row an address parameter names; nothing without it, 404 when it is not visible."""
    asked = request.GET.get(name, "")
    if not asked:
        return None
    try:
        return get_object_or_404(rows, uid=uuid.UUID(asked))
    except ValueError:
        return get_object_or_404(rows.none())


@BOTH
def open_case(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A case for a person, from a referral or from the worker's own finding."""
    person = client_or_404(request, uid)
    asked = _named(
        request,
        Referral.objects.visible_to(request.user).select_related("from_department", "inbox_item"),
        "referral",
    )
    line = _named(
        request,
        ActivityLine.objects.visible_to(request.user).select_related("activity__ward"),
        "line",
    )
    return fill_in(request, _opening(request, person, asked, line))


def _opening(
    request: HttpRequest, person: Client, asked: Referral | None, line: ActivityLine | None
) -> Filling:
    houses = Department.objects.visible_to(request.user).filter(
        organization_id=request.user.house_id
    )
    department = get_object_or_404(houses, pk=request.user.acting.department_id)
    lines = case_lines(request.user, case_rows(request.user, [person.root_id]))[person.root_id]
    stays = Episode.objects.visible_to(request.user).filter(client=person).select_related("ward")
    return Filling(
        page="cases/open.html",
        form=OpenForm,
        service=case_open if line is None else line_promote,
        draft="cases-open",
        subject=person.uid,
        given={"client": person, "referral": asked, "department": department}
        | ({} if line is None else {"line": line}),
        form_args={
            "episodes": stays.order_by("-admitted_on", "-id"),
            "has_open_case": any(line.case.is_open for line in lines),
        },
        initial=_from_referral(asked) if line is None else _from_line(line),
        to=address_of,
        done=_("已开案，等待受理。"),
        context={
            "client": person,
            "referral": asked,
            "line": line,
            "cases": lines,
            "load": load_of(request.user, department),
        },
    )


def _from_referral(asked: Referral | None) -> dict[str, Any]:
    if asked is None:
        return {}
    return {
        "source": _source_of(asked),
        "presenting_problem": asked.reason,
        "priority": asked.urgency,
    }


def _source_of(asked: Referral) -> str:
    """Who asked: by the ward's code for patients it was the patient or somebody for them, not the ward."""
    item = asked.inbox_item
    if item is not None and item.kind == InboxItem.Kind.SELF_REQUEST:
        is_own = item.payload.get("who") == "patient"
        return CaseSource.SELF_REQUEST if is_own else CaseSource.FAMILY_REQUEST
    return CaseSource.CLINICIAN_REFERRAL if asked.from_department_id else CaseSource.OTHER


def _from_line(line: ActivityLine) -> dict[str, Any]:
    need = line.get_need_display() if line.need else ""
    said = "；".join(str(part) for part in (need, line.note) if part)
    return {"source": CaseSource.OUTREACH, "presenting_problem": said}
