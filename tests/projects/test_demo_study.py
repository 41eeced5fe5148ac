"""The rows of the demo world: registers as the sources state them, and the figures of the Shunde study."""

import pytest
from django.utils import timezone

from msw_portal.demo import studying
from msw_portal.demo.register_texts import ROWS
from projects.models.register_codes import RegisterKind
from projects.models.registers import RegisterEntry
from projects.models.surveys import Survey
from projects.services.survey_figures import progress_of, results_of
from projects.services.survey_papers import report_paper

pytestmark = pytest.mark.django_db


def test_nine_nineteen_twenty_seven_and_forty_seven_are_counted(officer, acting):
    today = timezone.localdate()
    assert studying.baseline(officer, today, 1) == 9 + 19 + 27 + 47
    with acting(officer):
        survey = Survey.objects.select_related("questionnaire", "organization").get()
        progress = progress_of(survey)
        assert {line.group.letter: line.done for line in progress.lines} == {
            "A": 9,
            "B": 19,
            "C": 27,
        }
        assert progress.answers == 47
        first, second, years, words = results_of(survey)
        assert [row.count for row in first.rows] == [19, 19, 9]
        assert len(second.rows) == 5
        assert years.mean is not None
        assert len(words.words) == 6
        assert survey.actions.count() == 4
        paper = report_paper(survey)
    assert paper.startswith(b"%PDF")


def test_the_rows_of_the_sources_stand_in_every_register(authority, acting):
    assert studying.registers(authority) == len(ROWS)
    with acting(authority):
        kinds = set(RegisterEntry.objects.values_list("kind", flat=True))
        assert kinds == set(RegisterKind.values)
        opinion = RegisterEntry.objects.get(title="关于发展医务社会工作的实施意见")
        said = opinion.parties.order_by("id").values_list("name_text", "source")
        assert list(said) == [("五部门", "S2"), ("六部委", "S0、S3")]
        assert not RegisterEntry.objects.filter(published_at__isnull=True).exists()
