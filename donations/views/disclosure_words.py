"""Words and tones of the calendar of disclosures."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.disclosure_workflow import ItemState
from donations.models.disclosure import DisclosureItem

DUTIES = {
    "campaign_file": gettext_lazy("募捐方案备案"),
    "campaign_file_late": gettext_lazy("应急募捐补办备案"),
    "emergency_receipts": gettext_lazy("应急募捐款物接收公示"),
    "campaign_progress": gettext_lazy("募捐情况公布"),
    "campaign_closing": gettext_lazy("募捐结项公布"),
    "partner_evaluation": gettext_lazy("合作方评估与监督"),
    "project_progress": gettext_lazy("项目实施情况公布"),
    "project_closing": gettext_lazy("项目结项公布"),
    "residual_property": gettext_lazy("剩余财产处理公布"),
    "leftover_use": gettext_lazy("剩余财产转用公布"),
    "major_event": gettext_lazy("重大事项公布"),
    "related_event": gettext_lazy("关联交易公布"),
    "trust_setup": gettext_lazy("设立慈善信托公布"),
    "annual_report": gettext_lazy("年度工作报告与财务会计报告"),
    "annual_projects": gettext_lazy("年度主要慈善项目"),
    "related_list": gettext_lazy("关联方名单报送登记机关"),
    "trust_file": gettext_lazy("慈善信托备案"),
    "trust_report": gettext_lazy("慈善信托年度报告"),
    "correction": gettext_lazy("公布更正说明"),
    "receipt": gettext_lazy("开具捐赠票据"),
}
EVENTS = {
    "planned": gettext_lazy("活动开始之前"),
    "started": gettext_lazy("开始之后"),
    "ended": gettext_lazy("结束之后"),
    "major": gettext_lazy("事项发生之后"),
    "related": gettext_lazy("关联交易发生之后"),
    "trust_setup": gettext_lazy("设立之后"),
    "closed": gettext_lazy("年度结束之后"),
    "signed": gettext_lazy("信托文件签订之后"),
    "found_wrong": gettext_lazy("发现错误之后"),
    "booked": gettext_lazy("捐赠入账之后"),
    "leftover_booked": gettext_lazy("剩余财产转用记账之后"),
}


def duty_words(key: str) -> str:
    """What a rule asks for; a rule of the installation's own is called by its key."""
    return str(DUTIES.get(key, key))


def event_words(params: Mapping[str, Any]) -> str:
    return str(EVENTS.get(params.get("event", ""), ""))


def counted_words(params: Mapping[str, Any]) -> str:
    """How the days of a rule are counted: `3 个月内`, `每 5 天`, `次年 05-31 前`."""
    if "days_before" in params:
        return _("至少提前 %(n)s 天") % {"n": params["days_before"]}
    if "month_day" in params:
        return _("次年 %(day)s 前") % {"day": params["month_day"]}
    if "every_days" in params:
        return _("至少每 %(n)s 天一次") % {"n": params["every_days"]}
    if "every_months" in params:
        every = _("至少每 %(n)s 个月一次") % {"n": params["every_months"]}
        longer = params.get("longer_than_months")
        return every + (_("（超过 %(n)s 个月的）") % {"n": longer} if longer else "")
    if "months" in params:
        return _("%(n)s 个月内") % {"n": params["months"]}
    if not params.get("days"):
        return _("及时")
    if params.get("working"):
        return _("%(n)s 个工作日内") % {"n": params["days"]}
    return _("%(n)s 天内") % {"n": params["days"]}


def tone_of(item: DisclosureItem) -> str:
    """The tone of a badge; the word beside it carries the meaning."""
    if item.is_late:
        return "danger"
    if item.state in {ItemState.PUBLISHED, ItemState.FULFILLED}:
        return "accent"
    return "warn" if item.state == ItemState.DRAFTED else ""
