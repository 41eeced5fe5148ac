"""Paper: a Typst template of templates/print and its content as JSON become one PDF."""

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from fontTools.ttLib import TTFont
from pylopdf_fonts_zh_cn import sans_path

FOLDER = Path(settings.BASE_DIR) / "templates" / "print"
MOST_EMBEDDED = 2 * 1024 * 1024
MOST_PAGES = 10
EMBEDDED = b'#image(bytes(json(bytes(sys.inputs.pdf))), format: "pdf", page: int(sys.inputs.page), width: 10mm)'
FIRST_PRINTED = 0x20  # control characters are no letters that a font could lack


def typeset(template: str, content: Mapping[str, Any], *, at: dt.datetime) -> bytes:
    """The PDF of `template` (a file of templates/print) filled with `content`; equal input, equal bytes.

    The template reads `json(bytes(sys.inputs.content))`; `at` is the file's own time of making.
    """
    return typst.compile(
        str(FOLDER / template),
        root=str(FOLDER),
        format="pdf",
        font_paths=[str(Path(sans_path()).parent)],
        ignore_system_fonts=False,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        timestamp=int(at.timestamp()),
    )


def embedded_pages(pdf: bytes) -> int:
    """How many pages of a PDF can stand in a paper, MOST_PAGES at most; 0 for one that is too big, broken or locked."""
    if len(pdf) > MOST_EMBEDDED:
        return 0
    given = json.dumps(list(pdf))
    for page in range(1, MOST_PAGES + 1):
        try:
            typst.compile(EMBEDDED, format="pdf", sys_inputs={"pdf": given, "page": str(page)})
        except typst.TypstError:
            return page - 1
    return MOST_PAGES


@cache
def _drawn() -> frozenset[int]:
    with TTFont(sans_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())


def undrawn(text: str) -> list[str]:
    """The characters of `text` that the printing font has no shape for, each once, in order."""
    known = _drawn()
    return [
        letter
        for letter in dict.fromkeys(text)
        if ord(letter) >= FIRST_PRINTED and ord(letter) not in known
    ]
