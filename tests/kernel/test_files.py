"""Uploads: what is accepted and cleaned, and what every hostile file is refused with."""

import io
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from PIL import Image

from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.files import LONGEST_NAME, clean_name, inspect_upload

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


# ── accepted ─────────────────────────────────────────────────────────────────


def test_a_pdf_is_kept_as_it_is_and_its_pages_counted():
    clean = inspect_upload("诊断证明.pdf", PDF)
    assert (clean.mime, clean.extension, clean.pages, clean.name) == (
        "application/pdf",
        "pdf",
        2,
        "诊断证明.pdf",
    )
    assert clean.content == PDF


def test_pages_in_object_streams_are_counted():
    assert inspect_upload("a.pdf", object_stream(b"<</Type/Page>> <</Type/Page>>")).pages == 4


def test_a_pdf_without_countable_pages_is_accepted():
    assert inspect_upload("a.pdf", b"%PDF-1.4\nstartxref\n0\n%%EOF").pages is None


@pytest.mark.parametrize(
    ("name", "kind", "mime", "extension"),
    [
        ("a.jpg", "JPEG", "image/jpeg", "jpg"),
        ("a.JPEG", "JPEG", "image/jpeg", "jpg"),
        ("a.png", "PNG", "image/png", "png"),
    ],
)
def test_images_are_accepted(name, kind, mime, extension):
    clean = inspect_upload(name, picture(kind))
    assert (clean.mime, clean.extension, clean.pages) == (mime, extension, None)
    assert Image.open(io.BytesIO(clean.content)).size == (40, 20)


@pytest.mark.parametrize(("kind", "mime"), [("docx", WORD), ("xlsx", SHEET)])
def test_office_files_are_kept_as_they_are(kind, mime):
    content = office(kind=kind, parts={"docProps/app.xml": "<x/>"})
    clean = inspect_upload(f"表.{kind}", content)
    assert (clean.mime, clean.extension, clean.content == content) == (mime, kind, True)


def test_a_hyperlink_in_a_document_is_no_danger():
    rels = (
        '<Relationship Type="http://x/hyperlink" Target="http://e.example" TargetMode="External"/>'
    )
    assert inspect_upload("a.docx", office({"word/_rels/document.xml.rels": rels})).mime == WORD


def test_real_workbooks_of_the_portal_s_own_writer_are_accepted():
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet().write(0, 0, "演示")
    book.close()
    assert inspect_upload("a.xlsx", out.getvalue()).mime == SHEET


# ── images are written anew ──────────────────────────────────────────────────


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


# ── what it is and how it is called ──────────────────────────────────────────


def test_an_empty_file():
    assert refused("a.pdf", b"") == "file.empty"


def test_a_file_over_the_limit(settings):
    settings.MAX_UPLOAD_BYTES = 2 * 1024 * 1024
    with pytest.raises(DomainError) as caught:
        inspect_upload("a.pdf", PDF + b"\n" * 2 * 1024 * 1024)
    assert (caught.value.rule, str(caught.value)) == (
        "file.too_large",
        "文件超过 2 MB，请压缩或分开上传。",
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", picture()),
        ("a.jpg", PDF),
        ("a.png", picture()),
        ("a.jpg", picture("PNG")),
        ("a.pdf.exe", PDF),
        ("pdf", PDF),
        ("", PDF),
        ("a.docx", PDF),
        ("a.pdf\u202efdp.exe", PDF),
    ],
)
def test_the_ending_must_fit_the_content(name, content):
    assert refused(name, content) == "file.extension"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" * 100,
        b"\x7fELF" + b"\x00" * 100,
        b"#!/bin/sh\nrm -rf /\n",
        b"<html><script>alert(1)</script></html>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
        b"GIF89a" + b"\x00" * 50,
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"BM" + b"\x00" * 50,
        b"Rar!\x1a\x07\x00" + b"\x00" * 30,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        b" \n%PDF-1.7 late",
        b"text",
        b"\x00",
    ],
)
@pytest.mark.parametrize("name", ["a.pdf", "a.jpg", "a.docx"])
def test_other_content_is_refused_whatever_its_name(name, content):
    assert refused(name, content) == "file.type"


