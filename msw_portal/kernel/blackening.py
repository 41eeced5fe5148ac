"""Black boxes burned into a copy: every page is drawn anew, so what lies under a box is in no layer of the file.

A box is (page, left, top, width, height); page counts from 1, the rest are thousandths of the page.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from PIL import Image, ImageDraw

from msw_portal.kernel.previews import PDF, pages_of, picture_of

WHOLE = 1000
MOST_PAGES = 40  # each is drawn in a process of its own while somebody waits
QUALITY = 85


class Box(NamedTuple):
    """A rectangle of one page, in thousandths of it."""

    page: int
    left: int
    top: int
    width: int
    height: int

    @property
    def is_on_a_page(self) -> bool:
        """Whether it lies on a page and covers something."""
        return (
            self.page >= 1
            and min(self.left, self.top) >= 0
            and min(self.width, self.height) > 0
            and max(self.left + self.width, self.top + self.height) <= WHOLE
        )


def blackened(content: bytes, mime: str, boxes: Sequence[Box]) -> tuple[bytes, str]:
    """The file with the boxes burned in and its MIME type: a PDF of pictures, or a JPEG of a picture.

    Raises:
        NoPreview: the file cannot be drawn.
    """
    count = pages_of(content, mime).count
    pages = _drawn(content, mime, range(1, count + 1), boxes)
    out = io.BytesIO()
    if mime == PDF:
        next(pages).save(out, "PDF", save_all=True, append_images=pages, quality=QUALITY)
        return out.getvalue(), PDF
    next(pages).save(out, "JPEG", quality=QUALITY)
    return out.getvalue(), "image/jpeg"


def _drawn(
    content: bytes, mime: str, numbers: Iterable[int], boxes: Sequence[Box]
) -> Iterator[Image.Image]:
    of_page = {
        page: list(found) for page, found in groupby(sorted(boxes), key=lambda box: box.page)
    }
    for number in numbers:
        picture, _mime = picture_of(content, mime, number)
        with Image.open(io.BytesIO(picture)) as opened:
            page = opened.convert("RGB")
        across, down = page.width / WHOLE, page.height / WHOLE
        pen = ImageDraw.Draw(page)
        for box in of_page.get(number, ()):
            corner = (box.left * across, box.top * down)
            pen.rectangle(
                (*corner, corner[0] + box.width * across, corner[1] + box.height * down),
                fill="black",
            )
        yield page
