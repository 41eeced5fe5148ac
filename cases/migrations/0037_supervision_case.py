"""Cases talked about in supervision, behind the wall of their case; how many open cases somebody answers for."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Definer, Trigger, Wall

first = import_module("cases.migrations.0003_triggers")
keep_glass = import_module("departments.migrations.0021_break_glass").keep_glass
before = import_module("cases.migrations.0005_casework_whole_walls")
SPREAD = before.SPREAD.replace(
    "begin ",
    "begin update cases_supervisioncase set compartment_id = new.compartment_id where case_id = new.id; ",
    1,
)
# How many open cases of the house somebody works on: a number, level 5 included, for who ends roles
# and for the head, who both may know that a successor is missing and not which cases they are.
CASELOAD = """
  select count(*) from cases_case
   where organization_id = app.org() and worker_id = p_user and closed_at is null
     and app.role() in ('secadmin', 'dept_head', 'system')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0036_feed_kept"),
        ("departments", "0037_learning_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SupervisionCase",
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
                ("compartment_id", models.BigIntegerField(editable=False, null=True)),
                ("excerpt", msw_portal.kernel.crypto.SealedText(verbose_name="讨论摘录")),
                (
                    "advice",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="对这个个案的建议"
                    ),
                ),
                ("is_deidentified", models.BooleanField(default=True, verbose_name="已去标识")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="cases.case",
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
                        related_name="supervision_cases",
                        to="departments.learningevent",
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
                "indexes": [models.Index(fields=["case"], name="supervision_case_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "case"), name="supervision_case_once")
                ],
            },
        ),
        Wall("cases.SupervisionCase", "CASE"),
        Definer("spread_compartment()", "trigger", SPREAD),
        Trigger(
            "cases.SupervisionCase",
            "take_compartment",
            f"{first.PUT} case_id, compartment_id, organization_id",
            "app.take_compartment()",
        ),
        first.same_house("cases.SupervisionCase", event_id="departments_learningevent"),
        keep_glass("cases.SupervisionCase"),
        Definer(
            "caseload_count(p_user bigint)",
            "bigint",
            CASELOAD,
            language="sql",
            volatility="STABLE",
        ),
    ]
