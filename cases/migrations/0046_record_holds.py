"""Holds on a person's records, and the day on which a case and a person were destroyed."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Wall

same_house = import_module("cases.migrations.0003_triggers").same_house


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0045_case_place_kept"),
        ("departments", "0044_destruction"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordHold",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("legal", "司法、监察或审计需要"),
                            ("dispute", "医疗纠纷封存"),
                            ("other", "其他需要继续保存的情形"),
                        ],
                        max_length=12,
                        verbose_name="种类",
                    ),
                ),
                ("reason", msw_portal.kernel.crypto.SealedText(verbose_name="理由")),
                ("since", models.DateField(verbose_name="起始日期")),
                ("may_end_on", models.DateField(blank=True, null=True, verbose_name="可启封日期")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="解除日期")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("settled", "争议或程序已经结束"),
                            ("unsealed", "封存期满，患方没有提出解决纠纷的要求"),
                            ("together", "医患双方同意启封"),
                            ("mistake", "登记有误"),
                        ],
                        max_length=12,
                        verbose_name="解除事由",
                    ),
                ),
                (
                    "ended_reason",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="解除理由"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="erased_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="销毁日期"),
        ),
        migrations.AddField(
            model_name="client",
            name="erased_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="销毁日期"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False), ("erased_on__isnull", True)),
                fields=["organization", "department", "closed_at", "id"],
                name="case_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_on__isnull", True), ("closed_at__isnull", False), _connector="OR"
                ),
                name="case_erased_is_over",
            ),
        ),
        migrations.AddField(
            model_name="recordhold",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="record_holds",
                to="cases.client",
            ),
        ),
        migrations.AddField(
            model_name="recordhold",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recordhold",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recordhold",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.AddIndex(
            model_name="recordhold",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", True)),
                fields=["organization", "since", "id"],
                name="record_hold_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_by__isnull", True),
                        ("ended_on__isnull", True),
                        ("ended_reason__isnull", True),
                        ("ending", ""),
                    ),
                    models.Q(
                        ("ended_by__isnull", False),
                        ("ended_on__isnull", False),
                        ("ended_reason__isnull", False),
                        models.Q(("ending", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="record_hold_ended_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "dispute"), _negated=True),
                    ("may_end_on__isnull", False),
                    _connector="OR",
                ),
                name="record_hold_dispute_has_term",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ending", "unsealed"), _negated=True),
                    ("ended_on__gte", models.F("may_end_on")),
                    _connector="OR",
                ),
                name="record_hold_term_is_waited",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordhold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("organization", "client", "kind"),
                name="record_hold_one_of_a_kind",
            ),
        ),
        Wall("cases.RecordHold", "CARE"),
        same_house("cases.RecordHold", client_id="cases_client"),
    ]
