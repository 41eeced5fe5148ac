"""Identity numbers, credit codes, telephones and names: what is read, and the rule each refusal names."""

import contextlib
import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel import validators
from msw_portal.kernel.identifiers import USCC_ALPHABET, id_check_digit, uscc_check_digit
from msw_portal.kernel.validators import (
    IdNoField,
    IdNumber,
    NameField,
    PhoneField,
    UsccField,
    parse_id_no,
    parse_mobile,
    parse_name,
    parse_phone,
    parse_uscc,
)

TODAY = dt.date(2026, 11, 23)


def refusal(parse, typed, **more):
    """The code and the sentence of a refusal."""
    with pytest.raises(ValidationError) as caught:
        parse(typed, **more)
    return caught.value.code, caught.value.messages


def id_no(region="110105", birth="19491231", sequence="002"):
    """A number of 18 digits with its right check digit."""
    first17 = region + birth + sequence
    return first17 + id_check_digit(first17)


# ── identity number ──────────────────────────────────────────────────────────


def test_an_identity_number_says_birth_sex_and_region():
    assert parse_id_no("11010519491231002X") == IdNumber(
        "11010519491231002X", dt.date(1949, 12, 31), 2, "110105"
    )
    assert parse_id_no("440524188001010014", today=dt.date(2000, 1, 1)).sex == 1


@pytest.mark.parametrize(
    "typed",
    [
        "110105491231002",
        "１１０１０５１９４９１２３１００２ｘ",
        " 110105 19491231 002x",
        "11010519491231002X\n",
    ],
)
def test_old_full_width_and_spaced_numbers_are_read(typed):
    assert parse_id_no(typed).number == "11010519491231002X"


@pytest.mark.parametrize("region", ["810000", "820000", "830000", "911101", "710101", "650102"])
def test_residence_permits_and_every_province_are_read(region):
    assert parse_id_no(id_no(region)).region == region


def test_a_leap_day_is_a_birthday_only_in_a_leap_year():
    assert parse_id_no(id_no(birth="20160229")).birth_on == dt.date(2016, 2, 29)
    assert refusal(parse_id_no, id_no(birth="20150229"))[0] == "id_no_date"


def test_who_is_born_today_has_a_number_and_tomorrow_not():
    assert parse_id_no(id_no(birth="20261123"), today=TODAY).birth_on == TODAY
    assert refusal(parse_id_no, id_no(birth="20261124"), today=TODAY) == (
        "id_no_future",
        ["身份证号中的出生日期 2026-11-24 晚于今天。"],
    )


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        ("", "id_no_length", "身份证号应为 18 位（旧证 15 位），现在是 0 位。"),
        ("11010519491231002", "id_no_length", "身份证号应为 18 位（旧证 15 位），现在是 17 位。"),
        ("11010519491231002XX", "id_no_length", "身份证号应为 18 位（旧证 15 位），现在是 19 位。"),
        (
            "11010519491231O02X",
            "id_no_characters",
            "身份证号只能是数字，18 位号码的最后一位可以是 X。",
        ),
        (
            "1101051949123X002X",
            "id_no_characters",
            "身份证号只能是数字，18 位号码的最后一位可以是 X。",
        ),
        (
            "11010549123100X",
            "id_no_characters",
            "身份证号只能是数字，18 位号码的最后一位可以是 X。",
        ),
        (
            "11010519491231002A",
            "id_no_characters",
            "身份证号只能是数字，18 位号码的最后一位可以是 X。",
        ),
        (
            "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
            "id_no_characters",
            "身份证号只能是数字，18 位号码的最后一位可以是 X。",
        ),
        (id_no("180101"), "id_no_region", "身份证号前两位 18 不是有效的省级地区代码。"),
        (id_no("000101"), "id_no_region", "身份证号前两位 00 不是有效的省级地区代码。"),
        (id_no(birth="19491331"), "id_no_date", "身份证号中的出生日期 19491331 不存在。"),
        (id_no(birth="19490230"), "id_no_date", "身份证号中的出生日期 19490230 不存在。"),
        (id_no(birth="00000101"), "id_no_date", "身份证号中的出生日期 00000101 不存在。"),
        (
            id_no(birth="18951231"),
            "id_no_too_old",
            "身份证号中的出生日期 1895-12-31 距今超过 130 年。",
        ),
        (id_no(sequence="000"), "id_no_sequence", "身份证号第 15 至 17 位（顺序码）不能是 000。"),
        (
            "110105194912310021",
            "id_no_check_digit",
            "身份证号的校验码（最后一位）不正确，请逐位核对。",
        ),
    ],
)
def test_each_refusal_of_an_identity_number_names_its_rule(typed, code, sentence):
    assert refusal(parse_id_no, typed, today=TODAY) == (code, [sentence])


