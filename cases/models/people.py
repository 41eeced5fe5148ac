"""Persons, their people and their stays in hospital."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.codes import (
    Capacity,
    CapacityGround,
    IdType,
    Insurance,
    Relation,
    Sex,
    TreatmentStage,
    VisitType,
)
from cases.querysets import CareQuerySet, ClientQuerySet
from msw_portal.kernel.crypto import BlindIndex, SealedDate, SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class Client(PublicRow, Tenanted):
    """A person who is or was helped; lists show `name_masked` and never sort by name.

    `root` is the record itself until two records are merged; every question about a person asks
    by `root`. A trigger fills it at insert.
    """

    name = SealedText(_("姓名"), pad=True)
    name_masked = models.CharField(max_length=60, editable=False)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    birth_date = SealedDate(_("出生日期"), null=True, blank=True)
    birth_year = models.SmallIntegerField(null=True, blank=True, editable=False)
    birth_unknown = models.BooleanField(_("出生日期不详"), default=False)
    id_type = models.CharField(
        _("证件类型"), max_length=20, choices=IdType.choices, default=IdType.ID
    )
    id_no = SealedText(_("证件号码"), null=True, blank=True, pad=True)
    id_no_bidx = BlindIndex(of="id_no", kind_in="id_type", fact="person.id_no")
    id_no_bidx2 = BlindIndex(of="id_no", kind_in="id_type", fact="person.id_no")
    phone = SealedText(_("联系电话"), null=True, blank=True, pad=True)
    phone_bidx = BlindIndex(of="phone", kind="phone", fact="person.phone")
    phone_bidx2 = BlindIndex(of="phone", kind="phone", fact="person.phone")
    address = SealedText(_("现住址"), null=True, blank=True)
    region = models.ForeignKey(
        "departments.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("地区"),
    )
    household = models.JSONField(_("家庭情况"), default=dict, blank=True)
    is_unidentified = models.BooleanField(_("身份不明"), default=False)
    deceased_on = models.DateField(_("去世日期"), null=True, blank=True)
    # Empty: nobody judged it, the age says what there is to say.
    capacity = models.CharField(
        _("民事行为能力"), max_length=10, choices=Capacity.choices, blank=True, db_default=""
    )
    capacity_ground = models.CharField(
        _("认定依据"), max_length=10, choices=CapacityGround.choices, blank=True, db_default=""
    )
    capacity_judged_by = SealedText(_("由谁认定"), null=True, blank=True)
    capacity_judged_on = models.DateField(_("认定日期"), null=True, blank=True)
    legal_hold = models.BooleanField(default=False, editable=False)
    # Nothing is left that tells who it was (services/file_endings.py).
    erased_on = models.DateField(_("销毁日期"), null=True, blank=True, editable=False)
    root = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged"
    )
    merged_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="client_id_once",
                fields=["organization", "id_type", "id_no_bidx"],
                condition=Q(root=F("id"), id_no_bidx__isnull=False),
            ),
            # The same under the keys of even number.
            models.UniqueConstraint(
                name="client_id_once2",
                fields=["organization", "id_type", "id_no_bidx2"],
                condition=Q(root=F("id"), id_no_bidx2__isnull=False),
            ),
            models.CheckConstraint(name="client_has_root", condition=Q(root__isnull=False)),
            models.CheckConstraint(name="client_sex_known_code", condition=Q(sex__in=Sex.values)),
            models.CheckConstraint(
                name="client_id_type_known", condition=Q(id_type__in=IdType.values)
            ),
            models.CheckConstraint(
                name="client_birth_year_in_range",
                condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1880, 2200)),
            ),
            models.CheckConstraint(
                name="client_capacity_known", condition=Q(capacity__in=["", *Capacity.values])
            ),
            models.CheckConstraint(
                name="client_capacity_was_judged",
                condition=Q(
                    capacity="",
                    capacity_ground="",
                    capacity_judged_by__isnull=True,
                    capacity_judged_on__isnull=True,
                )
                | Q(
                    capacity_ground__in=CapacityGround.values,
                    capacity_judged_by__isnull=False,
                    capacity_judged_on__isnull=False,
                )
                & ~Q(capacity=""),
            ),
        ]
        indexes = [
            models.Index(fields=["root"], name="client_root"),
            # What has changed since the records were last compared (services/duplicates.py).
            models.Index(fields=["organization", "updated_at", "id"], name="client_changed"),
            models.Index(fields=["organization", "phone_bidx"], name="client_phone"),
            models.Index(fields=["organization", "id_no_bidx"], name="client_id_no"),
            models.Index(fields=["organization", "phone_bidx2"], name="client_phone2"),
            models.Index(fields=["organization", "id_no_bidx2"], name="client_id_no2"),
        ]

    def __str__(self) -> str:
        return self.name_masked

    @property
    def person(self) -> "Client":
        """The record that stands for this one: itself, unless it was merged into another."""
        # A row just written has its root from the trigger, and does not know it yet.
        return self if self.root_id in (None, self.pk) else self.root


class RelatedPerson(PublicRow, Tenanted):
    """Family, carers, guardians; `must_not_be_told` warns before anyone calls."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="related_people")
    relation = models.CharField(_("关系"), max_length=20, choices=Relation.choices)
    name = SealedText(_("姓名"), pad=True)
    phone = SealedText(_("联系电话"), null=True, blank=True, pad=True)
    phone_bidx = BlindIndex(of="phone", kind="phone", fact="person.phone")
    phone_bidx2 = BlindIndex(of="phone", kind="phone", fact="person.phone")
    id_no = SealedText(_("证件号码"), null=True, blank=True, pad=True)
    is_guardian = models.BooleanField(_("监护人"), default=False)
    is_primary_caregiver = models.BooleanField(_("主要照顾者"), default=False)
    is_primary_contact = models.BooleanField(_("首要联系人"), default=False)
    is_legal_agent = models.BooleanField(_("法定代理人"), default=False)
    is_cohabiting = models.BooleanField(_("同住"), default=False)
    is_payer = models.BooleanField(_("承担费用"), default=False)
    is_decider = models.BooleanField(_("作医疗决定"), default=False)
    must_not_be_told = models.BooleanField(_("不可告知"), default=False)

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="related_person_relation_known",
                condition=Q(
                    relation__in=[value for value in Relation.values if value != Relation.SELF]
                ),
            )
        ]
        indexes = [
            models.Index(fields=["organization", "phone_bidx"], name="related_person_phone"),
            models.Index(fields=["organization", "phone_bidx2"], name="related_person_phone2"),
        ]

    def __str__(self) -> str:
        return self.get_relation_display()


