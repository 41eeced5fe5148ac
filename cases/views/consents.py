"""Consents: the text first, then the signature; taken back as easily."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.forms.consents import BasisForm, ConsentForm, NoticeForm, WithdrawForm
from cases.models.casework import Case
from cases.models.codes import ConsentKind, ConsentMethod, Relation
from cases.models.consents import ConsentTemplate
from cases.services.consent_notices import consent_note_notice
from cases.services.consents import (
    consent_give,
    consent_withdraw,
    needs_guardian,
)
from cases.services.minding import minded_of
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404, consent_or_404
from cases.views.persons import relatives_of, relatives_rows
from departments.models.mechanisms import Document
from departments.models.organizations import Organization

RECIPIENTS = (
    "foundation",
    "association",
    "agency",
    "government",
    "hospital",
    "community_health",
    "volunteer_body",
)


@require_http_methods(["GET", "POST"])
def consent_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Without `?template=` the published texts to choose from, with it the text in full and its signature."""
    case = case_or_404(request, uid)
    texts = ConsentTemplate.objects.visible_to(request.user)
    asked = request.GET.get("template", "")
    if not asked:
        order = ConsentKind.values
        shown = sorted(texts.in_use(), key=lambda text: order.index(text.kind))
        context = {"case": case, "texts": shown, "heading": _("登记同意书")}
        return render(request, "cases/consent_texts.html", context)
    text = get_object_or_404(texts.filter(published_at__isnull=False), uid=_uid(asked))
    return fill_in(request, _sheet(request, case, text))


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _sheet(request: HttpRequest, case: Case, text: ConsentTemplate) -> Filling:
    minor = needs_guardian(case.client, text, timezone.localdate())
    houses = Organization.objects.visible_to(request.user).on_ground_of(request.user)
    houses = houses.filter(kind__in=RECIPIENTS)
    papers = Document.objects.visible_to(request.user).of(case)
    return Filling(
        page="cases/consent_new.html",
        form=ConsentForm,
        service=consent_give,
        given={"client": case.client, "case": case, "kind": text.kind, "template": text},
        form_args={
            "template": text,
            "needs_guardian": minor,
            "documents": papers.order_by("-id"),
            "recipients": houses.exclude(pk=request.user.house_id).order_by("name"),
        },
        to=reverse("cases:consents", args=[case.uid]),
        done=_("同意书已登记。"),
        draft=f"cases-consent-{text.kind}",
        subject=case.uid,
        context={
            "case": case,
            "text": text,
            "heading": text.title,
            "needs_guardian": minor,
            "warnings": minded_of(case.client),
            "guardians": relatives_of(
                relatives_rows(request.user, case.client).filter(is_guardian=True)
            ),
        },
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Taking a consent back empties every copy given under it, at once."""
    consent = consent_or_404(request, uid)
    case = consent.case
    page = "cases/consent_withdraw.html" if case else "cases/consent_withdraw_person.html"
    context = {"consent": consent, "case": case, "client": consent.client, "heading": _("撤回同意")}
    return fill_in(
        request,
        Filling(
            page=page,
            form=WithdrawForm,
            service=consent_withdraw,
            given={"consent": consent},
            to=address_of(case) if case else reverse("cases:client", args=[consent.client.uid]),
            done=_("同意已撤回，据此提供的副本已清空。"),
            context=context,
        ),
    )


@require_http_methods(["GET", "POST"])
def consent_basis(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The matter of one text without a signature: the emergency, or another basis of the law."""
    case = case_or_404(request, uid)
    text = _text_without_signature(request)
    return fill_in(
        request,
        Filling(
            page="cases/consent_basis.html",
            form=BasisForm,
            service=consent_give,
            given=_unsigned(request, case, text),
            to=reverse("cases:consents", args=[case.uid]),
            done=_("处理依据已登记。"),
            context={"case": case, "text": text, "heading": _("没有取得同意时的处理依据")},
        ),
    )


def _text_without_signature(request: HttpRequest) -> ConsentTemplate:
    """The text `?template=` names, the service text without it; sharing always needs a signature."""
    texts = ConsentTemplate.objects.visible_to(request.user).exclude(kind=ConsentKind.SHARE_TO_ORG)
    if asked := request.GET.get("template", ""):
        return get_object_or_404(texts.filter(published_at__isnull=False), uid=_uid(asked))
    return get_object_or_404(texts.filter(kind=ConsentKind.SERVICE).in_use())


def _unsigned(request: HttpRequest, case: Case, text: ConsentTemplate) -> dict[str, Any]:
    """What stands in the row instead of a signature: who decided."""
    return {
        "client": case.client,
        "case": case,
        "kind": text.kind,
        "template": text,
        "purpose": text.title,
        "signer": request.user.display_name,
        "signer_relation": Relation.OTHER,
        "method": ConsentMethod.NOT_ASKED,
    }


@require_http_methods(["GET", "POST"])
def consent_notice(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The person is told afterwards what was done in the emergency."""
    consent = consent_or_404(request, uid)
    if consent.case is None:
        raise Http404
    return fill_in(
        request,
        Filling(
            page="cases/consent_notice.html",
            form=NoticeForm,
            service=consent_note_notice,
            given={"consent": consent},
            to=reverse("cases:consents", args=[consent.case.uid]),
            done=_("事后告知已登记。"),
            context={"consent": consent, "case": consent.case, "heading": _("补办告知")},
        ),
    )
