"""One-time codes of accounts, the check values of keys, and houses that only practise."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from msw_portal.kernel.walls import Definer, Trigger, Wall

REFUSE = "raise exception '{text}' using errcode = '23514', constraint = '{name}'"
# What a house is stays: invented patients never become real figures, nor real ones practice.
TRAINING_FIXED = f"""
begin
  if new.is_training is distinct from old.is_training then
    {REFUSE.format(text="a training house stays one", name="organization_training_is_fixed")};
  end if;
  return new;
end
"""
# app.same_ground('counterparty_id'): on tables of two houses; practice never meets the real world.
SAME_GROUND = f"""
declare other bigint := (to_jsonb(new) ->> tg_argv[0])::bigint; own bigint := new.organization_id;
begin
  if other is null or other = own then return new; end if;
  if (select count(distinct is_training) from departments_organization where id in (own, other)) > 1 then
    {REFUSE.format(text="a training house and a real one have no business", name="training_stays_apart")};
  end if;
  return new;
end
"""
# Houses in which a person has a role today; the walls show an administrator the own house's only.
HOUSES_OF = """
  select coalesce(array_agg(distinct m.organization_id), '{}') from departments_membership m
   where m.user_id = p_user and m.valid @> (now() at time zone 'Asia/Shanghai')::date
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0014_operations")]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="is_training",
            field=models.BooleanField(db_default=False, default=False, verbose_name="练习机构"),
        ),
        migrations.CreateModel(
            name="KeyCheck",
            fields=[
                ("kid", models.IntegerField(primary_key=True, serialize=False)),
                ("value", models.BinaryField(max_length=32)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kid__range", (1, 65535))),
                        name="key_check_kid_in_range",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("invitation", "开通账户"), ("reset", "重设密码")], max_length=20
                    ),
                ),
                ("code_hash", models.BinaryField(max_length=32, unique=True)),
                ("is_mailed", models.BooleanField(default=False)),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["invitation", "reset"])),
                        name="account_code_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="account_code_expires_later",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("user",),
                        name="account_code_one_open",
                    ),
                ],
            },
        ),
        Wall("departments.AccountCode", "IDENTITY"),
        Wall("departments.KeyCheck", "IDENTITY", grant="SELECT, INSERT, UPDATE"),
        Definer(
            "houses_of(p_user bigint)", "bigint[]", HOUSES_OF, language="sql", volatility="STABLE"
        ),
        Definer("training_fixed()", "trigger", TRAINING_FIXED),
        Definer("same_ground()", "trigger", SAME_GROUND),
        Trigger(
            "departments.Organization",
            "organization_training_fixed",
            "BEFORE UPDATE OF is_training",
            "app.training_fixed()",
        ),
        Trigger(
            "departments.Document",
            "same_ground",
            "BEFORE INSERT OR UPDATE OF counterparty_id",
            "app.same_ground('counterparty_id')",
        ),
        Trigger(
            "departments.Message",
            "same_ground",
            "BEFORE INSERT OR UPDATE OF counterparty_id",
            "app.same_ground('counterparty_id')",
        ),
    ]
