"""Nothing typed is lost, in a real browser: an ended sign-in, a page that was left, two windows on one record."""

import datetime as dt
import os
import signal

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from django.utils.module_loading import import_string
from playwright.sync_api import expect

from cases.models.work import Contact
from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in
from tests.conftest import free_port, serving
from tests.factories import cases as make
from tests.factories.donations import as_person
from tests.factories.world import PASSWORD

FIRST = "母亲说押金只够到周五，夜里睡不着。"
MORE = "她问能不能先欠着，等父亲打工回来再补。"


def _let_expire(context) -> None:
    """The sign-in's clock runs past its idle limit, as if nobody had touched the page."""
    cookie = next(one for one in context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    store: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(cookie["value"])
    store["seen_at"] = int(timezone.now().timestamp()) - settings.SESSION_IDLE_SECONDS - 60
    store.save()


def _contacts(worker, case) -> list[str]:
    with as_person(worker):
        return [one.facts for one in Contact.objects.filter(case=case)]


def test_what_was_typed_outlives_the_sign_in_and_the_page(own_database, portal, browser, person):
    worker = person("worker")
    with as_person(worker) as by:
        case = make.make_case(by, stage="intervention")
        consent = make.make_consent(case, by)
        assert consent.pk
    form = f"/cases/{case.uid}/contacts/new/"
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "worker")

        # The page is left in the middle of a sentence: it opens as it stood.
        watch.go(form)
        page.locator("[name=mode][value=interview]").check(force=True)
        page.fill("[name=facts]", FIRST)
        day = page.locator("#day")
        for _look in range(10):  # what was typed last is on its way while the next page opens
            watch.go("/workbench/")
            page.wait_for_selector("#day h2")
            if "没有发出的草稿" in day.inner_text():
                break
        expect(day).to_contain_text("没有发出的草稿")
        expect(day).not_to_contain_text(FIRST[:6])
        day.get_by_role("link", name="继续写").click()
        page.wait_for_url(f"**{form}")
        expect(page.locator("[name=facts]")).to_have_value(FIRST)
        expect(page.locator("[name=mode][value=interview]")).to_be_checked()
        expect(page.locator("[data-draft-state]").first).to_contain_text("已保存")

        # The sign-in ends while more is typed, and the form is sent into it.
        page.fill("[name=facts]", FIRST + MORE)
        page.locator("[name=quick][value='45']").check(force=True)
        _let_expire(page.context)
        page.locator("main form button.btn--primary").last.click()
        page.wait_for_url("**/sign-in/**")
        expect(page.locator("main")).to_contain_text("已存为草稿")
        assert _contacts(worker, case) == []
        page.fill("[name=username]", "worker")
        page.fill("[name=password]", PASSWORD)
        page.click("form.form button[type=submit]")
        page.wait_for_url(f"**{form}")
        expect(page.locator("[name=facts]")).to_have_value(FIRST + MORE)
        expect(page.locator("[name=quick][value='45']")).to_be_checked()
        watch.look(NARROW["width"])
        watch.look(WIDE["width"])

        # Saved by hand, once; the draft is gone with it.
        page.locator("main form button.btn--primary").last.click()
        page.wait_for_url(f"**/cases/{case.uid}/**")
        rest(page)
        assert _contacts(worker, case) == [FIRST + MORE]
        watch.go("/workbench/")
        expect(page.locator("#day")).not_to_contain_text("没有发出的草稿")
        faults = [one for one in watch.faults if "401" not in one]
    assert faults == []


@pytest.mark.long
def test_what_was_typed_outlives_the_web_process(own_database, tmp_path, browser, person):
    worker = person("worker")
    with as_person(worker) as by:
        case = make.make_case(by, stage="intervention")
    form, port = f"/cases/{case.uid}/contacts/new/", free_port()
    with serving(own_database.env, tmp_path, port) as (portal, process):
        with browsing(browser, portal) as watch:
            page, state = watch.page, watch.page.locator("[data-draft-state]").first
            sign_in(watch, "worker")
            watch.go(form)
            page.fill("[name=facts]", FIRST)
            page.locator("[name=facts]").blur()
            expect(state).to_contain_text("已保存")
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            # Written on while nobody answers: it waits in this window and is sent by itself afterwards.
            page.fill("[name=facts]", FIRST + MORE)
            page.locator("[name=facts]").blur()
            expect(state).to_contain_text("离线，已存本机")
            with serving(own_database.env, tmp_path, port):
                expect(state).to_contain_text("已保存", timeout=20_000)
                watch.go(form)
                expect(page.locator("[name=facts]")).to_have_value(FIRST + MORE)
    assert _contacts(worker, case) == []


def test_two_windows_on_one_record_choose_field_by_field(own_database, portal, browser, person):
    worker = person("worker")
    with as_person(worker) as by:
        case = make.make_case(by, stage="intervention")
        make.make_consent(case, by)
        locked_at = timezone.now() + dt.timedelta(hours=20)
        one = make.make_contact(case, by, facts="原来的经过", locked_at=locked_at)
    page_of = f"/cases/contacts/{one.uid}/"
    with browsing(browser, portal) as watch:
        first = watch.page
        sign_in(watch, "worker")
        watch.go(page_of)
        second = first.context.new_page()
        second.goto(f"{portal}{page_of}", wait_until="networkidle")
        first.fill("[name=facts]", FIRST)
        first.locator("main form button.btn--primary").last.click()
        expect(first.locator("[data-toast], .alert").first).to_contain_text("已更正")
        second.fill("[name=facts]", MORE)
        second.locator("main form button.btn--primary").last.click()
        both = second.locator("section", has_text="两个版本，逐项选一个").last
        expect(both).to_contain_text(FIRST)
        expect(both).to_contain_text(MORE)
        expect(second.locator("[name=facts]")).to_have_value(MORE)
        both.locator("[name=_pick-facts][value=theirs]").check(force=True)
        second.locator("main form button.btn--primary").last.click()
        expect(second.locator("[data-toast], .alert").first).to_contain_text("已更正")
    assert _contacts(worker, case) == [FIRST]
