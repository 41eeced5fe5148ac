"""Surveys, registers and the coverage map."""

from msw_portal.kernel.data_classes import Level

CLASSES: dict[str, dict[Level, str]] = {
    "Survey": {
        Level.IMPERSONAL: "title purpose scope partners methods questionnaire region project starts_on ends_on "
        "answer_target findings limits opened_at closed_at reported_at",
    },
    "SampleGroup": {Level.IMPERSONAL: "survey letter label kind method target"},
    "SampleUnit": {
        Level.IMPERSONAL: "survey group body reached_on method",
        Level.CODED: "void_reason",
        Level.PERSON: "name:name notes",
    },
    "SurveyResponse": {
        Level.IMPERSONAL: "survey group questionnaire is_paper given_on is_final finalized_at",
        Level.CODED: "paper_number sheet_key score band void_reason",
        Level.PERSON: "answers",
    },
    "SurveyAdvice": {Level.IMPERSONAL: "survey pillar text basis"},
    "ActionItem": {
        Level.IMPERSONAL: "survey advice entry title pillar owner_text due_on done_on outcome",
        Level.CODED: "owner",
    },
    "RegisterEntry": {
        Level.PUBLIC: "kind title number version summary happened_on precision effective_on until_on "
        "region audiences source url details replaces external_id published_at",
    },
    "RegisterParty": {
        Level.PUBLIC: "entry role body name_text as_of_title source published_at",
    },
    "RegisterLink": {Level.PUBLIC: "entry other department survey project note published_at"},
    "ChecklistAnswer": {
        Level.IMPERSONAL: "entry item_code department standing evidence answered_on"
    },
}
