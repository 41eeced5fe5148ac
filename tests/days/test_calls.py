"""The days of those between whom a call passes: an expert by keyboard alone, an applicant, the authority."""

import datetime as dt
import re
from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import expect

from departments.models.people import User
from departments.models.publishing import PublicEntry
from departments.services.outbox import relay_once
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.reviews import Review
from projects.services.assigning import assignment_apply, assignment_propose
from projects.services.calls.clock import calls_sweep
from projects.services.letters import comments_release_all, letters_send, letters_write
from projects.services.results import call_rank
from projects.services.reviewing import review_submit
from projects.services.selecting import selection_propose
from tests.days.stops import LANGUAGES, a_day
from tests.factories import projects as made
from tests.factories.donations import as_person
from tests.factories.reviews import (
    MARKS,
    close_call,
    hand_in,
    make_call,
    make_experts,
    make_plan,
)
from tests.factories.world import PASSWORD

COMMENT = "服务设计扎实，可以推广到其他医院。"
SAVED = "[data-draft-state].saved--ok"


@dataclass
class Batch:
    call: Call
    rows: list[Application]
    experts: list
    officer: User


@pytest.fixture
def batch(own_database, person) -> Batch:
    """A closed call with two applications, three experts and a plan."""
    officer = person("authority")
    call = make_call(officer, places=1)
    rows = [
        hand_in(call, person("head"), "髓爱童行"),
        hand_in(call, person("other_head"), "共同照护"),
    ]
    close_call(call, officer, rows)
    experts = make_experts(officer, 3)
    User.objects.filter(username__startswith="expert").update(password=make_password(PASSWORD))
    make_plan(call, officer, reserve_places=0)
    return Batch(call, rows, experts, officer)


def given_out(batch: Batch) -> None:
    with as_person(batch.officer) as by:
        run = assignment_propose(call=batch.call, seed=1, by=by)
        assignment_apply(run=run, by=by)


def marked(batch: Batch) -> None:
    """What three experts send; the first application is the better one."""
    for expert in batch.experts:
        with as_person(expert.user) as by:
            for review in list(Review.objects.visible_to(by).open()):
                better = {"innovation": 15} if review.application_id == batch.rows[0].pk else {}
                review_submit(review=review, answers=MARKS | better, comment=COMMENT, by=by)


@pytest.mark.parametrize("language", ["chinese", pytest.param("english", marks=pytest.mark.long)])
def test_an_experts_day_by_keyboard(language, batch, portal, browser):
    """Reads the sealed copy, marks it, leaves in the middle, comes back, sends; declares a tie."""
    given_out(batch)
    with a_day(browser, portal, language=LANGUAGES[language]) as day:
        page, mine = day.page, "nav a[href='/projects/experts/mine/']"
        day.sign_in_by_keyboard("expert1")
        expect(page).to_have_url(re.compile("/projects/experts/mine/$"))
        day.sees(batch.call.title)
        day.stop("expert-reviews")
        day.enter_away(page.locator("main table a.t"))
        sealed = page.locator("main").inner_text()
        assert not any(row.unit_name in sealed for row in batch.rows)
        assert "13800138000" not in sealed
        day.stop("expert-copy")
        day.type_in(**{f"item_{code}": points for code, points in MARKS.items()})
        page.keyboard.press("Tab")
        expect(page.locator(SAVED).first).to_be_visible()
        day.enter_away(page.locator(mine), back=True)
        day.enter_away(page.locator("main table a.t"))
        expect(page.locator("[name=item_need]")).to_have_value(str(MARKS["need"]))
        day.type_in(item_need="99", comment=COMMENT)
        day.enter(page.locator("button[name=send]"))
        expect(page.locator("[name=item_need][aria-invalid=true]")).to_be_visible()
        day.stop("expert-refused")
        day.type_in(item_need="12")
        day.enter_away(page.locator("button[name=send]"))
        expect(page.locator("main table a.t")).to_have_count(2)
        day.stop("expert-one-sent")
        day.enter_away(page.locator("main a[href='/projects/experts/mine/profile/']"))
        day.stop("expert-ties")
        day.type_in(title="教授（测试）")
        day.enter_away(page.locator("main form button.btn--primary"))
    with as_person(batch.experts[1].user) as by:
        sent = Review.objects.visible_to(by).filter(state="submitted")
        assert [(one.total, one.comment) for one in sent] == [(80, COMMENT)]


