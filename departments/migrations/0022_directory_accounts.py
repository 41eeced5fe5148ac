"""Accounts that sign in through the hospital's directory; the sign-in library's own tables stay empty."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from msw_portal.kernel.walls import Wall, WallTables


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0021_break_glass"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        migrations.CreateModel(
            name="DirectoryAccount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                (
                    "name",
                    models.CharField(max_length=120, unique=True, verbose_name="目录里的登录名"),
                ),
                ("subject", models.CharField(blank=True, max_length=400, null=True, unique=True)),
                ("bound_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="directory_account",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="directory_account_has_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bound_at__isnull", True), ("subject__isnull", True)),
                            models.Q(("bound_at__isnull", False), ("subject__isnull", False)),
                            _connector="OR",
                        ),
                        name="directory_account_bound_has_time",
                    ),
                ],
            },
        ),
        Wall("departments.DirectoryAccount", "IDENTITY"),
        WallTables(
            "IDENTITY",
            "socialaccount_socialaccount",
            "socialaccount_socialapp",
            "socialaccount_socialtoken",
            grant="SELECT",
        ),
    ]
