"""The agreement before the payout: its text, agreed to on the phone or signed on paper."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from departments import audit
from departments.models.mechanisms import Document
from departments.services.moving import move
from departments.services.tasks import tasks_close
from donations.models.aid_agreements import AidAgreement
from donations.models.requests import FundingRequest
from donations.permissions import can_submit_request
from donations.services.agreement_scans import scan_share
from donations.services.course import awaits_agreement
from donations.services.requests import locked_own, refuse_hold, tell_foundation
from donations.services.taking import due_for
from donations.workflow import FUNDING_REQUEST, RequestState
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.money import capital_amount, format_amount

TASK = "aid_agreement"


@dataclass(frozen=True)
class Terms:
    """What is agreed on, clause by clause, and the digest that names exactly this text."""

    clauses: tuple[str, ...]
    digest: str

    @property
    def text(self) -> str:
        return "\n".join(self.clauses)


def agreement_of(request: FundingRequest) -> AidAgreement | None:
    """What was agreed; either house and, behind its code, the family may ask."""
    return AidAgreement.objects.filter(request=request).select_related("scan").first()


def terms_of(request: FundingRequest) -> Terms:
    """The text for the sum that is approved now: the common clauses, then the programme's own. No person is named."""
    version, amount = request.programme_version, format_amount(request.approved)
    with override(settings.LANGUAGE_CODE):
        mode = str(dict(version.PayoutMode.choices)[request.payout_mode])
        clauses = [
            f"{request.counterparty.name}按“{version.name}”的标准，就申请 {request.number} 资助 {amount} 元"
            f"（{capital_amount(request.approved)}），用于{_purpose(request)}。",
            f"拨付方式：{mode}。可以一次或分期拨付，各期合计不超过上述金额；每一期由医院确认到账。",
            "资助款只用于约定的用途。付到医院账户没有用完的钱退回基金会，帮助其他患者，不退给个人。",
            "受助方保证提供的情况和材料真实。查明不实的，基金会可以停止拨付，并要求退还已经拨付的资助。",
            "治疗中断、转院、出院，或同一笔费用已由其他救助支付的，受助方应当及时告诉医务社工。",
            "基金会只把受助人的信息用于办理和核查这次资助；未经另外书面同意，不公开姓名和影像。",
            "申请、领取资助都不收任何费用，也不要求受助方做宣传或购买任何东西。",
            "经复核（申复）提高金额的，按新的决定书办理，本协议其余约定不变，不用另签。",
            *(line.strip() for line in version.agreement_terms.splitlines() if line.strip()),
        ]
    return Terms(tuple(clauses), hashlib.sha256("\n".join(clauses).encode()).hexdigest())


def _purpose(request: FundingRequest) -> str:
    if request.is_for_project:
        # The foundation does not see the unit's project: what it was told of it stands in the request.
        return f"项目“{request.form.get('project', {}).get('title', '')}”的预算"
    return f"患者在{request.organization.name}的治疗费用"


@command
def aid_agreement_sign(
    *,
    request: FundingRequest,
    signer: str,
    signed_on: dt.date,
    scan: Document,
    by: Any,
) -> AidAgreement:
    """The worker records what was signed on paper, with its scan; the payout may begin.

    Raises:
        DomainError: `permission.can_submit_request`, and those of agreement_write; `aid_agreement.day`
            on `signed_on`.
    """
    request = locked_own(request, by=by, rule=can_submit_request)
    decided_on = timezone.localdate(request.state_entered_at)
    if not decided_on <= signed_on <= timezone.localdate():
        raise DomainError("aid_agreement.day", _("签署日期在批准那天和今天之间。"), "signed_on")
    signed = agreement_write(
        request=request,
        way=AidAgreement.Way.PAPER,
        signer=signer,
        digest=None,
        signed_on=signed_on,
        scan=scan,
        by=by,
    )
    scan_share(request=request, by=by)
    return signed


@command
def agreement_write(
    *,
    request: FundingRequest,
    way: str,
    signer: str,
    digest: str | None,
    signed_on: dt.date,
    scan: Document | None = None,
    by: Any,
) -> AidAgreement:
    """Keep the text that was agreed to and take the step; who may do so has been checked, the row is locked.

    `digest` names the text that was read; None for a paper, which is of the text as it stands. `by` is None for a family behind its code.

    Raises:
        DomainError: `aid_agreement.not_now` (409), `funding_request.on_hold` (409), `aid_agreement.signer`
            on `signer`, `aid_agreement.changed` (409) when the text is no longer the one that was read.
    """
    if not awaits_agreement(request):
        raise DomainError("aid_agreement.not_now", _("现在没有要签的协议。"), status=409)
    refuse_hold(request)
    if signer not in signers_of(request, way):
        raise DomainError("aid_agreement.signer", _("请选择由谁签署。"), "signer")
    terms = terms_of(request)
    if digest is not None and terms.digest != digest:
        raise DomainError(
            "aid_agreement.changed", _("协议内容刚有变化，请重新看过再同意。"), status=409
        )
    agreement = AidAgreement(
        request=request,
        organization_id=request.organization_id,
        counterparty_id=request.counterparty_id,
        amount=request.approved,
        text=terms.text,
        digest=terms.digest,
        way=way,
        signer=signer,
        signed_on=signed_on,
        scan=scan,
        recorded_by=by,
        created_by=by,
    )
    agreement.save(force_insert=True)
    request.due_at = due_for(request, RequestState.AGREEMENT)
    move(request, FUNDING_REQUEST, "sign", by=by, also=("due_at",))
    tasks_close(kind=TASK, subject=request)
    tell_foundation(request, "sign", by=by)
    audit.record(
        "funding_request.sign",
        by=by,
        on=request,
        organization_id=request.organization_id,
        way=way,
        signer=signer,
        digest=terms.digest,
    )
    return agreement


def signers_of(request: FundingRequest, way: str) -> tuple[str, ...]:
    """Who may sign for the side that is helped."""
    signer = AidAgreement.Signer
    if request.is_for_project:
        return (signer.UNIT,) if way == AidAgreement.Way.PAPER else ()
    return (signer.SELF, signer.GUARDIAN, signer.ENTRUSTED)
