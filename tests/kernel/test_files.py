"""Uploads: what is accepted, what content and name must agree on, and names for display."""

import io

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from PIL import Image

from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.files import LONGEST_NAME, clean_name, inspect_upload
from tests.kernel.uploads import PDF, SHEET, WORD, object_stream, office, picture, refused

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