def test_no_other_last_character_is_right():
    wrong = set("0123456789X") - {"X"}
    codes = {refusal(parse_id_no, "11010519491231002" + last)[0] for last in wrong}
    assert (len(wrong), codes) == (10, {"id_no_check_digit"})


@given(
    st.sampled_from(sorted(validators.PROVINCES)),
    st.dates(dt.date(1900, 1, 1), TODAY),
    st.integers(1, 999),
    st.integers(0, 16),
    st.integers(1, 9),
)
@trials(max_examples=200, deadline=None)
def test_one_wrong_digit_is_always_noticed(province, birth_on, sequence, position, step):
    number = id_no(f"{province}0101", f"{birth_on:%Y%m%d}", f"{sequence:03d}")
    assert parse_id_no(number, today=TODAY) == IdNumber(
        number, birth_on, 1 if sequence % 2 else 2, f"{province}0101"
    )
    wrong = str((int(number[position]) + step) % 10)
    with pytest.raises(ValidationError):
        parse_id_no(number[:position] + wrong + number[position + 1 :], today=TODAY)


# ── credit code ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "typed", ["91350100M000100Y43", " 91350100m000100y43", "９１３５０１００Ｍ０００１００Ｙ４３"]
)
def test_a_credit_code_is_read(typed):
    assert parse_uscc(typed) == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        ("91350100M000100Y4", "uscc_length", "统一社会信用代码应为 18 位，现在是 17 位。"),
        (
            "91350100I000100Y43",
            "uscc_characters",
            "统一社会信用代码只能用数字和大写字母，不含 I、O、S、V、Z。",
        ),
        (
            "B1350100M000100Y43",
            "uscc_registrar",
            "统一社会信用代码第 1 位 B 不是有效的登记管理部门代码。",
        ),
        (
            "91350100M000100Y44",
            "uscc_check_digit",
            "统一社会信用代码的校验码（最后一位）不正确，请逐位核对。",
        ),
    ],
)
def test_each_refusal_of_a_credit_code_names_its_rule(typed, code, sentence):
    assert refusal(parse_uscc, typed) == (code, [sentence])


@given(
    st.sampled_from(sorted(validators.REGISTRARS)),
    st.text(USCC_ALPHABET, min_size=16, max_size=16),
    st.sampled_from(USCC_ALPHABET),
)
@trials(max_examples=200, deadline=None)
def test_only_the_right_check_character_passes(head, body, last):
    right = uscc_check_digit(head + body)
    assert parse_uscc(head + body + right) == head + body + right
    if last != right:
        assert refusal(parse_uscc, head + body + last)[0] == "uscc_check_digit"


