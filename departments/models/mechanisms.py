"""One of each for the whole portal: files, messages, moves, tasks, drafts, numbers, links."""

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.querysets import (
    DocumentQuerySet,
    MessageQuerySet,
    PersonalQuerySet,
    QuestionnaireQuerySet,
    TaskQuerySet,
    TenantQuerySet,
    TransitionQuerySet,
)
from msw_portal.kernel.crypto import SealedBytes, SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, SharedCareRow, Subject, Tenanted, Voidable
from msw_portal.kernel.ids import uuid7


class Questionnaire(PublicRow, Tenanted):
    class Kind(models.TextChoices):
        SCALE = "scale", _("量表")
        SCREEN = "screen", _("筛查")
        SCORE_SHEET = "score_sheet", _("评分表")
        SURVEY = "survey", _("问卷")
        SATISFACTION = "satisfaction", _("满意度")
        FORM = "form", _("表单")

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=120)
    definition = models.JSONField(default=dict)
    licence_class = models.CharField(max_length=1, choices=[("A", "A"), ("B", "B"), ("C", "C")])
    citation = models.TextField(blank=True)
    valid = DateRangeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="questionnaire_version_once", fields=["organization", "code", "version"]
            ),
            models.CheckConstraint(
                name="questionnaire_class_c_has_no_items",
                condition=~Q(licence_class="C") | ~Q(definition__has_key="items"),
            ),
        ]

    @property
    def is_in_use(self) -> bool:
        """Published and not retired; says the same as `in_use`."""
        return self.published_at is not None and (
            self.valid is None or timezone.localdate() in self.valid
        )

    def __str__(self) -> str:
        return self.title


class Document(PublicRow, SharedCareRow, Subject, Voidable):
    """A file: encrypted on disk under an unguessable name with its own wrapped key."""

    class ScanState(models.TextChoices):
        CLEAN = "clean", _("没有查出病毒")
        REFUSED = "refused", _("查出病毒，已锁定")
        UNABLE = "unable", _("查不了毒")

    class Removal(models.TextChoices):
        WRONG_PERSON = "wrong_person", _("传错了人或个案")
        DUPLICATE = "duplicate", _("重复上传")
        UNREADABLE = "unreadable", _("不清楚或不完整，已重传")
        NOT_NEEDED = "not_needed", _("不需要保存")
        ASKED = "asked", _("本人要求删除")
        OTHER = "other", _("其他")

    kind = models.CharField(_("材料类型"), max_length=40)
    title = SealedText()
    file_key = models.CharField(max_length=64, unique=True, editable=False)
    wrapped_key = SealedBytes()
    sha256 = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField()
    mime = models.CharField(max_length=100)
    pages = models.PositiveIntegerField(null=True, blank=True)
    scan_state = models.CharField(max_length=10, choices=ScanState.choices, default=ScanState.CLEAN)
    # When the virus scanner last looked at it; null: not yet, or it cannot (`scan_state`).
    scanned_at = models.DateTimeField(null=True, editable=False)
    # What a later scan found in it; while anything stands here nobody opens the file.
    scan_found = models.CharField(max_length=200, blank=True, editable=False)
    derived_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="derived"
    )
    expires_on = models.DateField(null=True, blank=True)
    # Whoever deletes the file says why: `void_reason` is one of Removal, this its own words.
    void_note = SealedText(null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="document_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="document_locked_says_why",
                condition=(
                    Q(scan_state="refused") & ~Q(scan_found="") & Q(scanned_at__isnull=False)
                )
                | (~Q(scan_state="refused") & Q(scan_found="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="document_to_scan",
                condition=Q(voided_at__isnull=True, scanned_at__isnull=True, scan_state="clean"),
            ),
            models.Index(
                fields=["id"],
                name="document_locked",
                condition=Q(voided_at__isnull=True, scan_state="refused"),
            ),
            models.Index(
                fields=["organization", "subject_kind", "subject_id", "id"], name="document_subject"
            ),
            models.Index(
                fields=["counterparty", "subject_kind", "subject_id", "id"],
                name="document_other_party",
            ),
        ]

    @property
    def is_locked(self) -> bool:
        """A later scan found something in it: nobody opens it any more."""
        return self.scan_state == self.ScanState.REFUSED

    def __str__(self) -> str:
        return self.file_key


class Message(PublicRow, SharedCareRow, Subject):
    """A line of the conversation on a subject; `side` is the house that wrote it."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    side = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    body = SealedText()
    in_reply_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replies"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="message_subject")
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Transition(Subject):
    """The move history of everything; append-only, primary key made in Python so that nothing is returned."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    counterparty = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, related_name="+"
    )
    is_care = models.BooleanField(default=False)
    compartment_id = models.BigIntegerField(null=True)
    workflow = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_role = models.CharField(max_length=30, blank=True)
    at = models.DateTimeField(default=timezone.now)
    reason = SealedText(null=True)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "at"], name="transition_subject"),
            models.Index(
                fields=["organization", "workflow", "to_state", "at"], name="transition_reached"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workflow} {self.step}"


