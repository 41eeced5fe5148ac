"""Nothing typed is lost: every form longer than three fields keeps a draft, or says here why not.

The pages are opened as whoever may open them first in the access matrix, and read as a browser
reads them. A draft leads back to its page by its name and subject alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit
from uuid import UUID

from django.test import Client
from django.urls import resolve

from departments.services.draft_forms import FORMS, address_of, form_of, title_of
from tests.architecture.test_access_matrix import (
    ACTORS,
    NOBODY,
    _actor,
    _addresses,
    _ask,
    _path,
    _rows,
)

SHORT = 3
REASONS = {
    "cases:search": "a search: nothing comes of it but the answer, and names stay out of drafts",
    "cases:group_member_find": "a search, as the one of casework",
    "cases:instrument": "a questionnaire tried out before it is published: no answer is saved",
    "surveys:questionnaire": "tried out, as the one of casework",
    "doors:door": "no account, no draft on the server: the page keeps it in its tab (data-keep)",
    "joining:join": "no account, no draft on the server: the page keeps it in its tab (data-keep)",
    "lane:lane": "no account, no draft on the server: the page keeps it in its tab (data-keep)",
    "doors:reply": "no account, no draft on the server: one sitting behind a one-time address",
    "account_login": "credentials are kept nowhere",
    "reports:runs": "kind, subject, period and files are chosen from lists: nothing is typed but a date",
    "gallery": "the gallery of components saves nothing",
}
# Forms on pages that the small world does not open by their address alone; their own tests do.
BY_CHOICE = {
    "reports-published_why": "shown to the house that published; the authority's own is no page of the head",
    "experts-check": "shown while an application waits for its check; the world's stands later",
    "experts-sheet": "shown while a score sheet is a draft; the world's is published",
    "donations-project-request": "the world's draft is a patient's; its own tests write a project's",
    "donations-decision": "asked of the leader once four opinions stand",
    "cases-assessment-": "chosen by ?questionnaire=",
    "departments-census-": "a further page of a long return, chosen by ?part=",
    "cases-consent-": "chosen by ?template=",
    "cases-consent_person-": "chosen by ?template=",
    "cases-consent_asked-": "chosen by ?referral=",
    "cases-consent_again-": "leads on to the text it renews",
    "cases-register": "opened by a search, or by its own draft",
    "cases-hand_over": "chosen by ?worker=",
}
# Forms whose double click makes nothing twice without a key of their own, and why.
KEYLESS = {
    "cases:print": "a paper: a stored answer would keep it beside the record",
    "cases:consent_print": "a paper: a stored answer would keep it beside the record",
    "cases:calculation_print": "a paper: a stored answer would keep it beside the record",
    "cases:door_new": "the answer shows an address once: a stored one would keep it",
    "donations:webhook_new": "the answer shows a secret once; the second is refused by its address",
    "donations:webhook": "a new secret is shown once, as above; every other step of it has its key",
    "cases:transfer": "a step of a diagram: the second is refused by the state",
    "books:line": "a step of a diagram: the second is refused by the state",
    "gifts:look_up": "a question, not a record",
    "lane:look_up": "a question, not a record",
    "lane:lane": "no account: the same words twice are one, a paper or appeal that waits refuses another",
    "donations:lane_code": "the answer shows a code once: a stored one would keep it",
    "donations:lane_slip": "a paper: a stored answer would keep the code on it",
    "receipts_public:check": "a question, not a record",
    "experts:expert": "a term is ended once: the second is refused by its state",
    "experts:conflicts": "lifted once: the second is refused by its state",
    "cases:search": "a search",
    "cases:contact_search": "a search",
    "cases:group_member_find": "a search",
    "cases:instrument": "tried out: no answer is saved",
    "surveys:questionnaire": "tried out: no answer is saved",
    "doors:receipt": "a question, not a record",
    "account_login": "nobody is known yet to whom a key could belong",
    "departments:password": "asks for the present password, which is another one afterwards",
    "departments:second_factor": "a code holds once",
    "gallery": "the gallery of components saves nothing",
}
# Who opens a page that tells others only who would.
SHOWN_TO = {"cases:subject_request_answer": "head"}
DRAWN = {"hidden", "submit", "button", "reset", "image"}


@dataclass
class Form:
    """A form of a page as a browser sees it: where it is sent, its draft, the names one can fill in."""

    method: str
    draft: str
    kept: bool
    names: set[str] = field(default_factory=set)
    has_key: bool = False


class Page(HTMLParser):
    """The forms of a page, controls tied to them from outside (`form=`) included by nesting only."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method, draft = given.get("method", "get"), given.get("data-draft", "")
            if given.get("role") == "search":
                method = "get"  # sent by POST to keep words out of addresses
            self._open = Form(method, draft, "data-keep" in given)
            self.forms.append(self._open)
            return
        if self._open and given.get("name") == "once":
            self._open.has_key = True
        is_filled_in = tag in {"input", "select", "textarea"} and given.get("type") not in DRAWN
        if self._open and is_filled_in and given.get("name"):
            self._open.names.add(given["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def _opener(name: str, row: dict[str, int]) -> str | None:
    """The first actor who sees the page."""
    if name in SHOWN_TO:
        return SHOWN_TO[name]
    rest = {True: row["anonymous"], False: row["others"]}
    return next((one for one in ACTORS if row.get(one, rest[one in NOBODY]) == 200), None)


def _pages(request) -> Iterator[tuple[str, str, Client, str]]:
    known, rows, clients = request.getfixturevalue("matrix"), _rows(), {}
    for name, pattern in _addresses().items():
        who = _opener(name, rows[name]["get"]) if "get" in rows.get(name, {}) else None
        if who is None:
            continue
        if who not in clients:
            clients[who] = _actor(who, request)
        path = _path(name, pattern, known)
        answer = _ask(clients[who], "get", path)
        if "text/html" in answer.headers.get("Content-Type", ""):
            yield name, path, clients[who], answer.content.decode()


def _leads_back(draft: str, path: str, client: Client) -> bool:
    """Whether the draft's name and subject alone open a page with that form."""
    kept = resolve(draft).kwargs
    subject: UUID | None = kept.get("subject")
    address = address_of(kept["form"], subject)
    if not address or not title_of(kept["form"]):
        return False
    if address == path:
        return True
    shown = _ask(client, "get", address).content.decode()
    return any(urlsplit(one.draft).path == draft for one in Page(shown).forms)


def test_every_long_form_keeps_a_draft_that_leads_back_to_it(matrix, db, request, settings):
    settings.EMBEDDED = True  # the persons of the small world are demo persons
    draftless, lost, seen, keyless = {}, [], set(), set()
    for name, path, client, text in _pages(request):
        for form in Page(text).forms:
            if form.method == "post" and form.names and not form.has_key:
                keyless.add(name)
            if form.draft and name != "gallery":
                seen.add(resolve(form.draft).kwargs["form"])
                if not _leads_back(form.draft, path, client):
                    lost.append((name, form.draft))
            elif form.method == "post" and len(form.names) > SHORT and not form.kept:
                draftless[name] = sorted(form.names)
    assert {name: names for name, names in draftless.items() if name not in REASONS} == {}
    assert lost == []
    assert keyless - set(KEYLESS) == set()
    never = {one for one in FORMS if one not in {form for form, _rest in map(_start, seen)}}
    assert never == set(BY_CHOICE)


def _start(name: str) -> tuple[str, str]:
    """Under which key of FORMS a draft's name stands."""
    form, code = form_of(name)
    return next(one for one in FORMS if FORMS[one] is form), code
