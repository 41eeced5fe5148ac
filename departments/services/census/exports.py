"""The lines of the census as files: a return's own, and what stands behind the figures."""

from django.utils.translation import gettext_lazy as _

from departments.models.census import CensusLine, CensusReturn
from departments.models.organizations import Organization
from departments.models.people import Role
from departments.services.exporting import Column, Listing, Part


def _yes(value: bool) -> str:
    return str(_("是")) if value else str(_("否"))


def _of_line(name: str, label, value=None) -> Column:
    return Column(label, CensusLine, name, value)


CENSUS_LINES = Listing(
    kind="census",
    roles=frozenset({Role.DEPT_HEAD, Role.AUTHORITY_OFFICER}),
    parts=(
        Part(
            (
                Column(_("报表"), CensusReturn, "kind", lambda row: row.get_kind_display()),
                Column(_("年度"), CensusReturn, "year"),
                Column(_("截止日"), CensusReturn, "as_of"),
                Column(_("版次"), CensusReturn, "version"),
                Column(_("状态"), CensusReturn, "state", lambda row: row.get_state_display()),
            ),
            lambda row: row.census,
        ),
        Part((Column(_("填报机构"), Organization, "name"),), lambda row: row.census.organization),
        Part(
            (
                _of_line("name", _("名称")),
                _of_line("category", _("类别"), lambda row: row.get_category_display()),
                _of_line("grade", _("医院等级"), lambda row: row.get_grade_display()),
                _of_line("place", _("地区代码"), lambda row: row.place_id),
                _of_line("is_active", _("开展医务社工"), lambda row: _yes(row.is_active)),
                _of_line("workers", _("医务社工人数")),
                _of_line("full_time", _("其中专职")),
                _of_line("junior", _("助理社会工作师")),
                _of_line("middle", _("社会工作师")),
                _of_line("senior", _("高级社会工作师")),
                _of_line("beds", _("开放床位")),
                _of_line("area", _("面积（平方米）")),
                _of_line("is_counted", _("计入统计"), lambda row: _yes(row.is_counted)),
                _of_line("note", _("备注")),
            )
        ),
    ),
)
