"""What a foundation gets of a case: the review copy's content and the copies of papers.

A paper's copy stands under a neutral name, without the file's metadata, encrypted with a key of its own
that is thrown away when the consent is withdrawn. What the hospital blackened is drawn anew without it
(blackening.py); a paper without black boxes has the original's content, and `note_of` says which it is.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from secrets import token_bytes
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import DisclosureLevel, ShareItem
from cases.models.consents import Consent, Disclosure
from cases.services.disclosures import disclosure_make
from departments.models.mechanisms import Document
from departments.services.documents import document_read, document_store
from donations.models.requests import CostLine, FundingRequest, RequestDocument
from donations.services.aid_marks import mark_write
from donations.services.blackening import boxes_of, content_for_copy
from donations.services.tie_marks import ties_write
from msw_portal.kernel.blackening import Box
from msw_portal.kernel.masking import age_at, age_band

COPY_NOTE = _("副本已改名并去除文件元数据；“已遮盖”的由医院遮盖后重新绘制，其余画面与原件相同。")
PLAIN_NOTE = _("内容与原件相同的副本：已改名并去除文件元数据，画面未作遮盖。")
BLACK_NOTE = _("遮盖后重新绘制的副本：被遮盖的内容不在文件里。")
# Without these a foundation cannot judge; the consent has to cover them.
NEEDED = (
    ShareItem.AGE_BAND,
    ShareItem.HOSPITAL,
    ShareItem.DISEASE_GROUP,
    ShareItem.COSTS,
    ShareItem.HOUSEHOLD,
    ShareItem.HARDSHIP,
)
ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


def age_of(client: Any) -> int | None:
    """Completed years today; from the year of birth where the day is not known; None without either."""
    today = timezone.localdate()
    if client.birth_date is not None:
        return age_at(client.birth_date, today)
    return today.year - client.birth_year if client.birth_year else None


def review_payload(request: FundingRequest, *, items: set[str]) -> dict[str, Any]:
    """The pseudonymous copy: codes of ShareItem -> value, only what the consent's `items` cover.

    Amounts are strings in yuan. Neither name nor number nor address nor date of birth.
    """
    case, sheet = request.case, request.sheet.payload
    client, episode = case.client.person, case.episode
    age = age_of(client)
    whole: dict[str, Any] = {
        ShareItem.SEX: client.get_sex_display(),
        ShareItem.AGE_BAND: age_band(age) if age is not None else "",
        ShareItem.REGION: str(client.region or ""),
        ShareItem.HOSPITAL: request.organization.name,
        ShareItem.DISEASE_GROUP: episode.disease_group if episode else "",
        ShareItem.TREATMENT_STAGE: {
            "stage": str(episode.get_treatment_stage_display()) if episode else "",
            "plan": sheet.get("treatment_plan", ""),
            "is_transplanted": bool(sheet.get("is_transplanted")),
        },
        ShareItem.INSURANCE: str(episode.get_insurance_display()) if episode else "",
        ShareItem.COSTS: costs_of(request),
        ShareItem.HOUSEHOLD: {
            "size": sheet.get("household_size"),
            "monthly_income": sheet.get("monthly_income"),
            "income_per_head": income_per_head(sheet),
            "members": sheet.get("household", []),
            "assets": sheet.get("assets", ""),
            "debts": sheet.get("debts", ""),
        },
        ShareItem.WELFARE_STATUS: sheet.get("welfare_status", ""),
        ShareItem.OTHER_AID: sheet.get("other_aid", ""),
        ShareItem.HARDSHIP: sheet.get("story", ""),
    }
    papers = list(
        RequestDocument.objects.filter(request=request, document__isnull=False)
        .order_by("id")
        .values_list("type", flat=True)
    )
    if papers:
        whole[ShareItem.DOCUMENTS] = papers
    return {str(item): value for item, value in whole.items() if item in items}


def identity_payload(request: FundingRequest, *, items: set[str]) -> dict[str, Any]:
    """Name, inpatient number and payee: for the payout, and only what the consent covers."""
    client, episode = request.case.client.person, request.case.episode
    whole: dict[str, Any] = {
        ShareItem.NAME: client.name,
        ShareItem.MRN: (episode.mrn or "") if episode else "",
        ShareItem.PAYEE: request.sheet.payload.get("payee") or {},
    }
    return {str(item): value for item, value in whole.items() if item in items}


def costs_of(request: FundingRequest) -> dict[str, Any]:
    """The bill by layer, its total and the gap, as strings in yuan."""
    lines = CostLine.objects.filter(request=request).order_by("id")
    return {
        "lines": [{"layer": line.layer, "amount": str(line.amount)} for line in lines],
        "total": str(request.cost_total),
        "gap": str(request.gap),
    }


def income_per_head(sheet: Mapping[str, Any]) -> str | None:
    """Monthly income by members of the household, rounded down to the cent; None while unknown."""
    size, income = sheet.get("household_size"), sheet.get("monthly_income")
    if not size or income in (None, ""):
        return None
    return str((Decimal(income) / int(size)).quantize(Decimal("0.01"), rounding="ROUND_DOWN"))


def copies_make(request: FundingRequest, *, by: Any) -> list[Document]:
    """Copies for every paper that has none yet; all present copies of the request, old and new."""
    labels = {
        row["type"]: str(row.get("text", row["type"]))
        for row in request.programme_version.documents
    }
    copies = []
    papers = RequestDocument.objects.select_related("document", "masked").filter(
        request=request, document__isnull=False
    )
    for paper in papers.order_by("id"):
        if paper.masked is None or paper.masked.voided_at is not None:
            paper.masked = copy_of(
                request, paper.document, labels.get(paper.type, paper.type), by, boxes_of(paper)
            )
            paper.save(update_fields=["masked"])
        copies.append(paper.masked)
    return copies


def note_of(paper: RequestDocument) -> Any:
    """What kind of copy the foundation has."""
    return BLACK_NOTE if paper.boxes else PLAIN_NOTE


def copy_of(
    request: FundingRequest,
    original: Document,
    label: str,
    by: Any,
    boxes: Sequence[Box] = (),
) -> Document:
    """The foundation's copy of a file, under a neutral name and a key of its own; black where `boxes` lie."""
    content, mime = content_for_copy(document_read(document=original, by=by), original.mime, boxes)
    return document_store(
        name=f"{label}.{ENDINGS.get(mime, 'bin')}",
        content=content,
        mime=mime,
        pages=original.pages,
        subject=request,
        kind=original.kind,
        by=by,
        organization_id=request.organization_id,
        counterparty_id=request.counterparty_id,
        compartment_id=original.compartment_id,
        derived_from=original,
        scanned_at=original.scanned_at,
    )


