"""Charitable trusts: set up and filed, reported on every year, for nobody close to settlor or trustee."""

import datetime as dt
import unicodedata
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from donations.charity_permissions import can_keep_charity
from donations.models.charities import FILING_DAYS, CharitableTrust, TrustBeneficiary, TrustReport
from donations.models.giving import Fund
from donations.services.campaigns.disclosing import trust_signed
from donations.services.related import is_related
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import mask_name

ARTICLE_46 = _(
    "《慈善法》第四十六条：委托人不得指定或者变相指定其利害关系人作为受益人，"
    "受托人不得指定或者变相指定受托人及其工作人员的利害关系人作为受益人。"
)


@command
def trust_set_up(*, number: str, name: str, by: Any, **facts: Any) -> CharitableTrust:
    """Open the fund of a new trust and write its facts.

    Raises:
        DomainError: as `fund_open` for number and name, as `trust_change` for the facts.
    """
    require(can_keep_charity, by, None)
    fund = Fund(
        organization_id=by.house_id,
        number=number.strip(),
        name=name.strip(),
        kind=Fund.Kind.TRUST,
        created_by=by,
    )
    fund.save(force_insert=True)
    audit.record("fund.open", by=by, on=fund, number=fund.number, kind=fund.kind)
    trust = CharitableTrust(organization_id=by.house_id, fund=fund, created_by=by)
    return _written(trust, by=by, **facts)


@command
def trust_change(
    *, trust: CharitableTrust, base: int | None = None, by: Any, **facts: Any
) -> CharitableTrust:
    """Correct the facts of a trust, or add its filing.

    Raises:
        DomainError: `form.stale` (409); `trust.filed_late` on `late_reason`, `trust.filed_first` on
            `filed_on`, `trust.in_future` on its day, `trust.own_beneficiary` on `beneficiary_scope`.
    """
    trust = CharitableTrust.objects.locked().get(pk=trust.pk)
    require(can_keep_charity, by, trust)
    check_base(base, trust.row_version)
    return _written(trust, by=by, **facts)


def _written(
    trust: CharitableTrust,
    *,
    settlor: str,
    trustee: Organization,
    supervisor: str = "",
    purpose: str,
    beneficiary_scope: str,
    property_kind: str,
    initial_property: Decimal,
    signed_on: dt.date,
    filing_no: str = "",
    filed_on: dt.date | None = None,
    filing_authority: str = "",
    late_reason: str = "",
    ended_on: dt.date | None = None,
    by: Any,
) -> CharitableTrust:
    _check_filing(signed_on, filing_no.strip(), filed_on, late_reason.strip())
    scope = _folded(beneficiary_scope)
    if _folded(settlor) in scope or _folded(trustee.name) in scope:
        raise DomainError("trust.own_beneficiary", ARTICLE_46, "beneficiary_scope")
    trust.settlor, trust.trustee = settlor.strip(), trustee
    trust.supervisor = supervisor.strip() or None
    trust.purpose, trust.beneficiary_scope = purpose.strip(), beneficiary_scope.strip()
    trust.property_kind, trust.initial_property = property_kind.strip(), initial_property
    trust.signed_on, trust.filing_no, trust.filed_on = signed_on, filing_no.strip(), filed_on
    trust.filing_authority, trust.late_reason = filing_authority.strip(), late_reason.strip()
    trust.ended_on = ended_on
    is_new = trust._state.adding
    trust.save()
    trust_signed(trust, by)
    audit.record(
        "trust.set_up" if is_new else "trust.change",
        by=by,
        on=trust.fund,
        filed_on=filed_on,
        amount=initial_property,
    )
    return trust


