import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

ROOT = Path(__file__).resolve().parents[2]
SPRITE = set(re.findall(r'id="i-(\w+)"', (ROOT / "static/img/icons.svg").read_text()))
NOW = datetime(2026, 11, 23, 2, 32, tzinfo=UTC)
ERROR_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html"]


def render(code: str, **context) -> str:
    return Template(code).render(Context(context))


def test_every_icon_that_templates_name_is_in_the_sprite():
    named = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        named |= set(re.findall(r'{% icon "(\w+)" %}', text))
        named |= set(re.findall(r'icon_name="(\w+)"', text))
    assert named - SPRITE == set()


def test_texts_are_escaped():
    page = render("{% badge word %}{% masked word url='/r' %}{% chip word word '/x' %}", word="<b>")
    assert "<b><" not in page.replace(" <b>&lt;b&gt;</b>", "")
    assert page.count("&lt;b&gt;") >= 4


def test_clock_names_the_exact_instant_in_its_title():
    page = render('{% clock due now before="补件" %}', due=NOW - timedelta(days=1), now=NOW)
    assert 'class="clock clock--late"' in page
    assert 'title="2026-11-22 10:32"' in page
    assert "补件 逾期 24 小时" in page


def test_clock_without_a_deadline_is_nothing():
    assert render("{% clock none %}", none=None) == ""


def test_mlisted_tofers_the_eye_only_with_an_address():
    assert "button" not in render('{% masked "李*" %}')
    page = render('{% masked "李*" url="/reveal" what="姓名" %}')
    assert 'data-reveal="/reveal"' in page
    assert "显示姓名（须填理由，留审计记录）" in page


def test_stat_is_a_link_only_when_it_opens_to_rows():
    link = render('{% stat "在案" 214 url="/cases/" %}')
    assert link.startswith('<a class="stat" href="/cases/">')
    assert render('{% stat "在案" 214 tone="warn" %}').startswith('<div class="stat stat--warn">')


def test_ledger_writes_amounts_with_two_decimals():
    page = render(
        "{% ledger lines %}", lines=[{"label": "缺口", "amount": Decimal("40620"), "kind": "sum"}]
    )
    assert '<tr class="sum"><td>缺口</td><td>40,620.00</td></tr>' in page


def test_why_names_what_is_missing_then_the_rule():
    page = render(
        '{% why "w" "还不能结案：" missing "须有评级。" %}',
        missing=[{"label": "缺满意度", "url": "#s"}, {"label": "缺签核"}],
    )
    assert '<a href="#s">缺满意度</a>、缺签核。规则：须有评级。' in page


def test_course_refuses_a_lane_that_does_not_fit_its_phases():
    with pytest.raises(ValueError, match="zip"):
        render(
            "{% course phases lanes %}",
            phases=[{"label": "入院"}],
            lanes=[{"label": "社工", "cells": [[], []]}],
        )


def test_course_lists_gaps_first_on_a_phone():
    events = [[{"title": "面谈"}, {"title": "缺 评估", "state": "gap"}]]
    page = render(
        "{% course phases lanes %}",
        phases=[{"label": "术后", "state": "now"}],
        lanes=[{"label": "社工", "cells": events}],
    )
    listed = page.partition("course-list")[2]
    assert listed.index("缺 评估") < listed.index("面谈")


def test_progress_parts_never_pass_the_end():
    page = render("{% progress 80 total=100 w=50 %}")
    assert 'class="v" x="0.0" width="80.0"' in page
    assert 'class="w" x="80.0" width="20.0"' in page


def test_progress_of_nothing_is_empty():
    assert 'width="0.0"' in render("{% progress 3 total=0 %}")


def test_preferences_come_from_known_words_only():
    request = RequestFactory().get("/")
    request.COOKIES = {"theme": 'dark" onload="x', "density": "compact"}
    assert render("{% root_attributes %}", request=request) == ' data-density="compact"'
    request.COOKIES = {"__Host-theme": "dark"}
    assert render("{% root_attributes %}", request=request) == ' data-theme="dark"'
    assert render("{% root_attributes %}") == ""


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_pages_need_neither_request_nor_database(name):
    page = render_to_string(name)
    assert "回到首页" in page
    assert 'id="portal-words"' in page


def test_a_refusal_is_a_fragment_for_htmx_and_a_page_otherwise():
    class Asked:
        htmx = True

    error = {"rule": "fund.balance", "message": "基金余额不足。"}
    fragment = render_to_string("refused.html", {"error": error, "request": Asked()})
    assert fragment.strip().startswith("<div")
    assert 'data-refusal="fund.balance"' in fragment
    page = render_to_string("refused.html", {"error": error})
    assert "<!doctype html>" in page


def test_htmx_is_told_to_keep_nothing_and_to_swap_refusals():
    page = render_to_string("500.html")
    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", page)[1])
    assert config["historyCacheSize"] == 0
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    swapped = [one["code"] for one in config["responseHandling"] if one["swap"]]
    assert swapped == ["[23]..", "409|412|422|428|429"]


def test_the_lock_names_no_registry():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_page_language_is_the_chosen_one():
    with translation.override("en"):
        assert '<html lang="en"' in render_to_string("500.html")
    assert '<html lang="zh-Hans"' in render_to_string("500.html")
