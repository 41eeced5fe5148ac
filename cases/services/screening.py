"""What a questionnaire says about danger."""

from cases.models.codes import AlertTrigger
from cases.models.work import Assessment

# Questionnaire and alert -> what the alert is called in a case; others are a screen's.
TRIGGERS = {
    ("phq9", "self_harm"): AlertTrigger.PHQ9_9,
    ("quick_screen", "distress"): AlertTrigger.DISTRESS,
}


def trigger_of(questionnaire: str, alert: str) -> str:
    """The trigger of a risk alert that an answer raises."""
    return TRIGGERS.get((questionnaire, alert), AlertTrigger.SCREEN)


def is_risk_screen(assessment: Assessment) -> bool:
    """Whether a finished assessment asked about danger and every such item was answered."""
    asked = {alert["item"] for alert in assessment.questionnaire.definition.get("alerts", ())}
    return bool(asked) and not asked & set(assessment.score.get("missing", ()))
