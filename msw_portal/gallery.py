"""The internal page that shows every component with invented data."""

import re
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from msw_portal.kernel.charts import Chart, Series, Target

MONTHS = ["12月", *(f"{n}月" for n in range(1, 12))]
OPENED = [48, 52, 39, 55, 58, 61, 57, 60, 63, 66, 71, 63]
CLOSED = [45, 44, 41, 50, 52, 55, 58, 57, 59, 60, 62, 41]
WORKERS = ["林示例", "陈演示", "周样例", "何试用", "郑样本"]
SPRITE = settings.BASE_DIR / "static" / "img" / "icons.svg"
COLORS = [
    *("canvas", "surface", "surface-2", "surface-3", "line", "line-field", "ink", "ink-2", "ink-3"),
    *("accent", "accent-soft", "warn", "warn-soft", "danger", "danger-soft"),
    *("c1", "c2", "c3", "c4", "c5"),
]
DIFFICULTIES = ["医药费有压力", "心里难受、睡不好", "没人照顾", "出院后去哪儿"]


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="姓名", help_text="支持生僻字与间隔号")
    identity = forms.CharField(label="居民身份证号")
    insurance = forms.ChoiceField(
        label="医保类型", choices=[("resident", "居民医保"), ("worker", "职工医保")]
    )
    amount = forms.DecimalField(
        label="申请金额", decimal_places=2, help_text="叁万元整 · 项目上限 30,000.00"
    )
    born_on = forms.DateField(label="出生日期", required=False)
    met_at = forms.DateTimeField(label="面谈时间", required=False)
    minutes = forms.IntegerField(label="分钟")
    file = forms.FileField(label="材料", required=False, help_text="PDF 或图片，15 MB 以内")
    difficulty = forms.MultipleChoiceField(
        label="最近最让您为难的是什么？",
        choices=[(str(n), word) for n, word in enumerate(DIFFICULTIES)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    goal = forms.ChoiceField(
        label="目标评级",
        choices=[(str(n), f"{n:+d}".replace("-", "−").replace("+0", "0")) for n in range(-2, 3)],
        widget=forms.RadioSelect,
    )
    role = forms.ChoiceField(
        label="机构与角色",
        choices=[("1", "示例市第一医院 · 医务社工"), ("2", "示例市第一医院 · 督导")],
        widget=forms.RadioSelect,
    )
    guardian = forms.ChoiceField(
        label="签署人", choices=[("g", "监护人"), ("s", "本人")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="过程记录", widget=forms.Textarea, required=False)
    is_public = forms.BooleanField(label="同意救助公示（脱敏，7 天）", required=False)


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component on one page; a missing page outside the embedded mode and DEBUG."""
    if not (settings.DEBUG or getattr(settings, "EMBEDDED", False)):
        raise Http404
    if "message" in request.GET:
        messages.success(request, "已接单，个案 0334 归你")
        messages.error(request, "十一月月报没有生成：数据库正忙，5 分钟后自动再试。")
    now = timezone.now()
    form = SampleForm(
        {
            "name": "示例·艾力",
            "identity": "000000202009310000",
            "insurance": "resident",
            "amount": "30,000.00",
            "born_on": "2020-09-31",
            "met_at": "2026-11-23T10:32",
            "difficulty": ["0", "1"],
            "goal": "1",
            "role": "1",
            "guardian": "g",
        }
    )
    form.fields["amount"].to_python = lambda value: Decimal(str(value).replace(",", ""))
    form.add_error("identity", "出生日期 2020-09-31 不存在，请核对第 13、14 位。")
    return render(
        request,
        "components/gallery.html",
        {
            "form": form,
            "icons": re.findall(r'id="i-(\w+)"', SPRITE.read_text()),
            "colors": COLORS,
            "now": now,
            "dues": [
                now + timedelta(hours=21, minutes=5),
                now + timedelta(minutes=20, seconds=5),
                now - timedelta(days=1, hours=30),
                now + timedelta(hours=5, minutes=8, seconds=5),
                now + timedelta(days=6, minutes=1),
            ],
            "charts": _charts(),
            **_lists(),
        },
    )


def _charts() -> list[Chart]:
    rates = [Decimal(n) for n in ("78.3", "71.4", "66.7", "53.3", "40.0", "28.6")]
    return [
        Chart(
            id="chart-line",
            kind="line",
            title="新开与结案，近 12 个月",
            category_label="月份",
            categories=MONTHS,
            series=[Series("新开", OPENED, ["#"] * 12), Series("结案", CLOSED, ["#"] * 12)],
            definition="件，按开案日与结案日计；11 月未满。人群：本部门全部个案，不含咨询。",
        ),
        Chart(
            id="chart-funnel",
            kind="funnel",
            title="本月转介走到哪一步",
            category_label="步骤",
            categories=["转介与求助", "接单", "开案", "计划签核", "进入介入"],
            series=[Series("个数", [97, 91, 63, 52, 47], ["#"] * 5)],
            definition="件。队列：11-01 至 11-23 收到的 97 件。",
        ),
        Chart(
            id="chart-bar",
            kind="bar",
            title="各科医护转介占比",
            category_label="科室",
            categories=["儿科", "肿瘤科", "心外科", "神经内科", "骨科", "急诊"],
            columns=[
                Series("医护转介", [18, 15, 10, 8, 6, 2], ["#"] * 6),
                Series("全部来源", [23, 21, 15, 15, 15, 7], ["#"] * 6),
            ],
            series=[Series("占比", rates)],
            suffix="%",
            maximum=100,
            target=Target(60, "目标 60%"),
            definition="医护转介 ÷ 全部来源；仅列本月 ≥5 件的科室。",
        ),
        Chart(
            id="chart-stacked",
            kind="stacked",
            title="每名社工的在案权重",
            category_label="社工",
            categories=WORKERS,
            series=[
                Series("低", [8, 11, 9, 7, 12], color=1),
                Series("中", [24, 19.5, 16.5, 10.5, 18], color=3),
                Series("高与危机", [20.5, 12, 14, 4, 8], color=2),
            ],
            definition="权重 = 风险系数之和，约定每人 ≤45；截至今天 10:30。",
        ),
        Chart(
            id="chart-radar",
            kind="radar",
            title="评估",
            category_label="维度",
            categories=["疾病适应", "情绪", "家庭", "照顾", "经济", "支持"],
            series=[
                Series("术前 11-08", [4, 3, 6, 3, 2, 5], color=2),
                Series("术后 11-20", [7, 6, 7, 6, 3, 7], color=1),
            ],
            maximum=10,
            definition="0–10，越靠外越好；社工评定，院内约定，未经信效度检验。",
        ),
        Chart(
            id="chart-none",
            kind="bar",
            title="没有数的图",
            categories=["儿科"],
            series=[Series("件", [0])],
        ),
    ]


def _lists() -> dict:
    return {
        "steps": [
            {"label": "接案", "note": "11-06 · 同意书 3 项", "state": "done"},
            {"label": "预估", "note": "11-08 · 4 项需求", "state": "done"},
            {"label": "计划", "note": "11-09 · 督导已签核", "state": "done"},
            {"label": "介入", "note": "第 15 天 · 接触 9 次", "state": "now"},
            {"label": "评估", "note": "未开始", "state": "ahead"},
            {"label": "结案", "note": "未开始", "state": "ahead"},
            {"label": "跟进", "note": "1 / 3 / 6 个月", "state": "ahead"},
        ],
        "missing": [
            {"label": "2 个目标没有评级", "url": "#goals"},
            {"label": "术后心理社会评估未做（11-26 到期）", "url": "#course"},
        ],
        "phases": [
            {"label": "入院", "note": "11-05 – 11-06", "state": "past"},
            {"label": "术前", "note": "11-07 – 11-11", "state": "past"},
            {"label": "术中", "note": "11-12", "state": "past"},
            {"label": "术后", "note": "11-13 起，第 11 天", "state": "now"},
            {"label": "出院", "note": "预计 11-27", "state": "ahead"},
            {"label": "随访", "note": "1 / 3 / 6 个月", "state": "ahead"},
        ],
        "lanes": [
            {
                "label": "社工服务",
                "cells": [
                    [
                        {"time": "11-05", "title": "护士长转介", "url": "#", "state": "done"},
                        {"time": "11-06", "title": "接案面谈", "note": "50 分", "url": "#"},
                    ],
                    [{"time": "11-08", "title": "需求预估", "url": "#"}],
                    [],
                    [
                        {"time": "11-20", "title": "母亲面谈", "note": "50 分", "url": "#"},
                        {
                            "title": "缺 术后心理社会评估",
                            "note": "11-26 前",
                            "url": "#",
                            "state": "gap",
                        },
                    ],
                    [{"title": "逾期 出院计划", "note": "应于 11-21", "url": "#", "state": "late"}],
                    [{"time": "12-27", "title": "1 个月跟进", "url": "#", "state": "plan"}],
                ],
            },
            {
                "label": "资助与资源",
                "cells": [
                    [],
                    [{"time": "11-09", "title": "慈善总会批准", "note": "6,000.00", "url": "#"}],
                    [],
                    [{"time": "11-18", "title": "救助申请", "note": "30,000.00", "url": "#"}],
                    [],
                    [],
                ],
            },
        ],
        "ledger_lines": [
            {"label": "总费用", "note": "住院至今 + 预估", "amount": Decimal("128460")},
            {"label": "基本医保", "amount": Decimal("61240"), "kind": "minus"},
            {"label": "大病保险", "amount": Decimal("12600"), "kind": "minus"},
            {"label": "医疗救助", "amount": Decimal("8000"), "kind": "minus"},
            {"label": "自付", "amount": Decimal("46620"), "kind": "sum"},
            {"label": "慈善总会", "note": "已批准", "amount": 6000, "kind": "minus", "url": "#"},
            {"label": "缺口", "amount": Decimal("40620"), "kind": "sum", "tone": "danger"},
        ],
        "todos": [
            {
                "time": "10:30",
                "title": "李* 计划复评",
                "note": "介入阶段 · 到期 11-25",
                "url": "#",
                "badge": "复评",
                "tone": "accent",
                "action": "打开",
                "action_url": "#",
            },
            {"time": "16:30", "title": "吴* 出院一周电访", "note": "出院 11-16", "badge": "跟进"},
        ],
        "happened": [
            {"title": "缺 出院计划", "note": "11-25 前", "state": "miss"},
            {"title": "母亲面谈", "note": "11-22 · 50 分", "state": "head", "url": "#"},
            {"title": "一周电访", "note": "12-04", "state": "plan"},
        ],
        "patients": [
            {
                "name": "李*",
                "facts": "男 · 6 岁 · 心外科 3 病区 12 床",
                "identity": "110***********1234",
                "phone": "138****6620",
                "stage": 4,
                "stage_word": "介入",
                "risk": 2,
                "amount": Decimal("30000"),
            },
            {
                "name": "阿**·***",
                "facts": "女 · 34 岁 · 产科 1 病区 03 床",
                "identity": "000***********0027",
                "phone": "137****0002",
                "stage": 2,
                "stage_word": "预估",
                "risk": 4,
                "amount": Decimal("1000000"),
            },
            {
                "name": "孙*",
                "facts": "男 · 71 岁 · 骨科 2 病区 21 床",
                "identity": "110***********0039",
                "phone": "139****0001",
                "stage": 5,
                "stage_word": "评估",
                "risk": 1,
                "amount": Decimal("8000"),
            },
        ],
    }
