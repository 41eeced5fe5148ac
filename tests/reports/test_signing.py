"""Texts of reports: written from figures, edited, signed by the head, locked; a change is a new version."""

import io

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from docx import Document
from pypdfium2 import PdfDocument

from msw_portal.kernel.errors import DomainError
from reports.models import SignedReport
from reports.services.paper_rows import paper_kept, paper_opened
from reports.services.signing import (
    paper_of_signed,
    paragraphs,
    signed_report_begin,
    signed_report_edit,
    signed_report_renew,
    signed_report_sign,
    signed_report_take,
)
from tests.factories.cases import make_case, make_contact
from tests.reports.test_rendering import _paper


@pytest.fixture
def begun(worker, head, acting):
    """The yearly text of a department with one case and one contact."""
    with acting(worker):
        make_contact(make_case(worker, assigned_at=timezone.now()), worker)
    with acting(head):
        return signed_report_begin(kind="yearly", day=timezone.localdate(), by=head)


def test_a_paper_is_kept_and_opened_as_it_was():
    paper = _paper(mark="")
    assert paper_opened(paper_kept(paper)) == paper


def test_a_text_begins_with_sentences_that_cite_their_figures(begun, head, acting):
    with acting(head):
        first = paragraphs(begun)[1]
    assert "本部新开个案 1 件" in first.text
    assert "case_new" in first.cites


def test_an_edited_text_keeps_its_citations_and_its_tables(begun, head, acting):
    with acting(head):
        before = paper_opened(begun.paper)
        edited = signed_report_edit(report=begun, texts={1: "本年工作平稳。"}, by=head)
        after = paper_opened(edited.paper)
        assert paragraphs(edited)[1].text == "本年工作平稳。"
    assert after.blocks[1].cites == before.blocks[1].cites
    assert after.tables == before.tables


def test_a_signed_text_is_locked_and_says_who_signed(begun, head, acting):
    with acting(head):
        signed = signed_report_sign(report=begun, by=head)
        assert paper_of_signed(signed).signed_by.startswith(head.display_name)
        for late in (
            lambda: signed_report_edit(report=signed, texts={1: "改"}, by=head),
            lambda: signed_report_sign(report=signed, by=head),
        ):
            with pytest.raises(DomainError) as refused:
                late()
            assert refused.value.rule == "signed_report.is_signed"
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            SignedReport.objects.filter(pk=signed.pk).update(version=9)


def test_a_change_of_a_signed_text_is_a_new_version(begun, head, acting):
    with acting(head):
        signed = signed_report_sign(report=begun, by=head)
        new = signed_report_renew(report=signed, by=head)
        assert (new.version, new.signed_at) == (2, None)
        with pytest.raises(DomainError) as refused:
            signed_report_renew(report=signed, by=head)
        assert refused.value.rule == "signed_report.is_open"
        signed_report_edit(report=new, texts={1: "更正：多一件。"}, by=head)
        assert paragraphs(SignedReport.objects.get(pk=signed.pk))[1].text != "更正：多一件。"


def test_one_period_has_one_unsigned_text(begun, head, acting):
    with acting(head), pytest.raises(DomainError) as refused:
        signed_report_begin(kind="yearly", day=timezone.localdate(), by=head)
    assert refused.value.field == "period"


def test_the_supervisor_writes_and_does_not_sign_and_a_worker_does_neither(
    begun, supervisor, worker, other_head, acting
):
    with acting(supervisor):
        signed_report_edit(report=begun, texts={1: "督导改过。"}, by=supervisor)
        with pytest.raises(DomainError) as refused:
            signed_report_sign(report=begun, by=supervisor)
        assert refused.value.rule == "permission.can_sign_report"
    with acting(worker), pytest.raises(DomainError) as refused:
        signed_report_begin(kind="yearly", day=timezone.localdate(), by=worker)
    assert refused.value.rule == "permission.can_write_report"
    with acting(other_head):
        assert SignedReport.objects.visible_to(other_head).count() == 0


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(begun, head, acting):
    with acting(head):
        base = begun.row_version
        signed_report_edit(report=begun, texts={1: "先"}, base=base, by=head)
        with pytest.raises(DomainError) as refused:
            signed_report_edit(report=begun, texts={1: "后"}, base=base, by=head)
    assert refused.value.rule == "form.stale"


def test_copies_are_marked_and_a_document_can_be_edited(begun, head, acting):
    with acting(head):
        signed = signed_report_sign(report=begun, by=head)
        pdf = signed_report_take(report=signed, file_format="pdf", by=head)
        docx = signed_report_take(report=signed, file_format="docx", by=head)
    with PdfDocument(pdf) as opened:
        said = "".join(page.get_textpage().get_text_range() for page in opened)
    assert f"签发：{head.display_name}".replace(" ", "") in said.replace(" ", "")
    document = Document(io.BytesIO(docx))
    assert head.display_name in document.sections[0].header.paragraphs[0].text
    assert "一、总体情况" in [one.text for one in document.paragraphs]


def test_the_pages_go_from_beginning_to_the_signed_file(worker, head, acting, client_for):
    with acting(worker):
        make_case(worker, assigned_at=timezone.now())
    client, today = client_for(head), timezone.localdate()
    asked = {"kind": "yearly", "period": f"year:{today.year}-01-01"}
    to = client.post("/reports/texts/", asked)["Location"]
    page = client.get(to).content.decode()
    assert "本部新开个案 1 件" in page and "case_new" in page
    with acting(head):
        row = SignedReport.objects.get()
        typed = {f"p{at}": one.text for at, one in paragraphs(row).items()}
    assert client.post(to, {**typed, "p1": ""}).status_code == 422
    assert client.post(to, {**typed, "p1": "全年平稳。"}).status_code == 302
    assert "全年平稳。" in client.get(to).content.decode()
    # Signing takes what stands in the fields, saved before or not.
    assert client.post(to, {**typed, "p1": "", "sign": "1"}).status_code == 422
    assert client.post(to, {**typed, "p1": "全年很平稳。", "sign": "1"}).status_code == 302
    page = client.get(to).content.decode()
    assert ("已锁定" in page, "<textarea" in page, "全年很平稳。" in page) == (True, False, True)
    assert "已经签发" in client.post(to, {**typed, "sign": "1"}).content.decode()
    assert client.get(f"{to}pdf/").content.startswith(b"%PDF-")
    assert client.get(f"{to}exe/").status_code == 404
    assert client.post(f"{to}renew/").status_code == 302
    assert client_for(worker).get(to).status_code == 404


def test_the_list_asks_as_often_for_three_texts_as_for_one(
    begun, head, acting, client_for, django_assert_max_num_queries
):
    def asked() -> int:
        client = client_for(head)
        with django_assert_max_num_queries(99) as seen:
            assert client.get("/reports/texts/").status_code == 200
        return len(seen.captured_queries)

    one = asked()
    with acting(head):
        signed = signed_report_sign(report=begun, by=head)
        second = signed_report_sign(report=signed_report_renew(report=signed, by=head), by=head)
        signed_report_renew(report=second, by=head)
    assert asked() == one
