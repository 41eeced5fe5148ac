"""Published pages for anybody: the same for all, kept by caches, with tables and JSON of the same."""

import csv
import io
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from departments.models.organizations import Organization
from departments.services.publishing import (
    Column,
    EntryPayload,
    EntryTable,
    entry_close,
    entry_correct,
    entry_publish,
    payload_hash,
    yuan,
)


def _payload(*amounts: str) -> EntryPayload:
    rows = [(f"=项目{n}", yuan(Decimal(one))) for n, one in enumerate(amounts)]
    total = sum(map(Decimal, amounts), Decimal(0))
    return EntryPayload(
        facts=(("备案编号", "示例 0001"),),
        sections=(("情况说明", "本期情况 <b>正常</b>"),),
        tables=(
            EntryTable(
                "uses",
                "慈善活动支出，按项目",
                (Column("project", "项目"), Column("amount", "金额", "money")),
                rows,
                ("合计", yuan(total)),
            ),
        ),
        basis="《慈善法》第七十九条",
    )


@pytest.fixture
def publish(officer, acting):
    def make(*amounts, **given):
        with acting(officer):
            house = Organization.objects.get(pk=officer.house_id)
            known = {"kind": "campaign", "title": "暖冬募捐", "payload": _payload(*amounts)}
            return entry_publish(organization=house, by=officer, **known | given)

    return make


@pytest.fixture
def anybody():
    return Client(raise_request_exception=False)


def test_an_entry_is_read_without_an_account_or_a_cookie(publish, anybody, client_for, officer):
    entry = publish("120.50", "-20.50")
    page = anybody.get(f"/public/{entry.slug}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "本期情况 &lt;b&gt;正常&lt;/b&gt;" in text
    assert "示例 0001" in text
    assert entry.payload_hash in text
    assert page["Cache-Control"] == "public, max-age=300"
    assert page["Access-Control-Allow-Origin"] == "*"
    assert page.cookies == {}
    assert "Cookie" not in page.get("Vary", "")
    # Whoever is signed in reads the same bytes: nothing of the person is in them.
    assert client_for(officer).get(f"/public/{entry.slug}/").content == page.content


def test_csv_and_json_say_what_the_page_says(publish, anybody):
    entry = publish("120.50", "-20.50")
    body = anybody.get(f"/public/{entry.slug}/v1/uses.csv").content
    assert body.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig")))) == [
        ["项目", "金额"],
        ["'=项目0", "120.50"],
        ["'=项目1", "-20.50"],
        ["合计", "100.00"],
    ]
    made = json.loads(anybody.get(f"/public/{entry.slug}/v1/entry.json").content)
    assert made["payload"]["tables"][0]["total"] == ["合计", "100.00"]
    assert made["payload_sha256"] == payload_hash(made["payload"])
    assert anybody.get(f"/public/{entry.slug}/v1/nothing.csv").status_code == 404


def test_what_was_read_before_is_not_sent_again(publish, anybody):
    entry = publish("1.00")
    tag = anybody.get(f"/public/{entry.slug}/")["ETag"]
    again = anybody.get(f"/public/{entry.slug}/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_correction_stands_first_and_the_old_version_says_so(publish, anybody, officer, acting):
    entry = publish("1.00")
    old = anybody.get(f"/public/{entry.slug}/")["ETag"]
    with acting(officer):
        entry_correct(entry=entry, payload=_payload("2.00"), note="金额多写一元", by=officer)
    page = anybody.get(f"/public/{entry.slug}/", headers={"If-None-Match": old})
    assert page.status_code == 200
    assert "金额多写一元" in page.content.decode()
    first = anybody.get(f"/public/{entry.slug}/v1/").content.decode()
    assert "这一版已经更正" in first
    assert anybody.get(f"/public/{entry.slug}/v3/").status_code == 404


def test_what_is_taken_down_is_gone_and_unknown_alike(publish, anybody, officer, acting):
    entry = publish("1.00")
    with acting(officer):
        entry_close(entry=entry, by=officer)
    for path in ("", "v1/", "v1/entry.json", "v1/uses.csv"):
        assert anybody.get(f"/public/{entry.slug}/{path}").status_code == 404
    assert anybody.get("/public/unknown/").status_code == 404


def test_the_list_of_a_house_by_kind_with_constant_queries(publish, anybody, foundation):
    publish("1.00")
    address = f"/public/houses/{foundation.uid}/"

    def count() -> int:
        anybody.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert anybody.get(address).status_code == 200
        return len(seen)

    one = count()
    publish("1.00", kind="year", title="2025 年度报告")
    publish("1.00", kind="event", title="重大投资")
    assert count() == one
    page = anybody.get(f"{address}?kind=year").content.decode()
    assert "2025 年度报告" in page
    assert "重大投资" not in page
    listed = json.loads(anybody.get(f"{address}entries.json").content)["entries"]
    assert {row["kind"] for row in listed} == {"campaign", "year", "event"}
    lines = anybody.get(f"{address}entries.csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert foundation.name in anybody.get("/public/").content.decode()


def test_english_is_a_part_of_the_address(publish, anybody):
    entry = publish("1.00")
    page = anybody.get(f"/public/{entry.slug}/?lang=en", headers={"Accept-Language": "zh"})
    assert page["Content-Language"] == "en"
    assert "Charitable spending, by project" in page.content.decode()
    chinese = anybody.get(f"/public/{entry.slug}/", headers={"Accept-Language": "en"})
    assert chinese["Content-Language"] == "zh-hans"


def test_one_address_reads_so_much_in_a_while(publish, anybody, settings):
    settings.PUBLIC_LIMIT = 2
    entry = publish("1.00")
    answers = [anybody.get(f"/public/{entry.slug}/").status_code for _n in range(3)]
    assert answers == [200, 200, 429]
