"""Opening hours as people write them, one span a line, and as HSDS schedules: `周六、周日 09:00–12:00 先预约`."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAYS = (
    ("MO", _("周一")),
    ("TU", _("周二")),
    ("WE", _("周三")),
    ("TH", _("周四")),
    ("FR", _("周五")),
    ("SA", _("周六")),
    ("SU", _("周日")),
)
CODES = tuple(code for code, _word in DAYS)
PLACE_OF = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
MOST = 12
HALF = str.maketrans("０１２３４５６７８９：—–～", "0123456789:--~")
CLOCK = re.compile(r"\d\d:\d\d(:00)?")
# What a line can say; a schedule of another directory that says more is kept as it came.
PLAIN = frozenset({"freq", "byday", "opens_at", "closes_at", "description"})
DAY = re.compile(r"(?:周|星期)?([一二三四五六日天])|\b(MO|TU|WE|TH|FR|SA|SU)\b", re.IGNORECASE)
HEAD = re.compile(
    r"(?:每天|(?:(?:周|星期)[一二三四五六日天]|MO|TU|WE|TH|FR|SA|SU)"
    r"(?:\s*[、,，至到~-]?\s*(?:(?:周|星期)?[一二三四五六日天](?![0-9])|MO|TU|WE|TH|FR|SA|SU))*)",
    re.IGNORECASE,
)
SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-~至到]\s*(\d{1,2}:\d{2})")


def is_plain(row: dict[str, Any]) -> bool:
    """Whether a line can say all that the schedule says."""
    days = [day for day in row.get("byday", "").split(",") if day]
    times = [row[name] for name in ("opens_at", "closes_at") if row.get(name)]
    return (
        set(row) <= PLAIN
        and row.get("freq", "WEEKLY") == "WEEKLY"
        and set(days) <= set(CODES)
        and len(times) != 1
        and all(CLOCK.fullmatch(time) for time in times)
    )


def line_of(row: dict[str, Any]) -> str:
    """A plain schedule as its line: read_line gives it back."""
    days = [day for day in row.get("byday", "").split(",") if day]
    words = dict(DAYS)
    said = "、".join(str(words[day]) for day in days)
    if not all(word.startswith("周") for word in said.split("、")):
        said = ",".join(days)
    times = "–".join(filter(None, [row.get("opens_at", "")[:5], row.get("closes_at", "")[:5]]))
    return " ".join(filter(None, [said, times, row.get("description", "")]))


def read_line(line: str) -> dict[str, Any]:
    """The schedule of a line; what is neither days nor a span of time is its description.

    Raises:
        ValidationError: `hours_order` when it closes before it opens, `hours_time` for 25:00.
    """
    # One character for one: what is cut out of the read text is cut out of the typed one.
    typed = line.strip()
    text = typed.translate(HALF)
    row: dict[str, Any] = {}
    head = HEAD.match(text)
    if head is not None:
        row |= {"freq": "WEEKLY", "byday": ",".join(_days(head[0]))}
        typed, text = typed[head.end() :], text[head.end() :]
    span = SPAN.search(text)
    if span is not None:
        opens, closes = (_time(one) for one in span.groups())
        if closes <= opens:
            raise forms.ValidationError(_("结束时间要晚于开始时间。"), code="hours_order")
        row |= {"opens_at": opens, "closes_at": closes}
        typed = f"{typed[: span.start()]} {typed[span.end() :]}"
    if rest := " ".join(typed.split()).strip(" ,，、:："):
        row["description"] = rest
    return row


def _time(text: str) -> str:
    hour, minute = (int(part) for part in text.split(":"))
    if hour > 23 or minute > 59:
        raise forms.ValidationError(_("没有 %(time)s 这个时间。"), "hours_time", {"time": text})
    return f"{hour:02d}:{minute:02d}"


def _days(text: str) -> list[str]:
    """`周一至周五` is five days, `周六、周日` two."""
    if text.startswith("每天"):
        return list(CODES)
    found: list[int] = []
    last_end, is_range = 0, False
    for day in DAY.finditer(text):
        place = PLACE_OF[day[1]] if day[1] else CODES.index(day[2].upper())
        is_range = bool(re.search(r"[至到~-]", text[last_end : day.start()])) and bool(found)
        if is_range and found[-1] < place:
            found += range(found[-1] + 1, place)
        found.append(place)
        last_end = day.end()
    return [CODES[place] for place in sorted(set(found))]


class HoursLines(forms.CharField):
    """Several spans, one a line; gives a list of schedules."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 2, **kwargs: Any):
        super().__init__(required=False, max_length=1500, **kwargs)
        self.widget.attrs["rows"] = rows

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(line_of, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST:
            raise forms.ValidationError(_("最多 %(most)d 段。"), params={"most": MOST})
        made = []
        for number, line in enumerate(lines, 1):
            try:
                made.append(read_line(line))
            except forms.ValidationError as error:
                sentence = _("第 %(n)d 行：%(why)s")
                params = {"n": number, "why": error.messages[0]}
                raise forms.ValidationError(sentence, params=params) from error
        return made
