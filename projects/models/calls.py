"""A call for applications and the frozen texts it was announced with."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.mechanisms import Questionnaire
from departments.models.organizations import Organization
from departments.models.publishing import PublicEntry
from msw_portal.kernel.db import PublicRow, Tenanted
from projects.models.fields import money
from projects.querysets.calls import CallQuerySet, CallVersionQuerySet
from projects.workflow.calls import CallState


class CallKind(models.TextChoices):
    CULTIVATION = "cultivation", _("多元培育")
    COMMISSIONED = "commissioned", _("定向委托")
    INCUBATION = "incubation", _("孵化入驻")
    AWARD = "award", _("评选表彰")
    VENTURE = "venture", _("服务创投")
    OTHER = "other", _("其他")


class Call(PublicRow, Tenanted):
    """What a house (the issuer) asks others to apply for; everything that differs by use stands in its row.

    `issuers`: [{"name", "role"}], as the announcement names them; `tracks`, `themes`: [{"code", "name"}];
    `foci`: [text]; `eligibility`: {"questions": [{"code", "label", "type", "options"}], "conditions":
    [{"code", "zh", "cel"}]}; `required_documents`: [{"type", "text", "required"}]; `form`: the sections of
    the application (projects/forms_of_calls.py of services says the shape); `criteria`: [{"code", "name",
    "weight"}], weights sum to 100; `letters`: {"selected", "reserve", "not_selected": text};
    `review_rules`: min_experts, is_odd, trim_from, tie_order, spread_alarm, is_blind, cap, seed.
    """

    kind = models.CharField(_("类型"), max_length=20, choices=CallKind.choices)
    title = models.CharField(_("名称"), max_length=120)
    year = models.SmallIntegerField(_("年度"))
    batch = models.SmallIntegerField(_("批次"), null=True, blank=True)
    slug = models.CharField(_("公开地址"), max_length=40, editable=False)
    number_pattern = models.CharField(_("编号规则"), max_length=60, default="YWSG-DYPY-{YYYY}{SEQ}")
    issuers = models.JSONField(_("发布单位"), default=list, blank=True)
    policy_basis = models.TextField(_("政策依据"), blank=True)
    text = models.TextField(_("公告正文"), blank=True)
    foci = models.JSONField(_("本批重点"), default=list, blank=True)
    contact = models.CharField(_("联系人和联系方式"), max_length=200, blank=True)
    tracks = models.JSONField(_("赛道（申报类别）"), default=list, blank=True)
    themes = models.JSONField(_("主题"), default=list, blank=True)
    eligibility = models.JSONField(_("申报条件"), default=dict, blank=True)
    required_documents = models.JSONField(_("要交的材料"), default=list, blank=True)
    form = models.JSONField(_("申报书"), default=dict, blank=True)
    criteria = models.JSONField(_("评审标准"), default=list, blank=True)
    letters = models.JSONField(_("结果通知书"), default=dict, blank=True)
    # [{"uid", "title", "purpose", "sha256", "bytes", "mime"}]: what is given out with the announcement.
    files = models.JSONField(_("附件和模板"), default=list, blank=True)
    review_rules = models.JSONField(_("评审规则"), default=dict, blank=True)
    score_sheet = models.ForeignKey(
        Questionnaire, models.PROTECT, null=True, blank=True, related_name="+"
    )
    region_codes = ArrayField(
        models.IntegerField(), verbose_name=_("地区"), default=list, blank=True
    )
    max_per_unit = models.SmallIntegerField(_("每个单位最多申报"), null=True, blank=True)
    places = models.IntegerField(_("名额"), null=True, blank=True)
    is_funded = models.BooleanField(_("有资助"), default=False)
    funding_ceiling = money(_("每项资助上限"), null=True, blank=True)
    management_limit = models.DecimalField(
        _("管理费上限（%）"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    opens_at = models.DateTimeField(_("申报开始"), null=True, blank=True)
    closes_at = models.DateTimeField(_("申报截止"), null=True, blank=True)
    supplement_days = models.SmallIntegerField(_("补正期限（工作日）"), default=5)
    notice_days = models.SmallIntegerField(_("公示期（工作日）"), default=5)
    partner = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("培育支持机构"),
    )
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("上一批")
    )
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=CallState.choices,
        default=CallState.DRAFT,
        editable=False,
    )
    state_entered_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.SmallIntegerField(_("版次"), default=0, editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False)
    notice_entry = models.ForeignKey(
        PublicEntry, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    list_entry = models.ForeignKey(
        PublicEntry, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="call_slug_once", fields=["slug"]),
            models.UniqueConstraint(
                name="call_title_once",
                fields=["organization", "year", "title"],
                condition=~Q(state="cancelled"),
            ),
            models.CheckConstraint(
                name="call_state_known", condition=Q(state__in=CallState.values)
            ),
            models.CheckConstraint(name="call_kind_known", condition=Q(kind__in=CallKind.values)),
            models.CheckConstraint(
                name="call_closes_after_opening",
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
            ),
            models.CheckConstraint(
                name="call_published_is_whole",
                condition=Q(state__in=["draft", "cancelled"])
                | Q(
                    opens_at__isnull=False,
                    closes_at__isnull=False,
                    published_at__isnull=False,
                    version__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="call_limits_positive",
                condition=(Q(max_per_unit__isnull=True) | Q(max_per_unit__gt=0))
                & (Q(places__isnull=True) | Q(places__gt=0)),
            ),
            models.CheckConstraint(
                name="call_days_in_range",
                condition=Q(notice_days__range=(1, 60), supplement_days__range=(1, 60)),
            ),
            models.CheckConstraint(
                name="call_year_in_range", condition=Q(year__range=(2000, 2100))
            ),
            models.CheckConstraint(
                name="call_funding_fits",
                condition=(Q(funding_ceiling__isnull=True) | Q(funding_ceiling__gt=0))
                & (Q(management_limit__isnull=True) | Q(management_limit__range=(0, 100))),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-year", "-id"], name="call_newest"),
            models.Index(
                fields=["-closes_at", "-id"],
                name="call_open",
                condition=Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CallVersion(PublicRow, Tenanted):
    """The announcement as it stood from `published_at` on; rows are added, never changed.

    `content`: the call's columns as they were announced; `content_hash` the hexadecimal SHA-256 of it as
    canonical JSON; `note` says what the amendment changed (empty for the first).
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="versions")
    version = models.SmallIntegerField(_("版次"))
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    note = models.CharField(_("更正说明"), max_length=500, blank=True)
    published_at = models.DateTimeField(_("发布时间"), default=timezone.now)

    objects = CallVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="call_version_once", fields=["call", "version"]),
            models.CheckConstraint(
                name="call_version_amendment_says_what",
                condition=Q(version=1) | (Q(version__gt=1) & ~Q(note="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} v{self.version}"
