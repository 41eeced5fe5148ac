"""Codes that a camera reads (ISO/IEC 18004), drawn as SVG by the portal itself."""

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

QUIET_ZONE = 4  # modules of white around the code


def code_matrix(text: str) -> list[list[bool]]:
    """Dark and light modules with the quiet zone; a quarter of the sheet may be scratched or wet (level Q)."""
    code = qrcode.QRCode(border=QUIET_ZONE, error_correction=qrcode.constants.ERROR_CORRECT_Q)
    code.add_data(text)
    return code.get_matrix()


def _path(rows: list[list[bool]]) -> str:
    return "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )


def code_picture(text: str) -> SafeString:
    """The code as an inline SVG, black on white in either theme."""
    rows = code_matrix(text)
    return format_html(
        '<svg viewBox="0 0 {0} {0}" width="220" height="220" role="img" aria-label="{1}" '
        'shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="#fff"></rect>'
        '<path d="{2}" fill="#000"></path></svg>',
        len(rows),
        _("二维码"),
        _path(rows),
    )


def code_svg(text: str) -> str:
    """The code as an SVG file, for prints."""
    rows = code_matrix(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}" '
        f'shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/>'
        f'<path d="{_path(rows)}" fill="#000"/></svg>'
    )
