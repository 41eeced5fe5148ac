"""Volunteers, and what stands about them: training, insurance, health checks, awards, complaints."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.codes import IdType, Sex
from msw_portal.kernel.crypto import BlindIndex, SealedDate, SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted
from volunteers.models.codes import ADULT, Education, RecordKind, Source
from volunteers.querysets import VolunteerQuerySet, VolunteerRecordQuerySet
from volunteers.workflow import VolunteerState


class Volunteer(PublicRow, Tenanted):
    """A person who serves unpaid in a house; `user` is the own account, once there is one.

    `hours` and `star` are made from confirmed service records. `emergency` and `guardian` are
    `{name, relation, phone}`; a minor serves only with the guardian's signed paper.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    department = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("所属部门"),
    )
    name = SealedText(_("姓名"), pad=True)
    name_masked = models.CharField(max_length=60, editable=False)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    birth_date = SealedDate(_("出生日期"), null=True, blank=True)
    birth_year = models.SmallIntegerField(null=True, blank=True, editable=False)
    id_type = models.CharField(
        _("证件类型"), max_length=20, choices=IdType.choices, default=IdType.ID
    )
    id_no = SealedText(_("证件号码"), null=True, blank=True, pad=True)
    id_no_bidx = BlindIndex(of="id_no", kind_in="id_type", fact="volunteer.id_no")
    id_no_bidx2 = BlindIndex(of="id_no", kind_in="id_type", fact="volunteer.id_no")
    phone = SealedText(_("手机号"), pad=True)
    phone_bidx = BlindIndex(of="phone", kind="phone", fact="volunteer.phone")
    phone_bidx2 = BlindIndex(of="phone", kind="phone", fact="volunteer.phone")
    email = SealedText(_("邮箱"), null=True, blank=True)
    address = SealedText(_("住址"), null=True, blank=True)
    source = models.CharField(
        _("来源"), max_length=20, choices=Source.choices, default=Source.SOCIETY
    )
    work = SealedText(_("单位、学校或职业"), null=True, blank=True)
    education = models.CharField(
        _("文化程度"), max_length=20, choices=Education.choices, blank=True
    )
    languages = models.CharField(_("语言和方言"), max_length=120, blank=True)
    skills = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    availability = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    preferred = models.CharField(_("想做的服务"), max_length=200, blank=True)
    health = SealedText(_("健康情况"), null=True, blank=True)
    emergency = SealedJSON(_("紧急联系人"), null=True, blank=True)
    guardian = SealedJSON(_("监护人"), null=True, blank=True)
    guardian_consent = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    national_no = models.CharField(_("全国志愿服务信息系统编号"), max_length=40, blank=True)
    agreed_at = models.DateTimeField(_("同意使用个人信息的时间"), null=True, editable=False)
    inbox_item = models.ForeignKey(
        "departments.InboxItem",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=VolunteerState.choices,
        default=VolunteerState.APPLIED,
        editable=False,
    )
    hours = models.DecimalField(
        _("累计时长"), max_digits=9, decimal_places=1, default=0, editable=False
    )
    star = models.SmallIntegerField(_("星级"), default=0, editable=False)
    blacklist_reason = SealedText(_("提请拉黑的理由"), null=True, blank=True)
    blacklist_proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    blacklisted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    erased_on = models.DateField(_("销毁日期"), null=True, blank=True, editable=False)

    objects = VolunteerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="volunteer_id_once",
                fields=["organization", "id_type", "id_no_bidx"],
                condition=Q(id_no_bidx__isnull=False),
            ),
            # The same under the keys of even number.
            models.UniqueConstraint(
                name="volunteer_id_once2",
                fields=["organization", "id_type", "id_no_bidx2"],
                condition=Q(id_no_bidx2__isnull=False),
            ),
            models.UniqueConstraint(
                name="volunteer_account_once",
                fields=["organization", "user"],
                condition=Q(user__isnull=False),
            ),
            models.UniqueConstraint(
                name="volunteer_national_no_once",
                fields=["organization", "national_no"],
                condition=~Q(national_no=""),
            ),
            models.CheckConstraint(
                name="volunteer_state_known", condition=Q(state__in=VolunteerState.values)
            ),
            models.CheckConstraint(name="volunteer_sex_known", condition=Q(sex__in=Sex.values)),
            models.CheckConstraint(
                name="volunteer_id_type_known", condition=Q(id_type__in=IdType.values)
            ),
            models.CheckConstraint(
                name="volunteer_source_known", condition=Q(source__in=Source.values)
            ),
            models.CheckConstraint(
                name="volunteer_birth_year_in_range",
                condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1900, 2200)),
            ),
            models.CheckConstraint(
                name="volunteer_hours_not_negative", condition=Q(hours__gte=0, star__range=(0, 5))
            ),
            models.CheckConstraint(
                name="volunteer_blacklisted_by_two",
                condition=Q(blacklisted_by__isnull=True)
                | (
                    Q(blacklist_proposed_by__isnull=False)
                    & ~Q(blacklisted_by=F("blacklist_proposed_by"))
                ),
            ),
            models.CheckConstraint(
                name="volunteer_erased_is_refused",
                condition=Q(erased_on__isnull=True) | Q(state="refused"),
            ),
            models.CheckConstraint(
                name="volunteer_blacklisted_has_reason",
                condition=~Q(state="blacklisted")
                | Q(blacklisted_by__isnull=False, blacklist_reason__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "-id"], name="volunteer_state_newest"),
            models.Index(fields=["organization", "-id"], name="volunteer_newest"),
            models.Index(fields=["user"], name="volunteer_user"),
            models.Index(fields=["organization", "phone_bidx"], name="volunteer_phone"),
            models.Index(fields=["organization", "phone_bidx2"], name="volunteer_phone2"),
        ]

    def __str__(self) -> str:
        return self.name_masked

    def age_on(self, day: dt.date) -> int | None:
        """Full years on a day; None when the date of birth is not known."""
        born = self.birth_date
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def is_minor_on(self, day: dt.date) -> bool:
        age = self.age_on(day)
        return age is not None and age < ADULT


class VolunteerRecord(PublicRow, Tenanted):
    """One fact about a volunteer. `detail` by kind: training `{course, score}`, insurance
    `{insurer, policy}`, health check `{place, result}`, award and complaint `{text}`.

    `user` is the volunteer's own account, copied by a trigger.
    """

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="records")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    kind = models.CharField(_("种类"), max_length=20, choices=RecordKind.choices)
    happened_on = models.DateField(_("日期"))
    valid = DateRangeField(_("有效期"), null=True, blank=True)
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1, null=True, blank=True)
    passed = models.BooleanField(_("考核通过"), null=True, blank=True)
    detail = SealedJSON(default=dict)
    document = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)
    void_reason = SealedText(_("作废原因"), null=True, blank=True)

    objects = VolunteerRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="volunteer_record_kind_known", condition=Q(kind__in=RecordKind.values)
            ),
            models.CheckConstraint(
                name="volunteer_record_valid_not_empty",
                condition=Q(valid__isnull=True) | Q(valid__isempty=False),
            ),
            models.CheckConstraint(
                name="volunteer_record_cover_has_period",
                condition=~Q(kind="insurance")
                | Q(valid__isnull=False, valid__lower_inf=False, valid__upper_inf=False),
            ),
            models.CheckConstraint(
                name="volunteer_record_hours_positive",
                condition=Q(hours__isnull=True) | Q(hours__gt=0),
            ),
        ]
        indexes = [
            models.Index(fields=["volunteer", "kind", "-happened_on"], name="volunteer_record_kind")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
