"""The asking side in the browser: choose, fill in, papers, send, answer, take back; and what is refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from departments.models.mechanisms import Draft
from donations.models.requests import FundingRequest, RequestDocument
from tests.donations.pages import fields, text, url
from tests.factories import cases
from tests.factories import donations as made

pytestmark = pytest.mark.django_db
PDF = made.PDF


@pytest.fixture
def draft(people, money):
    return made.make_draft(people, money, with_papers=False)


@pytest.fixture
def desk(worker, client_for):
    return client_for(worker)


def _again(people, asked, acting):
    with acting(people.worker):
        return FundingRequest.objects.select_related("sheet").get(pk=asked.request.pk)


# ── choosing ─────────────────────────────────────────────────────────────────


def test_the_programmes_page_says_each_condition_and_decides_nothing(desk, people, money, acting):
    with acting(people.worker):
        client = cases.make_client(people.worker, name="演示患儿", birth_date=made.BIRTH)
        case = cases.make_case(
            people.worker,
            stage="intervention",
            client=client,
            episode=cases.make_episode(client, people.worker, disease_group="白血病"),
        )
    page = text(desk.get(url("request_new", case.uid)))
    assert "年龄为 0–18 周岁" in page
    assert "资料里没有，请核对" in page
    assert "1 条待核对" in page
    assert "不作决定" in page


def test_a_programme_that_does_not_fit_is_shown_and_can_still_be_chosen(
    desk, people, money, acting
):
    with acting(people.worker):
        client = cases.make_client(people.worker)
        case = cases.make_case(
            people.worker,
            stage="intervention",
            client=client,
            episode=cases.make_episode(client, people.worker, disease_group="骨折"),
        )
    assert "2 条不符" in text(desk.get(url("request_new", case.uid)))
    answer = desk.post(url("request_new", case.uid), {"programme_version": money.version.uid})
    assert answer.status_code == 302
    with acting(people.worker):
        assert FundingRequest.objects.get(case=case).state == "draft"


def test_a_second_draft_of_the_same_programme_is_refused_with_a_sentence(desk, draft, money):
    answer = desk.post(url("request_new", draft.case.uid), {"programme_version": money.version.uid})
    assert answer.status_code == 422
    assert "本个案在这个项目已有未办结的申请。" in text(answer)


def test_a_foreign_programme_is_refused_with_a_sentence(desk, draft):
    answer = desk.post(url("request_new", draft.case.uid), {"programme_version": draft.case.uid})
    assert answer.status_code == 422
    assert "这个项目目前不受理申请。" in text(answer)


# ── filling in ───────────────────────────────────────────────────────────────


def test_full_width_digits_and_separators_are_amounts(desk, draft, people, acting):
    answer = desk.post(
        url("request_edit", draft.request.uid),
        fields(requested="２０，０００．００") | {"then": "stay"},
    )
    assert answer.status_code == 302
    saved = _again(people, draft, acting)
    assert (str(saved.requested), str(saved.cost_total), str(saved.gap)) == (
        "20000.00",
        "120000.00",
        "60000.00",
    )


BAD = [
    ("cost_total", "-5", "金额不能是负数。"),
    ("cost_basic", "1,00", "千位分隔符的位置不对"),
    ("requested", "0", "金额不能小于 0.01 元。"),
    ("requested", "99999999999999", "金额不能超过 999,999,999,999.99 元。"),
    ("requested", "1e6", "不要用科学计数法"),
    ("requested", "三万", "这不是金额"),
    ("monthly_income", "12.345", "最多两位小数"),
    ("household_size", "很多", "请填整数。"),
    ("welfare_status", "rich", "请从列出的选项中选择。"),
    ("payout_mode", "to_person", "请从列出的选项中选择。"),
    ("member_0_income", "-1", "金额不能是负数。"),
]


def test_what_cannot_be_read_is_said_beside_its_field_and_kept(desk, draft, people, acting):
    before = _again(people, draft, acting).row_version
    for name, typed, sentence in BAD:
        answer = desk.post(url("request_edit", draft.request.uid), fields(**{name: typed}))
        assert answer.status_code == 422, (name, typed)
        assert sentence in text(answer), (name, typed)
        if name not in ("welfare_status", "payout_mode"):
            assert f'value="{typed}"' in answer.content.decode(), (name, typed)
    assert _again(people, draft, acting).row_version == before


def test_payers_that_exceed_the_bill_are_refused(desk, draft):
    answer = desk.post(url("request_edit", draft.request.uid), fields(cost_basic="130000"))
    assert answer.status_code == 422
    assert "各层报销与救助合计超过总费用" in text(answer)


def test_the_live_sum_follows_what_is_typed_and_saves_nothing(desk, draft, people, acting):
    page = text(
        desk.post(
            url("request_sum", draft.request.uid), fields(cost_total="128460", requested="30000")
        )
    )
    assert "68,460.00" in page  # 128,460 - 50,000 - 10,000
    assert "如全额获批，还缺 38,460.00 元" in page
    over = text(desk.post(url("request_sum", draft.request.uid), fields(requested="70000")))
    assert "申请金额比缺口多 10,000.00 元，不能送出。" in over
    assert str(_again(people, draft, acting).cost_total) == "120000.00"


def test_the_live_sum_says_what_it_could_not_read(desk, draft):
    page = text(desk.post(url("request_sum", draft.request.uid), fields(cost_basic="五万")))
    assert "基本医保没有算进去：这不是金额" in page


def test_what_was_typed_and_not_saved_comes_back_with_the_page(desk, draft, people, acting):
    typed = fields(story="演示：还没写完的半句")
    assert desk.post(f"/drafts/donations-request/{draft.request.uid}/", typed).status_code == 204
    assert "还没写完的半句" in text(desk.get(url("request_edit", draft.request.uid)))
    assert (
        desk.post(url("request_edit", draft.request.uid), typed | {"then": "stay"}).status_code
        == 302
    )
    with acting(people.worker):
        assert not Draft.objects.filter(subject_uid=draft.request.uid).exists()


def test_a_sent_request_is_not_filled_in_any_more(desk, people, money):
    sent = made.make_submitted(people, money)
    for answer in (
        desk.get(url("request_edit", sent.request.uid)),
        desk.post(url("request_edit", sent.request.uid), fields()),
    ):
        assert answer.status_code == 409
        assert "已提交的申请不能再修改。" in text(answer)


# ── papers ───────────────────────────────────────────────────────────────────


def _paper(people, asked, acting, kind="diagnosis_certificate"):
    with acting(people.worker):
        return RequestDocument.objects.select_related("document").get(
            request=asked.request, type=kind
        )


def test_an_uploaded_paper_becomes_the_cases_file_and_stands_in_its_place(
    desk, draft, people, acting
):
    upload = SimpleUploadedFile("证明.pdf", PDF, content_type="application/pdf")
    answer = desk.post(
        url("request_document", draft.request.uid),
        {"type": "diagnosis_certificate", "file": upload},
    )
    assert answer.status_code == 302
    kept = _paper(people, draft, acting)
    assert (kept.state, kept.document.subject_kind, kept.document.subject_id) == (
        "attached",
        "case",
        draft.case.pk,
    )


def test_a_paper_is_put_in_without_leaving_the_page(desk, draft, people, acting):
    with acting(people.worker):
        file = made.paper(draft.case, people.worker)
    answer = desk.post(
        url("request_document", draft.request.uid),
        {"type": "economic_proof", "document": file.uid},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert _paper(people, draft, acting, "economic_proof").state == "attached"


def test_papers_that_are_no_papers_are_refused_with_sentences(
    desk, draft, people, acting, client_for, other_worker
):
    with acting(other_worker):
        foreign = made.paper(cases.make_case(other_worker), other_worker)
    where = url("request_document", draft.request.uid)
    nothing = desk.post(where, {"type": "diagnosis_certificate"})
    text_file = desk.post(
        where, {"type": "diagnosis_certificate", "file": SimpleUploadedFile("a.pdf", b"hello")}
    )
    of_others = desk.post(where, {"type": "diagnosis_certificate", "document": foreign.uid})
    assert (nothing.status_code, text_file.status_code, of_others.status_code) == (422, 422, 422)
    assert "请选一份文书，或上传一份。" in text(nothing)
    assert "请从本个案的文书中选择。" in text(of_others)
    assert desk.post(where, {"type": "no_such_paper"}).status_code == 404
    assert _paper(people, draft, acting).document is None
