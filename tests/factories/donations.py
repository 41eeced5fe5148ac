"""Money for tests: a fund with gifts, the programme 小天使基金, requests in any state.

Every function opens the scopes of the persons it acts as; call them outside a scope.
"""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import encrypt
from django.utils import timezone
from oauth2_provider.models import AccessToken

from cases.models.consents import Consent
from departments.models.mechanisms import Document
from departments.models.people import ApiClient, User
from departments.services.api_clients import client_make
from departments.services.documents import document_store
from departments.services.entering import member_scope
from donations.models.giving import Donation, Fund
from donations.models.payout import Disbursement
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.services import giving, payout, programmes, requests, review
from donations.services.catalogue import LITTLE_ANGEL
from tests.factories import cases

D = Decimal
BIRTH = dt.date(timezone.localdate().year - 6, 1, 1)
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Page >>\nendobj\nstartxref\n0\n%%EOF\n"
DECLARED = ("truthful", "no_related_party")
COSTS = {"total": D("120000.00"), "basic": D("50000.00"), "critical": D("10000.00")}
_secrets: dict[int, str] = {}


@contextmanager
def as_person(user: User) -> Iterator[User]:
    """A transaction as this member. A thread of its own gets a person of its own: who acts stands on the object."""
    own = user if threading.current_thread() is threading.main_thread() else copy(user)
    with member_scope(own, own.membership.uid):
        yield own


def code_for(user: User) -> str:
    """The authenticator's present code; the app is bound at first use and may be used again at once."""
    left = 30 - time.time() % 30
    if left < 4:  # a code that turns while the command is under way is a wrong one
        time.sleep(left + 0.05)
    secret = _secrets.setdefault(user.pk, generate_totp_secret())
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)}
    )
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@dataclass(frozen=True)
class People:
    """Who acts in these tests."""

    worker: User
    officer: User
    officer2: User
    approver: User
    cashier: User
    cashier2: User


@dataclass(frozen=True)
class Money:
    """A foundation that can help: fund, purpose, programme in force."""

    fund: Fund
    purpose: Any
    version: ProgrammeVersion
    donor: Any


def make_money(people: People, *, name: str = "小天使基金", **content: Any) -> Money:
    """Fund with one purpose and the published programme; no gift yet."""
    with as_person(people.officer) as by:
        fund = giving.fund_open(
            number=f"F-{name}",
            name=name,
            kind="special",
            purposes=[("leukaemia", "白血病患儿救助")],
            by=by,
        )
        purpose = fund.purposes.get()
        donor = giving.donor_register(kind="company", name="演示捐赠企业", by=by)
        programme = programmes.programme_open(fund=fund, purpose=purpose, name=name, by=by)
        version = programmes.version_write(
            programme=programme,
            content={**LITTLE_ANGEL, "needs_agreement": False, **content},
            valid_from=timezone.localdate() - dt.timedelta(days=400),
            by=by,
        )
    with as_person(people.approver) as by:
        version = programmes.version_publish(version=version, by=by)
    return Money(fund, purpose, version, donor)


def give(
    people: People, money: Money, amount: str | Decimal, *, restricted: bool = True, **given: Any
) -> Donation:
    """A booked gift, for the fund's purpose unless `restricted` is off."""
    with as_person(people.officer) as by:
        donation = giving.donation_record(
            donor=money.donor,
            fund=money.fund,
            purpose=money.purpose if restricted else None,
            amount=D(amount),
            received_on=given.pop("received_on", timezone.localdate()),
            by=by,
            **given,
        )
    with as_person(people.cashier) as by:
        return giving.donation_confirm(donation=donation, by=by)


def paper(case: Any, by: User, kind: str = "diagnosis_certificate") -> Document:
    """A file of the case, in the caller's scope."""
    return document_store(
        name="演示材料.pdf",
        content=PDF,
        mime="application/pdf",
        pages=1,
        subject=case,
        kind=kind,
        by=by,
        organization_id=case.organization_id,
        compartment_id=getattr(case, "compartment_id", None),
    )


@dataclass
class Asked:
    """A request with what it hangs on."""

    case: Any
    request: FundingRequest
    consent: Consent


