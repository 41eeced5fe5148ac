"""What a house has published to everybody, and what somebody objects to in it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.querysets import PublicEntryQuerySet, TenantQuerySet
from departments.workflow import ObjectionState
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Subject, Tenanted


class EntryKind(models.TextChoices):
    """Each report, campaign, project and event is an entry of its own (P-MCA81 16)."""

    CAMPAIGN = "campaign", _("募捐活动")
    PROJECT = "project", _("慈善项目")
    FUND = "fund", _("专项基金")
    YEAR = "year", _("年度报告")
    EVENT = "event", _("重大事项")
    TRUST = "trust", _("慈善信托")
    RECEIPTS = "receipts", _("款物收支")
    GIFT = "gift", _("接受捐赠")
    NOTICE = "notice", _("公示")
    LIST = "list", _("名单")
    RECEIPT = "receipt", _("捐赠票据")
    CERTIFICATE = "certificate", _("证明")
    AWARD = "award", _("表彰")
    REPORT = "report", _("报告")


class PublicEntry(PublicRow, Tenanted, Subject):
    """One version of one published page; everybody reads it from `visible_from` until before `visible_to`.

    `slug` is its address, the same for every version; a correction is the next version, which names
    what it `supersedes` and says in `correction_note` what was wrong. `payload` is what is shown, made
    at publication: see departments/services/publishing.py for its shape. `payload_hash` is the
    hexadecimal SHA-256 of the payload as canonical JSON. A trigger keeps everything but `visible_to`.
    """

    kind = models.CharField(_("种类"), max_length=20, choices=EntryKind.choices)
    slug = models.SlugField(_("地址"), max_length=60)
    version = models.SmallIntegerField(_("版次"), default=1)
    title = models.CharField(_("标题"), max_length=200)
    payload = models.JSONField(default=dict)
    payload_hash = models.CharField(max_length=64)
    visible_from = models.DateTimeField(_("公布时间"), default=timezone.now)
    visible_to = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    correction_note = models.CharField(_("更正说明"), max_length=500, blank=True)

    objects = PublicEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="public_entry_version_once", fields=["slug", "version"]),
            models.CheckConstraint(
                name="public_entry_kind_known", condition=Q(kind__in=EntryKind.values)
            ),
            models.CheckConstraint(name="public_entry_named", condition=~Q(title="") & ~Q(slug="")),
            models.CheckConstraint(
                name="public_entry_correction_says_what",
                condition=Q(version=1, supersedes__isnull=True, correction_note="")
                | (Q(version__gt=1, supersedes__isnull=False) & ~Q(correction_note="")),
            ),
            models.CheckConstraint(
                name="public_entry_ends_after_begin",
                condition=Q(visible_to__isnull=True) | Q(visible_to__gte=F("visible_from")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "kind", "-visible_from", "-id"], name="public_entry_kind"
            ),
            models.Index(fields=["organization", "-visible_from", "-id"], name="public_entry_new"),
            models.Index(
                fields=["organization", "subject_kind", "subject_id", "version"],
                name="public_entry_subject",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_open(self) -> bool:
        """Whether everybody sees it now."""
        now = timezone.now()
        return self.visible_from <= now and (self.visible_to is None or self.visible_to > now)


class Objection(PublicRow, Tenanted):
    """What somebody says is wrong with an entry; it ends with an answer."""

    entry = models.ForeignKey(PublicEntry, models.PROTECT, related_name="objections")
    inbox_item = models.ForeignKey(
        "departments.InboxItem", models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = SealedText(_("异议内容"))
    contact = SealedText(_("联系方式"), null=True, blank=True)
    answer = SealedText(_("答复"), null=True, blank=True)
    state = models.CharField(
        _("状态"), max_length=20, choices=ObjectionState.choices, default=ObjectionState.RECEIVED
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="objection_state_known", condition=Q(state__in=ObjectionState.values)
            ),
            models.CheckConstraint(
                name="objection_ends_with_answer",
                condition=Q(
                    state__in=("unseen", "received", "investigating"), answered_at__isnull=True
                )
                | Q(
                    state__in=("upheld", "dismissed"),
                    answered_at__isnull=False,
                    answer__isnull=False,
                ),
            ),
        ]
        indexes = [models.Index(fields=["organization", "state", "-id"], name="objection_waiting")]

    def __str__(self) -> str:
        return str(self.uid)
