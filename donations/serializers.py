"""What the API takes and gives: the shapes of the schema, and the rows as they are written."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from donations.models.aid_agreements import AidAgreement
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest, RequestDocument
from donations.services.advice import Advice
from donations.services.payable import Payable
from donations.workflow import DisbursementState, RequestState
from msw_portal.kernel.money import AmountApiField

# ── what commands take ───────────────────────────────────────────────────────


class CheckInput(serializers.Serializer):
    complete = serializers.BooleanField(
        default=False, help_text="true: the papers are in order, go on to the next stage."
    )


class SupplementInput(serializers.Serializer):
    items = serializers.ListField(
        child=serializers.CharField(max_length=40),
        allow_empty=False,
        max_length=30,
        help_text="Document types of the programme that are wanted (again).",
    )
    message = serializers.CharField(max_length=2000, help_text="Shown to the social worker.")


class RejectInput(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)
    code = serializers.CharField(
        max_length=40, required=False, default="", help_text="The condition that is not met."
    )


class ReviewInput(serializers.Serializer):
    opinion = serializers.CharField(max_length=4000)
    amount = AmountApiField(required=False, help_text="The sum proposed, CNY.")


class ProposeInput(serializers.Serializer):
    amount = AmountApiField(help_text="CNY.")
    opinion = serializers.CharField(max_length=4000, required=False, default="")


class ApproveInput(serializers.Serializer):
    amount = AmountApiField(help_text="CNY; within the client's limit and what is payable now.")
    opinion = serializers.CharField(
        max_length=4000,
        required=False,
        default="",
        help_text="Needed for less than what is payable; the decision letter gives it to the family.",
    )


class ReasonInput(serializers.Serializer):
    reason = serializers.CharField(max_length=500, help_text="The hospital reads it.")


class NothingInput(serializers.Serializer):
    """A step that needs nothing but its headers."""


# ── what is answered ─────────────────────────────────────────────────────────


class Named(serializers.Serializer):
    uid = serializers.UUIDField()
    name = serializers.CharField()


class RequestRow(serializers.Serializer):
    """Money, stage and time; nothing of the person but a pseudonym."""

    uid = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(
        choices=ProgrammeVersion.Asker.choices,
        help_text="Whether it is for a patient or for a running project.",
    )
    subject_code = serializers.CharField(
        help_text="The person's pseudonym towards this foundation, or the project's code."
    )
    hospital = Named()
    programme = Named(help_text="The programme's version in force when it was written.")
    state = serializers.ChoiceField(choices=RequestState.choices)
    state_label = serializers.CharField()
    on_hold = serializers.BooleanField(help_text="The consent was withdrawn; no step is possible.")
    requested = AmountApiField()
    gap = AmountApiField(help_text="What remains out of pocket by the hospital's bill.")
    proposed = AmountApiField(allow_null=True)
    approved = AmountApiField(allow_null=True)
    disbursed = AmountApiField()
    submitted_at = serializers.DateTimeField()
    state_entered_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="The number in the ETag.")


@extend_schema_serializer(many=False)
class RequestPage(serializers.Serializer):
    items = RequestRow(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="Cursor for `after`; null on the last page."
    )


class PaperRow(serializers.Serializer):
    uid = serializers.UUIDField()
    type = serializers.CharField()
    label = serializers.CharField()
    required = serializers.BooleanField()
    state = serializers.ChoiceField(choices=RequestDocument.State.choices)
    has_copy = serializers.BooleanField()
    mime = serializers.CharField(allow_null=True)
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    href = serializers.CharField(allow_null=True)
    note = serializers.CharField(help_text="What the copy is.")


class MessageRow(serializers.Serializer):
    uid = serializers.UUIDField()
    side = serializers.ChoiceField(choices=["hospital", "foundation"])
    at = serializers.DateTimeField()
    body = serializers.CharField()


class ActRow(serializers.Serializer):
    step = serializers.CharField()
    duty = serializers.CharField()
    at = serializers.DateTimeField()
    amount = AmountApiField(allow_null=True)
    opinion = serializers.CharField(allow_null=True)
    by_client = serializers.BooleanField()


class MoveRow(serializers.Serializer):
    step = serializers.CharField()
    from_state = serializers.CharField(allow_blank=True)
    to_state = serializers.CharField()
    at = serializers.DateTimeField()


class ConditionRow(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField()
    is_met = serializers.BooleanField(allow_null=True, help_text="null: the copy does not say.")


class AdviceBody(serializers.Serializer):
    """The programme's conditions judged over the copy: advice, never a decision."""

    is_eligible = serializers.BooleanField(allow_null=True)
    conditions = ConditionRow(many=True)
    benefit = serializers.CharField(allow_null=True)
    benefit_amount = AmountApiField(allow_null=True)


