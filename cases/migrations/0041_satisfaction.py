"""What people say of a group or an activity themselves: behind the wall of care, frozen with their group."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Trigger, Wall

same_house = import_module("cases.migrations.0003_triggers").same_house


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0040_notice_copies"),
        ("departments", "0038_census"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SatisfactionMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=msw_portal.kernel.ids.uuid7, editable=False, unique=True
                    ),
                ),
                ("row_version", models.IntegerField(default=1, editable=False)),
                (
                    "updated_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("mark", models.SmallIntegerField(verbose_name="满意度")),
                (
                    "words",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="想说的话"
                    ),
                ),
                ("given_on", models.DateField(verbose_name="日期")),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="satisfaction_marks",
                        to="cases.activity",
                    ),
                ),
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
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="satisfaction_marks",
                        to="cases.group",
                    ),
                ),
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
                    models.CheckConstraint(
                        condition=models.Q(("mark__range", (1, 5))),
                        name="satisfaction_mark_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("activity__isnull", True), ("group__isnull", False)),
                            models.Q(("activity__isnull", False), ("group__isnull", True)),
                            _connector="OR",
                        ),
                        name="satisfaction_mark_of_one",
                    ),
                ],
            },
        ),
        Wall("cases.SatisfactionMark", "CARE"),
        same_house("cases.SatisfactionMark", group_id="cases_group", activity_id="cases_activity"),
        Trigger(
            "cases.SatisfactionMark",
            "group_part",
            "BEFORE INSERT OR UPDATE OR DELETE",
            "app.group_part()",
        ),
    ]
