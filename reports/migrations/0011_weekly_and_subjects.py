"""Reports made every week, and schedules of what is made of a row: a table of one's own, an authority's sheet."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("reports", "0010_signed_reports_and_sheets")]

    operations = [
        migrations.AddField(
            model_name="reportschedule",
            name="params",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="reportschedule",
            name="cadence",
            field=models.CharField(
                choices=[
                    ("daily", "每天"),
                    ("weekly", "每周"),
                    ("monthly", "每月"),
                    ("quarterly", "每季度"),
                    ("yearly", "每年"),
                ],
                max_length=10,
                verbose_name="周期",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="reportschedule", name="report_schedule_rhythm_known"
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(
                name="report_schedule_rhythm_known",
                condition=Q(
                    cadence__in=["daily", "weekly", "monthly", "quarterly", "yearly"],
                    counting__in=["workday", "day"],
                ),
            ),
        ),
    ]
