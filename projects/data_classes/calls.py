"""Calls, applications and their parts."""

from msw_portal.kernel.data_classes import Level

PUBLIC, IMPERSONAL, CODED, PERSON = Level.PUBLIC, Level.IMPERSONAL, Level.CODED, Level.PERSON
TAGS = "settings disease_themes fields integration outputs strategies service_modes practice_areas "

CLASSES: dict[str, dict[Level, str]] = {
    "Call": {
        PUBLIC: "kind title year batch slug number_pattern issuers policy_basis text foci contact tracks "
        "themes eligibility required_documents form criteria letters files review_rules score_sheet "
        "region_codes max_per_unit places is_funded funding_ceiling management_limit opens_at closes_at "
        "supplement_days notice_days partner previous state_entered_at version published_at "
        "notice_entry list_entry",
    },
    "CallVersion": {PUBLIC: "call version content content_hash note published_at"},
    "Application": {
        PUBLIC: "title unit_name number",
        IMPERSONAL: TAGS
        + "call department region_code track theme title_key target_group starts_on "
        "ends_on state_entered_at answers self_test completeness budget_total budget_asked told_version "
        "submitted_at submitted_version merged_into end_reason formality supplement_items "
        "supplement_due_at score_mean score_shown rank selected",
        CODED: "leader late_evidence",
    },
    "ApplicationVersion": {
        IMPERSONAL: "application version kind call_version payload payload_hash submitted_at note"
    },
    "ApplicationParty": {
        IMPERSONAL: "application role rank five partner profession title qualification fte part "
        "blank_reason state asked_at answered_at answer_note shown application_state "
        "application_number",
        # Those who stand for a unit in public: the leader and the team of its application.
        CODED: "user name answered_by",
        PERSON: "phone:phone",
    },
    "BudgetLine": {
        IMPERSONAL: "application project rank line unit_price quantity amount source is_management note spent"
    },
}
