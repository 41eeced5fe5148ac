"""Experts, conflicts, assignment and review."""

from msw_portal.kernel.data_classes import Level

PUBLIC, IMPERSONAL, CODED, PERSON = Level.PUBLIC, Level.IMPERSONAL, Level.CODED, Level.PERSON

CLASSES: dict[str, dict[Level, str]] = {
    "ExpertProfile": {
        IMPERSONAL: "grade fields is_available most ties_at left_on",
        CODED: "user employer employer_text title ties",
    },
    "Appointment": {
        IMPERSONAL: "body post number valid appointed_on void_reason",
        CODED: "expert user",
        PERSON: "holder:name",
    },
    "Conflict": {
        IMPERSONAL: "application kind is_computed lifted_at",
        CODED: "expert user evidence lifted_by",
        PERSON: "note lift_reason",
    },
    "ReviewPlan": {
        IMPERSONAL: "call sheet experts_each most_per_expert is_blind opens_on closes_on trim_from "
        "spread_alarm tie_order shows_normalised reserve_places checklist phase"
    },
    "AssignmentRun": {
        IMPERSONAL: "call phase seed result_hash short_count applied_at",
        CODED: "inputs result applied_by",
    },
    "Review": {
        IMPERSONAL: "call application run packet label phase opens_on due_on questionnaire score band is_final finalized_at answers total is_released is_voided",
        CODED: "expert expert_user",
        PERSON: "comment void_reason",
    },
    "Panel": {
        IMPERSONAL: "call on place applications rescored_phase",
        CODED: "chair",
        PERSON: "minutes present",
    },
    "OutcomeLetter": {
        IMPERSONAL: "call application number outcome title body comments sent_at read_at",
    },
}
