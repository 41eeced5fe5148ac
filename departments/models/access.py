"""How a person comes in without a password yet, and by which keys the database was written."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.people import User
from msw_portal.kernel.db import Row


class AccountCode(Row):
    """A one-time code with which a person sets a password; only its keyed hash is stored.

    `ended_at` is the instant it was used or replaced; a live code has none and has not expired.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("开通账户")
        RESET = "reset", _("重设密码")

    user = models.ForeignKey(User, models.PROTECT, related_name="account_codes")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    code_hash = models.BinaryField(max_length=32, unique=True)
    is_mailed = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="account_code_kind_known", condition=Q(kind__in=["invitation", "reset"])
            ),
            models.CheckConstraint(
                name="account_code_expires_later", condition=Q(expires_at__gt=F("created_at"))
            ),
            # At most one live code a person: a new one ends the older ones first.
            models.UniqueConstraint(
                name="account_code_one_open", fields=["user"], condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class DirectoryAccount(Row):
    """Somebody who signs in through the hospital's directory, by the name the security administrator gave.

    `subject` is the directory's own lasting id, bound at the first sign-in: a name that the directory
    gives to another person later opens nothing here.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="directory_account")
    name = models.CharField(_("目录里的登录名"), max_length=120, unique=True)
    subject = models.CharField(max_length=400, null=True, blank=True, unique=True)  # noqa: DJ001  unbound is no text
    bound_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="directory_account_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="directory_account_bound_has_time",
                condition=Q(subject__isnull=True, bound_at__isnull=True)
                | Q(subject__isnull=False, bound_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.name}"


class KeyCheck(models.Model):
    """A value that only the right key file reproduces, one row for every key the database was written with.

    The file never loses a key: older backups and the anchors of the audit chain need it after a rotation, too.
    """

    kid = models.IntegerField(primary_key=True)
    value = models.BinaryField(max_length=32)
    first_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="key_check_kid_in_range", condition=Q(kid__range=(1, 65535))
            )
        ]

    def __str__(self) -> str:
        return str(self.kid)
