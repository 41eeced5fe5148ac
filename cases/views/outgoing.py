"""Referrals to somebody else: the list, one with its course, the draft, the sending and what follows."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.form_permissions import can_print_case
from cases.forms.closing import ConfirmForm
from cases.forms.outgoing import OutgoingForm, RemindForm, SendForm
from cases.forms.referrals import ReasonForm
from cases.models.casework import Case, Referral
from cases.models.codes import ConsentKind
from cases.models.consents import ConsentTemplate
from cases.referral_permissions import can_cancel_referral, can_draft_referral, can_send_referral
from cases.services import outgoing as services
from cases.services.copy_bundles import MIME, bundle_take, party_of
from cases.services.minding import minded_of
from cases.services.referral_copies import share_consent
from cases.services.referral_targets import has_inbox, receiver_of
from cases.views.copy_words import copy_lines
from cases.views.documents import attach
from cases.views.filling import Filling, fill_in
from cases.views.finding import CASE_JOINS, case_or_404
from cases.workflow import ReferralState
from departments.models.mechanisms import Transition
from departments.models.organizations import Organization
from departments.models.resources import ResourceService
from departments.views.clashes import Current
from msw_portal.kernel import keyset
from msw_portal.kernel.pictures import code_picture

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30
RECEIVERS = (
    "hospital",
    "community_health",
    "public_health",
    "foundation",
    "association",
    "agency",
    "government",
    "volunteer_body",
)
WAITING = (ReferralState.DRAFT, ReferralState.SENT, ReferralState.ACCEPTED)
SHOWS = (("", _("在办")), ("done", _("已了结")))
WORDS = {
    "draft": _("起草"),
    "send": _("发出"),
    "remind": _("催复"),
    "accept": _("对方受理"),
    "refuse": _("对方不受理"),
    "done": _("对方办完"),
    "no_help": _("对方没能帮上"),
    "cancel": _("取消"),
}


def outgoing_or_404(request: HttpRequest, uid: uuid.UUID) -> Referral:
    rows = Referral.objects.visible_to(request.user).outgoing()
    joins = (
        "to_organization",
        "to_service",
        "disclosure__organization",
        "reply_link",
        "consent",
        "from_department",
    )
    rows = rows.select_related(*joins, "case", *(f"case__{name}" for name in CASE_JOINS))
    return get_object_or_404(rows, uid=uid)


@require_GET
def outgoings(request: HttpRequest) -> HttpResponse:
    """Every outgoing referral of the cases the person may open, the latest first."""
    show = "done" if request.GET.get("show") == "done" else ""
    rows = Referral.objects.visible_to(request.user).outgoing()
    rows = rows.exclude(state__in=WAITING) if show else rows.filter(state__in=WAITING)
    rows = rows.select_related("case__client__root", "to_organization")
    after, before = request.GET.get("after"), request.GET.get("before")
    try:
        page = keyset.page(rows, order=("-id",), after=after, before=before, size=PAGE)
    except keyset.BadCursor:
        page = keyset.page(rows, order=("-id",), size=PAGE)
    here = reverse("cases:outgoings")
    link = f"{here}?show={show}&" if show else f"{here}?"
    context = {
        "show": show,
        "tabs": [
            {"label": label, "url": f"{here}?show={key}" if key else here, "is_now": key == show}
            for key, label in SHOWS
        ],
        "rows": [{"row": one, "to": receiver_of(one)} for one in page.rows],
        "today": timezone.localdate(),
        "before_url": f"{link}before={page.previous}" if page.previous else "",
        "after_url": f"{link}after={page.next}" if page.next else "",
    }
    return render(request, "cases/outgoings.html", context)


def _page(request: HttpRequest, one: Referral) -> dict[str, Any]:
    user, case = request.user, one.case
    mine = can_send_referral(user, one)
    moves = Transition.objects.visible_to(user).of(one).select_related("actor").order_by("at", "id")
    is_draft, is_sent = one.state == ReferralState.DRAFT, one.state == ReferralState.SENT
    awaits = one.state in (ReferralState.SENT, ReferralState.ACCEPTED)
    return {
        "referral": one,
        "case": case,
        "to": receiver_of(one),
        "is_inside": has_inbox(one.to_organization),
        "consent": share_consent(one) if is_draft else one.consent,
        "can_send": is_draft and mine,
        "can_print": can_print_case(user, case),
        "can_remind": is_sent and mine,
        "can_relink": awaits and one.reply_link_id is not None and mine,
        "can_cancel": (is_draft or is_sent) and can_cancel_referral(user, one),
        "copy": copy_lines(one.disclosure.payload) if _has_copy(one) else [],
        "moves": [
            {
                "title": str(WORDS.get(move.step, move.step)),
                "at": move.at,
                "who": move.actor.display_name if move.actor else receiver_of(one),
                "reason": move.reason or "",
            }
            for move in moves
        ],
        "is_late": is_sent
        and one.reply_due_on is not None
        and one.reply_due_on < timezone.localdate(),
    }


def _has_copy(one: Referral) -> bool:
    return one.disclosure is not None and one.disclosure.payload is not None


@require_GET
def outgoing(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One referral: what went out, on what ground, what came back."""
    return render(request, "cases/outgoing.html", _page(request, outgoing_or_404(request, uid)))


