"""The ward round with the network cut: three contacts, sent once each, and a phone that forgets on leaving."""

import pytest
from playwright.sync_api import expect

from cases.models.work import Contact
from departments.models.organizations import Department
from departments.services.entering import member_scope
from msw_portal.kernel.scope import scope
from tests.browser.test_accessibility import AXE, RULES, RUN
from tests.browser.watching import NARROW, browsing, sign_in
from tests.factories import cases as make
from tests.factories.world import PASSWORD

PAGE = "/cases/ward/"
# What another script of the same origin could read: every row of the database, keys as far as they come out.
READ = """async () => {
  const bases = await indexedDB.databases();
  if (!bases.some((one) => one.name === 'ward')) return null;
  const base = await new Promise((done) => { indexedDB.open('ward').onsuccess = (event) => done(event.target.result); });
  const rows = (store) => new Promise((done) => { base.transaction(store).objectStore(store).getAll().onsuccess = (event) => done(event.target.result); });
  const out = { queue: 0, list: 0, keys: 0, readable: '', extractable: [] };
  for (const store of ['queue', 'list', 'keys']) {
    for (const row of await rows(store)) {
      out[store] += 1;
      if (row.box) out.readable += new TextDecoder().decode(row.box);
      out.readable += JSON.stringify(row);
      for (const key of [row.key, ...(row.rows ?? []).map((one) => one.key)].filter(Boolean)) out.extractable.push(key.extractable);
    }
  }
  base.close();
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      out.readable += request.url + await (await caches.match(request)).text();
    }
  }
  return out;
}"""


# The phone's own clock finds the session over.
RUN_OUT = """async () => {
  const base = await new Promise((done) => { indexedDB.open('ward').onsuccess = (event) => done(event.target.result); });
  const keys = base.transaction('keys', 'readwrite').objectStore('keys');
  const row = await new Promise((done) => { keys.get('session').onsuccess = (event) => done(event.target.result); });
  await new Promise((done) => { keys.put({ ...row, until: 1 }).onsuccess = done; });
  base.close();
}"""


@pytest.fixture
def beds(own_database, person) -> list:
    """Three persons in beds 3, 5 and 12 of the first hospital's ward, their cases the worker's."""
    worker = person("worker")
    with scope(org=worker.membership.organization_id, role="system"):
        ward = Department.objects.get(organization__code="HA", kind="ward")
    made = []
    with member_scope(worker, worker.membership.uid):
        for bed, name in (("3", "演示甲"), ("5", "演示乙乙"), ("12", "演示丙丙丙")):
            client = make.make_client(worker, name=name)
            stay = make.make_episode(client, worker, ward=ward, bed=bed)
            case = make.make_case(worker, stage="intervention", client=client, episode=stay)
            make.make_need(case, worker, category="emotional")
            made.append(case)
    return made


@pytest.fixture
def written(person):
    """What stands in the file of the worker's cases: (minutes, mode, needs, facts) by bed."""

    def read() -> list[tuple]:
        worker = person("worker")
        with member_scope(worker, worker.membership.uid):
            rows = Contact.objects.order_by("case__episode__admitted_on", "case_id", "id")
            return [(one.minutes, one.mode, one.needs, one.facts) for one in rows]

    return read


def tap(page, bed: str, minutes: int, said: str = "") -> None:
    """Bed, and then at most three taps: the visit and the case's first need are chosen already."""
    page.locator("[data-bed]", has=page.locator(".round-bed__no", has_text=bed)).click()
    if said:
        page.fill("[name=facts]", said)
    page.click(f"[data-minutes='{minutes}']")
    expect(page.locator("[data-part=sheet]")).to_be_hidden()


