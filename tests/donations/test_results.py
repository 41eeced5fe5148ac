"""The result report to the foundation and the three lanes of a request's course."""

import pytest

from cases.models.codes import ShareItem
from cases.services.assessment import assessment_record, instruments_install
from cases.services.consents import consent_withdraw
from departments.models.mechanisms import Questionnaire
from donations.services import results
from tests.donations.pages import text, url
from tests.factories import donations as made

FOUR = ("economy", "support", "family", "mood")


def _score(case, by, checkpoint, *values):
    instruments_install(organization_id=case.organization_id, by=by)
    sheet = Questionnaire.objects.get(organization_id=case.organization_id, code="four_way")
    assessment_record(
        case=case,
        questionnaire=sheet,
        answers=dict(zip(FOUR, values, strict=True)),
        interpretation="演示解读，不离开医院",
        is_final=True,
        checkpoint=checkpoint,
        by=by,
    )


@pytest.fixture
def granted(people, money):
    asked = made.make_approved(people, money)
    with made.as_person(people.worker) as by:
        _score(asked.case, by, "pre_op", 5, 5, 6, 7)
        _score(asked.case, by, "post_op", 8, 7, 6, 5)
    return asked


def test_the_report_holds_scores_of_both_ends_and_no_word_of_them(client_for, people, granted):
    page = url("result", granted.request.uid)
    officer, worker = client_for(people.officer), client_for(people.worker)
    assert officer.get(page).status_code == 404
    assert "现在提供会是这些" in text(worker.get(page))
    assert worker.post(url("result_give", granted.request.uid)).status_code == 302
    said = text(officer.get(page))
    for part in ("术前", "术后", "经济", "+3", "-2", "第 1 版"):
        assert part in said, part
    assert "演示解读" not in said
    assert officer.get(url("result_print", granted.request.uid)).content.startswith(b"%PDF-")
    with made.as_person(people.officer) as by:
        _copy, scores = results.result_read(request=granted.request, by=by)
    (scale,) = scores["scales"]
    assert (scale["before"]["total"], scale["after"]["total"]) == (None, None)
    assert [(one["code"], one["before"], one["after"]) for one in scale["dimensions"]] == [
        ("economy", "5", "8"),
        ("support", "5", "7"),
        ("family", "6", "6"),
        ("mood", "7", "5"),
    ]
    assert [one["place"] for one in scores["checkpoints"]] == ["pre_op", "post_op"]
    with made.as_person(people.worker) as by:
        consent_withdraw(consent=granted.consent, reason="不再提供", withdrawn_by="mother", by=by)
    assert officer.get(page).status_code == 404


def test_only_what_the_consent_names_and_only_once_there_is_something(
    client_for, people, money, refuses
):
    without = [str(item) for item in ShareItem if item != ShareItem.RESULTS]
    asked = made.make_approved(people, money, items=without)
    with made.as_person(people.worker) as by, refuses("result.needs_consent", status=409):
        results.result_disclose(request=asked.request, by=by)
    early = made.make_submitted(people, money)
    with made.as_person(people.worker) as by, refuses("result.too_early", status=409):
        results.result_disclose(request=early.request, by=by)
    bare = made.make_approved(people, money, requested="1000.00")
    with made.as_person(people.worker) as by, refuses("result.nothing", status=409):
        results.result_disclose(request=bare.request, by=by)
    assert client_for(people.officer).post(url("result_give", bare.request.uid)).status_code == 404


def test_a_program_reads_the_report_once_it_is_given(people, granted, api):
    address = f"/funding-requests/{granted.request.uid}/result/"
    assert api.get(address).status_code == 404
    with made.as_person(people.worker) as by:
        results.result_disclose(request=granted.request, by=by)
    body = api.get(address).json()
    assert body["version"] == 1
    assert body["checkpoints"][0]["scores"]["economy"] == "5"
    assert set(body) == {"version", "given_at", "scales", "checkpoints"}


def test_three_lanes_say_who_did_what_and_what_is_to_come(client_for, people, granted):
    worker = client_for(people.worker).get(url("request", granted.request.uid)).content.decode()
    officer = client_for(people.officer).get(url("review", granted.request.uid)).content.decode()
    for page in (worker, officer):
        assert page.count('class="lanes__heads"') == 1
        assert 'class="lanes__hospital lanes--done"' in page
        assert 'class="lanes__foundation lanes--done"' in page
        assert 'class="lanes__foundation lanes--ahead"' in page
    assert 'class="lanes__patient lanes--done"' in worker
    assert "四个方面评分" in worker
    assert "四个方面评分" not in officer


def test_two_papers_stand_side_by_side_the_copies_for_the_foundation(client_for, people, granted):
    page = url("compare", granted.request.uid)
    officer, worker = client_for(people.officer), client_for(people.worker)
    for client in (officer, worker):
        shown = client.get(page).content.decode()
        assert shown.count("viewer--side") == 2
    swapped = officer.get(page, {"left": "economic_proof", "zoom": "200"}).content.decode()
    assert swapped.count('data-zoom="200"') == 2
    assert client_for(people.worker).get(url("compare", people.worker.uid)).status_code == 404
