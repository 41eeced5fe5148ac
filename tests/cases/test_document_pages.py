"""A case's files through its pages: what is refused and why, the viewer, deleting."""

import io
import zipfile

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from cases.services.documents import case_document_add
from departments.audit import history
from departments.models.mechanisms import Document
from departments.services.removing import uses_of
from tests.cases.pages import text_of
from tests.factories import cases as make
from tests.kernel.uploads import PDF, office, picture

pytestmark = pytest.mark.django_db
PAPER = typst.compile('#set page("a6")\n= 诊断证明\n#pagebreak()\n第二页'.encode(), format="pdf")
TYPE = "只接受 PDF、JPEG、PNG、DOCX、XLSX 文件（按内容判断）。"
BOTH = "文件既是 PDF 又是另一种文件（网页或压缩包），不予接受。请重新导出 PDF。"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.exe", b"MZ")
    return out.getvalue()


def _wide() -> bytes:
    out = io.BytesIO()
    Image.new("1", (30_000, 40)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def case(worker, acting):
    with acting(worker):
        return make.make_case(worker)


@pytest.fixture
def add(worker, acting, case):
    """A file of the case."""

    def put(content: bytes = PAPER, name: str = "诊断证明.pdf", kind: str = "other") -> Document:
        with acting(worker):
            file = SimpleUploadedFile(name, content)
            return case_document_add(case=case, kind=kind, file=file, by=worker)

    return put


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("空.pdf", b"", "文件是空的。"),
        ("网页.pdf", b"<html><script>alert(1)</script></html>", TYPE),
        ("图.png", SVG, TYPE),
        ("图.svg", SVG, TYPE),
        ("双面.pdf", PDF.replace(b"1 0 obj", b"<script>alert(1)</script>\n1 0 obj", 1), BOTH),
        ("双面.pdf", PDF.replace(b"trailer", _archive() + b"\ntrailer"), BOTH),
        (
            "加密.pdf",
            PDF.replace(b"/Root", b"/Encrypt 9 0 R/Root"),
            "PDF 有密码或权限保护，请去掉保护后上传。",
        ),
        ("长图.png", _wide(), "图片太大（像素过多或边长过长），请缩小后上传。"),
        (
            "表.xlsx",
            office({"xl/x.xml": b"0" * (33 << 20)}, kind="xlsx"),
            "文件解压后过大，不予接受。",
        ),
        ("报告\u202efdp.exe", PDF, "文件名的后缀“exe”与内容（PDF）不一致。"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_the_rest_of_the_form_stays(
    worker, acting, client_for, case, settings, name, content, sentence
):
    url = reverse("cases:document_upload", args=[case.uid])
    file = SimpleUploadedFile(name, content)
    answer = client_for(worker).post(url, {"kind": "diagnosis_certificate", "file": file})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"file": [sentence]})
    assert '<option value="diagnosis_certificate" selected>' in answer.content.decode()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_name_with_a_path_and_direction_marks_is_cleaned(worker, acting, client_for, case):
    url = reverse("cases:document_upload", args=[case.uid])
    file = SimpleUploadedFile("x", PAPER)
    file._name = "..\\..\\病\u202e历\u200f.pdf"
    assert client_for(worker).post(url, {"kind": "other", "file": file}).status_code == 302
    with acting(worker):
        assert Document.objects.get().title == "病历.pdf"


def test_one_file_too_many_is_refused_until_one_is_deleted(
    worker, acting, client_for, case, add, settings
):
    settings.MAX_FILES = 2
    add()
    document = add()
    browser, url = client_for(worker), reverse("cases:document_upload", args=[case.uid])
    typed = {"kind": "other", "file": SimpleUploadedFile("a.pdf", PAPER)}
    answer = browser.post(url, typed)
    sentence = "这里已经有 2 份文件，到了上限；请先删除不再需要的，再上传。"
    assert (answer.status_code, answer.context["form"].errors) == (422, {"file": [sentence]})
    remove = reverse("cases:document_remove", args=[document.uid])
    assert browser.post(remove, {"reason": "duplicate"}).status_code == 302
    typed["file"].seek(0)
    assert browser.post(url, typed).status_code == 302


# ── the viewer ───────────────────────────────────────────────────────────────


