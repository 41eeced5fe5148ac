"""What F4 asks beside aim and goals: tasks, the service package of case management, arrangements."""

from django.utils.translation import gettext_lazy as _

from cases.form_schemas.parts import Group, Item, Schema, cell, options_of
from cases.models.service_codes import PlanItemState

# The rows' own names for the levels of attainment: a minus is no good in the name of a field.
LEVELS = {"level_m2": "-2", "level_m1": "-1", "level_0": "0", "level_p1": "1", "level_p2": "2"}


def signed(level: str) -> str:
    """`−2` or `+1` as people write it."""
    return f"+{level}" if level in ("1", "2") else level.replace("-", "−")


_WHEN = (
    cell("starts_on", _("开始"), "date"),
    cell("ends_on", _("结束"), "date"),
    cell("frequency", _("频次"), most=60),
)

PLAN_PARTS = Schema(
    "plan",
    _("任务与安排"),
    (
        Group(
            _("任务与服务包"),
            (
                Item(
                    "tasks",
                    _("任务"),
                    "rows",
                    rows=10,
                    columns=(
                        cell("what", _("做什么"), most=200),
                        cell("who", _("由谁做"), most=60),
                        cell("goal", _("第几个目标"), "integer", least=1, most=20),
                        *_WHEN,
                        cell("place", _("地点"), most=60),
                    ),
                ),
                Item(
                    "packages",
                    _("服务包"),
                    "rows",
                    rows=8,
                    help=_("个案管理：别的机构提供的服务，谁提供、多久、谁付费"),
                    columns=(
                        cell("what", _("服务"), most=200),
                        cell("who", _("提供的机构"), most=60),
                        *_WHEN,
                        cell("cost", _("费用"), "money"),
                        cell("payer", _("付费方"), most=60),
                        cell("state", _("状态"), "choice", options=options_of(PlanItemState)),
                    ),
                ),
            ),
        ),
        Group(
            _("安排"),
            (
                Item("sessions", _("预计次数"), "integer", least=1, most=200, unit=_("次")),
                Item("client_opinion", _("服务对象意见"), "line", most=200),
                Item("resources", _("需链接的资源"), rows=2, most=1000),
                Item("risks", _("可能的风险"), rows=2, most=1000),
                Item("fallback", _("备选办法"), rows=2, most=1000),
            ),
        ),
    ),
)
DETAILS = tuple(item.name for item in PLAN_PARTS.groups[1].items)
