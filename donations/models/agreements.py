"""What was agreed with a donor, and who may not be helped with its money."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.gift_workflow import AgreementState
from donations.models.fields import money
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.querysets import MoneyQuerySet, RelatedPartyQuerySet
from msw_portal.kernel.crypto import BlindIndex, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class Agreement(PublicRow, Tenanted):
    """A donation agreement with the fields of Charity Law 39; the signed text is a document of it.

    `mgmt_share` is the share for management in percent that the parties agreed on: for the gifts
    under this agreement it prevails over the general ratio (Charity Law 61).
    """

    number = models.CharField(_("编号"), max_length=40)
    title = models.CharField(_("名称"), max_length=120)
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="agreements")
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, blank=True, related_name="agreements")
    purpose = models.ForeignKey(
        FundPurpose, models.PROTECT, null=True, blank=True, related_name="agreements"
    )
    property_kind = models.CharField(
        _("财产种类"), max_length=20, choices=Donation.Kind.choices, default=Donation.Kind.MONEY
    )
    amount = money(_("金额或价值"), null=True, blank=True)
    quantity = models.CharField(_("数量"), max_length=80, blank=True)
    quality = models.CharField(_("质量"), max_length=120, blank=True)
    use = models.CharField(_("用途"), max_length=200)
    beneficiary_class = models.CharField(_("受益人类别"), max_length=40, blank=True)
    delivery_on = models.DateField(_("交付时间"), null=True, blank=True)
    delivery = models.CharField(_("交付方式"), max_length=120, blank=True)
    mgmt_share = models.DecimalField(
        _("约定管理费比例（%）"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    leftover = models.CharField(_("剩余财产处理"), max_length=200, blank=True)
    reporting = models.CharField(_("反馈与报告"), max_length=200, blank=True)
    signed_on = models.DateField(_("签订日期"), null=True, blank=True)
    ends_on = models.DateField(_("到期日"), null=True, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=AgreementState.choices,
        default=AgreementState.DRAFT,
        editable=False,
    )

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="agreement_number_once", fields=["organization", "number"]
            ),
            models.CheckConstraint(
                name="agreement_amount_positive", condition=Q(amount__isnull=True) | Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="agreement_share_in_range",
                condition=Q(mgmt_share__isnull=True) | Q(mgmt_share__gte=0, mgmt_share__lte=100),
            ),
            models.CheckConstraint(
                name="agreement_signed_has_day",
                condition=Q(state__in=["draft", "voided"]) | Q(signed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="agreement_state_known", condition=Q(state__in=AgreementState.values)
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="agreement_newest")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class RelatedParty(PublicRow, Tenanted):
    """Who is tied to the charity's own people, or to one donor, and so is no beneficiary of its money.

    Charity Law 40 (of the donor), 59 (of the charity's managers). Without `donor`: of the charity itself.
    """

    class Relation(models.TextChoices):
        FOUNDER = "founder", _("发起人或主要捐赠人")
        MANAGER = "manager", _("理事、监事或主要管理人员")
        KIN = "kin", _("上述人员的近亲属")
        CONTROLLED = "controlled", _("上述人员控制或任职的组织")
        INVESTED = "invested", _("本机构投资的组织")
        DONOR_KIN = "donor_kin", _("捐赠人的近亲属")
        DONOR_TIE = "donor_tie", _("捐赠人的员工、股东或关联组织")

    name = SealedText(_("姓名或名称"))
    name_bidx = BlindIndex(of="name", kind="name", fact="party.name", editable=False)
    name_bidx2 = BlindIndex(of="name", kind="name", fact="party.name", editable=False)
    id_no = SealedText(_("身份证号码或统一社会信用代码"), null=True, blank=True, pad=True)
    id_no_bidx = BlindIndex(of="id_no", kind="id", fact="party.id_no", editable=False)
    id_no_bidx2 = BlindIndex(of="id_no", kind="id", fact="party.id_no", editable=False)
    relation = models.CharField(_("关系"), max_length=20, choices=Relation.choices)
    donor = models.ForeignKey(
        Donor, models.PROTECT, null=True, blank=True, related_name="related_parties"
    )
    is_organization = models.BooleanField(_("是组织"), default=False)
    note = models.CharField(_("依据"), max_length=200, blank=True)
    valid = DateRangeField(_("有效期"))

    objects = RelatedPartyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="related_party_valid_not_empty", condition=Q(valid__isempty=False)
            ),
            models.CheckConstraint(
                name="related_party_of_donor_names_it",
                condition=~Q(relation__in=["donor_kin", "donor_tie"]) | Q(donor__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "name_bidx"], name="related_party_name"),
            models.Index(fields=["organization", "name_bidx2"], name="related_party_name2"),
            models.Index(fields=["organization", "id_no_bidx"], name="related_party_id"),
            models.Index(fields=["organization", "id_no_bidx2"], name="related_party_id2"),
        ]

    def __str__(self) -> str:
        return self.get_relation_display()
