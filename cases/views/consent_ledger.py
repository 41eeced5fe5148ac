"""The ledger of consents: what was agreed to, by whom, what rests on it, what is due; of a case and of a person."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from cases.consent_permissions import can_give_consent, can_withdraw_consent
from cases.form_permissions import can_print_blank
from cases.models.codes import ConsentMethod, LegalBasis
from cases.models.consents import Consent, ConsentTemplate
from cases.models.people import Client
from cases.permissions import keeps_person
from cases.person_permissions import keeps_papers_of
from cases.services.consent_printing import consent_blank_print
from cases.services.consent_renewal import Renewal, renewals, texts_in_use
from cases.views.documents import attach
from cases.views.finding import case_or_404, client_or_404
from msw_portal.kernel.masking import mask_name

HASH_SHOWN = 12


@dataclass(frozen=True)
class Line:
    """One row of the ledger; `copies` are those that left the house under it and still open."""

    consent: Consent
    signer: str
    text_hash: str
    copies: int
    renewal: Renewal | None
    notice_due: bool
    waits_for_paper: bool
    can_withdraw: bool
    can_give: bool
    print_url: str
    paper_url: str


def ledger_of(user: Any, client: Client) -> QuerySet[Consent]:
    """Every consent of the person the reader may see, newest first."""
    live = Q(disclosures__withdrawn_at__isnull=True, disclosures__isnull=False)
    return (
        Consent.objects.visible_to(user)
        .of_person(client)
        .select_related("recipient", "template", "case", "client", "evidence", "signature__drawn")
        .prefetch_related("case__casemembers")
        .annotate(copies=Count("disclosures", filter=live))
        .order_by("-signed_at", "-id")
    )


def lines_of(user: Any, consents: Iterable[Consent], house: int) -> list[Line]:
    rows = list(consents)
    due = renewals(rows, texts_in_use(house))
    keeps = bool(rows) and keeps_papers_of(user, rows[0].client)
    # One person's: asked once, whatever stands in the ledger for the person as a whole.
    is_own = any(row.case_id is None for row in rows) and keeps_person(user, rows[0].client)
    return [_line(user, row, due.get(row.pk), keeps, is_own) for row in rows]


def _line(user: Any, row: Consent, renewal: Renewal | None, keeps: bool, is_own: bool) -> Line:
    is_given = row.state == "given"
    is_paper = row.method == ConsentMethod.PAPER_SCAN and row.legal_basis == LegalBasis.CONSENT
    can_give = is_own if row.case is None else can_give_consent(user, row.case)
    can_withdraw = is_own if row.case is None else can_withdraw_consent(user, row)
    return Line(
        consent=row,
        signer=mask_name(row.signer),
        text_hash=bytes(row.text_hash).hex()[:HASH_SHOWN],
        copies=row.copies,
        renewal=renewal,
        notice_due=row.notice_due_at is not None and row.notice_given_at is None,
        waits_for_paper=is_given and is_paper and row.evidence_id is None,
        can_withdraw=is_given and can_withdraw,
        can_give=is_given and can_give,
        print_url=_print_url(row),
        paper_url=_paper_url(user, row, keeps),
    )


def _print_url(row: Consent) -> str:
    if row.case is None:
        return reverse("cases:consent_print", args=[row.uid])
    return f"{reverse('cases:print', args=[row.case.uid, 'F2'])}?row={row.uid}"


def _paper_url(user: Any, row: Consent, keeps: bool) -> str:
    """The signed paper or the drawn signature as a page; empty without one, or when not for the reader."""
    paper = row.evidence or (row.signature.drawn if row.signature else None)
    if paper is None or not (row.case_id or keeps or paper.created_by_id == user.pk):
        return ""
    return reverse(
        "cases:document_view" if row.case_id else "cases:client_document_view", args=[paper.uid]
    )


@require_GET
def of_case(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The ledger of a case: its own rows and the person's that belong to no case."""
    case, user = case_or_404(request, uid), request.user
    rows = ledger_of(user, case.client).filter(Q(case=case) | Q(case__isnull=True))
    texts = ConsentTemplate.objects.visible_to(user).in_use().defer("text")
    context = {
        "case": case,
        "client": case.client,
        "lines": lines_of(user, rows, case.organization_id),
        "texts": {row.kind: row.uid for row in texts},
        "can_give": can_give_consent(user, case),
        "heading": _("知情与授权"),
    }
    return render(request, "cases/consents.html", context)


@require_GET
def of_person(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The ledger of a person over all cases the reader may open."""
    client, user = client_or_404(request, uid), request.user
    context = {
        "client": client,
        "lines": lines_of(user, ledger_of(user, client), client.organization_id),
        "can_give": can_give_consent(user, client),
        "heading": _("知情与授权"),
    }
    return render(request, "cases/consents_person.html", context)


@require_GET
def blank(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One published text on paper, to be signed by hand."""
    texts = ConsentTemplate.objects.visible_to(request.user).filter(published_at__isnull=False)
    text = get_object_or_404(texts, uid=uid)
    if not can_print_blank(request.user):
        raise Http404
    content = consent_blank_print(template=text, by=request.user)
    return attach(f"F2 {text.title}.pdf", content, "application/pdf")
