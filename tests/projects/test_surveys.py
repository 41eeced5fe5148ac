"""Studies: the Shunde figures counted from entered rows, sheets by code and from paper, what stays hidden."""

import datetime as dt
import re
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models.mechanisms import Task
from msw_portal.kernel.errors import DomainError
from projects.models.surveys import ActionItem, Survey
from projects.services import survey_actions, survey_links, surveys
from projects.services.survey_figures import progress_of, results_of
from tests.factories.surveys import design, make_questionnaire, make_survey

pytestmark = pytest.mark.django_db


@contextmanager
def refuses(rule, field="any", status=None):
    with pytest.raises(DomainError) as caught:
        yield
    assert caught.value.rule == rule
    assert field == "any" or caught.value.field == field
    assert status is None or caught.value.status == status


def reach(survey, group, count, by, method):
    for n in range(count):
        surveys.sample_unit_add(
            group=group,
            name=f"{group.letter}-{n + 1:02}",
            reached_on=survey.starts_on,
            method=method,
            by=by,
        )


def answer_all(survey, rows, by):
    for n, answers in enumerate(rows):
        survey_links.response_enter(
            survey=survey,
            answers=answers,
            given_on=timezone.localdate(),
            paper_number=str(n + 1),
            by=by,
        )


def test_the_shunde_figures_come_out_of_entered_rows(head, acting):
    with acting(head):
        survey = surveys.survey_add(
            by=head,
            **design(
                methods=["questionnaire", "focus_group", "interview", "field_visit"],
                questionnaire=make_questionnaire(head),
                answer_target=47,
            ),
        )
        plan = [
            ("A", "政府部门与协会", "organization", "focus_group", 9),
            ("B", "医院与医养结合机构", "institution", "field_visit", 19),
            ("C", "医务社工与健康公益从业者", "person", "interview", 27),
        ]
        groups = [
            surveys.sample_group_add(
                survey=survey,
                letter=letter,
                label=label,
                kind=kind,
                method=method,
                target=n,
                by=head,
            )
            for letter, label, kind, method, n in plan
        ]
        survey = surveys.survey_open(survey=survey, by=head)
        for group, (*_rest, method, n) in zip(groups, plan, strict=True):
            reach(survey, group, n, head, method)
        answer_all(survey, [{"knows": 1 + n % 2, "years": str(n % 9)} for n in range(47)], head)
        # One that does not count is no longer counted, and stays written.
        twice = surveys.sample_unit_add(
            group=groups[0], name="A-10", reached_on=survey.starts_on, method="focus_group", by=head
        )
        surveys.sample_unit_void(unit=twice, reason="登记了两次", by=head)
        progress = progress_of(survey)
    assert [(line.group.letter, line.done, line.group.kind) for line in progress.lines] == [
        ("A", 9, "organization"),
        ("B", 19, "institution"),
        ("C", 27, "person"),
    ]
    assert (progress.answers, progress.on_paper, progress.percent) == (47, 47, 100)


def test_results_wait_for_the_end_and_hide_small_cells_and_what_gives_them_away(head, acting):
    with acting(head):
        survey = make_survey(head)
        rows = (
            [{"knows": 2}] * 3
            + [{"knows": 1, "means": [1]}] * 17
            + [{"knows": 1, "means": [1, 2]}] * 2
        )
        answer_all(survey, rows + [{"knows": 1}] * 8, head)
        assert results_of(survey) == []
        survey = survey_links.survey_close(survey=survey, by=head)
        knows, means, years, words = results_of(survey)
    # 30 sheets: 27 know, 3 do not. The 3 are hidden, and with them the 27.
    assert [row.count for row in knows.rows] == [None, None]
    # 19 of 30 chose the first; two the second; nobody the third.
    assert [row.count for row in means.rows] == [19, None, 0]
    assert [str(row.share) for row in means.rows if row.count is not None] == ["63.3", "0.0"]
    assert (years.is_held_back, years.answered) == (True, 0)
    assert (words.is_held_back, words.words) == (True, [])


def test_a_sheet_by_code_needs_no_account_and_counts_once(head, acting, client_for):
    with acting(head):
        survey = make_survey(head)
        made = survey_links.survey_link_create(survey=survey, by=head)
    path = f"/q/{made.token}/"
    phone = Client()
    page = phone.get(path).content.decode()
    assert "听说过医务社工吗" in page
    assert "最需要什么" not in page  # asked only of those who have heard of it
    looked = phone.post(f"{path}look/", {"item_knows": "1"}).content.decode()
    assert "最需要什么" in looked
    key = re.search(r'name="sheet_key"[^>]*value="([^"]+)"', page)[1]
    refused = phone.post(path, {"sheet_key": key, "item_years": "3"})
    assert refused.status_code == 422
    assert "这一题必须回答。" in refused.content.decode()
    assert 'value="3"' in refused.content.decode()
    for _again in range(2):
        done = phone.post(path, {"sheet_key": key, "item_knows": "2", "item_years": "3"})
        assert "收到了" in done.content.decode()
    with acting(head):
        sheet = survey.responses.get()
        assert (sheet.answers, sheet.is_paper, sheet.created_by) == (
            {"knows": 2, "years": "3"},
            False,
            None,
        )
        survey_links.survey_close(survey=survey, by=head)
    assert phone.get(path).status_code == 404
    assert phone.post(path, {"sheet_key": key, "item_knows": "1"}).status_code == 404
    assert phone.get("/q/no-such-code/").status_code == 404