def test_a_plain_archive_is_refused():
    assert refused("a.zip", office()) == "file.type"
    assert refused("a.docm", office()) == "file.type"


def test_heic_photos_get_a_sentence_of_their_own():
    content = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 30
    with pytest.raises(DomainError, match="HEIC"):
        inspect_upload("a.heic", content)
    assert refused("a.jpg", content) == "file.type"


# ── PDF ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "action",
    [
        b"/OpenAction <</S/JavaScript/JS(app.alert(1))>>",
        b"/AA <</O <</S /JavaScript /JS (x)>>>>",
        b"<</S/Java#53cript/JS(x)>>",
        b"<</S/#4a#61#76#61#53#63#72#69#70#74/JS(x)>>",
        b"<</S/#4AavaScript/JS(x)>>",
        b"<</S/Launch/F(cmd.exe)>>",
        b"/RichMedia <<>>",
    ],
)
def test_what_runs_in_a_pdf_is_refused(action):
    active = PDF.replace(b"trailer", b"9 0 obj " + action + b" endobj\ntrailer")
    assert refused("a.pdf", active) == "file.active"
    assert refused("a.pdf", object_stream(action)) == "file.active"
    assert refused("a.pdf", object_stream(action, name=b"Obj#53tm")) == "file.active"


@pytest.mark.parametrize("lock", [b"/Encrypt 9 0 R", b"/#45ncrypt <<>>"])
def test_a_locked_pdf_is_refused(lock):
    assert refused("a.pdf", PDF.replace(b"/Root", lock + b"/Root")) == "file.encrypted"


@pytest.mark.parametrize(
    "content",
    [
        PDF[:-8],
        PDF.replace(b"startxref", b"startXref"),
        PDF.replace(b"%PDF-1.7", b"%PDF-x.y"),
        PDF + b" " * 5000,
        b"%PDF-",
    ],
)
def test_a_broken_pdf_is_refused(content):
    assert refused("a.pdf", content) == "file.damaged"


def test_object_streams_hide_nothing():
    cut = object_stream(b"x" * 5000)
    at = cut.index(b"stream\n") + 20
    assert refused("a.pdf", cut[:at] + cut[at + 4 :]) == "file.damaged"
    assert refused("a.pdf", object_stream(b"x", after=b"hidden behind the end")) == "file.damaged"
    assert (
        refused("a.pdf", PDF.replace(b"trailer", b"5 0 obj <</ObjStm>> stream\nx\ntrailer"))
        == "file.damaged"
    )


def test_a_bomb_in_an_object_stream_is_refused():
    assert refused("a.pdf", object_stream(b"\x00" * (41 * 1024 * 1024))) == "file.unpack"


# ── office files ─────────────────────────────────────────────────────────────

