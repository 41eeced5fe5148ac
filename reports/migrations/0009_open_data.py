"""Open data: released tables that never change, the choice of a house to take part, the budget of noise."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids
from msw_portal.kernel.walls import Definer, Trigger, Wall

# app.open_table_frozen(): what everybody has read stays as it was; it may only be taken down.
FROZEN = """
begin
  if tg_op = 'DELETE' or to_jsonb(new) - array['visible_to', 'row_version', 'updated_at']
      <> to_jsonb(old) - array['visible_to', 'row_version', 'updated_at'] then
    raise exception 'what was released stays' using errcode = '23514', constraint = 'open_table_frozen';
  end if;
  return new;
end
"""
# app.open_table_pays(): a release with noise takes its epsilon from the budget of its quarter, or is not made.
PAYS = """
begin
  if new.epsilon is null then return new; end if;
  update reports_noisebudget set spent = spent + new.epsilon
    where organization_id = new.organization_id and quarter = new.first;
  if not found then
    raise exception 'no budget for %', new.first using errcode = '23514', constraint = 'noise_budget_missing';
  end if;
  return new;
end
"""
# app.noise_budget_kept(): releases alone spend, and what was begun to be spent is not raised.
KEPT = """
begin
  if tg_op = 'INSERT' then
    if new.spent <> 0 then
      raise exception 'a budget begins unspent' using errcode = '23514', constraint = 'noise_budget_fixed';
    end if;
    return new;
  end if;
  if (new.spent <> old.spent and pg_trigger_depth() < 2) or new.spent < old.spent
      or (old.spent > 0 and new.allowed <> old.allowed)
      or new.organization_id <> old.organization_id or new.quarter <> old.quarter then
    raise exception 'the budget is fixed' using errcode = '23514', constraint = 'noise_budget_fixed';
  end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0043_published_is_computed"),
        ("reports", "0008_frozen_cells"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenTable",
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
                ("code", models.CharField(max_length=40, verbose_name="表")),
                (
                    "grain",
                    models.CharField(
                        choices=[("quarter", "季度"), ("year", "年度")],
                        max_length=10,
                        verbose_name="期间",
                    ),
                ),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("houses", models.IntegerField(default=1, verbose_name="参加机构数")),
                ("least", models.SmallIntegerField(default=0, verbose_name="低于此数不显示")),
                (
                    "epsilon",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True),
                ),
                ("dims", models.JSONField()),
                ("cells", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                ("visible_from", models.DateTimeField(blank=True, null=True)),
                ("visible_to", models.DateTimeField(blank=True, null=True)),
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpenCount",
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
                ("counts", models.JSONField()),
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "table",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counted",
                        to="reports.opentable",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NoiseBudget",
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
                ("quarter", models.DateField(verbose_name="数据季度")),
                (
                    "allowed",
                    models.DecimalField(decimal_places=2, max_digits=4, verbose_name="隐私预算 ε"),
                ),
                (
                    "spent",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=4, verbose_name="已用 ε"
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
                        fields=("organization", "quarter"), name="noise_budget_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("spent__gte", 0), ("spent__lte", models.F("allowed"))),
                        name="noise_budget_not_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("allowed__gt", 0), ("allowed__lte", 3)),
                        name="noise_budget_small",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpenDataChoice",
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
                ("takes_part", models.BooleanField(default=False, verbose_name="参加公开统计")),
                (
                    "chosen_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
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
                    models.UniqueConstraint(fields=("organization",), name="open_data_choice_once")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="opentable",
            index=models.Index(fields=["organization", "-first", "code"], name="open_table_period"),
        ),
        migrations.AddConstraint(
            model_name="opentable",
            constraint=models.UniqueConstraint(
                fields=("organization", "code", "first", "last"), name="open_table_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="opentable",
            constraint=models.CheckConstraint(
                condition=models.Q(("last__gt", models.F("first"))), name="open_table_days_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="opentable",
            constraint=models.CheckConstraint(
                condition=models.Q(("epsilon__isnull", True), ("epsilon__gt", 0), _connector="OR"),
                name="open_table_epsilon_positive",
            ),
        ),
        Wall("reports.OpenDataChoice", "TENANT"),
        Wall("reports.OpenTable", "PUBLIC", grant="SELECT, INSERT, UPDATE"),
        Wall("reports.OpenCount", "TENANT"),
        Wall("reports.NoiseBudget", "TENANT", grant="SELECT, INSERT, UPDATE"),
        Definer("open_table_frozen()", "trigger", FROZEN),
        Definer("open_table_pays()", "trigger", PAYS),
        Definer("noise_budget_kept()", "trigger", KEPT),
        Trigger(
            "reports.OpenTable",
            "open_table_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.open_table_frozen()",
        ),
        Trigger("reports.OpenTable", "open_table_pays", "BEFORE INSERT", "app.open_table_pays()"),
        Trigger("reports.OpenTable", "no_training", "BEFORE INSERT", "app.no_training()"),
        Trigger(
            "reports.NoiseBudget",
            "noise_budget_kept",
            "BEFORE INSERT OR UPDATE",
            "app.noise_budget_kept()",
        ),
    ]
