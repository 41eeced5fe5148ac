"""Who keeps the questionnaires of the house: the head of a department."""

from typing import Any

from cases.permissions import same_house


def can_manage_instruments(user: Any, _subject: Any = None) -> bool:
    return user.role == "dept_head"


def can_change_instrument(user: Any, questionnaire: Any) -> bool:
    return can_manage_instruments(user) and same_house(user, questionnaire)
