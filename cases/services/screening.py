"""What a questionnaire says about danger."""

from collections.abc import Mapping
from typing import Any

from cases.models.codes import AlertTrigger
from cases.models.work import Assessment


def trigger_of(alert: Mapping[str, Any]) -> str:
    """The trigger of a risk alert that an answer raises; a definition that names none is a screen."""
    named = alert.get("trigger", "")
    return named if named in AlertTrigger.values else AlertTrigger.SCREEN


def is_risk_screen(assessment: Assessment) -> bool:
    """Whether a finished assessment asked about danger and every such item was answered."""
    alerts = assessment.questionnaire.definition.get("alerts", ())
    missing = set(assessment.score.get("missing", ()))
    parts = assessment.score.get("subscales", {})
    looked_at = [
        alert["item"] not in missing
        if "item" in alert
        else parts.get(alert["subscale"]) is not None
        for alert in alerts
    ]
    return bool(looked_at) and all(looked_at)
