"""Pinyin as it is heard: which names a spelling may mean, and which not."""

import time

import pytest

from msw_portal.kernel.grams import is_meant
from msw_portal.kernel.sounds import MOST, sounds_alike, sounds_of_query, spelt_letters


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张三", "zangsan"),
        ("张三", "zansan"),
        ("张三", "zhanshan"),
        ("单桂芳", "Sang Gui Fan"),
        ("陈静", "cenjin"),
        ("刘宁", "niuning"),
        ("刘宁", "niulin"),
        ("李安", "nian"),
        ("林正英", "lingzhen"),
        ("石生", "sisen"),
        ("孙程", "shuncheng"),
        ("方刚", "fangang"),
        ("樊谷", "fanggu"),
        ("吕娜", "nvla"),
        ("刘小芳", "nxf"),
    ],
)
def test_a_name_is_heard_in_what_was_typed(name, typed):
    assert not is_meant(name, typed)
    assert sounds_alike(name, sounds_of_query(typed))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张三", "wangsan"),
        ("陈静", "renjin"),
        ("李刚", "fengang"),
        ("刘宁", "hunin"),
        ("王五", "wamwu"),
    ],
)
def test_what_sounds_otherwise_is_not(name, typed):
    assert not sounds_alike(name, sounds_of_query(typed))


@pytest.mark.parametrize("text", ["z", "张三", "zhang三", "zs1", "8000", "wu", "", "Łukasz"])
def test_only_letters_that_may_be_heard_otherwise_are_widened(text):
    assert (spelt_letters(text), sounds_of_query(text)) == ("", set())


def test_a_long_text_costs_no_more_than_the_nearest_spellings():
    began = time.process_time()
    assert len(sounds_of_query("zhanshanchangsheng" * 5)) == MOST
    assert time.process_time() - began < 0.5
