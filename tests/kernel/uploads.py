"""Small files of every accepted kind, made on the spot, and the shape of a refusal."""

import io
import zipfile
import zlib

import pytest
from PIL import Image

from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.files import inspect_upload

PDF = (
    b"%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
    b"2 0 obj <</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>> endobj\n"
    b"3 0 obj <</Type /Page/Parent 2 0 R>> endobj\n4 0 obj <</Type/Page/Parent 2 0 R>> endobj\n"
    b"trailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def picture(kind="JPEG", size=(40, 20), mode="RGB", **options):
    image = Image.new(mode, size)
    image.paste(
        tuple([200] * len(image.getbands())) if mode != "L" else 200, (0, 0, size[0] // 2, size[1])
    )
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def office(parts=None, *, kind="docx", comment=b""):
    main = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[kind]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in {
            "[Content_Types].xml": "<Types/>",
            main: "<x/>",
            **(parts or {}),
        }.items():
            archive.writestr(name, part)
        archive.comment = comment
    return out.getvalue()


def object_stream(inside, *, after=b"", name=b"ObjStm"):
    packed = zlib.compress(inside)
    head = b"5 0 obj <</Type/" + name + b"/Filter/FlateDecode>> stream\n"
    return PDF.replace(b"trailer", head + packed + after + b"\nendstream endobj\ntrailer")


def refused(name, content):
    """The rule of the refusal; its sentence is Chinese and belongs to the field."""
    with pytest.raises(DomainError) as caught:
        inspect_upload(name, content)
    assert (caught.value.field, caught.value.status) == ("file", 422)
    assert any("一" <= character <= "鿿" for character in str(caught.value))
    return caught.value.rule
