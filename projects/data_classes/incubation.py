"""Purchase contracts, banks, kits and programmes name nobody; what was said in a coaching is between two."""

from msw_portal.kernel.data_classes import Level

PUBLIC, IMPERSONAL, PERSON = Level.PUBLIC, Level.IMPERSONAL, Level.PERSON

CLASSES: dict[str, dict[Level, str]] = {
    "PurchaseContract": {
        IMPERSONAL: "project number buyer_name operator_name amount signed_on starts_on ends_on"
    },
    "CoachingNote": {
        IMPERSONAL: "project event version",
        PERSON: "body advice reason",
    },
    "NeedBankEntry": {IMPERSONAL: "category quarter counted region_code released_at"},
    "ReplicationKit": {PUBLIC: "project title unit_name summary payload published_at"},
    "ProgrammeProfile": {
        PUBLIC: "project name summary begun_on begun_precision ended_on themes services parties versions sites published_at"
    },
}
