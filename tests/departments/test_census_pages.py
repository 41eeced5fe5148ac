"""The pages of the census: a head fills in and sends, an authority reviews, freezes and reads the figures."""

import uuid

import pytest
from django.core.management import call_command
from django.urls import reverse

from departments.models.census import CensusReturn, PublishedFigure
from departments.services.census import sending
from msw_portal.demo import census as example
from tests.factories.census import line, make_draft, make_frozen, make_sent

pytestmark = pytest.mark.django_db


def page(name: str, *args) -> str:
    return reverse(f"departments:{name}", args=args)


def filled(**more) -> dict[str, list[str] | str]:
    """A form of one line as a browser sends it."""
    form = {
        "as_of": "2023-12-31",
        "note": "",
        "row": ["0"],
        "line0-name": "测试第一医院",
        "line0-category": "hospital",
        "line0-grade": "3A",
        "line0-place": "110101",
        "line0-is_active": "on",
        "line0-workers": "１，２００",
        "line0-is_counted": "on",
    }
    return form | more


def test_a_head_fills_in_mends_and_sends(head, client_for, acting):
    client = client_for(head)
    begun = client.post(page("census_new"), {"kind": "institution", "year": "2023"})
    assert begun.status_code == 302
    edit = begun["Location"]
    text = client.get(edit).content.decode()
    assert 'value="测试第一医院"' in text
    refused = client.post(edit, filled(**{"line0-full_time": "1300"}))
    text = refused.content.decode()
    assert (refused.status_code, "第 1 行：专职人数不能多于医务社工人数。" in text) == (422, True)
    assert 'value="1300"' in text
    empty = client.post(edit, filled(**{"line0-workers": ""}))
    assert "请填写这一项，没有填 0。" in empty.content.decode()
    saved = client.post(edit, filled())
    assert saved.status_code == 302
    with acting(head):
        census = CensusReturn.objects.get()
        assert census.lines.get().workers == 1200
        authority = sending.authorities_for(head)[0]
    sent = client.post(page("census_submit", census.uid), {"authority": str(authority.uid)})
    assert (sent.status_code, client.get(sent["Location"]).status_code) == (302, 200)
    assert client.get(edit).status_code == 404
    assert "已报送" in client.get(page("census")).content.decode()
    short = client.post(page("census_recall", census.uid), {"reason": "错了"})
    assert (short.status_code, "理由至少 5 个字" in short.content.decode()) == (422, True)
    assert (
        client.post(page("census_recall", census.uid), {"reason": "人数写错了"}).status_code == 302
    )
    assert client.post(page("census_correct", census.uid)).status_code == 302


def test_a_long_return_is_filled_in_page_by_page(authority, client_for, acting):
    with acting(authority):
        draft = make_draft(authority, *(line(f"测试医院{n:03}") for n in range(1, 46)))
    client, edit = client_for(authority), page("census_edit", draft.uid)
    first = client.get(edit)
    assert [(one["first"], one["last"]) for one in first.context["parts"]] == [(1, 40), (41, 45)]
    assert ("测试医院040" in text(first), "测试医院041" in text(first)) == (True, False)
    second = client.get(f"{edit}?part=2")
    assert [row.prefix for row in second.context["form"].line_forms][0] == "line41"
    sent = {"as_of": "2023-12-31", "note": "", "row": [], "_draft_base": second.context["base"]}
    for row in second.context["form"].line_forms:
        number = row.prefix.removeprefix("line")
        sent["row"].append(number)
        sent |= {f"{row.prefix}-{one.name}": one.value() or "" for one in row}
    crooked = client.post(f"{edit}?part=2", sent | {"line42-full_time": "99"})
    assert "第 42 行：专职人数不能多于医务社工人数。" in text(crooked)
    twice = client.post(f"{edit}?part=2", sent | {"line42-name": "测试医院001"})
    assert "第 42 行：“测试医院001”写了两次。" in text(twice)
    changed = {"line41-workers": "9", "line43-name": ""}
    assert client.post(f"{edit}?part=2", sent | changed).status_code == 302
    with acting(authority):
        names = [one.name for one in draft.lines.order_by("rank", "id")]
        assert names == [f"测试医院{n:03}" for n in range(1, 46) if n != 43]
        assert draft.lines.get(name="测试医院041").workers == 9


def text(response) -> str:
    return response.content.decode()