def make_draft(
    people: People,
    money: Money,
    *,
    requested: str = "30000.00",
    with_papers: bool = True,
    birth: dt.date = BIRTH,
    items: list[str] | None = None,
    case: Any = None,
    **sheet: Any,
) -> Asked:
    """A draft that lacks nothing but its sending, for a new case of the worker."""
    with as_person(people.worker) as by:
        if case is None:
            client = cases.make_client(by, name="演示患儿", birth_date=birth)
            case = cases.make_case(
                by,
                stage="intervention",
                client=client,
                episode=cases.make_episode(client, by, mrn=f"MRN-{client.pk}"),
            )
            if birth.year > timezone.localdate().year - 14:
                cases.make_guardian(client, by)
        given = {} if items is None else {"items": items}
        consent = Consent.objects.filter(
            case=case, kind="share_to_org", recipient=money.version.organization
        ).live().first() or cases.make_consent(
            case,
            by,
            "share_to_org",
            recipient=money.version.organization,
            signer="演示母",
            signer_relation="mother",
            **given,
        )
        request = requests.request_draft(case=case, programme_version=money.version, by=by)
        request = requests.request_amend(
            request=request,
            requested=D(requested),
            cost_lines=COSTS,
            by=by,
            **{
                "story": "演示：父亲务工收入不稳定，母亲全程陪护。",
                "household_size": 4,
                "monthly_income": D("4800.00"),
                "welfare_status": "subsistence",
                **sheet,
            },
        )
        if with_papers:
            for kind in ("diagnosis_certificate", "economic_proof"):
                requests.request_attach(
                    request=request, type=kind, document=paper(case, by, kind), by=by
                )
    return Asked(case, request, consent)


def submit(people: People, asked: Asked) -> FundingRequest:
    with as_person(people.worker) as by:
        asked.request = requests.request_submit(
            request=asked.request, consent=asked.consent, declarations=DECLARED, by=by
        )
    return asked.request


def make_submitted(people: People, money: Money, **given: Any) -> Asked:
    asked = make_draft(people, money, **given)
    submit(people, asked)
    return asked


def make_proposed(people: People, money: Money, **given: Any) -> Asked:
    """Checked by one officer, reviewed by another."""
    asked = make_submitted(people, money, **given)
    with as_person(people.officer) as by:
        asked.request = review.request_check(request=asked.request, complete=True, by=by)
    with as_person(people.officer2) as by:
        asked.request = review.request_review(request=asked.request, opinion="符合条件", by=by)
    return asked


def make_approved(
    people: People, money: Money, *, amount: str | None = None, **given: Any
) -> Asked:
    asked = make_proposed(people, money, **given)
    approve(people, asked, amount)
    return asked


def approve(people: People, asked: Asked, amount: str | None = None) -> FundingRequest:
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        asked.request = review.request_approve(
            request=asked.request,
            amount=D(amount) if amount else asked.request.proposed,
            totp_code=code,
            opinion="同意按此金额资助。",
            by=by,
        )
    return asked.request


def payee_of(request: FundingRequest) -> dict[str, str]:
    return {"name": request.organization.name, "bank": "演示银行", "account": "6200000000000000"}


def prepare(people: People, asked: Asked, amount: str) -> Disbursement:
    with as_person(people.cashier) as by:
        request = FundingRequest.objects.select_related("organization").get(pk=asked.request.pk)
        return payout.disbursement_prepare(
            request=request, amount=D(amount), payee_account=payee_of(request), by=by
        )


def release(people: People, disbursement: Disbursement) -> Disbursement:
    code = code_for(people.cashier2)
    with as_person(people.cashier2) as by:
        return payout.disbursement_release(disbursement=disbursement, totp_code=code, by=by)


def make_api_client(
    house: Any, *, duties: tuple[str, ...], limit: str | None, scopes: tuple[str, ...]
) -> ApiClient:
    """A client of the house; open the house's own system scope around the call."""
    return client_make(
        organization=house,
        name="演示接口",
        scopes=scopes,
        duties=duties,
        approve_limit=D(limit) if limit else None,
        contact="",
        client_id=f"id-{time.time_ns()}",
        secret="s" * 50,
        by=None,
    )


def make_token(client: ApiClient, *, scope: str, minutes: int = 60) -> str:
    """A live access token of a client."""
    token = f"token-{time.time_ns()}"
    AccessToken.objects.create(
        token=token,
        application=client.application,
        scope=scope,
        expires=timezone.now() + dt.timedelta(minutes=minutes),
    )
    return token