def test_a_paper_sheet_is_entered_once_and_a_voided_number_is_free_again(head, acting):
    with acting(head):
        survey = make_survey(head)
        answer_all(survey, [{"knows": 1}], head)
        with refuses("survey_response_paper_once", "paper_number"):
            answer_all(survey, [{"knows": 1}], head)
        with refuses("survey_response.answer", "years"):
            answer_all(survey, [{"knows": 1, "years": "90"}], head)
        survey_links.response_void(response=survey.responses.get(), reason="录错了", by=head)
        answer_all(survey, [{"knows": 2}], head)
        assert progress_of(survey).answers == 1


def test_a_design_is_refused_by_rule_and_stays_as_typed(head, client_for, acting):
    client = client_for(head)
    today = timezone.localdate()
    typed = {
        "title": "基线调研",
        "purpose": "了解现状",
        "methods": ["interview"],
        "starts_on": str(today),
        "ends_on": str(today - dt.timedelta(days=1)),
    }
    page = client.post("/projects/surveys/new/", typed)
    assert page.status_code == 422
    assert "截止日期不能早于开始日期。" in page.content.decode()
    assert "了解现状" in page.content.decode()
    made = client.post("/projects/surveys/new/", {**typed, "ends_on": str(today)})
    assert made.status_code == 302
    with acting(head):
        survey = Survey.objects.get()
        with refuses("survey.needs_plan", status=409):
            surveys.survey_open(survey=survey, by=head)
    step = client.post(f"{made['Location']}step/open/")
    assert step.status_code == 422
    assert "先写样本计划" in step.content.decode()


def test_a_report_needs_findings_and_is_then_final(head, acting):
    with acting(head):
        survey = survey_links.survey_close(survey=make_survey(head), by=head)
        with refuses("survey_reported_says_what", "findings"):
            surveys.survey_report(survey=survey, by=head)
        surveys.survey_write(survey=survey, findings="培训最缺", by=head)
        survey = surveys.survey_report(survey=survey, by=head)
        with refuses("survey.reported", status=409):
            surveys.survey_advice_add(survey=survey, pillar="people", text="办培训", by=head)


def test_an_action_is_its_owners_task_until_it_is_done(head, supervisor, worker, acting):
    today = timezone.localdate()
    with acting(head):
        action = survey_actions.action_add(
            title="办三期培训", pillar="people", owner=supervisor, due_on=today, by=head
        )
        action = survey_actions.action_change(
            action=action,
            title="办三期培训",
            pillar="people",
            owner=worker,
            owner_text="",
            due_on=today,
            by=head,
        )
        kept = Task.objects.filter(kind="action_item").order_by("id")
        assert [(one.assignee, one.state) for one in kept] == [
            (supervisor, "cancelled"),
            (worker, "open"),
        ]
        with refuses("action_item_has_owner", "owner_text"):
            survey_actions.action_add(title="没有人", pillar="money", due_on=today, by=head)
    with acting(worker):
        action = survey_actions.action_finish(
            action=action, done_on=today, outcome="三期都办了", by=worker
        )
        assert Task.objects.get(assignee=worker).state == "done"
    assert ActionItem(state="open", due_on=today - dt.timedelta(days=1)).is_late


def test_lists_ask_as_often_for_three_rows_as_for_one(head, client_for, acting):
    client, counted = client_for(head), []
    with acting(head):
        first = make_survey(head)
        group = first.groups.get()
        reach(first, group, 1, head, "interview")
    base = "/projects/surveys/"
    paths = [base, f"{base}groups/{group.uid}/", f"{base}{first.uid}/"]
    counted.append([queries(client, path) for path in paths])
    with acting(head):
        reach(first, group, 2, head, "interview")
        for letter in "DE":
            make_survey(head, questionnaire=first.questionnaire, title=f"再一项 {letter}")
            surveys.sample_group_add(
                survey=first,
                letter=letter,
                label="再一类",
                kind="person",
                method="interview",
                target=3,
                by=head,
            )
    counted.append([queries(client, path) for path in paths])
    assert counted[0] == counted[1]


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_another_house_and_other_roles_do_not_find_a_study(
    head, other_head, clinician, acting, client_for
):
    with acting(head):
        survey = make_survey(head)
    for user in (other_head, clinician):
        assert client_for(user).get(f"/projects/surveys/{survey.uid}/").status_code == 404
    assert client_for(head).get(f"/projects/surveys/{survey.uid}/").status_code == 200
