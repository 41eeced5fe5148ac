"""A funding request of the year in bulk: its steps without money, and the marks they leave."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cases.models.consents import Consent, Disclosure
from departments.models.mechanisms import Transition
from departments.models.trail import AuditEntry
from donations.models.requests import (
    FundingAct,
    FundingDuty,
    FundingRequest,
    RequestDocument,
    RequestSheet,
)
from msw_portal.demo import trail
from msw_portal.demo.aid import Aid
from msw_portal.demo.files import File, put
from msw_portal.demo.funds import Charity

OPINION = "材料齐全，符合条件，建议按标准资助。"
REASONS = {
    "rejected_ineligible": "同一费用已由其他项目资助，不在本项目范围。",
    "rejected": "家庭收入核对后高于项目标准。",
    "withdrawn": "家属已从单位得到补助，不再需要。",
}


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
            return [
                *line,
                ("withdraw", "document_check", "withdrawn", wanted.accepted, self.worker, ""),
            ]
        if wanted.outcome == "rejected_ineligible":
            step = (
                "reject_ineligible",
                "document_check",
                "rejected_ineligible",
                wanted.accepted,
                officer,
                "verify",
            )
            return [*line, step]
        line.append(
            ("accept", "document_check", "first_review", wanted.accepted, officer, "verify")
        )
        if wanted.outcome == "rejected":
            return [
                *line,
                ("reject", "first_review", "rejected", wanted.proposed, second, "review1"),
            ]
        return [*line, ("propose", "first_review", "proposed", wanted.proposed, second, "review1")]


def duties_write(grants: Iterable[Grant], until: dt.datetime) -> None:
    """Who held which duty, and what was said under it."""
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
            acts.append(
                act_row(
                    grant, who, duty, "review" if step == "propose" else step, at, opinion=spoken
                )
            )
    put(duties)
    put(acts)


def duty_row(grant: Grant, who: Any, duty: str, at: dt.datetime) -> FundingDuty:
    return FundingDuty(
        organization_id=grant.file.house,
        counterparty_id=grant.charity.id,
        request=grant.request,
        user=who,
        duty=duty,
        created_at=at,
        created_by=who,
    )


def act_row(
    grant: Grant,
    who: Any,
    duty: str,
    step: str,
    at: dt.datetime,
    *,
    opinion: str = "",
    is_confirmed: bool = False,
) -> FundingAct:
    return FundingAct(
        organization_id=grant.file.house,
        counterparty_id=grant.charity.id,
        request=grant.request,
        user=who,
        duty=duty,
        step=step,
        amount=grant.wanted.requested if step not in ("check", "accept") else None,
        opinion=opinion or None,
        second_factor_at=at if is_confirmed else None,
        at=at,
        created_at=at,
        created_by=who,
    )


def trail_write(grants: Iterable[Grant], until: dt.datetime) -> None:
    """The moves and the audit entries of both houses."""
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
                    grant.request,
                    "funding_request",
                    step,
                    (before, after),
                    at=at,
                    by=who,
                    role=role,
                    reason=REASONS.get(after, ""),
                )
            )
            body = {"state": after} | (
                {"requested": grant.wanted.requested} if step == "submit" else {}
            )
            entries.append(
                trail.noted(
                    grant.request,
                    f"funding_request.{step}",
                    at=at,
                    by=who,
                    role=role,
                    house=house,
                    **body,
                )
            )
    put(sorted(moves, key=lambda row: row.at))
    put(sorted(entries, key=lambda row: row.at))
