"""What a hospital blackens on a paper is in no layer of the foundation's copy; papers of identity leave blackened only."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from departments.models.mechanisms import Document
from departments.services.documents import document_content, document_store
from donations.models.requests import RequestDocument
from donations.services import requests, review
from donations.services.blackening import paper_blacken
from donations.services.catalogue import LITTLE_ANGEL
from msw_portal.kernel.blackening import Box, blackened
from msw_portal.kernel.previews import PDF, picture_of
from tests.factories.donations import (
    DECLARED,
    as_person,
    make_draft,
    make_money,
    make_submitted,
    submit,
)

HALF = Box(1, 0, 0, 500, 1000)


def _picture(across=400, down=200) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (across, down), "red").save(out, "PNG")
    return out.getvalue()


def _at(content: bytes, *points) -> list[tuple[int, int, int]]:
    """The colours at the points, given as parts of the picture."""
    with Image.open(io.BytesIO(content)) as opened:
        page = opened.convert("RGB")
        return [page.getpixel((int(x * page.width), int(y * page.height))) for x, y in points]


def _is_black(colour) -> bool:
    return max(colour) < 12


def _id_card(asked, by) -> Document:
    return document_store(
        name="演示身份证.png",
        content=_picture(),
        mime="image/png",
        pages=1,
        subject=asked.case,
        kind="id_card",
        by=by,
        organization_id=asked.case.organization_id,
        compartment_id=asked.case.compartment_id,
    )


@pytest.fixture
def with_id_card(people):
    """A draft whose programme wants the identity card, and has it as a picture."""
    money = make_money(
        people,
        documents=[
            *LITTLE_ANGEL["documents"],
            {"type": "id_card", "text": "身份证", "required": True},
        ],
    )
    asked = make_draft(people, money)
    with as_person(people.worker) as by:
        asked.paper = requests.request_attach(
            request=asked.request, type="id_card", document=_id_card(asked, by), by=by
        )
    return asked


def test_a_picture_is_black_under_the_boxes_alone():
    content, mime = blackened(_picture(), "image/png", [Box(1, 100, 500, 200, 250)])
    assert mime == "image/jpeg"
    inside, left, above, red = _at(content, (0.2, 0.6), (0.05, 0.6), (0.2, 0.4), (0.9, 0.9))
    assert _is_black(inside)
    assert min(left[0], above[0], red[0]) > 240


def test_a_pdf_becomes_pictures_of_its_pages_without_text():
    pages = [Image.new("RGB", (300, 300), "white") for _one in range(2)]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    content, mime = blackened(out.getvalue(), PDF, [Box(2, 0, 0, 500, 500)])
    assert mime == PDF
    first, _mime = picture_of(content, PDF, 1)
    second, _mime = picture_of(content, PDF, 2)
    assert not _is_black(_at(first, (0.2, 0.2))[0])
    inside, outside = _at(second, (0.2, 0.2), (0.8, 0.8))
    assert _is_black(inside)
    assert min(outside) > 240
    assert b"/Font" not in content


def test_an_identity_card_leaves_the_house_blackened_or_not_at_all(people, refuses, with_id_card):
    asked = with_id_card
    with as_person(people.worker) as by:
        with refuses("funding_request.names_on_papers", "documents"):
            requests.request_submit(
                request=asked.request, consent=asked.consent, declarations=DECLARED, by=by
            )
        paper_blacken(request=asked.request, paper=asked.paper, boxes=[HALF], by=by)
    submit(people, asked)
    with as_person(people.officer) as by:
        copy = RequestDocument.objects.get(pk=asked.paper.pk).masked
        left, right = _at(document_content(copy), (0.2, 0.5), (0.8, 0.5))
        assert _is_black(left)
        assert right[0] > 240


def test_a_paper_renewed_for_a_supplement_is_asked_for_its_boxes_too(people, refuses, with_id_card):
    asked = with_id_card
    with as_person(people.worker) as by:
        paper_blacken(request=asked.request, paper=asked.paper, boxes=[HALF], by=by)
    submit(people, asked)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
        review.request_ask_supplement(
            request=asked.request, items=["id_card"], message="请重拍", by=by
        )
    with as_person(people.worker) as by:
        anew = requests.request_attach(
            request=asked.request, type="id_card", document=_id_card(asked, by), by=by
        )
        with refuses("funding_request.names_on_papers", "documents"):
            requests.request_supplement(request=asked.request, by=by)
        paper_blacken(request=asked.request, paper=anew, boxes=[HALF], by=by)
        assert requests.request_supplement(request=asked.request, by=by).state == "document_check"


def test_another_file_has_no_boxes_yet(people, with_id_card):
    asked = with_id_card
    with as_person(people.worker) as by:
        paper_blacken(request=asked.request, paper=asked.paper, boxes=[HALF], by=by)
        requests.request_attach(
            request=asked.request, type="id_card", document=_id_card(asked, by), by=by
        )
        assert RequestDocument.objects.get(pk=asked.paper.pk).boxes == []


def test_boxes_lie_on_a_page_of_the_file(people, refuses, with_id_card):
    asked = with_id_card
    with as_person(people.worker) as by:
        for wrong in (Box(2, 0, 0, 10, 10), Box(1, 0, 0, 0, 10), Box(1, 995, 0, 10, 10)):
            with refuses("request_document.box_outside", "boxes"):
                paper_blacken(request=asked.request, paper=asked.paper, boxes=[wrong], by=by)
        with refuses("request_document.too_many_boxes", "boxes"):
            paper_blacken(request=asked.request, paper=asked.paper, boxes=[HALF] * 201, by=by)


def test_what_was_sent_is_not_blackened_afterwards_nor_by_anybody_else(
    people, money, head, refuses
):
    asked = make_submitted(people, money)
    with as_person(people.worker) as by:
        sent = RequestDocument.objects.get(request=asked.request, type="economic_proof")
        with refuses("funding_request.attach_closed", status=409):
            paper_blacken(request=asked.request, paper=sent, boxes=[HALF], by=by)
    draft = make_draft(people, money)
    with as_person(people.worker):
        mine = RequestDocument.objects.get(request=draft.request, type="economic_proof")
    with as_person(head) as by, refuses("permission.can_amend_request", None, status=403):
        paper_blacken(request=draft.request, paper=mine, boxes=[HALF], by=by)


def test_the_page_takes_the_boxes_and_keeps_what_was_typed_wrongly(
    people, client_for, with_id_card
):
    asked = with_id_card
    client = client_for(people.worker)
    url = reverse("donations:document_blacken", args=[asked.paper.uid])
    page = client.get(url)
    assert page.status_code == 200
    assert "/pages/1/?key=" in page.text
    refused = client.post(url, {"boxes": "1 0 0 500"})
    assert refused.status_code == 422
    assert "第 1 行要有五个整数" in refused.text
    assert "1 0 0 500" in refused.text
    taken = client.post(url, {"boxes": "1 0 0 500 1000\n"})
    assert taken.status_code in (302, 303)
    with as_person(people.worker):
        assert RequestDocument.objects.get(pk=asked.paper.pk).boxes == [[1, 0, 0, 500, 1000]]
    assert "已遮盖 1 处" in client.get(taken.url.partition("#")[0]).text
