"""What the foundation grants and pays on the year's requests, in the order of time, through the ledger."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from departments.models.mechanisms import Task
from departments.models.trail import AuditEntry
from donations.models.aid_agreements import AidAgreement
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.services import ledger
from donations.services.aid_agreements import terms_of
from donations.services.clocks import TURN, turn_open
from donations.services.payable import pool_of
from msw_portal.demo import trail
from msw_portal.demo.clock import Clock
from msw_portal.demo.files import born, put
from msw_portal.demo.grants import Grant, act_row, duty_row
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope


def turns_open(foundation_id: int) -> None:
    """On the last day: the task of whose turn it is, for the requests that came in bulk."""
    waiting = FundingRequest.objects.filter(
        counterparty_id=foundation_id, state__in=list(TURN), on_hold_at=None
    )
    told = Task.objects.filter(
        organization_id=foundation_id, subject_kind="fundingrequest", state=Task.State.OPEN
    )
    for request in waiting.exclude(pk__in=told.values("subject_id")).order_by("pk"):
        turn_open(request)


DAY = dt.timedelta(days=1)


@dataclass
class Payment:
    """The money of one request; an actor."""

    grant: Grant
    clock: Clock
    paid: Disbursement | None = None

    def play(self) -> Iterator[dt.datetime]:
        wanted = self.grant.wanted
        if wanted.outcome != "paid":
            return
        yield wanted.approved
        while not self._take(self.approve):
            # The fund holds too little: the request waits for the next gifts.
            yield self.clock.now + 3 * DAY
        late = max(self.clock.now - wanted.approved, dt.timedelta())
        for moment, step in (
            (wanted.prepared, self.prepare),
            (wanted.released, self.release),
            (wanted.confirmed, self.confirm),
        ):
            yield moment + late
            self._take(step)

    def _take(self, step: Callable[[], bool]) -> bool:
        with scope(role="system"):
            return step()

    def approve(self) -> bool:
        """Set the money aside; False when the fund holds too little, and the request waits."""
        grant, request = self.grant, self.grant.request
        pairs = pool_of(request)
        ledger.lock_accounts(account for pair in pairs for account in pair)
        try:
            slices = ledger.match(
                pairs,
                amount=grant.wanted.requested,
                beneficiary_class=request.programme_version.beneficiary_class,
            )
        except DomainError:
            return False
        self._act("f.approver", "approve", "approved", "foundation_approver", is_confirmed=True)
        request.approved = request.committed = grant.wanted.requested
        request.fund_id = request.programme_version.programme.fund_id
        self._enter("approved", "approved", "committed", "fund")
        ledger.post(
            [ledger.commit_posting(request=request, slices=slices)], by=grant.person("f.approver")
        )
        return True

    def _agree(self) -> None:
        request, now = self.grant.request, self.clock.now
        terms = terms_of(request)
        AidAgreement(
            organization_id=self.grant.file.house,
            counterparty_id=self.grant.charity.id,
            request=request,
            amount=request.approved,
            text=terms.text,
            digest=terms.digest,
            way=AidAgreement.Way.LANE,
            signer=AidAgreement.Signer.GUARDIAN,
            signed_on=now.date(),
            **born(now, None),
        ).save(force_insert=True)

    def prepare(self) -> bool:
        grant, cashier = self.grant, self.grant.person("f.cashier")
        if grant.request.programme_version.needs_agreement:
            self._agree()
        self._act("f.cashier", "prepare", "agreement", "foundation_cashier", moved="sign")
        self.paid = Disbursement(
            organization_id=grant.file.house,
            counterparty_id=grant.charity.id,
            request=grant.request,
            instalment=1,
            amount=grant.wanted.requested,
            mode=grant.request.payout_mode,
            payee_account=grant.request.payee,
            prepared_by=cashier,
            **born(self.clock.now, cashier),
        )
        self.paid.save(force_insert=True)
        self._enter("agreement")
        return True

    def release(self) -> bool:
        grant, request, cashier = self.grant, self.grant.request, self.grant.person("f.cashier2")
        slices = ledger.held_for(request, amount=self.paid.amount)
        self._act("f.cashier2", "release", "disbursing", "foundation_cashier", is_confirmed=True)
        self.paid.state, self.paid.released_by, self.paid.released_at = (
            "released",
            cashier,
            self.clock.now,
        )
        self.paid.voucher_no = f"YS{self.clock.now:%Y%m%d}{self.paid.pk:05d}"
        self.paid.save(update_fields=["state", "released_by", "released_at", "voucher_no"])
        self._moved("pay_rest", "disbursing", "disbursed", cashier, "foundation_cashier")
        request.disbursed = grant.wanted.requested
        self._enter("disbursed", "disbursed")
        cash = ledger.cash_account(grant.charity.id)
        ledger.post(
            [ledger.disburse_posting(disbursement=self.paid, slices=slices, cash_id=cash)],
            by=cashier,
        )
        return True

    def confirm(self) -> bool:
        self.paid.state, self.paid.paid_on = "confirmed", self.clock.now.date()
        self.paid.save(update_fields=["state", "paid_on"])
        worker = self.grant.worker
        move = trail.moved(
            self.paid,
            "disbursement",
            "confirm",
            ("released", "confirmed"),
            at=self.clock.now,
            by=worker,
            role="worker",
        )
        put([move])
        return True

    # ── the marks of a step ──────────────────────────────────────────────────

    def _act(
        self,
        login: str,
        duty: str,
        after: str,
        role: str,
        *,
        is_confirmed: bool = False,
        moved: str = "",
    ) -> None:
        who, now = self.grant.person(login), self.clock.now
        put([duty_row(self.grant, who, duty, now)])
        put([act_row(self.grant, who, duty, duty, now, is_confirmed=is_confirmed)])
        self._moved(moved or duty, self.grant.request.state, after, who, role)
        entry: AuditEntry = trail.noted(
            self.grant.request,
            f"funding_request.{duty}" if duty == "approve" else f"disbursement.{duty}",
            at=now,
            by=who,
            role=role,
            house=self.grant.charity.id,
            amount=self.grant.wanted.requested,
        )
        put([entry])

    def _moved(self, step: str, before: str, after: str, who: Any, role: str) -> None:
        put(
            [
                trail.moved(
                    self.grant.request,
                    "funding_request",
                    step,
                    (before, after),
                    at=self.clock.now,
                    by=who,
                    role=role,
                )
            ]
        )

    def _enter(self, state: str, *also: str) -> None:
        request = self.grant.request
        request.state, request.state_entered_at = state, self.clock.now
        days = request.programme_version.sla.get(state)
        request.due_at = self.clock.now + dt.timedelta(days=days) if days else None
        request.save(update_fields=["state", "state_entered_at", "due_at", *also])
