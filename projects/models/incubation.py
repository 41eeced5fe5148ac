"""What incubation and cultivation leave for others: contracts, unmet needs as numbers, kits, programmes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from departments.models.place_codes import Precision
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, SharedRow, Tenanted
from projects.models.cultivation import Project, ProjectEvent
from projects.models.fields import money
from projects.querysets.incubation import (
    CoachingQuerySet,
    ContractQuerySet,
    KitQuerySet,
    NeedBankQuerySet,
    ProfileQuerySet,
)
from projects.workflow.incubation import ContractState


class StationArea(models.TextChoices):
    """Four basic and three special areas of a station's month; the installation may rename them (code list)."""

    RELIEF = "relief", _("社会救助")
    AGED = "aged", _("养老服务")
    CHILDREN = "children", _("儿童福利与保护")
    COMMUNITY = "community", _("社区治理")
    MIND = "mind", _("心理援助（专项）")
    RESETTLED = "resettled", _("征迁安置居民融入（专项）")
    OLD_AND_YOUNG = "old_and_young", _("一老一小（专项）")


LEAST_IN_BANK = 5  # small cells inside an authority's statistics are hidden below five


class CoachingNote(PublicRow, SharedRow):
    """What was said in a one-to-one coaching (`event`), sealed: for whoever wrote it and whoever leads the unit.

    Rows are added, never changed: a correction is the next version, which says why.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="coaching_notes")
    event = models.ForeignKey(ProjectEvent, models.PROTECT, related_name="coaching_notes")
    version = models.SmallIntegerField(_("版次"), default=1)
    body = SealedText(_("辅导内容"))
    advice = SealedText(_("建议与下一步"), null=True, blank=True)
    reason = SealedText(_("修改说明"), null=True, blank=True)

    objects = CoachingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="coaching_note_once", fields=["event", "version"]),
            models.CheckConstraint(
                name="coaching_note_later_says_why",
                condition=Q(version=1, reason__isnull=True)
                | Q(version__gt=1, reason__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="coaching_of_project")]

    def __str__(self) -> str:
        return f"{self.event_id} v{self.version}"


class PurchaseContract(PublicRow, SharedRow):
    """Government purchase of service: `organization` operates, `counterparty` buys and keeps the row.

    What is to be reached and what is paid are the project's indicators and its events `contract_payment`.
    """

    project = models.OneToOneField(Project, models.PROTECT, related_name="contract")
    number = models.CharField(_("合同编号"), max_length=60)
    buyer_name = models.CharField(_("购买方"), max_length=120)
    operator_name = models.CharField(_("承接方"), max_length=120)
    amount = money(_("合同金额（元）"))
    signed_on = models.DateField(_("签订日期"))
    starts_on = models.DateField(_("服务期开始"))
    ends_on = models.DateField(_("服务期结束"))
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=ContractState.choices,
        default=ContractState.RUNNING,
        editable=False,
    )

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="purchase_contract_number_once", fields=["counterparty", "number"]
            ),
            models.CheckConstraint(
                name="purchase_contract_amount_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="purchase_contract_in_order", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="purchase_contract_state_known", condition=Q(state__in=ContractState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["counterparty", "-id"], name="purchase_contract_desk"),
            models.Index(fields=["organization", "-id"], name="purchase_contract_own"),
        ]

    def __str__(self) -> str:
        return self.number


class NeedBankEntry(PublicRow, Tenanted):
    """需求库: how many needs of one kind a hospital could not meet in a quarter; five at least, never a person.

    Written when the head releases a quarter. Which cases were counted stays with the hospital.
    """

    category = models.CharField(_("需求类别"), max_length=40)
    quarter = models.DateField(_("季度"))
    counted = models.PositiveIntegerField(_("未满足数"))
    region_code = models.IntegerField(_("地区代码"))
    released_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    objects = NeedBankQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="need_bank_once", fields=["organization", "quarter", "category"]
            ),
            models.CheckConstraint(
                name="need_bank_at_least_five", condition=Q(counted__gte=LEAST_IN_BANK)
            ),
            models.CheckConstraint(
                name="need_bank_quarter_begins",
                condition=Q(quarter__day=1, quarter__month__in=(1, 4, 7, 10)),
            ),
        ]
        indexes = [
            models.Index(fields=["region_code", "-quarter", "category"], name="need_bank_region")
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.category}"


class ReplicationKit(PublicRow, Tenanted):
    """可复制 kit of a project, read by every unit once published and frozen from then on; no person in it.

    `payload`: {"target_group", "steps": [..], "tools": [..], "indicators": [{"name", "unit", "weight",
    "target", "source"}], "budget": [{"line", "unit_price", "quantity"}], and the codes of fields.TAGS}.
    """

    project = models.OneToOneField(Project, models.PROTECT, related_name="kit")
    title = models.CharField(_("名称"), max_length=120)
    unit_name = models.CharField(_("单位"), max_length=120)
    summary = models.TextField(_("简介"), max_length=1000)
    payload = models.JSONField(default=dict)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False)

    objects = KitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="replication_kit_says_what", condition=~Q(title="") & ~Q(summary="")
            )
        ]
        indexes = [models.Index(fields=["-published_at", "-id"], name="replication_kit_page")]

    def __str__(self) -> str:
        return self.title


class ProgrammeProfile(PublicRow, Tenanted):
    """What a programme with sites says of itself; everybody reads it once published.

    `parties`: [{"role": initiator|guide|sponsor|partner, "name", "source"}]; `services` and `themes`: words;
    `sites`: [{"name", "is_flagship", "since", "events", "participants", "volunteers", "results": [..]}], the
    figures that were published last; `versions`: what sources say differently, [{"about", "text",
    "source"}]: all of them stand.
    """

    project = models.OneToOneField(Project, models.PROTECT, related_name="profile")
    name = models.CharField(_("名称"), max_length=80)
    summary = models.TextField(_("简介"), max_length=1000, blank=True)
    begun_on = models.DateField(_("启动日期"))
    begun_precision = models.CharField(
        _("启动日期精确到"), max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    ended_on = models.DateField(_("结束日期"), null=True, blank=True)
    themes = models.JSONField(_("主题"), default=list, blank=True)
    services = models.JSONField(_("服务"), default=list, blank=True)
    parties = models.JSONField(_("各方"), default=list, blank=True)
    versions = models.JSONField(_("来源不一致之处"), default=list, blank=True)
    sites = models.JSONField(_("站点"), default=list, blank=True, editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="programme_profile_in_order",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("begun_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
