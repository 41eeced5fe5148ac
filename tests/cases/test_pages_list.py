"""The list, the inbox and the panels: constant statements, filters in the address, keyset pages."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.services.clients import client_register, client_search
from cases.services.referrals import referral_receive
from departments.services.drafts import draft_save
from tests.cases.pages import GOOD_ID, make_file, statements, text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db

LIST = reverse("cases:list")
# Session, person, role, the rows; the frame's badges and choices; what the test's own scope adds.
MOST = 6


def _some(worker, acting, count: int, **given) -> list:
    with acting(worker):
        made = []
        for n in range(count):
            person = make.make_client(worker, name=f"演示第{n}")
            stay = make.make_episode(person, worker, bed=f"{n:02d}")
            case = make.make_case(
                worker,
                stage=given.get("stage", "intervention"),
                client=person,
                episode=stay,
                opened_at=timezone.now() - dt.timedelta(days=40 - n),
                **{k: v for k, v in given.items() if k != "stage"},
            )
            make.make_need(case, worker)
            make.make_contact(case, worker)
            made.append(case)
        return made


def _numbers(answer) -> list[str]:
    """The case numbers of the page's rows, in their order."""
    return list(dict.fromkeys(re.findall(r"HA-C-\d{4}-\d{4,}", answer.content.decode())))


@pytest.mark.parametrize("login", ["worker", "head"])
@pytest.mark.parametrize(
    "name",
    ["list", "panel_referrals", "panel_caseload", "panel_my_day", "referrals"],
)
def test_statements_do_not_grow_with_the_rows(name, login, worker, person, client_for, acting):
    client, url = client_for(person(login)), reverse(f"cases:{name}")
    counts = []
    for more in (1, 2):
        cases = _some(worker, acting, more)
        with acting(worker):
            for case in cases:
                referral_receive(client=case.client, from_text="护士长", reason="求助", by=worker)
        counts.append(len(statements(client, url)))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("login", ["worker", "supervisor", "head"])
def test_the_list_itself_asks_few_statements(worker, person, client_for, acting, login):
    number = _some(worker, acting, 23)[0].number
    for query in ("", "?worker=all", f"?worker=all&number={number}", "?worker=all&risk=high"):
        asked = statements(client_for(person(login)), LIST + query)
        assert len([sql for sql in asked if '"cases_contact"' in sql]) <= 1
        assert len(asked) <= MOST + 1, asked  # the test's own leaving of a scope


EVERYBODYS = ("referrals", "panel_my_day", "transfers", "outgoings", "activities")


@pytest.mark.parametrize(
    ("name", "login"),
    [
        *((name, login) for name in EVERYBODYS for login in ("worker", "head")),
        ("doors", "head"),
        ("glass_reviews", "head"),
    ],
)
def test_the_other_lists_ask_few_statements(name, login, worker, person, client_for, acting):
    cases = _some(worker, acting, 2)
    with acting(worker):
        for case in cases:
            draft_save(
                form="cases-contact", subject_uid=case.uid, fields={"facts": ["…"]}, by=worker
            )
    client, url = client_for(person(login)), reverse(f"cases:{name}")
    asked = statements(client, url)
    # My day also reads how long drafts are kept.
    assert len(asked) <= MOST + 1 + (name == "panel_my_day"), asked


def test_the_case_page_asks_the_same_for_one_and_three_of_everything(
    worker, head, client_for, acting
):
    file = make_file(worker, head, acting)
    client, url = client_for(worker), reverse("cases:case", args=[file.case.uid])
    before = [
        len(statements(client, f"{url}?part={part}"))
        for part in ("overview", "contacts", "plan", "documents", "course")
    ]
    with acting(worker):
        for _more in range(2):
            make.make_contact(file.case, worker)
            make.make_need(file.case, worker)
            make.make_screen(file.case, worker)
            make.make_alert(file.case, worker, trigger="screen")
            make.make_guardian(file.client, worker)
    after = [
        len(statements(client, f"{url}?part={part}"))
        for part in ("overview", "contacts", "plan", "documents", "course")
    ]
    assert before == after


