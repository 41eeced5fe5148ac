"""Campaigns keep the law: filing before the start, a valid certificate, a designated platform, agreements."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.organizations import Code, DatedRule, Organization
from departments.models.publishing import PublicEntry
from departments.services.importing.kinds import Line
from donations.models.campaigns import Campaign, CampaignStat, PlatformSnapshot
from donations.models.disclosure import DisclosureItem
from donations.services.campaigns import figures, planning, running
from donations.services.campaigns.checking import file_by
from donations.services.campaigns.importing import CAMPAIGN_STATS
from donations.services.campaigns.platforms import platform_codes
from donations.services.charities import certificate_on, qualification_add, standings
from donations.services.disclosure import item_draft
from donations.services.disclosure_rules import disclosure_rules
from donations.services.disclosure_sweeping import sweep_house
from msw_portal.demo.clock import Clock
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.donations.pages import text, url
from tests.factories import campaigns as made

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def designated(db):
    with scope(role="system"):
        Code.objects.bulk_create(platform_codes(), ignore_conflicts=True)


@pytest.fixture
def count_queries():
    """How many statements a call sends, the second time it is made (caches are warm)."""

    def count(call) -> int:
        call()
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen)

    return count


@pytest.fixture
def draft(people, money, designated, acting):
    """A campaign's plan, beginning in twenty days."""
    with acting(people.officer) as _scope:
        return made.make_campaign(money.fund, people.officer)


def _today() -> dt.date:
    return timezone.localdate()


def _certificate(people, acting, first, last):
    with acting(people.officer):
        house = Organization.objects.get(pk=people.officer.house_id)
        made.make_certificate(house, first, last)


def _filed(draft, people, acting):
    with acting(people.officer):
        return planning.campaign_file(
            campaign=draft,
            filing_no="示例备〔2026〕1号",
            filed_on=_today(),
            filing_authority="示例市民政局",
            by=people.officer,
        )


def _start(campaign, people, acting):
    with acting(people.approver):
        return running.campaign_start(campaign=campaign, by=people.approver)


def test_a_campaign_runs_from_its_plan_to_the_public_account(people, draft, acting, refuses):
    _certificate(people, acting, _today() - 100 * DAY, _today() + 300 * DAY)
    filed = _filed(draft, people, acting)
    with refuses("campaign.too_early"):
        _start(filed, people, acting)
    with Clock(timezone.now() + dt.timedelta(days=21), 1).running():
        running_now = _start(filed, people, acting)
        assert (running_now.state, running_now.published_at is not None) == ("running", True)
        answer = Client().get(f"/public/campaigns/{draft.slug}/")
        assert "X-Robots-Tag" not in answer.headers
        page = text(answer)
        assert "示例公募证 001" in page
        assert "十四周岁以下白血病患儿" in page
        assert "本页不收款" in page
        went = Client().get(f"/public/campaigns/{draft.slug}/to/alipay/")
        assert (went.status_code, went["Location"]) == (302, "https://gongyi.example.cn/demo")
        assert not Client().get(f"/public/campaigns/{draft.slug}/").cookies
        with acting(people.officer):
            counted = CampaignStat.objects.get(channel="portal")
            assert (counted.views, counted.supporters, counted.donors) == (2, 1, 0)
        with acting(people.approver):
            ended = running.campaign_end(campaign=running_now, by=people.approver)
            account = {
                "campaign": ended,
                "raised": Decimal("12345.60"),
                "closing_words": "共募得一万两千余元，全部用于住院费用。",
            }
            with refuses("campaign.raised_not_booked", "difference_words"):
                running.campaign_publish_closing(**account, by=people.approver)
            running.campaign_publish_closing(
                **account, difference_words="平台尚未结算", by=people.approver
            )
            entries = list(PublicEntry.objects.order_by("version"))
            assert [(one.version, one.kind) for one in entries] == [
                (1, "campaign"),
                (2, "campaign"),
            ]
            assert entries[1].payload["tables"][0]["rows"] == [
                ["募得款物合计", "12345.60"],
                ["其中账上已入账", "0.00"],
            ]
        closed = Client().get(f"/public/campaigns/{draft.slug}/")
        assert "12,345.60" in text(closed)
        assert "平台尚未结算" in text(closed)
        assert "不再接受捐赠" in text(closed)
        assert Client().get(f"/public/campaigns/{draft.slug}/to/alipay/").status_code == 404
    assert Client().get("/public/campaigns/abcdefgh/").status_code == 404