class PayableBody(serializers.Serializer):
    """min(requested, cap, remaining, available), counted now and again under lock at approval."""

    requested = AmountApiField()
    cap = AmountApiField(allow_null=True)
    remaining = AmountApiField()
    available = AmountApiField()
    amount = AmountApiField()


class DisbursementRow(serializers.Serializer):
    uid = serializers.UUIDField()
    instalment = serializers.IntegerField()
    amount = AmountApiField()
    state = serializers.ChoiceField(choices=DisbursementState.choices)
    released_at = serializers.DateTimeField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True)


class AgreementRow(serializers.Serializer):
    """What the family agreed to before the payout; the text names no person."""

    amount = AmountApiField()
    way = serializers.ChoiceField(choices=AidAgreement.Way.choices)
    signer = serializers.ChoiceField(choices=AidAgreement.Signer.choices)
    signed_on = serializers.DateField()
    text = serializers.CharField()


class DisclosedCopy(serializers.Serializer):
    """The consented copy: keys are the items the family agreed to; null once the consent is withdrawn."""

    version = serializers.IntegerField(allow_null=True)
    review = serializers.DictField(allow_null=True)
    identity = serializers.DictField(allow_null=True)


class ToldGoal(serializers.Serializer):
    name = serializers.CharField()
    unit = serializers.CharField()
    target = serializers.CharField()


class ToldProject(serializers.Serializer):
    """What the unit tells of the project that asks; no person is named."""

    uid = serializers.UUIDField()
    number = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    unit = serializers.CharField()
    issuer = serializers.CharField(allow_blank=True)
    period = serializers.CharField(allow_blank=True)
    approved_amount = AmountApiField(allow_null=True)
    indicators = ToldGoal(many=True)
    costs = serializers.DictField(help_text="The budget by payer, its total and the gap.")
    purpose = serializers.CharField(allow_blank=True)


class RequestDetail(RequestRow):
    disclosed = DisclosedCopy(help_text="Of a patient's request; all null for a project.")
    project = ToldProject(allow_null=True, help_text="Of a project's request; null for a patient.")
    advice = AdviceBody(allow_null=True)
    payable = PayableBody(allow_null=True, help_text="Before the approval only.")
    documents = PaperRow(many=True)
    messages = MessageRow(many=True)
    acts = ActRow(many=True)
    history = MoveRow(many=True)
    disbursements = DisbursementRow(many=True)
    awaits_agreement = serializers.BooleanField(
        help_text="Approved, and nothing can be paid before the family has agreed."
    )
    agreement = AgreementRow(allow_null=True)


# ── rows as they are written ─────────────────────────────────────────────────


def amount(value: Any) -> str | None:
    """An amount as the API writes it: a string with two decimals."""
    return None if value is None else f"{value:.2f}"


def instant(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def row_json(request: FundingRequest) -> dict[str, Any]:
    """RequestRow of a model with its hospital and programme version fetched."""
    version, house = request.programme_version, request.organization
    return {
        "uid": str(request.uid),
        "number": request.number,
        "kind": "project" if request.is_for_project else "case",
        "subject_code": request.subject_code,
        "hospital": {"uid": str(house.uid), "name": house.name},
        "programme": {"uid": str(version.uid), "name": version.name},
        "state": request.state,
        "state_label": request.get_state_display(),
        "on_hold": request.on_hold_at is not None,
        "requested": amount(request.requested),
        "gap": amount(request.gap),
        "proposed": amount(request.proposed),
        "approved": amount(request.approved),
        "disbursed": amount(request.disbursed),
        "submitted_at": instant(request.submitted_at),
        "state_entered_at": instant(request.state_entered_at),
        "due_at": instant(request.due_at),
        "version": request.row_version,
    }


def advice_json(advice: Advice | None) -> dict[str, Any] | None:
    """AdviceBody."""
    if advice is None:
        return None
    return {
        "is_eligible": advice.is_eligible,
        "conditions": [
            {"code": line.code, "text": line.text, "is_met": line.is_met} for line in advice.lines
        ],
        "benefit": advice.benefit_text,
        "benefit_amount": amount(advice.benefit),
    }


def payable_json(payable: Payable | None) -> dict[str, Any] | None:
    """PayableBody."""
    if payable is None:
        return None
    names = ("requested", "cap", "remaining", "available", "amount")
    return {name: amount(getattr(payable, name)) for name in names}