def sign_in_again(watch, login: str) -> None:
    """From the page that says the session is over, and back to it."""
    page = watch.page
    page.context.clear_cookies(name="session")
    page.click("[data-part=gate-locked] a")
    page.fill("[name=username]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("form.form button[type=submit]")
    page.wait_for_url(f"**{PAGE}")


def test_three_contacts_without_a_network_arrive_once_each_and_the_phone_forgets(
    beds, portal, browser, written
):
    with browsing(browser, portal, viewport=NARROW) as watch:
        page, context = watch.page, watch.page.context
        sign_in(watch, "worker")
        watch.go(PAGE)
        expect(page.locator("[data-bed]")).to_have_count(3)
        page.evaluate("navigator.serviceWorker.ready")
        watch.look(NARROW["width"])
        small = page.evaluate("""() => [...document.querySelectorAll('button, a, select, summary')]
          .filter((one) => one.checkVisibility() && one.closest('main, header') && one.getBoundingClientRect().height < 44)
          .map((one) => one.outerHTML.slice(0, 90))""")
        assert small == []
        page.evaluate(AXE.read_text())
        assert page.evaluate(RUN, RULES) == []
        page.locator("[data-bed]").first.click()
        assert page.evaluate(RUN, RULES) == []
        watch.look(NARROW["width"])
        page.go_back()
        assert watch.faults == []

        context.set_offline(True)
        page.reload()
        expect(page.locator("[data-bed]")).to_have_count(3)
        expect(page.locator("[data-part=net]")).to_contain_text("离线")
        tap(page, "3", 10)
        tap(page, "5", 30, "担心术后没有人照顾")
        tap(page, "12", 45)
        expect(page.locator(".unsent__one--waiting")).to_have_count(3)
        kept = page.evaluate(READ)
        assert (kept["queue"], kept["list"], kept["keys"]) == (3, 1, 3)
        assert set(kept["extractable"]) == {False}
        for secret in ("演", "担心", str(beds[0].uid)):
            assert secret not in kept["readable"]
        assert written() == []

        # The phone is put away and opened again before the network is back.
        page.reload()
        expect(page.locator(".unsent__one--waiting")).to_have_count(3)
        # The first answer is lost on its way: the phone cannot know, and sends again.
        lost: list[str] = []

        def lose_one(route) -> None:
            if lost:
                route.continue_()
            else:
                lost.append(route.request.post_data)
                assert route.fetch().status == 200
                route.abort()

        context.route("**/contact/", lose_one)
        context.set_offline(False)
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator(".unsent__one--done")).to_have_count(3, timeout=30_000)
        assert len(lost) == 1
        known = written()
        assert [row[:3] for row in known] == [
            (10, "ward_visit", ["emotional"]),
            (30, "ward_visit", ["emotional"]),
            (45, "ward_visit", ["emotional"]),
        ]
        assert known[1][3] == "担心术后没有人照顾"
        expect(page.locator("[data-bed]").first).to_contain_text("今天 1 次 10 分")

        # The session runs out while the network is away: nothing stays readable, nothing is lost.
        context.set_offline(True)
        tap(page, "12", 60, "出院后住哪里还没定")
        page.evaluate(RUN_OUT)
        page.reload()
        expect(page.locator("[data-part=gate-locked]")).to_be_visible()
        expect(page.locator("[data-bed]")).to_have_count(0)
        kept = page.evaluate(READ)
        assert (kept["queue"], kept["list"], kept["keys"]) == (1, 0, 0)
        assert "演" not in kept["readable"]
        context.set_offline(False)
        sign_in_again(watch, "worker")
        expect(page.locator(".unsent__one--done")).to_have_count(1, timeout=30_000)
        assert [row[0] for row in written()] == [10, 30, 45, 60]

        # Signing out from any page: something waits, so the portal asks; then nothing is left.
        context.set_offline(True)
        tap(page, "3", 20)
        context.set_offline(False)
        page.goto(f"{portal}/workbench/")
        if page.evaluate("document.cookie").find("phone-waiting") >= 0:
            page.evaluate("document.querySelector('form[data-sign-out]').requestSubmit()")
            page.wait_for_url("**/sign-in/?out=1")
        assert page.evaluate(READ) is None
        assert page.evaluate("caches.keys()") == []
        assert (
            page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")
            == 0
        )
        assert sorted(row[0] for row in written()) == [10, 20, 30, 45, 60]

        # Another person of the same phone finds nothing, and leaves nothing of the one before.
        sign_in(watch, "worker")
        watch.go(PAGE)
        # Before the network is away the list has to be there: on a busy machine it comes after the page.
        expect(page.locator("[data-bed]").first).to_be_visible()
        context.set_offline(True)
        tap(page, "5", 15, "只有本人能打开")
        context.set_offline(False)
        context.clear_cookies(name="session")
        sign_in(watch, "worker2")
        assert page.evaluate(READ) is None
        watch.go(PAGE)
        expect(page.locator(".unsent__one--waiting")).to_have_count(0)
        expect(page.locator("[data-bed]")).to_have_count(0)
        assert len(written()) == 5


def _sync(page, portal: str) -> None:
    """What the browser does once the network is back: the worker's own hour, whatever pages are open."""
    known: list[str] = []
    tools = page.context.new_cdp_session(page)
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: known.extend(one["registrationId"] for one in event["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    asked = {"origin": portal, "registrationId": known[-1], "tag": "ward", "lastChance": False}
    tools.send("ServiceWorker.dispatchSyncEvent", asked)


def test_what_waits_is_sent_once_with_the_page_closed(beds, portal, browser, written):
    with browsing(browser, portal, viewport=NARROW) as watch:
        page, context = watch.page, watch.page.context
        sign_in(watch, "worker")
        watch.go(PAGE)
        expect(page.locator("[data-bed]")).to_have_count(3)
        page.evaluate("navigator.serviceWorker.ready")
        page.reload()
        context.set_offline(True)
        tap(page, "3", 10, "断网时写的")
        expect(page.locator(".unsent__one--waiting")).to_have_count(1)
        # The page is left while there is no network, and nobody comes back to it.
        page.goto("about:blank")
        context.set_offline(False)
        other = context.new_page()
        other.goto(f"{portal}/livez")
        _sync(other, portal)
        for _turn in range(60):
            if written():
                break
            other.wait_for_timeout(250)
        assert [row[:2] + row[3:] for row in written()] == [(10, "ward_visit", "断网时写的")]
        page.goto(f"{portal}{PAGE}")
        expect(page.locator("[data-bed]").first).to_contain_text("今天 1 次 10 分")
        expect(page.locator(".unsent__one--waiting")).to_have_count(0)
        assert len(written()) == 1
