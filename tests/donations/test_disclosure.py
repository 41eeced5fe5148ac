"""The calendar of disclosures: what a rule makes due, what the books say, who publishes."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.organizations import DatedRule
from departments.models.publishing import PublicEntry
from departments.models.queues import Outbox
from departments.services.entering import house_scope
from donations.disclosure_workflow import ItemState
from donations.models.agreements import Agreement
from donations.models.disclosure import CharityEvent, CharityYear, DisclosureItem
from donations.models.giving import Donation, Fund
from donations.models.programmes import Programme
from donations.services.agreed_shares import agreed_shares
from donations.services.charity_events import event_record, event_void
from donations.services.disclosure import (
    item_correct,
    item_draft,
    item_drop,
    item_fulfil,
    item_publish,
    plan_for,
)
from donations.services.disclosure_rules import disclosure_rules
from donations.services.disclosure_sweeping import sweep_house
from donations.services.receipts_due import receipts_late
from donations.services.year_figures import (
    FIGURES,
    Figure,
    year_begin,
    year_figures_set,
    year_open,
    year_settle,
    year_view,
)
from msw_portal.kernel.scope import scope
from tests.factories import donations
from tests.factories.donations import D, as_person, code_for

TODAY = timezone.localdate()


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


@pytest.fixture
def rules(db):
    """The register's deadlines and ratios."""
    with scope(role="system"):
        DatedRule.objects.filter(kind__in=["disclosure_deadline", "charity_ratio"]).delete()
        DatedRule.objects.bulk_create(disclosure_rules())


def _campaign(money, _by, **given):
    """Anything with the days of a campaign; a fund stands in for the row."""
    made = Fund.objects.get(pk=money.fund.pk)
    known = {"starts_on": days(-10), "ends_on": days(200), "is_emergency": False}
    vars(made).update(known | given)
    made.partners = SimpleNamespace(exists=lambda: True)
    return made


def _keys(items) -> list[tuple[str, dt.date]]:
    return sorted((one.rule_key, one.due_on) for one in items)


# ── what becomes due ─────────────────────────────────────────────────────────


def test_a_campaign_is_filed_ten_days_before_and_reports_every_three_months(rules, people, money):
    with as_person(people.officer) as by:
        subject = _campaign(money, by, starts_on=dt.date(2026, 11, 30), ends_on=dt.date(2027, 8, 1))
        planned = plan_for(
            kind="campaign", subject=subject, event="planned", on=subject.starts_on, by=by
        )
        assert _keys(planned) == [("campaign_file", dt.date(2026, 11, 20))]
        short = _campaign(money, by, starts_on=days(-200), ends_on=days(-20))
        assert plan_for(kind="campaign", subject=short, event="started", on=days(-200)) == []


def test_a_series_goes_as_far_as_its_campaign_and_is_planned_once(rules, people, money):
    with as_person(people.officer) as by:
        subject = _campaign(money, by, starts_on=days(-270), ends_on=days(20))
        made = plan_for(kind="campaign", subject=subject, event="started", on=days(-270), by=by)
        assert [key for key, _due in _keys(made)] == ["campaign_progress"] * 3
        assert [one.period_from for one in made[:2]] == [
            days(-270),
            made[0].due_on + dt.timedelta(days=1),
        ]
        assert (
            plan_for(kind="campaign", subject=subject, event="started", on=days(-270), by=by) == []
        )


def test_an_emergency_publishes_every_five_days_and_an_end_drops_the_rest(rules, people, money):
    with as_person(people.officer) as by:
        subject = _campaign(money, by, starts_on=days(-6), ends_on=days(20), is_emergency=True)
        made = plan_for(kind="campaign", subject=subject, event="started", on=days(-6), by=by)
        assert _keys(made) == [
            ("campaign_file_late", days(4)),
            *(("emergency_receipts", days(n)) for n in (-1, 4, 9, 14, 19)),
        ]
        ended = plan_for(kind="campaign", subject=subject, event="ended", on=days(3), by=by)
        assert [key for key, _due in _keys(ended)] == ["campaign_closing", "partner_evaluation"]
        left = DisclosureItem.objects.waiting().filter(rule_key="emergency_receipts")
        # The one that reports on the last days stands; those that would begin after the end do not.
        assert sorted(one.due_on for one in left) == [days(-1), days(4)]


