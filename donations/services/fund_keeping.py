"""The terms of a fund: opened with its purposes, changed, paused and closed."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import move
from donations.charity_permissions import can_end_fund, can_keep_charity
from donations.charity_workflow import FUND
from donations.models.charities import FundTerms
from donations.models.giving import Donor, Fund, FundPurpose
from donations.models.ledger import LedgerAccount
from donations.services.giving import fund_open
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError


@command
def fund_establish(
    *,
    number: str,
    kind: str,
    name: str,
    parent: Fund | None,
    purposes: Sequence[str],
    by: Any,
    **terms: Any,
) -> Fund:
    """Open a fund with its purposes and what was agreed about it.

    Raises:
        DomainError: as `fund_open`; `fund.purposes_twice` on `purposes`; as `fund_change`.
    """
    require(can_keep_charity, by, None)
    texts = _whole(purposes)
    named = [(f"p{n}", text) for n, text in enumerate(texts, start=1)]
    fund = fund_open(
        number=number.strip(), name=name.strip(), kind=kind, purposes=named, parent=parent, by=by
    )
    _write_terms(fund, by=by, **terms)
    return fund


@command
def fund_change(
    *,
    fund: Fund,
    name: str,
    parent: Fund | None,
    purposes: Sequence[str],
    base: int | None = None,
    by: Any,
    **terms: Any,
) -> Fund:
    """Change name, parent and terms; `purposes` are added, none is taken away: money may hang on it.

    Raises:
        DomainError: `form.stale` (409), `fund.is_closed` (409), `fund.parent_loop` on `parent`,
            `fund.purposes_twice` on `purposes`, and the constraints on their fields.
    """
    fund = Fund.objects.locked().get(pk=fund.pk)
    require(can_keep_charity, by, fund)
    check_base(base, fund.row_version)
    if fund.state == Fund.State.CLOSED:
        raise DomainError("fund.is_closed", _("基金已经终止，不能再修改。"), status=409)
    _check_parent(fund, parent)
    before = fund.name
    fund.name, fund.parent = name.strip(), parent
    fund.save(update_fields=["name", "parent"])
    _add_purposes(fund, _whole(purposes), by)
    _write_terms(fund, by=by, **terms)
    audit.record("fund.change", by=by, on=fund, name=[before, fund.name])
    return fund


def _check_parent(fund: Fund, parent: Fund | None) -> None:
    above = parent
    while above is not None:
        if above.pk == fund.pk:
            raise DomainError("fund.parent_loop", _("上级基金不能是自己或自己的下级。"), "parent")
        above = above.parent


def _whole(purposes: Sequence[str]) -> list[str]:
    texts = [" ".join(text.split()) for text in purposes if text.strip()]
    if len(set(texts)) != len(texts):
        raise DomainError("fund.purposes_twice", _("同一用途写了两次。"), "purposes")
    return texts


def _add_purposes(fund: Fund, texts: list[str], by: Any) -> None:
    held = FundPurpose.objects.filter(fund=fund)
    twice = set(held.values_list("text", flat=True)) & set(texts)
    if twice:
        sentence = _("“%(text)s”这个用途已经有了。") % {"text": sorted(twice)[0]}
        raise DomainError("fund.purposes_twice", sentence, "purposes")
    start = held.count() + 1
    rank = (held.aggregate(most=Max("rank"))["most"] or 0) + 1
    for n, text in enumerate(texts):
        FundPurpose(
            organization_id=fund.organization_id,
            fund=fund,
            code=f"p{start + n}",
            text=text,
            rank=rank + n,
            created_by=by,
        ).save(force_insert=True)


def _write_terms(
    fund: Fund,
    *,
    summary: str = "",
    founder: Donor | None = None,
    agreed_on: dt.date | None = None,
    mgmt_share: Decimal | None = None,
    committee: str = "",
    by: Any,
) -> FundTerms:
    if agreed_on is not None and founder is None:
        raise DomainError(
            "fund_terms_agreement_has_founder", _("有协议的基金要写明发起捐赠人。"), "founder"
        )
    terms = FundTerms.objects.filter(fund=fund).first() or FundTerms(
        organization_id=fund.organization_id, fund=fund, created_by=by
    )
    before = terms.mgmt_share
    terms.summary, terms.founder, terms.agreed_on = summary.strip(), founder, agreed_on
    terms.mgmt_share, terms.committee = mgmt_share, committee.strip() or None
    terms.save()
    audit.record("fund.terms", by=by, on=fund, mgmt_share=[before, mgmt_share], agreed_on=agreed_on)
    return terms


@command
def fund_pause(*, fund: Fund, reason: str, by: Any) -> Fund:
    """Take no more gifts for now."""
    fund = Fund.objects.locked().get(pk=fund.pk)
    require(can_keep_charity, by, fund)
    return _moved(fund, "pause", reason, by)


@command
def fund_resume(*, fund: Fund, by: Any) -> Fund:
    """Take gifts again."""
    fund = Fund.objects.locked().get(pk=fund.pk)
    require(can_keep_charity, by, fund)
    return _moved(fund, "resume", "", by)


@command
def fund_close(*, fund: Fund, reason: str, by: Any) -> Fund:
    """End a fund for good; its books are empty by then.

    Raises:
        DomainError: `fund.has_money` (409) while anything is available or promised (Charity Law 58).
    """
    fund = Fund.objects.locked().get(pk=fund.pk)
    require(can_end_fund, by, fund)
    FUND.check(fund, "close", reason)
    if LedgerAccount.objects.filter(Q(balance__gt=0) | Q(balance__lt=0), fund=fund).exists():
        raise DomainError(
            "fund.has_money",
            _(
                "账上还有余额或未拨付的承诺，不能终止。《慈善法》第五十八条：剩余财产按募捐方案或者捐赠协议处理，"
                "未规定的用于目的相同或者相近的其他慈善项目，并向社会公开。"
            ),
            status=409,
        )
    return _moved(fund, "close", reason, by)


def _moved(fund: Fund, step: str, reason: str, by: Any) -> Fund:
    before = fund.state
    move(fund, FUND, step, by=by, reason=reason)
    audit.record(f"fund.{step}", by=by, on=fund, state=[before, fund.state])
    return fund
