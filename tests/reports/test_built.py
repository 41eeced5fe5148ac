"""Tables that people put together: right, kept, exported, and safe for those who see no rows."""

import datetime as dt
import io
import itertools
from decimal import Decimal

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from departments.services.documents import document_read
from departments.services.entering import house_scope
from departments.services.jobs import job_run
from msw_portal.kernel.errors import DomainError
from reports.models import BuiltReport, ReportFile, ReportRun
from reports.services.built import Wish, built_end, built_keep, built_make
from reports.services.freezing import house_months, houses_that_count
from reports.services.indicator_tables import MONTH, dims_for, readable, table_cells
from tests.factories import donations
from tests.factories.cases import make_case, make_client, make_episode

THIS = timezone.localdate().replace(day=1)
LAST = (THIS - dt.timedelta(days=1)).replace(day=1)
LONG_AGO = dt.date(2020, 1, 1)


@pytest.fixture
def people(worker, officer, officer2, approver, cashier, cashier2):
    return donations.People(worker, officer, officer2, approver, cashier, cashier2)


@pytest.fixture
def money(people):
    made = donations.make_money(people)
    donations.give(people, made, "100000.00")
    return made


@pytest.fixture(autouse=True)
def _quiet_heart(monkeypatch):
    """The heartbeat has a connection of its own, which cannot see an uncommitted job."""
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 60)


def _cases(worker, counts, month=THIS):
    for (disease, source), count in counts.items():
        for _n in range(count):
            person = make_client(worker)
            make_case(
                worker,
                client=person,
                episode=make_episode(person, worker, disease_group=disease),
                source=source,
                opened_at=timezone.make_aware(dt.datetime.combine(month, dt.time(0, 5))),
                assigned_at=timezone.make_aware(dt.datetime.combine(month, dt.time(0, 6))),
            )


def _make(by, wish, first=THIS, last=None):
    return built_make(wish=wish, first=first, last=last or timezone.localdate(), by=by)


def test_a_table_by_two_dimensions_adds_up_to_its_total(worker, head, acting):
    with acting(worker):
        _cases(worker, {("a", "outreach"): 2, ("a", "other"): 1, ("b", "other"): 3})
    with acting(head):
        built = _make(
            head, Wish(("case_new", "case_new_persons"), ("disease", "source"), {}, "bar")
        )
    assert {row.names: row.texts for row in built.rows} == {
        ("a", "社工主动发现"): ("2", "2"),
        ("a", "其他"): ("1", "1"),
        ("b", "其他"): ("3", "3"),
    }
    assert built.total.texts == ("6", "6")
    assert built.chart.categories == ["b", "a"]


def test_a_filter_narrows_the_rows_and_the_total(worker, head, acting):
    with acting(worker):
        _cases(worker, {("a", "outreach"): 2, ("b", "other"): 3})
    with acting(head):
        built = _make(head, Wish(("case_new",), ("source",), {"disease": "b"}))
    assert [row.texts for row in built.rows] == [("3",)]
    assert built.total.texts == ("3",)


def test_by_month_every_month_stands_by_itself(worker, head, acting):
    with acting(worker):
        _cases(worker, {("a", "other"): 1})
        _cases(worker, {("a", "other"): 2}, LAST)
    with acting(head):
        built = _make(head, Wish(("case_new",), (MONTH,), {}, "line"), first=LAST)
    assert [(row.names, row.texts) for row in built.rows] == [
        ((f"{LAST:%Y-%m}",), ("2",)),
        ((f"{THIS:%Y-%m}",), ("1",)),
    ]


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        (Wish(()), "built.codes"),
        (Wish(("fund_balance",)), "built.codes"),
        (Wish(("case_new", "case_open", "case_closed", "need_found")), "built.too_many_codes"),
        (Wish(("case_new",), ("source", "disease", "ward")), "built.dims"),
        (Wish(("case_new", "contact_done"), ("mode",)), "built.dim_of_other"),
    ],
)
def test_what_cannot_be_put_together_is_refused(wish, rule, head, acting):
    with acting(head), pytest.raises(DomainError) as refused:
        _make(head, wish)
    assert refused.value.rule == rule


def test_a_kept_table_is_seen_by_the_department_only_when_it_is_shared(
    head, supervisor, other_head, acting
):
    with acting(head):
        own = built_keep(title="自用", wish=Wish(("case_new",)), is_shared=False, by=head)
        shared = built_keep(title="共用", wish=Wish(("case_new",)), is_shared=True, by=head)
    for user, seen in ((head, {own.pk, shared.pk}), (supervisor, {shared.pk}), (other_head, set())):
        with acting(user):
            rows = BuiltReport.objects.visible_to(user).values_list("pk", flat=True)
            assert set(rows) == seen
    with acting(supervisor), pytest.raises(DomainError) as refused:
        built_end(report=shared, by=supervisor)
    assert refused.value.rule == "permission.can_end_built"
    with acting(head):
        built_end(report=shared, by=head)
        assert not BuiltReport.objects.visible_to(head).filter(pk=shared.pk).exists()


