"""Every indicator once, by group."""

from django.utils.translation import gettext_lazy as _

from reports.indicators import (
    aid,
    care,
    casework,
    giving,
    projects,
    service,
    staff,
    together,
    volunteering,
)
from reports.indicators.definition import Group, Indicator

GROUPS: tuple[Group, ...] = (
    Group("casework", _("个案"), casework.INDICATORS),
    Group("service", _("服务过程"), service.INDICATORS),
    Group("quality", _("质量与安全"), care.INDICATORS),
    Group("groups", _("小组"), together.GROUP_WORK),
    Group("community", _("社区"), together.COMMUNITY),
    Group("visits", _("探访与咨询"), together.VISITING),
    Group("satisfaction", _("满意度"), together.SATISFACTION),
    Group("aid", _("慈善救助"), aid.AID),
    Group("donations", _("捐赠"), giving.DONATIONS),
    Group("charity", _("慈善合规与公开"), giving.CHARITY_DUTIES),
    Group("volunteers", _("志愿服务"), volunteering.VOLUNTEERS),
    Group("projects", _("培育项目"), projects.PROJECTS),
    Group("workforce", _("队伍"), staff.WORKFORCE),
    Group("training", _("督导与培训"), staff.TRAINING),
    Group("region", _("地区覆盖"), projects.REGION),
    Group("wellbeing", _("情绪负荷"), staff.WELLBEING),
)
INDICATORS: dict[str, Indicator] = {one.code: one for group in GROUPS for one in group.indicators}
