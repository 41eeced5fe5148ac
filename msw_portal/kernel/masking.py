"""What a list may show of a person: names, numbers and addresses with their middle taken out."""

import datetime as dt
import re
import unicodedata

from msw_portal.kernel.identifiers import DIGITS, MIDDLE_DOTS, normalise_id_no, normalise_phone
from msw_portal.kernel.surnames import COMPOUND_SURNAMES

AGE_BANDS = (
    (0, "0–1"),
    (3, "1–3"),
    (6, "4–6"),
    (12, "7–12"),
    (17, "13–17"),
    (29, "18–29"),
    (44, "30–44"),
    (59, "45–59"),
    (74, "60–74"),
)
OLDEST_BAND = "75+"

_PROVINCE = (
    "(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    "|云南|陕西|甘肃|青海|台湾)省?"
    "|(?:北京|天津|上海|重庆)市?|(?:内蒙古|西藏|广西|宁夏|新疆)(?:(?:壮族|回族|维吾尔)?自治区)?"
    "|(?:香港|澳门)(?:特别行政区)?"
)
# A place may begin with a word for streets (道里区, 镇海区, 市南区), it does not go on with one.
_PLACE = "[市路道镇乡]?[^省市区县路街道号村镇乡弄巷栋幢楼0-9]"
_COUNTY = re.compile(
    rf"(?:{_PROVINCE})?(?:{_PLACE}{{1,10}}?(?:自治州|地区|盟|市))?"
    rf"(?:{_PLACE}{{1,9}}?(?:自治县|自治旗|林区|特区|县|旗|市|(?<![小社园校院厂])区))?"
)


def mask_name(name: str) -> str:
    """`张*`, `张**`, `欧阳*`; of a name in parts the first character: `阿**·**`, `J***`.

    One character alone is all there is to a name, so it becomes `*`.
    """
    shown = _characters(name.strip())
    if len(shown) <= 1:
        return "*" * len(shown)
    if any(dot in shown for dot in MIDDLE_DOTS):
        return f"{shown[0]}**·**"
    if not all(_is_han(character) for character in shown):
        return f"{shown[0]}***"
    surname = 2 if len(shown) > 2 and "".join(shown[:2]) in COMPOUND_SURNAMES else 1
    return "".join(shown[:surname]) + "*" * (len(shown) - surname)


def _characters(text: str) -> list[str]:
    """Code points, each with the combining marks and variation selectors that follow it."""
    found: list[str] = []
    for point in text:
        if found and unicodedata.category(point) in ("Mn", "Mc"):
            found[-1] += point
        else:
            found.append(point)
    return found


def _is_han(character: str) -> bool:
    point = ord(character[0])
    return (
        0x3400 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0x20000 <= point <= 0x3FFFF
        or character[0] == "〇"
    )


def mask_id_no(number: str) -> str:
    """`110***********1234` for an identity number; other documents keep the first and last two."""
    number = normalise_id_no(number)
    if len(number) >= 15:
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    if len(number) >= 7:
        return number[0] + "*" * (len(number) - 3) + number[-2:]
    return "*" * len(number)


def mask_phone(number: str) -> str:
    """`138****1234` for a mobile; of every other number the last four."""
    digits = normalise_phone(number)
    if len(digits) == 11 and digits[0] == "1":
        return f"{digits[:3]}****{digits[-4:]}"
    return _last_four(digits)


def mask_email(address: str) -> str:
    """`l***@hospital.example`: the first character and where it goes; "" stays empty."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}" if name else ""


def mask_account(number: str) -> str:
    """`****1234` for a bank account or card."""
    folded = unicodedata.normalize("NFKC", number)
    return _last_four("".join(c for c in folded if c in DIGITS or c.isalpha()))


def _last_four(number: str) -> str:
    return f"****{number[-4:]}" if len(number) >= 8 else "*" * len(number)


def mask_address(address: str) -> str:
    """The address down to its county, else its city or province; `***` where it names none."""
    found = _COUNTY.match(unicodedata.normalize("NFKC", "".join(address.split())))
    return (found.group() if found else "") or ("***" if address.strip() else "")


def age_at(birth_on: dt.date, on: dt.date) -> int:
    """Completed years on a day; born on 29 February, the birthday of a common year is 1 March.

    Raises:
        ValueError: when `on` lies before the birth.
    """
    if on < birth_on:
        raise ValueError("the day lies before the birth")
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def age_band(years: int) -> str:
    """The band of completed years in published figures: `0–1` the first year of life, then `1–3`.

    Raises:
        ValueError: for a negative age.
    """
    if years < 0:
        raise ValueError("no age is negative")
    return next((band for last, band in AGE_BANDS if years <= last), OLDEST_BAND)
