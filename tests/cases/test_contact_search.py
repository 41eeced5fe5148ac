"""Words in the contacts of one opened case."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.services.contact_search import contacts_find
from departments.models.trail import AuditEntry
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(worker, acting):
    with acting(worker):
        case = make.make_case(worker, stage="intervention", client=make.make_client(worker))
        make.make_contact(case, worker, facts="母亲说夜里睡不着，担心医疗费用；已联系醫保辦。")
        make.make_contact(case, worker, facts="孩子今天愿意画画。", analysis="情绪好转，仍担心费用")
        other = make.make_case(worker, stage="intervention", client=make.make_client(worker))
        make.make_contact(other, worker, facts="别的个案也担心费用")
        return case


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("费用", 2),
        ("费用 画画", 1),
        ("医保办", 1),
        ("睡不着", 1),
        ("夜里　费用", 1),
        ("自杀", 0),
        ("别的", 0),
    ],
)
def test_every_word_must_stand_in_the_record(words, count, case, worker, acting):
    with acting(worker):
        found = contacts_find(case=case, words=words, by=worker)
        assert (len(found.hits), found.read, found.is_capped) == (count, 2, False)


def test_the_places_are_marked(case, worker, acting):
    with acting(worker):
        [hit] = contacts_find(case=case, words="医保办 夜里", by=worker).hits
        marked = [text for snippet in hit.snippets for text, is_hit in snippet if is_hit]
        assert marked == ["夜里", "醫保辦"]
        whole = "".join(text for snippet in hit.snippets for text, _is_hit in snippet)
        assert whole == "母亲说夜里睡不着，担心医疗费用；已联系醫保辦。"


def test_nothing_to_look_for_is_said(case, worker, acting):
    with acting(worker), pytest.raises(DomainError) as caught:
        contacts_find(case=case, words=" 　", by=worker)
    assert (caught.value.rule, caught.value.field) == ("contact.find_nothing", "words")


def test_the_page_finds_and_says_that_narrative_is_not_searched_across_cases(
    case, worker, worker2, client_for, hospital
):
    url = reverse("cases:contact_search", args=[case.uid])
    client = client_for(worker)
    assert "跨个案不能搜索正文" in text_of(client.get(url))
    page = client.post(url, {"words": "画画"})
    assert "<mark>画画</mark>" in page.content.decode()
    assert client.post(url, {"words": ""}).status_code == 422
    assert client_for(worker2).post(url, {"words": "画画"}).status_code == 404
    with scope(org=hospital.pk, role="auditor"):
        [entry] = AuditEntry.objects.filter(action="contact.find")
    assert json.loads(entry.body) == {"words": 1, "hits": 1}
    assert entry.subject_uid == case.uid


def test_the_statements_do_not_grow_with_the_records(case, worker, acting, client_for):
    client, url, counts = client_for(worker), reverse("cases:contact_search", args=[case.uid]), []
    for _turn in range(2):
        client.post(url, {"words": "费用"})
        with CaptureQueriesContext(connection) as seen:
            client.post(url, {"words": "费用"})
        counts.append(len(seen))
        with acting(worker):
            for _more in range(3):
                make.make_contact(case, worker, facts="又说到费用")
    assert counts[0] == counts[1]
