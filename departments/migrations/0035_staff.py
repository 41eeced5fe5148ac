"""Posts and credentials of staff, each house behind its own wall."""

from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids
from msw_portal.kernel.walls import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0034_outbox_returns_nothing"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffProfile",
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
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("title", models.CharField(blank=True, max_length=60, verbose_name="职务")),
                (
                    "employment",
                    models.CharField(
                        choices=[
                            ("full_time", "专职"),
                            ("part_time", "兼职"),
                            ("transferred", "转岗"),
                            ("agency_placed", "机构派驻"),
                            ("intern", "实习"),
                        ],
                        max_length=20,
                        verbose_name="用工形式",
                    ),
                ),
                (
                    "weekly_hours",
                    models.DecimalField(decimal_places=1, max_digits=4, verbose_name="每周工时"),
                ),
                ("is_counted", models.BooleanField(default=True, verbose_name="计入医务社工")),
                (
                    "valid",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="在岗"),
                ),
                (
                    "end_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="离岗原因"),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                        verbose_name="派驻机构",
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
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                        verbose_name="部门",
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
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "name", "id"], name="staff_profile_list"),
                    models.Index(fields=["user"], name="staff_profile_user"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="staff_profile_has_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "employment__in",
                                [
                                    "full_time",
                                    "part_time",
                                    "transferred",
                                    "agency_placed",
                                    "intern",
                                ],
                            )
                        ),
                        name="staff_profile_employment_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekly_hours__gt", 0), ("weekly_hours__lte", Decimal("60"))
                        ),
                        name="staff_profile_hours_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid__isempty", False)),
                        name="staff_profile_valid_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("employment", "agency_placed"), _negated=True),
                            ("agency__isnull", False),
                            _connector="OR",
                        ),
                        name="staff_profile_placed_names_agency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("employment", "intern"), _negated=True),
                            ("is_counted", False),
                            _connector="OR",
                        ),
                        name="staff_profile_intern_not_counted",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("organization", "="), ("user", "="), ("valid", "&&")],
                        name="staff_profile_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffCredential",
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
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("void_reason", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("certificate", "职业水平证书"),
                            ("registration", "登记证书"),
                            ("cpd", "继续教育学时"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("assistant", "助理社会工作师"),
                            ("social_worker", "社会工作师"),
                            ("senior", "高级社会工作师"),
                        ],
                        max_length=20,
                        verbose_name="等级",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="内容")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="证书编号")),
                ("issued_on", models.DateField(verbose_name="发证日期")),
                (
                    "valid",
                    django.contrib.postgres.fields.ranges.DateRangeField(
                        blank=True, null=True, verbose_name="有效期"
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True, verbose_name="学时"
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
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credentials",
                        to="departments.staffprofile",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["staff", "kind"], name="staff_credential_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["certificate", "registration", "cpd"])),
                        name="staff_credential_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid__isnull", True), ("valid__isempty", False), _connector="OR"
                        ),
                        name="staff_credential_valid_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "cpd"),
                            ("grade__in", ["assistant", "social_worker", "senior"]),
                            _connector="OR",
                        ),
                        name="staff_credential_has_grade",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "registration"), _negated=True),
                            models.Q(
                                ("valid__isnull", False),
                                ("valid__lower_inf", False),
                                ("valid__upper_inf", False),
                            ),
                            _connector="OR",
                        ),
                        name="staff_credential_registration_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hours__gt", 0), ("hours__isnull", False), ("kind", "cpd")),
                            models.Q(
                                models.Q(("kind", "cpd"), _negated=True), ("hours__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="staff_credential_cpd_has_hours",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("number", ""), _negated=True), ("voided_at__isnull", True)
                        ),
                        fields=("organization", "kind", "number"),
                        name="staff_credential_number_once",
                    ),
                ],
            },
        ),
        Wall("departments.StaffProfile", "TENANT"),
        Wall("departments.StaffCredential", "TENANT"),
    ]
