"""Files of a case."""

import pytest

from cases.services.documents import case_document_add, case_document_read
from departments.audit import history
from departments.models.mechanisms import Document
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db


def test_case_document_add_keeps_the_file_with_the_case(worker, acting, upload):
    with acting(worker):
        case = make_case(worker)
        document = case_document_add(case=case, kind="other", file=upload, by=worker)
        assert Document.objects.visible_to(worker).of(case).get() == document
        assert (document.is_care, document.mime, document.title) == (True, "image/png", "证明.png")
        assert case_document_read(case=case, document=document, by=worker)[:4] == b"\x89PNG"
        assert [event.action for event in history(document)] == ["document.read", "document.store"]


@pytest.mark.parametrize("login", ["worker2", "head", "assistant"])
def test_case_document_add_by_who_is_not_on_the_case_is_refused(
    login, worker, person, acting, upload, refuses
):
    with acting(worker):
        case = make_case(worker)
    user = person(login)
    with acting(user), refuses("permission.can_upload_document", status=403):
        case_document_add(case=case, kind="other", file=upload, by=user)


def test_case_document_read_follows_the_case(worker, worker2, head, acting, upload, refuses):
    with acting(worker):
        case = make_case(worker)
        document = case_document_add(case=case, kind="other", file=upload, by=worker)
    with acting(head):
        assert case_document_read(case=case, document=document, by=head)
    with acting(worker2), refuses("permission.can_read_document", status=403):
        case_document_read(case=case, document=document, by=worker2)