def _hands_in(day, call: Call, applicant: User) -> Application:
    """Begun on the call's page, one section typed, the long ones by the factory, sent."""
    page = day.page
    day.go("/projects/applications/")
    day.stop("applicant-list")
    day.go(f"/projects/calls/{call.uid}/")
    day.stop("applicant-call")
    day.go(f"/projects/applications/new/{call.uid}/")
    day.stop("applicant-begin")
    answers = {
        f"q_{one['code']}": "no" if one["code"] == "similar" else "yes"
        for one in call.eligibility["questions"]
    }
    day.send(title="髓爱童行", track="t1", **answers)
    with as_person(applicant):
        row = Application.objects.select_related("call").get()
    row = made.fill(row, applicant)
    day.go(f"/projects/applications/{row.uid}/")
    day.stop("applicant-page")
    for section in row.call.form["sections"]:
        day.go(f"/projects/applications/{row.uid}/sections/{section['code']}/")
        day.stop(f"applicant-section-{section['code']}")
        if section["code"] == "need":
            field = page.locator("main form textarea").first
            field.fill("住院儿童长期缺课，家长没有人可以商量。")
            day.press(page.locator("main form button.btn--primary"))
    day.go(f"/projects/applications/{row.uid}/submit/")
    day.stop("applicant-submit")
    day.send()
    day.stop("applicant-sent")
    while relay_once():
        pass
    with as_person(applicant):
        return Application.objects.get()


def _decided(call: Call, row: Application, officer: User) -> None:
    """The call closes, is reviewed and ranked, and the letter leaves."""
    calls_sweep([call.organization_id], now=call.closes_at + dt.timedelta(seconds=1))
    experts = make_experts(officer, 3)
    make_plan(call, officer, reserve_places=0)
    with as_person(officer) as by:
        Application.objects.filter(pk=row.pk).update(state="accepted_formal")
        call = Call.objects.get(pk=call.pk)
        assignment_apply(run=assignment_propose(call=call, seed=1, by=by), by=by)
    marked(Batch(call, [row], experts, officer))
    with as_person(officer) as by:
        call = Call.objects.get(pk=call.pk)
        call_rank(call=call, by=by)
        selection_propose(call=call, by=by)
        comments_release_all(call=call, by=by)
        letters_write(call=call, by=by)
        letters_send(call=call, by=by)


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_applicants_day(language, own_database, person, portal, browser):
    officer, applicant = person("authority"), person("head")
    call = made.make_open_call(officer, places=1)
    with a_day(browser, portal, language=LANGUAGES[language]) as day:
        day.sign_in("head")
        row = _hands_in(day, call, applicant)
        assert (row.state, row.completeness) == ("submitted", 100)
        _decided(call, row, officer)
        day.go("/projects/experts/letters/")
        day.stop("applicant-letters")
        day.press(day.page.locator("main table a"))
        day.sees("髓爱童行", COMMENT)
        day.stop("applicant-letter")


def _press(day, action: str) -> None:
    """The button of the page's form that posts there."""
    day.press(day.page.locator(f"main form[action$='/{action}/'] button"))


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_authoritys_day(language, batch, person, portal, browser):
    """Publishes a call, gives one out, ranks, tells, shows and lists; then how the region stands."""
    draft = made.make_call(batch.officer, title="示例征集", places=2)
    at = f"/projects/experts/calls/{batch.call.uid}"
    with a_day(browser, portal, language=LANGUAGES[language]) as day:
        page = day.page
        day.sign_in("authority")
        day.stop("authority-start")
        day.go("/projects/calls/")
        day.stop("authority-calls")
        day.go(f"/projects/calls/{draft.uid}/publish/")
        day.stop("authority-publish")
        day.send()
        day.go(f"{at}/assignment/")
        day.stop("authority-assignment-empty")
        _press(day, "assignment/propose")
        day.stop("authority-proposed")
        _press(day, "apply")
        marked(batch)
        for name in ("", "progress/", "conflicts/", "formality/"):
            day.go(f"{at}/{name}")
            day.stop(f"authority-{name.strip('/') or 'review'}")
        day.go(f"{at}/ranking/")
        _press(day, "rank")
        day.sees("髓爱童行", "83")
        day.stop("authority-ranking")
        day.press(page.locator("main table a.t"))
        day.stop("authority-marks")
        day.go(f"{at}/selection/")
        day.press(page.locator("main form button.btn--primary"))
        day.stop("authority-selection")
        day.go(f"{at}/letters/")
        for step in ("comments/release", "letters/make", "letters/send"):
            _press(day, step)
        day.stop("authority-letters")
        day.go(f"{at}/notice/")
        _press(day, "notice/start")
        day.stop("authority-notice")
        with as_person(batch.officer):
            PublicEntry.objects.filter(kind="notice").update(visible_to=timezone.now())
        day.go(f"{at}/notice/")
        _press(day, "list/publish")
        day.stop("authority-listed")
        day.go("/organizations/regions/")
        day.stop("authority-regions")
        day.go("/reports/")
        day.stop("authority-board")
    with as_person(batch.officer):
        assert PublicEntry.objects.filter(kind="list").count() == 1
