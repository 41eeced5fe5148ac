"""The bills that aid paid, each once, and the visits after it."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Trigger, Wall

TAKE = (
    "BEFORE INSERT OR UPDATE",
    "app.take_parties('donations_fundingrequest', 'request_id')",
)


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0041_office_role"),
        ("donations", "0018_goods_value"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceUse",
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
                ("number", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="票据号")),
                ("number_bidx", msw_portal.kernel.crypto.BlindIndex()),
                ("number_bidx2", msw_portal.kernel.crypto.BlindIndex()),
                ("issued_on", models.DateField(verbose_name="开票日期")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, max_digits=14, verbose_name="本次救助支付的金额"
                    ),
                ),
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
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["request", "id"], name="invoice_use_request")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("counterparty", "number_bidx"), name="invoice_use_once"
                    ),
                    models.UniqueConstraint(
                        fields=("counterparty", "number_bidx2"), name="invoice_use_once_even"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="invoice_use_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revisit",
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
                ("due_on", models.DateField(verbose_name="应回访日期")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="回访日期")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cured", "治愈或明显好转"),
                            ("in_treatment", "仍在治疗"),
                            ("stopped", "中断治疗"),
                            ("died", "去世"),
                            ("lost", "联系不上"),
                        ],
                        max_length=20,
                        verbose_name="情况",
                    ),
                ),
                ("payload", msw_portal.kernel.crypto.SealedJSON(blank=True, null=True)),
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
                    "done_by",
                    models.ForeignKey(
                        blank=True,
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisits",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["counterparty", "due_on", "id"], name="revisit_due")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_on__isnull", True)),
                        fields=("request",),
                        name="revisit_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_by__isnull", True),
                                ("done_on__isnull", True),
                                ("outcome", ""),
                            ),
                            models.Q(
                                ("done_by__isnull", False),
                                ("done_on__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                                ("payload__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="revisit_done_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                ["", "cured", "in_treatment", "stopped", "died", "lost"],
                            )
                        ),
                        name="revisit_outcome_known",
                    ),
                ],
            },
        ),
        Wall("donations.InvoiceUse", "SHARED"),
        Wall("donations.Revisit", "SHARED"),
        Trigger("donations.InvoiceUse", "take_parties", *TAKE),
        Trigger("donations.Revisit", "take_parties", *TAKE),
        # A bill that has been named stays named.
        Trigger(
            "donations.InvoiceUse",
            "frozen",
            "BEFORE UPDATE OF amount, request_id",
            "app.refuse_change()",
        ),
    ]
