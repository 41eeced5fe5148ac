"""The family's lane: a code without an account opens one request, and what may be done behind it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.models.casework import Case
from cases.services.secrecy import case_raise_secrecy
from departments.models.mechanisms import AccessLink, Task
from departments.models.trail import AuditEntry
from departments.services import outbox
from donations.models.appeals import Appeal, DecisionTelling
from donations.models.lane import FamilyMessage, FamilyPaper
from donations.models.requests import FundingRequest, RequestDocument
from donations.services import family_side, review
from donations.services.family_lane import lane_code_create, lane_code_end, lane_open
from donations.services.reading import copies_read
from msw_portal.kernel.scope import scope
from tests.donations.pages import text, url
from tests.factories import donations as made

GROUNDS = "诊断证明里写明了高危分型，请重新看一遍。"


@pytest.fixture
def sent(people, money):
    return made.make_submitted(people, money)


@pytest.fixture
def code(people, sent):
    with made.as_person(people.worker) as by:
        return lane_code_create(request=sent.request, by=by).code


def _lane(code, query=""):
    return reverse("lane:lane", args=[code]) + query


def _ask_papers(people, sent):
    with made.as_person(people.officer) as by:
        review.request_check(request=sent.request, by=by)
        review.request_ask_supplement(
            request=sent.request, items=["economic_proof"], message="请补盖章的证明", by=by
        )


def test_the_page_says_where_it_is_and_names_nobody(client, people, sent, code, hospital):
    with made.as_person(people.officer) as by:
        copies_read(request=FundingRequest.objects.get(pk=sent.request.pk), by=by)
    outbox.relay_once()
    page = client.get(_lane(code))
    said = text(page)
    assert page["Referrer-Policy"] == "no-referrer"
    assert not page.cookies
    for part in (
        "演***",
        "已提交",
        "申请已经送到基金会",
        "30,000.00",
        "审核所需，不含姓名",
        "年龄为 0–18 周岁",
    ):
        assert part in said, part
    for secret in ("演示患儿", "演示母", "MRN-"):
        assert secret not in said
    english = text(client.get(_lane(code, "?lang=en")))
    assert "Sent" in english or "Submitted" in english
    with scope(org=hospital.pk, role="auditor"):
        opened = AuditEntry.objects.filter(action="family_lane.open", subject_uid=sent.request.uid)
        assert opened.count() == 2


def test_a_wrong_dead_or_foreign_code_opens_nothing_and_is_counted(
    client, people, sent, code, settings
):
    settings.RECEIPT_LIMIT = 3
    assert client.get(_lane("ABCDEFGHJKLM")).status_code == 404
    typed = client.post(reverse("lane:look_up"), {"code": f" {code[:4].lower()}-{code[4:]} "})
    assert (typed.status_code, typed.url) == (302, _lane(code))
    with made.as_person(people.worker) as by:
        lane_code_end(request=sent.request, by=by)
    gone = client.post(reverse("lane:look_up"), {"code": code})
    assert gone.status_code == 422
    assert code in gone.content.decode()
    assert client.get(_lane(code)).status_code == 404
    late = client.get(_lane(code))
    assert (late.status_code, "Retry-After" in late) == (429, True)
    with scope(org=1, role="auditor"):
        assert AuditEntry.objects.filter(action="family_lane.refused").count() == 3


def test_a_new_code_ends_the_old_one_and_a_secret_case_has_none(people, sent, code, refuses):
    with made.as_person(people.worker) as by:
        fresh = lane_code_create(request=sent.request, by=by).code
        assert AccessLink.objects.filter(kind="family_lane", revoked_at=None).count() == 1
    assert lane_open(code) is None
    assert lane_open(fresh).number == sent.request.number
    with made.as_person(people.officer) as by, refuses("permission.can_submit_request"):
        lane_code_create(request=FundingRequest.objects.get(pk=sent.request.pk), by=by)


def test_a_case_that_becomes_secret_ends_its_codes(people, sent, code):
    with made.as_person(people.worker) as by:
        case_raise_secrecy(
            case=Case.objects.get(pk=sent.request.case_id),
            named=[],
            reason="服务对象感染艾滋病，只限指名人员",
            by=by,
        )
        assert not AccessLink.objects.filter(kind="family_lane", revoked_at=None).exists()
    assert lane_open(code) is None


def test_a_missing_paper_is_photographed_looked_at_and_taken(
    client, client_for, people, sent, code
):
    not_asked = {
        "do": "paper",
        "type": "economic_proof",
        "file": SimpleUploadedFile("a.pdf", made.PDF),
    }
    assert "现在不需要这份材料" in text(client.post(_lane(code), not_asked))
    _ask_papers(people, sent)
    assert "还缺的材料" in text(client.get(_lane(code)))
    bad = client.post(
        _lane(code),
        {"do": "paper", "type": "economic_proof", "file": SimpleUploadedFile("a.exe", b"MZ....")},
        headers={"HX-Request": "true"},
    )
    assert (bad.status_code, bad["HX-Retarget"]) == (422, "#errors-paper-economic_proof")
    file = SimpleUploadedFile("证明.pdf", made.PDF, "application/pdf")
    ok = client.post(_lane(code), {"do": "paper", "type": "economic_proof", "file": file})
    assert ok.status_code == 302
    assert "已经收到，等社工查看" in text(client.get(ok.url))
    again = SimpleUploadedFile("证明.pdf", made.PDF, "application/pdf")
    twice = client.post(_lane(code), {"do": "paper", "type": "economic_proof", "file": again})
    assert "这份材料已经收到" in text(twice)
    with made.as_person(people.worker) as by:
        paper = FamilyPaper.objects.visible_to(by).get()
        assert Task.objects.get(kind="family_paper").assignee_id == people.worker.pk
    worker = client_for(people.worker)
    assert worker.get(url("family_paper", paper.uid)).status_code == 200
    assert client_for(people.officer).get(url("family_paper", paper.uid)).status_code == 404
    no_reason = worker.post(url("family_paper_decline", paper.uid), {"reason": ""})
    assert no_reason.status_code == 422
    assert worker.post(url("family_paper_take", paper.uid)).status_code == 302
    with made.as_person(people.worker) as by:
        row = RequestDocument.objects.get(request=sent.request, type="economic_proof")
        assert (row.state, row.document_id) == ("attached", paper.document_id)
        assert Task.objects.get(kind="family_paper").state == "done"


def test_family_and_worker_write_to_each_other_and_the_foundation_reads_none_of_it(
    client, client_for, people, sent, code
):
    assert client.post(_lane(code), {"do": "say", "body": " "}).status_code == 422
    assert client.post(_lane(code), {"do": "say", "body": "孩子下周出院"}).status_code == 302
    with made.as_person(people.worker) as by:
        assert Task.objects.get(kind="family_message").assignee_id == people.worker.pk
        family_side.family_message_write(request=sent.request, body="明天上午来找您", by=by)
        assert Task.objects.get(kind="family_message").state == "done"
        assert FamilyMessage.objects.get(is_from_family=True).seen_at is not None
    assert "明天上午来找您" in text(client.get(_lane(code)))
    assert "孩子下周出院" in text(client_for(people.worker).get(url("request", sent.request.uid)))
    assert "孩子下周出院" not in text(
        client_for(people.officer).get(url("review", sent.request.uid))
    )
    with made.as_person(people.officer) as by:
        assert not FamilyMessage.objects.exists()
        assert not FamilyMessage.objects.visible_to(by).exists()


def test_the_family_reads_the_decision_and_asks_for_a_second_look(
    client, client_for, people, sent, code
):
    with made.as_person(people.officer) as by:
        review.request_reject_ineligible(request=sent.request, reason="不在资助范围。", by=by)
    said = text(client.get(_lane(code)))
    assert "不予受理" in said
    assert "不在资助范围。" in said
    assert client.post(_lane(code), {"do": "know"}).status_code == 302
    with made.as_person(people.worker):
        assert DecisionTelling.objects.get(request=sent.request).how == "lane"
    assert re.search(r"可以在 \d{4}-\d\d-\d\d 前申请复核", text(client.get(_lane(code))))
    short = client.post(_lane(code), {"do": "appeal", "kind": "second_look", "grounds": "不服"})
    assert short.status_code == 422
    assert "不服" in short.content.decode()
    given = {"do": "appeal", "kind": "second_look", "grounds": GROUNDS}
    given["file"] = SimpleUploadedFile("证明.pdf", made.PDF, "application/pdf")
    assert client.post(_lane(code), given).status_code == 302
    with made.as_person(people.approver) as by:
        one = Appeal.objects.visible_to(by).get()
        assert (one.raised_by, one.raised_by_user_id) == ("family", None)
    approver = client_for(people.approver)
    page = approver.get(url("appeal", one.uid))
    assert GROUNDS in text(page)
    paper = re.search(r"/funding/appeal-papers/[0-9a-f-]{36}/", page.content.decode()).group()
    assert approver.get(paper).status_code == 200
    assert client_for(people.cashier).get(url("appeal_answer", one.uid)).status_code == 403
    answered = approver.post(
        url("appeal_answer", one.uid),
        {"outcome": "upheld", "answer": "重新看了，符合条件，退回重审。"},
    )
    assert answered.status_code == 302
    after = text(client.get(_lane(code)))
    assert "重新看了，符合条件，退回重审。" in after
    assert "材料审核" in after
    listed = text(approver.get(url("appeals")))
    assert one.number in listed
    assert "近一年，按项目" in listed


def test_the_slip_is_printed_once_from_the_page_that_made_the_code(client_for, people, sent):
    worker = client_for(people.worker)
    page = worker.post(url("lane_code", sent.request.uid)).content.decode()
    code = re.search(r"data-code>([^<]+)<", page).group(1)
    slip = worker.post(url("lane_slip", sent.request.uid), {"code": code})
    assert slip.content.startswith(b"%PDF-")
    assert worker.post(url("lane_slip", sent.request.uid), {"code": "AAAA"}).status_code == 404
    assert lane_open(code.replace("-", "")) is not None
    assert client_for(people.officer).get(url("lane_code", sent.request.uid)).status_code == 404
