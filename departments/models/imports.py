"""What is brought in from files: one run per file, one row per line."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.querysets import ImportRowQuerySet, ImportRunQuerySet
from departments.workflow import ImportState
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted
from msw_portal.kernel.ids import uuid7


class ImportRun(PublicRow, Tenanted):
    """One file on its way in; seen by who brought it, and nobody else.

    The file is kept, encrypted, until the run has ended; `mapping` is {field: column, from 0}.
    """

    kind = models.CharField(_("导入内容"), max_length=40)
    source = models.CharField(_("来源"), max_length=60)
    title = SealedText(_("文件名"))
    file = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    sheet = models.CharField(_("工作表"), max_length=60, blank=True)
    head_line = models.IntegerField(_("表头在第几行"), default=1)
    heads = SealedJSON(_("列标题"))
    mapping = models.JSONField(default=dict, blank=True)
    state = models.CharField(
        _("状态"), max_length=20, choices=ImportState.choices, default=ImportState.UPLOADED
    )
    job = models.ForeignKey(
        "departments.Job", models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_count = models.IntegerField(_("行数"), default=0)
    valid_count = models.IntegerField(_("可以导入"), default=0)
    created_count = models.IntegerField(_("新增"), default=0)
    joined_count = models.IntegerField(_("并入已有"), default=0)
    known_count = models.IntegerField(_("早已有"), default=0)
    refused_count = models.IntegerField(_("不能导入"), default=0)
    # {field: how many lines were refused for it}
    fault_counts = models.JSONField(default=dict, blank=True)
    # Why the file as a whole was refused; never a value of a row.
    refusal = models.CharField(max_length=300, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(_("保留到"))
    is_emptied = models.BooleanField(default=False)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="import_run_adds_up",
                condition=Q(
                    given_count=F("valid_count")
                    + F("created_count")
                    + F("joined_count")
                    + F("known_count")
                    + F("refused_count")
                ),
            ),
            models.CheckConstraint(
                name="import_run_state_known", condition=Q(state__in=ImportState.values)
            ),
            models.CheckConstraint(
                name="import_run_ended_keeps_no_file",
                condition=Q(ended_at__isnull=True) | Q(file__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "created_by", "-id"], name="import_run_mine"),
            models.Index(
                fields=["organization", "expires_at"],
                name="import_run_kept",
                condition=Q(is_emptied=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"

    @property
    def imported_count(self) -> int:
        return self.created_count + self.joined_count

    @property
    def accepted_count(self) -> int:
        return self.created_count + self.joined_count + self.known_count

    @property
    def handled_count(self) -> int:
        return self.given_count - self.valid_count


class ImportRow(Tenanted):
    """One line of a file. Its content is emptied when it is applied, or when the run expires.

    `key` is the keyed digest of what makes the line the same line again: applied once in a house.
    """

    class State(models.TextChoices):
        VALID = "valid", _("可以导入")
        REFUSED = "refused", _("不能导入")
        APPLIED = "applied", _("已导入")
        KNOWN = "known", _("早已有")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=40)
    line = models.IntegerField(_("行"))
    state = models.CharField(max_length=10, choices=State.choices)
    key = models.BinaryField(max_length=16, null=True)
    # {"cells": as they came, "values": as they were read, "faults": [[field, sentence], ...]}
    payload = SealedJSON(null=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="import_row_line_once", fields=["run", "line"]),
            models.UniqueConstraint(
                name="import_row_applied_once",
                fields=["organization", "kind", "key"],
                condition=Q(state="applied"),
            ),
            models.CheckConstraint(
                name="import_row_applied_is_empty",
                condition=~Q(state="applied") | Q(payload__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["run", "state", "line"], name="import_row_page")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.line}"
