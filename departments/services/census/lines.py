"""The lines of a return: what a line may say, and where it may stand."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments.models.census import CensusLine, CensusReturn
from departments.models.organizations import Organization, Region
from departments.models.people import User
from departments.querysets import region_range
from departments.services.census.shapes import SHAPES
from msw_portal.kernel.errors import DomainError

MOST_COUNT = 1_000_000
MOST_PLACES = 400
COUNTS = ("workers", "full_time", "junior", "middle", "senior", "beds")
COLUMNS = ("name", "category", "grade", "place", "is_active", *COUNTS, "area", "is_counted", "note")


def line_write(
    *, census: CensusReturn, rank: int, values: Mapping[str, Any], by: User
) -> CensusLine:
    """One line of a draft; a name that stands in the register is linked to it.

    Raises:
        DomainError: `census_line_*` on its field.
    """
    line = CensusLine(census=census, rank=rank, created_by=by)
    return line_set(line=line, census=census, values=values)


def line_set(*, line: CensusLine, census: CensusReturn, values: Mapping[str, Any]) -> CensusLine:
    """Give a line its values and save it. Raises as line_write."""
    shape = SHAPES[census.kind]
    line.organization_id, line.region_code = census.organization_id, census.region_code
    line.name = " ".join((values.get("name") or "").split())
    line.category = values.get("category") or shape.categories[0]
    line.grade = (values.get("grade") or "") if "grade" in shape.asks else ""
    line.is_active = bool(values.get("is_active", True)) if "is_active" in shape.asks else True
    for name in (*COUNTS, "area"):
        setattr(line, name, values.get(name) if name in shape.asks else None)
    line.is_counted = bool(values.get("is_counted", True))
    line.note = (values.get("note") or "").strip()
    place = values.get("place")
    line.place_id = place.pk if isinstance(place, Region) else place or census.region_code
    _check(line, shape.categories, census)
    line.institution = _institution(line)
    line.save()
    return line


def _institution(line: CensusLine) -> Organization | None:
    return Organization.objects.filter(name=line.name).order_by("id").first()


def _check(line: CensusLine, categories: tuple[str, ...], census: CensusReturn) -> None:
    if not line.name:
        raise DomainError("census_line_has_name", _("请填写名称。"), "name")
    if line.category not in categories:
        raise DomainError("census_line_category_known", _("请从列表中选择类别。"), "category")
    low, high = region_range(census.region_code)
    if not low <= line.place_id <= high or not Region.objects.filter(pk=line.place_id).exists():
        raise DomainError("census.place", _("请选择本地区之内的地区。"), "place")
    for name in COUNTS:
        value = getattr(line, name)
        if value is not None and not 0 <= value <= MOST_COUNT:
            raise DomainError("census_line_not_negative", _("请填 0 到 1000000 的整数。"), name)
    if line.area is not None and not 0 <= line.area <= Decimal("1000000"):
        raise DomainError("census_line_not_negative", _("面积请填 0 到 1000000 平方米。"), "area")
    if line.workers is not None:
        if not line.is_active and line.workers:
            raise DomainError(
                "census_line_inactive_has_nobody",
                _("没有开展医务社工的机构，医务社工人数应为 0。"),
                "workers",
            )
        if line.full_time is not None and line.full_time > line.workers:
            raise DomainError(
                "census_line_full_time_fits", _("专职人数不能多于医务社工人数。"), "full_time"
            )
        if (line.certified or 0) > line.workers:
            raise DomainError(
                "census_line_certified_fit", _("持证人数相加不能多于医务社工人数。"), "junior"
            )
    if not line.is_counted and not line.note:
        raise DomainError(
            "census_line_uncounted_says_why", _("不计入统计的行要在备注里写明原因。"), "note"
        )


def places_of(region_code: int) -> list[tuple[int, str]]:
    """The regions that a line may stand in, (code, name), the widest first."""
    low, high = region_range(region_code)
    rows = Region.objects.filter(code__range=(low, high)).order_by("code")
    return [(row.code, row.name) for row in rows[:MOST_PLACES]]
