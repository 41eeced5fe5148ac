"""Draws one page of a PDF, alone in a process that owns nothing: `pdf_pages.py FONT PAGE WIDTH`.

The PDF comes in on standard input. Out come one line of JSON, {"pages": n, "sizes": [[w, h], ...]} in
points, and behind it the page as a JPEG of WIDTH pixels (none for page 0). Kept free of the portal: it
starts with no environment, no network credentials and little memory, because PDFs come from anybody.
"""

import ctypes
import io
import json
import resource
import sys

MEMORY = 768 * 1024**2
SECONDS = 20
MOST_SIZES = 300  # more pages than these are counted, not measured
MOST_PIXELS = 6_000_000
QUALITY = 82
SYSTEM_FONTS = b"/usr/share/fonts"


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # No child, no thread: drawing needs neither (root is not bound by it).
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def main(fonts: str, page: int, width: int) -> int:
    _confine()
    import pypdfium2
    import pypdfium2.raw as pdfium

    # Hospitals' PDFs often name a system font instead of holding it: the prints' own stands in.
    paths = (ctypes.c_char_p * 3)(fonts.encode(), SYSTEM_FONTS, None)
    kind = ctypes.POINTER(ctypes.POINTER(ctypes.c_char))
    config = pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=ctypes.cast(paths, kind))
    pdfium.FPDF_DestroyLibrary()
    pdfium.FPDF_InitLibraryWithConfig(config)
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    count = len(document)
    sizes = [document.get_page_size(number) for number in range(min(count, MOST_SIZES))]
    head = {"pages": count, "sizes": [[round(w, 1), round(h, 1)] for w, h in sizes]}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    if page:
        one = document[page - 1]
        across, down = one.get_size()
        scale = min(width / across, (MOST_PIXELS / (across * down)) ** 0.5)
        # A hair less: what comes out at 1400.0000001 pixels is rounded up.
        picture = one.render(scale=scale * (1 - 1e-6), may_draw_forms=True).to_pil().convert("RGB")
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=QUALITY)
        sys.stdout.buffer.write(out.getvalue())
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
