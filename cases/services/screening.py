"""What a questionnaire says about danger."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from cases.models.codes import AlertTrigger
from cases.models.work import Assessment
from departments.services.policies import risk_rule


def trigger_of(alert: Mapping[str, Any]) -> str:
    """The trigger of a risk alert that an answer raises; a definition that names none is a screen."""
    named = alert.get("trigger", "")
    return named if named in AlertTrigger.values else AlertTrigger.SCREEN


def obeying(definition: Mapping[str, Any], house: int) -> Mapping[str, Any]:
    """A definition whose alarm about distress begins where the rule of the house's place says, today.

    Never later than the definition says itself: a published sheet keeps its promise.
    """
    alerts = definition.get("alerts", ())
    if not any(_is_distress(alert) for alert in alerts):
        return definition
    least = risk_rule(house).distress
    return {
        **definition,
        "alerts": [
            alert | {"least": min(alert["least"], least)} if _is_distress(alert) else alert
            for alert in alerts
        ],
    }


def _is_distress(alert: Mapping[str, Any]) -> bool:
    return trigger_of(alert) == AlertTrigger.DISTRESS and "item" in alert and "least" in alert


def alerts_said(definition: Mapping[str, Any], house: int) -> list[str]:
    """What a sheet alarms about in a house today, each in a sentence."""
    return [
        _("心理痛苦达到 %(n)s 分，须立即评估风险并告知督导。") % {"n": alert["least"]}
        if _is_distress(alert)
        else alert["zh"]
        for alert in obeying(definition, house).get("alerts", ())
    ]


def alert_said(alert: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    """What an alert that was raised says: of distress the points answered, else the words of the sheet."""
    if not _is_distress(alert) or alert["item"] not in answers:
        return alert["zh"]
    points = {"n": answers[alert["item"]]}
    return _("心理痛苦为 %(n)s 分，须立即评估风险并告知督导。") % points


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