def test_order_81_asks_from_2026_on_and_the_year_before_it_is_reported_under_it(
    rules, people, money
):
    with as_person(people.officer) as by:
        subject = _campaign(money, by, starts_on=dt.date(2025, 6, 1), ends_on=dt.date(2026, 6, 1))

        def asked(on: dt.date) -> set[str]:
            return {
                key
                for key, _due in _keys(
                    plan_for(kind="campaign", subject=subject, event="ended", on=on, by=by)
                )
            }

        assert asked(dt.date(2025, 12, 31)) == {"campaign_closing"}
        assert asked(dt.date(2026, 1, 1)) == {"campaign_closing", "partner_evaluation"}
        rows = DatedRule.objects.filter(kind="disclosure_deadline", applies_key="major_event")
        said = [("61" in row.source, row.valid.lower.year) for row in rows.order_by("valid")]
        assert said == [(True, 2018), (False, 2026)]
        year = year_open(organization_id=by.house_id, year=2025)
        closed = plan_for(kind="year", subject=year, event="closed", on=dt.date(2025, 12, 31))
        assert ("related_list", dt.date(2026, 5, 31)) in _keys(closed)


def test_the_series_of_a_long_emergency_goes_on_from_today(rules, people, money):
    with as_person(people.officer) as by:
        subject = _campaign(money, by, starts_on=days(-400), ends_on=days(60), is_emergency=True)
        made = plan_for(kind="campaign", subject=subject, event="started", on=days(-400), by=by)
        due = [day for key, day in _keys(made) if key == "emergency_receipts"]
        assert (min(due), max(due)) == (days(-295), days(60))
        assert len(due) == 72


def test_three_months_end_on_the_last_day_of_a_shorter_month(rules, people, money):
    with as_person(people.officer) as by:
        subject = _campaign(money, by)
        made = plan_for(
            kind="campaign", subject=subject, event="ended", on=dt.date(2026, 11, 30), by=by
        )
        assert {one.due_on for one in made} == {dt.date(2027, 2, 28)}


def test_working_days_are_counted_where_the_rule_says_so(rules, people, money):
    with scope(role="system"):
        rule = DatedRule.objects.get(applies_key="campaign_closing")
        rule.params = {**rule.params, "days": 3, "working": True}
        del rule.params["months"]
        rule.save()
    with as_person(people.officer) as by:
        # 2025-10-01 to 08 are holidays: 9, 10 and the worked Saturday 11 follow.
        made = plan_for(
            kind="campaign",
            subject=_campaign(money, by),
            event="ended",
            on=dt.date(2025, 9, 30),
            by=by,
        )
        closing = next(one for one in made if one.rule_key == "campaign_closing")
        assert (closing.due_on, closing.computed_with["calendar"]) == (
            dt.date(2025, 10, 11),
            "official",
        )


@pytest.mark.parametrize(
    ("kind", "given", "key"),
    [
        ("asset_change", {}, "major_event"),
        ("investment", {}, "major_event"),
        ("related_grant", {"other_party": "演示关联单位", "relation": "理事任职"}, "related_event"),
        ("trust_setup", {"other_party": "演示信托公司", "amount": D("500000.00")}, "trust_setup"),
    ],
)
def test_an_event_is_due_thirty_days_after_it_happened(rules, officer, kind, given, key):
    with as_person(officer) as by:
        event = event_record(kind=kind, title="演示事项", happened_on=days(-3), by=by, **given)
        item = DisclosureItem.objects.get(subject_uid=event.uid)
        assert (item.rule_key, item.due_on, item.state) == (key, days(27), "planned")