def test_a_row_says_who_where_and_what_is_due_without_the_name(worker, client_for, acting):
    case = _some(worker, acting, 1, risk_level="high")[0]
    said = text_of(client_for(worker).get(LIST))
    for word in (
        "演***",
        "女 46 岁",
        case.number,
        "介入",
        "高",
        "经济困难 / 医疗费用",
        "测试worker",
    ):
        assert word in said, word
    assert "演示第0" not in said


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"mine"}),
        ("?worker=all", {"mine", "theirs", "crisis"}),
        ("?worker=all&risk=crisis", {"crisis"}),
        ("?worker=all&stage=planning", {"theirs"}),
        ("?worker=all&status=ended", {"ended"}),
        ("?worker=all&need=crisis", set()),
        ("?worker=all&need=financial", {"mine"}),
        ("?worker=all&from=2099-01-01", set()),
        ("?worker=all&risk=nonsense&stage=nonsense", {"mine", "theirs", "crisis"}),
        ("?worker=nonsense&from=nonsense&after=nonsense", {"mine"}),
    ],
)
def test_the_address_is_the_state(query, shown, worker, worker2, client_for, acting):
    with acting(worker):
        mine = make.make_case(worker, stage="intervention")
        make.make_need(mine, worker)
        ended = make.make_case(worker, stage="closed", client=make.make_client(worker))
    with acting(worker2):
        theirs = make.make_case(worker2, stage="planning", client=make.make_client(worker2))
        crisis = make.make_case(
            worker2, stage="intake", client=make.make_client(worker2), risk_level="crisis"
        )
    named = {"mine": mine, "theirs": theirs, "crisis": crisis, "ended": ended}
    numbers = _numbers(client_for(worker).get(LIST + query))
    assert {name for name, case in named.items() if case.number in numbers} == shown


def test_pages_follow_each_other_by_key_and_come_back(worker, client_for, acting):
    cases = _some(worker, acting, 23)
    client = client_for(worker)
    first = client.get(LIST)
    after = (
        re.search(r'rel="next" href="([^"]+)"', first.content.decode())
        .group(1)
        .replace("&amp;", "&")
    )
    second = client.get(after)
    newest_first = [case.number for case in reversed(cases)]
    assert _numbers(first) + _numbers(second) == newest_first
    assert "共 23 个" in text_of(first)
    before = (
        re.search(r'rel="prev" href="([^"]+)"', second.content.decode())
        .group(1)
        .replace("&amp;", "&")
    )
    assert _numbers(client.get(before)) == _numbers(first)


def test_a_chip_takes_its_condition_away(worker, client_for, acting):
    _some(worker, acting, 1)
    page = (
        client_for(worker)
        .get(LIST + "?worker=all&risk=high&risk=crisis&stage=intake")
        .content.decode()
    )
    assert f'href="{LIST}?stage=intake&amp;worker=all"' in page
    assert f'href="{LIST}?risk=high&amp;risk=crisis&amp;worker=all"' in page


def test_a_number_is_found_by_the_search_box(worker, client_for, acting):
    case = _some(worker, acting, 2)[0]
    answer = client_for(worker).post(LIST, {"q": case.number[-4:]}, follow=True)
    assert case.number in _numbers(answer)


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("{number}", True),
        ("{year}-{seq}", True),
        ("c-{year}-{seq}", True),
        ("{seq}", True),
        ("{year}", True),
        ("{year}-", True),
        ("{last_year}-{seq}", False),
        (
            "HB-C-{year}-{seq}",
            True,
        ),  # the sequence counts: whoever types another house means the own one
        ("9{seq}", False),
    ],
)
def test_a_number_may_be_typed_whole_or_in_part(worker, client_for, acting, typed, is_found):
    case = _some(worker, acting, 1)[0]
    _house, _c, year, seq = case.number.split("-")
    text = typed.format(number=case.number, year=year, seq=seq, last_year=int(year) - 1)

    answer = client_for(worker).get(LIST, {"number": text})

    assert (case.number in _numbers(answer)) is is_found


def test_a_name_is_found_and_never_stands_in_the_address(worker, client_for, acting):
    with acting(worker):
        search = client_search(name="演示乙", by=worker)
        person = client_register(
            name="演示乙", sex="2", id_no=GOOD_ID, searched=search.uid, by=worker
        )
        case = make.make_case(worker, stage="intake", client=person)
    client = client_for(worker)
    for ask in (lambda: client.post(LIST, {"q": "演示乙"}), lambda: client.get(LIST, {"q": "ysy"})):
        answer = ask()
        assert answer.status_code == 302
        assert set(answer["Location"]) <= set("/cases?found=-0123456789abcdef&uidwtrkl")
        assert _numbers(client.get(answer["Location"])) == [case.number]
    assert _numbers(client.get(f"{LIST}?found={uuid.uuid4()}")) == []


def test_the_inbox_shows_the_shortest_clock_first_and_what_is_done_apart(
    worker, client_for, acting
):
    with acting(worker):
        referral_receive(from_text="甲", reason="不急的事", urgency="normal", by=worker)
        referral_receive(from_text="乙", reason="要紧的事", urgency="urgent", by=worker)
    said = text_of(client_for(worker).get(reverse("cases:referrals")))
    assert said.index("要紧的事") < said.index("不急的事")
    assert "不急的事" not in text_of(
        client_for(worker).get(reverse("cases:referrals") + "?show=done")
    )


def test_the_caseload_panel_counts_open_cases_by_stage(worker, client_for, acting):
    _some(worker, acting, 2)
    _some(worker, acting, 1, stage="planning")
    said = text_of(client_for(worker).get(reverse("cases:panel_caseload")))
    assert "计划 1" in said
    assert "介入 2" in said