def _houses(request: HttpRequest) -> Any:
    rows = Organization.objects.visible_to(request.user).filter(kind__in=RECEIVERS)
    return rows.exclude(pk=request.user.house_id).order_by("name")


def _offered(request: HttpRequest, case: Case, one: Referral | None = None) -> dict[str, Any]:
    """Whom and what can be chosen; `?service=` is what was just picked in the directory.

    Of the directory only that and what already stands on the page: it has a page of its own.
    """
    rows = ResourceService.objects.visible_to(request.user).select_related("provider")
    houses = _houses(request)
    picked = request.POST.get("to_service") or request.GET.get("service") or ""
    try:
        chosen = rows.filter(uid=uuid.UUID(picked)).first() if picked else None
    except ValueError:
        chosen = None
    known = [row.pk for row in (chosen, one.to_service if one else None) if row is not None]
    if chosen is not None and chosen.provider.kind not in RECEIVERS:
        houses = houses | Organization.objects.visible_to(request.user).filter(
            pk=chosen.provider_id
        )
    return {
        "organizations": houses,
        "services": rows.filter(pk__in=known),
        "chosen": None if request.method == "POST" else chosen,
    }


def _address(made: Referral) -> str:
    return reverse("cases:outgoing", args=[made.uid])


@BOTH
def outgoing_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """F6: a draft; nothing leaves yet."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/outgoing_form.html",
            form=OutgoingForm,
            service=services.referral_draft,
            given={"case": case},
            form_args=_offered(request, case),
            draft="cases-outgoing",
            subject=case.uid,
            to=_address,
            done=_("转介单已存为草稿，核对后发出。"),
            context={
                "case": case,
                "heading": _("转介给他处"),
                "may": can_draft_referral(request.user, case),
            },
        ),
    )


@BOTH
def outgoing_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The draft once more."""
    one = outgoing_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/outgoing_form.html",
            form=OutgoingForm,
            service=services.referral_rewrite,
            given={"referral": one},
            form_args=_offered(request, one.case, one),
            current=lambda: _current(request, one),
            to=_address,
            done=_("草稿已改。"),
            draft="cases-outgoing_edit",
            subject=one.uid,
            context={"case": one.case, "heading": _("修改转介单")},
        ),
    )


def _current(request: HttpRequest, one: Referral) -> Current:
    rows = Referral.objects.visible_to(request.user).select_related("to_organization", "to_service")
    now = rows.get(pk=one.pk)
    names = ("to_text", "needs", "reason", "urgency", "reply_due_on", "follow_up_on")
    values = {name: getattr(now, name) for name in (*names, "client_aware")}
    values["to_organization"] = now.to_organization.uid if now.to_organization else None
    values["to_service"] = now.to_service.uid if now.to_service else None
    return Current(now.row_version, values, at=now.updated_at)


