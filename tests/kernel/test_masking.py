"""What a list may show of a person."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel.masking import (
    age_at,
    age_band,
    mask_account,
    mask_address,
    mask_id_no,
    mask_name,
    mask_phone,
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("张李三丰", "张***"),
        ("欧阳锋", "欧阳*"),
        ("欧阳锋锋", "欧阳**"),
        ("欧阳", "欧*"),
        ("諸葛亮", "諸葛*"),
        ("尉迟恭", "尉迟*"),
        ("𠮷田", "𠮷*"),
        ("𬎆𬎆𬎆", "𬎆**"),
        ("葛\U000e0100城", "葛\U000e0100*"),
        ("〇三", "〇*"),
        ("阿卜杜拉·买买提", "阿**·**"),
        ("阿卜杜拉•买买提", "阿**·**"),
        ("John Smith", "J***"),
        ("José", "J***"),
        ("张", "*"),
        (" 张三 ", "张*"),
        ("", ""),
    ],
)
def test_names(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("11010519491231002X", "110***********002X"),
        ("110105194912311234", "110***********1234"),
        ("１１０１０５ 19491231 002x", "110***********002X"),
        ("110105491231002", "110***********002X"),
        ("E12345678", "E******78"),
        ("H123456", "H****56"),
        ("A12", "***"),
        ("", ""),
    ],
)
def test_identity_numbers(number, masked):
    assert mask_id_no(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812341234", "138****1234"),
        ("+86 138-1234-1234", "138****1234"),
        ("0086 13812341234", "138****1234"),
        ("１３８１２３４１２３４", "138****1234"),
        ("010-12345678", "****5678"),
        ("+85291234567", "****4567"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_telephones(number, masked):
    assert mask_phone(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"), [("6222 0212 3456 7890123", "****0123"), ("1234567", "*******"), ("", "")]
)
def test_accounts(number, masked):
    assert mask_account(number) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("北京市东城区东交民巷1号", "北京市东城区"),
        ("北京东城区东交民巷", "北京东城区"),
        ("广东省广州市天河区体育西路", "广东省广州市天河区"),
        ("河北省保定市涿州市范阳路", "河北省保定市涿州市"),
        ("内蒙古自治区锡林郭勒盟正蓝旗上都镇", "内蒙古自治区锡林郭勒盟正蓝旗"),
        ("四川省甘孜藏族自治州康定市", "四川省甘孜藏族自治州康定市"),
        ("重庆市云阳县双江街道", "重庆市云阳县"),
        ("湖北省神农架林区松柏镇", "湖北省神农架林区"),
        ("贵州省六盘水市六枝特区", "贵州省六盘水市六枝特区"),
        ("山东省青岛市市南区香港中路", "山东省青岛市市南区"),
        ("黑龙江省哈尔滨市道里区", "黑龙江省哈尔滨市道里区"),
        ("河北省唐山市路南区", "河北省唐山市路南区"),
        ("广东省东莞市长安镇", "广东省东莞市"),
        ("北京市朝阳小区3号楼", "北京市"),
        ("江苏省苏州市工业园区星湖街", "江苏省苏州市"),
        ("朝阳区建国路", "朝阳区"),
        ("幸福小区东区2栋", "***"),
        ("3号楼", "***"),
        ("", ""),
    ],
)
def test_addresses_end_at_the_county(address, masked):
    assert mask_address(address) == masked


@given(st.text("省市区县路街号村3演示东", max_size=30))
@trials(max_examples=200, deadline=None)
def test_a_masked_address_is_always_a_beginning_of_it(address):
    masked = mask_address(address)
    assert address.startswith(masked) or masked == "***"
    assert not any(digit in masked for digit in "0123456789")


@given(st.text("张李欧阳司马三丰·abc", min_size=2, max_size=12))
@trials(max_examples=200, deadline=None)
def test_a_masked_name_shows_at_most_the_surname(name):
    shown = mask_name(name)
    assert "*" in shown
    assert len(shown.replace("*", "").replace("·", "")) <= 2


@pytest.mark.parametrize(
    ("years", "band"),
    [
        (0, "0–1"),
        (1, "1–3"),
        (3, "1–3"),
        (4, "4–6"),
        (6, "4–6"),
        (7, "7–12"),
        (12, "7–12"),
        (13, "13–17"),
        (17, "13–17"),
        (18, "18–29"),
        (29, "18–29"),
        (30, "30–44"),
        (44, "30–44"),
        (45, "45–59"),
        (59, "45–59"),
        (60, "60–74"),
        (74, "60–74"),
        (75, "75+"),
        (120, "75+"),
    ],
)
def test_age_bands(years, band):
    assert age_band(years) == band


def test_no_age_is_negative():
    with pytest.raises(ValueError, match="negative"):
        age_band(-1)


@pytest.mark.parametrize(
    ("birth_on", "on", "years"),
    [
        ("2016-02-29", "2016-02-29", 0),
        ("2016-02-29", "2017-02-28", 0),
        ("2016-02-29", "2017-03-01", 1),
        ("2016-02-29", "2020-02-28", 3),
        ("2016-02-29", "2020-02-29", 4),
        ("2012-06-15", "2026-06-14", 13),
        ("2012-06-15", "2026-06-15", 14),
        ("2000-12-31", "2026-01-01", 25),
    ],
)
def test_age_at_an_event(birth_on, on, years):
    assert age_at(dt.date.fromisoformat(birth_on), dt.date.fromisoformat(on)) == years


def test_nobody_has_an_age_before_the_birth():
    with pytest.raises(ValueError, match="before the birth"):
        age_at(dt.date(2020, 1, 2), dt.date(2020, 1, 1))
