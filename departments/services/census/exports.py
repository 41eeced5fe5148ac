"""The lines of the census as files: a return's own, and what stands behind the figures."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from departments.models.census import CensusLine, CensusReturn
from departments.models.organizations import Organization
from departments.models.people import Role
from departments.services.export_columns import Column, beside, choice, yes_no
from departments.services.exporting import Listing, Part

YES_NO = (_("是"), _("否"))


def _of_line(name: str, label: Any) -> Column:
    return Column(label, CensusLine, name)


CENSUS_LINES = Listing(
    kind="census",
    roles=frozenset({Role.DEPT_HEAD, Role.AUTHORITY_OFFICER}),
    parts=(
        Part(
            (
                choice(_("报表"), CensusReturn, "kind"),
                Column(_("年度"), CensusReturn, "year"),
                Column(_("截止日"), CensusReturn, "as_of"),
                Column(_("版次"), CensusReturn, "version"),
                choice(_("状态"), CensusReturn, "state"),
            ),
            lambda row: row.census,
            "census__",
        ),
        Part(
            (Column(_("填报机构"), Organization, "name"),),
            lambda row: row.census.organization,
            "census__organization__",
        ),
        Part(
            (
                _of_line("name", _("名称")),
                choice(_("类别"), CensusLine, "category"),
                choice(_("医院等级"), CensusLine, "grade"),
                beside(_("地区代码"), CensusLine, "place", "place_id"),
                yes_no(_("开展医务社工"), CensusLine, "is_active", YES_NO),
                _of_line("workers", _("医务社工人数")),
                _of_line("full_time", _("其中专职")),
                _of_line("junior", _("助理社会工作师")),
                _of_line("middle", _("社会工作师")),
                _of_line("senior", _("高级社会工作师")),
                _of_line("beds", _("开放床位")),
                _of_line("area", _("面积（平方米）")),
                yes_no(_("计入统计"), CensusLine, "is_counted", YES_NO),
                _of_line("note", _("备注")),
            )
        ),
    ),
)
