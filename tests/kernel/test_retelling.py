"""A sentence kept in Chinese is told in the reader's language, with its values."""

import pytest
from django.utils.translation import override

from msw_portal.kernel.retelling import retold

SENTENCE = "本院没有叫“没有的病区”的在用病区或科室。"


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("必填，不能空着。", "Required: it cannot be empty."),
        (SENTENCE, "This hospital has no ward or department in use called “没有的病区”."),
        (
            "缺少必填的列：病案号、记录时间。",
            "Required columns are missing: Medical record number, Recorded at.",
        ),
        ("门户不认识的句子", "门户不认识的句子"),
        ("", ""),
    ],
)
def test_what_was_kept_in_chinese_is_told_in_english(kept, told):
    with override("en"):
        assert retold(kept) == told
    with override("zh-hans"):
        assert retold(kept) == kept
