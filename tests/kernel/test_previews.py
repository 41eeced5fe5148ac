"""A page of a PDF becomes a picture in a process that is alone; what cannot be drawn is said, not waited for."""

import io
import zlib

import pytest
import typst
from PIL import Image

from msw_portal.kernel import previews
from msw_portal.kernel.previews import NoPreview, Page, pages_of, picture_of
from tests.kernel.uploads import PDF, picture

MIME = "application/pdf"
LETTERS = "诊断证明书"


def _font_named_only() -> bytes:
    """A page whose Chinese letters stand in a font that the file names and does not hold."""
    text = LETTERS.encode("utf-16-be").hex().encode()
    draw = b"BT /F1 40 Tf 20 40 Td <" + text + b"> Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Resources<</Font<</F1 4 0 R>>>>/Contents 6 0 R>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[5 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw),
    ]
    return _file(parts)


def _file(parts: list[bytes]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts) + 1, rows)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(out))
    return out + table + end


def _ink(content: bytes) -> float:
    """The part of the picture that is not white."""
    shades = Image.open(io.BytesIO(content)).convert("L").histogram()
    return sum(shades[:128]) / sum(shades)


def test_pages_are_counted_measured_and_drawn():
    paper = typst.compile('#set page("a5")\n#pagebreak()\n= 甲'.encode(), format="pdf")
    pages = pages_of(paper, MIME)
    assert (pages.count, pages.shown[0]) == (2, Page(1, 1400, 1987))
    drawn, mime = picture_of(paper, MIME, 2)
    assert (Image.open(io.BytesIO(drawn)).size, mime) == ((1400, 1987), "image/jpeg")
    assert (_ink(picture_of(paper, MIME, 1)[0]), _ink(drawn) > 0) == (0, True)


def test_letters_of_a_font_that_is_only_named_are_drawn():
    assert _ink(picture_of(_font_named_only(), MIME, 1)[0]) > 0.02


def test_a_picture_is_its_own_preview():
    content = picture()
    assert pages_of(content, "image/jpeg").shown == (Page(1, 40, 20),)
    assert picture_of(content, "image/jpeg", 1) == (content, "image/jpeg")


@pytest.mark.parametrize(
    ("content", "mime", "number"),
    [
        (b"%PDF-1.4\nstartxref\n0\n%%EOF", MIME, 0),
        (PDF, MIME, 3),
        (b"PK", "application/zip", 1),
        (picture(), "image/jpeg", 2),
    ],
)
def test_what_cannot_be_drawn_is_said(content, mime, number):
    with pytest.raises(NoPreview):
        picture_of(content, mime, number)


def test_a_page_that_asks_for_too_much_memory_or_time_costs_neither(monkeypatch):
    packed = zlib.compress(b"\x00" * (30_000 * 30_000 // 8), 9)
    image = (
        b"<</Type/XObject/Subtype/Image/Width 30000/Height 30000/ColorSpace/DeviceRGB"
        b"/BitsPerComponent 8/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
    ) % (len(packed), packed)
    draw = b"q 200 0 0 200 0 0 cm /I Do Q"
    bomb = _file(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>",
            image,
            b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw),
        ]
    )
    try:
        drawn, _mime = picture_of(bomb, MIME, 1)
        assert Image.open(io.BytesIO(drawn)).size == (1400, 1400)  # drawn without the flood
    except NoPreview:
        pass
    monkeypatch.setattr(previews, "SECONDS", 0.01)
    with pytest.raises(NoPreview, match="too long"):
        pages_of(bomb, MIME)
