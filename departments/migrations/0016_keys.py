"""Which keys the database has seen, and the checkpoints of a rotation."""

import django.db.models.deletion
from django.db import migrations, models

from msw_portal.kernel.walls import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0015_account_codes_and_training"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyVersion",
            fields=[
                ("kid", models.PositiveIntegerField(primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "使用中"),
                            ("decrypt_only", "仅解密，轮换中"),
                            ("retired", "已停用"),
                        ],
                        max_length=20,
                    ),
                ),
                ("since", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")),
                        fields=("state",),
                        name="key_version_one_active",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RekeyPart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kid", models.PositiveIntegerField()),
                (
                    "phase",
                    models.CharField(
                        choices=[("fill", "换用新密钥"), ("clear", "清除旧索引")], max_length=10
                    ),
                ),
                ("table_name", models.CharField(max_length=63)),
                ("after", models.CharField(blank=True, max_length=40)),
                ("row_count", models.BigIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kid", "phase", "table_name"),
                        name="rekey_part_once",
                    )
                ],
            },
        ),
        Wall("departments.KeyVersion", "GLOBAL"),
        Wall("departments.RekeyPart", "TENANT"),
    ]
