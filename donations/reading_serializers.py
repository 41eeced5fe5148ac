"""What the readings of programmes, money and the course of a request answer: shapes of the schema."""

import datetime as dt

from rest_framework import serializers

from donations.models.giving import Donation, Donor, Fund
from donations.models.programmes import Programme, ProgrammeVersion
from donations.serializers import MessageRow, Named
from donations.workflow import DisbursementState, DonationState
from msw_portal.kernel.api_shapes import page_shape
from msw_portal.kernel.money import AmountApiField

# ── programmes ───────────────────────────────────────────────────────────────


class Condition(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField(source="zh")
    rule = serializers.CharField(source="cel", help_text="Common Expression Language.")


class Benefit(Condition):
    amount = AmountApiField(help_text="CNY. The first row that fits counts.")


class AskedPaper(serializers.Serializer):
    type = serializers.CharField()
    text = serializers.CharField()
    required = serializers.BooleanField()


class Caps(serializers.Serializer):
    per_request = AmountApiField(allow_null=True, required=False)
    per_person = AmountApiField(allow_null=True, required=False)


class VersionRow(serializers.ModelSerializer):
    """What a programme asks and gives in a span of time, as published."""

    conditions = Condition(many=True)
    benefits = Benefit(many=True, source="benefit_rows")
    documents = AskedPaper(many=True)
    stages = serializers.ListField(child=serializers.CharField(), help_text="States it uses.")
    caps = Caps()
    payout_modes = serializers.ListField(child=serializers.CharField())
    days = serializers.DictField(
        source="sla", child=serializers.IntegerField(), help_text="State -> days it may take."
    )
    valid_from = serializers.SerializerMethodField()
    valid_to = serializers.SerializerMethodField()

    class Meta:
        model = ProgrammeVersion
        fields = (
            "uid",
            "version",
            "name",
            "summary",
            "beneficiary_class",
            "conditions",
            "benefits",
            "documents",
            "stages",
            "caps",
            "quota",
            "order_rule",
            "payout_modes",
            "needs_agreement",
            "agreement_terms",
            "days",
            "valid_from",
            "valid_to",
            "published_at",
        )

    def get_valid_from(self, row: ProgrammeVersion) -> dt.date | None:
        return row.valid.lower

    def get_valid_to(self, row: ProgrammeVersion) -> dt.date | None:
        """The last day, or null without an end."""
        return row.valid.upper and row.valid.upper - dt.timedelta(days=1)


class ProgrammeRow(serializers.ModelSerializer):
    fund = Named()
    version_in_force = serializers.SerializerMethodField()

    class Meta:
        model = Programme
        fields = ("uid", "name", "state", "fund", "version_in_force")

    def get_version_in_force(self, row: Programme) -> int | None:
        """Its number today; null while none is in force."""
        return next((one.version for one in row.own_versions if one.is_in_force), None)


class ProgrammeDetail(ProgrammeRow):
    version = serializers.SerializerMethodField()

    class Meta(ProgrammeRow.Meta):
        fields = (*ProgrammeRow.Meta.fields, "version")

    def get_version(self, row: Programme) -> VersionRow(allow_null=True):
        """The version in force today, or else the newest."""
        found = next((one for one in row.own_versions if one.is_in_force), None)
        found = found or next(iter(row.own_versions), None)
        return VersionRow(found).data if found else None


# ── money ────────────────────────────────────────────────────────────────────


class FundRow(serializers.ModelSerializer):
    available = AmountApiField(help_text="Not yet promised to anybody.")
    committed = AmountApiField(help_text="Promised to approved requests and not yet paid.")

    class Meta:
        model = Fund
        fields = ("uid", "number", "name", "kind", "state", "available", "committed")


class PurposeBalance(serializers.Serializer):
    code = serializers.CharField(allow_null=True, help_text="null: for the fund as a whole.")
    text = serializers.CharField(allow_null=True)
    available = AmountApiField()
    committed = AmountApiField()


class FundDetail(FundRow):
    purposes = PurposeBalance(many=True)

    class Meta(FundRow.Meta):
        fields = (*FundRow.Meta.fields, "purposes")


class DonorShown(serializers.ModelSerializer):
    """As the lists of the house show the donor: masked."""

    name = serializers.CharField(source="name_masked")

    class Meta:
        model = Donor
        fields = ("kind", "name", "is_anonymous")


class DonationRow(serializers.ModelSerializer):
    fund = Named()
    purpose = serializers.CharField(source="purpose.code", allow_null=True, default=None)
    donor = DonorShown()
    amount = AmountApiField(allow_null=True)
    state = serializers.ChoiceField(choices=DonationState.choices)

    class Meta:
        model = Donation
        fields = (
            "uid",
            "number",
            "kind",
            "state",
            "amount",
            "received_on",
            "channel",
            "fund",
            "purpose",
            "donor",
        )


class UseRow(serializers.Serializer):
    kind = serializers.CharField(help_text="commit, release, disburse, refund, reversal ...")
    at = serializers.DateTimeField()
    amount = AmountApiField()
    funding_request = serializers.UUIDField(source="request_uid", allow_null=True)
    number = serializers.CharField(allow_null=True)
    subject_code = serializers.CharField(allow_null=True)
    hospital = serializers.CharField(allow_null=True)
    programme = serializers.CharField(allow_null=True)


class TraceBody(serializers.Serializer):
    """given = available + committed + paid, to the fen."""

    given = AmountApiField()
    available = AmountApiField()
    committed = AmountApiField()
    paid = AmountApiField()
    uses = UseRow(many=True)


class RequestNamed(serializers.Serializer):
    uid = serializers.UUIDField()
    number = serializers.CharField()


class PayoutRow(serializers.Serializer):
    uid = serializers.UUIDField()
    funding_request = RequestNamed(source="request")
    hospital = Named(source="organization")
    instalment = serializers.IntegerField()
    amount = AmountApiField()
    mode = serializers.CharField()
    state = serializers.ChoiceField(choices=DisbursementState.choices)
    state_label = serializers.CharField(source="get_state_display")
    voucher_no = serializers.CharField(allow_blank=True)
    released_at = serializers.DateTimeField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True, help_text="When the hospital had it.")
    version = serializers.IntegerField(source="row_version", help_text="The number in the ETag.")