def test_a_related_party_is_named_and_nothing_happens_in_the_future(rules, officer, refuses):
    with as_person(officer) as by:
        with refuses("charity_event_related_names_party", field="other_party"):
            event_record(kind="related_gift", title="演示", happened_on=TODAY, by=by)
        with refuses("charity_event.needs_relation", field="relation"):
            event_record(
                kind="related_gift", title="演示", happened_on=TODAY, other_party="演示", by=by
            )
        with refuses("charity_event.in_future", field="happened_on"):
            event_record(kind="investment", title="演示", happened_on=days(1), by=by)
        event = event_record(kind="investment", title="演示投资", happened_on=TODAY, by=by)
        with refuses("charity_event.needs_reason", field="reason"):
            event_void(event=event, reason="", by=by)
        event_void(event=event, reason="登记错了", by=by)
        assert DisclosureItem.objects.get(subject_uid=event.uid).state == ItemState.DROPPED


# ── drafting and publishing ──────────────────────────────────────────────────


@pytest.fixture
def item(rules, people, money):
    """A fund's programme that ended today: two gifts, one payout of 10,000."""
    asked = donations.make_approved(people, money, amount="20000.00")
    donations.release(people, donations.prepare(people, asked, "10000.00"))
    donations.give(people, money, "200.55")
    with as_person(people.officer) as by:
        programme = Programme.objects.get()
        programme.starts_on = days(-30)
        made = plan_for(kind="project", subject=programme, event="ended", on=TODAY, by=by)
        return next(one for one in made if one.rule_key == "project_closing")


def _publish(item, people, text="共救助一名患儿。"):
    with as_person(people.officer) as by:
        item = item_draft(item=item, title="小天使基金：结项", text=text, by=by)
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        return item_publish(item=item, totp_code=code, by=by)


def test_what_is_published_ties_to_the_books(item, people, rows):
    item = _publish(item, people)
    with as_person(people.officer) as by:
        payload = item.public_entry.payload
        tables = {one["key"]: one for one in payload["tables"]}
        assert tables["balance"]["rows"] == [
            ["期初余额", "0.00"],
            ["捐赠收入", "100200.55"],
            ["慈善活动支出", "-10000.00"],
        ]
        assert tables["balance"]["total"] == ["期末余额", "90200.55"]
        assert tables["income"]["total"] == ["合计", "", "2", "100200.55"]
        # The donor has not agreed to be named.
        assert tables["donors"]["rows"] == [["未同意公示姓名的捐赠人", "2", "100200.55"]]
        assert tables["uses"]["total"] == ["合计", "1", "10000.00"]
        held = rows(
            "SELECT sum(balance) FROM donations_ledgeraccount WHERE organization_id = %s AND fund_id IS NOT NULL",
            by.house_id,
        )
        assert held == [(D("90200.55"),)]
        assert item.late_days == 0
    with scope():
        assert PublicEntry.objects.public().get(pk=item.public_entry_id).kind == "project"


def test_the_drafter_never_publishes_and_the_code_is_fresh(item, people, refuses, rows):
    with as_person(people.officer) as by:
        item_draft(item=item, title="结项", text="", by=by)
        with refuses("permission.can_publish_disclosure", status=403):
            item_publish(item=item, totp_code=code_for(people.officer), by=by)
    with as_person(people.cashier) as by, refuses("permission.can_publish_disclosure", status=403):
        item_publish(item=item, totp_code="", by=by)
    with as_person(people.approver) as by:
        with refuses("second_factor.missing", field="totp_code"):
            item_publish(item=item, totp_code="", by=by)
        with (
            pytest.raises(IntegrityError, match="disclosure_item_published_by_another"),
            transaction.atomic(),
        ):
            rows(
                "UPDATE donations_disclosureitem SET published_by_id = drafted_by_id WHERE id = %s RETURNING 1",
                item.pk,
            )