def test_the_filing_follows_the_dated_rule_and_is_never_laxer_than_the_law(
    people, draft, acting, refuses
):
    with scope(role="system"):
        DatedRule.objects.filter(applies_key="campaign_file").delete()
        (rule,) = (one for one in disclosure_rules() if one.applies_key == "campaign_file")
        rule.params = {**rule.params, "days_before": 30}
        rule.save()
    with refuses("campaign.filed_too_late", "filed_on"):
        _filed(draft, people, acting)
    with scope(role="system"):
        DatedRule.objects.filter(pk=rule.pk).update(params={**rule.params, "days_before": 3})
    with acting(people.officer):
        assert file_by(draft) == draft.starts_on - 10 * DAY
    assert _filed(draft, people, acting).state == "filed"


def test_what_the_law_asks_for_is_refused_by_article(people, money, draft, acting, refuses):
    with acting(people.officer):
        with refuses("campaign.filed_too_late", "filed_on"):
            soon = made.make_campaign(
                money.fund, people.officer, title="太近", starts_on=_today() + 9 * DAY
            )
            planning.campaign_file(
                campaign=soon,
                filing_no="1",
                filed_on=_today(),
                filing_authority="示例",
                by=people.officer,
            )
        with refuses("campaign.no_platform", "platforms"):
            made.make_campaign(money.fund, people.officer, platforms=[], platform_urls={})
        with refuses("campaign_public_is_licensed", "licensed_org"):
            made.make_campaign(money.fund, people.officer, licensed_org=None)
        with refuses("campaign.directed_mode", "modes"):
            made.make_campaign(money.fund, people.officer, type="directed")
    filed = _filed(draft, people, acting)
    with Clock(timezone.now() + dt.timedelta(days=21), 1).running():
        with refuses("campaign.certificate") as _none:
            _start(filed, people, acting)
        _certificate(people, acting, _today() - 400 * DAY, _today() - DAY)
        with pytest.raises(DomainError) as expired:
            _start(filed, people, acting)
        assert "《慈善法》第二十二条" in str(expired.value)
        assert f"已于 {_today() - DAY} 到期" in str(expired.value)
        _certificate(people, acting, _today() - DAY, None)
        with scope(role="system"):
            Code.objects.filter(code="alipay").update(valid=(dt.date(2016, 8, 31), _today()))
        with refuses("campaign.platform"):
            _start(filed, people, acting)
        with scope(role="system"):
            Code.objects.filter(code="alipay").update(valid=(dt.date(2016, 8, 31), None))
        with acting(people.officer):
            partner = Organization.objects.get(code="HA")
            with refuses("campaign.partner_unfiled", "refiling_no"):
                planning.campaign_partner_write(
                    campaign=filed, partner=partner, part="推荐患儿", by=people.officer
                )
            row = planning.campaign_partner_write(
                campaign=filed,
                partner=partner,
                part="推荐患儿",
                refiling_no="变更 1",
                refiled_on=_today(),
                by=people.officer,
            )
            named = [one.plan["partners"] for one in filed.filings.order_by("version")]
            assert named == [[], [partner.name]]
        with refuses("campaign.partners"):
            _start(filed, people, acting)
        with acting(people.officer):
            planning.campaign_partner_write(
                campaign=filed,
                partner=partner,
                part=row.part,
                agreed_on=_today(),
                agreement_no="协议-1",
                by=people.officer,
            )
        assert _start(filed, people, acting).state == "running"
    with acting(people.officer), refuses("permission.can_run_campaign", status=403):
        running.campaign_end(campaign=filed, by=people.officer)


