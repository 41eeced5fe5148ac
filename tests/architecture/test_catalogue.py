"""English is complete: every sentence of the interface has one, with the same placeholders."""

import re
from pathlib import Path

import polib
import pytest

CATALOGUE = Path(__file__).resolve().parents[2] / "locale/en/LC_MESSAGES/django.po"
PLACES = re.compile(r"%\([a-z_]+\)[sd]|%[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def entries():
    return [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]


def _texts(entry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_sentence_has_its_english(entries):
    assert [entry.msgid for entry in entries if not all(_texts(entry)) or entry.fuzzy] == []


def test_the_english_keeps_the_placeholders(entries):
    differs = [
        entry.msgid
        for entry in entries
        for text in _texts(entry)
        if sorted(PLACES.findall(text)) != sorted(PLACES.findall(entry.msgid))
    ]
    assert differs == []


def test_no_chinese_is_left_in_the_english(entries):
    known = {
        "简体中文",  # a language is named in itself
        # What stands in a bank's own file is typed as the bank writes it.
        "一行一列，写“标题=内容”；内容是：序号、收款人账号、收款人户名、开户行、行号、金额、用途、备注。标题与内容相同的只写一次。",
        "第 %(n)s 行看不懂：请写成“标题=内容”，例如“收款账号=收款人账号”。",
    }
    left = [
        entry.msgid
        for entry in entries
        for text in _texts(entry)
        if CHINESE.search(text) and entry.msgid not in known
    ]
    assert left == []