EXTERNAL = 'Target="http://e.example/x" TargetMode="External"'


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ({"word/vbaProject.bin": "x"}, "file.macros"),
        ({"word/vbaData.xml": "<x/>"}, "file.macros"),
        ({"xl/macrosheets/sheet1.xml": "<x/>"}, "file.macros"),
        ({"word/activeX/activeX1.xml": "<x/>"}, "file.macros"),
        ({"word/embeddings/oleObject1.bin": "x"}, "file.macros"),
        (
            {"[content_types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"},
            "file.macros",
        ),
        ({"word/x.xml": "<w:instrText>DDEAUTO cmd</w:instrText>"}, "file.macros"),
        ({"xl/externalLinks/l.xml": "<ddeLink/>"}, "file.macros"),
        (
            {"word/_rels/s.rels": f'<Relationship Type="http://x/attachedTemplate" {EXTERNAL}/>'},
            "file.active",
        ),
        (
            {"word/_rels/s.rels": f'<r:Relationship {EXTERNAL} Type="http://x/oleObject"/>'},
            "file.active",
        ),
        (
            {
                "word/_rels/s.rels": '<Relationship Type="x/frame" Target="x" TargetMode="&#69;xternal"/>'
            },
            "file.active",
        ),
        ({"word/x.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}, "file.damaged"),
        ({"word/x.xml": "<!doctype x><x/>".encode("utf-16")}, "file.damaged"),
        ({"../evil.xml": "<x/>"}, "file.damaged"),
        ({"/etc/passwd": "x"}, "file.damaged"),
        ({"a\\..\\b": "x"}, "file.damaged"),
        ({"word/big.xml": b"0" * (33 * 1024 * 1024)}, "file.unpack"),
        ({f"word/{n}.xml": b"0" * (16 * 1024 * 1024) for n in range(4)}, "file.unpack"),
        ({f"word/{n}": "" for n in range(3001)}, "file.unpack"),
        ({"word/_rels/x.rels": b" " * (3 * 1024 * 1024)}, "file.unpack"),
    ],
)
def test_dangerous_documents_are_refused(parts, rule):
    assert refused("a.docx", office(parts)) == rule


def test_a_document_must_be_of_its_kind():
    assert refused("a.xlsx", office(kind="docx")) == "file.damaged"
    assert refused("a.docx", office(kind="xlsx")) == "file.damaged"


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content + b"MZ trailing program",
        lambda content: content[:-10],
        lambda content: content[:60] + b"\x00" * 20 + content[80:],
        lambda content: b"PK\x03\x04" + content[4:100],
    ],
)
def test_a_damaged_archive_is_refused(change):
    assert (
        refused("a.docx", change(office({"word/x.xml": "<x>" + "y" * 500 + "</x>"})))
        == "file.damaged"
    )


def test_a_comment_of_the_archive_is_no_damage():
    assert inspect_upload("a.docx", office(comment=b"made by a word processor")).mime == WORD


def test_a_locked_archive_is_refused():
    content = bytearray(office())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 1)
    assert refused("a.docx", bytes(content)) == "file.encrypted"


def test_a_declared_size_that_is_too_small_is_damage():
    content = bytearray(office({"word/x.xml": "y" * 5000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.rfind(mark)
        content[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
    assert refused("a.docx", bytes(content)) == "file.damaged"


@given(st.binary(max_size=400), st.sampled_from(["a.pdf", "a.jpg", "a.png", "a.docx", "a.xlsx"]))
@trials(max_examples=150, deadline=None)
def test_any_bytes_are_refused_with_a_sentence(content, name):
    heads = {"a.pdf": b"%PDF-1.7", "a.jpg": b"\xff\xd8\xff", "a.png": b"\x89PNG\r\n\x1a\n"}
    with pytest.raises(DomainError):
        inspect_upload(name, heads.get(name, b"PK\x03\x04") + content)


# ── names ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("诊断证明.pdf", "诊断证明.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\病历.docx", "病历.docx"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        (" .hidden.pdf ", "hidden.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1", "_LPT1"),
        ("contract.pdf", "contract.pdf"),
        ("a  b.pdf", "a b.pdf"),
        ("", "未命名"),
        ("///", "未命名"),
        ("...", "未命名"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 300, "x" * 119),
        ("x." + "y" * 300, "x." + "y" * 10),
    ],
)
def test_names_are_cleaned_for_display(name, shown):
    assert clean_name(name) == shown


@given(st.text(max_size=300))
@trials(max_examples=300, deadline=None)
def test_a_cleaned_name_is_harmless_and_stays(name):
    shown = clean_name(name)
    assert 1 <= len(shown) <= LONGEST_NAME
    assert not set(shown) & set('/\\<>:"|?*\x00\r\n\u202e')
    assert not shown.startswith(".")
    assert clean_name(shown) == shown
