"""Short ways to write a definition down."""

from typing import Any

NOTE = "筛查结果，非诊断；须由社工填写解读。"


def scale(*texts: str, start: int = 0) -> list[Any]:
    """Options with consecutive numbers from `start`."""
    return [{"value": number, "zh": text} for number, text in enumerate(texts, start=start)]


def points(*rows: tuple[int, str]) -> list[Any]:
    """Options with numbers of their own."""
    return [{"value": value, "zh": text} for value, text in rows]


def items(texts: list[str], options: str, **more: Any) -> list[Any]:
    """Items numbered from 1 that share one list of options."""
    return [
        {"code": str(number), "zh": text, "options": options, **more}
        for number, text in enumerate(texts, start=1)
    ]


def bands(*rows: tuple[str, str, int, int]) -> list[Any]:
    """Bands as code, text, least, most."""
    return [
        {"code": code, "zh": zh, "least": least, "most": most} for code, zh, least, most in rows
    ]


def numbers(first: int, last: int) -> list[str]:
    """Item codes from `first` to `last`."""
    return [str(number) for number in range(first, last + 1)]
