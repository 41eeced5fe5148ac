"""Consents: the text first, then the signature; taken back as easily."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.forms.consents import BasisForm, ConsentForm, NoticeForm, WithdrawForm
from cases.models.casework import Case, Referral
from cases.models.codes import ConsentKind, ConsentMethod, Relation
from cases.models.consents import Consent, ConsentTemplate
from cases.models.people import Client
from cases.services.consent_notices import consent_note_notice
from cases.services.consents import (
    consent_give,
    consent_withdraw,
    guardian_asked,
)
from cases.services.minding import minded_of
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404, client_or_404, consent_or_404
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
    "public_health",
    "volunteer_body",
)


@dataclass(frozen=True)
class About:
    """Whose consents: of a person within a case, or of the person as a whole."""

    client: Client
    case: Case | None = None

    @property
    def uid(self) -> uuid.UUID:
        return self.case.uid if self.case else self.client.uid

    @property
    def suffix(self) -> str:
        """What tells the drafts of a person from those of a case."""
        return "" if self.case else "_person"

    def url(self, name: str) -> str:
        """The address `cases:<name>` of the case, `cases:client_<name>` of the person."""
        return reverse(f"cases:{name}" if self.case else f"cases:client_{name}", args=[self.uid])

    @property
    def context(self) -> dict[str, Any]:
        """What the pages need to stand beside the case or the person."""
        return {
            "client": self.client,
            "case": self.case,
            "form_page": "cases/case_form.html" if self.case else "cases/person_form.html",
            "new_url": self.url("consent_new"),
            "basis_url": self.url("consent_basis"),
        }


def about_case(request: HttpRequest, uid: uuid.UUID) -> About:
    case = case_or_404(request, uid)
    return About(case.client, case)


def about_person(request: HttpRequest, uid: uuid.UUID) -> About:
    """The person of a record; consents hang on the person and never on a merged double."""
    client = client_or_404(request, uid)
    return About(client if client.root_id == client.pk else client.root)


@require_http_methods(["GET", "POST"])
def consent_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Without `?template=` the published texts to choose from, with it the text in full and its signature."""
    return _choose_or_sign(request, about_case(request, uid))


