"""One-to-one coaching notes, sealed, and their wall: rows are added, never changed."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Trigger, Wall


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0043_published_is_computed"),
        ("projects", "0009_letters_that_follow"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CoachingNote",
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
                ("version", models.SmallIntegerField(default=1, verbose_name="版次")),
                ("body", msw_portal.kernel.crypto.SealedText(verbose_name="辅导内容")),
                (
                    "advice",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="建议与下一步"
                    ),
                ),
                (
                    "reason",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="修改说明"
                    ),
                ),
                (
                    "counterparty",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
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
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coaching_notes",
                        to="projects.projectevent",
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
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coaching_notes",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "-id"], name="coaching_of_project")],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "version"), name="coaching_note_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason__isnull", True), ("version", 1)),
                            models.Q(("reason__isnull", False), ("version__gt", 1)),
                            _connector="OR",
                        ),
                        name="coaching_note_later_says_why",
                    ),
                ],
            },
        ),
        Wall("projects.CoachingNote", "SHARED", grant="SELECT, INSERT"),
        Trigger("projects.CoachingNote", "keep_parties", "BEFORE UPDATE", "app.keep_parties()"),
        Trigger(
            "projects.CoachingNote",
            "take_parties",
            "BEFORE INSERT OR UPDATE",
            "app.take_parties('projects_project', 'project_id')",
        ),
    ]
