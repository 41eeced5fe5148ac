"""The agreement before the payout: programmes say whether they need one, a request keeps the one it has."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids
from msw_portal.kernel.walls import Definer, Trigger, Wall

before = import_module("donations.migrations.0020_programme_editing")
# The hospital records it or the family agrees in the hospital's scope: the step is that side's.
SIDES = before.SIDES.replace(
    "('hospital_opinion', 'first_review'),",
    "('hospital_opinion', 'first_review'), ('approved', 'agreement'),",
)
REFUSE = "raise exception '{text}' using errcode = '23514', constraint = '{name}'"
FIRST = REFUSE.format(text="this programme pays under an agreement", name="aid_agreement_first")
OTHERS = REFUSE.format(
    text="not this side''s agreement, or another sum", name="aid_agreement_sides"
)
AGREED_FIRST = f"""
begin
  if exists (select 1 from donations_programmeversion v where v.id = new.programme_version_id and v.needs_agreement)
     and not exists (select 1 from donations_aidagreement a where a.request_id = new.id) then {FIRST}; end if;
  return new;
end
"""
AGREEMENT_GUARD = f"""
declare house bigint := app.org();
begin
  if house is not null and house is distinct from new.organization_id then {OTHERS}; end if;
  if not exists (select 1 from donations_fundingrequest r where r.id = new.request_id and r.approved = new.amount) then {OTHERS}; end if;
  return new;
end
"""
TAKE = (
    "BEFORE INSERT OR UPDATE",
    "app.take_parties('donations_fundingrequest', 'request_id')",
)


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0043_published_is_computed"),
        ("donations", "0026_request_of_project"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="programmeversion",
            name="agreement_terms",
            field=models.TextField(blank=True, db_default="", verbose_name="协议的专门条款"),
        ),
        migrations.AddField(
            model_name="programmeversion",
            name="needs_agreement",
            field=models.BooleanField(
                db_default=False, default=True, verbose_name="拨付前须签协议"
            ),
        ),
        migrations.CreateModel(
            name="AidAgreement",
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
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="协议金额"),
                ),
                ("text", models.TextField(verbose_name="协议内容")),
                ("digest", models.CharField(max_length=64)),
                (
                    "way",
                    models.CharField(
                        choices=[("lane", "在手机上同意"), ("paper", "在医院签纸质协议")],
                        max_length=10,
                        verbose_name="签署方式",
                    ),
                ),
                (
                    "signer",
                    models.CharField(
                        choices=[
                            ("self", "患者本人"),
                            ("guardian", "监护人"),
                            ("entrusted", "受委托的家属"),
                            ("unit", "项目单位"),
                        ],
                        max_length=10,
                        verbose_name="签署人",
                    ),
                ),
                ("signed_on", models.DateField(verbose_name="签署日期")),
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
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aid_agreement",
                        to="donations.fundingrequest",
                    ),
                ),
                (
                    "scan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="aid_agreement_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("recorded_by__isnull", True),
                                ("scan__isnull", True),
                                ("signer__in", ["self", "guardian", "entrusted"]),
                                ("way", "lane"),
                            ),
                            models.Q(
                                ("recorded_by__isnull", False),
                                ("scan__isnull", False),
                                ("signer__in", ["self", "guardian", "entrusted", "unit"]),
                                ("way", "paper"),
                            ),
                            _connector="OR",
                        ),
                        name="aid_agreement_way_is_whole",
                    ),
                ],
            },
        ),
        Wall("donations.AidAgreement", "SHARED", grant="SELECT, INSERT"),
        Definer("funding_request_sides()", "trigger", SIDES),
        Definer("agreed_first()", "trigger", AGREED_FIRST),
        Definer("aid_agreement_guard()", "trigger", AGREEMENT_GUARD),
        Trigger("donations.AidAgreement", "take_parties", *TAKE),
        # After take_parties in the alphabet, so that it sees the true parties.
        Trigger(
            "donations.AidAgreement", "within_sides", "BEFORE INSERT", "app.aid_agreement_guard()"
        ),
        Trigger(
            "donations.FundingRequest",
            "agreed_first",
            "BEFORE UPDATE OF state",
            "app.agreed_first()",
            condition="old.state = 'approved' and new.state = 'agreement'",
        ),
    ]