@BOTH
def outgoing_send(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """On what ground and with which facts; the address for the answer stands on the next page only."""
    one = outgoing_or_404(request, uid)
    consent = share_consent(one)
    given = {"consented": consent.items if consent else None}
    context = _page(request, one) | {
        "heading": _("发出转介单"),
        "consent": consent,
        "consent_url": "" if consent else _consent_url(request, one),
        "warnings": minded_of(one.case.client),
    }
    if request.method != "POST":
        form = SendForm(**given)
        return render(request, "cases/outgoing_send.html", context | {"form": form})
    form = SendForm(request.POST, **given)
    if not form.command(services.referral_send, referral=one, by=request.user):
        status = form.refusal.status if form.refusal and form.refusal.status == 409 else 422
        return render(request, "cases/outgoing_send.html", context | {"form": form}, status=status)
    return _sent(request, form.result)


def _consent_url(request: HttpRequest, one: Referral) -> str:
    """Where the person agrees to tell this receiver; from there the way leads back to sending."""
    texts = ConsentTemplate.objects.visible_to(request.user).in_use()
    text = texts.filter(kind=ConsentKind.SHARE_TO_ORG).first()
    url = reverse("cases:consent_new", args=[one.case.uid])
    return f"{url}?template={text.uid}&outgoing={one.uid}" if text else url


def _sent(request: HttpRequest, sent: services.Sent) -> HttpResponse:
    address = ""
    if sent.token:
        address = request.build_absolute_uri(reverse("doors:reply", args=[sent.token]))
    context = {
        "referral": sent.referral,
        "case": sent.referral.case,
        "to": receiver_of(sent.referral),
        "address": address,
        "picture": code_picture(address) if address else "",
    }
    return render(request, "cases/outgoing_sent.html", context)


@require_POST
def outgoing_relink(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new address in place of a lost one."""
    one = outgoing_or_404(request, uid)
    form = ConfirmForm(request.POST)
    if not form.command(services.referral_relink, referral=one, by=request.user):
        context = _page(request, one) | {"form": form}
        return render(request, "cases/outgoing.html", context, status=422)
    return _sent(request, form.result)


@require_POST
def outgoing_fhir(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The copy as the receiver's system reads it, for the sender."""
    one = outgoing_or_404(request, uid)
    if one.disclosure is None:
        raise Http404
    form = ConfirmForm(request.POST)
    receiver = party_of(one.to_organization, one.to_text)
    given = {"disclosure": one.disclosure, "state": one.state, "receiver": receiver}
    if not form.command(bundle_take, **given, by=request.user):
        context = _page(request, one) | {"form": form}
        return render(request, "cases/outgoing.html", context, status=409)
    return attach(f"{_('转介单')} {one.sent_at:%Y-%m-%d}.json", form.result, MIME)


def _by_reason(request: HttpRequest, uid: uuid.UUID, **sheet: Any) -> HttpResponse:
    one = outgoing_or_404(request, uid)
    heading = sheet.pop("heading")
    return fill_in(
        request,
        Filling(
            page="cases/case_reason.html",
            given={"referral": one},
            to=_address(one),
            context={"case": one.case, "heading": heading, "button": heading},
            **sheet,
        ),
    )


@BOTH
def outgoing_remind(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The receiver was asked again."""
    return _by_reason(
        request,
        uid,
        form=RemindForm,
        service=services.referral_remind,
        heading=_("记一次催复"),
        done=_("已记下。"),
    )


@BOTH
def outgoing_cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Take it back: the copy is emptied."""
    return _by_reason(
        request,
        uid,
        form=ReasonForm,
        service=services.referral_cancel,
        heading=_("取消转介"),
        done=_("已取消，提供的副本已清空。"),
    )
