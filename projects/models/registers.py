"""Registers of what the work rests on: policies, standards, events, alliances, and how each hangs together.

Texts and names here are of public papers; `source` says where a statement comes from, and where
sources differ each version stands with its own.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Department, Organization, Region
from msw_portal.kernel.db import PublicRow, Tenanted
from projects.models.cultivation import Project
from projects.models.register_codes import (
    Audience,
    PartyRole,
    RegisterKind,
    Standing,
)
from projects.models.surveys import Survey
from projects.querysets.registers import RegisterEntryQuerySet, RegisterPartQuerySet, StudyQuerySet


def _one_of(*names: str) -> Q:
    """Exactly one of the columns is set."""
    found = Q()
    for name in names:
        found |= Q(**{f"{one}__isnull": one != name for one in names})
    return found


class RegisterEntry(PublicRow, Tenanted):
    """One entry of one register.

    `happened_on` is when it was issued, held, signed or published; `effective_on` from when it
    applies (None: from `happened_on`), `until_on` the first day on which it does not. `details` holds the
    parts of its kind: see projects/services/register_parts.py for their shapes.
    """

    kind = models.CharField(_("种类"), max_length=20, choices=RegisterKind.choices)
    title = models.CharField(_("名称"), max_length=200)
    number = models.CharField(_("文号或编号"), max_length=60, blank=True)
    version = models.CharField(_("版本"), max_length=40, blank=True)
    summary = models.TextField(_("内容"), blank=True)
    happened_on = models.DateField(_("日期"), null=True, blank=True)
    # How exactly the day is known: sources often give a year or a month.
    precision = models.CharField(
        _("日期精确到"),
        max_length=5,
        choices=[("day", _("日")), ("month", _("月")), ("year", _("年"))],
        default="day",
    )
    effective_on = models.DateField(_("施行日期"), null=True, blank=True)
    until_on = models.DateField(_("失效日期"), null=True, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("地区")
    )
    audiences = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    source = models.CharField(_("来源"), max_length=120, blank=True)
    url = models.URLField(_("原文网址"), blank=True)
    details = models.JSONField(default=dict, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    external_id = models.CharField(max_length=80, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RegisterEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="register_entry_kind_known", condition=Q(kind__in=RegisterKind.values)
            ),
            models.CheckConstraint(name="register_entry_named", condition=~Q(title="")),
            models.CheckConstraint(
                name="register_entry_audience_known",
                condition=Q(audiences__contained_by=Audience.values),
            ),
            models.CheckConstraint(
                name="register_entry_ends_after_start",
                condition=Q(until_on__isnull=True)
                | Q(until_on__gt=F("effective_on"))
                | Q(effective_on__isnull=True),
            ),
            models.CheckConstraint(
                name="register_entry_precision_known",
                condition=Q(precision__in=["day", "month", "year"]),
            ),
            models.UniqueConstraint(
                name="register_entry_external_once",
                fields=["organization", "kind", "external_id"],
                condition=~Q(external_id=""),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "kind", "-id"], name="register_entry_list"),
            models.Index(
                fields=["kind", "-id"],
                name="register_entry_open",
                condition=Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RegisterParty(PublicRow, Tenanted):
    """Somebody's part in an entry, in the words of a source: a body of the register or a name as text.

    A person stands with the title held that day; nobody becomes a user by it.
    """

    entry = models.ForeignKey(RegisterEntry, models.CASCADE, related_name="parties")
    role = models.CharField(_("身份"), max_length=20, choices=PartyRole.choices)
    body = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    name_text = models.CharField(_("名称"), max_length=120, blank=True)
    as_of_title = models.CharField(_("当时的职务"), max_length=160, blank=True)
    source = models.CharField(_("来源"), max_length=60, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RegisterPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="register_party_role_known", condition=Q(role__in=PartyRole.values)
            ),
            models.CheckConstraint(
                name="register_party_named", condition=Q(body__isnull=False) | ~Q(name_text="")
            ),
        ]
        indexes = [models.Index(fields=["entry", "id"], name="register_party_list")]

    def __str__(self) -> str:
        return self.name_text or str(self.body_id)


class RegisterLink(PublicRow, Tenanted):
    """A tie of an entry with another, a department, a study or a project; seen from both ends."""

    entry = models.ForeignKey(RegisterEntry, models.CASCADE, related_name="links")
    other = models.ForeignKey(
        RegisterEntry, models.PROTECT, null=True, blank=True, related_name="linked_from"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+"
    )
    survey = models.ForeignKey(
        Survey, models.PROTECT, null=True, blank=True, related_name="register_links"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="register_links"
    )
    note = models.CharField(_("关系"), max_length=120, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RegisterPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="register_link_to_one",
                condition=_one_of("other", "department", "survey", "project"),
            ),
            models.CheckConstraint(
                name="register_link_not_itself",
                condition=Q(other__isnull=True) | ~Q(other=F("entry")),
            ),
            models.UniqueConstraint(
                name="register_link_once",
                fields=["organization", "entry", "other", "department", "survey", "project"],
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["other", "id"], name="register_link_back")]

    def __str__(self) -> str:
        return f"{self.entry_id}"


class ChecklistAnswer(PublicRow, Tenanted):
    """What a department says of one point of a standard's checklist on a day, with its evidence.

    A later answer stands beside the earlier one; the newest counts.
    """

    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="answers")
    item_code = models.CharField(max_length=30)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    standing = models.CharField(_("结论"), max_length=20, choices=Standing.choices)
    evidence = models.TextField(_("依据"), blank=True)
    answered_on = models.DateField(_("日期"))

    objects = StudyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="checklist_answer_standing_known", condition=Q(standing__in=Standing.values)
            ),
            models.CheckConstraint(
                name="checklist_answer_met_has_evidence",
                condition=Q(standing="not_met") | ~Q(evidence=""),
            ),
            models.UniqueConstraint(
                name="checklist_answer_once_a_day",
                fields=["organization", "entry", "department", "item_code", "answered_on"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_code} {self.standing}"
