"""The codes in a history are said in the words of the pages."""

import pytest

from departments.services.history import _details


@pytest.mark.parametrize(
    ("facts", "kind", "said"),
    [
        ({"subject": "case"}, "document", "个案"),
        ({"reason": "goals_met"}, "case", "目标实现"),
        ({"needs": ["financial", "emotional"]}, "referral", "经济困难 / 医疗费用、情绪心理"),
        ({"reason": "写在这里的话"}, "case", "写在这里的话"),
        ({"reason": "no_such_code"}, "case", "no_such_code"),
        ({"stage": ["intake", "assessment"]}, "case", "从“接案”改为“预估”"),
        ({"fields": ["name_masked", "id_no"]}, "clients", "姓名（已遮盖）、证件号码"),
        ({"stage": "intake,assessment"}, "case", "接案、预估"),
        ({"stage": "intake,no_such_code"}, "case", "intake,no_such_code"),
    ],
)
def test_a_code_is_said_in_words_and_other_text_as_it_is(db, facts, kind, said):
    [detail] = _details(facts, kind)
    assert detail.text == said


def test_a_fact_without_a_word_of_its_own_is_called_as_its_field(db):
    [detail] = _details({"weekly_hours": 40}, "somethingelse")
    assert detail.label == "每周工时"
