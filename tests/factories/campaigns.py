"""Campaigns for tests: a whole plan, a certificate, a platform; every function is called inside a scope of its person."""

import datetime as dt
from typing import Any

from django.utils import timezone
from psycopg2.extras import DateRange

from departments.models.organizations import Organization
from departments.models.register_parts import OrganizationCredential
from donations.models.campaigns import Campaign
from donations.services.campaigns.planning import campaign_draft

DAY = dt.timedelta(days=1)


def plan(**changed: Any) -> dict[str, Any]:
    """The statutory plan of a campaign that begins in twenty days."""
    today = timezone.localdate()
    return {
        "title": "演示暖冬募捐",
        "type": "public",
        "modes": ["internet"],
        "purpose": "为白血病患儿筹集治疗费用",
        "starts_on": today + 20 * DAY,
        "ends_on": today + 80 * DAY,
        "area": "全国",
        "responsible_person": "钱示例",
        "office_address": "示例市示例路 1 号",
        "donation_methods": "通过指定平台捐赠",
        "bank_account": "示例慈善基金会 示例银行 0000 0000",
        "beneficiaries": "十四周岁以下白血病患儿",
        "use_of_funds": "住院治疗费用，拨付到医院账户",
        "cost": "不超过募得款物的百分之三，从中列支",
        "residual_property": "用于同类患儿的救助",
        "contact": "010-00000000",
        "query_words": "凭捐赠编号在官网查询",
        "platforms": ["alipay"],
        "platform_urls": {"alipay": "https://gongyi.example.cn/demo"},
    } | changed


def make_campaign(fund: Any, by: Any, **changed: Any) -> Campaign:
    """A draft of the own house, licensed by it unless `licensed_org` says otherwise."""
    house = Organization.objects.get(pk=by.house_id)
    return campaign_draft(fund=fund, by=by, **plan(**{"licensed_org": house} | changed))


def make_certificate(house: Organization, first: dt.date, last: dt.date | None) -> None:
    """The public-fundraising certificate of a charity, both days inclusive."""
    OrganizationCredential.objects.create(
        organization=house,
        managed_by_id=house.managed_by_id,
        kind=OrganizationCredential.Kind.PUBLIC_FUNDRAISING,
        number="示例公募证 001",
        issued_on=first,
        valid=DateRange(first, last + DAY if last else None),
    )
