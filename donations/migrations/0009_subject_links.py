"""Two codes of one person behind their wall; only the hospital says so, and only by its own persons."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids
from msw_portal.kernel.walls import Definer, Trigger, Wall

# Both houses may read a row; the foundation may neither write one nor end it.
SIDES = """
begin
  if app.org() is not null and app.org() is distinct from new.organization_id then
    raise exception 'this row is the hospital''s' using errcode = '23514', constraint = 'subject_link_sides';
  end if;
  return new;
end
"""
# Every code of a person of the own house, whatever case it hangs on: a case of secrecy level 5 whose
# worker the asker is not gives its code away, and nothing else.
CODES = """
  select c.id, v.organization_id, r.subject_code::text, bool_or(r.submitted_at is not null)
    from cases_client c
    join cases_case k on k.client_id = c.id
    join donations_fundingrequest r on r.case_id = k.id
    join donations_programmeversion v on v.id = r.programme_version_id
   where c.root_id = any (p_roots) and c.organization_id = app.care()
   group by 1, 2, 3
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0032_duplicate_walls"),
        ("departments", "0027_waiting_tasks"),
        ("donations", "0008_state_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SubjectLink",
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
                ("code_a", models.CharField(max_length=20, verbose_name="对象代号")),
                ("code_b", models.CharField(max_length=20, verbose_name="另一代号")),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["code_a"], name="subject_link_first"),
                    models.Index(fields=["code_b"], name="subject_link_second"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("organization", "counterparty", "code_a", "code_b"),
                        name="subject_link_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code_a__lt", models.F("code_b"))),
                        name="subject_link_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("counterparty__isnull", False)),
                        name="subject_link_names_foundation",
                    ),
                ],
            },
        ),
        Wall("donations.SubjectLink", "SHARED", grant="SELECT, INSERT, UPDATE"),
        Definer("subject_link_sides()", "trigger", SIDES),
        Trigger("donations.SubjectLink", "keep_parties", "BEFORE UPDATE", "app.keep_parties()"),
        Trigger(
            "donations.SubjectLink",
            "same_ground",
            "BEFORE INSERT",
            "app.same_ground('counterparty_id')",
        ),
        Trigger(
            "donations.SubjectLink",
            "sides",
            "BEFORE INSERT OR UPDATE",
            "app.subject_link_sides()",
        ),
        Definer(
            "subject_codes(p_roots bigint[])",
            "table (client_id bigint, foundation_id bigint, code text, is_sent boolean)",
            CODES,
            language="sql",
            volatility="STABLE",
        ),
    ]
