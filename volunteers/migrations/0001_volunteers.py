import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
import volunteers.models.service


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0032_duplicate_walls"),
        ("departments", "0027_waiting_tasks"),
        ("departments", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Post",
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
                ("title", models.CharField(max_length=60, verbose_name="岗位名称")),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="集合地点")),
                ("duties", models.TextField(verbose_name="做什么")),
                ("requirements", models.TextField(blank=True, verbose_name="要求")),
                ("risks", models.TextField(verbose_name="可能的风险")),
                ("slots", models.SmallIntegerField(blank=True, null=True, verbose_name="需要人数")),
                ("minimum_age", models.SmallIntegerField(default=18, verbose_name="最低年龄")),
                (
                    "training_required",
                    models.BooleanField(default=True, verbose_name="要先培训合格"),
                ),
                (
                    "insurance_required",
                    models.BooleanField(default=True, verbose_name="要有人身意外保险"),
                ),
                (
                    "health_check_required",
                    models.BooleanField(default=False, verbose_name="要有健康检查"),
                ),
                ("is_open", models.BooleanField(default=True, verbose_name="开放报名")),
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
                    "supervisor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="带教社工",
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                        verbose_name="病区",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "is_open", "-id"], name="post_open")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "title"), name="post_title_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("risks", ""), _negated=True),
                            models.Q(("duties", ""), _negated=True),
                            models.Q(("title", ""), _negated=True),
                        ),
                        name="post_says_risks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum_age__range", (14, 80))),
                        name="post_minimum_age_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slots__isnull", True), ("slots__gt", 0), _connector="OR"
                        ),
                        name="post_slots_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
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
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("capacity", models.SmallIntegerField(verbose_name="名额")),
                ("taken", models.SmallIntegerField(default=0, editable=False, verbose_name="已报")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="本班说明")),
                ("is_open", models.BooleanField(default=True, verbose_name="开放报名")),
                ("cancelled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "cancel_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="取消原因"),
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
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="volunteers.post",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "starts_at", "id"], name="shift_calendar"),
                    models.Index(
                        fields=["organization", "is_open", "starts_at"], name="shift_open"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="shift_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capacity__range", (1, 500))), name="shift_has_places"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("taken__gte", 0), ("taken__lte", models.F("capacity"))),
                        name="shift_taken_within_capacity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_at__isnull", True),
                            models.Q(
                                ("is_open", False), models.Q(("cancel_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="shift_cancelled_is_closed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        fields=("post", "starts_at"),
                        name="shift_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Volunteer",
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
                ("name", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="姓名")),
                ("name_masked", models.CharField(editable=False, max_length=60)),
                (
                    "sex",
                    models.CharField(
                        choices=[("0", "未知"), ("1", "男"), ("2", "女"), ("9", "未说明")],
                        default="0",
                        max_length=1,
                        verbose_name="性别",
                    ),
                ),
                (
                    "birth_date",
                    msw_portal.kernel.crypto.SealedDate(
                        blank=True, null=True, verbose_name="出生日期"
                    ),
                ),
                ("birth_year", models.SmallIntegerField(blank=True, editable=False, null=True)),
                (
                    "id_type",
                    models.CharField(
                        choices=[
                            ("id", "居民身份证"),
                            ("birth_certificate", "出生医学证明"),
                            ("passport", "护照"),
                            ("residence_permit", "港澳台居民居住证"),
                            ("foreign_permit", "外国人永久居留证"),
                            ("officer", "军官证"),
                            ("none", "无证件"),
                        ],
                        default="id",
                        max_length=20,
                        verbose_name="证件类型",
                    ),
                ),
                (
                    "id_no",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="证件号码"
                    ),
                ),
                ("id_no_bidx", msw_portal.kernel.crypto.BlindIndex()),
                ("id_no_bidx2", msw_portal.kernel.crypto.BlindIndex()),
                ("phone", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="手机号")),
                ("phone_bidx", msw_portal.kernel.crypto.BlindIndex()),
                ("phone_bidx2", msw_portal.kernel.crypto.BlindIndex()),
                (
                    "email",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="邮箱"),
                ),
                (
                    "address",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="住址"),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("society", "社会人士"),
                            ("student", "学生"),
                            ("employee", "本院员工"),
                            ("patient", "病友及家属"),
                            ("company", "企业团队"),
                        ],
                        default="society",
                        max_length=20,
                        verbose_name="来源",
                    ),
                ),
                (
                    "work",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="单位、学校或职业"
                    ),
                ),
                (
                    "education",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("primary", "小学及以下"),
                            ("junior", "初中"),
                            ("senior", "高中、中专"),
                            ("college", "大专"),
                            ("bachelor", "本科"),
                            ("master", "研究生"),
                        ],
                        max_length=20,
                        verbose_name="文化程度",
                    ),
                ),
                (
                    "languages",
                    models.CharField(blank=True, max_length=120, verbose_name="语言和方言"),
                ),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "availability",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=6),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "preferred",
                    models.CharField(blank=True, max_length=200, verbose_name="想做的服务"),
                ),
                (
                    "health",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="健康情况"
                    ),
                ),
                (
                    "emergency",
                    msw_portal.kernel.crypto.SealedJSON(
                        blank=True, null=True, verbose_name="紧急联系人"
                    ),
                ),
                (
                    "guardian",
                    msw_portal.kernel.crypto.SealedJSON(
                        blank=True, null=True, verbose_name="监护人"
                    ),
                ),
                (
                    "national_no",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="全国志愿服务信息系统编号"
                    ),
                ),
                (
                    "agreed_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="同意使用个人信息的时间"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "申请"),
                            ("training", "培训中"),
                            ("active", "在册"),
                            ("paused", "暂停"),
                            ("left", "退出"),
                            ("refused", "未通过"),
                            ("blacklisted", "拉黑"),
                        ],
                        default="applied",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(
                        decimal_places=1,
                        default=0,
                        editable=False,
                        max_digits=9,
                        verbose_name="累计时长",
                    ),
                ),
                ("star", models.SmallIntegerField(default=0, editable=False, verbose_name="星级")),
                (
                    "blacklist_reason",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="提请拉黑的理由"
                    ),
                ),
                (
                    "blacklist_proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "blacklisted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        verbose_name="所属部门",
                    ),
                ),
                (
                    "guardian_consent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                    ),
                ),
                (
                    "inbox_item",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.inboxitem",
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
                    models.Index(
                        fields=["organization", "state", "-id"], name="volunteer_state_newest"
                    ),
                    models.Index(fields=["organization", "-id"], name="volunteer_newest"),
                    models.Index(fields=["user"], name="volunteer_user"),
                    models.Index(fields=["organization", "phone_bidx"], name="volunteer_phone"),
                    models.Index(fields=["organization", "phone_bidx2"], name="volunteer_phone2"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("id_no_bidx__isnull", False)),
                        fields=("organization", "id_type", "id_no_bidx"),
                        name="volunteer_id_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("id_no_bidx2__isnull", False)),
                        fields=("organization", "id_type", "id_no_bidx2"),
                        name="volunteer_id_once2",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("organization", "user"),
                        name="volunteer_account_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("national_no", ""), _negated=True),
                        fields=("organization", "national_no"),
                        name="volunteer_national_no_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "applied",
                                    "training",
                                    "active",
                                    "paused",
                                    "left",
                                    "refused",
                                    "blacklisted",
                                ],
                            )
                        ),
                        name="volunteer_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sex__in", ["0", "1", "2", "9"])),
                        name="volunteer_sex_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "id_type__in",
                                [
                                    "id",
                                    "birth_certificate",
                                    "passport",
                                    "residence_permit",
                                    "foreign_permit",
                                    "officer",
                                    "none",
                                ],
                            )
                        ),
                        name="volunteer_id_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source__in", ["society", "student", "employee", "patient", "company"])
                        ),
                        name="volunteer_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("birth_year__isnull", True),
                            ("birth_year__range", (1900, 2200)),
                            _connector="OR",
                        ),
                        name="volunteer_birth_year_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours__gte", 0), ("star__range", (0, 5))),
                        name="volunteer_hours_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("blacklisted_by__isnull", True),
                            models.Q(
                                ("blacklist_proposed_by__isnull", False),
                                models.Q(
                                    ("blacklisted_by", models.F("blacklist_proposed_by")),
                                    _negated=True,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="volunteer_blacklisted_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "blacklisted"), _negated=True),
                            models.Q(
                                ("blacklist_reason__isnull", False),
                                ("blacklisted_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="volunteer_blacklisted_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signup",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "候补"),
                            ("confirmed", "已确认"),
                            ("cancelled", "已取消"),
                            ("attended", "已到岗"),
                            ("no_show", "未到岗"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("place", models.IntegerField(default=0, editable=False)),
                ("title", models.CharField(editable=False, max_length=60)),
                (
                    "during",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        editable=False, null=True
                    ),
                ),
                (
                    "agreed_risks_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="确认已读风险提示"
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
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signups",
                        to="volunteers.shift",
                    ),
                ),
                (
                    "user",
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
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signups",
                        to="volunteers.volunteer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["shift", "state", "place"], name="signup_queue"),
                    models.Index(fields=["volunteer", "-id"], name="signup_volunteer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("shift", "volunteer"),
                        name="signup_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["waiting", "confirmed", "cancelled", "attended", "no_show"],
                            )
                        ),
                        name="signup_state_known",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state__in", ["waiting", "confirmed", "attended"])),
                        expressions=[("volunteer", "="), ("during", "&&")],
                        name="signup_shifts_do_not_overlap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceRecord",
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
                ("title", models.CharField(editable=False, max_length=60)),
                ("checked_in", models.DateTimeField(verbose_name="签到")),
                ("checked_out", models.DateTimeField(blank=True, null=True, verbose_name="签退")),
                ("break_minutes", models.SmallIntegerField(default=0, verbose_name="休息分钟")),
                (
                    "hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        editable=False,
                        max_digits=4,
                        null=True,
                        verbose_name="时长",
                    ),
                ),
                ("persons", models.IntegerField(default=0, verbose_name="服务人数")),
                (
                    "content",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="服务内容"
                    ),
                ),
                (
                    "feedback",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="反馈"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "服务中"),
                            ("recorded", "待确认"),
                            ("confirmed", "已确认"),
                            ("disputed", "申请更正"),
                            ("voided", "已作废"),
                        ],
                        default="open",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "dispute",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="申请更正的内容"
                    ),
                ),
                ("anomaly", models.CharField(blank=True, max_length=20, verbose_name="异常")),
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "void_reason",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="作废原因"
                    ),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_records",
                        to="cases.activity",
                    ),
                ),
                (
                    "confirmed_by",
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
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="volunteers.servicerecord",
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
                    "need",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_records",
                        to="cases.need",
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
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_records",
                        to="volunteers.post",
                    ),
                ),
                (
                    "user",
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
                    "shift",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_records",
                        to="volunteers.shift",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_records",
                        to="volunteers.volunteer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "state", "-checked_in", "-id"],
                        name="service_record_state",
                    ),
                    models.Index(
                        fields=["volunteer", "-checked_in"], name="service_record_volunteer"
                    ),
                    models.Index(
                        fields=["organization", "-checked_in", "-id"], name="service_record_newest"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "recorded", "confirmed", "disputed", "voided"])
                        ),
                        name="service_record_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_out__isnull", True),
                            ("checked_out__gt", models.F("checked_in")),
                            _connector="OR",
                        ),
                        name="service_record_out_after_in",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_out__isnull", True),
                            (
                                "checked_out__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("checked_in"),
                                    "+",
                                    models.Value(datetime.timedelta(days=1)),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="service_record_within_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("break_minutes__gte", 0), ("persons__gte", 0)),
                        name="service_record_counts_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "voided"]),
                            ("checked_out__isnull", False),
                            _connector="OR",
                        ),
                        name="service_record_ended_has_out",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="service_record_confirmed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            ("user__isnull", True),
                            models.Q(("confirmed_by", models.F("user")), _negated=True),
                            _connector="OR",
                        ),
                        name="service_record_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "voided"),
                                ("void_reason__isnull", False),
                                ("voided_at__isnull", False),
                            ),
                            models.Q(
                                models.Q(("state", "voided"), _negated=True),
                                ("voided_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="service_record_voided_has_reason",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        expressions=[
                            ("volunteer", "="),
                            (
                                volunteers.models.service._Served(
                                    "checked_in",
                                    "checked_out",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                        ],
                        name="service_records_do_not_overlap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
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
                            ("service", "志愿服务记录证明"),
                            ("training", "培训证书"),
                            ("appointment", "聘书"),
                            ("award", "荣誉证书"),
                        ],
                        default="service",
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("holder", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="持有人")),
                ("number", models.CharField(max_length=40, verbose_name="编号")),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(
                        blank=True, null=True, verbose_name="期间"
                    ),
                ),
                (
                    "total_hours",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=9, null=True, verbose_name="总时长"
                    ),
                ),
                ("issued_on", models.DateField(verbose_name="出具日期")),
                ("payload", msw_portal.kernel.crypto.SealedJSON(default=dict)),
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "void_reason",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="作废原因"
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
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.accesslink",
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
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="volunteers.certificate",
                    ),
                ),
                (
                    "user",
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
                    "volunteer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="volunteers.volunteer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "-issued_on", "-id"], name="certificate_newest"
                    ),
                    models.Index(fields=["volunteer", "-issued_on"], name="certificate_volunteer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="certificate_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["service", "training", "appointment", "award"])
                        ),
                        name="certificate_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("period__isnull", True), ("period__isempty", False), _connector="OR"
                        ),
                        name="certificate_period_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "service"), _negated=True),
                            models.Q(
                                ("period__isnull", False),
                                ("total_hours__gt", 0),
                                ("volunteer__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="certificate_service_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("voided_at__isnull", True),
                            ("void_reason__isnull", False),
                            _connector="OR",
                        ),
                        name="certificate_voided_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VolunteerRecord",
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
                            ("training", "培训"),
                            ("insurance", "人身意外保险"),
                            ("health_check", "健康检查"),
                            ("award", "表彰奖励"),
                            ("complaint", "投诉与不良记录"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="日期")),
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
                ("passed", models.BooleanField(blank=True, null=True, verbose_name="考核通过")),
                ("detail", msw_portal.kernel.crypto.SealedJSON(default=dict)),
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "void_reason",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="作废原因"
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
                    "document",
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
                    "user",
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
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="volunteers.volunteer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["volunteer", "kind", "-happened_on"], name="volunteer_record_kind"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["training", "insurance", "health_check", "award", "complaint"],
                            )
                        ),
                        name="volunteer_record_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid__isnull", True), ("valid__isempty", False), _connector="OR"
                        ),
                        name="volunteer_record_valid_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "insurance"), _negated=True),
                            models.Q(
                                ("valid__isnull", False),
                                ("valid__lower_inf", False),
                                ("valid__upper_inf", False),
                            ),
                            _connector="OR",
                        ),
                        name="volunteer_record_cover_has_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hours__isnull", True), ("hours__gt", 0), _connector="OR"
                        ),
                        name="volunteer_record_hours_positive",
                    ),
                ],
            },
        ),
    ]
