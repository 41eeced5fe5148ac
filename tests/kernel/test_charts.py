from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from msw_portal.kernel.charts import Chart, Series, Target


def _chart(**more) -> Chart:
    given = {
        "id": "share",
        "kind": "bar",
        "title": "各科医护转介占比",
        "category_label": "科室",
        "categories": ["儿科", "急诊"],
        "columns": [Series("医护转介", [18, 2], ["/a", "/b"])],
        "series": [Series("占比", [Decimal("78.3"), Decimal("40.0")])],
        "suffix": "%",
        "target": Target(60, "目标 60%"),
        "definition": "医护转介 ÷ 全部来源",
    }
    return Chart(**{**given, **more})


def test_drawing_and_table_say_the_same_numbers():
    chart = _chart()
    assert chart.drawing["series"] == [
        {
            "name": "占比",
            "values": [78.3, 40.0],
            "texts": ["78.3%", "40.0%"],
            "urls": [],
            "color": 1,
        }
    ]
    assert [(name, [cell.text for cell in cells]) for name, cells in chart.rows] == [
        ("儿科", ["18", "78.3%"]),
        ("急诊", ["2", "40.0%"]),
    ]
    assert [cells[0].url for _name, cells in chart.rows] == ["/a", "/b"]


def test_heads_put_the_table_only_columns_first():
    assert _chart().heads == ["医护转介", "占比"]


def test_a_series_of_another_length_is_refused():
    with pytest.raises(ValueError, match="does not match"):
        _chart(series=[Series("占比", [1])])


def test_legend_only_where_there_is_something_to_tell_apart():
    two = _chart(series=[Series("低", [1, 2], color=3), Series("高", [3, 4])])
    assert _chart().legend == []
    assert two.legend == [("低", 3), ("高", 2)]


def test_missing_numbers_are_dashes():
    chart = _chart(series=[Series("占比", [None, Decimal("1")])], columns=[])
    assert chart.rows[0][1][0].text == "—"
    assert chart.drawing["series"][0]["values"] == [None, 1.0]


def test_chart_without_numbers_says_so_and_draws_nothing():
    page = render_to_string(
        "components/chart.html", {"chart": _chart(series=[Series("占比", [0, None])])}
    )
    assert "data-chart" not in page
    assert "这段时间没有数。" in page


def test_chart_card_carries_table_downloads_and_definition():
    page = render_to_string("components/chart.html", {"chart": _chart()})
    assert page.count('data-download="') == 3
    assert '<script type="application/json">' in page
    assert '<a href="/a">18</a>' in page
    assert '<p class="def">医护转介 ÷ 全部来源</p>' in page