def disclose_review(request: FundingRequest, consent: Consent, *, by: Any) -> Disclosure:
    """Make the next version of the review copy with its papers; earlier ones are emptied."""
    payload = review_payload(request, items=set(consent.items))
    copies = copies_make(request, by=by)
    disclosure = disclosure_make(
        organization=request.organization,
        recipient=request.counterparty,
        consent=consent,
        level=DisclosureLevel.REVIEW,
        subject=request,
        payload=payload,
        fields=list(payload),
        documents=copies,
        by=by,
    )
    request.consent, request.review_disclosure = consent, disclosure
    request.disease_group = payload.get(ShareItem.DISEASE_GROUP) or ""
    request.save(update_fields=["consent", "review_disclosure", "disease_group"])
    mark_write(request, consent)
    ties_write(request)
    copies_shred(request, except_ids=[copy.pk for copy in copies])
    return disclosure


def copies_shred(request: FundingRequest, *, except_ids: Collection[int] = ()) -> int:
    """Throw the keys of copies away that are no longer shown (replaced, or the consent is gone); how many.

    What belongs to an older version of the review copy is not reached by its withdrawal.
    """
    copies = (
        Document.objects.of(request).filter(derived_from__isnull=False).exclude(pk__in=except_ids)
    )
    for copy in copies:
        copy.wrapped_key = token_bytes(32)
        copy.title = str(_("已撤回"))
        copy.voided_at, copy.void_reason = timezone.now(), "replaced_or_withdrawn"
        copy.save(update_fields=["wrapped_key", "title", "voided_at", "void_reason"])
    return len(copies)
