"""Projects, their cultivation and incubation."""

from msw_portal.kernel.data_classes import Level
from projects.data_classes.calls import TAGS

PUBLIC, IMPERSONAL, CODED = Level.PUBLIC, Level.IMPERSONAL, Level.CODED

CLASSES: dict[str, dict[Level, str]] = {
    "Project": {
        PUBLIC: "number title unit_name",
        IMPERSONAL: TAGS
        + "call application kind department region_code target_group summary starts_on "
        "ends_on approved_amount state_entered_at grade light light_reasons partner parent template_of "
        "replication closing",
        CODED: "leader leader_name",
    },
    "ProjectIndicator": {
        IMPERSONAL: "application project rank name unit weight baseline target source evidence is_before_after"
    },
    "ProjectValue": {IMPERSONAL: "indicator period actual is_computed note"},
    "ProjectEvent": {
        IMPERSONAL: "project kind title due_on done_on hours participants amount provider provider_name "
        "detail change_state partner"
    },
    "ProjectReport": {
        IMPERSONAL: "project kind period version due_on payload submitted_at partner"
    },
    "ProjectLink": {
        IMPERSONAL: "project group activity service_record learning_event",
    },
}
