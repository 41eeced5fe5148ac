"""A funding request told through the ordinary services of both houses."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from cases.models.codes import ConsentKind
from cases.models.consents import Consent
from cases.services.consents import consent_withdraw
from cases.services.documents import case_document_add
from departments.services import outbox
from departments.services.demo_access import demo_client_of
from departments.services.entering import enter_client
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.services import blackening, holds, payout, requests, review
from donations.services.agreement_scans import DOCUMENT
from donations.services.aid_agreements import aid_agreement_sign
from msw_portal.demo import papers
from msw_portal.demo.aid import DECLARED, TOLD, Aid, sheet
from msw_portal.demo.funds import Charity
from msw_portal.demo.houses import signer_of
from msw_portal.demo.stories import Story
from msw_portal.demo.telling import Event, acting
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope_block

HOUR = dt.timedelta(hours=1)
MAIN = (
    "draft",
    "submitted",
    "document_check",
    "first_review",
    "proposed",
    "approved",
    "agreement",
    "disbursed",
    "confirmed",
)
# How far the main line goes before the story leaves it.
LEAVES = {
    "supplement_required": "document_check",
    "supplemented": "document_check",
    "disbursing": "agreement",
    "rejected_ineligible": "document_check",
    "rejected": "first_review",
    "withdrawn": "document_check",
    "consent_withdrawn": "first_review",
}


@dataclass
class RequestStory:
    """One request on its way to the step where its scenario stops."""

    story: Story
    charity: Charity
    wanted: Aid
    request: FundingRequest | None = None
    consent: Consent | None = None
    payment: Disbursement | None = None

    def play(self) -> Iterator[dt.datetime]:
        """The request as an actor; the relay carries every step to the other house."""
        for moment, step in self._events():
            yield moment
            try:
                step()
            except DomainError as error:
                # The fund is empty: the request waits as it is, as it would in life.
                if error.rule != "ledger.insufficient":
                    raise
                return
            outbox.relay_once()

    @property
    def stop(self) -> str:
        return self.story.scenario.stop

    def _events(self) -> Iterator[Event]:
        wanted = self.wanted
        line = (
            ("draft", wanted.submitted - 5 * HOUR, self.draft),
            ("submitted", wanted.submitted, self.submit),
            ("document_check", wanted.checked, self.check),
            ("first_review", wanted.accepted, self.take),
            ("proposed", wanted.proposed, self.propose),
            ("approved", wanted.approved, self.approve),
            ("agreement", wanted.prepared, self.prepare),
            ("disbursed", wanted.released, self.release),
            ("confirmed", wanted.confirmed, self.confirm),
        )
        last = MAIN.index(LEAVES.get(self.stop, self.stop))
        yield from ((moment, step) for name, moment, step in line if MAIN.index(name) <= last)
        after = line[last][1] + 3 * HOUR
        yield from ((after + n * 22 * HOUR, step) for n, step in enumerate(self._leaving()))

    def _leaving(self) -> list[Any]:
        return {
            "supplement_required": [self.ask_supplement],
            "supplemented": [self.ask_supplement, self.supplement],
            "disbursing": [self.release],
            "rejected_ineligible": [self.reject_ineligible],
            "rejected": [self.reject],
            "withdrawn": [self.withdraw],
            "consent_withdrawn": [self.withdraw_consent],
        }.get(self.stop, [])

    # ── the hospital ─────────────────────────────────────────────────────────

    def draft(self) -> None:
        story, wanted, by = self.story, self.wanted, self.story.worker
        version = self.charity.versions[wanted.programme]
        with acting(by):
            self.request = requests.request_draft(case=story.case, programme_version=version, by=by)
            self.request = requests.request_amend(
                request=self.request,
                requested=wanted.requested,
                cost_lines=wanted.costs,
                by=by,
                **sheet(story.life, wanted),
            )
            for number, row in enumerate(version.documents):
                # A draft still lacks its last paper.
                if row["required"] and not (self.stop == "draft" and number):
                    self._attach(row["type"])

    def _attach(self, kind: str) -> None:
        by = self.story.worker
        paper = case_document_add(case=self.story.case, kind=kind, file=papers.upload(kind), by=by)
        row = requests.request_attach(request=self.request, type=kind, document=paper, by=by)
        if kind in blackening.NAMING:
            blackening.paper_blacken(request=self.request, paper=row, boxes=papers.BLACKENED, by=by)
        self.story.clock.pass_minutes(3)

    def submit(self) -> None:
        by = self.story.worker
        with acting(by):
            self.consent = self.story.consent(
                ConsentKind.SHARE_TO_ORG,
                recipient=self.charity.organization,
                items=TOLD,
                purpose=f"向{self.charity.organization.name}申请{self.wanted.programme}",
            )
            self.story.clock.pass_minutes(20)
            self.request = requests.request_submit(
                request=self.request, consent=self.consent, declarations=DECLARED, by=by
            )

    def supplement(self) -> None:
        by = self.story.worker
        with acting(by):
            self._attach(self.charity.versions[self.wanted.programme].documents[0]["type"])
            self.request = requests.request_supplement(
                request=self.request, message="已重新上传盖章清晰的原件照片。", by=by
            )

    def withdraw(self) -> None:
        with acting(self.story.worker):
            requests.request_withdraw(
                request=self.request,
                reason="家属已从单位得到补助，不再需要。",
                by=self.story.worker,
            )

    def withdraw_consent(self) -> None:
        _name, relation = signer_of(self.story.life)
        with acting(self.story.worker):
            consent_withdraw(
                consent=self.consent,
                reason="家属来电，不希望再提供信息给基金会。",
                withdrawn_by=relation,
                by=self.story.worker,
            )

    def confirm(self) -> None:
        with acting(self.story.worker):
            payout.disbursement_confirm(
                disbursement=self.payment, paid_on=timezone.localdate(), by=self.story.worker
            )

    # ── the foundation ───────────────────────────────────────────────────────

    def _by(self, login: str) -> Any:
        return self.charity.people[login]

    def check(self) -> None:
        with self.charity.acting("f.officer"):
            review.request_check(request=self.request, by=self._by("f.officer"))

    def take(self) -> None:
        with self.charity.acting("f.officer"):
            review.request_check(request=self.request, complete=True, by=self._by("f.officer"))

    def ask_supplement(self) -> None:
        item = self.charity.versions[self.wanted.programme].documents[0]["type"]
        with self.charity.acting("f.officer"):
            review.request_ask_supplement(
                request=self.request,
                items=[item],
                message="印章看不清，请补一份清晰的照片。",
                by=self._by("f.officer"),
            )

    def reject_ineligible(self) -> None:
        with self.charity.acting("f.officer"):
            review.request_reject_ineligible(
                request=self.request,
                reason="同一费用已由其他项目资助，不在本项目范围。",
                code="once",
                by=self._by("f.officer"),
            )

    def propose(self) -> None:
        with self.charity.acting("f.officer2"):
            review.request_review(
                request=self.request,
                opinion="材料齐全，符合条件，建议按标准资助。",
                amount=self.wanted.requested,
                by=self._by("f.officer2"),
            )

    def reject(self) -> None:
        with self.charity.acting("f.officer2"):
            review.request_reject(
                request=self.request,
                reason="家庭收入核对后高于项目标准。",
                by=self._by("f.officer2"),
            )

    def approve(self) -> None:
        if self.story.scenario.quirk == "by_client":
            self._approve_by_client()
        else:
            code = self.story.clock.code_of("f.approver")
            with self.charity.acting("f.approver"):
                review.request_approve(
                    request=self.request,
                    amount=self.wanted.requested,
                    totp_code=code,
                    opinion="同意。",
                    by=self._by("f.approver"),
                )
        with acting(self.story.worker):
            holds.identity_disclose(request=self.request, by=self.story.worker)

    def _approve_by_client(self) -> None:
        """The foundation's own system approves within its limit, with a token that is taken back at once."""
        client_id, _secret = demo_client_of(self.charity.organization)
        token = AccessToken(
            application=Application.objects.get(client_id=client_id),
            token=f"demo-{self.request.uid}",
            expires=timezone.now() + dt.timedelta(days=800),
            scope="funding:read funding:approve",
        )
        token.save(force_insert=True)
        with scope_block():
            service = enter_client(token.token_checksum, "127.0.0.1")
            review.request_approve(request=self.request, amount=self.wanted.requested, by=service)
        token.delete()

    def _agree(self) -> None:
        """Signed at the bedside, scanned and recorded before the cashier draws up the order."""
        by = self.story.worker
        with acting(by):
            scan = case_document_add(
                case=self.story.case, kind=DOCUMENT, file=papers.upload(DOCUMENT), by=by
            )
            _name, relation = signer_of(self.story.life)
            signer = "self" if relation == "self" else "guardian"
            aid_agreement_sign(
                request=self.request,
                signer=signer,
                signed_on=timezone.localdate(),
                scan=scan,
                by=by,
            )
        outbox.relay_once()
        self.story.clock.pass_minutes(25)

    def prepare(self) -> None:
        if self.request.programme_version.needs_agreement:
            self._agree()
        share = Decimal("0.6") if self.story.scenario.quirk == "two_instalments" else Decimal(1)
        with self.charity.acting("f.cashier"):
            self.payment = payout.disbursement_prepare(
                request=self.request,
                amount=(self.wanted.requested * share).quantize(Decimal("100")),
                payee_account=self.story.hospital.organization.profile["payee"],
                mode="to_hospital",
                by=self._by("f.cashier"),
            )

    def release(self) -> None:
        code = self.story.clock.code_of("f.cashier2")
        with self.charity.acting("f.cashier2"):
            payout.disbursement_release(
                disbursement=self.payment,
                totp_code=code,
                voucher_no=f"YS{timezone.localdate():%Y%m%d}{self.payment.pk:04d}",
                by=self._by("f.cashier2"),
            )
