"""The yearly census: returns, their lines and what was published."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids
from msw_portal.kernel.walls import Definer, Trigger, Wall

# app.census_sides(): the house sends, the authority reviews; what was sent keeps its content.
SIDES = """
begin
  if tg_op = 'DELETE' then
    raise exception 'a return is voided' using errcode = '23514', constraint = 'append_only';
  end if;
  if old.state <> 'draft' and (new.kind, new.year, new.as_of, new.version, new.corrects_id, new.region_code, new.note)
      is distinct from (old.kind, old.year, old.as_of, old.version, old.corrects_id, old.region_code, old.note) then
    raise exception 'what was sent is frozen' using errcode = '23514', constraint = 'row_is_frozen';
  end if;
  if new.state <> old.state and app.org() is not null then
    if new.state in ('accepted', 'frozen', 'replaced') and app.org() is distinct from new.counterparty_id then
      raise exception 'reviewed by its authority'
        using errcode = '23514', constraint = 'census_is_reviewed_by_authority';
    end if;
    if new.state in ('submitted', 'void') and app.org() is distinct from new.organization_id then
      raise exception 'sent by its house' using errcode = '23514', constraint = 'census_is_sent_by_its_house';
    end if;
  end if;
  return new;
end
"""
# app.census_line_kept(): a line has the parties and the release of its return, and changes in a draft only.
LINE = """
declare p departments_censusreturn;
begin
  if tg_op = 'DELETE' then
    select * into p from departments_censusreturn where id = old.census_id;
  else
    select * into strict p from departments_censusreturn where id = new.census_id;
  end if;
  if p.state <> 'draft' and (tg_op <> 'UPDATE'
      or to_jsonb(new) - array['counterparty_id', 'released_at'] <> to_jsonb(old) - array['counterparty_id', 'released_at']) then
    raise exception 'what was sent is frozen' using errcode = '23514', constraint = 'row_is_frozen';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  new.organization_id := p.organization_id;
  new.counterparty_id := p.counterparty_id;
  new.region_code := p.region_code;
  new.released_at := p.released_at;
  return new;
end
"""
# app.census_spread(): the lines follow their return when it is sent or frozen.
SPREAD = """
begin
  update departments_censusline set counterparty_id = new.counterparty_id, released_at = new.released_at
   where census_id = new.id;
  return null;
