"""Grams: what a name is found by, in every way people type it."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel.grams import (
    fold,
    gram_hash,
    gram_hashes,
    grams_of_name,
    grams_of_numbers,
    grams_of_query,
    is_meant,
)
from msw_portal.kernel.surnames import SURNAME_READINGS

HOUSE = UUID("01900000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("張 三", "张 三"),
        ("歐陽鋒", "欧阳锋"),
        ("乾隆", "干隆"),  # not kept as a phrase: 乾 typed alone folds to 干 too
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("Ｊｏｓé  ＭÜＬＬＥＲ", "jose muller"),
        ("lü", "lu"),
        ("LU:", "lv"),
        ("𠮷田", "𠮷田"),
        ("  ", ""),
    ],
)
def test_folding(typed, folded):
    assert fold(typed) == folded


def test_the_grams_of_a_name():
    assert grams_of_name("张三") == {
        ("n1", "张"),
        ("n1", "三"),
        ("n2", "张三"),
        *(("py", "zhangsan"[:end]) for end in range(2, 9)),
        ("in", "zs"),
    }


def test_code_points_beyond_the_bmp_are_one_character():
    grams = grams_of_name("𠮷田")
    assert {("n1", "𠮷"), ("n1", "田"), ("n2", "𠮷田")} <= grams
    assert not any("\ud800" <= c <= "\udfff" for _scheme, text in grams for c in text)


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("单雄信", ["shanxiongxin", "danxiongxin"]),
        ("單雄信", ["shanxiongxin", "danxiongxin"]),
        ("仇和", ["qiuhe", "chouhe"]),
        ("曾国", ["zengguo", "cengguo"]),
        ("解缙", ["xiejin", "jiejin"]),
        ("区大", ["ouda", "quda"]),
        ("查良镛", ["zhaliangyong", "chaliangyong"]),
        ("朴树", ["piaoshu", "pushu"]),
        ("尉迟恭", ["yuchigong", "weichigong"]),
        ("万俟卨", ["moqi", "wansi"]),
        ("长孙无忌", ["zhangsunwuji", "changsunwuji"]),
        ("吕布", ["lvbu", "lyubu", "lubu"]),
        ("李乐", ["lile", "liyue"]),
        ("欧阳修", ["ouyangxiu"]),
        ("任重", ["renzhong", "renchong"]),
    ],
)
def test_every_reading_finds_the_name(name, spelt):
    grams = grams_of_name(name)
    assert [text for text in spelt if ("py", text) not in grams] == []


def test_every_surname_of_the_table_is_found_by_each_of_its_readings():
    missed = [
        (surname, reading)
        for surname, readings in SURNAME_READINGS.items()
        for reading in readings
        if ("py", reading.replace(" ", "") + "ming") not in grams_of_name(f"{surname}明")
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("张三丰", "张三"),
        ("张三丰", "三丰"),
        ("张三丰", "丰"),
        ("张三丰", "張三豐"),
        ("张三丰", "zhangsan"),
        ("张三丰", "Zhang San"),
        ("张三丰", "zh"),
        ("张三丰", "zsf"),
        ("张三丰", "ZS"),
        ("阿卜杜拉·买买提", "阿卜杜拉买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉・买买提"),
        ("阿卜杜拉·买买提", "买买提"),
        ("吕布", "lü"),
        ("吕布", "lu:bu"),
        ("José Müller", "Jose Müller"),
        ("José Müller", "jose m"),
        ("John Smith", "johnsmith"),
        ("John Smith", "js"),
        ("𠮷田", "𠮷"),
    ],
)
def test_what_was_typed_finds_the_name(name, query):
    assert is_meant(name, query)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("张三丰", "李"),
        ("张三丰", "张丰"),
        ("张三丰", "sanfeng"),
        ("张三丰", "zhangx"),
        ("张三丰", "z"),
        ("张三", ""),
    ],
)
def test_what_does_not_fit_finds_nothing(name, query):
    assert not is_meant(name, query)


@pytest.mark.parametrize(
    ("typed", "alternatives"),
    [
        ("张", [{("n1", "张")}]),
        ("张三丰", [{("n2", "张三"), ("n2", "三丰")}]),
        ("Zhang s", [{("py", "zhangs")}, {("in", "zhangs")}]),
        ("z", []),
        ("", []),
        ("12", []),
    ],
)
def test_alternatives_of_a_query(typed, alternatives):
    assert grams_of_query(typed) == alternatives


@given(st.text("张三李四欧阳单于𠮷田·JohnSmith ", min_size=1, max_size=8))
@trials(max_examples=150, deadline=None)
def test_a_name_is_always_found_by_itself_and_by_each_of_its_characters(name):
    grams = grams_of_name(name)
    assert all(wanted & grams == wanted for wanted in grams_of_query(name)[:1])
    for character in name:
        if not character.isascii() and character != "·":
            assert ("n1", character) in grams


def test_numbers_are_found_by_beginnings_and_ends():
    assert grams_of_numbers(number="ha-c-26") == {("no", "HAC2"), ("no", "HAC26")}
    assert grams_of_numbers(id_no="110105491231002", phone="+86 138 1234 5678") == {
        ("id4", "002X"),
        ("ph4", "5678"),
    }
    assert grams_of_numbers(mrn=" b-1024 ", bed="３０１-2") == {("mrn", "B1024"), ("bed", "3012")}
    assert grams_of_numbers(number="123", id_no="12", phone="") == set()


def test_hashes_are_64_signed_bits_of_scheme_text_and_house():
    hashes = {
        gram_hash("n1", "张", organization=HOUSE),
        gram_hash("n2", "张", organization=HOUSE),
        gram_hash("n1", "李", organization=HOUSE),
        gram_hash("n1", "张", organization=UUID(int=1)),
    }
    assert len(hashes) == 4
    assert all(-(2**63) <= value < 2**63 for value in hashes)
    assert gram_hash("n1", "张", organization=HOUSE) in hashes
    assert any(gram_hash("n1", str(n), organization=HOUSE) < 0 for n in range(20))


def test_hashes_hang_on_the_key_of_their_id(tmp_path, settings):
    path = tmp_path / "keys.json"
    keys = {"1": "11" * 32, "2": "22" * 32}
    path.write_text(json.dumps({"active": 1, "keys": keys, "installation": str(HOUSE)}))
    settings.MSW_KEYS = str(path)
    first = gram_hash("n1", "张", organization=HOUSE)
    assert first == gram_hash("n1", "张", organization=HOUSE, kid=1)
    assert first != gram_hash("n1", "张", organization=HOUSE, kid=2)


def test_hashes_of_a_set_and_of_an_unknown_scheme():
    grams = grams_of_name("张三")
    assert gram_hashes(grams, organization=HOUSE) == {
        gram_hash(scheme, text, organization=HOUSE) for scheme, text in grams
    }
    with pytest.raises(ValueError, match="no such scheme"):
        gram_hash("xx", "张", organization=HOUSE)
