"""Bodies and departments in full: what they are, since when, what they became, what they have."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids
from msw_portal.kernel.walls import Wall

# Who came before names who came after: several may go into one. A station without an operator is
# run by the body whose register it stands in.
CARRIED = """
  update departments_department d set successor_id = s.id
    from departments_department s where s.predecessor_id = d.id;
  update departments_department set operator_id = organization_id
   where kind = 'station' and operator_id is null;
  set constraints all immediate;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0028_calendar_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="DepartmentName",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "precision",
                    models.CharField(
                        choices=[("day", "年月日"), ("month", "年月"), ("year", "年")],
                        default="day",
                        max_length=5,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DepartmentYear",
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
                ("year", models.SmallIntegerField(verbose_name="年度")),
                (
                    "budget",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="预算"
                    ),
                ),
                (
                    "spent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="支出"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PracticeBase",
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
                ("school_name", models.CharField(max_length=120, verbose_name="院校")),
                (
                    "valid",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="协议期限"),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
            ],
        ),
        migrations.CreateModel(
            name="PracticePlacement",
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
                    "level",
                    models.CharField(
                        choices=[
                            ("college", "专科"),
                            ("undergraduate", "本科"),
                            ("graduate", "研究生"),
                        ],
                        max_length=14,
                        verbose_name="学历层次",
                    ),
                ),
                ("students", models.PositiveSmallIntegerField(verbose_name="学生数")),
                ("starts_on", models.DateField(verbose_name="开始")),
                ("ends_on", models.DateField(verbose_name="结束")),
                (
                    "hours_each",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="每人学时"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="department",
            name="area_is_about",
            field=models.BooleanField(db_default=False, default=False, verbose_name="面积为约数"),
        ),
        migrations.AddField(
            model_name="department",
            name="area_m2",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="面积（平方米）"),
        ),
        migrations.AddField(
            model_name="department",
            name="attached_to",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="挂靠在"),
        ),
        migrations.AddField(
            model_name="department",
            name="founded_precision",
            field=models.CharField(
                choices=[("day", "年月日"), ("month", "年月"), ("year", "年")],
                default="day",
                max_length=5,
                verbose_name="成立日期精确到",
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="is_first_in_province",
            field=models.BooleanField(db_default=False, default=False, verbose_name="省内首家"),
        ),
        migrations.AddField(
            model_name="department",
            name="liaison",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="linked_agency",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="methods",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="服务方法"),
        ),
        migrations.AddField(
            model_name="department",
            name="note",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="说明"),
        ),
        migrations.AddField(
            model_name="department",
            name="posts_filled",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="在岗数"),
        ),
        migrations.AddField(
            model_name="department",
            name="posts_set",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="设岗数"),
        ),
        migrations.AddField(
            model_name="department",
            name="rooms",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="用房（间）"
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="departments.department",
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="township",
            field=models.CharField(
                blank=True, default="", max_length=60, verbose_name="乡镇（街道）"
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="affiliation",
            field=models.CharField(
                blank=True,
                choices=[
                    ("central", "委属（部属）"),
                    ("province", "省属"),
                    ("city", "市属"),
                    ("district", "区属（县属）"),
                    ("township", "镇街"),
                    ("university", "高校附属"),
                    ("enterprise", "企业"),
                    ("other", "其他"),
                ],
                default="",
                max_length=12,
                verbose_name="隶属",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="charity_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("foundation", "基金会"),
                    ("special_fund", "专项基金"),
                    ("federation", "慈善会"),
                    ("platform", "平台"),
                ],
                default="",
                max_length=12,
                verbose_name="慈善组织类别",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="ended_on",
            field=models.DateField(blank=True, null=True, verbose_name="终止日期"),
        ),
        migrations.AddField(
            model_name="organization",
            name="founded_precision",
            field=models.CharField(
                choices=[("day", "年月日"), ("month", "年月"), ("year", "年")],
                default="day",
                max_length=5,
                verbose_name="成立日期精确到",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="ownership",
            field=models.CharField(
                blank=True,
                choices=[
                    ("public", "公立"),
                    ("private_nonprofit", "民营非营利"),
                    ("private_profit", "民营营利"),
                ],
                default="",
                max_length=20,
                verbose_name="举办性质",
            ),
        ),
        migrations.AddField(
            model_name="organizationcredential",
            name="title",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="称号"),
        ),
        migrations.AddField(
            model_name="organizationname",
            name="change",
            field=models.CharField(
                blank=True,
                choices=[
                    ("renamed", "更名"),
                    ("merged", "合并"),
                    ("split", "分立"),
                    ("reorganised", "改制"),
                ],
                default="",
                max_length=12,
                verbose_name="变更",
            ),
        ),
        migrations.AddField(
            model_name="organizationname",
            name="precision",
            field=models.CharField(
                choices=[("day", "年月日"), ("month", "年月"), ("year", "年")],
                default="day",
                max_length=5,
            ),
        ),
        migrations.AlterField(
            model_name="department",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("county", "县（区）级"),
                    ("township", "乡镇（街道）级"),
                    ("village", "村（社区）级"),
                ],
                max_length=20,
                verbose_name="站点级别",
            ),
        ),
        migrations.AlterField(
            model_name="organization",
            name="hospital_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("general", "综合"),
                    ("specialised", "专科"),
                    ("traditional", "中医"),
                    ("maternal_child", "妇幼"),
                    ("mental", "精神"),
                    ("infectious", "传染"),
                    ("oncology", "肿瘤"),
                    ("children", "儿童"),
                    ("community_centre", "社区卫生服务中心"),
                    ("township_centre", "乡镇卫生院"),
                    ("public_health", "公共卫生"),
                    ("elder_care", "医养结合"),
                ],
                max_length=30,
                verbose_name="医院类型",
            ),
        ),
        migrations.AlterField(
            model_name="organizationcredential",
            name="kind",
            field=models.CharField(
                choices=[
                    ("public_fundraising", "公开募捐资格"),
                    ("tax_deduction", "税前扣除资格"),
                    ("rating", "评估等级"),
                    ("registration", "登记"),
                    ("charity_status", "慈善组织认定"),
                    ("platform_designation", "互联网公开募捐信息平台指定"),
                    ("personal_aid_platform", "个人求助网络服务平台指定"),
                    ("designation", "授予称号"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddIndex(
            model_name="department",
            index=models.Index(fields=["kind", "region", "id"], name="department_kind_region"),
        ),
        migrations.RunSQL(CARRIED, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="department",
            name="predecessor",
        ),
        migrations.AddConstraint(
            model_name="department",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor__isnull", True),
                    models.Q(("successor", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="department_not_its_own_successor",
            ),
        ),
        migrations.AddConstraint(
            model_name="department",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", True),
                    ("founded_on__isnull", True),
                    ("ended_on__gte", models.F("founded_on")),
                    _connector="OR",
                ),
                name="department_ended_after_founded",
            ),
        ),
        migrations.AddConstraint(
            model_name="department",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("posts_set__isnull", True),
                    ("posts_filled__isnull", True),
                    ("posts_filled__lte", models.F("posts_set")),
                    _connector="OR",
                ),
                name="department_posts_filled_within_set",
            ),
        ),
        migrations.AddConstraint(
            model_name="department",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "station"), _negated=True),
                    ("operator__isnull", False),
                    _connector="OR",
                ),
                name="department_station_has_operator",
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", True),
                    ("founded_on__isnull", True),
                    ("ended_on__gte", models.F("founded_on")),
                    _connector="OR",
                ),
                name="organization_ended_after_founded",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationcredential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "designation"), _negated=True),
                    models.Q(("title", ""), _negated=True),
                    _connector="OR",
                ),
                name="credential_designation_has_title",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_organization", models.F("to_organization")), _negated=True
                ),
                name="organization_link_not_itself",
            ),
        ),
        migrations.AddField(
            model_name="departmentname",
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
            model_name="departmentname",
            name="department",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="names",
                to="departments.department",
            ),
        ),
        migrations.AddField(
            model_name="departmentname",
            name="managed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.AddField(
            model_name="departmentyear",
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
            model_name="departmentyear",
            name="department",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="years",
                to="departments.department",
            ),
        ),
        migrations.AddField(
            model_name="departmentyear",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.AddField(
            model_name="practicebase",
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
            model_name="practicebase",
            name="department",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="practice_bases",
                to="departments.department",
            ),
        ),
        migrations.AddField(
            model_name="practicebase",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.AddField(
            model_name="practicebase",
            name="school",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.AddField(
            model_name="practiceplacement",
            name="base",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="placements",
                to="departments.practicebase",
            ),
        ),
        migrations.AddField(
            model_name="practiceplacement",
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
            model_name="practiceplacement",
            name="guide",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="practiceplacement",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="departmentname",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("department", "="), ("valid", "&&")],
                name="department_name_does_not_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="departmentyear",
            constraint=models.UniqueConstraint(
                fields=("organization", "department", "year"), name="department_year_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="departmentyear",
            constraint=models.CheckConstraint(
                condition=models.Q(("year__range", (1990, 2100))), name="department_year_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="departmentyear",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("budget__isnull", True), ("budget__gte", 0), _connector="OR"),
                    models.Q(("spent__isnull", True), ("spent__gte", 0), _connector="OR"),
                ),
                name="department_year_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicebase",
            constraint=models.CheckConstraint(
                condition=models.Q(("school_name", ""), _negated=True),
                name="practice_base_has_school",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicebase",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid__isempty", False)), name="practice_base_valid_not_empty"
            ),
        ),
        migrations.AddIndex(
            model_name="practiceplacement",
            index=models.Index(fields=["organization", "starts_on"], name="placement_by_day"),
        ),
        migrations.AddConstraint(
            model_name="practiceplacement",
            constraint=models.CheckConstraint(
                condition=models.Q(("students__range", (1, 500))), name="placement_has_students"
            ),
        ),
        migrations.AddConstraint(
            model_name="practiceplacement",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="placement_days_in_order",
            ),
        ),
        Wall("departments.DepartmentName", "REGISTER"),
        Wall("departments.DepartmentYear", "TENANT"),
        Wall("departments.PracticeBase", "TENANT"),
        Wall("departments.PracticePlacement", "TENANT"),
    ]
