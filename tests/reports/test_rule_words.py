"""The page of dated rules says them in words, and offers only kinds that something obeys or quotes."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from departments.models.organizations import DatedRule
from departments.services import registers, rule_words
from departments.services.entering import house_scope
from msw_portal.kernel.scope import INSTALLATION
from reports.services.reference import reference_install


@pytest.fixture
def rules(db) -> Iterator[list[DatedRule]]:
    with house_scope(INSTALLATION):
        reference_install()
        yield list(DatedRule.objects.all())


def test_every_value_of_the_rules_that_come_with_the_portal_has_words(rules):
    unsaid = {
        name
        for rule in rules
        for words, name, _value in rule_words.params_said(rule.params)
        if not words
    }
    assert len(rules) > 20
    assert unsaid == set()


def test_whom_they_are_for_is_said_in_both_languages(rules):
    keys = {rule.applies_key for rule in rules} - {""}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert {key for key in keys if rule_words.applies_said(key) == key} == set()


def test_every_kind_in_the_table_can_be_chosen(rules):
    kinds = {rule.kind for rule in rules}
    assert kinds - set(registers.RULE_KINDS) == set()


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"publishes": ""}, "不公布"),
        ({"publishes": "project"}, "慈善项目"),
        ({"by_need": True}, "是"),
        ({"hours": [100, 300]}, "100 · 300"),
        ({"own": 7}, "7"),
    ],
)
def test_a_value_is_said_as_its_reader_would(params, said):
    assert [value for _words, _name, value in rule_words.params_said(params)] == [said]
