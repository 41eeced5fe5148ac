"""A consent names what proved the guardian, and may lapse; the rest of it stays frozen."""

from django.conf import settings
from django.db import migrations, models

FREEZE = """
CREATE OR REPLACE FUNCTION app.freeze_consent() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if coalesce(current_setting('app.rekey', true), '') = '1' and tg_op = 'UPDATE' then return new; end if;
  if tg_op = 'DELETE'
     or app.content_differs(to_jsonb(old), to_jsonb(new), array['withdrawn_at', 'withdrawn_by', 'superseded_at',
                            'superseded_by_id', 'notice_given_at', 'evidence_id'%s])
     or (old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at)
     or (old.superseded_at is not null and new.superseded_at is distinct from old.superseded_at)%s then
    perform app.refuse_frozen(tg_table_name);
  end if;
  return new;
end $$;
"""
LAPSE = "\n     or (old.lapsed_at is not null and new.lapsed_at is distinct from old.lapsed_at)"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0020_questionnaires_retire"),
        ("departments", "0019_training_apart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="guardian_proof",
            field=models.CharField(
                blank=True,
                choices=[
                    ("household_register", "户口簿"),
                    ("birth_certificate", "出生医学证明"),
                    ("court", "法院判决或裁定"),
                    ("civil_affairs", "民政部门或村居委会证明"),
                    ("adoption", "收养登记证"),
                    ("id_seen", "现场核对身份证件并由科室确认"),
                ],
                max_length=20,
                verbose_name="监护关系证明",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="lapsed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="consent",
            name="method",
            field=models.CharField(
                choices=[
                    ("paper_scan", "纸质签署并扫描"),
                    ("e_signature", "电子签名"),
                    ("oral_witness", "口头同意并有见证人"),
                    ("not_asked", "未经签署（另有处理依据）"),
                ],
                max_length=20,
                verbose_name="签署方式",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "not_asked"), _negated=True),
                    models.Q(("legal_basis", "consent"), _negated=True),
                    _connector="OR",
                ),
                name="consent_signed_unless_other_basis",
            ),
        ),
        migrations.RunSQL(FREEZE % (", 'lapsed_at'", LAPSE), FREEZE % ("", "")),
    ]