end
"""


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0037_learning_triggers"),
    ]

    operations = [
        migrations.CreateModel(
            name="CensusReturn",
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
                            ("institution", "医疗机构与医务社工"),
                            ("agency", "社会工作服务机构"),
                            ("certified", "持证社工"),
                            ("station", "社工站"),
                            ("base", "孵化培育基地"),
                        ],
                        max_length=20,
                        verbose_name="报表",
                    ),
                ),
                ("year", models.SmallIntegerField(verbose_name="年度")),
                ("as_of", models.DateField(verbose_name="截止日")),
                ("version", models.SmallIntegerField(default=1, verbose_name="版次")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "填报中"),
                            ("submitted", "已报送"),
                            ("returned", "已退回"),
                            ("accepted", "已接收"),
                            ("frozen", "已冻结"),
                            ("replaced", "已被更正"),
                            ("void", "已作废"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("region_code", models.IntegerField(verbose_name="地区代码")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报送时间"),
                ),
                (
                    "released_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="冻结时间"),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="departments.censusreturn",
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
                    models.Index(fields=["organization", "-year", "-id"], name="census_return_own"),
                    models.Index(
                        fields=["counterparty", "year", "kind", "organization"],
                        name="census_return_desk",
                    ),
                    models.Index(
                        condition=models.Q(("state", "frozen")),
                        fields=["year", "kind", "region_code"],
                        name="census_return_frozen",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["institution", "agency", "certified", "station", "base"])
                        ),
                        name="census_return_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "submitted",
                                    "returned",
                                    "accepted",
                                    "frozen",
                                    "replaced",
                                    "void",
                                ],
                            )
                        ),
                        name="census_return_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__range", (2000, 2100))),
                        name="census_return_year_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("as_of__year", models.F("year"))),
                        name="census_return_as_of_in_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counterparty__isnull", True), ("state__in", ("draft", "void"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("draft", "void")), _negated=True),
                                ("counterparty__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="census_return_draft_is_unsent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("released_at__isnull", False),
                                ("state__in", ("frozen", "replaced")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("frozen", "replaced")), _negated=True),
                                ("released_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="census_return_frozen_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("corrects__isnull", True), ("version", 1)),
                            models.Q(("corrects__isnull", False), ("version__gt", 1)),
                            _connector="OR",
                        ),
                        name="census_return_first_or_corrects",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "kind", "year", "version"),
                        name="census_return_version_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "submitted", "accepted"))),
                        fields=("organization", "kind", "year"),
                        name="census_return_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "frozen")),
                        fields=("organization", "kind", "year"),
                        name="census_return_one_frozen",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CensusLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("rank", models.IntegerField()),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("hospital", "医院"),
                            ("community_health", "社区卫生服务机构"),
                            ("public_health", "公共卫生机构"),
                            ("care", "医养结合及其他"),
                            ("agency", "社会工作服务机构"),
                            ("unit", "单位"),
                            ("county", "区县汇总"),
                            ("station", "社工站"),
                            ("station_centre", "县级社会工作指导中心"),
                            ("base", "孵化培育基地"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("3A", "三级甲等"),
                            ("3B", "三级乙等"),
                            ("3C", "三级丙等"),
                            ("3X", "三级未定等"),
                            ("2A", "二级甲等"),
                            ("2B", "二级乙等"),
                            ("2C", "二级丙等"),
                            ("1A", "一级甲等"),
                            ("1B", "一级乙等"),
                            ("1C", "一级丙等"),
                            ("0", "未定级"),
                        ],
                        max_length=4,
                        verbose_name="医院等级",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="开展医务社工")),
                (
                    "workers",
                    models.IntegerField(blank=True, null=True, verbose_name="医务社工人数"),
                ),
                ("full_time", models.IntegerField(blank=True, null=True, verbose_name="其中专职")),
                (
                    "junior",
                    models.IntegerField(blank=True, null=True, verbose_name="助理社会工作师"),
                ),
                ("middle", models.IntegerField(blank=True, null=True, verbose_name="社会工作师")),
                (
                    "senior",
                    models.IntegerField(blank=True, null=True, verbose_name="高级社会工作师"),
                ),
                ("beds", models.IntegerField(blank=True, null=True, verbose_name="开放床位")),
                (
                    "area",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=10,
                        null=True,
                        verbose_name="面积（平方米）",
                    ),
                ),
                ("is_counted", models.BooleanField(default=True, verbose_name="计入统计")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                ("region_code", models.IntegerField(editable=False)),
                ("released_at", models.DateTimeField(editable=False, null=True)),
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
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
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
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.region",
                        verbose_name="所在地区",
                    ),
                ),
                (
                    "census",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="departments.censusreturn",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["census", "rank"], name="census_line_page")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("census", "name"), name="census_line_name_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                [
                                    "hospital",
                                    "community_health",
                                    "public_health",
                                    "care",
                                    "agency",
                                    "unit",
                                    "county",
                                    "station",
                                    "station_centre",
                                    "base",
                                ],
                            )
                        ),
                        name="census_line_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="census_line_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("workers__gte", 0), ("workers__isnull", True), _connector="OR"
                            ),
                            models.Q(
                                ("full_time__gte", 0), ("full_time__isnull", True), _connector="OR"
                            ),
                            models.Q(("junior__gte", 0), ("junior__isnull", True), _connector="OR"),
                            models.Q(("middle__gte", 0), ("middle__isnull", True), _connector="OR"),
                            models.Q(("senior__gte", 0), ("senior__isnull", True), _connector="OR"),
                            models.Q(("beds__gte", 0), ("beds__isnull", True), _connector="OR"),
                            models.Q(("area__gte", 0), ("area__isnull", True), _connector="OR"),
                        ),
                        name="census_line_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("workers__isnull", True),
                            ("full_time__isnull", True),
                            ("full_time__lte", models.F("workers")),
                            _connector="OR",
                        ),
                        name="census_line_full_time_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("workers__isnull", True),
                            (
                                "workers__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.functions.comparison.Coalesce(
                                            models.F("junior"), 0
                                        ),
                                        "+",
                                        django.db.models.functions.comparison.Coalesce(
                                            models.F("middle"), 0
                                        ),
                                    ),
                                    "+",
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("senior"), 0
                                    ),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="census_line_certified_fit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_active", True),
                            ("workers__isnull", True),
                            ("workers", 0),
                            _connector="OR",
                        ),
                        name="census_line_inactive_has_nobody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_counted", True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="census_line_uncounted_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedFigure",
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
                ("code", models.CharField(max_length=20, verbose_name="指标")),
                ("year", models.SmallIntegerField(verbose_name="年度")),
                ("statement", models.CharField(max_length=200, verbose_name="原文")),
                (
                    "value",
                    models.DecimalField(decimal_places=4, max_digits=16, verbose_name="公布值"),
                ),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="单位")),
                (
                    "qualifier",
                    models.CharField(
                        choices=[
                            ("exact", "（精确）"),
                            ("about", "约"),
                            ("nearly", "近"),
                            ("more", "多、余"),
                            ("over", "超"),
                        ],
                        default="exact",
                        max_length=10,
                        verbose_name="程度词",
                    ),
                ),
                ("as_of", models.DateField(blank=True, null=True, verbose_name="截至")),
                (
                    "population",
                    models.CharField(blank=True, max_length=200, verbose_name="统计范围"),
                ),
                ("source", models.CharField(max_length=200, verbose_name="出处")),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
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
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("organization", "code", "year"),
                        name="published_figure_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", ""), _negated=True),
                            models.Q(("statement", ""), _negated=True),
                        ),
                        name="published_figure_names_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("qualifier__in", ["exact", "about", "nearly", "more", "over"])
                        ),
                        name="published_figure_qualifier_known",
                    ),
                ],
            },
        ),
        Definer("census_sides()", "trigger", SIDES),
        Definer("census_line_kept()", "trigger", LINE),
        Definer("census_spread()", "trigger", SPREAD),
        Wall("departments.CensusReturn", "SHARED+RELEASED"),
        Wall("departments.CensusLine", "SHARED+RELEASED"),
        Wall("departments.PublishedFigure", "OPEN"),
        Trigger("departments.CensusReturn", "keep_parties", "BEFORE UPDATE", "app.keep_parties()"),
        Trigger(
            "departments.CensusReturn",
            "same_ground",
            "BEFORE INSERT OR UPDATE OF counterparty_id",
            "app.same_ground('counterparty_id')",
        ),
        Trigger(
            "departments.CensusReturn", "sides", "BEFORE UPDATE OR DELETE", "app.census_sides()"
        ),
        Trigger(
            "departments.CensusLine",
            "kept",
            "BEFORE INSERT OR UPDATE OR DELETE",
            "app.census_line_kept()",
        ),
        Trigger(
            "departments.CensusReturn",
            "spread",
            "AFTER UPDATE OF counterparty_id, released_at",
            "app.census_spread()",
        ),
    ]
