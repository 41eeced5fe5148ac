"""The days of the three administrators and of the archive: settings, grants, the trail, what is destroyed."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases.models.casework import Referral
from tests.cases.test_retention import YEAR
from tests.days.stops import LANGUAGES, a_day
from tests.factories import cases as make
from tests.factories.donations import as_person

pytestmark = pytest.mark.long


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_system_administrators_day(language, own_database, portal, browser):
    """Looks at what the portal does by itself, its keys and rules, and sets a day off."""
    with a_day(browser, portal, language=LANGUAGES[language]) as day:
        page = day.page
        day.sign_in("sysadmin")
        day.stop("system")
        for name in (
            "system/schedule",
            "system/queue",
            "system/mail",
            "system/passwords",
            "system/holidays",
            "self-check",
        ):
            day.go(f"/console/{name}/")
            day.stop(name.replace("/", "-"))
        day.go("/console/system/holidays/")
        page.fill("main [name=on]", "2027-10-01")
        page.locator("main [name=kind][value=off]").check(force=True)
        day.press(page.locator("main form button.btn--primary"))
        day.sees("2027")
        day.go("/account/second-factor/")
        day.stop("second-factor")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_security_administrators_day(language, own_database, portal, browser):
    """Opens an account with a one-time code, ends its sign-in, signs the quarter's review."""
    with a_day(browser, portal, language=LANGUAGES[language]) as day:
        page = day.page
        day.sign_in("secadmin")
        day.stop("security")
        day.go("/people/")
        day.stop("people")
        day.press(page.locator("main a[href$='/people/invite/']"))
        day.stop("invite")
        page.fill("main [name=username]", "zhao.liu")
        page.fill("main [name=display_name]", "赵六")
        page.select_option("main [name=role]", "worker")
        page.select_option("main [name=department]", index=1)
        day.press(page.locator("main form button.btn--primary"))
        assert re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", page.locator("main").inner_text())
        day.stop("one-time-code")
        day.go("/people/")
        day.press(page.get_by_role("row").filter(has_text="赵六").locator("a"))
        day.stop("person")
        day.go("/console/security/reviews/")
        day.press(page.locator("main form button"))
        for choice in page.locator("main select[name^='d-']").all():
            choice.select_option("keep")
        day.stop("access-review")
        day.press(page.locator("main button[name=sign]"))
        day.stop("access-review-signed")
        day.go("/privacy/registers/assessments/")
        day.stop("assessments-empty")
        day.go("/privacy/registers/incidents/new/")
        day.stop("incident-new")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_auditors_day(language, own_database, person, portal, browser):
    """Finds who opened a case, and has the chain proved."""
    with as_person(person("worker")) as by:
        case = make.make_case(by)
    with a_day(browser, portal, language=LANGUAGES[language]) as reader:
        reader.sign_in("head")
        reader.go(f"/cases/{case.uid}/")
    with a_day(browser, portal, language=LANGUAGES[language]) as day:
        page = day.page
        day.sign_in("auditor")
        day.stop("trail")
        page.fill("main [name=subject]", str(case.uid))
        page.keyboard.press("Enter")
        day.watch.rest()
        day.sees(person("head").display_name)
        day.stop("trail-of-a-case")
        day.go("/audit/events/")
        day.stop("security-events")
        day.go("/audit/jobs/")
        day.press(page.locator("main form button.btn--primary"))
        day.stop("chain-asked")
        day.go("/console/self-check/")
        day.stop("self-check")
        day.go("/privacy/lists/")
        day.stop("lists-empty")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_archives_day(language, own_database, person, portal, browser):
    """The head proposes what is due; another reads the list and signs it."""
    with as_person(person("head")) as by:
        for number in range(3):
            Referral(
                organization_id=by.house_id,
                compartment_id=by.acting.department_id,
                from_text="李护士 6123",
                reason="家里没有钱",
                state="refused",
                received_at=timezone.now() - (4 + number) * YEAR,
                created_by=by,
            ).save(force_insert=True)
    with a_day(browser, portal, language=LANGUAGES[language]) as head:
        head.sign_in("head")
        head.go("/privacy/retention/")
        head.stop("periods")
        head.go("/cases/retention/")
        head.stop("files-due")
        head.go("/privacy/lists/new/")
        head.stop("other-records-due")
        for box in head.page.locator("main [name=pieces]").all():
            box.check(force=True)
        head.send(note="均已满期，没有保存价值。")
        head.stop("list-proposed")
        address = head.page.url.removeprefix(portal)
    with a_day(browser, portal, language=LANGUAGES[language]) as day:
        day.sign_in("secadmin")
        day.go(address)
        day.stop("list-to-sign")
        day.press(day.page.locator("[data-open=approve]"))
        day.press(day.page.locator("dialog[open] button.btn--danger"))
        expect(day.page.locator("[data-open=approve]")).to_have_count(0)
        day.stop("list-signed")
    # The relay has not come yet: what was signed still stands.
    with as_person(person("head")) as by:
        assert Referral.objects.visible_to(by).filter(erased_on__isnull=True).count() == 3
