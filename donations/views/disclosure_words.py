"""Words and tones of the calendar of disclosures."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from donations.disclosure_workflow import ItemState
from donations.models.disclosure import DisclosureItem
from donations.rule_words import DUTIES, EVENTS


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
