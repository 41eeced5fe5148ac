"""What each return asks for, and which house reports what."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models.census import CensusCategory as C
from departments.models.census import CensusKind as K
from departments.models.organizations import Organization
from departments.models.organizations import OrganizationKind as O

CERTIFICATES = ("junior", "middle", "senior")
STAFF = ("workers", "full_time", *CERTIFICATES)


@dataclass(frozen=True)
class Shape:
    """The categories of a return's lines, the columns it asks for, those that may not stay empty, and what a line is."""

    categories: tuple[str, ...]
    asks: tuple[str, ...]
    needs: tuple[str, ...]
    line: str | Promise


SHAPES: dict[str, Shape] = {
    K.INSTITUTION: Shape(
        (C.HOSPITAL, C.COMMUNITY_HEALTH, C.PUBLIC_HEALTH, C.CARE),
        ("grade", "is_active", *STAFF, "beds"),
        ("workers",),
        _("一行一家医疗机构"),
    ),
    K.AGENCY: Shape((C.AGENCY,), STAFF, (), _("一行一家社会工作服务机构")),
    K.CERTIFIED: Shape(
        (C.UNIT, C.COUNTY), CERTIFICATES, CERTIFICATES, _("一行一个单位，或一个区县的合计")
    ),
    K.STATION: Shape((C.STATION, C.CENTRE), ("workers",), (), _("一行一个社工站或指导中心")),
    K.BASE: Shape((C.BASE,), ("area",), ("area",), _("一行一个基地")),
}
CATEGORY_OF_HOUSE = {
    O.HOSPITAL: C.HOSPITAL,
    O.COMMUNITY_HEALTH: C.COMMUNITY_HEALTH,
    O.PUBLIC_HEALTH: C.PUBLIC_HEALTH,
    O.AGENCY: C.AGENCY,
}
KINDS_OF_HOUSE: dict[str, tuple[str, ...]] = {
    O.HOSPITAL: (K.INSTITUTION,),
    O.COMMUNITY_HEALTH: (K.INSTITUTION,),
    O.PUBLIC_HEALTH: (K.INSTITUTION,),
    O.AGENCY: (K.AGENCY, K.CERTIFIED, K.STATION),
    O.GOVERNMENT: tuple(K.values),
}
# Whose return an authority waits for, by the kind of return.
EXPECTED: dict[str, tuple[str, ...]] = {
    K.INSTITUTION: (O.HOSPITAL, O.COMMUNITY_HEALTH, O.PUBLIC_HEALTH),
    K.AGENCY: (O.AGENCY,),
    K.CERTIFIED: (O.AGENCY,),
    K.STATION: (O.AGENCY,),
    K.BASE: (),
}


def kinds_of(organization_kind: str) -> tuple[str, ...]:
    """The returns that a house of this kind gives."""
    return KINDS_OF_HOUSE.get(organization_kind, ())


def own_line(house: Organization, kind: str) -> dict:
    """The first line of a house's return about itself; {} where it reports about others."""
    category = CATEGORY_OF_HOUSE.get(house.kind)
    if category not in SHAPES[kind].categories:
        return {}
    return {
        "name": house.name,
        "category": category,
        "grade": house.grade if "grade" in SHAPES[kind].asks else "",
        "place": house.region_id,
        "is_active": True,
        "is_counted": True,
    }
