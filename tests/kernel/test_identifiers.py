"""The one form of each identifier that the blind index takes."""

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel.identifiers import (
    id_check_digit,
    index_text,
    normalise_id_no,
    normalise_phone,
    uscc_check_digit,
)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105.19491231.002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105491231002",
        "110105-491231-002",
    ],
)
def test_ways_to_type_an_identity_number_are_one(typed):
    assert normalise_id_no(typed) == "11010519491231002X"


@pytest.mark.parametrize(
    "typed",
    [
        "13812341234",
        "+8613812341234",
        "+86 138 1234 1234",
        "008613812341234",
        "86 138-1234-1234",
        "１３８－１２３４－１２３４",
        "138.1234.1234",
        "(138)12341234",
    ],
)
def test_ways_to_type_a_mobile_are_one(typed):
    assert normalise_phone(typed) == "13812341234"


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("010-12345678", "01012345678"),
        ("+86 10 12345678", "1012345678"),
        ("+852 9123 4567", "+85291234567"),
        ("8612345678", "8612345678"),
        ("", ""),
    ],
)
def test_other_telephones_keep_their_digits(typed, normal):
    assert normalise_phone(typed) == normal


def test_a_credit_code_is_upper_case_without_separators():
    assert index_text("uscc", " 91350100m000100y43 ") == "uscc:91350100M000100Y43"


@pytest.mark.parametrize(
    ("kind", "typed", "text"),
    [
        ("id", "110105491231002", "id:11010519491231002X"),
        ("passport", " e1234 5678 ", "passport:E12345678"),
        ("phone", "+86 13812341234", "phone:13812341234"),
        ("uscc", "91350100m000100y43", "uscc:91350100M000100Y43"),
        ("birth_cert", "a1·1-2", "birth_cert:A112"),
    ],
)
def test_the_kind_stands_before_the_number(kind, typed, text):
    assert index_text(kind, typed) == text


@pytest.mark.parametrize(
    ("first17", "check"),
    [("11010519491231002", "X"), ("44052418800101001", "4"), ("34052419800101001", "X")],
)
def test_check_digits_of_the_standard_s_examples(first17, check):
    assert id_check_digit(first17) == check


def test_check_digit_of_a_credit_code():
    assert uscc_check_digit("91350100M000100Y4") == "3"


@given(st.text(max_size=40))
@trials(max_examples=300, deadline=None)
def test_normalising_never_fails_and_is_done_once(typed):
    once = normalise_id_no(typed)
    assert normalise_id_no(once) == once
    normalise_phone(typed)