def test_an_emergency_begins_first_and_is_filed_within_ten_days(
    people, money, acting, refuses, designated
):
    _certificate(people, acting, _today() - DAY, None)
    with acting(people.officer):
        urgent = made.make_campaign(
            money.fund,
            people.officer,
            starts_on=_today(),
            is_emergency=True,
            emergency_event="演示地震",
        )
    _start(urgent, people, acting)
    with acting(people.officer):
        task = Task.objects.get(kind="campaign_file")
        assert (task.role, timezone.localdate(task.due_at)) == (
            "foundation_officer",
            _today() + 10 * DAY,
        )
    given = {"filing_no": "应急 1", "filing_authority": "示例市民政局", "by": people.officer}
    with Clock(timezone.now() + dt.timedelta(days=11), 1).running(), acting(people.officer):
        with refuses("campaign.filed_too_late", "filed_on"):
            planning.campaign_file(campaign=urgent, filed_on=_today(), **given)
    with acting(people.officer):
        filed = planning.campaign_file(campaign=urgent, filed_on=_today(), **given)
        assert (filed.state, filed.filings.get().version) == ("running", 1)
        assert Task.objects.get(kind="campaign_file").state == "done"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"filing_no": "", "filed_on": None, "state": "running"}, "campaign_public_is_filed"),
        ({"filed_on": "starts_on"}, "campaign_filed_before_start"),
        ({"licensed_org": None}, "campaign_public_is_licensed"),
        ({"published_at": None, "state": "running"}, "campaign_running_is_published"),
    ],
)
def test_the_database_keeps_the_law_too(people, draft, acting, change, constraint):
    filed = _filed(draft, people, acting)
    values = {k: filed.starts_on if v == "starts_on" else v for k, v in change.items()}
    with acting(people.officer), pytest.raises(IntegrityError, match=constraint):
        with transaction.atomic():
            Campaign.objects.filter(pk=filed.pk).update(**values)


def test_the_calendar_of_disclosures_follows_a_campaign(people, money, designated, acting, refuses):
    with scope(role="system"):
        DatedRule.objects.filter(kind="disclosure_deadline").delete()
        DatedRule.objects.bulk_create(
            one for one in disclosure_rules() if one.kind == "disclosure_deadline"
        )
    _certificate(people, acting, _today() - DAY, None)

    def items() -> list[tuple]:
        with acting(people.officer):
            rows = DisclosureItem.objects.order_by("rule_key", "due_on", "id")
            return [(one.rule_key, one.due_on, one.state) for one in rows]

    with acting(people.officer):
        draft = made.make_campaign(money.fund, people.officer)
    first = draft.starts_on - 10 * DAY
    assert items() == [("campaign_file", first, "planned")]
    with acting(people.officer):
        planning.campaign_amend(campaign=draft, starts_on=draft.starts_on + DAY, by=people.officer)
    assert items() == [
        ("campaign_file", first, "dropped"),
        ("campaign_file", first + DAY, "planned"),
    ]
    filed = _filed(draft, people, acting)
    assert items()[1] == ("campaign_file", first + DAY, "fulfilled")
    with Clock(timezone.now() + dt.timedelta(days=21), 1).running():
        started = _start(filed, people, acting)
        with acting(people.approver):
            running.campaign_end(campaign=started, by=people.approver)
        due = running.months_after(_today(), 3)
        assert ("campaign_closing", due, "planned") in items()
        with acting(people.officer), refuses("disclosure.by_campaign", status=409):
            closing = DisclosureItem.objects.get(rule_key="campaign_closing")
            item_draft(item=closing, title="结项", text="", by=people.officer)
        with acting(people.approver):
            running.campaign_publish_closing(
                campaign=started, raised=Decimal(0), closing_words="已结项", by=people.approver
            )
            closing.refresh_from_db()
            entry = PublicEntry.objects.order_by("-version").first()
            assert (closing.state, closing.public_entry) == ("fulfilled", entry)
            assert PublicEntry.objects.values("slug").distinct().count() == 1
            assert not Task.objects.filter(kind="campaign_evaluate").exists()