@require_http_methods(["GET", "POST"])
def person_consent_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The same for a person as a whole, with or without a case."""
    return _choose_or_sign(request, about_person(request, uid))


def _choose_or_sign(request: HttpRequest, about: About) -> HttpResponse:
    texts = ConsentTemplate.objects.visible_to(request.user)
    asked = request.GET.get("template", "")
    if not asked:
        order = ConsentKind.values
        shown = sorted(texts.in_use(), key=lambda text: order.index(text.kind))
        own = Case.objects.none()
        if about.case is None:
            own = Case.objects.visible_to(request.user).of_person(about.client).open()
        context = {"texts": shown, "own_cases": own, "heading": _("登记同意书")}
        return render(request, "cases/consent_texts.html", about.context | context)
    text = get_object_or_404(texts.filter(published_at__isnull=False), uid=_uid(asked))
    return fill_in(request, _sheet(request, about, text, _given_before(request, about, text)))


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _given_before(request: HttpRequest, about: About, text: ConsentTemplate) -> Consent | None:
    """The consent `?again=` names, of the same person and kind: the new one takes its place."""
    if not (asked := request.GET.get("again", "")):
        return None
    mine = Consent.objects.visible_to(request.user).of_person(about.client).standing()
    rows = mine.filter(kind=text.kind, case=about.case).select_related("recipient")
    return get_object_or_404(rows, uid=_uid(asked))


def _referral_asking(request: HttpRequest, about: About) -> Referral | None:
    """The outgoing referral `?outgoing=` names, which waits for this consent: its receiver is known."""
    asked = _uid(request.GET.get("outgoing", ""))
    if asked is None or about.case is None:
        return None
    rows = Referral.objects.visible_to(request.user).outgoing().filter(case=about.case)
    return rows.select_related("to_organization").filter(uid=asked).first()


def _which(about: About, again: Consent | None, asking: Referral | None) -> str:
    """What tells the drafts of one text apart: for a receiver, anew, of a person, of a case."""
    if asking is not None:
        return "_asked"
    return "_again" if again else about.suffix


def _sheet(
    request: HttpRequest, about: About, text: ConsentTemplate, again: Consent | None
) -> Filling:
    client, case = about.client, about.case
    why = guardian_asked(client, text, timezone.localdate())
    houses = Organization.objects.visible_to(request.user).on_ground_of(request.user)
    houses = houses.filter(kind__in=RECIPIENTS)
    papers = Document.objects.visible_to(request.user).of(case or client)
    guardians = relatives_of(relatives_rows(request.user, client).filter(is_guardian=True))
    initial: dict[str, Any] = {}
    if again is not None:
        # The same matter as before: purpose and recipient decide which signature is replaced.
        to = again.recipient.uid if again.recipient else None
        initial = {"purpose": again.purpose, "recipient": to}
        initial["recipient_text"] = again.recipient_text
    asking = _referral_asking(request, about)
    if asking is not None:
        to = asking.to_organization.uid if asking.to_organization else None
        initial = {"recipient": to, "recipient_text": asking.to_text}
    return Filling(
        page="cases/consent_new.html",
        form=ConsentForm,
        service=consent_give,
        given={"client": client, "case": case, "kind": text.kind, "template": text},
        form_args={
            "template": text,
            "why_guardian": why,
            "documents": papers.filter(kind="consent").order_by("-id")
            if case is None
            else papers.order_by("-id"),
            "recipients": houses.exclude(pk=request.user.house_id).order_by("name"),
        },
        initial=initial,
        to=reverse("cases:outgoing_send", args=[asking.uid]) if asking else about.url("consents"),
        done=_("同意书已登记。"),
        # What was written for one receiver must not come back for another.
        draft=f"cases-consent{_which(about, again, asking)}-{text.kind}",
        subject=(asking or again or about).uid,
        context={
            **about.context,
            "text": text,
            "again": again,
            "heading": text.title,
            "why_guardian": why,
            "warnings": minded_of(client),
            "guardians": guardians,
        },
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Taking a consent back empties every copy given under it, at once."""
    consent = consent_or_404(request, uid)
    about = About(consent.client, consent.case)
    return fill_in(
        request,
        Filling(
            page="cases/consent_withdraw.html",
            form=WithdrawForm,
            service=consent_withdraw,
            given={"consent": consent},
            to=address_of(about.case) if about.case else reverse("cases:client", args=[about.uid]),
            done=_("同意已撤回，据此提供的副本已清空。"),
            context={**about.context, "consent": consent, "heading": _("撤回同意")},
        ),
    )


@require_http_methods(["GET", "POST"])
def consent_basis(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The matter of one text without a signature: the emergency, or another basis of the law."""
    return _unsigned(request, about_case(request, uid))


@require_http_methods(["GET", "POST"])
def person_consent_basis(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The same for a person as a whole."""
    return _unsigned(request, about_person(request, uid))


def _unsigned(request: HttpRequest, about: About) -> HttpResponse:
    text = _text_without_signature(request)
    return fill_in(
        request,
        Filling(
            page="cases/consent_basis.html",
            form=BasisForm,
            service=consent_give,
            given=_without_signature(request, about, text),
            to=about.url("consents"),
            done=_("处理依据已登记。"),
            draft=f"cases-basis{about.suffix}-{text.kind}",
            subject=about.uid,
            context={**about.context, "text": text, "heading": _("没有取得同意时的处理依据")},
        ),
    )


def _text_without_signature(request: HttpRequest) -> ConsentTemplate:
    """The text `?template=` names, the service text without it; sharing always needs a signature."""
    texts = ConsentTemplate.objects.visible_to(request.user).exclude(kind=ConsentKind.SHARE_TO_ORG)
    if asked := request.GET.get("template", ""):
        return get_object_or_404(texts.filter(published_at__isnull=False), uid=_uid(asked))
    return get_object_or_404(texts.filter(kind=ConsentKind.SERVICE).in_use())


def _without_signature(request: HttpRequest, about: About, text: ConsentTemplate) -> dict[str, Any]:
    """What stands in the row instead of a signature: who decided."""
    return {
        "client": about.client,
        "case": about.case,
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
    about = About(consent.client, consent.case)
    return fill_in(
        request,
        Filling(
            page="cases/consent_notice.html",
            form=NoticeForm,
            service=consent_note_notice,
            given={"consent": consent},
            to=about.url("consents"),
            done=_("事后告知已登记。"),
            context={**about.context, "consent": consent, "heading": _("补办告知")},
        ),
    )