def test_a_pdf_is_shown_page_by_page_and_its_opening_is_audited_once(
    worker, worker2, head, acting, client_for, add
):
    document = add()
    browser = client_for(worker)
    page = browser.get(reverse("cases:document_view", args=[document.uid]))
    assert page.status_code == 200
    shown = [one["url"] for one in page.context["pages"]]
    assert len(shown) == 2
    assert "诊断证明.pdf" not in page.content.decode().partition("</title>")[0]
    for url in shown:
        picture_of_page = browser.get(url)
        with Image.open(io.BytesIO(picture_of_page.content)) as drawn:
            assert drawn.width == 1400
        heads = picture_of_page.headers
        assert heads["Content-Type"] == "image/jpeg"
        assert heads["Content-Disposition"].startswith("attachment")
        assert heads["X-Content-Type-Options"] == "nosniff"
        assert heads["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert heads["Cache-Control"] == "no-store, private"
    with acting(worker):
        assert [one.action for one in history(document)] == ["document.read", "document.store"]
    # The key is the opener's own: without one, with another's, and for a page that is not there, 404.
    bare = shown[0].partition("?")[0]
    assert browser.get(bare).status_code == 404
    assert browser.get(shown[0].replace("/1/", "/3/")).status_code == 404
    assert client_for(head).get(shown[0]).status_code == 404
    assert client_for(worker2).get(shown[0]).status_code == 404
    assert (
        client_for(head).get(reverse("cases:document_view", args=[document.uid])).status_code == 200
    )


def test_a_picture_is_shown_as_it_was_cleaned_and_an_office_file_is_a_download(
    worker, client_for, add
):
    exif = Image.Exif()
    exif[0x0112] = 6
    photo, table = add(picture(exif=exif), "照片.jpg"), add(office(kind="xlsx"), "费用.xlsx")
    browser = client_for(worker)
    page = browser.get(reverse("cases:document_view", args=[photo.uid]))
    ((one),) = page.context["pages"]
    assert (one["page"].width, one["page"].height) == (20, 40)  # it was taken lying on its side
    with Image.open(io.BytesIO(browser.get(one["url"]).content)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((20, 40), {})
    page = browser.get(reverse("cases:document_view", args=[table.uid]))
    assert "这份文件不能在页面里显示" in text_of(page)
    assert reverse("cases:document", args=[table.uid]) in page.content.decode()


def test_a_pdf_that_cannot_be_drawn_is_offered_as_a_download(worker, client_for, add):
    document = add(b"%PDF-1.4\nstartxref\n0\n%%EOF")
    page = client_for(worker).get(reverse("cases:document_view", args=[document.uid]))
    assert (page.status_code, page.context["pages"]) == (200, [])
    assert "这份文件不能在页面里显示" in text_of(page)


# ── deleting ─────────────────────────────────────────────────────────────────


def test_a_deleted_file_is_gone_and_the_list_says_who_why_and_when(
    worker, acting, client_for, case, add, settings
):
    document = add()
    browser, url = client_for(worker), reverse("cases:document_remove", args=[document.uid])
    refused = browser.post(url, {"reason": "other", "note": ""})
    assert (refused.status_code, refused.context["form"].errors) == (
        422,
        {"note": ["选“其他”时请写明原因。"]},
    )
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert browser.post(url, {"reason": "other", "note": "另一位的证明"}).status_code == 302
    listed = browser.get(reverse("cases:case", args=[case.uid]) + "?part=documents")
    assert "已删除 1 份" in text_of(listed)
    assert "其他、另一位的证明" in text_of(listed)
    for name in ("document", "document_view", "document_remove"):
        assert browser.get(reverse(f"cases:{name}", args=[document.uid])).status_code == 404
    with acting(worker):
        row = Document.objects.get()
        assert (row.void_reason, row.void_note) == ("other", "另一位的证明")
        assert row.wrapped_key != document.wrapped_key
        assert history(row)[0].action == "document.remove"


def test_what_a_signature_rests_on_cannot_be_deleted(worker, acting, client_for, case):
    drawn = "[" + ",".join(f"[[{x},100],[{x + 5},120]]" for x in range(20, 120, 10)) + "]"
    with acting(worker):
        make.make_consent(case, worker, method="e_signature", drawing=drawn)
        document = Document.objects.get()
        assert uses_of(document) == ["signature"]
    answer = client_for(worker).post(
        reverse("cases:document_remove", args=[document.uid]), {"reason": "duplicate"}
    )
    assert answer.status_code == 422
    assert "这份文件是凭据（签名），不能删除。" in text_of(answer)
    with acting(worker):
        assert Document.objects.get().voided_at is None


def test_only_who_works_on_the_open_case_deletes(
    worker, worker2, head, assistant, other_worker, acting, client_for, case, add
):
    url = reverse("cases:document_remove", args=[add().uid])
    assert client_for(head).get(url).status_code == 403
    assert client_for(worker2).get(url).status_code == 404
    assert client_for(other_worker).get(url).status_code == 404
    assert client_for(worker).get(url).status_code == 200