def test_one_that_is_prolonged_past_six_months_reports_every_three_from_then_on(
    people, money, designated, acting
):
    with scope(role="system"):
        DatedRule.objects.filter(kind="disclosure_deadline").delete()
        DatedRule.objects.bulk_create(
            one for one in disclosure_rules() if one.kind == "disclosure_deadline"
        )
    _certificate(people, acting, _today() - DAY, None)
    with acting(people.officer):
        draft = made.make_campaign(money.fund, people.officer, ends_on=_today() + 160 * DAY)
    filed = _filed(draft, people, acting)

    def reports() -> list[dt.date]:
        rows = DisclosureItem.objects.filter(rule_key="campaign_progress")
        return [one.due_on for one in rows.order_by("due_on")]

    with Clock(timezone.now() + dt.timedelta(days=21), 1).running():
        started = _start(filed, people, acting)
        with acting(people.officer):
            assert reports() == []
    with Clock(timezone.now() + dt.timedelta(days=150), 1).running():
        with acting(people.officer) as _scope:
            planning.campaign_refile(
                campaign=started,
                note="延长三个月",
                refiled_on=_today(),
                refiling_no="变更 1",
                ends_on=started.ends_on + 90 * DAY,
                by=people.officer,
            )
            # The one of the third month was not due when the campaign was a short one.
            assert reports() == [running.months_after(started.starts_on, 6)]
        with scope(org=people.officer.house_id, role="system"):
            sweep_house(people.officer.house_id, _today())
        with acting(people.officer):
            assert reports() == [running.months_after(started.starts_on, 6)]


def test_a_change_is_filed_anew_and_both_plans_stay(people, draft, acting, refuses):
    filed = _filed(draft, people, acting)
    with acting(people.officer):
        with refuses("campaign.is_filed", status=409):
            planning.campaign_amend(campaign=filed, by=people.officer, purpose="改了")
        planning.campaign_refile(
            campaign=filed,
            note="延长十天",
            refiled_on=_today(),
            refiling_no="变更 1",
            ends_on=filed.ends_on + 10 * DAY,
            by=people.officer,
        )
        first, second = filed.filings.order_by("version")
        assert first.plan["ends_on"] == str(draft.ends_on)
        assert second.plan["ends_on"] == str(draft.ends_on + 10 * DAY)
        with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
            with transaction.atomic():
                cursor.execute("UPDATE donations_campaignfiling SET note = 'x'")


def test_a_campaign_that_nobody_published_and_anothers_are_not_there(
    people, draft, other_officer, client_for
):
    assert Client().get(f"/public/campaigns/{draft.slug}/").status_code == 404
    for name in ("campaign", "campaign_edit", "campaign_figures", "campaign_history"):
        assert client_for(other_officer).get(url(name, draft.uid)).status_code == 404
        assert client_for(people.worker).get(url(name, draft.uid)).status_code == 404
        assert client_for(people.officer).get(url(name, draft.uid)).status_code == 200