def test_an_authority_reviews_freezes_and_opens_a_number(head, authority, client_for, acting):
    with acting(head):
        census = make_sent(head, line(workers=4))
    client = client_for(authority)
    asked = "?kind=institution&year=2023"
    desk = client.get(page("census_desk") + asked).content.decode()
    assert ("测试第一医院" in desk, "测试第二医院" in desk, "未报" in desk) == (True, True, True)
    assert "测试第一医院" not in client.get(
        page("census_desk") + asked + "&state=missing"
    ).content.decode().replace("测试第一医院</small>", "")
    nothing = client.post(
        page("census_freeze"), {"kind": "institution", "year": "2023", "as_of": "2023-12-31"}
    )
    assert (nothing.status_code, "没有已接收、待冻结的" in nothing.content.decode()) == (422, True)
    assert client.post(page("census_accept", census.uid)).status_code == 302
    wrong = client.post(
        page("census_freeze"), {"kind": "institution", "year": "2023", "as_of": "2023-06-30"}
    )
    assert (wrong.status_code, "截止日不是这一天" in wrong.content.decode()) == (422, True)
    done = client.post(
        page("census_freeze"), {"kind": "institution", "year": "2023", "as_of": "2023-12-31"}
    )
    assert done.status_code == 302
    figures = client.get(page("census_figures")).content.decode()
    rows = page("census_rows", "workers")
    assert f'<a href="{rows}?year=2023">4</a>' in figures
    assert "测试第一医院" in client.get(f"{rows}?year=2023").content.decode()
    assert client.get(page("census_rows", "nothing")).status_code == 404
    reminded = client.post(page("census_remind"), {"kind": "institution", "year": "2023"})
    assert reminded.status_code == 302
    assert "今天已提醒" in client.get(page("census_desk") + asked).content.decode()
    sheet = client.get(page("census_sheet"))
    assert (sheet["Content-Type"], "<10" in sheet.content.decode("utf-8-sig")) == (
        "text/csv; charset=utf-8",
        True,
    )
    lines = client.post(page("census_desk_export") + asked, {"format": "csv", "suffix": "csv"})
    assert (lines.status_code, "测试第一医院" in b"".join(lines.streaming_content).decode()) == (
        200,
        True,
    )


def test_a_foreign_return_is_not_there(head, other_head, authority, worker, client_for, acting):
    with acting(head):
        census = make_draft(head, line())
    for user in (other_head, authority):
        client = client_for(user)
        for name in ("census_return", "census_edit", "census_export"):
            assert client.get(page(name, census.uid)).status_code == 404, (user.username, name)
    assert client_for(worker).get(page("census")).status_code == 404
    assert client_for(head).get(page("census_return", uuid.uuid4())).status_code == 404


def test_another_region_sees_nothing_and_the_city_reads_what_is_frozen(
    authority, other_officer, acting, client_for
):
    with acting(authority):
        frozen = make_frozen(authority, line("甲", workers=3), line("乙", workers=40))
    example._regions()
    for name, status in ((example.CITY, 200), (example.NEW_AREA, 404)):
        officer = example._officer(example._house(name))
        client = client_for(officer)
        assert client.get(page("census_return", frozen.uid)).status_code == status
        if status == 200:
            text = client.get(page("census_return", frozen.uid)).content.decode()
            assert ("&lt;5" in text, ">40<" in text) == (True, True)
            assert client.get(page("census_export", frozen.uid)).status_code == 404
            assert client.post(page("census_accept", frozen.uid)).status_code == 403


def test_a_published_value_stands_beside_the_computed_one(authority, client_for, acting):
    client = client_for(authority)
    with acting(authority):
        make_frozen(authority, line("甲", workers=3))
    form = {
        "code": "B2",
        "year": "2023",
        "statement": "共有 2 家",
        "value": "2",
        "qualifier": "exact",
        "source": "新闻稿",
    }
    short = client.post(page("census_published"), form | {"source": ""})
    assert (short.status_code, "共有 2 家" in short.content.decode()) == (422, True)
    assert client.post(page("census_published"), form).status_code == 302
    text = client.get(page("census_figures")).content.decode()
    assert ("不符" in text, "差 -1" in text, "新闻稿" in text) == (True, True, True)
    with acting(authority):
        row = PublishedFigure.objects.get()
    assert client.post(page("census_withdraw", row.uid)).status_code == 302
    assert "新闻稿" not in client.get(page("census_figures")).content.decode()


def test_lists_ask_the_same_with_one_row_and_with_three(
    head, authority, client_for, acting, count_queries
):
    mine, theirs = client_for(head), client_for(authority)
    pages = {
        "census": mine,
        "census_desk": theirs,
        "census_figures": theirs,
        "census_published": theirs,
    }
    with acting(authority):
        make_frozen(authority, line("甲"), year=2020)
    asked = {}
    for year in (2021, 2022, 2023):
        with acting(head):
            make_draft(head, line(), year=year)
        with acting(authority):
            make_frozen(authority, *(line(f"{year}-{n}") for n in range(year - 2019)), year=year)
        counts = {
            name: count_queries(lambda c=client, n=name: c.get(page(n) + f"?year={2020}"))
            for name, client in pages.items()
        }
        rows = page("census_rows", "institutions") + f"?year={year}"
        asked[year] = counts | {"rows": count_queries(lambda a=rows: theirs.get(a))}
    assert asked[2021] == asked[2022] == asked[2023]


def test_the_example_shows_every_published_figure_agreeing(settings, client_for):
    settings.EMBEDDED = True
    call_command("census_example", stdout=open("/dev/null", "w"))  # noqa: SIM115
    for name, codes in ((example.CITY, 6), (example.NEW_AREA, 5)):
        officer = example._officer(example._house(name))
        text = client_for(officer).get(page("census_figures")).content.decode()
        assert (text.count("相符"), text.count("不符")) == (codes, 0), name
