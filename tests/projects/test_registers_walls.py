"""The first wall of the tables of surveys and registers, with Python's filters off."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from projects.services.register_entries import checklist_answer, link_add, party_add
from projects.services.survey_actions import action_add
from projects.services.survey_links import response_enter, survey_close
from projects.services.surveys import sample_unit_add, survey_advice_add
from tests.factories.surveys import make_entry, make_survey

pytestmark = pytest.mark.django_db
TABLES = [
    "projects_" + name
    for name in (
        *("survey", "samplegroup", "sampleunit", "surveyresponse", "surveyadvice", "actionitem"),
        *("registerentry", "registerparty", "registerlink", "checklistanswer"),
    )
]


def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


@pytest.fixture
def filled(head, acting):
    """A row in every table; one entry, its party and one tie are published."""
    today = timezone.localdate()
    with acting(head):
        survey = make_survey(head)
        group = survey.groups.get()
        sample_unit_add(group=group, name="C-01", reached_on=today, method="interview", by=head)
        sheet = response_enter(
            survey=survey, answers={"knows": 1}, given_on=today, paper_number="1", by=head
        )
        survey = survey_close(survey=survey, by=head)
        advice = survey_advice_add(survey=survey, pillar="people", text="设专职岗位", by=head)
        action_add(
            title="开三期培训", pillar="people", owner=head, due_on=today, advice=advice, by=head
        )
        points = [{"code": "p1", "text": "设有医务社工部门"}]
        standard = make_entry(head, "standard", details={"checklist": points}, is_public=True)
        policy = make_entry(head)
        party_add(entry=standard, role="drafter", name_text="示例医院", source="S1", by=head)
        link_add(entry=standard, other=policy, by=head)
        link_add(entry=standard, survey=survey, by=head)
        checklist_answer(
            entry=standard,
            item_code="p1",
            department=head.membership.department,
            standing="met",
            evidence="院发〔2026〕1 号",
            by=head,
        )
    return survey, sheet


def test_the_world_has_a_row_in_every_table(filled, head, acting):
    with acting(head):
        assert [table for table, count in counts().items() if count == 0] == []


@pytest.mark.parametrize("login", ["other_head", "officer", "authority", "volunteer"])
def test_another_house_reads_what_is_published_and_nothing_else(login, filled, person, acting):
    with acting(person(login)):
        seen = {table: count for table, count in counts().items() if count}
        assert seen == {
            "projects_registerentry": 1,
            "projects_registerparty": 1,
            "projects_registerlink": 1,
        }


def test_answers_and_a_given_report_keep_their_words(filled, head, acting):
    survey, sheet = filled
    with acting(head):
        for sql in (
            "UPDATE projects_surveyresponse SET given_on = given_on - 1",
            "UPDATE projects_surveyresponse SET is_paper = false",
        ):
            with (
                pytest.raises(IntegrityError, match="is frozen"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)
        type(survey).objects.filter(pk=survey.pk).update(
            state="reported", findings="一", reported_at=timezone.now()
        )
        with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
            type(survey).objects.filter(pk=survey.pk).update(findings="二")
        # A second sheet with the key of the first is the first.
        with (
            pytest.raises(IntegrityError, match="survey_response_sheet_once"),
            transaction.atomic(),
        ):
            sheet.pk, sheet.uid, sheet.paper_number = None, uuid.uuid4(), "2"
            sheet.save(force_insert=True)