def test_the_pages_list_keep_open_export_and_end(worker, head, acting, client_for):
    with acting(worker):
        _cases(worker, {("a", "other"): 2})
    client = client_for(head)
    page = client.get("/reports/built/", {"code": "case_new", "by": "disease", "chart": "bar"})
    assert "保存这张表" in page.content.decode()
    sent = {"title": "按病种", "wish": '{"codes": ["case_new"], "dims": ["disease"]}', "once": "k1"}
    kept = client.post("/reports/built/keep/", sent)
    assert kept.status_code == 302
    assert "按病种" in client.get(kept["Location"]).content.decode()
    month = {"period": f"month:{THIS.isoformat()}", "once": "k2"}
    asked = client.post(kept["Location"] + "export/", month)
    assert asked.status_code == 302
    with acting(head):
        uid = asked["Location"].rstrip("/").split("/")[-1]
        job = ReportRun.objects.select_related("job").get(uid=uid).job.uid
    assert job_run(job) is True
    with acting(head):
        sheet = ReportFile.objects.select_related("document").get(format="xlsx").document
        book = load_workbook(io.BytesIO(document_read(document=sheet, by=head)))
        cells = [cell.value for page in book for row in page.iter_rows() for cell in row]
    assert "a" in cells and "合计" in cells
    assert client.post(kept["Location"] + "end/", {"once": "k3"}).status_code == 302
    assert client.get(kept["Location"]).status_code == 404


def test_what_is_looked_at_alone_is_chosen_where_it_has_a_list(
    worker, head, acting, client_for, ward
):
    with acting(worker):
        _cases(worker, {("a", "outreach"): 2, ("b", "other"): 3})
    client, asked = client_for(head), {"code": "case_new", "by": "disease", "where": "source"}
    offered = client.get("/reports/built/", {"where": "source"}).content.decode()
    assert '<option value="outreach">社工主动发现</option>' in offered
    assert (
        f'<option value="{ward.pk}">{ward.name}</option>'
        in client.get("/reports/built/", {"where": "ward"}).content.decode()
    )
    assert (
        'placeholder="写表里的名称'
        in client.get("/reports/built/", {"where": "disease"}).content.decode()
    )
    for value in ("outreach", "社工主动发现"):
        page = client.get("/reports/built/", {**asked, "value": value})
        assert [row.texts for row in page.context["built"].rows] == [("2",)]
    for value in ("", "nonsense"):
        page = client.get("/reports/built/", {**asked, "value": value})
        assert (page.context["built"], "value" in page.context["form"].errors) == (None, True)
    nobody = client.get("/reports/built/", {**asked, "value": "?"}).context["built"]
    assert nobody.rows == ()


def test_only_what_the_chosen_indicators_share_is_offered_to_split_by(head, client_for):
    client = client_for(head)

    def dims(**asked: str) -> set[str]:
        form = client.get("/reports/built/", asked).context["form"]
        return {value for value, _label in form.fields["by"].choices if value}

    both, one = dims(code="case_new", code2="contact_hours"), dims(code="case_new")
    assert both < one < dims()
    # What was chosen before stays, with the sentence why it cannot be.
    kept = {"code": "contact_hours", "by": "insurance", "first": f"{LAST:%Y-%m}"}
    assert {"month", "insurance"} <= dims(**kept)


def test_a_broken_wish_is_refused_with_what_was_typed(head, client_for):
    client = client_for(head)
    assert client.get("/reports/built/", {"code": "nothing"}).status_code == 200
    for wish in ("", "[1]", "{", '{"codes": ["nothing"]}'):
        assert client.post("/reports/built/keep/", {"title": "x", "wish": wish}).status_code == 422


def test_an_authority_reads_released_months_with_small_cells_hidden(
    worker, acting, hospital, authority
):
    with acting(worker):
        _cases(worker, {("a", "other"): 7, ("b", "other"): 6, ("c", "other"): 2}, LAST)
    house = next(one for one in houses_that_count() if one.pk == hospital.pk)
    with house_scope(hospital.pk, care=True):
        house_months(house=house, today=THIS.replace(day=20))
    with acting(authority):
        wish = Wish(("case_new",), (MONTH, "disease"))
        built = built_make(wish=wish, first=LAST, last=LAST, by=authority)
        shown = {row.names[1]: row.texts[0] for row in built.rows}
        assert shown == {"a": "7", "b": "＊", "c": "＊"}
        with pytest.raises(DomainError):
            built_make(wish=Wish(("case_new",), ("worker",)), first=LAST, last=LAST, by=authority)
        with pytest.raises(DomainError) as refused:
            _make(authority, Wish(("case_new_persons",), (MONTH,)), LAST, LAST)
        assert refused.value.rule == "indicator.not_additive"


def test_no_combination_shows_a_restricted_reader_a_small_cell(acting, officer):
    """Every indicator a foundation reads by every dimension and pair: no shown cell is below five persons."""
    with acting(officer):
        for one in readable(officer):
            dims = [dim for dim in dims_for(officer, one) if dim != MONTH]
            for cut in [(), *((dim,) for dim in dims), *itertools.combinations(dims, 2)]:
                cells = table_cells(
                    one=one, first=LONG_AGO, last=timezone.localdate(), by=officer, dims=cut
                )
                if "hospital" in one.fact.houses and one.fact.has_persons:
                    assert all(cell.value is None or cell.n >= 5 for cell in cells), (one.code, cut)


def test_a_filter_of_a_restricted_reader_is_a_slice_of_the_whole_table(people, money, acting):
    asked = [donations.make_submitted(people, money) for _n in range(2)]
    with acting(people.officer):
        one = next(one for one in readable(people.officer) if one.code == "aid_requests")
        today = timezone.localdate()
        region = {"hospital": str(asked[0].request.organization_id)}
        cells = table_cells(one=one, first=LONG_AGO, last=today, by=people.officer, where=region)
        assert [cell.value for cell in cells] == [None]
        assert Decimal(0) not in {cell.value for cell in cells}
