"""Programmes are written in the browser: hospitals they take patients of, who published them; a layer of the bill for state relief."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


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
    ]
