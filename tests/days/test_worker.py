"""A medical social worker's day, by keyboard alone from signing in to signing out."""

import datetime as dt
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from cases.models.casework import Referral
from cases.models.groups import Attendance
from cases.models.work import Assessment, Contact
from cases.services.clients import client_register, client_search
from tests.days.stops import LANGUAGES, a_day
from tests.factories import cases as make
from tests.factories import doors, groups
from tests.factories.donations import as_person

NAME = "演示小雨"
FACTS = "母亲说押金只够到周五，夜里睡不着。"
ANALYSIS = "费用是眼前的急事，先联系救助。"


@dataclass
class Ward:
    """What waits for the worker this morning, by the last part of its addresses."""

    case: str
    referral: str
    session: str
    phq9: str


@pytest.fixture
def ward(own_database, person) -> Ward:
    with as_person(person("head")) as by:
        door = doors.make_door(by)
    doors.send(door)
    with as_person(person("worker")) as by:
        searched = client_search(name=NAME, by=by).uid
        facts = {"id_type": "none", "birth_date": dt.date(1990, 5, 1), "sex": "2"}
        client = client_register(name=NAME, searched=searched, by=by, **facts)
        case = make.make_case(by, stage="intervention", client=client)
        make.make_consent(case, by, purpose="缓解住院费用的压力")  # stored, so not the catalogue's
        make.make_need(case, by)
        sheet = make.make_questionnaire(by, "phq9")
        group = groups.make_group(by, stage="working")
        groups.make_member(group, by, "向日葵")
        groups.make_member(group, by, "小帆船")
        session = groups.make_session(group, by)
        return Ward(*(str(one.uid) for one in (case, Referral.objects.get(), session, sheet)))


def _takes_the_referral(day, ward: Ward) -> None:
    page = day.page
    one = f"main a[href='/cases/referrals/{ward.referral}/']"
    expect(page.locator(one).first).to_be_visible()
    day.stop("today")
    day.enter_away(page.locator(one))
    day.stop("referral")
    day.enter(page.locator("main form[action$='/claim/'] button"))
    expect(page.locator("main form[action$='/release/'] button")).to_be_visible()


def _finds_the_person(day, ward: Ward) -> None:
    """`/`, two letters of the name, down and Enter; then the case."""
    page = day.page
    page.keyboard.press("/")
    page.keyboard.type("ysxy")
    expect(page.locator("#omni-panel [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/people/**")
    day.watch.rest()
    day.stop("person")
    day.enter_away(page.locator(f"main a[href^='/cases/{ward.case}/']"))
    day.stop("case")


def _writes_the_contact(day, ward: Ward) -> None:
    """Left in the middle: the draft waits in the day, and is gone on with."""
    page, form = day.page, f"/cases/{ward.case}/contacts/new/"
    day.enter_away(page.locator(f"main a[href='{form}']"))
    day.stop("contact")
    day.type_in(mode="interview", target="client", quick="45", facts=FACTS)
    page.keyboard.press("Tab")
    expect(page.locator("[data-draft-state].saved--ok").first).to_be_visible()
    day.enter_away(page.locator("nav a[href='/workbench/']"), back=True)
    day.enter_away(page.locator(f"#day a[href^='{form}']"))
    expect(page.locator("[name=facts]")).to_have_value(FACTS)
    day.enter_away(page.locator("main form button.btn--primary"))
    # What is not analysed yet waits in the day until it locks.
    day.enter_away(page.locator("nav a[href='/workbench/']"))
    record = page.locator("#h-records").locator("xpath=ancestor::section").locator("a")
    day.enter_away(record)
    day.type_in(analysis=ANALYSIS)
    day.enter(page.locator("main form button.btn--primary"))
    day.enter_away(page.locator("nav a[href='/workbench/']"))
    expect(page.locator("#day")).to_be_visible()
    expect(page.locator("#h-records")).to_have_count(0)


def _screens(day, ward: Ward) -> None:
    page = day.page
    day.go(f"/cases/{ward.case}/assessments/new/?questionnaire={ward.phq9}")
    day.stop("assessment")
    names = page.locator("main form [name^=item_]").evaluate_all("all => all.map(one => one.name)")
    answers = dict.fromkeys(names, "1") | {"item_9": "0"}
    day.type_in(**answers, interpretation="轻度，两周后再看", is_final=True)
    day.enter_away(page.locator("main form button.btn--primary"))
    day.stop("assessment-done")


def _notes_who_came(day, ward: Ward) -> None:
    page = day.page
    day.enter_away(page.locator("nav a[href='/cases/groups/']"))
    day.stop("groups")
    day.enter_away(page.locator("main a", has_text="演示家长支持小组"))
    day.enter_away(page.locator(f"main a[href$='{ward.session}/record/']"))
    rows = page.locator("main form [name^=presence-]").evaluate_all(
        "all => all.map(one => one.name)"
    )
    came = dict(zip(dict.fromkeys(rows), ("present", "late"), strict=True))
    day.stop("attendance")
    day.type_in(**came, flow="自我介绍，立约定", attainment="4")
    day.enter_away(page.locator("main form button.btn--primary"))


def _leaves(day) -> None:
    day.enter(day.page.locator("summary.avatar"))
    day.enter_away(day.page.locator("[data-sign-out] button"))


@pytest.mark.parametrize("language", ["chinese", pytest.param("english", marks=pytest.mark.long)])
def test_a_workers_day_by_keyboard(language, ward, portal, browser, person):
    with a_day(browser, portal, language=LANGUAGES[language]) as day:
        day.sign_in_by_keyboard("worker")
        _takes_the_referral(day, ward)
        _finds_the_person(day, ward)
        _writes_the_contact(day, ward)
        _screens(day, ward)
        _notes_who_came(day, ward)
        _leaves(day)
    with as_person(person("worker")) as by:
        assert Referral.objects.get().claimed_by == by
        contact = Contact.objects.get()
        assert (contact.minutes, contact.facts, contact.analysis) == (45, FACTS, ANALYSIS)
        assert Assessment.objects.get().score["total"] == "8"
        assert sorted(Attendance.objects.values_list("presence", flat=True)) == ["late", "present"]
