"""Pictures of a file for the page that shows it: PDFs are drawn in a process of their own, pictures as they are."""

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from pylopdf_fonts_zh_cn import sans_path

PDF = "application/pdf"
PICTURES = ("image/jpeg", "image/png")
SHOWN = frozenset({PDF, *PICTURES})
WIDTH = 1400  # pixels: 170 per inch on A4, small print stays readable
SECONDS = 25
MOST_PAGES = 300
_CHILD = Path(__file__).with_name("pdf_pages.py")


class NoPreview(ValueError):
    """The file cannot be drawn, or not with the time and memory a page may cost."""


@dataclass(frozen=True)
class Page:
    """A page as it will be drawn, in pixels."""

    number: int
    width: int
    height: int


@dataclass(frozen=True)
class Pages:
    """The pages that are shown, and how many there are."""

    shown: tuple[Page, ...]
    count: int


def pages_of(content: bytes, mime: str) -> Pages:
    """How many pages there are and how large each will be; at most 300 of them are shown.

    Raises:
        NoPreview: also for a kind of file that has none.
    """
    if mime in PICTURES:
        with Image.open(io.BytesIO(content)) as picture:
            return Pages((Page(1, *picture.size),), 1)
    head, _drawn = _draw(content, mime, 0)
    sizes = head["sizes"][:MOST_PAGES]
    pages = (
        Page(number, WIDTH, max(1, round(WIDTH * down / max(across, 1))))
        for number, (across, down) in enumerate(sizes, 1)
    )
    return Pages(tuple(pages), head["pages"])


def picture_of(content: bytes, mime: str, number: int) -> tuple[bytes, str]:
    """The picture of one page and its MIME type.

    Raises:
        NoPreview: also for a page that is not there.
    """
    if mime in PICTURES and number == 1:
        return content, mime
    _head, drawn = _draw(content, mime, number)
    if not drawn:
        raise NoPreview("no such page")
    return drawn, "image/jpeg"


def _draw(content: bytes, mime: str, number: int) -> tuple[dict, bytes]:
    if mime != PDF:
        raise NoPreview("no preview of this kind")
    fonts = str(Path(sans_path()).parent)
    # -I and an empty environment: no setting, no password, no path of the portal goes along.
    command = [sys.executable, "-I", str(_CHILD), fonts, str(number), str(WIDTH)]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, env={}, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NoPreview("it took too long") from None
    head, _line, drawn = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise NoPreview("it cannot be drawn")
    return json.loads(head), drawn
