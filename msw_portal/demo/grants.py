"""The year's funding requests in bulk: what the hospital sent, with its copies and papers.

The rows are those the services leave behind; the money is `msw_portal.demo.payments`'. Runs as the
owner in a scope of no house, because a request is a row of two.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.models.codes import ConsentKind, DisclosureLevel
from cases.models.consents import Consent, Disclosure, DisclosureDocument
from cases.services.disclosures import payload_hash
from departments.models.mechanisms import Document, Transition
from departments.models.trail import AuditEntry
from departments.services.documents import file_keep
from departments.services.numbering import take_number
from donations.models.requests import (
    CostLine,
    FundingAct,
    FundingDuty,
    FundingRequest,
    RequestDocument,
    RequestSheet,
)
from donations.services.copies import review_payload
from donations.services.requests import NUMBER_PATTERN
from msw_portal.demo import papers, trail
from msw_portal.demo.aid import DECLARED, TOLD, Aid, sheet
from msw_portal.demo.dice import Dice
from msw_portal.demo.funds import Charity
from msw_portal.demo.history import File, born, consent, put

HOUR = dt.timedelta(hours=1)
ITEMS = [str(item) for item in TOLD]
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
OPINION = "材料齐全，符合条件，建议按标准资助。"
REASONS = {
    "rejected_ineligible": "同一费用已由其他项目资助，不在本项目范围。",
    "rejected": "家庭收入核对后高于项目标准。",
    "withdrawn": "家属已从单位得到补助，不再需要。",
}
# Larger worlds are for measuring: their later requests have no files behind their papers.
WITH_FILES = 400


@dataclass
class Grant:
    """A request of a file, and how far it has come without money."""

    file: File
    wanted: Aid
    charity: Charity
    has_files: bool
    request: FundingRequest
    consent: Consent
    sheet: RequestSheet | None = None
    papers: list[RequestDocument] = field(default_factory=list)
    disclosure: Disclosure | None = None

    @property
    def worker(self) -> Any:
        return self.file.worker

    def person(self, login: str) -> Any:
        return self.charity.people[login]

    def steps(self) -> list[tuple[str, str, str, dt.datetime, Any, str]]:
        """(step, from, to, when, who, duty) up to the sum proposed."""
        wanted, officer, second = self.wanted, self.person("f.officer"), self.person("f.officer2")
        line = [
            ("submit", "draft", "submitted", wanted.submitted, self.worker, "enter"),
            ("check", "submitted", "document_check", wanted.checked, officer, "verify"),
        ]
        if wanted.outcome == "withdrawn":
            return [*line, ("withdraw", "document_check", "withdrawn", wanted.accepted, self.worker, "")]
        if wanted.outcome == "rejected_ineligible":
            step = ("reject_ineligible", "document_check", "rejected_ineligible", wanted.accepted, officer, "verify")
            return [*line, step]
        line.append(("accept", "document_check", "first_review", wanted.accepted, officer, "verify"))
        if wanted.outcome == "rejected":
            return [*line, ("reject", "first_review", "rejected", wanted.proposed, second, "review1")]
        return [*line, ("propose", "first_review", "proposed", wanted.proposed, second, "review1")]


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
    _duties(grants, until)
    _trail(grants, until)
    return grants


def _grant(file: File, wanted: Aid, charity: Charity, has_files: bool) -> Grant:
    version, dice = charity.versions[wanted.programme], Dice("code", file.house, file.life.serial)
    house = file.hospital.organization
    request = FundingRequest(
        organization=house, counterparty_id=charity.id, case=file.case, programme_version=version,
        subject_code="P-" + "".join(dice.choices(LETTERS, k=8)), form={"declarations": sorted(DECLARED)},
        requested=wanted.requested, cost_total=wanted.total, gap=wanted.total - wanted.basic - wanted.critical,
        submitted_at=wanted.submitted, payout_mode=version.payout_modes[0], payee=house.profile["payee"],
        number=take_number(
            "funding_request", organization=house, pattern=NUMBER_PATTERN, on=wanted.submitted.date()
        ),
        **born(wanted.submitted - 5 * HOUR, file.worker),
    )  # fmt: skip
    agreed = consent(
        file, ConsentKind.SHARE_TO_ORG, wanted.submitted - HOUR / 3, items=ITEMS, recipient=charity.organization,
        purpose=f"向{charity.organization.name}申请{wanted.programme}",
    )  # fmt: skip
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
                organization_id=grant.file.house, counterparty_id=grant.charity.id, request=grant.request, layer=layer,
                amount=amount, created_at=grant.wanted.submitted, created_by=grant.worker,
            )
            for grant in grants
            for layer, amount in grant.wanted.costs.items()
        ]
    )  # fmt: skip


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
        (grant.request.pk, row["type"]): _document(grant, row["type"], originals[grant.request.pk, row["type"]])
        for grant in grants
        for row in grant.request.programme_version.documents
        if (grant.request.pk, row["type"]) in originals
    }  # fmt: skip
    put(list(copies.values()))
    for grant in grants:
        grant.papers = list(_paper_rows(grant, originals, copies))
    put([paper for grant in grants for paper in grant.papers])


def _paper_rows(
    grant: Grant, originals: dict[Any, Document], copies: dict[Any, Document]
) -> Iterator[RequestDocument]:
    is_verified = grant.request.state not in ("submitted", "document_check", "withdrawn", "rejected_ineligible")
    for row in grant.request.programme_version.documents:
        key = grant.request.pk, row["type"]
        state = ("verified" if is_verified else "attached") if row["required"] else "missing"
        yield RequestDocument(
            organization_id=grant.file.house, counterparty_id=grant.charity.id, request=grant.request,
            type=row["type"], required=row["required"], document=originals.get(key), masked=copies.get(key),
            verified_by=grant.person("f.officer") if state == "verified" else None, state=state,
            **born(grant.wanted.submitted - 4 * HOUR, grant.worker),
        )  # fmt: skip


def _document(grant: Grant, kind: str, original: Document | None) -> Document:
    content, ending = papers.specimen(kind)
    file_key, key = file_keep(content, is_synced=False)
    is_copy = original is not None
    subject = grant.request if is_copy else grant.file.case
    return Document(
        organization_id=grant.file.house, counterparty_id=grant.charity.id if is_copy else None, is_care=True,
        subject_kind=subject._meta.model_name, subject_id=subject.pk, subject_uid=subject.uid, kind=kind,
        title=f"{papers.PAPERS[kind]}.{ending}" if is_copy else papers.upload(kind).name, file_key=file_key,
        wrapped_key=key, sha256=hashlib.sha256(content).digest(), size=len(content),
        mime="image/png" if ending == "png" else "application/pdf", pages=None if ending == "png" else 1,
        derived_from=original, **born(grant.wanted.submitted - HOUR * (0 if is_copy else 4), grant.worker),
    )  # fmt: skip


def _disclosures(grants: list[Grant]) -> None:
    for grant in grants:
        payload = review_payload(grant.request, items=set(ITEMS))
        grant.disclosure = Disclosure(
            organization_id=grant.file.house, recipient=grant.charity.organization, consent=grant.consent,
            level=DisclosureLevel.REVIEW, version=1, subject_kind="fundingrequest", subject_id=grant.request.pk,
            subject_uid=grant.request.uid, fields=sorted(payload), payload=payload, payload_hash=payload_hash(payload),
            read_count=1, **born(grant.wanted.submitted, grant.worker),
        )  # fmt: skip
    put([grant.disclosure for grant in grants])
    put(
        [
            DisclosureDocument(
                organization_id=grant.file.house, disclosure=grant.disclosure, document=paper.masked,
                created_at=grant.wanted.submitted, created_by=grant.worker,
            )
            for grant in grants
            for paper in grant.papers
            if paper.masked is not None
        ]
    )  # fmt: skip
    for grant in grants:
        grant.request.review_disclosure = grant.disclosure
    FundingRequest.objects.bulk_update([grant.request for grant in grants], ["review_disclosure"])


# ── who did what ─────────────────────────────────────────────────────────────


def _duties(grants: list[Grant], until: dt.datetime) -> None:
    duties, acts = [], []
    for grant in grants:
        held: set[str] = set()
        for step, _before, _after, at, who, duty in grant.steps():
            if at > until or not duty:
                continue
            if duty not in held:
                held.add(duty)
                duties.append(duty_row(grant, who, duty, at))
            spoken = {"propose": OPINION, **REASONS}.get(_after if step != "propose" else step, "")
            acts.append(act_row(grant, who, duty, "review" if step == "propose" else step, at, opinion=spoken))
    put(duties)
    put(acts)


def duty_row(grant: Grant, who: Any, duty: str, at: dt.datetime) -> FundingDuty:
    return FundingDuty(
        organization_id=grant.file.house, counterparty_id=grant.charity.id, request=grant.request, user=who,
        duty=duty, created_at=at, created_by=who,
    )  # fmt: skip


def act_row(
    grant: Grant, who: Any, duty: str, step: str, at: dt.datetime, *, opinion: str = "", is_confirmed: bool = False
) -> FundingAct:  # fmt: skip
    return FundingAct(
        organization_id=grant.file.house, counterparty_id=grant.charity.id, request=grant.request, user=who,
        duty=duty, step=step, amount=grant.wanted.requested if step not in ("check", "accept") else None,
        opinion=opinion or None, second_factor_at=at if is_confirmed else None, at=at, created_at=at, created_by=who,
    )  # fmt: skip


def _trail(grants: Iterable[Grant], until: dt.datetime) -> None:
    moves: list[Transition] = []
    entries: list[AuditEntry] = []
    for grant in grants:
        for step, before, after, at, who, duty in grant.steps():
            if at > until:
                continue
            role = "worker" if duty in ("enter", "") else "foundation_officer"
            house = grant.file.house if role == "worker" else grant.charity.id
            moves.append(
                trail.moved(
                    grant.request, "funding_request", step, (before, after), at=at, by=who, role=role,
                    reason=REASONS.get(after, ""),
                )
            )  # fmt: skip
            body = {"state": after} | ({"requested": grant.wanted.requested} if step == "submit" else {})
            entries.append(
                trail.noted(
                    grant.request, f"funding_request.{step}", at=at, by=who, role=role, house=house, **body
                )
            )
    put(sorted(moves, key=lambda row: row.at))
    put(sorted(entries, key=lambda row: row.at))
