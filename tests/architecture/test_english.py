"""No sentence is missing from the English catalogue: what the source asks for is there, whole and certain."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale/en/LC_MESSAGES/django.po"
APPS = ("msw_portal", "departments", "cases", "volunteers", "projects", "donations", "reports")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# The position of the msgid's arguments by the name a call goes by, a context before them or not.
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy", "_n"}
CONTEXT = {"pgettext", "pgettext_lazy"}
LAZY = re.compile(r"(?:^|(?<=\W))(?:_|gettext|ngettext|pgettext|npgettext)\(")


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def in_python(text: str) -> Iterator[tuple[str | None, str]]:
    """Context and msgid of every call of a gettext function on a literal."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name, first = _name(node), _literal(node.args[0])
        if first is None:
            continue
        if name in PLAIN | PLURAL:
            yield None, first
        elif name in CONTEXT and len(node.args) > 1:
            yield first, _literal(node.args[1]) or ""


def in_template(text: str) -> Iterator[tuple[str | None, str]]:
    """The same of a template, through the reading that makemessages itself takes."""
    read = templatize(text)
    for found in LAZY.finditer(read):
        yield from in_python(_call_at(read, found.start()))


def _call_at(text: str, start: int) -> str:
    """The call that begins at `start`, up to the bracket that closes it."""
    depth, quote, place = 0, "", start
    while place < len(text):
        sign = text[place]
        if quote:
            if sign == "\\":
                place += 1
            elif sign == quote:
                quote = ""
        elif sign in "'\"":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == 0:
                return text[start : place + 1]
        place += 1
    raise AssertionError(text[start : start + 60])


def asked_for() -> dict[tuple[str | None, str], str]:
    """Every Chinese sentence that the source asks to have translated, and one place that does."""
    found: dict[tuple[str | None, str], str] = {}
    sources = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    for path in [*sources, *sorted((ROOT / "templates").rglob("*"))]:
        if not path.is_file() or "migrations" in path.parts:
            continue
        read = in_python if path.suffix == ".py" else in_template
        for key in read(path.read_text(encoding="utf-8")):
            if CHINESE.search(key[1]):
                found.setdefault(key, str(path.relative_to(ROOT)))
    return found


@pytest.fixture(scope="module")
def catalogue() -> dict[tuple[str | None, str], polib.POEntry]:
    return {
        (entry.msgctxt, entry.msgid): entry
        for entry in polib.pofile(str(CATALOGUE))
        if not entry.obsolete
    }


def test_every_sentence_of_the_source_stands_in_the_catalogue(catalogue):
    missing = {key[1]: place for key, place in asked_for().items() if key not in catalogue}
    assert missing == {}


@pytest.mark.parametrize(
    ("template", "sentences"),
    [
        ('{% translate "姓名" %}', [(None, "姓名")]),
        (
            '{% card_head _("病区") note=_("一句 (括号)") %}',
            [(None, "病区"), (None, "一句 (括号)")],
        ),
        (
            "{% blocktranslate trimmed with n=count %}\n  共 {{ n }} 条\n{% endblocktranslate %}",
            [(None, "共 %(n)s 条")],
        ),
        ('{{ yes|yesno:_("是,否") }}', [(None, "是,否")]),
        ("<p>姓名</p>", []),
    ],
)
def test_templates_are_read_as_makemessages_reads_them(template, sentences):
    assert list(in_template("{% load i18n %}" + template)) == sentences


def test_python_is_read_with_its_joined_literals_and_contexts():
    source = '_("一" "二"), pgettext("月", "三"), ngettext("四", "五", n), print("六"), _(name)'
    assert sorted(in_python(source), key=str) == [
        ("月", "三"),
        (None, "一二"),
        (None, "四"),
    ]
