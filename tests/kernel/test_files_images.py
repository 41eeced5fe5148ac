"""Images are written anew, without what hides in or behind them; floods are refused."""

import io
import tracemalloc

import pytest
from PIL import Image

from msw_portal.kernel.files import inspect_upload
from tests.kernel.uploads import picture, refused


def test_metadata_comments_and_appended_files_are_gone():
    exif = Image.Exif()
    exif[0x010E] = "GPS 39.9 116.4"
    content = picture(exif=exif, comment=b"secret comment") + b"<script>alert(1)</script>PK\x03\x04"
    clean = inspect_upload("a.jpg", content)
    assert not any(
        mark in clean.content for mark in (b"GPS", b"secret", b"<script", b"PK\x03\x04", b"Exif")
    )
    assert Image.open(io.BytesIO(clean.content)).getexif() == {}


def test_png_text_and_profiles_are_gone():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "secret author")
    clean = inspect_upload("a.png", picture("PNG", pnginfo=info, icc_profile=b"profile" * 30))
    image = Image.open(io.BytesIO(clean.content))
    image.load()
    assert (image.info, b"secret" in clean.content) == ({}, False)


def test_a_turned_photo_is_set_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    clean = inspect_upload("a.jpg", picture(exif=exif))
    assert Image.open(io.BytesIO(clean.content)).size == (20, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_modes_are_kept(mode):
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, "PNG")
    clean = inspect_upload("a.png", out.getvalue())
    assert Image.open(io.BytesIO(clean.content)).mode == mode


def test_a_cmyk_jpeg_becomes_rgb():
    clean = inspect_upload("a.jpg", picture(mode="CMYK"))
    assert Image.open(io.BytesIO(clean.content)).mode == "RGB"


def test_a_transparent_colour_stays_transparent():
    clean = inspect_upload("a.png", picture("PNG", mode="L", transparency=200))
    assert Image.open(io.BytesIO(clean.content)).info == {"transparency": 200}


def test_a_very_large_jpeg_is_decoded_smaller():
    clean = inspect_upload("a.jpg", picture(size=(6000, 4000)))
    assert Image.open(io.BytesIO(clean.content)).size == (3000, 2000)


def declared(content, width, height):
    """The JPEG with another size in its frame header."""
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + content[at + 4 :]


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (65_500, 65_500)])
def test_a_pixel_flood_is_refused_without_decoding(width, height):
    tracemalloc.start()
    assert refused("a.jpg", declared(picture(), width, height)) == "file.pixels"
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_png_of_too_many_pixels_is_refused():
    assert refused("a.png", picture("PNG", size=(5000, 4000), mode="1")) == "file.pixels"


def test_a_progressive_flood_is_refused():
    content = picture(progressive=True)
    at = content.index(b"\xff\xc2") + 5
    flood = content[:at] + (9000).to_bytes(2, "big") * 2 + content[at + 4 :]
    assert refused("a.jpg", flood) == "file.pixels"


@pytest.mark.parametrize("cut", [60, 100, 300])
def test_a_cut_image_is_refused(cut):
    assert refused("a.jpg", picture()[:-cut]) == "file.damaged"
    assert refused("a.png", picture("PNG", size=(300, 300))[:-cut]) == "file.damaged"
