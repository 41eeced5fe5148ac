"""Words that have one character in Chinese and two in English, and the day of the workbench."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

pytestmark = pytest.mark.django_db


def test_the_day_is_written_as_the_language_does(worker, client_for, settings):
    today = timezone.localdate()
    page, where = client_for(worker), reverse("departments:workbench")
    assert f"{today.month} 月 {today.day} 日 ·" in page.get(where).content.decode()
    page.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert f"{today.day} {today:%B} ·" in page.get(where).content.decode()


def test_assessment_and_evaluation_are_two_words_in_english():
    with translation.override("en"):
        assert translation.gettext("评估") == "Assessment"
        assert translation.pgettext("stage", "评估") == "Evaluation"
        assert translation.gettext("签署") == "Signed"
        assert translation.gettext("会议") == "Meeting"