def test_a_correction_is_a_new_version_with_its_note(item, people, refuses):
    item = _publish(item, people)
    donations_code = code_for(people.approver)
    with as_person(people.approver) as by:
        with refuses("entry.needs_note", field="note"):
            item_correct(
                item=item, title="结项", text="x", note="", totp_code=donations_code, by=by
            )
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        item = item_correct(
            item=item,
            title="结项（更正）",
            text="共救助一名。",
            note="人数原写两名",
            totp_code=code,
            by=by,
        )
        assert (item.state, item.public_entry.version) == ("published", 2)
    with scope():
        rows = PublicEntry.objects.public().filter(slug=item.public_entry.slug).order_by("version")
        assert [(row.version, row.correction_note) for row in rows] == [
            (1, ""),
            (2, "人数原写两名"),
        ]


def test_a_duty_towards_the_authority_is_noted_and_not_published(rules, people, money, refuses):
    with as_person(people.officer) as by:
        (item,) = plan_for(
            kind="campaign",
            subject=_campaign(money, by),
            event="planned",
            on=days(8),
            by=by,
        )
        with refuses("disclosure.not_published", status=409):
            item_draft(item=item, title="x", text="", by=by)
        with refuses("disclosure.needs_note", field="done_note"):
            item_fulfil(item=item, done_on=TODAY, done_note="ok", by=by)
        with refuses("disclosure.in_future", field="done_on"):
            item_fulfil(item=item, done_on=days(1), done_note="备案完成", by=by)
        done = item_fulfil(item=item, done_on=TODAY, done_note="备案编号 示例 1", by=by)
        assert (done.state, done.late_days) == ("fulfilled", 2)


def test_what_is_not_needed_says_why(item, people, refuses):
    with as_person(people.officer) as by:
        with refuses("disclosure.drop.needs_reason", field="reason"):
            item_drop(item=item, reason="", by=by)
        assert item_drop(item=item, reason="没有剩余财产", by=by).state == "dropped"


# ── the clock ────────────────────────────────────────────────────────────────


def test_beat_plans_last_years_report_and_reminds_thirty_days_before(rules, people, money):
    house = money.fund.organization_id
    may = dt.date(TODAY.year, 5, 2)
    with house_scope(house):
        sweep_house(house, may)
        sweep_house(house, may)
        year = CharityYear.objects.get()
        assert year.year == TODAY.year - 1
        due = dt.date(TODAY.year, 5, 31)
        items = DisclosureItem.objects.filter(about="year")
        assert _keys(items) == [
            ("annual_projects", due),
            ("annual_report", due),
            ("related_list", due),
        ]
        tasks = Task.objects.filter(kind="disclosure_due", subject_kind="disclosureitem")
        assert {task.role for task in tasks} == {"foundation_officer"}
        assert tasks.filter(subject_id__in=[one.pk for one in items]).count() == 3
        assert Outbox.objects.filter(topic="notice.tell").count() >= 3


# ── receipts and years ───────────────────────────────────────────────────────


def test_a_gift_without_a_receipt_for_more_than_a_week_is_late(rules, people, money):
    donations.give(people, money, "80.00", received_on=days(-8))
    donations.give(people, money, "70.00", received_on=days(-7))
    with as_person(people.officer) as by:
        found = receipts_late(by, TODAY)
        assert (found.count, found.amount, found.days) == (1, D("80.00"), 7)


def _figures(**amounts: str) -> dict[str, Figure]:
    return {name: Figure(D(amounts.get(name, "0.00")), "审计报告第 3 页", "") for name in FIGURES}


