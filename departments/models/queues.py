"""What is worked later or once: effects, jobs, keys of commands, limits, and the search's postings."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from departments.querysets import JobQuerySet, TaskRunQuerySet
from msw_portal.kernel.crypto import SealedBytes
from msw_portal.kernel.db import Leased, PublicRow, Row, Tenanted
from msw_portal.kernel.ids import uuid7
from msw_portal.kernel.room import tells_of_room


class Outbox(Leased):
    """An effect that leaves the transaction: notification, webhook, a row in another tenant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    topic = models.CharField(max_length=60)
    subject_uid = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    dedup_key = models.CharField(max_length=120, null=True)
    request_id = models.CharField(max_length=36, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="outbox_once", fields=["organization", "topic", "dedup_key"]
            ),
            models.CheckConstraint(
                name="outbox_state_known",
                condition=Q(state__in=["ready", "leased", "done", "dead"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"], name="outbox_ready", condition=Q(state="ready")
            ),
            models.Index(fields=["lease_until"], name="outbox_leased", condition=Q(state="leased")),
            models.Index(fields=["id"], name="outbox_dead", condition=Q(state="dead")),
        ]

    def __str__(self) -> str:
        return self.topic


class Job(PublicRow, Tenanted, Leased):
    """Long work with progress and a result; Celery passes the id, the row is the queue."""

    kind = models.CharField(max_length=40)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    membership = models.ForeignKey(
        "departments.Membership", models.PROTECT, null=True, related_name="+"
    )
    args = models.JSONField(default=dict)
    dedup_key = models.CharField(max_length=120, null=True)
    request_id = models.CharField(max_length=36, blank=True, db_default="")
    progress_done = models.IntegerField(default=0)
    progress_total = models.IntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    result = models.ForeignKey("departments.Document", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="job_once", fields=["organization", "kind", "dedup_key"]),
            models.CheckConstraint(
                name="job_state_known",
                condition=Q(state__in=["ready", "leased", "done", "dead", "cancelled"]),
            ),
        ]
        indexes = [
            models.Index(fields=["not_before", "id"], name="job_ready", condition=Q(state="ready")),
            models.Index(fields=["lease_until"], name="job_leased", condition=Q(state="leased")),
            models.Index(fields=["id"], name="job_dead", condition=Q(state="dead")),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def waits_for_room(self) -> bool:
        """It met a full disk and is tried again by itself."""
        return self.state in ("ready", "leased") and tells_of_room(self.error)


class IdempotencyKey(models.Model):
    """One unsafe command of one principal; the answer is stored in the command's own transaction."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    method_path = models.CharField(max_length=300)
    body_hash = models.BinaryField(max_length=32)
    state = models.CharField(max_length=10, default="running")
    lease_until = models.DateTimeField()
    fence = models.BigIntegerField(default=0)
    status = models.SmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = SealedBytes(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="idempotency_key_once", fields=["user", "key"]),
            models.CheckConstraint(
                name="idempotency_key_state", condition=Q(state__in=["running", "done"])
            ),
        ]

    def __str__(self) -> str:
        return self.key


class RateWindow(models.Model):
    """Counted by one atomic upsert in autocommit: limits hold under parallel attempts."""

    key_hash = models.BinaryField(max_length=32)
    window_start = models.DateTimeField()
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rate_window_once", fields=["key_hash", "window_start"])
        ]

    def __str__(self) -> str:
        return f"{self.count}"


class SearchPosting(models.Model):
    """A keyed hash of a piece of a name or number: findable under row-level security, unreadable in a dump."""

    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    gram = models.BigIntegerField()
    kind = models.SmallIntegerField()
    object_id = models.BigIntegerField()
    pk = models.CompositePrimaryKey("organization_id", "gram", "kind", "object_id")

    class Meta:
        indexes = [
            models.Index(fields=["organization", "kind", "object_id"], name="search_posting_object")
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.object_id}"


class TaskRun(Row, Tenanted):
    """One run of a task that beat rings; the installation's, and only the last few of each task."""

    task = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    ms = models.IntegerField()
    result_count = models.BigIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")

    objects = TaskRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "task", "-id"], name="task_run_latest")]

    def __str__(self) -> str:
        return self.task
