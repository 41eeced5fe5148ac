"""Programmes are written in the browser: hospitals they take patients of, who published them; a layer of the bill for state relief."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from msw_portal.kernel.walls import Definer

before = import_module("donations.migrations.0004_request_guards")
# What the state granted later is the hospital's to say, as the rest of the bill is.
SIDES = before.REQUEST_SIDES.replace(
    "new.cost_total, new.gap,", "new.cost_total, new.gap, new.later_aid,"
).replace("old.cost_total, old.gap,", "old.cost_total, old.gap, old.later_aid,")


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0041_office_role"),
        ("donations", "0019_settling"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="programmeversion",
            name="hospitals",
            field=models.JSONField(blank=True, default=list, verbose_name="定点医院"),
        ),
        migrations.AddField(
            model_name="programmeversion",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="costline",
            name="layer",
            field=models.CharField(
                choices=[
                    ("total", "医疗总费用（含预估）"),
                    ("basic", "基本医保"),
                    ("critical", "大病保险"),
                    ("assistance", "医疗救助"),
                    ("relief", "临时救助与疾病应急救助"),
                    ("commercial", "商业保险"),
                    ("employer", "单位报销"),
                    ("other_aid", "其他救助"),
                ],
                max_length=20,
                verbose_name="项目",
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_by__isnull", True),
                    models.Q(("published_by", models.F("created_by")), _negated=True),
                    _connector="OR",
                ),
                name="programme_version_publisher_is_another",
            ),
        ),
        migrations.AddField(
            model_name="fundingrequest",
            name="later_aid",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                editable=False,
                max_digits=14,
                verbose_name="提交后批准的国家救助",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("later_aid__gte", 0)),
                name="funding_request_later_aid_not_negative",
            ),
        ),
        Definer("funding_request_sides()", "trigger", SIDES),
    ]