class Episode(PublicRow, Tenanted):
    """One visit or stay. A level-5 diagnosis is stored on the case, never here."""

    class Origin(models.TextChoices):
        LOCAL = "local", _("本系统登记")
        HIS = "his", _("医院信息系统")
        IMPORT = "import", _("导入")

    client = models.ForeignKey(Client, models.PROTECT, related_name="episodes")
    visit_type = models.CharField(_("就诊类型"), max_length=20, choices=VisitType.choices)
    mrn = SealedText(_("病案号"), null=True, blank=True, pad=True)
    mrn_bidx = BlindIndex(of="mrn", kind="mrn", fact="episode.mrn")
    mrn_bidx2 = BlindIndex(of="mrn", kind="mrn", fact="episode.mrn")
    ward = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("病区"),
    )
    bed = models.CharField(_("床号"), max_length=20, blank=True)
    doctor = models.CharField(_("主管医生"), max_length=60, blank=True)
    diagnosis = SealedText(_("诊断"), null=True, blank=True)
    # ICD-10 codes, the first one the main diagnosis.
    diagnosis_codes = SealedJSON(_("诊断编码（ICD-10）"), null=True, blank=True)
    disease_group = models.CharField(_("疾病类别"), max_length=60, blank=True)
    treatment_stage = models.CharField(
        _("治疗阶段"), max_length=20, choices=TreatmentStage.choices, blank=True
    )
    insurance = models.CharField(
        _("医保类型"), max_length=20, choices=Insurance.choices, blank=True
    )
    admitted_on = models.DateField(_("入院日期"), null=True, blank=True)
    discharged_on = models.DateField(_("出院日期"), null=True, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.LOCAL)
    # After discharge the course goes on in the community: who took over, since when.
    taken_over_by = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_over_text = models.CharField(_("承接机构"), max_length=120, blank=True)
    taken_over_on = models.DateField(_("承接日期"), null=True, blank=True)

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="episode_dates_in_order",
                condition=Q(discharged_on__isnull=True) | Q(discharged_on__gte=F("admitted_on")),
            ),
            models.CheckConstraint(
                name="episode_taken_over_names_who",
                condition=Q(taken_over_on__isnull=True)
                | Q(taken_over_by__isnull=False)
                | ~Q(taken_over_text=""),
            ),
            models.UniqueConstraint(
                name="episode_stay_once", fields=["organization", "mrn_bidx", "admitted_on"]
            ),
            models.UniqueConstraint(
                name="episode_stay_once2", fields=["organization", "mrn_bidx2", "admitted_on"]
            ),
            models.CheckConstraint(
                name="episode_visit_type_known", condition=Q(visit_type__in=VisitType.values)
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-admitted_on"], name="episode_client"),
            models.Index(fields=["organization", "updated_at", "id"], name="episode_changed"),
            # Who lies in a bed now: a bed is plain text, and a stay that has ended leaves the index.
            models.Index(
                fields=["organization", "bed", "-admitted_on"],
                name="episode_in_bed",
                condition=Q(discharged_on__isnull=True),
            ),
            # A ward's round: its beds now, in one reading of the index.
            models.Index(
                fields=["ward", "bed"],
                name="episode_in_ward",
                condition=Q(discharged_on__isnull=True, ward__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_visit_type_display()} {self.admitted_on or ''}"

    @property
    def diagnosis_said(self) -> str:
        """Words and codes as they are read: `急性淋巴细胞白血病（C91.0）`."""
        codes = "、".join(self.diagnosis_codes or [])
        if not self.diagnosis:
            return codes
        return f"{self.diagnosis}（{codes}）" if codes else self.diagnosis
