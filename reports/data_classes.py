"""The data class of every field of this app; columns of the abstract bases are in the kernel's list."""

from msw_portal.kernel.data_classes import Level

PUBLIC, IMPERSONAL, CODED = Level.PUBLIC, Level.IMPERSONAL, Level.CODED

CLASSES = {
    "Indicator": {PUBLIC: "code name words unit population counts period_by privacy_class source"},
    "Rollup": {IMPERSONAL: "indicator period dims_hash dims n n2"},
    "RollupDelta": {IMPERSONAL: "indicator period dims_hash dims n n2"},
    "IndicatorSnapshot": {
        IMPERSONAL: "indicator cut n period dims_hash dims region_code value is_suppressed frozen_at "
        "released_at restates version inputs_hash"
    },
    "BuiltReport": {IMPERSONAL: "title body is_shared ended_at", CODED: "department"},
    "OpenDataChoice": {IMPERSONAL: "takes_part chosen_at"},
    "OpenTable": {
        PUBLIC: "code grain first last houses least epsilon dims cells content_hash visible_from "
        "visible_to"
    },
    "OpenCount": {IMPERSONAL: "table counts"},
    "NoiseBudget": {IMPERSONAL: "quarter allowed spent"},
    "ReportRun": {
        IMPERSONAL: "kind params params_hash slot as_of content_hash expires_at",
        CODED: "requested_by scope job schedule",
    },
    "ReportFile": {IMPERSONAL: "format", CODED: "run document"},
    "ReportSchedule": {
        IMPERSONAL: "kind params department cadence counting day hour formats state since",
        CODED: "owner",
    },
    "SignedReport": {
        IMPERSONAL: "kind span first last department version paper as_of signed_at",
        CODED: "signed_by",
    },
    "AuthoritySheet": {IMPERSONAL: "name cells retired_at", CODED: "template"},
    "ReportRecipient": {CODED: "schedule membership"},
}
