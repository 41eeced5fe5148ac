"""The figures come out of the entered rows to the digit, and move when a row moves."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from departments.models.census import CensusLine, CensusReturn, PublishedFigure
from departments.services.census import entering, published, reviewing, sending
from departments.services.census.breakdown import by_place
from departments.services.census.figures import FIGURES, compute
from departments.services.census.lines import COLUMNS, line_set
from departments.services.census.measures import MEASURES, rows_of
from msw_portal.demo import census as example
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.factories.census import line, make_frozen

pytestmark = pytest.mark.django_db
# §6.4 of the domain dossier.
CITY = {
    "B2": ("101", "101"),
    "B3": ("54", "54"),
    "B3_share": ("53.5", "53.5"),
    "B4": ("184.2", "184"),
    "B5": ("306", "306"),
    "B6": ("194", "194"),
    "B6_share": ("63.4", "63.4"),
    "B7": ("131.0", "131"),
    "B8": ("3.03", "3.03"),
    "B8_tertiary": ("3.59", "3.59"),
}
NEW_AREA = {
    "X1": ("550", "550"),
    "X1_times": ("18.33", "18.33"),
    "X1_growth": ("1733.3", "1733"),
    "X2": ("24", "24"),
    "X2_times": ("24.00", "24.00"),
    "X2_growth": ("2300.0", "2300"),
    "X4": ("35", "35"),
    "X4_centres": ("1", "1"),
    "X5": ("500", "500"),
}


@pytest.fixture
def loaded(db, settings):
    settings.EMBEDDED = True
    call_command("census_example", stdout=StringIO())


def table(**options) -> dict[str, dict[str, tuple[str, str]]]:
    out = StringIO()
    call_command("census_figures", json=True, stdout=out, **options)
    return {
        house["organization"]: {
            row["id"]: (row["value"], row["rounded"]) for row in house["figures"]
        }
        for house in json.loads(out.getvalue())
    }


def test_the_example_gives_the_published_figures_and_a_second_load_adds_nothing(loaded):
    first = table()
    assert (first[example.CITY], first[example.NEW_AREA]) == (CITY, NEW_AREA)
    out = StringIO()
    call_command("census_example", stdout=out)
    assert (out.getvalue()[:17], table()) == ("0 returns frozen;", first)


def test_a_changed_row_moves_the_figures(loaded, acting):
    officer = example._officer(example._house(example.CITY))
    with acting(officer):
        now = CensusReturn.objects.frozen().get(year=2023)
        draft = entering.census_correct(census=now, by=officer)
        one = draft.lines.filter(grade__startswith="3").order_by("-workers").first()
        line_set(line=one, census=draft, values=_values(one) | {"workers": one.workers + 10})
        last = draft.lines.filter(grade__startswith="2").first()
        last.delete()
        draft = CensusReturn.objects.get(pk=draft.pk)
        entering.census_save(
            census=draft,
            as_of=draft.as_of,
            note="多报一家二级医院，少报十人",
            lines=[_values(row) for row in draft.lines.order_by("rank")],
            by=officer,
        )
        house = sending.authorities_for(officer)[0]
        sent = sending.census_submit(census=draft, authority=house, by=officer)
        reviewing.census_accept(census=sent, by=officer)
        reviewing.census_freeze(kind="institution", year=2023, as_of=sent.as_of, by=officer)
    moved = table()[example.CITY]
    assert (moved["B2"][0], moved["B6"], moved["B7"]) == ("100", ("204", "204"), ("142.9", "143"))
    assert moved["B5"][0] == str(306 + 10 - last.workers)


def _values(row: CensusLine) -> dict:
    found = {name: getattr(row, name) for name in COLUMNS if name != "place"}
    return found | {"place": row.place_id}


def test_every_number_opens_to_rows_that_add_up_to_it(loaded, acting):
    officer = example._officer(example._house(example.CITY))
    with acting(officer):
        lines = CensusLine.objects.visible_to(officer)
        for one in compute(lines):
            for measure, year, number in one.sources:
                rows = list(rows_of(measure, lines, year))
                if number == "—":
                    assert rows == []
                    continue
                added = (
                    sum(getattr(row, measure.adds) for row in rows) if measure.adds else len(rows)
                )
                assert str(added) == number, (one.figure.code, measure.name)


def test_an_institution_is_counted_once_its_own_word_first(head, authority, hospital, acting):
    with acting(head):
        own = entering.census_start(kind="institution", year=2023, by=head)
        own = entering.census_save(
            census=own, as_of=own.as_of, note="", lines=[line(workers=9)], by=head
        )
        sending.census_submit(census=own, authority=sending.authorities_for(head)[0], by=head)
    with acting(authority):
        reviewing.census_accept(census=CensusReturn.objects.get(), by=authority)
        make_frozen(
            authority,
            line("测试第一医院", workers=5),
            line("没有账户的医院", grade="2A", workers=2),
            line("停办的医院", workers=3, is_counted=False, note="年中停办"),
            line("没有开展的医院", workers=0, is_active=False),
        )
        values = {
            one.figure.code: one.shown for one in compute(CensusLine.objects.visible_to(authority))
        }
    assert (values["B2"], values["B3"], values["B5"], values["B6"]) == ("2", "1", "11", "9")
    assert (values["B4"], values["X1"]) == ("—", "—")


def test_a_published_word_is_compared_as_it_is_meant(authority, acting):
    given = {"year": 2023, "statement": "原文", "source": "来源", "by": authority}
    with acting(authority):
        make_frozen(authority, *(line(f"医院{n}", workers=n + 1) for n in range(9)))
        known = {one.figure.code: one for one in compute(CensusLine.objects.all())}
        said = []
        for code, value, qualifier in (
            ("B2", "9", "exact"),
            ("B3", "8", "over"),
            ("B5", "46", "nearly"),
            ("B6", "50", "about"),
            ("B8", "5.1", "exact"),
            ("B4", "184", "exact"),
        ):
            row = published.published_add(
                code=code, value=published.Decimal(value), qualifier=qualifier, **given
            )
            one = published.compare(row, known[code])
            said.append((code, one.agrees, one.difference))
        assert said == [
            ("B2", True, "0"),
            ("B3", True, "+1"),
            ("B5", True, "-1"),
            ("B6", True, "-5"),
            ("B8", False, "-0.10"),
            ("B4", None, "—"),
        ]
        with pytest.raises(DomainError, match="已登记了公布值"):
            published.published_add(code="B2", value=published.Decimal(1), **given)
        published.published_withdraw(figure=PublishedFigure.objects.get(code="B2"), by=authority)
        assert "B2" not in published.standing(list(known.values()), authority)


def test_other_authorities_see_no_small_cell(authority, acting):
    with acting(authority):
        make_frozen(authority, line("甲", workers=3), line("乙", workers=40))
    with scope(org=authority.membership.organization_id, region=(110000, 119999)):
        lines = CensusLine.objects.all()
        whole = by_place(lines, year=2023, least=None)
        assert (whole.rows[0].cells, whole.total) == (
            ["2", "2", "43", "43"],
            ["2", "2", "43", "43"],
        )
        assert by_place(lines, year=2023, least=5).rows[0].cells == ["•", "•", "43", "43"]


def test_every_figure_names_measures_that_exist():
    for one in FIGURES.values():
        assert {measure.name for measure in one.measures} <= set(MEASURES), one.code
        assert len({measure.kind for measure in one.measures}) == 1, one.code


def test_the_demo_hospital_s_own_return_waits_for_its_authority(head, authority, acting):
    example.waiting(head, 2023)
    with acting(authority):
        sent = CensusReturn.objects.visible_to(authority).get()
        assert (sent.state, sent.lines.get().workers) == ("submitted", 8)