def test_the_funnel_by_channel_and_day_and_its_file(
    people, draft, acting, refuses, client_for, count_queries
):
    with Clock(timezone.now() + dt.timedelta(days=25), 1).running(), acting(people.officer):
        line = Line(
            2,
            {
                "campaign": draft.number,
                "on": _today(),
                "channel": "alipay",
                "views": 12000,
                "supporters": 860,
                "donors": 310,
                "repeat_donors": 42,
            },
        )
        CAMPAIGN_STATS.check([line], people.officer)
        CAMPAIGN_STATS.apply([line], people.officer)
        assert (line.faults, line.outcome) == ([], "created")
        given = {"campaign": draft, "source": "后台", "by": people.officer}
        counts = {"views": 100, "supporters": 40, "donors": 8, "repeat_donors": 1}
        figures.campaign_stat_write(on=_today(), channel="wechat", **counts, **given)
        figures.campaign_stat_write(on=_today(), channel="wechat", **counts, **given)
        sums = figures.by_channel(draft, people.officer)
        assert sums["wechat"].counts == [100, 40, 8, 1]
        assert figures.funnel(sums.values()).counts == [12100, 900, 318, 43]
        assert sums["alipay"].shares == [None, Decimal("7.2"), Decimal("36.0"), Decimal("13.5")]
        with refuses("campaign_stat_repeat_within_donors", "repeat_donors"):
            figures.campaign_stat_write(
                on=_today(), channel="offline", **(counts | {"repeat_donors": 9}), **given
            )
        with refuses("stat.own_page", "channel"):
            figures.campaign_stat_write(on=_today(), channel="portal", **counts, **given)
        lost = Line(3, line.values | {"campaign": "没有"})
        CAMPAIGN_STATS.check([lost], people.officer)
        assert lost.faults == [("campaign", "没有这个编号的募捐活动。")]
    client = client_for(people.officer)
    page = url("campaign_figures", draft.uid)
    asked = count_queries(lambda: client.get(page))
    assert "12,000" in text(client.get(page))
    with Clock(timezone.now() + dt.timedelta(days=26), 1).running(), acting(people.officer):
        figures.campaign_stat_write(on=_today(), channel="weibo", **counts, **given)
    assert count_queries(lambda: client.get(page)) == asked


def test_the_published_figure_of_a_platform_and_its_mean(people, designated, acting, client_for):
    form = {
        "platform": "alipay",
        "as_of": _today().isoformat(),
        "project_count": "6,800",
        "amount": "３00,000,000",
        "qualifier": "more",
        "scope": "大病救助类公益项目",
        "source": "公开报道",
    }
    client = client_for(people.officer)
    assert client.post(url("snapshot_new"), form).status_code == 302
    with acting(people.officer):
        row = PlatformSnapshot.objects.get()
        assert (row.project_count, row.amount) == (6800, Decimal("300000000.00"))
        assert figures.mean_per_project(row) == Decimal(44118)
    assert "44,118" in text(client.get(url("snapshots")))
    again = client.post(url("snapshot_new"), form)
    assert again.status_code == 422
    assert "同一日期、同一口径" in text(again)


def test_the_lists_ask_as_often_for_one_as_for_three(
    people, money, draft, acting, client_for, count_queries
):
    client = client_for(people.officer)
    asked = count_queries(lambda: client.get(url("campaigns")))
    with acting(people.officer):
        for n in range(2):
            made.make_campaign(money.fund, people.officer, title=f"演示募捐 {n}")
    assert count_queries(lambda: client.get(url("campaigns"))) == asked


# ── the charity's own page ───────────────────────────────────────────────────


def test_a_qualification_has_its_days_and_a_later_one_takes_over(
    people, acting, refuses, client_for
):
    def add(**given):
        return qualification_add(by=people.officer, **given)

    with acting(people.officer):
        with refuses("qualification.needs_grade", "grade"):
            add(kind="rating", grade="6A", valid_from=_today())
        with refuses("qualification.needs_end", "valid_to"):
            add(kind="rating", grade="4A", valid_from=_today())
        with refuses("qualification.needs_number", "number"):
            add(kind="public_fundraising", valid_from=_today())
        add(
            kind="rating", grade="4A", valid_from=_today() - 900 * DAY, valid_to=_today() + 30 * DAY
        )
        number = {"kind": "public_fundraising", "number": "证 1"}
        add(**number, valid_from=_today() - 9 * DAY, valid_to=_today() - DAY)
        house = Organization.objects.get(pk=people.officer.house_id)
        assert not certificate_on(house, _today()).is_valid
        assert certificate_on(house, _today() - DAY).is_valid
        rating = next(one for one in standings(house) if one.kind == "rating")
        assert (rating.row.grade, rating.days_left, rating.is_expiring) == ("4A", 30, True)
    page = text(client_for(people.officer).get(url("charity")))
    assert "有效，还有 30 天" in page
    assert "已过期或未生效" in page
    held = client_for(people.cashier).post(url("qualification_new"), {"kind": "rating"})
    assert held.status_code == 403


