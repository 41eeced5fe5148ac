"""Who gives: the profile of a donor, persons to talk to, honours, and what was asked of whom."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.gift_workflow import RecognitionState
from donations.models.fields import money
from donations.models.giving import Donation, Donor
from donations.querysets import ApproachQuerySet, MoneyQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class DonorProfile(PublicRow, Tenanted):
    """What is known of a donor beside its gifts; a row comes with the first thing written.

    An objection (Charity Law 82) outweighs every consent: name, address and the like are never published.
    """

    donor = models.OneToOneField(Donor, models.PROTECT, related_name="profile")
    industry = models.CharField(_("行业"), max_length=60, blank=True)
    website = models.CharField(_("网址"), max_length=200, blank=True)
    is_state_owned = models.BooleanField(_("国有或国有控股企业"), default=False)
    esg_note = models.TextField(_("社会责任（ESG）备注"), blank=True)
    objected_on = models.DateField(_("反对公开日期"), null=True, blank=True)
    objection = models.CharField(_("反对公开的内容"), max_length=200, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="donor_objection_says_what",
                condition=Q(objected_on__isnull=True) | ~Q(objection=""),
            )
        ]

    def __str__(self) -> str:
        return str(self.donor_id)


class DonorContact(PublicRow, Tenanted):
    """A person of a donor company to talk to; ended when somebody else takes over."""

    donor = models.ForeignKey(Donor, models.PROTECT, related_name="contacts")
    name = SealedText(_("姓名"))
    post = models.CharField(_("职务"), max_length=60, blank=True)
    phone = SealedText(_("电话"), null=True, blank=True)
    email = SealedText(_("邮箱"), null=True, blank=True)
    ended_on = models.DateField(_("停用日期"), null=True, blank=True)

    objects = MoneyQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.donor_id)


class Recognition(PublicRow, Tenanted):
    """Thanks or an honour in public: the donor is asked before (Law on Donations for Public Welfare 8)."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("捐赠证书")
        THANKS = "thanks", _("公开致谢")
        PLAQUE = "plaque", _("铭牌")
        NAMING = "naming", _("冠名")
        AWARD = "award", _("表彰奖励")
        MEDIA = "media", _("媒体报道")

    donor = models.ForeignKey(Donor, models.PROTECT, related_name="recognitions")
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="recognitions"
    )
    kind = models.CharField(_("形式"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("内容"), max_length=120)
    asked_on = models.DateField(_("征求意见日期"))
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    answered_how = models.CharField(_("答复方式"), max_length=120, blank=True)
    given_on = models.DateField(_("进行日期"), null=True, blank=True)
    place = models.CharField(_("场合或载体"), max_length=120, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=RecognitionState.choices,
        default=RecognitionState.ASKED,
        editable=False,
    )

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recognition_state_known", condition=Q(state__in=RecognitionState.values)
            ),
            models.CheckConstraint(
                name="recognition_answer_has_day",
                condition=Q(state="asked", answered_on__isnull=True)
                | (~Q(state="asked") & Q(answered_on__gte=F("asked_on"))),
            ),
            models.CheckConstraint(
                name="recognition_follows_opinion",
                condition=Q(given_on__isnull=True)
                | Q(state="given", given_on__gte=F("answered_on")),
            ),
        ]
        indexes = [models.Index(fields=["donor", "-id"], name="recognition_of_donor")]

    def __str__(self) -> str:
        return self.title


class Approach(PublicRow, Tenanted):
    """One talk with a possible giver: whom, when, what was asked, what came of it, what is next."""

    class Channel(models.TextChoices):
        VISIT = "visit", _("拜访")
        CALL = "call", _("电话")
        LETTER = "letter", _("信函或邮件")
        MEETING = "meeting", _("会议")
        EVENT = "event", _("活动")

    class Result(models.TextChoices):
        WAITING = "waiting", _("等待答复")
        CONSIDERING = "considering", _("有意向")
        PROMISED = "promised", _("已承诺")
        GIVEN = "given", _("已捐赠")
        DECLINED = "declined", _("婉拒")

    donor = models.ForeignKey(
        Donor, models.PROTECT, null=True, blank=True, related_name="approaches"
    )
    target = models.CharField(_("对象"), max_length=80)
    person = SealedText(_("接洽人"), null=True, blank=True)
    on = models.DateField(_("日期"))
    channel = models.CharField(_("方式"), max_length=20, choices=Channel.choices)
    asked_for = models.CharField(_("所请"), max_length=200)
    asked_amount = money(_("所请金额"), null=True, blank=True)
    result = models.CharField(
        _("结果"), max_length=20, choices=Result.choices, default=Result.WAITING
    )
    said = SealedText(_("谈话要点"), null=True, blank=True)
    next_step = models.CharField(_("下一步"), max_length=200, blank=True)
    next_on = models.DateField(_("下一步日期"), null=True, blank=True)
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="approaches"
    )

    objects = ApproachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="approach_amount_positive",
                condition=Q(asked_amount__isnull=True) | Q(asked_amount__gt=0),
            ),
            models.CheckConstraint(
                name="approach_next_has_day",
                condition=Q(next_step="", next_on__isnull=True)
                | (~Q(next_step="") & Q(next_on__gte=F("on"))),
            ),
        ]
        indexes = [models.Index(fields=["organization", "-on", "-id"], name="approach_newest")]

    def __str__(self) -> str:
        return self.target
