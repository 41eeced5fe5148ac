"""强制报告: the duty to report harm to a minor, or violence, to the authorities; seen by named persons only.

未成年人保护法第十一条, 反家庭暴力法第十四条. Each report has a compartment of its own, which is not
the case's: whoever may open the case learns nothing of it, not even that it exists.
"""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.alerts import RiskAlert
from cases.models.casework import Case
from cases.querysets import NamedQuerySet, ReportQuerySet
from cases.workflow import ReportState
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class ReportGround(models.TextChoices):
    MINOR_HARM = "minor_harm", _("未成年人受到或疑似受到侵害")
    VIOLENCE = "violence", _("无或限制民事行为能力人遭受或疑似遭受家庭暴力")


class ReportOrigin(models.TextChoices):
    ALERT = "alert", _("风险预警")
    NEED = "need", _("需求登记")
    DIAGNOSIS = "diagnosis", _("诊断")
    FORM = "form", _("危机事件报告")
    WORKER = "worker", _("工作人员发现")


class ReportRecipient(models.TextChoices):
    POLICE = "police", _("公安机关")
    CIVIL_AFFAIRS = "civil_affairs", _("民政部门")
    EDUCATION = "education", _("教育部门")
    HEALTH = "health", _("卫生健康部门")
    PROCURATORATE = "procuratorate", _("检察机关")
    WOMEN_FEDERATION = "women_federation", _("妇联")
    COMMITTEE = "committee", _("居（村）民委员会")
    OTHER = "other", _("其他")


class ReportWay(models.TextChoices):
    PHONE = "phone", _("电话")
    IN_PERSON = "in_person", _("当面")
    LETTER = "letter", _("书面")
    ONLINE = "online", _("网络平台")


def new_compartment() -> int:
    """A number of its own: below zero, so that it can never be a case's."""
    return -secrets.randbits(60) - 1


class MandatoryReport(PublicRow, Tenanted):
    """One duty to report; `facts` is self-contained, since its readers may not be the case's."""

    compartment_id = models.BigIntegerField(unique=True, editable=False, default=new_compartment)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    department = models.ForeignKey("departments.Department", models.PROTECT, related_name="+")
    alert = models.ForeignKey(
        RiskAlert, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    ground = models.CharField(_("报告依据"), max_length=20, choices=ReportGround.choices)
    origin = models.CharField(_("从哪里发现"), max_length=20, choices=ReportOrigin.choices)
    state = models.CharField(
        _("状态"), max_length=12, choices=ReportState.choices, default=ReportState.OPENED
    )
    opened_at = models.DateTimeField(_("发现时间"))
    due_at = models.DateTimeField(_("报告时限"))
    facts = SealedJSON()
    reported_at = models.DateTimeField(_("报告时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The outcome of a closed one, the reason of one that did not apply.
    ending = SealedText(_("办结情况"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandatory_report_stands_apart", condition=Q(compartment_id__lt=0)
            ),
            models.CheckConstraint(
                name="mandatory_report_ground_known", condition=Q(ground__in=ReportGround.values)
            ),
            models.CheckConstraint(
                name="mandatory_report_told_has_time",
                condition=Q(state__in=["opened", "dismissed"], reported_at__isnull=True)
                | ~Q(state__in=["opened", "dismissed"]) & Q(reported_at__isnull=False),
            ),
            models.CheckConstraint(
                name="mandatory_report_ended_says_how",
                condition=Q(
                    state__in=["closed", "dismissed"],
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                    ending__isnull=False,
                )
                | ~Q(state__in=["closed", "dismissed"]) & Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="mandatory_report_dismissed_by_another",
                condition=~Q(state="dismissed") | ~Q(ended_by=F("created_by")),
            ),
            models.CheckConstraint(
                name="mandatory_report_due_after_opening", condition=Q(due_at__gt=F("opened_at"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["case"], name="mandatory_report_open", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class ReportNotice(PublicRow, Tenanted):
    """One authority was told: when, by which way, and what it gave as a receipt."""

    report = models.ForeignKey(MandatoryReport, models.PROTECT, related_name="notices")
    compartment_id = models.BigIntegerField(editable=False)
    recipient = models.CharField(_("报告给"), max_length=20, choices=ReportRecipient.choices)
    office = models.CharField(_("单位名称"), max_length=80)
    officer = SealedText(_("接报人"), null=True, blank=True)
    sent_at = models.DateTimeField(_("报告时间"))
    way = models.CharField(_("方式"), max_length=12, choices=ReportWay.choices)
    receipt_number = models.CharField(_("回执或接报编号"), max_length=60, blank=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="report_notice_recipient_known",
                condition=Q(recipient__in=ReportRecipient.values),
            ),
            models.CheckConstraint(
                name="report_notice_way_known", condition=Q(way__in=ReportWay.values)
            ),
        ]

    def __str__(self) -> str:
        return self.get_recipient_display()


class ReportEntry(PublicRow, Tenanted):
    """What happened after: the authority's answer, measures, the person's state; never rewritten."""

    report = models.ForeignKey(MandatoryReport, models.PROTECT, related_name="entries")
    compartment_id = models.BigIntegerField(editable=False)
    occurred_on = models.DateField(_("日期"))
    text = SealedText(_("跟进"))

    objects = NamedQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.uid)
