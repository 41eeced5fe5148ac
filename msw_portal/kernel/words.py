"""What was looked up in a catalogue once is not looked up again by this process."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression
from django.templatetags import i18n
from django.utils.translation import get_language, trans_real

# More than there are sentences; each is kept by the catalogue anyway.
MOST = 20_000


def keep_found() -> None:
    """Keep every answer about the language the interface is written in; for a server of pages.

    A page asks for some hundred words. Each of them is missed by every dictionary, twice, with a plural rule between
    them, before it is itself. Another language is found at once, and its catalogue is not read before it is wanted.
    """
    book = trans_real.translation(settings.LANGUAGE_CODE)
    book.gettext = lru_cache(maxsize=MOST)(book.gettext)


class Sentence(i18n.TranslateNode):
    """`{% translate "..." %}`, with or without a context: the same for everybody who reads the language.

    Fifty stand on a page, and each made an expression, a lazy text and a copy of itself before it was looked up.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._said: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        language = get_language()
        said = self._said.get(language)
        if said is None:
            said = self._said[language] = super().render(context)
        return said


def say_once() -> None:
    """Let Django's own tag make a Sentence where it can: templates go on loading `i18n`."""
    i18n.register.tags |= {"translate": _translate, "trans": _translate}


def _translate(parser: template.base.Parser, token: template.base.Token) -> i18n.TranslateNode:
    words = token.split_contents()
    if len(words) not in (2, 4) or (len(words) == 4 and words[2] != "context"):
        return i18n.do_translate(parser, token)
    sentence = parser.compile_filter(words[1])
    about = parser.compile_filter(words[3]) if len(words) == 4 else None
    if not (_is_text(sentence) and _is_text(about)):
        return i18n.do_translate(parser, token)
    return Sentence(sentence, False, None, about)


def _is_text(given: FilterExpression | None) -> bool:
    return given is None or (isinstance(given.var, str) and not given.filters)
