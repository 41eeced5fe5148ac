"""What still stands between a campaign and its start, each point as a sentence with its article."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Code
from departments.services.policies import rule_for
from departments.services.rule_shapes import is_sound
from donations.models.campaigns import EMERGENCY_DAYS, FILING_LEAD_DAYS, Campaign
from donations.services.charities import certificate_on
from donations.services.disclosure_rules import DEADLINE

PLATFORMS = "fundraising_platform"  # the scheme of designated platforms in the register of codes


@dataclass(frozen=True)
class Point:
    """One requirement: whether it is met, and what the law says."""

    rule: str
    label: Any
    is_met: bool
    said: Any
    status: int = 422


def platform_names(on: dt.date | None = None) -> dict[str, str]:
    """Code -> name of the platforms the civil affairs ministry had designated on a day (default: ever)."""
    rows = Code.objects.filter(scheme=PLATFORMS).order_by("rank", "code")
    return {row.code: row.zh for row in rows if on is None or row.valid is None or on in row.valid}


def points(campaign: Campaign, on: dt.date | None = None) -> list[Point]:
    """Every requirement for the start on a day, met or not."""
    day = on or timezone.localdate()
    found = [_days(campaign, day)]
    if campaign.type == Campaign.Type.PUBLIC:
        found += [_certificate(campaign, day), _filing(campaign), _platforms(campaign, day)]
    return [*found, _partners(campaign)]


def _certificate(campaign: Campaign, day: dt.date) -> Point:
    charity = campaign.licensed_org
    held = certificate_on(charity, day)
    said: Any
    if held.is_valid:
        last = held.row.last_day
        said = _("%(name)s，证书 %(number)s，有效期至 %(day)s") % {
            "name": charity.name,
            "number": held.row.number,
            "day": last.isoformat() if last else _("长期"),
        }
    elif held.row is None or held.row.valid is None:
        said = _(
            "《慈善法》第二十二条：开展公开募捐应当取得公开募捐资格。“%(name)s”没有登记公开募捐资格证书。"
        ) % {"name": charity.name}
    elif held.row.last_day is not None and held.row.last_day < day:
        said = _(
            "《慈善法》第二十二条：开展公开募捐应当取得公开募捐资格。“%(name)s”的证书已于 %(day)s 到期。"
        ) % {"name": charity.name, "day": held.row.last_day.isoformat()}
    else:
        said = _(
            "《慈善法》第二十二条：开展公开募捐应当取得公开募捐资格。“%(name)s”的证书还没有生效。"
        ) % {"name": charity.name}
    return Point("campaign.certificate", _("公开募捐资格"), held.is_valid, said)


def file_by(campaign: Campaign) -> dt.date:
    """The last day on which filing is in time: the dated rule of its first day, never laxer than the law."""
    key = "campaign_file_late" if campaign.is_emergency else "campaign_file"
    rule = rule_for(DEADLINE, key, on=campaign.starts_on)
    asked = rule.params if rule is not None and is_sound(rule) else {}
    if campaign.is_emergency:
        days = min(asked.get("days", EMERGENCY_DAYS), EMERGENCY_DAYS)
        return campaign.starts_on + dt.timedelta(days=days)
    days = max(asked.get("days_before", FILING_LEAD_DAYS), FILING_LEAD_DAYS)
    return campaign.starts_on - dt.timedelta(days=days)


def _filing(campaign: Campaign) -> Point:
    if campaign.filed_on is not None:
        said: Any = _("%(number)s，%(day)s 备案") % {
            "number": campaign.filing_no,
            "day": campaign.filed_on.isoformat(),
        }
        return Point("campaign.filing", _("募捐方案备案"), True, said)
    if campaign.is_emergency:
        said = _("《慈善法》第七十三条：应急募捐可以先行开展，%(day)s 前补办备案。") % {
            "day": file_by(campaign).isoformat()
        }
        return Point("campaign.filing", _("募捐方案备案"), True, said)
    said = _("《慈善法》第二十四条：募捐方案在活动开始十日前备案，最晚 %(day)s。") % {
        "day": file_by(campaign).isoformat()
    }
    return Point("campaign.filing", _("募捐方案备案"), False, said)


def _platforms(campaign: Campaign, day: dt.date) -> Point:
    label = _("互联网募捐平台")
    if Campaign.Mode.INTERNET not in campaign.modes:
        return Point("campaign.platform", label, True, _("不通过互联网募捐"))
    designated, ever = platform_names(day), platform_names()
    lost = [code for code in campaign.platforms if code not in designated]
    if campaign.platforms and not lost:
        names = "、".join(designated[code] for code in campaign.platforms)
        return Point("campaign.platform", label, True, names)
    said: Any = _(
        "《慈善法》第二十七条：通过互联网开展公开募捐的，应当在国务院民政部门指定的平台进行。"
    )
    if lost:
        said = _(
            "《慈善法》第二十七条：应当在国务院民政部门指定的平台募捐；“%(name)s”现在不在指定名单里。"
        ) % {"name": ever.get(lost[0], lost[0])}
    return Point("campaign.platform", label, False, said)


def _partners(campaign: Campaign) -> Point:
    label, rows = _("合作方协议"), list(campaign.partners.select_related("partner").order_by("pk"))
    own = campaign.organization_id
    is_guest = campaign.type == Campaign.Type.PUBLIC and campaign.licensed_org_id != own
    if is_guest and own not in {row.partner_id for row in rows}:
        said: Any = _(
            "《慈善法》第二十六条：不具有公开募捐资格的组织应当与具有资格的慈善组织合作。请把本机构列为合作方，写明书面协议。"
        )
        return Point("campaign.partners", label, False, said)
    bare = [row for row in rows if row.agreed_on is None]
    if bare:
        said = _("《慈善法》第二十六条：与合作方要签订书面协议。“%(name)s”还没有协议。") % {
            "name": bare[0].partner.name
        }
        return Point("campaign.partners", label, False, said)
    if not rows:
        return Point("campaign.partners", label, True, _("没有合作方"))
    said = _("%(n)s 家，均已签订书面协议") % {"n": len(rows)}
    return Point("campaign.partners", label, True, said)


def _days(campaign: Campaign, day: dt.date) -> Point:
    label = _("活动期间")
    span = _("%(first)s 至 %(last)s") % {
        "first": campaign.starts_on.isoformat(),
        "last": campaign.ends_on.isoformat(),
    }
    if day < campaign.starts_on:
        said: Any = _("按募捐方案，活动 %(day)s 才开始。") % {"day": campaign.starts_on.isoformat()}
        return Point("campaign.too_early", label, False, said)
    if day > campaign.ends_on:
        said = _("募捐方案的结束日期 %(day)s 已过，请先办理变更备案。") % {
            "day": campaign.ends_on.isoformat()
        }
        return Point("campaign.too_late", label, False, said)
    return Point("campaign.days", label, True, span)
