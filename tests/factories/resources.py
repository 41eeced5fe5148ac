"""Services of the directory of resources."""

from cases.services.resources import place_add, resource_add
from departments.models.organizations import Organization, Region

PARTS = {
    "description": "演示：上门陪护与情绪支持",
    "status": "active",
    "categories": ["family_caregiver", "emotional"],
    "area": None,
    "min_age": None,
    "max_age": None,
    "eligibility": "住院患者的照顾者",
    "insurance": [],
    "documents": ["身份证", "出院小结"],
    "costs": [{"option": "单次", "amount": "80"}],
    "fees": "",
    "schedules": [{"freq": "WEEKLY", "byday": "MO,WE", "opens_at": "09:00", "closes_at": "17:00"}],
    "languages": ["手语"],
    "application": "先打电话预约",
    "phone": "010-12345678",
    "email": "",
    "url": "",
    "capacity": "每月 20 人",
    "alert": "",
}


def provider_of(by) -> Organization:
    """A partner body without an account."""
    return Organization.objects.create(
        kind="agency",
        name="演示社会工作服务中心",
        managed_by_id=by.house_id,
        is_training=by.acting.is_training,
    )


def make_resource(by, *, name="演示照顾者支持", provider=None, place="", **given):
    """A service with `place`, a region's name, as where it is given; none without."""
    service = resource_add(
        name=name, provider=provider or provider_of(by), by=by, **{**PARTS, **given}
    )
    if place:
        region = Region.objects.get(name=place)
        place_add(
            resource=service,
            name=f"{place}服务点",
            type="physical",
            region=region,
            address="一号",
            by=by,
        )
    return service
