"""The copy in the reader's language: words of a list are translated, what was typed is not."""

from django.utils.translation import override

from cases.models.codes import ShareItem
from donations.views.copies import facts_of

COPY = {
    ShareItem.SEX: "女",
    ShareItem.TREATMENT_STAGE: {"stage": "化放疗", "plan": "女"},
    ShareItem.INSURANCE: "居民医保",
    ShareItem.HARDSHIP: "居民医保",
}


def _told(language: str) -> list[str]:
    with override(language):
        return [fact.value for fact in facts_of(COPY)]


def test_words_of_a_list_are_in_the_readers_language_and_typed_words_stay():
    assert sorted(_told("zh-hans")) == sorted(["女", "化放疗", "女", "居民医保", "居民医保"])
    assert sorted(_told("en")) == sorted(
        ["Female", "Chemotherapy or radiotherapy", "女", "Resident medical insurance", "居民医保"]
    )
