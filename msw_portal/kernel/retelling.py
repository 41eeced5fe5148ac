"""Sentences that were written down in Chinese by a job, told in the language somebody reads in.

A job has no reader yet, so what it refuses is kept as the Chinese sentence with its values in it. The
catalogue knows the sentence without its values: the one that fits is told again with them.
"""

import re
from functools import cache

from django.utils.translation import get_language, gettext, trans_real

VALUE = re.compile(r"%\((\w+)\)[sd]")


def retold(sentence: str) -> str:
    """The sentence in the reader's language; as it stands where the catalogue does not know it."""
    if not sentence or (get_language() or "zh").startswith("zh"):
        return sentence
    whole = gettext(sentence)
    if whole != sentence:
        return whole
    for pattern, source in _patterns(get_language() or ""):
        if found := pattern.fullmatch(sentence):
            return gettext(source) % {
                name: _value(value) for name, value in found.groupdict().items()
            }
    return sentence


def _value(text: str) -> str:
    """A value that the catalogue knows too, as titles of columns are; several stand side by side."""
    return ", ".join(gettext(one) if one else "" for one in text.split("、"))


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Every sentence of the catalogue that takes values, the one with the most words of its own first."""
    known = [
        key
        for key, _value in trans_real.translation(language)._catalog.items()
        if isinstance(key, str) and "\x04" not in key and VALUE.search(key)
    ]
    known.sort(key=lambda key: -len(VALUE.sub("", key)))
    return [(_pattern(key), key) for key in known]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts, at, seen = [], 0, set()
    for found in VALUE.finditer(sentence):
        parts.append(re.escape(sentence[at : found.start()].replace("%%", "%")))
        name = found[1]
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
        seen.add(name)
        at = found.end()
    parts.append(re.escape(sentence[at:].replace("%%", "%")))
    return re.compile("".join(parts), re.DOTALL)