def _check_filing(
    signed_on: dt.date, filing_no: str, filed_on: dt.date | None, late_reason: str
) -> None:
    today = timezone.localdate()
    for name, day in (("signed_on", signed_on), ("filed_on", filed_on)):
        if day is not None and day > today:
            raise DomainError("trust.in_future", _("日期不能晚于今天。"), name)
    if bool(filing_no) != (filed_on is not None):
        raise DomainError(
            "charitable_trust_filed_has_number",
            _("备案编号和备案日期要一起填写。"),
            "filed_on" if filing_no else "filing_no",
        )
    if filed_on is None:
        return
    if filed_on < signed_on:
        raise DomainError("trust.filed_first", _("备案日期不能早于签订日期。"), "filed_on")
    last = signed_on + dt.timedelta(days=FILING_DAYS)
    if filed_on > last and not late_reason:
        sentence = _(
            "《慈善法》第四十五条：慈善信托文件签订之日起七日内备案，最晚 %(day)s。"
            "逾期的请写明原因；未按期备案的不享受税收优惠。"
        )
        raise DomainError("trust.filed_late", sentence % {"day": last.isoformat()}, "late_reason")


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@command
def trust_report_add(
    *,
    trust: CharitableTrust,
    year: int,
    reported_on: dt.date,
    income: Decimal,
    paid: Decimal,
    costs: Decimal,
    balance: Decimal,
    summary: str,
    by: Any,
) -> TrustReport:
    """The trustee's report of a year (Charity Law 49: at least one a year, published).

    Raises:
        DomainError: `trust.report_early` on `reported_on` for a year that is not over, `trust.in_future`,
            `trust.report_before` on `year`, or `trust_report_once` on `year`.
    """
    trust = CharitableTrust.objects.locked().get(pk=trust.pk)
    require(can_keep_charity, by, trust)
    if reported_on > timezone.localdate():
        raise DomainError("trust.in_future", _("日期不能晚于今天。"), "reported_on")
    if year < trust.signed_on.year:
        raise DomainError("trust.report_before", _("这一年信托还没有设立。"), "year")
    if reported_on.year < year:
        raise DomainError("trust.report_early", _("报告日期不能早于所报告的年度。"), "reported_on")
    report = TrustReport(
        organization_id=trust.organization_id,
        trust=trust,
        year=year,
        reported_on=reported_on,
        income=income,
        paid=paid,
        costs=costs,
        balance=balance,
        summary=summary.strip(),
        created_by=by,
    )
    report.save(force_insert=True)
    audit.record("trust.report", by=by, on=trust.fund, year=year, amount=paid)
    return report


@command
def trust_beneficiary_add(
    *,
    trust: CharitableTrust,
    name: str,
    chosen_on: dt.date,
    basis: str,
    amount: Decimal | None = None,
    is_body: bool = False,
    by: Any,
) -> TrustBeneficiary:
    """Enter who was chosen to benefit; the name of a body or project is shown in clear.

    Raises:
        DomainError: `trust.related_beneficiary` on `name` for settlor, trustee and who is close to them.
    """
    trust = CharitableTrust.objects.locked().select_related("trustee").get(pk=trust.pk)
    require(can_keep_charity, by, trust)
    if chosen_on > timezone.localdate():
        raise DomainError("trust.in_future", _("日期不能晚于今天。"), "chosen_on")
    named = _folded(name)
    is_own = named in {_folded(trust.settlor), _folded(trust.trustee.name)}
    if is_own or is_related(organization_id=trust.organization_id, name=name, on=chosen_on):
        raise DomainError("trust.related_beneficiary", ARTICLE_46, "name")
    row = TrustBeneficiary(
        organization_id=trust.organization_id,
        trust=trust,
        name=name.strip(),
        name_masked=name.strip() if is_body else mask_name(name.strip()),
        chosen_on=chosen_on,
        basis=basis.strip(),
        amount=amount,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("trust.beneficiary", by=by, on=trust.fund, amount=amount)
    return row


def missing_reports(trust: CharitableTrust, years: set[int], today: dt.date) -> list[int]:
    """Whole years since the trust was signed without a report; the last one is due from January on."""
    last = (trust.ended_on or today).year - (0 if trust.ended_on else 1)
    return [year for year in range(trust.signed_on.year, last + 1) if year not in years]
