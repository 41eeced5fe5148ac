"""Open data: who is counted, what everybody reads, what an authority reads, and noise that is paid for once."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.services.secrecy import case_raise_secrecy
from departments.services.entering import house_scope
from msw_portal.kernel.audit import canonical
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope
from reports.models import NoiseBudget, OpenCount, OpenTable
from reports.open_periods import Period, period_at, quarters_over
from reports.services.open_data.choosing import (
    noise_budget_set,
    noise_release,
    open_data_choose,
)
from reports.services.open_data.counting import counts_of
from reports.services.open_data.reading import page_read
from reports.services.open_data.releasing import content_hash, open_tables_release
from tests.factories.cases import make_case, make_need
from tests.factories.donations import People, give, make_money

TODAY = dt.date(2026, 5, 1)
IN_QUARTER = timezone.make_aware(dt.datetime(2026, 2, 10, 9))
QUARTER = Period(2026, 1)


def _cases(by, count, **given):
    return [make_case(by, opened_at=IN_QUARTER, **given) for _n in range(count)]


def _take_part(*people, acting, takes_part=True):
    for user in people:
        with acting(user):
            open_data_choose(takes_part=takes_part, by=user)


def _released(code="cases_opened", owner=INSTALLATION):
    with house_scope(owner):
        return OpenTable.objects.filter(
            organization_id=owner, code=code, first=QUARTER.first, grain="quarter"
        ).first()


def _cell(table, *key):
    return next(cell[-2] for cell in table.cells if tuple(cell[:-2]) == key)


@pytest.fixture
def anybody():
    return Client(raise_request_exception=False)


@pytest.fixture
def released(worker, other_worker, head, other_head, acting):
    """Two hospitals of a region that take part: 12 and 6 referrals, 3 requests of families in one of them."""
    with acting(worker):
        _cases(worker, 12)
    with acting(other_worker):
        _cases(other_worker, 6)
        _cases(other_worker, 3, source="family_request")
    _take_part(head, other_head, acting=acting)
    assert open_tables_release(today=TODAY) > 0
    return _released()


@pytest.mark.parametrize(
    ("code", "period"),
    [("2026q1", Period(2026, 1)), ("2025", Period(2025)), ("2025q5", None), ("abc", None)],
)
def test_a_period_is_named_by_its_code(code, period):
    assert period_at(code) == period


def test_a_quarter_is_due_when_the_time_for_late_entries_is_over():
    assert quarters_over(dt.date(2026, 4, 15))[-1] == Period(2025, 4)
    assert quarters_over(dt.date(2026, 4, 16))[-1] == Period(2026, 1)
    assert Period(2026, 1).last == dt.date(2026, 3, 31)


def test_the_sums_of_the_houses_that_take_part_are_released(released):
    assert (released.houses, released.least) == (2, 10)
    assert _cell(released, "*") == 21
    # 3 are hidden, and since the total tells them, so are the 18 beside them.
    assert _cell(released, "family_request") is None
    assert _cell(released, "clinician_referral") is None


def test_a_house_that_does_not_take_part_is_not_counted(worker, other_worker, head, acting):
    with acting(worker):
        _cases(worker, 12)
    with acting(other_worker):
        _cases(other_worker, 12)
    _take_part(head, acting=acting)
    open_tables_release(today=TODAY)
    assert (_released().houses, _cell(_released(), "*")) == (1, 12)


def test_without_any_house_nothing_is_released(worker, head, acting):
    with acting(worker):
        _cases(worker, 12)
    _take_part(head, acting=acting)
    _take_part(head, acting=acting, takes_part=False)
    assert open_tables_release(today=TODAY) == 0


def test_cases_of_the_highest_secrecy_are_in_no_count(worker, head, acting):
    with acting(worker):
        made = _cases(worker, 2)
    with acting(head):
        case_raise_secrecy(case=made[0], named=[head], reason="本人要求只由主任一人经手", by=head)
    # The head is named for it and would read it: it is left out all the same.
    with acting(head):
        found = counts_of(
            "cases_opened", house=head.house_id, first=QUARTER.first, last=QUARTER.last
        )
    assert sum(one.n for one in found.values()) == 1


def test_needs_and_gifts_are_counted_by_their_kind(
    worker, officer, officer2, approver, cashier, cashier2, acting
):
    with acting(worker):
        make_need(make_case(worker), worker)
        days = {"first": timezone.localdate() - dt.timedelta(3), "last": timezone.localdate()}
        found = counts_of("needs", house=worker.house_id, **days)
    assert {key: one.n for key, one in found.items()} == {("financial",): 1}
    people = People(worker, officer, officer2, approver, cashier, cashier2)
    give(people, make_money(people), "100.00")
    with acting(officer):
        found = counts_of("donations", house=officer.house_id, **days)
    assert found[("money",)].n >= 1


def test_an_authority_reads_its_region_with_the_limit_of_five(released, authority):
    own = _released(owner=authority.membership.organization_id)
    assert (own.least, own.houses, own.visible_from) == (5, 2, None)
    assert _cell(own, "*") == 21
    assert _cell(own, "family_request") is None


def test_an_authoritys_table_is_for_itself_alone(released, authority, anybody, head, acting):
    own = _released(owner=authority.membership.organization_id)
    assert anybody.get(f"/public/figures/tables/{own.uid}/").status_code == 404
    with scope():
        assert not OpenTable.objects.filter(pk=own.pk).exists()
    with acting(head):
        assert not OpenTable.objects.filter(pk=own.pk).exists()


def test_the_counts_behind_are_read_by_no_house_and_no_visitor(released, head, acting):
    with acting(head):
        assert not OpenCount.objects.exists()
    with scope():
        assert not OpenCount.objects.exists()
    with house_scope(INSTALLATION):
        assert OpenCount.objects.exists()


def test_what_was_released_is_not_changed(released):
    with (
        pytest.raises(IntegrityError, match="stays"),
        house_scope(INSTALLATION),
        transaction.atomic(),
    ):
        OpenTable.objects.filter(pk=released.pk).update(houses=3)


def test_a_second_night_releases_nothing_again(released):
    assert open_tables_release(today=TODAY) == 0


def test_everybody_reads_the_tables_with_definition_note_and_licence(released, anybody):
    page = anybody.get("/public/figures/?period=2026q1").content.decode()
    for words in ("已分派的个案数", "参加公开统计的医院", "小于 10 的数不显示", "CC BY 4.0", "21"):
        assert words in page
    english = anybody.get("/public/figures/?period=2026q1&lang=en").content.decode()
    assert "New cases by source" in english
    assert anybody.get("/public/figures/?period=2020q1").status_code == 404
    assert anybody.get("/public/figures/?period=x").status_code == 404


def test_a_table_is_downloaded_as_csv_with_what_must_be_known(released, anybody):
    answer = anybody.get(f"/public/figures/tables/{released.uid}/table.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["个案来源", "个案（件）"]
    assert ["合计", "21"] in rows
    assert ["家属求助", ""] in rows
    said = dict(row for row in rows if len(row) == 2)
    assert said["许可"].startswith("CC BY 4.0")
    assert "小于 10" in said["说明"]


def test_a_table_is_read_by_programs_and_proves_itself(released, anybody):
    said = anybody.get(f"/public/figures/tables/{released.uid}/table.json").json()
    assert (said["period"]["code"], said["hidden_below"], said["method"]) == (
        "2026q1",
        10,
        "suppression",
    )
    assert said["content_sha256"] == content_hash(said["dims"], said["cells"])
    assert ["*", 21, None] in said["cells"]
    assert json.loads(canonical(said)) == said
    listed = anybody.get("/public/figures/catalogue.json").json()
    assert str(released.uid) in json.dumps(listed)
    assert listed["licence"] == "CC BY 4.0"


def test_a_visitors_page_asks_the_same_for_one_table_and_for_all(released, anybody):
    address = "/public/figures/?period=2026q1"
    anybody.get(address)
    with CaptureQueriesContext(connection) as seen:
        anybody.get(address)
    own = [one["sql"] for one in seen if "reports_" in one["sql"]]
    assert len(own) == 3
    assert not any("cases_" in one or "donations_" in one for one in own)


def test_the_choice_is_kept_and_told_in_the_audit(head, worker, client_for, acting):
    client = client_for(head)
    assert "本机构不计入" in client.get("/reports/open-data/").content.decode()
    assert client.post("/reports/open-data/choose/", {"takes_part": "1"}).status_code == 302
    assert "起计入" in client.get("/reports/open-data/").content.decode()
    assert client_for(worker).get("/reports/open-data/").status_code == 404
    assert (
        client_for(worker).post("/reports/open-data/choose/", {"takes_part": "0"}).status_code
        == 404
    )


# --- noise ---


def _budget(by, acting, allowed="1", quarter=QUARTER):
    with acting(by):
        return noise_budget_set(quarter=quarter.code, allowed=Decimal(allowed), by=by)


def _noise(by, acting, code="cases_opened", epsilon="0.5", draw=lambda _epsilon: 2):
    with acting(by):
        return noise_release(
            code=code, quarter=QUARTER.code, epsilon=Decimal(epsilon), by=by, draw=draw
        )


@pytest.fixture
def twelve(worker, acting):
    with acting(worker):
        _cases(worker, 12)


def test_noise_stands_on_every_cell_and_totals_are_its_sums(twelve, head, acting):
    _budget(head, acting)
    table = _noise(head, acting)
    assert _cell(table, "clinician_referral") == 14
    # What nobody has is told with noise as well: an absent row would tell the truth.
    assert _cell(table, "outreach") == 2
    assert _cell(table, "*") == 14 + 2 * 6
    assert all(cell[-1] is None for cell in table.cells)


def test_negative_counts_are_told_as_nought(twelve, head, acting):
    _budget(head, acting)
    assert _cell(_noise(head, acting, draw=lambda _epsilon: -100), "*") == 0


def test_the_same_table_is_not_drawn_twice(twelve, head, acting):
    _budget(head, acting, "3")
    _noise(head, acting, epsilon="0.1")
    with pytest.raises(DomainError, match="不公布第二次"):
        _noise(head, acting, epsilon="0.1")
    with house_scope(head.membership.organization_id):
        assert NoiseBudget.objects.get(quarter=QUARTER.first).spent == Decimal("0.1")


def test_a_release_over_the_budget_is_refused_by_the_database(twelve, head, acting):
    _budget(head, acting, "1")
    _noise(head, acting, epsilon="0.5")
    _noise(head, acting, code="needs", epsilon="0.5")
    with pytest.raises(DomainError) as refused:
        _noise(head, acting, code="groups", epsilon="0.1")
    assert (refused.value.rule, refused.value.field) == ("noise_budget_not_over", "epsilon")


def test_without_a_budget_no_noise_is_released(twelve, head, acting):
    with pytest.raises(DomainError) as refused:
        _noise(head, acting)
    assert refused.value.rule == "noise_budget_missing"


def test_a_budget_is_not_changed_once_it_is_drawn_on(twelve, head, acting):
    _budget(head, acting, "1")
    _budget(head, acting, "2")
    _noise(head, acting)
    with pytest.raises(DomainError) as refused:
        _budget(head, acting, "3")
    assert refused.value.rule == "noise_budget_fixed"


def test_nobody_spends_a_budget_by_hand(head, acting):
    budget = _budget(head, acting)
    with pytest.raises(IntegrityError, match="fixed"), acting(head), transaction.atomic():
        NoiseBudget.objects.filter(pk=budget.pk).update(spent=1)


def test_a_quarter_that_is_not_over_is_not_released(twelve, head, acting):
    today = timezone.localdate()
    running = Period(today.year, (today.month + 2) // 3)
    with pytest.raises(DomainError) as refused:
        _budget(head, acting, quarter=running)
    assert refused.value.rule == "noise.quarter"


def test_the_public_reads_that_a_table_has_noise_and_how_much(twelve, head, acting, anybody):
    _budget(head, acting)
    table = _noise(head, acting)
    page = anybody.get(f"/public/figures/tables/{table.uid}/").content.decode()
    assert "ε = 0.5" in page
    assert "约 95% 的格子与真数相差不超过 6" in page
    said = anybody.get(f"/public/figures/tables/{table.uid}/table.json").json()
    assert (said["method"], said["epsilon"]) == ("noise", "0.5")


def test_the_head_sets_a_budget_and_releases_on_the_page(twelve, head, worker, client_for):
    client = client_for(head)
    quarter = QUARTER.code
    sent = {"code": "cases_opened", "quarter": quarter, "epsilon": "0.5"}
    refused = client.post("/reports/open-data/noise/", sent)
    assert refused.status_code == 422
    assert "请先定这个季度的隐私预算" in refused.content.decode()
    budget = {"quarter": quarter, "allowed": "1"}
    assert client.post("/reports/open-data/budget/", budget).status_code == 302
    assert client.post("/reports/open-data/noise/", sent).status_code == 302
    assert "ε = 0.50" in client.get("/reports/open-data/").content.decode()
    assert client_for(worker).post("/reports/open-data/noise/", sent).status_code == 404


def test_a_page_without_any_table_says_so(db, anybody):
    assert page_read(None) is None
    assert "还没有公布的统计" in anybody.get("/public/figures/").content.decode()