class Task(PublicRow, Tenanted, Subject):
    """A deadline, clock, to-do or reminder; its text never holds names."""

    class State(models.TextChoices):
        OPEN = "open", _("待办")
        DONE = "done", _("已完成")
        CANCELLED = "cancelled", _("已取消")

    compartment_id = models.BigIntegerField(null=True, editable=False)
    kind = models.CharField(max_length=40)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField(max_length=30, blank=True)
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Rests with its subject: nobody is asked and nothing is overdue until it runs on.
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    dedup_key = models.CharField(max_length=120)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="task_once", fields=["organization", "dedup_key"]),
            models.CheckConstraint(
                name="task_closed_has_time",
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_at"], name="task_open_mine", condition=Q(state="open")
            ),
            models.Index(
                fields=["organization", "role", "due_at"],
                name="task_open_role",
                condition=Q(state="open"),
            ),
            # Thousands of a house's deadlines belong to cases; what else waits is looked up apart from them.
            models.Index(
                fields=["assignee", "due_at"],
                name="task_open_rest",
                condition=Q(state="open", assignee__isnull=False) & ~Q(subject_kind="case"),
            ),
            models.Index(
                fields=["organization", "subject_kind", "assignee", "role"],
                name="task_open_waiting",
                condition=Q(state="open") & ~Q(subject_kind="case"),
            ),
            # A list shows the next deadline of each row.
            models.Index(
                fields=["subject_kind", "subject_id", "due_at"],
                name="task_open_subject",
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Notification(PublicRow, Subject):
    """Somebody is told of something; `mail` says whether and how it also leaves by mail."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, related_name="+"
    )
    kind = models.CharField(max_length=40)
    read_at = models.DateTimeField(null=True, blank=True)
    # Not shown: the person wants this kind by mail alone.
    is_shown = models.BooleanField(default=True)
    mail = models.CharField(max_length=10, default="none")
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_error = models.CharField(max_length=200, blank=True)
    dedup_key = models.CharField(max_length=120, blank=True)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="notification_once", fields=["user", "dedup_key"], condition=~Q(dedup_key="")
            )
        ]
        indexes = [models.Index(fields=["user", "-id"], name="notification_newest")]

    def __str__(self) -> str:
        return self.kind


class Draft(PublicRow, Subject):
    """What somebody has typed and not yet sent; never submits by itself."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    organization = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, related_name="+"
    )
    form = models.CharField(max_length=60)
    payload = SealedJSON()
    base_version = models.IntegerField(null=True)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="draft_once",
                fields=["user", "organization", "form", "subject_uid"],
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.form


class AccessLink(PublicRow, Tenanted, Subject):
    """What an address with a token opens; only the token's hash is stored.

    A door's `department` is the place where its code hangs, its subject the department that receives.
    What the holder of a token may do is named in msw_portal.topics.LINK_SERVICES.
    """

    class Kind(models.TextChoices):
        WARD_DOOR = "ward_door", _("病区转介码")
        SELF_DOOR = "self_door", _("患者求助码")
        RECEIPT = "receipt", _("回执")
        REFERRAL_REPLY = "referral_reply", _("转介回复")
        VOLUNTEER_DOOR = "volunteer_door", _("志愿者报名码")
        CALENDAR = "calendar", _("日历订阅")
        CHECK_IN = "check_in", _("志愿者签到码")
        CERTIFICATE = "certificate", _("证明查验")
        SATISFACTION = "satisfaction", _("满意度码")
        SURVEY = "survey", _("问卷码")
        GIFT_RECEIPT = "gift_receipt", _("捐赠票据查验")
        DONOR_TRACE = "donor_trace", _("捐赠查询")
        FAMILY_LANE = "family_lane", _("救助进展查询")

    DOORS = (Kind.WARD_DOOR, Kind.SELF_DOOR)

    kind = models.CharField(max_length=30)
    token_hash = models.BinaryField(max_length=32, unique=True)
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    public_state = models.JSONField(default=dict, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    uses_left = models.IntegerField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_link_uses_not_negative",
                condition=Q(uses_left__isnull=True) | Q(uses_left__gte=0),
            ),
            models.UniqueConstraint(
                name="access_link_one_live_door",
                fields=["organization", "kind", "department"],
                condition=Q(kind__in=["ward_door", "self_door"], revoked_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="access_link_one_live_calendar",
                fields=["organization", "subject_id"],
                condition=Q(kind="calendar", revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)
