"""A form sent while the database has no room: the sentence stands above it, what was typed in it, and then it goes through."""

from django.urls import reverse
from playwright.sync_api import expect

from cases.models.work import Contact
from departments.services.entering import member_scope
from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.factories.cases import make_case

NO_ROOM = (
    "CREATE FUNCTION public.no_room() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file'; END $$; "
    "CREATE TRIGGER no_room BEFORE INSERT ON departments_auditentry EXECUTE FUNCTION public.no_room()"
)


def test_a_form_without_room_says_so_and_goes_through_later(
    own_database, portal, browser, person, run_as_owner
):
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        case = make_case(worker, stage="intervention")
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "worker")
        form = reverse("cases:contact_new", args=[case.uid])
        watch.go(form)
        page.fill("textarea[name=facts]", "床旁谈了四十分钟。")
        run_as_owner(NO_ROOM)
        page.locator("main form[method=post] button.btn--primary").last.click()
        alert = page.locator("#alerts [role=alert]")
        expect(alert).to_contain_text("服务器的存储空间已满，刚才的操作没有完成。")
        expect(alert.locator("code")).to_have_count(1)
        expect(page.locator("textarea[name=facts]")).to_have_value("床旁谈了四十分钟。")
        for width in (WIDE["width"], NARROW["width"]):
            watch.look(width)
        run_as_owner("DROP FUNCTION public.no_room CASCADE")
        page.locator("main form[method=post] button.btn--primary").last.click()
        page.wait_for_url(lambda url: not url.endswith(form))
        with member_scope(worker, worker.membership.uid):
            assert [one.facts for one in Contact.objects.all()] == ["床旁谈了四十分钟。"]
        assert [one for one in watch.faults if "503" not in one] == []
