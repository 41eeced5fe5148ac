"""A running project asks for money: a request is for a case or for a project, and a programme says for which."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from msw_portal.kernel.walls import Definer, Trigger

KEEP_PROJECT = """
begin
  if new.project_id is distinct from old.project_id then
    raise exception 'the project of a request is fixed' using errcode = '23514', constraint = 'funding_request_sides';
  end if;
  return new;
end
"""
same_house = import_module("cases.migrations.0003_triggers").same_house


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0043_state_aid"),
        ("departments", "0042_partner_role"),
        ("donations", "0025_payment_guards"),
        ("projects", "0008_cultivation_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="fundingrequest",
            name="project",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="funding_requests",
                to="projects.project",
            ),
        ),
        migrations.AddField(
            model_name="programmeversion",
            name="asker",
            field=models.CharField(
                choices=[("case", "患者个案"), ("project", "在办项目")],
                db_default="case",
                default="case",
                max_length=10,
                verbose_name="由谁申请",
            ),
        ),
        migrations.AlterField(
            model_name="fundingrequest",
            name="case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="funding_requests",
                to="cases.case",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", False), ("project__isnull", True)),
                    models.Q(("case__isnull", True), ("project__isnull", False)),
                    _connector="OR",
                ),
                name="funding_request_for_case_or_project",
            ),
        ),
        Definer("keep_project()", "trigger", KEEP_PROJECT),
        Trigger(
            "donations.FundingRequest",
            "keep_project",
            "BEFORE UPDATE OF project_id",
            "app.keep_project()",
        ),
        same_house("donations.FundingRequest", project_id="projects_project"),
    ]
