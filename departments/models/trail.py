"""Who did what: append-only entries and the hash chain that makes tampering visible."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from departments.querysets import AuditQuerySet
from msw_portal.kernel.ids import uuid7


class AuditEntry(models.Model):
    """One event; `body` is canonical JSON of codes, never narrative or secrets."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=30, blank=True)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject_uid = models.UUIDField(null=True)
    client_uid = models.CharField(max_length=36, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    result = models.CharField(max_length=10, default="ok")
    body = models.TextField(default="{}")

    objects = AuditQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-at", "-id"], name="audit_entry_newest"),
            models.Index(fields=["organization", "subject_uid", "at"], name="audit_entry_subject"),
            # The few entries that say a number (of a case, a donation, a receipt), by it: app.audit_numbered.
            models.Index(
                models.F("organization"),
                models.Func(
                    models.F("body"),
                    models.Value('"number":"([^"]*)"'),
                    function="substring",
                    output_field=models.TextField(),
                ),
                condition=models.Q(body__contains='"number":"'),
                name="audit_entry_numbered",
            ),
        ]

    def __str__(self) -> str:
        return self.action


class AuditLink(models.Model):
    """The chain: written by the trigger alone. msw_app reads it to verify, and cannot write it."""

    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    lane = models.SmallIntegerField(default=0)
    seq = models.BigIntegerField()
    entry_id = models.UUIDField(unique=True)
    hash = models.BinaryField(max_length=32)
    pk = models.CompositePrimaryKey("organization_id", "lane", "seq")

    def __str__(self) -> str:
        return f"{self.organization_id}/{self.lane}/{self.seq}"
