"""Identity numbers, credit codes, telephones and names: read, or refused with the rule that failed.

Each `parse_*` takes what was typed (full width, with spaces), returns the normal form and raises
ValidationError with one Chinese sentence and a code; `validate_*` is its Django validator.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.identifiers import (
    DIGITS,
    MIDDLE_DOTS,
    USCC_ALPHABET,
    bare,
    id_check_digit,
    normalise_id_no,
    normalise_phone,
    uscc_check_digit,
)

# GB/T 2260, and residence permits: 81 to 83 (Hong Kong, Macao, Taiwan), 9x (foreigners).
PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)]
    + [71, 81, 82, 83, *range(91, 100)]
)
# GB 32100: the authorities that register a body, by their first character.
REGISTRARS = frozenset("123456789ANY")
OLDEST = 130
NAME_LENGTH = 50


@dataclass(frozen=True)
class IdNumber:
    """An identity number of 18 characters and what it says; `sex` is a code of GB/T 2261.1."""

    number: str
    birth_on: dt.date
    sex: int
    region: str


def parse_id_no(text: str, *, today: dt.date | None = None) -> IdNumber:
    """Read an identity number of 18 or 15 digits (GB 11643).

    Raises:
        ValidationError: `id_no_length`, `id_no_characters`, `id_no_region`, `id_no_date`,
            `id_no_future`, `id_no_too_old`, `id_no_sequence` or `id_no_check_digit`.
    """
    typed = bare(text)
    if len(typed) not in (15, 18):
        raise _refusal(
            "id_no_length", _("身份证号应为 18 位（旧证 15 位），现在是 %(n)d 位。"), n=len(typed)
        )
    if not DIGITS.issuperset(typed[:17]) or typed[17:] not in ("", "X", *DIGITS):
        sentence = _("身份证号只能是数字，18 位号码的最后一位可以是 X。")
        raise _refusal("id_no_characters", sentence)
    number = normalise_id_no(typed)
    if int(number[:2]) not in PROVINCES:
        sentence = _("身份证号前两位 %(head)s 不是有效的省级地区代码。")
        raise _refusal("id_no_region", sentence, head=number[:2])
    birth_on = _birth_date(number, today or timezone.localdate())
    if number[14:17] == "000":
        raise _refusal("id_no_sequence", _("身份证号第 15 至 17 位（顺序码）不能是 000。"))
    if id_check_digit(number[:17]) != number[17]:
        sentence = _("身份证号的校验码（最后一位）不正确，请逐位核对。")
        raise _refusal("id_no_check_digit", sentence)
    return IdNumber(number, birth_on, 1 if int(number[16]) % 2 else 2, number[:6])


def _birth_date(number: str, today: dt.date) -> dt.date:
    digits = number[6:14]
    try:
        birth_on = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        sentence = _("身份证号中的出生日期 %(digits)s 不存在。")
        raise _refusal("id_no_date", sentence, digits=digits) from None
    if birth_on > today:
        sentence = _("身份证号中的出生日期 %(day)s 晚于今天。")
        raise _refusal("id_no_future", sentence, day=birth_on.isoformat())
    if birth_on.year < today.year - OLDEST:
        sentence = _("身份证号中的出生日期 %(day)s 距今超过 %(years)d 年。")
        raise _refusal("id_no_too_old", sentence, day=birth_on.isoformat(), years=OLDEST)
    return birth_on


def parse_uscc(text: str) -> str:
    """Read a unified social credit code (GB 32100): 18 characters, upper-case.

    Raises:
        ValidationError: `uscc_length`, `uscc_characters`, `uscc_registrar` or `uscc_check_digit`.
    """
    code = bare(text)
    if len(code) != 18:
        sentence = _("统一社会信用代码应为 18 位，现在是 %(n)d 位。")
        raise _refusal("uscc_length", sentence, n=len(code))
    if not set(USCC_ALPHABET).issuperset(code):
        sentence = _("统一社会信用代码只能用数字和大写字母，不含 I、O、S、V、Z。")
        raise _refusal("uscc_characters", sentence)
    if code[0] not in REGISTRARS:
        sentence = _("统一社会信用代码第 1 位 %(head)s 不是有效的登记管理部门代码。")
        raise _refusal("uscc_registrar", sentence, head=code[0])
    if uscc_check_digit(code[:17]) != code[17]:
        sentence = _("统一社会信用代码的校验码（最后一位）不正确，请逐位核对。")
        raise _refusal("uscc_check_digit", sentence)
    return code


MOBILE = re.compile(r"1[3-9][0-9]{9}")
LANDLINE = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))([1-9][0-9]{6,7})")
SERVICE_LINE = re.compile(r"[48]00[0-9]{7}")
ABROAD = re.compile(r"\+[1-9][0-9]{5,14}")


def parse_mobile(text: str) -> str:
    """Read a mobile number of mainland China: 11 digits.

    Raises:
        ValidationError: `mobile_digits` or `mobile_number`.
    """
    number = normalise_phone(text)
    if not _only_phone_signs(text):
        raise _refusal("mobile_digits", _("手机号只能填写数字。"))
    if not MOBILE.fullmatch(number):
        raise _refusal("mobile_number", _("手机号应为 1 开头的 11 位数字，第 2 位是 3 至 9。"))
    return number


def parse_phone(text: str) -> str:
    """Read a telephone: `13812341234`, `010-12345678`, `010-12345678-123`, `+85291234567`.

    A landline of mainland China needs its area code, a number abroad its country's code.

    Raises:
        ValidationError: `phone_characters` or `phone_number`.
    """
    folded = unicodedata.normalize("NFKC", text)
    main, _sign, extension = re.sub(
        r"(?:转|分机|ext\.?|#)", "~", folded, flags=re.IGNORECASE
    ).partition("~")
    main, extension = _split_extension(main, extension)
    if not _only_phone_signs(main) or (extension and not DIGITS.issuperset(extension)):
        raise _refusal("phone_characters", _("电话只能填写数字，可用空格、短横线和开头的加号。"))
    number = normalise_phone(main)
    landline = LANDLINE.fullmatch(number)
    if landline:
        return "-".join(filter(None, [*landline.groups(), extension]))
    known = any(form.fullmatch(number) for form in (MOBILE, SERVICE_LINE, ABROAD))
    if not known or extension:
        sentence = _("电话格式不正确：手机为 11 位，固定电话请带区号（如 010-12345678）。")
        raise _refusal("phone_number", sentence)
    return number


def _split_extension(main: str, extension: str) -> tuple[str, str]:
    parts = [part for part in re.split(r"[-‐–—]", main.strip()) if part.strip()]
    if (
        not extension
        and len(parts) == 3
        and parts[0].strip().startswith("0")
        and len(parts[2]) <= 6
    ):
        return "-".join(parts[:2]), parts[2].strip()
    return main, extension.strip()


def _only_phone_signs(text: str) -> bool:
    folded = unicodedata.normalize("NFKC", text).strip()
    return re.fullmatch(r"\+?[0-9\s()\-‐–—.·/]*", folded) is not None


def parse_name(text: str) -> str:
    """Read a person's name: at most 50 characters (code points), rare Han characters included.

    Full-width letters become half-width, every kind of middle dot `·`; nothing else changes.

    Raises:
        ValidationError: `name_empty`, `name_length`, `name_control`, `name_private` or
            `name_characters`.
    """
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text.strip()):
        raise _refusal("name_control", _("姓名中含有看不见的控制字符，请删除后重新输入。"))
    name = "".join(_plain(c) for c in " ".join(text.split()))
    if not name:
        raise _refusal("name_empty", _("请填写姓名。"))
    if len(name) > NAME_LENGTH:
        raise _refusal("name_length", _("姓名最多 %(n)d 个字。"), n=NAME_LENGTH)
    if any(unicodedata.category(c) == "Co" for c in name):
        sentence = _("姓名中含有私用区字符，请用标准汉字（GB 18030）输入。")
        raise _refusal("name_private", sentence)
    if (
        not all(map(_may_stand_in_name, name))
        or not any(map(_is_letter, name))
        or _dots_astray(name)
    ):
        sentence = _("姓名只能用汉字、字母和间隔号“·”，间隔号不在首尾也不连用。")
        raise _refusal("name_characters", sentence)
    return name


def _plain(character: str) -> str:
    if character in MIDDLE_DOTS:
        return "·"
    return unicodedata.normalize("NFKC", character) if "！" <= character <= "～" else character


def _is_letter(character: str) -> bool:
    # Planes 2 and 3 hold only Han characters, also those newer than Python's own tables.
    return (
        unicodedata.category(character)[0] == "L"
        or character == "〇"
        or 0x20000 <= ord(character) < 0x40000
    )


def _may_stand_in_name(character: str) -> bool:
    return (
        _is_letter(character)
        or unicodedata.category(character) in ("Mn", "Mc", "Nd")
        or character in " ·-'’.()"
    )


def _dots_astray(name: str) -> bool:
    return name.startswith("·") or name.endswith("·") or "··" in name


def _refusal(code: str, sentence: Any, **facts: Any) -> ValidationError:
    return ValidationError(sentence, code=code, params=facts)


def validate_id_no(text: str) -> None:
    """Django validator of `parse_id_no`."""
    parse_id_no(text)


def validate_uscc(text: str) -> None:
    """Django validator of `parse_uscc`."""
    parse_uscc(text)


def validate_phone(text: str) -> None:
    """Django validator of `parse_phone`."""
    parse_phone(text)


class _ParsedField(forms.CharField):
    """A form field that gives the normal form and keeps what was typed for showing it again."""

    parse: Any = None
    # Room for spaces and full-width signs; the sentence about the true length comes from the rule.
    typed_length = 100

    default_error_messages = {"required": _("请填写这一项。")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": self.typed_length, **kwargs})

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return type(self).parse(typed) if typed else typed


class IdNoField(_ParsedField):
    """Gives the 18 characters."""

    @staticmethod
    def parse(typed: str) -> str:
        return parse_id_no(typed).number


class UsccField(_ParsedField):
    parse = staticmethod(parse_uscc)


class PhoneField(_ParsedField):
    parse = staticmethod(parse_phone)


class NameField(_ParsedField):
    parse = staticmethod(parse_name)
