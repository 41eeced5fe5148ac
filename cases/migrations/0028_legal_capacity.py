"""Who judged whether a person can act alone; who cannot does not sign a consent alone."""

from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto

GUARDIAN = """
declare
  born smallint; below smallint; root bigint; capacity text; judged date;
  signed date := (new.signed_at at time zone 'Asia/Shanghai')::date;
begin
  select c.birth_year, c.root_id, %s into born, root, capacity, judged
    from cases_client c where c.id = new.client_id;
  select t.needs_guardian_below into below from cases_consenttemplate t where t.id = new.template_id;
  -- The year alone proves who is surely too young; the service, which reads the date, decides the rest.
  if new.legal_basis = 'consent'
     and ((below is not null and born is not null and extract(year from signed) - born < below)
       or (capacity in ('limited', 'none') and judged <= signed))
     and (new.signer_relation = 'self' or not exists (
       select 1 from cases_relatedperson r join cases_client c on c.id = r.client_id
        where c.root_id = root and r.is_guardian)) then
    raise exception 'a guardian signs' using errcode = '23514', constraint = 'consent_minor_has_guardian';
  end if;
  return null;
end
"""
REPLACED = (
    "CREATE OR REPLACE FUNCTION app.consent_guardian() RETURNS trigger LANGUAGE plpgsql "
    "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$ %s $body$"
)
AFTER = REPLACED % (GUARDIAN % "c.capacity, c.capacity_judged_on")
BEFORE = REPLACED % (GUARDIAN % "'', null::date")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0027_related_person_phone"),
        ("departments", "0025_saved_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="client",
            name="capacity",
            field=models.CharField(
                blank=True,
                choices=[
                    ("full", "完全民事行为能力"),
                    ("limited", "限制民事行为能力"),
                    ("none", "无民事行为能力"),
                ],
                db_default="",
                max_length=10,
                verbose_name="民事行为能力",
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="capacity_ground",
            field=models.CharField(
                blank=True,
                choices=[
                    ("court", "人民法院判决"),
                    ("forensic", "司法鉴定意见"),
                    ("clinical", "医生评估，尚未经法院认定"),
                ],
                db_default="",
                max_length=10,
                verbose_name="认定依据",
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="capacity_judged_by",
            field=msw_portal.kernel.crypto.SealedText(
                blank=True, null=True, verbose_name="由谁认定"
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="capacity_judged_on",
            field=models.DateField(blank=True, null=True, verbose_name="认定日期"),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity__in", ["", "full", "limited", "none"])),
                name="client_capacity_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("capacity", ""),
                        ("capacity_ground", ""),
                        ("capacity_judged_by__isnull", True),
                        ("capacity_judged_on__isnull", True),
                    ),
                    models.Q(
                        ("capacity_ground__in", ["court", "forensic", "clinical"]),
                        ("capacity_judged_by__isnull", False),
                        ("capacity_judged_on__isnull", False),
                        models.Q(("capacity", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="client_capacity_was_judged",
            ),
        ),
        migrations.RunSQL(AFTER, BEFORE),
    ]
