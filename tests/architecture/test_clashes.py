"""Two people edit one record: the second sees both versions field by field and chooses.

Every page on which a record is edited stands here with one of its fields; two windows are opened
on it, the first saves, then the second.
"""

from html.parser import HTMLParser

from django.db import transaction

from tests.architecture.test_access_matrix import _actor, _addresses, _path

# Page -> (who edits, a field, the first window's words, the second's).
EDITED = {
    "cases:contact": ("worker", "facts", "甲写的经过", "乙写的经过"),
    "cases:form_write": ("worker", "decisions", "甲写的决定", "乙写的决定"),
    "cases:report_edit": ("worker", "address", "甲写的地址", "乙写的地址"),
    "cases:outgoing_edit": ("worker", "reason", "甲写的理由，五个字以上", "乙写的理由，五个字以上"),
    "cases:assessment": ("worker", "interpretation", "甲的解读", "乙的解读"),
    "cases:plan_new": ("worker", "aim", "甲的总目标", "乙的总目标"),
    "cases:group_edit": ("worker", "aims", "甲的总目标", "乙的总目标"),
    "cases:group_session_edit": ("worker", "aim", "甲的目标", "乙的目标"),
    "cases:event_edit": ("worker", "topic", "甲的主题", "乙的主题"),
    "cases:settings": ("head", "triage_hours", "5", "6"),
    "cases:calculation_edit": ("worker", "total_cost", "51000.00", "52000.00"),
    "volunteers:volunteer_edit": ("worker", "preferred", "甲写的服务", "乙写的服务"),
    "volunteers:post_edit": ("worker", "duties", "甲写的内容", "乙写的内容"),
    "volunteers:shift_edit": ("worker", "note", "甲写的说明", "乙写的说明"),
    "volunteers:profile": ("volunteer", "preferred", "甲写的服务", "乙写的服务"),
    "departments:census_edit": ("head", "note", "甲写的说明", "乙写的说明"),
    "departments:department": ("secadmin", "name", "甲科室", "乙科室"),
    "departments:console_code": ("sysadmin", "zh", "甲写的词", "乙写的词"),
    "departments:profile_change": ("head", "title", "甲职务", "乙职务"),
    "departments:learning_change": ("supervisor", "theme", "甲主题", "乙主题"),
    "donations:fund_edit": ("officer", "summary", "甲写的宗旨", "乙写的宗旨"),
    "donations:trust_edit": ("officer", "purpose", "甲写的目的", "乙写的目的"),
    "donations:campaign_edit": ("officer", "purpose", "甲写的目的", "乙写的目的"),
    "donations:request_edit": ("worker", "treatment_plan", "甲写的方案", "乙写的方案"),
}
# The page shows nothing in clear, so what is there is said masked, and choosing it types nothing.
DONE = {302, 204}
MASKED = ("cases:client_amend", "worker", "phone", "13900000001", "13900000002")


class Fields(HTMLParser):
    """What the browser would send of the form that carries `_draft_base`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self._form: list[tuple[str, str]] | None = None
        self._select = self._area = ""
        self._options: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "form":
            self._form = []
        elif self._form is None:
            return
        elif tag == "input" and name and kind not in {"file", "submit"}:
            if kind not in {"checkbox", "radio"} or "checked" in given:
                without = "on" if kind in {"checkbox", "radio"} else ""
                self._form.append((name, given.get("value", without)))
        elif tag == "textarea":
            self._area = name
            self._form.append((name, ""))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((given.get("value", ""), "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self._form[-1] = (self._area, self._form[-1][1] + data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select" and self._form is not None:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            first = [value for value, _ in self._options][:1]
            self._form += [(self._select, value) for value in chosen or first]
            self._select = ""
        elif tag == "form" and self._form is not None:
            if any(name == "_draft_base" for name, _value in self._form):
                self.sent = self._form
            self._form = None


def typed_on(answer) -> dict[str, list[str]]:
    """The fields as they stand on a page, several values of one name together."""
    given: dict[str, list[str]] = {}
    for name, value in Fields(answer.content.decode()).sent:
        given.setdefault(name, []).append(value)
    return given


def test_the_second_of_two_sees_both_versions_and_chooses(matrix, db, request, settings):
    settings.EMBEDDED = True
    known, addresses, clients = matrix, _addresses(), {}
    wrong = {}
    for page, (who, field, first, second) in EDITED.items():
        client = clients.setdefault(who, _actor(who, request))
        path = _path(page, addresses[page], known)
        with transaction.atomic():
            wrong[page] = _went_wrong(client, path, page, field, first, second)
            transaction.set_rollback(True)
    assert {page: what for page, what in wrong.items() if what} == {}


def _went_wrong(client, path: str, page: str, field: str, first: str, second: str) -> str:
    """Where two windows on one page did not come to a choice; "" when they did."""
    mine, yours = (typed_on(client.get(path)) for _window in range(2))
    keep = {"keep": ["1"]} if page == "cases:form_write" else {}
    saved = client.post(path, mine | keep | {field: [first]})
    if saved.status_code not in DONE:
        return f"not saved: {saved.status_code} {_faults(saved)}"
    answer = client.post(path, yours | keep | {field: [second]})
    if answer.status_code != 409:
        return f"no clash: {answer.status_code} {_faults(answer)}"
    found, text = answer.context["clashes"], answer.content.decode()
    if [one.name for one in found] != [field] or first not in text or second not in text:
        return f"shows {found}"
    again = typed_on(answer) | keep
    if again[field] != [second]:
        return f"typed words lost: {again[field]}"
    done = client.post(path, again | {f"_pick-{field}": ["theirs"]})
    if done.status_code not in DONE:
        return f"choice not saved: {done.status_code} {_faults(done)}"
    stands = typed_on(client.get(path)).get(field)
    return "" if stands == [first] else f"stands: {stands}"


def _faults(answer) -> dict:
    return dict(answer.context["form"].errors) if answer.context else {}


def test_a_masked_page_shows_no_more_in_a_clash(matrix, db, request, settings):
    settings.EMBEDDED = True
    page, who, field, first, second = MASKED
    client, path = _actor(who, request), _path(page, _addresses()[page], matrix)
    mine, yours = (typed_on(client.get(path)) for _window in range(2))
    assert client.post(path, mine | {field: [first]}).status_code == 302
    answer = client.post(path, yours | {field: [second], "name": ["演示丙"]})
    assert answer.status_code == 409
    assert [one.name for one in answer.context["clashes"]] == ["name", "phone"]
    assert first not in answer.content.decode()
    again = typed_on(answer) | {"_pick-phone": ["theirs"], "_pick-name": ["mine"]}
    assert client.post(path, again).status_code == 302
