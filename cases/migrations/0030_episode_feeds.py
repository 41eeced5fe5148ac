"""What the hospital's system says about stays, the files it drops, and what the system administrator sees of these."""

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids
from msw_portal.kernel.walls import Definer, Trigger, Wall

DROP_ROW = (
    "table (uid uuid, house text, client text, name text, state text, given integer, created integer, "
    "changed integer, same integer, refused integer, refusal text, created_at timestamptz, "
    "ended_at timestamptz, is_put_away boolean, faults jsonb)"
)
# Counts, line numbers and reasons of every house; the role is asked for here, the table's wall stays.
DROP_ROWS = """
  select d.uid, h.short_name::text, u.display_name::text, d.name::text, d.state::text, d.given_count,
         d.created_count, d.changed_count, d.same_count, d.refused_count, d.refusal::text, d.created_at,
         d.ended_at, d.put_away_at is not null, case when p_uid is null then '[]'::jsonb else d.faults end
    from cases_episodedrop d
    join departments_organization h on h.id = d.organization_id
    join departments_user u on u.id = d.created_by_id
   where app.role() = 'sysadmin' and (p_uid is null or d.uid = p_uid)
   order by d.id desc limit p_limit
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0029_ward_round"),
        ("departments", "0025_saved_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EpisodeDrop",
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
                ("name", models.CharField(max_length=200, verbose_name="文件")),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "读取中"),
                            ("done", "已读完"),
                            ("refused", "文件读不出"),
                        ],
                        default="reading",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("given_count", models.IntegerField(default=0, verbose_name="行数")),
                ("created_count", models.IntegerField(default=0, verbose_name="新增")),
                ("changed_count", models.IntegerField(default=0, verbose_name="更新")),
                ("same_count", models.IntegerField(default=0, verbose_name="无变化")),
                ("refused_count", models.IntegerField(default=0, verbose_name="不能接收")),
                ("read_through", models.IntegerField(default=0)),
                ("faults", models.JSONField(default=list)),
                ("refusal", models.CharField(blank=True, max_length=300)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("put_away_at", models.DateTimeField(blank=True, null=True)),
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
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.job",
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
                    models.Index(fields=["organization", "-id"], name="episode_drop_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "given_count",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("created_count"),
                                            "+",
                                            models.F("changed_count"),
                                        ),
                                        "+",
                                        models.F("same_count"),
                                    ),
                                    "+",
                                    models.F("refused_count"),
                                ),
                            )
                        ),
                        name="episode_drop_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["reading", "done", "refused"])),
                        name="episode_drop_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("put_away_at__isnull", True)),
                        fields=("organization", "created_by", "name"),
                        name="episode_drop_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EpisodeFeed",
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
                ("visit_key", models.BinaryField(max_length=16, null=True)),
                ("said", models.JSONField(default=dict)),
                ("days", models.JSONField(default=dict)),
                ("heard_at", models.DateTimeField(verbose_name="医院系统最近一次记录")),
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
                    "episode",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feed",
                        to="cases.episode",
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
                        fields=("organization", "visit_key"), name="episode_feed_visit_once"
                    )
                ],
            },
        ),
        Wall("cases.EpisodeFeed", "CARE"),
        Wall("cases.EpisodeDrop", "TENANT"),
        Trigger(
            "cases.EpisodeFeed",
            "they_share_a_house",
            "BEFORE INSERT OR UPDATE OF organization_id, episode_id",
            "app.same_house('episode_id', 'cases_episode')",
        ),
        Definer(
            "episode_drop_rows(p_uid uuid, p_limit integer)",
            DROP_ROW,
            DROP_ROWS,
            language="sql",
            volatility="STABLE",
        ),
    ]
