"""Sharing inside the hospital: the worker opens parts of a case, the clinician reads what is open."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.consent_permissions import can_list_shared
from cases.forms.mdt import ShareForm
from cases.models.casework import Case
from cases.models.codes import ConsentKind, DisclosureLevel
from cases.models.consents import ConsentTemplate, Disclosure
from cases.services import mdt
from cases.services.disclosures import disclosure_read
from cases.views.filling import Filling, fill_in
from cases.views.finding import case_or_404
from departments.views.paging import page_of
from msw_portal.kernel.htmx import go_to

PAGE = 30


def _consent_url(request: HttpRequest, case: Case) -> str:
    """Where the consent that is missing is signed: its own text, when the house has one."""
    texts = ConsentTemplate.objects.visible_to(request.user).in_use()
    text = texts.filter(kind=ConsentKind.MDT_SHARE).first()
    where = reverse("cases:consent_new", args=[case.uid])
    return f"{where}?template={text.uid}" if text else where


@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    case = case_or_404(request, uid)
    consent = mdt.mdt_consent(case)
    return fill_in(
        request,
        Filling(
            page="cases/mdt_share.html",
            form=ShareForm,
            form_args={
                "people": mdt.clinicians(by=request.user),
                "items": consent.items if consent else [],
            },
            service=mdt.mdt_share,
            given={"case": case},
            to=reverse("cases:team", args=[case.uid]),
            done=_("已共享，对方收到通知。"),
            context={
                "case": case,
                "consent": consent,
                "consent_url": _consent_url(request, case),
                "heading": _("共享给医护"),
                "button": _("共享"),
                "lead": _("对方只看到勾选的内容，到期、撤回同意或收回后即看不到。"),
            },
        ),
    )


def _share_or_404(request: HttpRequest, case: Case) -> Disclosure:
    """The live share of the case that the posted `share` names."""
    wanted = request.POST.get("share", "")
    for one in mdt.mdt_shares(case, by=request.user):
        if str(one.uid) == wanted:
            return one
    raise Http404


@require_POST
def unshare(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Take one share of the case back."""
    case = case_or_404(request, uid)
    mdt.mdt_unshare(disclosure=_share_or_404(request, case), case=case, by=request.user)
    return go_to(request, reverse("cases:team", args=[case.uid]))


@require_POST
def renew(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Bring one share of the case up to date."""
    case = case_or_404(request, uid)
    mdt.mdt_renew(disclosure=_share_or_404(request, case), case=case, by=request.user)
    messages.success(request, _("已更新，对方收到通知。"))
    return go_to(request, reverse("cases:team", args=[case.uid]))


@require_GET
def shared(request: HttpRequest) -> HttpResponse:
    """For a clinician: everything that is open now."""
    if not can_list_shared(request.user):
        raise Http404
    rows = Disclosure.objects.visible_to(request.user).filter(level=DisclosureLevel.MDT)
    context = page_of(request, rows.select_related("created_by"), order=("-id",), size=PAGE)
    context["lines"] = [(one, mdt.share_labels(one.fields)) for one in context["rows"]]
    return render(request, "cases/mdt_shared.html", context)


@require_GET
def shared_case(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One share, read: an entry in the audit each time."""
    if not can_list_shared(request.user):
        raise Http404
    rows = Disclosure.objects.visible_to(request.user).filter(level=DisclosureLevel.MDT)
    one = get_object_or_404(rows.select_related("created_by", "consent"), uid=uid)
    lines = mdt.share_lines(disclosure_read(disclosure=one, by=request.user))
    return render(request, "cases/mdt_shared_case.html", {"share": one, "lines": lines})
