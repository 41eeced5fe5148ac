"""What a questionnaire says about danger."""

from departments.models.mechanisms import Questionnaire


def screens_risk(questionnaire: Questionnaire) -> bool:
    """Whether finishing it counts as the risk screen."""
    return bool(questionnaire.definition.get("risk"))
