"""Published numbers beside the computed ones: equal, differing with a word, and who may say so."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from departments.models.census import PublishedFigure
from departments.services.census.published import published_add
from msw_portal.kernel.errors import DomainError
from reports.services.published.keeping import (
    figure_explain,
    figure_state,
    figures_refresh,
    figures_sweep,
    standing_of,
)
from tests.factories.cases import make_case
from tests.factories.census import line, make_frozen

SAID = {"statement": "共 2 家", "source": "新闻稿", "year": 2022}


def _state(by, code="own", value="2", qualifier="exact", method="census", subject="B2", **more):
    return figure_state(
        code=code,
        value=Decimal(value),
        qualifier=qualifier,
        method=method,
        subject=subject,
        **{**SAID, **more},
        by=by,
    )


@pytest.mark.parametrize(
    ("value", "qualifier", "is_equal", "difference"),
    [
        ("2", "exact", True, "0"),
        ("3", "exact", False, "-1"),
        ("2.1", "about", True, "-0.1"),
        ("2", "nearly", False, "0"),
        ("2", "more", True, "0"),
        ("2", "over", False, "0"),
        ("1", "over", True, "+1"),
    ],
)
def test_the_word_beside_a_number_decides(
    value, qualifier, is_equal, difference, authority, acting
):
    with acting(authority):
        make_frozen(authority, line("甲"), line("乙"), year=2022)
        one = standing_of(_state(authority, value=value, qualifier=qualifier))
    assert (one.is_equal, one.difference, one.row.computed) == (is_equal, difference, 2)


def test_a_number_without_rows_is_neither_equal_nor_wrong(authority, acting):
    with acting(authority):
        one = standing_of(_state(authority, method="call_selected", subject="没有这一批"))
    assert (one.is_equal, one.computed) == (None, "—")


def test_a_number_follows_its_rows_at_night(authority, acting):
    with acting(authority):
        row = _state(authority)
        assert row.computed is None
        make_frozen(authority, line("甲"), line("乙"), year=2022)
    assert figures_sweep() == 1
    assert figures_sweep() == 0
    with acting(authority):
        row.refresh_from_db()
        assert standing_of(row).is_equal is True


def test_an_explained_difference_says_so(authority, acting):
    with acting(authority):
        make_frozen(authority, line("甲"), year=2022)
        row = figure_explain(figure=_state(authority), explanation="乙 2023 年才报", by=authority)
        assert str(standing_of(row).verdict) == "不符，见说明"


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"method": "guess"}, "published.method"),
        ({"method": "survey_units", "subject": "只有调研"}, "published.subject"),
        ({"method": "region_gifts", "subject": "新区"}, "published.region"),
        ({"source": "  "}, "published_figure_names_source"),
    ],
)
def test_bad_input_is_refused_by_rule(given, rule, authority, acting):
    with acting(authority), pytest.raises(DomainError) as refused:
        _state(authority, **given)
    assert refused.value.rule == rule


def test_another_house_reads_but_neither_explains_nor_withdraws(
    authority, head, acting, client_for
):
    with acting(authority):
        row = _state(authority)
    client, own = client_for(head), f"/reports/published/{row.uid}/"
    assert client.get(own).status_code == 200
    assert client.post(own, {"explanation": "不是我们的"}).status_code == 404
    assert client.post(f"/reports/published/{row.uid}/withdraw/").status_code == 404
    with acting(authority):
        assert PublishedFigure.objects.get(pk=row.pk).withdrawn_at is None


def test_refreshing_computes_the_own_house_only(authority, head, acting):
    with acting(authority):
        theirs = _state(authority)
        make_frozen(authority, line("甲"), line("乙"), year=2022)
    with acting(head):
        figures_refresh(by=head)
    with acting(authority):
        theirs.refresh_from_db()
        assert theirs.computed is None


def test_the_command_speaks_json_with_every_column(authority, acting):
    with acting(authority):
        make_frozen(authority, line("甲"), line("乙"), year=2022)
        published_add(code="B2", value=Decimal(2), **SAID, by=authority)
    out = StringIO()
    call_command("published_figures", "--json", stdout=out)
    (row,) = json.loads(out.getvalue())
    assert {key: row[key] for key in ("id", "published", "computed", "equal", "as_of")} == {
        "id": "B2",
        "published": "2",
        "computed": "2",
        "equal": True,
        "as_of": "2022",
    }
    assert row["population"]


def test_the_form_keeps_what_was_typed_and_then_computes(authority, client_for, acting):
    client = client_for(authority)
    typed = {**SAID, "code": "B2x", "value": "2", "qualifier": "exact", "method": ""}
    refused = client.post("/reports/published/new/", typed)
    assert refused.status_code == 422
    assert "请从列表中选择算法。" in refused.content.decode()
    assert 'value="共 2 家"' in refused.content.decode()
    typed |= {"method": "census", "subject": "B2"}
    assert client.post("/reports/published/new/", typed).status_code == 302
    page = client.get("/reports/published/").content.decode()
    assert "没有可计算的数据行" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_rows(
    rows, authority, acting, client_for, django_assert_max_num_queries
):
    with acting(authority):
        for n in range(rows):
            _state(authority, code=f"own{n}")
    client = client_for(authority)
    client.get("/reports/published/")
    with django_assert_max_num_queries(16) as seen:
        assert client.get("/reports/published/").status_code == 200
    assert len([one for one in seen.captured_queries if "publishedfigure" in one["sql"]]) == 1


def test_an_indicator_of_the_library_computes_a_hospitals_own_number(head, worker, acting):
    with acting(worker):
        for _n in range(2):
            make_case(worker)
    year = timezone.localdate().year
    told = {"method": "indicator", "subject": f"case_new | {year - 1}-01-01", "year": year}
    with acting(head):
        one = standing_of(_state(head, **told))
        broken = standing_of(_state(head, code="other", **{**told, "subject": "case_new | 昨天"}))
    figures_sweep()
    with acting(head):
        row = PublishedFigure.objects.get(code="own")
    assert (one.is_equal, broken.is_equal, row.computed) == (True, None, 2)
