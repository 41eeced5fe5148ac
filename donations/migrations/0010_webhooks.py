"""Where a foundation's own system is told what happens: addresses, events, attempts; behind their walls."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0038_census"),
        ("donations", "0009_subject_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
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
                ("name", models.CharField(max_length=60, verbose_name="用途")),
                ("url", models.CharField(max_length=500, verbose_name="地址")),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="事件"
                    ),
                ),
                ("secrets", msw_portal.kernel.crypto.SealedJSON()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "使用中"),
                            ("paused", "已暂停"),
                            ("disabled", "失败停用"),
                            ("ended", "已删除"),
                        ],
                        default="active",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "last_ok_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="最近送达"
                    ),
                ),
                (
                    "failing_since",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="开始失败"
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
                        condition=~models.Q(state="ended"),
                        fields=("organization", "url"),
                        name="webhook_endpoint_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("topics__len__gt", 0)),
                        name="webhook_endpoint_has_topics",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["active", "paused", "disabled", "ended"])
                        ),
                        name="webhook_endpoint_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookMessage",
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
                ("topic", models.CharField(max_length=60, verbose_name="事件")),
                ("happened_at", models.DateTimeField(verbose_name="发生时间")),
                ("payload", models.JSONField(default=dict)),
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
                    models.Index(fields=["organization", "-id"], name="webhook_message_newest")
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("outbox_id", models.UUIDField(editable=False)),
                ("attempt", models.PositiveSmallIntegerField(verbose_name="第几次")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("delivered", "已送达"),
                            ("refused", "对方未接受"),
                            ("unreachable", "连接不上"),
                            ("forbidden", "地址不允许"),
                        ],
                        max_length=20,
                        verbose_name="结果",
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="状态码")),
                ("took_ms", models.PositiveIntegerField(verbose_name="用时")),
                (
                    "response_excerpt",
                    models.CharField(blank=True, max_length=300, verbose_name="对方的回答"),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("next_at", models.DateTimeField(null=True, verbose_name="下次尝试")),
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
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="donations.webhookendpoint",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="donations.webhookmessage",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "endpoint", "-id"], name="webhook_delivery_newest"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("endpoint", "outbox_id", "attempt"), name="webhook_delivery_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(outcome="delivered"),
                            models.Q(("next_at__isnull", True), ("status__isnull", False)),
                            _connector="OR",
                        ),
                        name="webhook_delivery_ends_when_delivered",
                    ),
                ],
            },
        ),
        Wall("donations.WebhookEndpoint", "TENANT", grant="SELECT, INSERT, UPDATE"),
        # Old ones are swept away; none is ever changed.
        Wall("donations.WebhookMessage", "TENANT", grant="SELECT, INSERT, DELETE"),
        Wall("donations.WebhookDelivery", "TENANT", grant="SELECT, INSERT, DELETE"),
    ]
