"""A campaign's figures by day and channel, as platforms export them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments.models.people import Role, User
from departments.services.importing import values as cells
from departments.services.importing.kinds import (
    CREATED,
    JOINED,
    Column,
    Kind,
    Line,
    Lines,
    one_by_one,
)
from donations.models.campaigns import Campaign, CampaignStat
from donations.services.campaigns.figures import STAGE_WORDS, STAGES, campaign_stat_write

ALIASES = {
    "views": ("浏览量", "曝光", "访问量", "浏览人次", "看到人次"),
    "supporters": ("点赞", "转发", "分享", "支持人数", "收藏"),
    "donors": ("捐赠人数", "捐款人数", "捐赠笔数", "捐款人次"),
    "repeat_donors": ("复捐人数", "重复捐赠人数", "老捐赠人"),
}
CHANNEL_WORDS = {
    "支付宝公益": CampaignStat.Channel.ALIPAY,
    "微信公益": CampaignStat.Channel.WECHAT,
    "公众号": CampaignStat.Channel.WECHAT,
    "抖音": CampaignStat.Channel.VIDEO,
    "快手": CampaignStat.Channel.VIDEO,
    "平台": CampaignStat.Channel.PLATFORM,
}


def _count(cell: str) -> int:
    """A whole number from 0 on; thousands separators and full width are read."""
    text = cells.folded(cell).replace(",", "")
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise cells.refused("number", _("请填 0 或以上的整数。"))
    return int(text)


COLUMNS = (
    Column(
        "campaign",
        _("募捐活动编号"),
        cells.line_text(40),
        ("活动编号", "活动"),
        required=True,
        example="SLJJ-C-2026-001",
        note=_("本门户的活动编号"),
    ),
    Column(
        "on",
        _("日期"),
        cells.day,
        ("统计日期",),
        required=True,
        example="2026-09-01",
        revive=cells.revive_day,
    ),
    Column(
        "channel",
        _("渠道"),
        cells.code(CampaignStat.Channel, CHANNEL_WORDS),
        ("来源渠道",),
        required=True,
        example="支付宝",
        choices=cells.labels(CampaignStat.Channel),
    ),
    *(
        Column(name, STAGE_WORDS[name], _count, ALIASES[name], example=example)
        for name, example in zip(STAGES, ("12000", "860", "310", "42"), strict=True)
    ),
    Column("source", _("来源"), cells.line_text(80), ("数据来源",), example="平台后台导出"),
)


def check(lines: Lines, by: User) -> None:
    """The campaign is one of the own house."""
    numbers = {line.values["campaign"] for line in lines if line.values.get("campaign")}
    known = set(
        Campaign.objects.visible_to(by).filter(number__in=numbers).values_list("number", flat=True)
    )
    for line in lines:
        if line.values.get("campaign") and line.values["campaign"] not in known:
            line.refuse("campaign", _("没有这个编号的募捐活动。"))


def _make(line: Line, by: User) -> str:
    values = line.values
    campaign = Campaign.objects.visible_to(by).filter(number=values["campaign"]).first()
    if campaign is None:
        line.refuse("campaign", _("没有这个编号的募捐活动。"))
        return ""
    given = {name: values.get(name) or 0 for name in STAGES}
    held = CampaignStat.objects.visible_to(by).filter(
        campaign=campaign, on=values["on"], channel=values["channel"]
    )
    is_known = held.exists()
    campaign_stat_write(
        campaign=campaign,
        on=values["on"],
        channel=values["channel"],
        source=values.get("source") or str(_("由文件导入")),
        by=by,
        **given,
    )
    return JOINED if is_known else CREATED


def apply(lines: Lines, by: User) -> None:
    """Each as if it were entered by hand; a later statement of a day and channel replaces the earlier."""
    one_by_one(_make)([line for line in lines if not line.faults], by)


def key(values: Mapping[str, Any]) -> str:
    counts = "|".join(str(values.get(name) or 0) for name in STAGES)
    return f"{values['campaign']}|{values['on']}|{values['channel']}|{counts}"


CAMPAIGN_STATS = Kind(
    code="campaign_stats",
    label=_("募捐活动的传播数字"),
    lead=_("一行是一个活动一天一个渠道的看到、认同、行动、复捐。同一天同一渠道以后导入的为准。"),
    roles=frozenset({Role.FOUNDATION_OFFICER, Role.FOUNDATION_APPROVER}),
    columns=COLUMNS,
    key=key,
    settle=lambda line: None,
    check=check,
    apply=apply,
    is_care=False,
    shown=("campaign", "on"),
)
