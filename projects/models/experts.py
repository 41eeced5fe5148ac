"""The expert bank: who may be asked, for how long, and what stands between an expert and an application."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted, Voidable
from projects.querysets.experts import AppointmentQuerySet, ConflictQuerySet, ExpertQuerySet


class ExpertGrade(models.TextChoices):
    SENIOR = "senior", _("正高")
    DEPUTY = "deputy", _("副高")
    INTERMEDIATE = "intermediate", _("中级")
    OTHER = "other", _("其他")


class Expertise(models.TextChoices):
    """What an expert knows beside the fields of the call: those are codes of the installation's lists."""

    HOSPITAL = "hospital", _("医院社会工作")
    COMMUNITY = "community", _("社区与基层")
    VOLUNTEERS = "volunteers", _("志愿服务")
    CHARITY = "charity", _("慈善资源")
    MANAGEMENT = "management", _("项目管理")
    EVALUATION = "evaluation", _("评估与研究")
    FINANCE = "finance", _("财务")


class ExpertProfile(PublicRow, Tenanted):
    """A person of one house's bank. `ties` are declared by the expert: [{"kind", "organization" (uid), "note"}],
    and every application of that body is then a conflict of that kind."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    employer = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )
    employer_text = models.CharField(_("工作单位"), max_length=120, blank=True)
    title = models.CharField(_("职称或职务"), max_length=60, blank=True)
    grade = models.CharField(_("级别"), max_length=20, choices=ExpertGrade.choices)
    fields = ArrayField(models.CharField(max_length=60), verbose_name=_("专业领域"), default=list)
    is_available = models.BooleanField(_("可以评审"), default=True)
    most = models.PositiveSmallIntegerField(_("每次最多评几项"), null=True, blank=True)
    ties = models.JSONField(_("利益关系"), default=list, blank=True)
    ties_at = models.DateTimeField(_("申报时间"), null=True, blank=True)
    left_on = models.DateField(_("退出日期"), null=True, blank=True)

    objects = ExpertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="expert_once", fields=["organization", "user"]),
            models.CheckConstraint(
                name="expert_grade_known", condition=Q(grade__in=ExpertGrade.values)
            ),
            models.CheckConstraint(
                name="expert_most_in_range",
                condition=Q(most__isnull=True) | Q(most__range=(1, 200)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def works_at(self) -> str:
        return self.employer_text or (self.employer.name if self.employer else "")


class Appointment(PublicRow, Tenanted, Voidable):
    """A seat in a committee or group for a term, with a certificate on paper."""

    expert = models.ForeignKey(ExpertProfile, models.PROTECT, related_name="appointments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    body = models.CharField(_("聘任机构或委员会"), max_length=120)
    post = models.CharField(_("职务"), max_length=60)
    number = models.CharField(_("证书编号"), max_length=40)
    valid = DateRangeField(_("聘期"))
    appointed_on = models.DateField(_("聘任日期"))
    # As it stands on the paper, whatever the account is called later.
    holder = SealedText(_("姓名"))

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="appointment_number_once", fields=["organization", "number"]
            ),
            models.CheckConstraint(
                name="appointment_term_not_empty",
                condition=Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
            ),
            models.CheckConstraint(
                name="appointment_voided_has_reason",
                condition=Q(voided_at__isnull=True) | ~Q(void_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["expert", "-id"], name="appointment_of_expert")]

    def __str__(self) -> str:
        return self.number


class ConflictKind(models.TextChoices):
    EMPLOYER = "employer", _("同一单位")
    CO_APPLICATION = "co_application", _("参与申报")
    KIN = "kin", _("亲属关系")
    HOSPITAL_GROUP = "hospital_group", _("同一医院集团或医联体")
    SUPERVISION = "supervision", _("督导关系")
    FUNDED_PARTNER = "funded_partner", _("资助或合作方")
    DECLARED = "declared", _("本人申报回避")


# What an expert can say of a body beforehand; the rest is found by the portal or said at one application.
TIE_KINDS = (
    ConflictKind.EMPLOYER,
    ConflictKind.KIN,
    ConflictKind.SUPERVISION,
    ConflictKind.FUNDED_PARTNER,
)


class Conflict(PublicRow, Tenanted):
    """Why an expert does not mark an application. `evidence` says from which rows it was computed.

    The expert may add the own declaration, so the wall is that of the expert's own rows.
    """

    application = models.ForeignKey(
        "projects.Application", models.PROTECT, related_name="conflicts"
    )
    expert = models.ForeignKey(ExpertProfile, models.PROTECT, related_name="conflicts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=20, choices=ConflictKind.choices)
    evidence = models.JSONField(default=dict, blank=True)
    note = SealedText(_("说明"), null=True, blank=True)
    is_computed = models.BooleanField(default=True)
    lifted_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lift_reason = SealedText(_("解除理由"), null=True, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="conflict_once", fields=["application", "expert", "kind"]),
            models.CheckConstraint(
                name="conflict_kind_known", condition=Q(kind__in=ConflictKind.values)
            ),
            models.CheckConstraint(
                name="conflict_lifted_by_another",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, lift_reason__isnull=False)
                & ~Q(lifted_by=F("user"))
                & (Q(created_by__isnull=True) | ~Q(lifted_by=F("created_by"))),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "user", "application"], name="conflict_of_person")
        ]

    def __str__(self) -> str:
        return self.kind
