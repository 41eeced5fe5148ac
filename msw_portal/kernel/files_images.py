"""Images written anew: no metadata, no second file hidden behind the picture, no pixel flood."""

import io
import struct
import zlib

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from msw_portal.kernel.errors import DomainError

# Decoded pixels cost 3 or 4 bytes each, twice while a picture is turned upright.
MOST_DECODED = 16_000_000
MOST_DECLARED = {"JPEG": 200_000_000, "PNG": MOST_DECODED}
# libjpeg keeps the coefficients of the whole picture, at full size, while it reads a progressive one.
MOST_PROGRESSIVE = 20_000_000
# Longer than this no browser draws it, however few pixels there are.
LONGEST_SIDE = 20_000
Image.MAX_IMAGE_PIXELS = MOST_DECLARED["JPEG"]

_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, LookupError)


def clean_image(content: bytes, kind: str) -> bytes:
    """The picture alone, upright, as a new JPEG or PNG (`kind`); a very large JPEG becomes smaller.

    Raises:
        DomainError: `file.pixels` for too many pixels, `file.damaged` for what cannot be decoded.
    """
    flood = DomainError("file.pixels", _("图片太大（像素过多或边长过长），请缩小后上传。"), "file")
    try:
        image = Image.open(io.BytesIO(content), formats=[kind])
        most = MOST_PROGRESSIVE if image.info.get("progressive") else MOST_DECLARED[kind]
        if image.width * image.height > most or max(image.size) > LONGEST_SIDE:
            raise flood
        return _written(_decoded(image, kind), kind)
    except _BOMB:
        raise flood from None
    except _BROKEN:
        raise DomainError("file.damaged", _("图片无法打开，可能已损坏。"), "file") from None


def _decoded(image: Image.Image, kind: str) -> Image.Image:
    pixels = image.width * image.height
    step = next(step for step in (1, 2, 4, 8) if pixels <= MOST_DECODED * step * step)
    if step > 1:
        image.draft("RGB", (image.width // step, image.height // step))
    image.load()
    return ImageOps.exif_transpose(image) if kind == "JPEG" else image


def _written(image: Image.Image, kind: str) -> bytes:
    image.info = {key: value for key, value in image.info.items() if key == "transparency"}
    out = io.BytesIO()
    if kind == "JPEG":
        picture = image if image.mode in ("RGB", "L") else image.convert("RGB")
        picture.save(out, "JPEG", quality=90)
    else:
        image.save(out, "PNG", compress_level=4)
    return out.getvalue()
