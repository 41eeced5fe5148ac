"""The data class of every field of this app; columns of the abstract bases are in the kernel's list."""

from msw_portal.kernel.data_classes import Level

PUBLIC, IMPERSONAL, CODED, PERSON = Level.PUBLIC, Level.IMPERSONAL, Level.CODED, Level.PERSON
SPECIAL = Level.SPECIAL

CLASSES = {
    "Client": {
        IMPERSONAL: "is_unidentified legal_hold merged_at erased_on",
        CODED: "name_masked sex birth_year birth_unknown id_type id_no_bidx id_no_bidx2 phone_bidx phone_bidx2 region "
        "household deceased_on root capacity capacity_ground capacity_judged_on",
        PERSON: "name:name birth_date:birth_date id_no:id_no phone:phone address:address "
        "capacity_judged_by",
    },
    "DuplicatePair": {
        IMPERSONAL: "score reasons chosen decided_at",
        CODED: "first second kept moved decided_by",
        PERSON: "note before after decided_reason",
    },
    "ComparedUpTo": {IMPERSONAL: "clients_at clients_id episodes_at episodes_id"},
    "RelatedPerson": {
        CODED: "relation phone_bidx phone_bidx2 is_guardian is_primary_caregiver is_primary_contact "
        "is_legal_agent is_cohabiting is_payer is_decider must_not_be_told",
        PERSON: "name:name phone:phone id_no:id_no",
    },
    "Episode": {
        IMPERSONAL: "visit_type ward insurance origin taken_over_by taken_over_on",
        CODED: "mrn_bidx mrn_bidx2 bed doctor disease_group treatment_stage admitted_on discharged_on "
        "taken_over_text",
        PERSON: "mrn:account diagnosis diagnosis_codes",
    },
    "EpisodeFeed": {IMPERSONAL: "heard_at", CODED: "episode visit_key said days kept"},
    "EpisodeDrop": {
        IMPERSONAL: "name digest job given_count created_count changed_count same_count refused_count "
        "read_through faults refusal ended_at put_away_at"
    },
    "Referral": {
        IMPERSONAL: "direction from_department from_profession urgency client_aware received_at due_at "
        "claimed_at legal_basis outcome no_help_reason sent_at reply_due_on follow_up_on "
        "to_organization to_service from_organization erased_on",
        CODED: "from_text to_text needs claimed_by consent inbox_item reply_link disclosure "
        "origin_uid",
        PERSON: "reason feedback",
    },
    "Case": {
        IMPERSONAL: "department ward method service_kind source stage suspended_at priority secrecy "
        "opened_at assigned_at closed_at close_reason goal_rate gas_t satisfaction "
        "satisfaction_refused weight archive_number erased_on",
        CODED: "number episode disease_group referral previous risk_level worker supervisor "
        "duplicate_reason",
        PERSON: "presenting_problem",
        SPECIAL: "level5_diagnosis level5_kept",
    },
    "CaseMember": {IMPERSONAL: "role", CODED: "user title", PERSON: "name:name"},
    "CaseForm": {
        IMPERSONAL: "kind serial version finalized_at",
        CODED: "form_no finalized_by",
        PERSON: "payload",
    },
    "RiskAlert": {
        IMPERSONAL: "raised_at handled_at report_due_at mandatory_report_at",
        CODED: "trigger severity taken_by handled_by report outcome",
    },
    "MandatoryReport": {
        IMPERSONAL: "department opened_at due_at reported_at ended_at",
        CODED: "alert ground origin ended_by",
        SPECIAL: "facts ending",
    },
    "ReportNotice": {
        IMPERSONAL: "recipient sent_at way",
        CODED: "report office receipt_number",
        PERSON: "officer:name",
    },
    "ReportEntry": {IMPERSONAL: "occurred_on", CODED: "report", SPECIAL: "text"},
    "ConsentTemplate": {
        PUBLIC: "kind version language title text text_hash items needs_guardian_below published_at"
    },
    "Consent": {
        IMPERSONAL: "kind template purpose items recipient legal_basis method signed_at valid_to "
        "notice_due_at notice_given_at withdrawn_at superseded_at lapsed_at guardian_proof",
        CODED: "recipient_text text_hash signer_relation evidence withdrawn_by superseded_by signature",
        PERSON: "signer:name witness:name",
    },
    "Disclosure": {
        IMPERSONAL: "recipient level version fields withdrawn_at expires_at read_count",
        CODED: "recipient_user link consent payload_hash",
        PERSON: "payload",
    },
    "DisclosureDocument": {
        IMPERSONAL: "withdrawn_at expires_at recipient_id",
        CODED: "disclosure document recipient_user_id",
    },
    "Need": {CODED: "category voice severity met unmet_reason", PERSON: "statement"},
    "Plan": {
        IMPERSONAL: "version theory review_due_on submitted_at approved_at",
        CODED: "approved_by",
        PERSON: "aim supervisor_comment details",
    },
    "Goal": {
        IMPERSONAL: "due_on weight gas rated_at",
        CODED: "plan indicator baseline target gas_levels",
        PERSON: "statement comment",
    },
    "GoalNeed": {CODED: "goal need"},
    "Contact": {
        IMPERSONAL: "occurred_on starts_at ends_at minutes mode phase checkpoint techniques "
        "next_on locked_at co_sign_required services entry_key",
        CODED: "episode target addendum_to countersigned_by needs",
        PERSON: "facts analysis details",
    },
    "Assessment": {
        IMPERSONAL: "questionnaire is_final finalized_at phase checkpoint",
        CODED: "score band corrects",
        PERSON: "answers interpretation",
    },
    "Activity": {
        IMPERSONAL: "kind department occurred_on starts_at minutes ward place persons "
        "person_times volunteers topic services result satisfaction event group expected "
        "satisfied_count",
        PERSON: "plan record summary",
    },
    "SatisfactionMark": {IMPERSONAL: "group activity mark given_on", PERSON: "words"},
    "SignIn": {IMPERSONAL: "activity kind heads", CODED: "member", PERSON: "name:name"},
    "Group": {
        IMPERSONAL: "number name kind work_model openness is_association stage department leader size_least "
        "size_most starts_on ends_on place budget_source submitted_at submitted_by approved_at approved_by "
        "summarized_at summarized_by ended_at ended_by",
        PERSON: "plan supervisor_comment summary closing_comment",
    },
    "GroupCoLeader": {IMPERSONAL: "group user"},
    "GroupBudgetLine": {IMPERSONAL: "group what quantity unit_price planned spent"},
    "GroupSession": {
        IMPERSONAL: "group number title held_on starts_at minutes place aim content materials in_charge "
        "attainment recorded_at recorded_by",
        PERSON: "record",
    },
    "GroupMember": {
        IMPERSONAL: "group agreed_by agreed_on joined_on left_on",
        CODED: "alias is_minor consent satisfaction",
        PERSON: "contact screening",
    },
    "Attendance": {CODED: "session member presence", PERSON: "note"},
    "MemberAnswers": {
        IMPERSONAL: "questionnaire is_final finalized_at moment superseded_at",
        CODED: "member score band",
        PERSON: "answers",
    },
    "ActivityLine": {CODED: "activity bed need action promoted_case", PERSON: "note"},
    "Milestone": {IMPERSONAL: "kind planned_on actual_on", CODED: "episode note"},
    "Household": {IMPERSONAL: "dissolved_on", PERSON: "note dissolved_reason"},
    "HouseholdMember": {
        IMPERSONAL: "left_on",
        CODED: "household relation",
        PERSON: "left_reason",
    },
    "CareFlag": {
        IMPERSONAL: "since review_on resolved_on",
        CODED: "kind related_person resolved_by",
        PERSON: "text resolved_reason",
    },
    "IdentityReveal": {
        IMPERSONAL: "department reviewed_at result",
        CODED: "reviewed_by",
        PERSON: "reason",
    },
    "RecordHold": {
        IMPERSONAL: "since may_end_on ended_on ending",
        CODED: "kind ended_by",
        PERSON: "reason ended_reason",
    },
    "SubjectRequest": {
        IMPERSONAL: "kind received_on due_on identity_checked_at answered_on outcome erased",
        CODED: "requester_relation result refusal_code",
        PERSON: "requester:name detail interest identity_note refusal_reason answer corrections",
    },
    "CaseTransfer": {
        IMPERSONAL: "decided_at",
        CODED: "from_user to_user batch_uid decided_by",
        PERSON: "reason answer",
    },
    "PlanItem": {
        IMPERSONAL: "kind provider starts_on ends_on frequency place cost payer done_on",
        CODED: "plan goal who",
        PERSON: "what",
    },
    "StateAid": {
        IMPERSONAL: "kind authority applicant state papers applied granted received filed_on answer_due_on "
        "answered_on received_on next_on refusal",
        PERSON: "acting_ground answer",
    },
    "SupervisionCase": {
        IMPERSONAL: "is_deidentified",
        CODED: "event",
        PERSON: "excerpt advice",
    },
}
