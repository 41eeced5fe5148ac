"""What moves money inside the books without a gift or a payout: asked, approved and booked by three persons."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.books_workflow import OrderState
from donations.models.fields import money
from donations.models.giving import Donation, Fund, FundPurpose
from donations.models.ledger import LedgerJournal
from donations.querysets import MoneyQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted

FIVE_MINUTES = dt.timedelta(minutes=5)


def _apart(one: str, other: str) -> Q:
    return Q(**{f"{one}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{one: F(other)})


def _fresh(who: str, at: str, factor: str) -> Q:
    return Q(**{f"{who}__isnull": True}) | Q(
        **{
            f"{at}__isnull": False,
            f"{factor}__isnull": False,
            f"{factor}__lte": F(at),
            f"{factor}__gte": F(at) - FIVE_MINUTES,
        }
    )


class LedgerOrder(PublicRow, Tenanted):
    """An order to the books. `fund` and `purpose` are where the money is, `to_fund` and `to_purpose`
    where it goes; `payee` is another charity, `payee_text` its fund and purpose in its own words.

    A change of purpose needs the donor's consent or a re-filing (Charity Law 56), a leftover goes by
    the plan, the agreement or to a similar purpose and is published (58); `basis` says which.
    """

    class Kind(models.TextChoices):
        PURPOSE_CHANGE = "purpose_change", _("变更捐赠用途")
        LEFTOVER = "leftover", _("剩余财产处理")
        FUND_TRANSFER = "fund_transfer", _("基金之间划转")
        GRANT = "grant", _("划转给其他慈善组织")
        INTEREST = "interest", _("利息入账")
        FEE = "fee", _("提取管理费用")
        REVERSAL = "reversal", _("冲销")

    class Basis(models.TextChoices):
        DONOR_CONSENT = "donor_consent", _("捐赠人书面同意")
        REFILED = "refiled", _("募捐方案变更备案")
        PLAN = "plan", _("按募捐方案或捐赠协议的约定")
        SIMILAR = "similar", _("用于相同或相近的慈善项目并公开")

    number = models.CharField(_("编号"), max_length=40)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind.choices)
    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="orders_from"
    )
    purpose = models.ForeignKey(
        FundPurpose, models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="orders_to"
    )
    to_purpose = models.ForeignKey(
        FundPurpose, models.PROTECT, null=True, blank=True, related_name="+"
    )
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="orders"
    )
    payee = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )
    payee_fund = models.CharField(_("对方的基金"), max_length=80, blank=True)
    payee_purpose = models.CharField(_("对方的用途"), max_length=120, blank=True)
    reverses = models.ForeignKey(
        LedgerJournal, models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount = money(_("金额"))
    on = models.DateField(_("起息日或发生日"), null=True, blank=True)
    reason = SealedText(_("事由"))
    basis = models.CharField(_("依据"), max_length=20, choices=Basis.choices, blank=True)
    basis_no = models.CharField(_("依据编号"), max_length=80, blank=True)
    basis_on = models.DateField(_("依据日期"), null=True, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=OrderState.choices,
        default=OrderState.ASKED,
        editable=False,
    )
    needs_second = models.BooleanField(_("须两人审批"), default=False, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_factor_at = models.DateTimeField(null=True, editable=False)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    second_at = models.DateTimeField(null=True, editable=False)
    second_factor_at = models.DateTimeField(null=True, editable=False)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    booked_at = models.DateTimeField(null=True, editable=False)
    journal = models.OneToOneField(
        LedgerJournal, models.PROTECT, null=True, related_name="order", editable=False
    )
    disclosed_on = models.DateField(_("公开日期"), null=True, blank=True, editable=False)
    disclosed_at = models.CharField(_("公开位置"), max_length=200, blank=True, editable=False)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="ledger_order_number_once", fields=["organization", "number"]
            ),
            models.CheckConstraint(name="ledger_order_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="ledger_order_state_known", condition=Q(state__in=OrderState.values)
            ),
            models.CheckConstraint(
                name="ledger_order_names_its_parts",
                condition=Q(kind="purpose_change", donation__isnull=False, to_fund__isnull=False)
                | Q(
                    kind__in=["leftover", "fund_transfer"],
                    fund__isnull=False,
                    to_fund__isnull=False,
                )
                | Q(kind="grant", fund__isnull=False, payee__isnull=False)
                | Q(kind="interest", fund__isnull=False, on__isnull=False)
                | Q(kind="fee", fund__isnull=False)
                | Q(kind="reversal", reverses__isnull=False),
            ),
            models.CheckConstraint(
                name="ledger_order_people_apart",
                condition=_apart("approved_by", "asked_by")
                & _apart("second_by", "asked_by")
                & _apart("booked_by", "asked_by")
                & _apart("second_by", "approved_by")
                & _apart("booked_by", "approved_by")
                & _apart("booked_by", "second_by"),
            ),
            models.CheckConstraint(
                name="ledger_order_approved_with_factor",
                condition=_fresh("approved_by", "approved_at", "approved_factor_at")
                & _fresh("second_by", "second_at", "second_factor_at"),
            ),
            models.CheckConstraint(
                name="ledger_order_has_basis",
                condition=~Q(kind__in=["purpose_change", "leftover"])
                | Q(state__in=["asked", "refused"])
                | (~Q(basis="") & Q(basis_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="ledger_order_approved_is_whole",
                condition=~Q(state__in=["approved", "booked"])
                | (
                    Q(approved_by__isnull=False)
                    & (Q(needs_second=False) | Q(second_by__isnull=False))
                ),
            ),
            models.CheckConstraint(
                name="ledger_order_booked_names_journal",
                condition=Q(
                    state="booked",
                    journal__isnull=False,
                    booked_by__isnull=False,
                    booked_at__isnull=False,
                )
                | (~Q(state="booked") & Q(journal__isnull=True, booked_by__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="ledger_order_newest"),
            models.Index(fields=["organization", "state", "-id"], name="ledger_order_own_state"),
        ]

    def __str__(self) -> str:
        return self.number
