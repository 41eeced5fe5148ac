"""Gifts of before the portal, what a hospital counted and how it valued it, goods that come back, leftovers."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0041_office_role"),
        ("donations", "0020_programme_editing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HospitalGiftItem",
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
                            ("general", "一般物资"),
                            ("medicine", "药品"),
                            ("device", "医疗器械"),
                            ("food", "食品"),
                        ],
                        default="general",
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("item", models.CharField(max_length=80, verbose_name="品名")),
                ("unit", models.CharField(max_length=10, verbose_name="单位")),
                ("quantity", models.IntegerField(verbose_name="数量")),
                ("batch", models.CharField(blank=True, max_length=40, verbose_name="批号")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="有效期至")),
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
                    "gift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="donations.hospitalgift",
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
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)),
                        name="hospital_gift_item_quantity_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "general"), ("expires_on__isnull", False), _connector="OR"
                        ),
                        name="hospital_gift_item_short_life_has_expiry",
                    ),
                ]
            },
        ),
        migrations.RemoveConstraint(
            model_name="disclosureitem",
            name="disclosure_item_about_known",
        ),
        migrations.RemoveConstraint(
            model_name="hospitalgift",
            name="hospital_gift_accepted_is_whole",
        ),
        migrations.RemoveConstraint(
            model_name="stockmove",
            name="stock_move_says_where",
        ),
        migrations.AddField(
            model_name="donation",
            name="used_before",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="启用前已使用"
            ),
        ),
        migrations.AddField(
            model_name="hospitalgift",
            name="valuation_basis",
            field=models.SmallIntegerField(
                blank=True,
                choices=[
                    (1, "发票或报关单"),
                    (2, "其他价值证明"),
                    (3, "公允价值"),
                    (4, "评估机构评估"),
                    (5, "无法计价，另册登记"),
                ],
                null=True,
                verbose_name="计价依据",
            ),
        ),
        migrations.AddField(
            model_name="hospitalgift",
            name="valuation_note",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="计价凭据"
            ),
        ),
        migrations.AlterField(
            model_name="disclosureitem",
            name="about",
            field=models.CharField(
                choices=[
                    ("campaign", "募捐活动"),
                    ("project", "慈善项目"),
                    ("fund", "专项基金"),
                    ("year", "年度"),
                    ("event", "重大事项"),
                    ("trust", "慈善信托"),
                    ("leftover", "剩余财产处理"),
                ],
                max_length=12,
                verbose_name="事项",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerjournal",
            name="kind",
            field=models.CharField(
                choices=[
                    ("donation", "捐赠收入"),
                    ("commit", "批准承诺"),
                    ("release", "释放承诺"),
                    ("disburse", "拨付"),
                    ("refund", "退回"),
                    ("fee", "费用"),
                    ("carried", "启用前已使用"),
                    ("interest", "利息"),
                    ("purpose_change", "变更用途"),
                    ("fund_transfer", "基金划转"),
                    ("goods_out", "物资发放"),
                    ("goods_loss", "物资报损"),
                    ("reversal", "冲销"),
                ],
                max_length=20,
                verbose_name="类型",
            ),
        ),
        migrations.AlterField(
            model_name="stockmove",
            name="kind",
            field=models.CharField(
                choices=[
                    ("in", "入库"),
                    ("out", "发放"),
                    ("loss", "报损"),
                    ("transfer", "调拨"),
                    ("return", "发放退回"),
                ],
                max_length=20,
                verbose_name="类型",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosureitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "about__in",
                        ["campaign", "project", "fund", "year", "event", "trust", "leftover"],
                    )
                ),
                name="disclosure_item_about_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="donation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("used_before__isnull", True),
                    models.Q(("used_before__gte", 0), ("used_before__lte", models.F("amount"))),
                    _connector="OR",
                ),
                name="donation_used_before_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="hospitalgift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["accepted", "noticed", "booked"]), _negated=True),
                    models.Q(
                        ("accepted_by__isnull", False),
                        ("accepted_on__isnull", False),
                        models.Q(
                            ("accepted_value__isnull", False),
                            models.Q(
                                ("valuation_basis", 5),
                                models.Q(
                                    ("kind__in", ["money", "equity", "ip", "house"]), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="hospital_gift_accepted_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("distribution__isnull", True),
                        ("kind", "in"),
                        ("loss__isnull", True),
                        ("to_site__isnull", True),
                    ),
                    models.Q(
                        ("distribution__isnull", False),
                        ("kind__in", ["out", "return"]),
                        ("loss__isnull", True),
                        ("to_site__isnull", True),
                    ),
                    models.Q(
                        ("distribution__isnull", True),
                        ("kind", "loss"),
                        ("loss__isnull", False),
                        ("to_site__isnull", True),
                    ),
                    models.Q(
                        ("distribution__isnull", True),
                        ("kind", "transfer"),
                        ("loss__isnull", True),
                        ("to_site__isnull", False),
                        models.Q(("to_site", models.F("site")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="stock_move_says_where",
            ),
        ),
    ]
