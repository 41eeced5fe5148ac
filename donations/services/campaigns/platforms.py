"""Platforms designated by the Ministry of Civil Affairs for public fundraising, as rows of the register.

Three designations are public: 2016-08-31, 2018-05 and 2021-11-15 (the third named ten platforms). A
platform that leaves gets its last day in the register; a new one is a new row, both without a change here.
"""

import datetime as dt

from psycopg2.extras import DateRange

from departments.models.organizations import Code
from donations.services.campaigns.checking import PLATFORMS

DESIGNATED: tuple[tuple[dt.date, tuple[tuple[str, str, str], ...]], ...] = (
    (
        dt.date(2016, 8, 31),
        (
            ("tencent", "腾讯公益", "Tencent Charity"),
            ("taobao", "淘宝公益", "Taobao Charity"),
            ("alipay", "支付宝公益", "Alipay Charity"),
            ("weibo", "新浪微公益", "Weibo Charity"),
            ("jd", "京东公益", "JD Charity"),
            ("lianquan", "联劝网", "Lianquan"),
            ("qingsong", "轻松公益", "Qingsong Charity"),
        ),
    ),
    (
        dt.date(2018, 6, 1),
        (
            ("meituan", "美团公益", "Meituan Charity"),
            ("didi", "滴滴公益", "DiDi Charity"),
            ("shanyuan", "善源公益", "Shanyuan Charity"),
            ("shuidi", "水滴公益", "Waterdrop Charity"),
            ("suning", "苏宁公益", "Suning Charity"),
            ("bangbang", "帮帮公益", "Bangbang Charity"),
            ("yeepay", "易宝公益", "YeePay Charity"),
        ),
    ),
    (
        dt.date(2021, 11, 15),
        (
            ("bytedance", "字节跳动公益", "ByteDance Charity"),
            ("xiaomi", "小米公益", "Xiaomi Charity"),
            ("qinqing", "亲青公益", "Qinqing Charity"),
            ("bilibili", "哔哩哔哩公益", "Bilibili Charity"),
            ("pingan", "平安公益", "Ping An Charity"),
            ("qihoo360", "360公益", "360 Charity"),
            ("cmcc", "中国移动公益", "China Mobile Charity"),
            ("mango", "芒果公益", "Mango Charity"),
            ("cilian", "慈链公益", "Cilian Charity"),
            ("ctrip", "携程公益", "Trip.com Charity"),
        ),
    ),
)


def platform_codes() -> list[Code]:
    """The rows of the register, unsaved, in the order of designation."""
    named = [(since, *one) for since, several in DESIGNATED for one in several]
    return [
        Code(scheme=PLATFORMS, code=code, zh=zh, en=en, rank=rank, valid=DateRange(since, None))
        for rank, (since, code, zh, en) in enumerate(named, start=1)
    ]