# ── funds ────────────────────────────────────────────────────────────────────


def test_a_fund_is_opened_with_its_terms_and_ends_empty(people, money, acting, client_for, refuses):
    client = client_for(people.officer)
    form = {
        "number": "F-90",
        "kind": "special",
        "name": "演示人才发展基金",
        "purposes": "人才培养\n课程体系\n科技赋能\n乡村振兴",
        "founder": str(money.donor.uid),
        "agreed_on": _today().isoformat(),
        "mgmt_share": "５",
        "committee": "主任：钱示例",
    }
    assert client.post(url("fund_new"), form | {"founder": ""}).status_code == 422
    answer = client.post(url("fund_new"), form)
    assert answer.status_code == 302
    page = text(client.get(answer["Location"]))
    assert all(word in page for word in ("人才培养", "乡村振兴", "5.00%", "主任：钱示例"))
    twice = client.post(
        answer["Location"] + "edit/", {"name": "演示人才发展基金", "purposes": "人才培养"}
    )
    assert twice.status_code == 422
    assert "“人才培养”这个用途已经有了。" in text(twice)
    funded = url("fund_step", money.fund.uid, "close")
    assert client.get(funded).status_code == 403
    refused = client_for(people.approver).post(funded, {"reason": "演示：不再需要"})
    assert "第五十八条" in text(refused)
    empty = answer["Location"] + "steps/close/"
    assert client_for(people.approver).post(empty, {"reason": "演示：不再需要"}).status_code == 302
    assert "终止" in text(client.get(answer["Location"]))


# ── trusts ───────────────────────────────────────────────────────────────────


def test_a_trust_is_filed_in_seven_days_and_helps_nobody_of_its_own(people, acting, client_for):
    with acting(people.officer):
        house = Organization.objects.get(pk=people.officer.house_id)
    client = client_for(people.officer)
    signed = _today() - 20 * DAY
    form = {
        "number": "T-01",
        "name": "演示慈善信托",
        "settlor": "示例控股有限公司",
        "trustee": str(house.uid),
        "purpose": "人文医疗与健康",
        "beneficiary_scope": "示例市困难患者",
        "property_kind": "资金",
        "initial_property": "1000000",
        "signed_on": signed.isoformat(),
        "filed_on": (signed + 8 * DAY).isoformat(),
        "filing_no": "信备 1",
        "filing_authority": "示例市民政局",
    }
    late = client.post(url("trust_new"), form)
    assert late.status_code == 422
    assert "第四十五条" in str(late.context["form"].errors["late_reason"])
    own = client.post(
        url("trust_new"),
        form | {"filed_on": signed.isoformat(), "beneficiary_scope": "示例控股有限公司员工子女"},
    )
    assert "第四十六条" in str(own.context["form"].errors["beneficiary_scope"])
    made_trust = client.post(url("trust_new"), form | {"filed_on": (signed + 7 * DAY).isoformat()})
    assert made_trust.status_code == 302
    to = made_trust["Location"]
    chosen = {"name": " 示例控股 有限公司", "chosen_on": _today().isoformat(), "basis": "评审"}
    related = client.post(f"{to}beneficiaries/new/", chosen)
    assert "第四十六条" in str(related.context["form"].errors["name"])
    assert client.post(f"{to}beneficiaries/new/", chosen | {"name": "白示例"}).status_code == 302
    page = text(client.get(to))
    assert "白**" in page
    assert "信备 1" in page
    report = {
        "year": str(_today().year),
        "reported_on": _today().isoformat(),
        "income": "0",
        "paid": "200000",
        "costs": "0",
        "balance": "800000",
        "summary": "演示",
    }
    assert client.post(f"{to}reports/new/", report).status_code == 302
    assert client.post(f"{to}reports/new/", report).status_code == 422