class PayerRow(serializers.Serializer):
    """A gift that paid part of an instalment; the donor is not named."""

    donation = serializers.UUIDField(source="donation_uid")
    number = serializers.CharField()
    received_on = serializers.DateField()
    amount = AmountApiField()


class PayersBody(serializers.Serializer):
    payers = PayerRow(many=True)


# ── the course of a request ──────────────────────────────────────────────────


class MessagesBody(serializers.Serializer):
    items = MessageRow(many=True)


class MessageInput(serializers.Serializer):
    body = serializers.CharField(max_length=2000, help_text="Read by the social worker.")


class TimelineEntry(serializers.Serializer):
    at = serializers.DateTimeField()
    side = serializers.ChoiceField(choices=["hospital", "foundation"])
    kind = serializers.ChoiceField(choices=["move", "opinion", "message", "payout"])
    step = serializers.CharField(help_text="The step, or the state of a payout.")
    state = serializers.CharField(allow_null=True, help_text="Of the request after a move.")
    amount = AmountApiField(allow_null=True)
    uid = serializers.UUIDField(allow_null=True, help_text="Of the message or the payout.")


class TimelineBody(serializers.Serializer):
    items = TimelineEntry(many=True)


# ── the result ───────────────────────────────────────────────────────────────


class ScoreOn(serializers.Serializer):
    on = serializers.DateField()
    total = serializers.CharField(
        allow_null=True, help_text="Points as a decimal; null where a sum means nothing."
    )


class DimensionRow(serializers.Serializer):
    code = serializers.CharField()
    title = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class ScaleRow(serializers.Serializer):
    code = serializers.CharField()
    title = serializers.CharField()
    before = ScoreOn()
    after = ScoreOn()
    dimensions = DimensionRow(many=True)


class CheckpointRow(serializers.Serializer):
    place = serializers.ChoiceField(choices=["pre_op", "operation", "post_op", "follow_up"])
    on = serializers.DateField()
    scores = serializers.DictField(
        child=serializers.CharField(allow_null=True),
        help_text="economy, support, family, mood: 0 (worst) to 10 (best), as decimals.",
    )


class ResultBody(serializers.Serializer):
    """Scores before and after, as the family allowed: no narrative, no name."""

    version = serializers.IntegerField()
    given_at = serializers.DateTimeField()
    scales = ScaleRow(many=True)
    checkpoints = CheckpointRow(many=True)


ProgrammePage = page_shape(ProgrammeRow, "ProgrammePage")
VersionsBody = type("VersionsBody", (serializers.Serializer,), {"items": VersionRow(many=True)})
FundPage = page_shape(FundRow, "FundPage")
DonationPage = page_shape(DonationRow, "DonationPage")
PayoutPage = page_shape(PayoutRow, "PayoutPage")
