"""State aid on a case: what is asked of which authority, how far it is, what came of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.querysets import StateAidQuerySet
from cases.state_aid_workflow import StateAidState
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import CaseRow, PublicRow


class StateAidKind(models.TextChoices):
    """社会救助暂行办法; the last three give a standing (status), not a sum for this illness."""

    MEDICAL = "medical", _("医疗救助")
    TEMPORARY = "temporary", _("临时救助")
    EMERGENCY = "emergency", _("疾病应急救助")
    SUBSISTENCE = "subsistence", _("最低生活保障")
    DESTITUTE = "destitute", _("特困人员救助供养")
    POVERTY_WATCH = "poverty_watch", _("防止返贫监测")


class StateAidApplicant(models.TextChoices):
    PATIENT = "patient", _("患者本人")
    FAMILY = "family", _("监护人或家属")
    AGENT = "agent", _("受托代办")
    HOSPITAL = "hospital", _("医院（身份不明或无人代办）")


class StateAidRefusal(models.TextChoices):
    CONDITIONS = "conditions", _("不符合条件")
    INCOME = "income", _("收入或财产超过标准")
    PAPERS = "papers", _("材料不全")
    PLACE = "place", _("不属于受理地")
    LATE = "late", _("超过申请期限")
    COVERED = "covered", _("已由其他途径解决")
    OTHER = "other", _("其他")


def yuan(label: str) -> models.DecimalField:
    """CNY with two decimals; None while nobody knows."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, null=True, blank=True)


class StateAid(CaseRow, PublicRow):
    """One application to the state; `papers` is {code of a paper: the day it was handed in, or null}.

    The portal assists and follows, it never decides: amounts and answers are what the authority said.
    """

    kind = models.CharField(_("救助种类"), max_length=20, choices=StateAidKind.choices)
    authority = models.CharField(_("向谁申请"), max_length=120)
    applicant = models.CharField(_("由谁申请"), max_length=10, choices=StateAidApplicant.choices)
    acting_ground = SealedText(_("代为申请的情况"), null=True, blank=True)
    state = models.CharField(
        _("办理进度"),
        max_length=12,
        choices=StateAidState.choices,
        default=StateAidState.PREPARING,
    )
    papers = models.JSONField(_("材料"), default=dict, blank=True)
    applied = yuan(_("申请金额"))
    granted = yuan(_("批准金额"))
    received = yuan(_("到账金额"))
    filed_on = models.DateField(_("递交日期"), null=True, blank=True)
    answer_due_on = models.DateField(_("应答复日期"), null=True, blank=True)
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    received_on = models.DateField(_("到账日期"), null=True, blank=True)
    next_on = models.DateField(_("下次跟进"), null=True, blank=True)
    refusal = models.CharField(
        _("未批准的原因"), max_length=12, choices=StateAidRefusal.choices, blank=True
    )
    answer = SealedText(_("答复内容"), null=True, blank=True)

    objects = StateAidQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="state_aid_kind_known", condition=Q(kind__in=StateAidKind.values)
            ),
            models.CheckConstraint(
                name="state_aid_state_known", condition=Q(state__in=StateAidState.values)
            ),
            models.CheckConstraint(
                name="state_aid_amounts_not_negative",
                condition=(Q(applied__isnull=True) | Q(applied__gt=0))
                & (Q(granted__isnull=True) | Q(granted__gt=0))
                & (Q(received__isnull=True) | Q(received__gt=0)),
            ),
            models.CheckConstraint(
                name="state_aid_received_was_granted",
                condition=Q(received__isnull=True)
                | Q(granted__isnull=False, received__lte=F("granted")),
            ),
            models.CheckConstraint(
                name="state_aid_hospital_says_why",
                condition=~Q(applicant="hospital") | Q(acting_ground__isnull=False),
            ),
            models.CheckConstraint(
                name="state_aid_answer_has_day",
                condition=~Q(state__in=["granted", "refused", "received"])
                | Q(answered_on__isnull=False),
            ),
            models.CheckConstraint(
                name="state_aid_refused_says_why",
                condition=~Q(state="refused") | ~Q(refusal=""),
            ),
            models.CheckConstraint(
                name="state_aid_days_in_order",
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("filed_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-id"], name="state_aid_case"),
            models.Index(fields=["organization", "state", "-id"], name="state_aid_list"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