# ── telephones ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "typed", ["13812341234", "+86 138 1234 1234", "１３８１２３４１２３４", "86-13812341234"]
)
def test_a_mobile_is_read(typed):
    assert parse_mobile(typed) == parse_phone(typed) == "13812341234"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12812341234", "mobile_number"),
        ("1381234123", "mobile_number"),
        ("138123412345", "mobile_number"),
        ("010-12345678", "mobile_number"),
        ("", "mobile_number"),
        ("1381234123a", "mobile_digits"),
        ("138١٢٣٤١٢٣٤", "mobile_digits"),
    ],
)
def test_what_is_no_mobile_is_refused(typed, code):
    sentence = {
        "mobile_number": "手机号应为 1 开头的 11 位数字，第 2 位是 3 至 9。",
        "mobile_digits": "手机号只能填写数字。",
    }
    assert refusal(parse_mobile, typed) == (code, [sentence[code]])


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("010-62345678", "010-62345678"),
        ("010-12345678", "010-12345678"),
        ("01062345678", "010-62345678"),
        ("(010) 6234 5678", "010-62345678"),
        ("０１０－６２３４５６７８", "010-62345678"),
        ("0755-2345678", "0755-2345678"),
        ("010-62345678-123", "010-62345678-123"),
        ("010-62345678转123", "010-62345678-123"),
        ("400-123-4567", "4001234567"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_a_telephone_is_read(typed, normal):
    assert parse_phone(typed) == normal


@pytest.mark.parametrize(
    "typed", ["62345678", "010-02345678", "110", "", "+", "13812341234转1", "+0123456"]
)
def test_what_is_no_telephone_is_refused(typed):
    assert refusal(parse_phone, typed) == (
        "phone_number",
        ["电话格式不正确：手机为 11 位，固定电话请带区号（如 010-12345678）。"],
    )


@pytest.mark.parametrize("typed", ["电话", "010-6234567x", "138+12341234", "<b>13812341234</b>"])
def test_other_signs_in_a_telephone_are_refused(typed):
    assert refusal(parse_phone, typed) == (
        "phone_characters",
        ["电话只能填写数字，可用空格、短横线和开头的加号。"],
    )


# ── names ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("张三", "张三"),
        ("  张三 ", "张三"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("𠮷田", "𠮷田"),
        ("𬎆\U000323b0", "𬎆\U000323b0"),
        ("〇三", "〇三"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith"),
        ("Zoë O'Neil-Kim Jr.", "Zoë O'Neil-Kim Jr."),
        ("李梅之女（大）", "李梅之女(大)"),
        ("无名氏2", "无名氏2"),
        ("字" * 50, "字" * 50),
        ("𠮷" * 50, "𠮷" * 50),
    ],
)
def test_a_name_is_read(typed, normal):
    assert parse_name(typed) == normal


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        ("", "name_empty", "请填写姓名。"),
        ("　 ", "name_empty", "请填写姓名。"),
        ("字" * 51, "name_length", "姓名最多 50 个字。"),
        ("张\u202e三", "name_control", "姓名中含有看不见的控制字符，请删除后重新输入。"),
        ("张\u2066三", "name_control", "姓名中含有看不见的控制字符，请删除后重新输入。"),
        ("张\u200b三", "name_control", "姓名中含有看不见的控制字符，请删除后重新输入。"),
        ("张\x00三", "name_control", "姓名中含有看不见的控制字符，请删除后重新输入。"),
        ("张\n三", "name_control", "姓名中含有看不见的控制字符，请删除后重新输入。"),
        ("张\ud800三", "name_control", "姓名中含有看不见的控制字符，请删除后重新输入。"),
        ("张\ue863", "name_private", "姓名中含有私用区字符，请用标准汉字（GB 18030）输入。"),
        ("张三😀", "name_characters", "姓名只能用汉字、字母和间隔号“·”，间隔号不在首尾也不连用。"),
        (
            "<b>张三</b>",
            "name_characters",
            "姓名只能用汉字、字母和间隔号“·”，间隔号不在首尾也不连用。",
        ),
        ("·张三", "name_characters", "姓名只能用汉字、字母和间隔号“·”，间隔号不在首尾也不连用。"),
        ("张··三", "name_characters", "姓名只能用汉字、字母和间隔号“·”，间隔号不在首尾也不连用。"),
        ("123", "name_characters", "姓名只能用汉字、字母和间隔号“·”，间隔号不在首尾也不连用。"),
        ("=cmd()", "name_characters", "姓名只能用汉字、字母和间隔号“·”，间隔号不在首尾也不连用。"),
    ],
)
def test_each_refusal_of_a_name_names_its_rule(typed, code, sentence):
    assert refusal(parse_name, typed) == (code, [sentence])


@given(st.text(max_size=60))
@trials(max_examples=300, deadline=None)
def test_a_name_is_read_once_and_for_all_or_refused(typed):
    with contextlib.suppress(ValidationError):
        name = parse_name(typed)
        assert (parse_name(name), 1 <= len(name) <= 50) == (name, True)


# ── in Django ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("validator", "good", "bad"),
    [
        (validators.validate_id_no, "11010519491231002X", "1"),
        (validators.validate_uscc, "91350100M000100Y43", "1"),
        (validators.validate_phone, "010-62345678", "1"),
    ],
)
def test_validators_pass_and_refuse(validator, good, bad):
    assert validator(good) is None
    with pytest.raises(ValidationError):
        validator(bad)


class PersonForm(forms.Form):
    name = NameField()
    id_no = IdNoField(required=False)
    phone = PhoneField(required=False)
    uscc = UsccField(required=False)


def test_form_fields_give_the_normal_form():
    form = PersonForm(
        {
            "name": "阿卜杜拉・买买提",
            "id_no": "１１０１０５ 491231 002",
            "phone": "（010）62345678",
            "uscc": " 91350100m000100y43",
        }
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "name": "阿卜杜拉·买买提",
        "id_no": "11010519491231002X",
        "phone": "010-62345678",
        "uscc": "91350100M000100Y43",
    }


def test_a_form_keeps_what_was_typed_beside_the_sentence():
    form = PersonForm({"name": "张三", "id_no": "１１０１０５"})
    assert not form.is_valid()
    assert form["id_no"].errors == ["身份证号应为 18 位（旧证 15 位），现在是 6 位。"]
    assert 'value="１１０１０５"' in str(form["id_no"])


def test_an_optional_field_may_stay_empty():
    form = PersonForm({"name": "张三"})
    assert form.is_valid()
    assert form.cleaned_data["id_no"] == ""
