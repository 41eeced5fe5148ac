"""Posts with their risks, shifts with their places, and who signed up."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.db import PublicRow, Tenanted
from volunteers.models.people import Volunteer
from volunteers.querysets import PostQuerySet, ShiftQuerySet, SignupQuerySet
from volunteers.workflow import SignupState

MOST_PLACES = 500


class Post(PublicRow, Tenanted):
    """What volunteers do somewhere, with its risks in plain words (L-VOL 12); open posts are seen by volunteers."""

    department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField(_("岗位名称"), max_length=60)
    ward = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("病区"),
    )
    place = models.CharField(_("集合地点"), max_length=80, blank=True)
    duties = models.TextField(_("做什么"))
    requirements = models.TextField(_("要求"), blank=True)
    risks = models.TextField(_("可能的风险"))
    slots = models.SmallIntegerField(_("需要人数"), null=True, blank=True)
    minimum_age = models.SmallIntegerField(_("最低年龄"), default=18)
    training_required = models.BooleanField(_("要先培训合格"), default=True)
    insurance_required = models.BooleanField(_("要有人身意外保险"), default=True)
    health_check_required = models.BooleanField(_("要有健康检查"), default=False)
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("带教社工"),
    )
    is_open = models.BooleanField(_("开放报名"), default=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="post_title_once", fields=["organization", "title"]),
            models.CheckConstraint(
                name="post_says_risks", condition=~Q(risks="") & ~Q(duties="") & ~Q(title="")
            ),
            models.CheckConstraint(
                name="post_minimum_age_in_range", condition=Q(minimum_age__range=(14, 80))
            ),
            models.CheckConstraint(
                name="post_slots_positive", condition=Q(slots__isnull=True) | Q(slots__gt=0)
            ),
        ]
        indexes = [models.Index(fields=["organization", "is_open", "-id"], name="post_open")]

    def __str__(self) -> str:
        return self.title


class Shift(PublicRow, Tenanted):
    """One stretch of time at a post. `taken` counts confirmed places; only the database moves it."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    capacity = models.SmallIntegerField(_("名额"))
    taken = models.SmallIntegerField(_("已报"), default=0, editable=False)
    note = models.CharField(_("本班说明"), max_length=200, blank=True)
    is_open = models.BooleanField(_("开放报名"), default=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("取消原因"), max_length=200, blank=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shift_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="shift_has_places", condition=Q(capacity__range=(1, MOST_PLACES))
            ),
            models.CheckConstraint(
                name="shift_taken_within_capacity",
                condition=Q(taken__gte=0, taken__lte=F("capacity")),
            ),
            models.CheckConstraint(
                name="shift_cancelled_is_closed",
                condition=Q(cancelled_at__isnull=True) | (Q(is_open=False) & ~Q(cancel_reason="")),
            ),
            models.UniqueConstraint(
                name="shift_once",
                fields=["post", "starts_at"],
                condition=Q(cancelled_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "starts_at", "id"], name="shift_calendar"),
            models.Index(fields=["organization", "is_open", "starts_at"], name="shift_open"),
        ]

    def __str__(self) -> str:
        return str(self.starts_at)

    @property
    def places_left(self) -> int:
        return self.capacity - self.taken

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()


class Signup(PublicRow, Tenanted):
    """A volunteer's promise for a shift. State and `place` come from the trigger `app.take_place`:
    confirmed while there is room, else waiting in the order of `place`.

    `during`, `title`, `user` and `organization` are copied from shift, post and volunteer, so that a
    volunteer still reads the own promise when the post is closed.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="signups")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="signups")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=SignupState.choices,
        default=SignupState.WAITING,
        editable=False,
    )
    place = models.IntegerField(default=0, editable=False)
    title = models.CharField(max_length=60, editable=False)
    during = DateTimeRangeField(null=True, editable=False)
    agreed_risks_at = models.DateTimeField(_("确认已读风险提示"), null=True, editable=False)

    objects = SignupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="signup_once",
                fields=["shift", "volunteer"],
                condition=~Q(state="cancelled"),
            ),
            models.CheckConstraint(
                name="signup_state_known", condition=Q(state__in=SignupState.values)
            ),
            ExclusionConstraint(
                name="signup_shifts_do_not_overlap",
                expressions=[
                    ("volunteer", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=["waiting", "confirmed", "attended"]),
            ),
        ]
        indexes = [
            models.Index(fields=["shift", "state", "place"], name="signup_queue"),
            models.Index(fields=["volunteer", "-id"], name="signup_volunteer"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()
