"""The year's funding requests in bulk, as the hospital sent them: sheet, bill, papers and copies.

The rows are those the services leave behind; the money is `msw_portal.demo.payments`'. Runs as the
owner in a scope of no house, because a request is a row of two.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from cases.models.codes import ConsentKind, DisclosureLevel
from cases.models.consents import Disclosure, DisclosureDocument
from cases.services.disclosures import payload_hash
from departments.models.mechanisms import Document
from departments.services.documents import file_keep
from departments.services.numbering import take_number
from donations.models.requests import CostLine, FundingRequest, RequestDocument, RequestSheet
from donations.services.copies import review_payload
from donations.services.requests import NUMBER_PATTERN
from msw_portal.demo import papers
from msw_portal.demo.aid import DECLARED, TOLD, Aid, sheet
from msw_portal.demo.dice import Dice
from msw_portal.demo.files import HOUR, File, born, consent, put
from msw_portal.demo.funds import Charity
from msw_portal.demo.grants import Grant, duties_write, trail_write

ITEMS = [str(item) for item in TOLD]
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# Larger worlds are for measuring: their later requests have no files behind their papers.
WITH_FILES = 400


def send(
    files: Sequence[tuple[File, Aid]], charity: Charity, until: dt.datetime, *, sent_before: int
) -> list[Grant]:
    """Write the requests of a batch as they stand without money at `until`."""
    grants = [
        _grant(file, wanted, charity, sent_before + place < WITH_FILES)
        for place, (file, wanted) in enumerate(files)
    ]
    put([grant.consent for grant in grants])
    for grant in grants:
        taken = [step for step in grant.steps() if step[3] <= until]
        grant.request.state, grant.request.state_entered_at = taken[-1][2], taken[-1][3]
        if grant.request.state == "proposed":
            grant.request.proposed = grant.wanted.requested
        grant.request.due_at = _due(grant)
        grant.request.consent = grant.consent
    put([grant.request for grant in grants])
    _sheets(grants)
    _papers(grants)
    _disclosures(grants)
    duties_write(grants, until)
    trail_write(grants, until)
    return grants


def _grant(file: File, wanted: Aid, charity: Charity, has_files: bool) -> Grant:
    version, dice = charity.versions[wanted.programme], Dice("code", file.house, file.life.serial)
    house = file.hospital.organization
    request = FundingRequest(
        organization=house,
        counterparty_id=charity.id,
        case=file.case,
        programme_version=version,
        subject_code="P-" + "".join(dice.choices(LETTERS, k=8)),
        form={"declarations": sorted(DECLARED)},
        requested=wanted.requested,
        cost_total=wanted.total,
        gap=wanted.total - wanted.basic - wanted.critical,
        submitted_at=wanted.submitted,
        payout_mode=version.payout_modes[0],
        payee=house.profile["payee"],
        number=take_number(
            "funding_request",
            organization=house,
            pattern=NUMBER_PATTERN,
            on=wanted.submitted.date(),
        ),
        **born(wanted.submitted - 5 * HOUR, file.worker),
    )
    agreed = consent(
        file,
        ConsentKind.SHARE_TO_ORG,
        wanted.submitted - HOUR / 3,
        items=ITEMS,
        recipient=charity.organization,
        purpose=f"向{charity.organization.name}申请{wanted.programme}",
    )
    return Grant(file, wanted, charity, has_files, request, agreed)


def _due(grant: Grant) -> dt.datetime | None:
    days = grant.request.programme_version.sla.get(grant.request.state)
    return grant.request.state_entered_at + dt.timedelta(days=days) if days else None


def _sheets(grants: list[Grant]) -> None:
    for grant in grants:
        values = sheet(grant.file.life, grant.wanted)
        values["monthly_income"] = str(values["monthly_income"])
        made = born(grant.wanted.submitted - 5 * HOUR, grant.worker)
        grant.sheet = RequestSheet(
            organization_id=grant.file.house, request=grant.request, payload=values, **made
        )
        grant.request.sheet = grant.sheet
    put([grant.sheet for grant in grants])
    put(
        [
            CostLine(
                organization_id=grant.file.house,
                counterparty_id=grant.charity.id,
                request=grant.request,
                layer=layer,
                amount=amount,
                created_at=grant.wanted.submitted,
                created_by=grant.worker,
            )
            for grant in grants
            for layer, amount in grant.wanted.costs.items()
        ]
    )


# ── papers and copies ────────────────────────────────────────────────────────


def _papers(grants: list[Grant]) -> None:
    originals = {
        (grant.request.pk, row["type"]): _document(grant, row["type"], None)
        for grant in grants
        if grant.has_files
        for row in grant.request.programme_version.documents
        if row["required"]
    }
    put(list(originals.values()))
    copies = {
        (grant.request.pk, row["type"]): _document(
            grant, row["type"], originals[grant.request.pk, row["type"]]
        )
        for grant in grants
        for row in grant.request.programme_version.documents
        if (grant.request.pk, row["type"]) in originals
    }
    put(list(copies.values()))
    for grant in grants:
        grant.papers = list(_paper_rows(grant, originals, copies))
    put([paper for grant in grants for paper in grant.papers])


def _paper_rows(
    grant: Grant, originals: dict[Any, Document], copies: dict[Any, Document]
) -> Iterator[RequestDocument]:
    is_verified = grant.request.state not in (
        "submitted",
        "document_check",
        "withdrawn",
        "rejected_ineligible",
    )
    for row in grant.request.programme_version.documents:
        key = grant.request.pk, row["type"]
        state = ("verified" if is_verified else "attached") if row["required"] else "missing"
        yield RequestDocument(
            organization_id=grant.file.house,
            counterparty_id=grant.charity.id,
            request=grant.request,
            type=row["type"],
            required=row["required"],
            document=originals.get(key),
            masked=copies.get(key),
            verified_by=grant.person("f.officer") if state == "verified" else None,
            state=state,
            **born(grant.wanted.submitted - 4 * HOUR, grant.worker),
        )


def _document(grant: Grant, kind: str, original: Document | None) -> Document:
    content, ending = papers.specimen(kind)
    file_key, key = file_keep(content, is_synced=False)
    is_copy = original is not None
    subject = grant.request if is_copy else grant.file.case
    return Document(
        organization_id=grant.file.house,
        counterparty_id=grant.charity.id if is_copy else None,
        is_care=True,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        kind=kind,
        title=f"{papers.PAPERS[kind]}.{ending}" if is_copy else papers.upload(kind).name,
        file_key=file_key,
        wrapped_key=key,
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        mime="image/png" if ending == "png" else "application/pdf",
        pages=None if ending == "png" else 1,
        derived_from=original,
        **born(grant.wanted.submitted - HOUR * (0 if is_copy else 4), grant.worker),
    )


def _disclosures(grants: list[Grant]) -> None:
    for grant in grants:
        payload = review_payload(grant.request, items=set(ITEMS))
        grant.disclosure = Disclosure(
            organization_id=grant.file.house,
            recipient=grant.charity.organization,
            consent=grant.consent,
            level=DisclosureLevel.REVIEW,
            version=1,
            subject_kind="fundingrequest",
            subject_id=grant.request.pk,
            subject_uid=grant.request.uid,
            fields=sorted(payload),
            payload=payload,
            payload_hash=payload_hash(payload),
            read_count=1,
            **born(grant.wanted.submitted, grant.worker),
        )
    put([grant.disclosure for grant in grants])
    put(
        [
            DisclosureDocument(
                organization_id=grant.file.house,
                disclosure=grant.disclosure,
                document=paper.masked,
                created_at=grant.wanted.submitted,
                created_by=grant.worker,
            )
            for grant in grants
            for paper in grant.papers
            if paper.masked is not None
        ]
    )
    for grant in grants:
        grant.request.review_disclosure = grant.disclosure
    FundingRequest.objects.bulk_update([grant.request for grant in grants], ["review_disclosure"])
