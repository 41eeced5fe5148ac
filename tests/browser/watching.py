"""What browser tests share: a signed-in page that writes down everything a page should not do."""

from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.factories.world import PASSWORD

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# A refused form answers 422 on purpose, and a newer request replaces an older one of the same part:
# the browser and htmx write both down as errors.
EXPECTED = ("status of 422", "htmx:afterRequest", "htmx:sendAbort")
# Looks at twenty milliseconds that must find nothing open: a script asks within them or not at all.
QUIET = 3
_LISTEN = """
window.__refused = [];
addEventListener('securitypolicyviolation', (event) => {
  window.__refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


class Watch:
    """Console errors, failed and foreign requests, refused content and 5xx answers of one context."""

    def __init__(self, page, portal: str):
        self.page, self.portal, self.faults = page, portal, []
        self._open: set = set()
        page.watch = self
        self._host = urlsplit(portal).netloc
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("requestfinished", lambda request: self._open.discard(request))
        page.on("response", self._response)

    def _note(self, what: str) -> None:
        self.faults.append(f"{urlsplit(self.page.url).path}: {what}")

    def _console(self, message) -> None:
        if message.type in {"error", "warning"} and not any(
            one in message.text for one in EXPECTED
        ):
            self._note(f"console: {message.text}")

    def _request(self, request) -> None:
        self._open.add(request)
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self._host:
            self._note(f"foreign host: {request.url}")

    def _failed(self, request) -> None:
        self._open.discard(request)
        # Leaving a page stops what it still loads.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"failed: {request.url} {request.failure}")

    def _response(self, response) -> None:
        is_part = response.request.resource_type != "document"
        if response.status >= 500 or (is_part and response.status in {401, 403, 404}):
            self._note(f"{response.status}: {response.url}")

    def go(self, path: str) -> int:
        """Open an address of the portal and let it come to rest; its status."""
        answer = self.page.goto(f"{self.portal}{path}")
        self.rest()
        return answer.status if answer else 0

    def rest(self) -> None:
        """Until the page is loaded and nothing is asked for any more, ten seconds at most.

        Playwright's own "networkidle" waits half a second more, on each of a thousand pages.
        """
        quiet = 0
        for _look in range(500):
            # Again each time: what was clicked may only now begin to leave the page.
            self.page.wait_for_load_state("load")
            quiet = 0 if self._open else quiet + 1
            if quiet == QUIET:
                return
            self.page.wait_for_timeout(20)

    def look(self, width: int) -> None:
        """Note what the open page does wrong at this width."""
        self.page.set_viewport_size(WIDE if width == WIDE["width"] else NARROW)
        self.page.wait_for_timeout(50)
        for refused in self.page.evaluate("window.__refused.splice(0)"):
            self._note(f"policy: {refused}")
        wide = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        if wide[0] > wide[1]:
            self._note(f"scrolls sideways at {width}: {wide[0]} > {wide[1]} {self._widest()}")

    def _widest(self) -> str:
        return self.page.evaluate("""() => {
          const edge = document.documentElement.clientWidth;
          const out = [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > edge + 1);
          const last = out.at(-1);
          return last ? `${last.tagName}.${last.className}` : '';
        }""")


def rest(page) -> None:
    """Let a page come to rest after a click; a page that nobody watches takes half a second longer."""
    watch = getattr(page, "watch", None)
    if watch is None:
        page.wait_for_load_state("networkidle")
    else:
        watch.rest()


@contextmanager
def browsing(browser, portal: str, **options):
    """A watched page of a fresh browser profile in Chinese; wide unless told."""
    context = browser.new_context(
        **{"viewport": WIDE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
    )
    context.set_default_timeout(20_000)
    context.add_init_script(_LISTEN)
    try:
        yield Watch(context.new_page(), portal)
    finally:
        context.close()


def sign_in(watch: Watch, login: str, password: str = PASSWORD) -> None:
    """Through the form, like anybody; ends on the first page of the role."""
    page = watch.page
    watch.go("/sign-in/")
    page.fill("[name=username]", login)
    page.fill("[name=password]", password)
    page.click("form.form button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    watch.rest()
