"""The terms of a fund, and charitable trusts (Charity Law, chapter 5)."""

import datetime as dt

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from donations.models.fields import money
from donations.models.giving import Donor, Fund
from donations.querysets import MoneyQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted

FILING_DAYS = 7  # Charity Law 45: the trustee files the papers within seven days of signing


class FundTerms(PublicRow, Tenanted):
    """What was agreed about a fund: its aim, its founder, the share for its management, who decides."""

    fund = models.OneToOneField(Fund, models.PROTECT, related_name="terms")
    summary = models.TextField(_("宗旨与资助范围"), blank=True)
    founder = models.ForeignKey(
        Donor, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("发起捐赠人")
    )
    agreement = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    agreed_on = models.DateField(_("协议签订日期"), null=True, blank=True)
    # Per cent of each gift that the agreement gives to management (Charity Law 61: it prevails).
    mgmt_share = models.DecimalField(
        _("管理费比例（%）"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    committee = SealedText(_("管理委员会"), null=True, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="fund_terms_share_is_percent",
                condition=Q(mgmt_share__isnull=True) | Q(mgmt_share__range=(0, 100)),
            ),
            models.CheckConstraint(
                name="fund_terms_agreement_has_founder",
                condition=Q(agreed_on__isnull=True) | Q(founder__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.fund_id)


class CharitableTrust(PublicRow, Tenanted):
    """A trust for charity whose money is kept as a fund of kind `trust`."""

    fund = models.OneToOneField(Fund, models.PROTECT, related_name="charitable_trust")
    settlor = SealedText(_("委托人"))
    trustee = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("受托人")
    )
    supervisor = SealedText(_("监察人"), null=True, blank=True)
    purpose = models.TextField(_("信托目的"))
    beneficiary_scope = models.TextField(_("受益人范围"))
    property_kind = models.CharField(_("信托财产"), max_length=120)
    initial_property = money(_("初始财产"))
    signed_on = models.DateField(_("签订日期"))
    filing_no = models.CharField(_("备案编号"), max_length=60, blank=True)
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    filing_authority = models.CharField(_("备案机关"), max_length=80, blank=True)
    late_reason = models.CharField(_("逾期备案的原因"), max_length=200, blank=True)
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="charitable_trust_property_positive", condition=Q(initial_property__gt=0)
            ),
            models.CheckConstraint(
                name="charitable_trust_filed_has_number",
                condition=Q(filed_on__isnull=True, filing_no="")
                | (Q(filed_on__isnull=False) & ~Q(filing_no="")),
            ),
            models.CheckConstraint(
                name="charitable_trust_filed_in_time",
                condition=Q(filed_on__isnull=True)
                | Q(
                    filed_on__gte=F("signed_on"),
                    filed_on__lte=F("signed_on") + Value(dt.timedelta(days=FILING_DAYS)),
                )
                | (Q(filed_on__gte=F("signed_on")) & ~Q(late_reason="")),
            ),
            models.CheckConstraint(
                name="charitable_trust_ended_after_signed",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("signed_on")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.fund_id)

    @property
    def file_by(self) -> dt.date:
        """The last day on which filing is in time."""
        return self.signed_on + dt.timedelta(days=FILING_DAYS)


class TrustReport(PublicRow, Tenanted):
    """The trustee's yearly report (Charity Law 49)."""

    trust = models.ForeignKey(CharitableTrust, models.PROTECT, related_name="reports")
    year = models.SmallIntegerField(_("年度"))
    reported_on = models.DateField(_("报告日期"))
    income = money(_("本年收入"), default=0)
    paid = money(_("本年公益支出"), default=0)
    costs = money(_("受托与管理费用"), default=0)
    balance = money(_("年末信托财产"))
    summary = models.TextField(_("处理与财务状况"))
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="trust_report_once", fields=["trust", "year"]),
            models.CheckConstraint(
                name="trust_report_year_in_range", condition=Q(year__range=(2000, 2100))
            ),
            models.CheckConstraint(
                name="trust_report_not_negative",
                condition=Q(income__gte=0, paid__gte=0, costs__gte=0, balance__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trust_id} {self.year}"


class TrustBeneficiary(PublicRow, Tenanted):
    """Who was chosen to benefit; never somebody close to the settlor or the trustee (Charity Law 46)."""

    trust = models.ForeignKey(CharitableTrust, models.PROTECT, related_name="beneficiaries")
    name = SealedText(_("受益人"))
    name_masked = models.CharField(max_length=80, editable=False)
    chosen_on = models.DateField(_("确定日期"))
    basis = models.CharField(_("确定的依据和程序"), max_length=200)
    amount = money(_("金额"), null=True, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="trust_beneficiary_amount_positive",
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
            )
        ]

    def __str__(self) -> str:
        return self.name_masked
