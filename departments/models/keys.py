"""Which keys the database has seen, and how far a rotation is. No key material stands here."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.querysets import RegisterQuerySet, TenantQuerySet
from msw_portal.kernel.db import Tenanted


class KeyVersion(models.Model):
    """A key of the key file by its number: what it is still used for."""

    class State(models.TextChoices):
        ACTIVE = "active", _("使用中")
        DECRYPT_ONLY = "decrypt_only", _("仅解密，轮换中")
        RETIRED = "retired", _("已停用")

    kid = models.PositiveIntegerField(primary_key=True)
    state = models.CharField(max_length=20, choices=State.choices)
    since = models.DateTimeField(auto_now=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="key_version_one_active",
                fields=["state"],
                condition=models.Q(state="active"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kid} {self.state}"


class RekeyPart(Tenanted):
    """One house's rows of one table on their way to key `kid`; `after` is the checkpoint.

    `fill` brings values and indexes under the new key; `clear` removes indexes of the old one.
    """

    class Phase(models.TextChoices):
        FILL = "fill", _("换用新密钥")
        CLEAR = "clear", _("清除旧索引")

    id = models.BigAutoField(primary_key=True)
    kid = models.PositiveIntegerField()
    phase = models.CharField(max_length=10, choices=Phase.choices)
    table_name = models.CharField(max_length=63)
    after = models.CharField(max_length=40, blank=True)
    row_count = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="rekey_part_once", fields=["organization", "kid", "phase", "table_name"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.phase} {self.kid}"
