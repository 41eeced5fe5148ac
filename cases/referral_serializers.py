"""What the API of referrals takes and gives; the rules of each field are those of the ward's form."""

from typing import Any

from rest_framework import serializers

from cases.models.codes import NeedCategory, Priority
from cases.models.referral_codes import ReferrerProfession
from cases.services.receipts import ReferrerAnswer
from cases.services.system_referrals import Sent
from cases.workflow import ReferralState
from msw_portal.kernel.api_shapes import page_shape


def _text(words: str, longest: int, **given: Any) -> serializers.CharField:
    return serializers.CharField(help_text=words, max_length=longest, **given)


def _maybe(words: str, longest: int) -> serializers.CharField:
    return _text(words, longest, required=False, allow_blank=True, default="")


class ReferralInput(serializers.Serializer):
    """What a ward asks of the social workers."""

    ward = _text("Name of a ward or clinical department that the portal lists as running.", 80)
    department = _maybe(
        "Name of the social work department that receives; needed where the hospital has several.",
        80,
    )
    bed = _maybe("The bed.", 20)
    mrn = _maybe(
        "Number of the medical record. Where the hospital has exactly one person with it, and the surname is not "
        "another one, the referral is that person's.",
        40,
    )
    patient_name = _maybe("Name or surname of the patient.", 40)
    needs = serializers.ListField(
        child=serializers.ChoiceField(choices=NeedCategory.choices),
        required=False,
        default=list,
        max_length=len(NeedCategory.values),
        help_text="What may be needed, by code.",
    )
    urgency = serializers.ChoiceField(
        choices=Priority.choices,
        default=Priority.NORMAL.value,
        help_text="`urgent` is a crisis: harm to self or others, somebody missing, abuse. Answered within two hours.",
    )
    reason = _text("What was seen and heard. No identity or bank numbers.", 1000)
    client_aware = serializers.BooleanField(
        default=False, help_text="The patient or family knows of the referral."
    )
    referrer = _text("Who refers: name and post.", 40)
    profession = serializers.ChoiceField(
        choices=[one for one in ReferrerProfession.choices if one[0] != ReferrerProfession.FAMILY],
        required=False,
        allow_blank=True,
        default="",
        help_text="Of who refers.",
    )
    callback = _text("Number to call back, an extension as well.", 40)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """In the ward form's own words: a crisis is ticked, not chosen."""
        is_crisis = attrs["urgency"] == Priority.URGENT
        urgency = Priority.NORMAL.value if is_crisis else attrs["urgency"]
        return {**attrs, "is_crisis": is_crisis, "urgency": urgency}


class StepRow(serializers.Serializer):
    state = serializers.ChoiceField(choices=ReferralState.choices)
    at = serializers.DateTimeField()


class SentReferral(serializers.Serializer):
    """Where a referral stands; nothing of whom it is about."""

    uid = serializers.UUIDField()
    state = serializers.ChoiceField(choices=ReferralState.choices)
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="By when it is answered; null once it was."
    )
    answer = serializers.ChoiceField(
        choices=ReferrerAnswer.choices,
        allow_blank=True,
        help_text="Why it ended without a case; empty otherwise.",
    )
    steps = StepRow(many=True)


SentPage = page_shape(SentReferral, "SentPage")


def sent_json(sent: Sent) -> dict[str, Any]:
    """The body of one."""
    steps = [{"state": state, "at": at} for state, at in sent.receipt.steps]
    shown = {
        "uid": sent.uid,
        "state": sent.receipt.state,
        "received_at": sent.received_at,
        "due_at": sent.receipt.due_at,
        "answer": sent.receipt.answer,
        "steps": steps,
    }
    return SentReferral(shown).data
