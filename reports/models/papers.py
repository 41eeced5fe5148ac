"""Texts of reports that a person signs, and the sheets that authorities ask for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.db import PublicRow, Tenanted
from reports.querysets import AuthoritySheetQuerySet, SignedReportQuerySet


class SignedReport(PublicRow, Tenanted):
    """The text of a report that a person answers for: a draft, then signed and locked; a change is a new version.

    `paper` holds the whole report as plain values (reports.services.paper_rows), its paragraphs as edited.
    """

    kind = models.CharField(_("报表"), max_length=40)
    span = models.CharField(max_length=10)
    first = models.DateField(_("期间起"))
    last = models.DateField(_("期间止"))
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.SmallIntegerField(_("版次"), default=1)
    paper = models.JSONField()
    as_of = models.DateTimeField(_("数字截至"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(_("签发时间"), null=True, blank=True)

    objects = SignedReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="signed_report_version_once",
                fields=["organization", "kind", "first", "last", "department", "version"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="signed_report_is_signed_whole",
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="signed_report_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.first} {self.version}"


class AuthoritySheet(PublicRow, Tenanted):
    """A sheet that an authority asks for (上报): its workbook as it was given, and what stands in which cell.

    `cells`: [{"sheet", "cell", "is", "code", "dim", "value", "text"}]; `is` says indicator, text, house,
    period_first or period_last. A new sheet is a new row, never code.
    """

    name = models.CharField(_("名称"), max_length=80)
    template = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    cells = models.JSONField(default=list)
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = AuthoritySheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="authority_sheet_name_once",
                fields=["organization", "name"],
                condition=Q(retired_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name