def test_a_year_is_settled_from_books_and_figures_once_all_are_there(rules, people, money, refuses):
    with as_person(people.officer) as by:
        before = year_begin(year=TODAY.year - 2, by=by)
        last = year_begin(year=TODAY.year - 1, by=by)
        assert year_view(last).assessment is None  # the tier hangs on net assets not known
        with refuses("charity_year.needs_source", field="net_assets_source"):
            year_figures_set(
                year=before,
                figures={"net_assets": Figure(D("5000000.00"), "", "")},
                is_public=False,
                by=by,
            )
        year_figures_set(
            year=before, figures=_figures(net_assets="5000000.00"), is_public=False, by=by
        )
        view = year_view(last)
        assert view.assessment.rule.applies_key == "foundation_4m"
        assert view.assessment.missing[0] == (last.year, "spend")
    with as_person(people.approver) as by, refuses("charity_year.missing", status=409):
        year_settle(year=last, by=by)
    with as_person(people.officer) as by:
        last = year_figures_set(
            year=last,
            figures=_figures(activity_other="350000.00", management_staff="60000.00"),
            is_public=False,
            by=by,
        )
    with as_person(people.approver) as by:
        done = year_settle(year=last, by=by)
        assert (done.spend_ratio, done.mgmt_ratio) == (D("0.0700"), D("0.1464"))
        assert (done.spend, done.spend_base, done.is_exempt) == (350_000, 5_000_000, True)
    with as_person(people.officer) as by:
        # New figures of an earlier year unsettle what was made from them.
        year_figures_set(
            year=before, figures=_figures(net_assets="6000000.00"), is_public=False, by=by
        )
        assert CharityYear.objects.get(pk=last.pk).settled_at is None
        with refuses("charity_year.in_future", field="year"):
            year_begin(year=TODAY.year + 1, by=by)


def test_a_share_agreed_with_a_donor_stands_beside_the_ratio(rules, people, money):
    gift = donations.give(people, money, "1000.00")
    with as_person(people.officer) as by:
        agreement = Agreement.objects.create(
            organization_id=by.house_id,
            number="XY-1",
            title="演示协议",
            donor=money.donor,
            fund=money.fund,
            use="救助",
            mgmt_share=D("5.00"),
            signed_on=TODAY,
            state="signed",
        )
        Donation.objects.filter(pk=gift.pk).update(agreement=agreement)
        (found,) = agreed_shares(by, year=TODAY.year)
        assert (found.given, found.most, found.taken, found.is_kept) == (1000, 50, 0, True)
        assert agreed_shares(by, year=TODAY.year - 1) == []


def test_the_running_year_is_forecast_from_the_books(rules, item, people, refuses):
    with as_person(people.officer) as by:
        running = year_begin(year=TODAY.year, by=by)
        view = year_view(running)
        assert (view.forecast.spent, view.forecast.committed) == (D("10000.00"), D("10000.00"))
    with as_person(people.approver) as by, refuses("charity_year.runs", status=409):
        year_settle(year=running, by=by)


def test_nobody_else_sees_or_writes_them(item, people, other_officer, worker, head, refuses):
    for stranger in (other_officer, worker, head):
        with as_person(stranger) as by:
            assert not DisclosureItem.objects.visible_to(by).exists()
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM donations_disclosureitem WHERE id = %s", [item.pk]
                )
                assert cursor.fetchone() == (0,)
    with as_person(people.cashier) as by:
        assert DisclosureItem.objects.visible_to(by).filter(pk=item.pk).exists()
        with refuses("permission.can_draft_disclosure", status=403):
            item_draft(item=item, title="x", text="", by=by)
        with refuses("permission.can_record_event", status=403):
            event_record(kind="investment", title="x", happened_on=TODAY, by=by)
        assert not CharityEvent.objects.exists()


def test_the_calendar_asks_as_often_for_three_rows_as_for_one(rules, officer, client_for):
    client = client_for(officer)

    def add(n: int) -> None:
        with as_person(officer) as by:
            event_record(kind="investment", title=f"演示 {n}", happened_on=days(-40 - n), by=by)

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    pages = [
        "/funding/disclosures/?show=late",
        "/funding/disclosures/rules/",
        "/funding/disclosures/events/",
    ]
    add(0)
    one = [count(page) for page in pages]
    add(1)
    add(2)
    assert [count(page) for page in pages] == one
    shown = client.get(pages[0]).content.decode()
    assert shown.count("演示 ") >= 3
