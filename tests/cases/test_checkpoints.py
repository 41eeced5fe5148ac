"""Four-way scores over time: the radar, its numbers, and the difference before and after."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.work import Contact
from cases.services.assessment import assessment_record, instruments_install
from cases.views.case_file import CaseFile
from cases.views.sheets import assessments_of
from departments.models.mechanisms import Questionnaire
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


def _score(case, by, economy, mood, corrects=None):
    instruments_install(organization_id=case.organization_id, by=by)
    sheet = Questionnaire.objects.get(organization_id=case.organization_id, code="four_way")
    answers = {"economy": economy, "support": 5, "family": 6, "mood": mood}
    return assessment_record(
        case=case,
        questionnaire=sheet,
        answers=answers,
        interpretation="按面谈评定",
        is_final=True,
        corrects=corrects,
        by=by,
    )


@pytest.fixture
def case(worker, acting):
    with acting(worker):
        return make.make_case(worker, stage="intervention")


def test_the_radar_has_an_outline_for_each_score_and_the_difference(
    worker, acting, client_for, case
):
    with acting(worker):
        _score(case, worker, 2, 7)
        assert assessments_of(CaseFile(worker, case))["changes"] == []
        _score(case, worker, 6, 5)
        found = assessments_of(CaseFile(worker, case))
    assert [list(map(int, one.values)) for one in found["radar"].series] == [
        [2, 5, 6, 7],
        [6, 5, 6, 5],
    ]
    assert [row["change"] for row in found["changes"]] == ["+4", "0", "0", "-2"]
    page = text_of(client_for(worker).get(reverse("cases:case", args=[case.uid])))
    assert "四个方面的变化" in page
    assert "前后对比" in page


def test_four_sides_are_said_one_by_one_and_never_added_up(worker, acting, client_for, case):
    with acting(worker):
        one = _score(case, worker, 0, 7)
    client = client_for(worker)
    for path in (reverse("cases:case", args=[case.uid]), f"/cases/assessments/{one.uid}/"):
        page = text_of(client.get(path))
        assert "经济 0 · 社会支持 5 · 家庭关系 6 · 情绪 7" in page
        assert "18 分" not in page


def test_a_corrected_score_and_other_scales_do_not_count(worker, acting, case):
    with acting(worker):
        wrong = _score(case, worker, 1, 1)
        _score(case, worker, 8, 8, corrects=wrong)
        make.make_screen(case, worker)
        found = assessments_of(CaseFile(worker, case))
    assert len(found["radar"].series) == 1
    assert found["changes"] == []


def test_of_many_scores_the_first_and_the_newest_are_drawn(worker, acting, case):
    with acting(worker):
        for economy in range(1, 8):
            _score(case, worker, economy, 5)
        drawn = assessments_of(CaseFile(worker, case))["radar"].series
    assert [int(one.values[0]) for one in drawn] == [1, 4, 5, 6, 7]


def test_without_a_score_there_is_no_radar(worker, acting, client_for, case):
    with acting(worker):
        assert "radar" not in assessments_of(CaseFile(worker, case))
    page = text_of(client_for(worker).get(reverse("cases:case", args=[case.uid])))
    assert "四个方面的变化" not in page


def test_a_score_stands_under_the_checkpoint_chosen_on_the_page(worker, acting, client_for, case):
    with acting(worker):
        instruments_install(organization_id=case.organization_id, by=worker)
        sheet = Questionnaire.objects.get(organization_id=case.organization_id, code="four_way")
    url = f"{reverse('cases:assessment_new', args=[case.uid])}?questionnaire={sheet.uid}"
    client = client_for(worker)
    for checkpoint, economy in (("pre_op", 2), ("post_op", 7)):
        typed = {f"item_{code}": "5" for code in ("support", "family", "mood")}
        typed |= {"item_economy": str(economy), "interpretation": "按面谈评定", "is_final": "on"}
        assert client.post(url, typed | {"checkpoint": checkpoint}).status_code == 302
    with acting(worker):
        found = assessments_of(CaseFile(worker, case))
    assert [one.name.split()[0] for one in found["radar"].series] == ["术前", "术后"]
    page = text_of(client.get(reverse("cases:case", args=[case.uid])))
    assert "第一次 · 术前" in page
    assert "最近一次 · 术后" in page


def test_a_checkpoint_that_is_none_is_refused_at_its_field(worker, acting, client_for, case):
    url = reverse("cases:contact_new", args=[case.uid])
    today = timezone.localdate().isoformat()
    typed = {"mode": "phone", "target": "client", "quick": "30", "facts": "通话"}
    typed |= {"occurred_on": today, "checkpoint": "somewhere"}
    answer = client_for(worker).post(url, typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors["checkpoint"] == ["请从列出的选项中选择。"]
    assert client_for(worker).post(url, typed | {"checkpoint": "post_op"}).status_code == 302
    with acting(worker):
        assert Contact.objects.get(case=case).checkpoint == "post_op"
