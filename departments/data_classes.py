"""The data class of every field of this app; columns of the abstract bases are in the kernel's list."""

from msw_portal.kernel.data_classes import Level

PUBLIC, IMPERSONAL, CODED, PERSON = Level.PUBLIC, Level.IMPERSONAL, Level.CODED, Level.PERSON

CLASSES = {
    "Questionnaire": {
        PUBLIC: "code version kind title definition licence_class citation published_at"
    },
    "Document": {
        IMPERSONAL: "kind size mime pages scan_state scanned_at scan_found expires_on",
        CODED: "file_key sha256 derived_from",
        PERSON: "title wrapped_key void_note",
    },
    "Message": {IMPERSONAL: "side", CODED: "author in_reply_to", PERSON: "body"},
    "Transition": {
        IMPERSONAL: "workflow step from_state to_state actor_role at",
        CODED: "actor",
        PERSON: "reason",
    },
    "Task": {
        IMPERSONAL: "kind role department due_at remind_at closed_at paused_at",
        CODED: "assignee dedup_key",
    },
    "Notification": {
        IMPERSONAL: "kind read_at is_shown mail mailed_at mail_error",
        CODED: "user dedup_key",
    },
    "Draft": {IMPERSONAL: "form base_version saved_at", CODED: "user", PERSON: "payload"},
    "SavedView": {IMPERSONAL: "list name", CODED: "user query"},
    "NumberSequence": {IMPERSONAL: "kind period next"},
    "NumberVoid": {IMPERSONAL: "kind reason", CODED: "number"},
    "AccessLink": {
        IMPERSONAL: "kind department public_state expires_at uses_left revoked_at",
        CODED: "token_hash",
    },
    "InboxItem": {
        IMPERSONAL: "department kind",
        CODED: "link receipt_hash dedup_key promoted_uid",
        PERSON: "payload",
    },
    "Signature": {
        IMPERSONAL: "signer_kind at",
        CODED: "user relation drawn text_hash",
        PERSON: "signer_name:name",
    },
    "Region": {PUBLIC: "code name level parent"},
    "Code": {PUBLIC: "scheme code zh en parent rank maps valid"},
    "DatedRule": {PUBLIC: "kind region applies applies_key params valid article source evidence"},
    "Holiday": {PUBLIC: "on is_workday source"},
    "ResourceLocation": {
        PUBLIC: "provider name type region address postal_code latitude longitude transportation "
        "accessibility schedules external_id published_at"
    },
    "ResourceService": {
        PUBLIC: "provider name description status categories area min_age max_age eligibility "
        "insurance documents costs fees schedules languages application phone email url capacity "
        "alert assured_on external_id published_at",
        CODED: "assured_by",
    },
    "ResourcePlace": {PUBLIC: "service location published_at"},
    "Organization": {
        PUBLIC: "kind name short_name code uscc grade hospital_type region is_tenant "
        "msw_active_from msw_active_to founded_on founded_precision ended_on profile is_demo "
        "is_training ownership affiliation charity_type"
    },
    "OrganizationName": {PUBLIC: "name valid precision change"},
    "OrganizationLink": {PUBLIC: "from_organization to_organization kind post valid"},
    "OrganizationCredential": {PUBLIC: "kind title number grade issued_on valid"},
    "Department": {
        PUBLIC: "kind name parent campus setup_type level operator region founded_on ended_on "
        "successor beds_open founded_precision attached_to township linked_agency posts_set "
        "posts_filled rooms area_m2 area_is_about is_first_in_province methods note",
        IMPERSONAL: "settings",
        CODED: "liaison",
    },
    "DepartmentName": {PUBLIC: "department name valid precision"},
    "DepartmentYear": {IMPERSONAL: "department year budget spent"},
    "PracticeBase": {IMPERSONAL: "department school school_name valid note"},
    "PracticePlacement": {
        IMPERSONAL: "base level students starts_on ends_on hours_each",
        CODED: "guide",
    },
    "AccountCode": {
        IMPERSONAL: "kind is_mailed expires_at ended_at",
        CODED: "user code_hash",
    },
    "DirectoryAccount": {IMPERSONAL: "bound_at", CODED: "user name subject"},
    "KeyCheck": {IMPERSONAL: "kid first_seen_at", CODED: "value"},
    "OrganizationSetting": {IMPERSONAL: "key value"},
    "ComplianceRecord": {
        IMPERSONAL: "kind step due_on closed_at",
        CODED: "signer_1 signer_2",
        PERSON: "payload",
    },
    # Who works where is known in the house: names of staff are not those of patients.
    "User": {
        IMPERSONAL: "preferences is_active is_service is_demo must_change_password session_epoch "
        "last_seen_at last_login",
        CODED: "username display_name password",
        PERSON: "email phone:phone",
    },
    "StaffProfile": {
        IMPERSONAL: "department title employment weekly_hours is_counted agency end_reason",
        CODED: "user name",
    },
    "StaffCredential": {
        IMPERSONAL: "kind grade title issued_on hours void_reason",
        CODED: "staff number",
    },
    # What was said in supervision may tell of clients and of the supervisee.
    "LearningEvent": {
        IMPERSONAL: "kind form functions department theme starts_at hours place provider is_cpd "
        "is_open outline signed_at",
        CODED: "leader leader_name",
        PERSON: "notes advice actions",
    },
    "LearningAttendance": {
        IMPERSONAL: "role presence hours result score steps_done signed_at",
        CODED: "event user staff name certificate_no",
        PERSON: "reflection",
    },
    "PasswordHistory": {IMPERSONAL: "set_at", CODED: "user password"},
    "Membership": {IMPERSONAL: "department role duty_class", CODED: "user ended_by end_reason"},
    "AccessGrant": {
        IMPERSONAL: "kind review_result reviewed_at",
        CODED: "user reviewed_by",
        PERSON: "reason",
    },
    "ApiClient": {
        IMPERSONAL: "scopes duties approve_limit source_addresses ended_at old_secret_until",
        CODED: "application user membership contact old_secret",
    },
    "PublicEntry": {
        PUBLIC: "kind slug version title payload payload_hash visible_from visible_to supersedes "
        "correction_note"
    },
    "Objection": {
        IMPERSONAL: "entry answered_at",
        CODED: "inbox_item answered_by",
        PERSON: "text contact answer",
    },
    # Counts of institutions and their staff; nobody is named.
    "CensusReturn": {
        IMPERSONAL: "kind year as_of version corrects region_code note submitted_at released_at"
    },
    "CensusLine": {
        PUBLIC: "institution name category grade place",
        IMPERSONAL: "census is_active workers full_time junior middle senior beds area "
        "is_counted note region_code released_at",
    },
    "PublishedFigure": {
        PUBLIC: "code year statement value unit qualifier as_of population source method subject explanation "
        "computed computed_at published_at withdrawn_at"
    },
    "Outbox": {IMPERSONAL: "topic done_at", CODED: "payload dedup_key request_id"},
    "Job": {
        IMPERSONAL: "kind progress_done progress_total cancel_asked done_at",
        CODED: "requested_by membership args dedup_key result request_id",
    },
    "ImportRun": {
        IMPERSONAL: "kind source sheet head_line mapping given_count valid_count created_count "
        "joined_count known_count refused_count fault_counts refusal confirmed_at ended_at expires_at is_emptied",
        CODED: "file job",
        PERSON: "title heads",
    },
    "ImportRow": {IMPERSONAL: "kind line", CODED: "run key", PERSON: "payload"},
    "IdempotencyKey": {
        IMPERSONAL: "method_path status headers expires_at",
        CODED: "user key body_hash",
        PERSON: "body",
    },
    "TaskRun": {IMPERSONAL: "task started_at ms result_count error"},
    "RateWindow": {IMPERSONAL: "window_start count", CODED: "key_hash"},
    "SearchPosting": {CODED: "gram kind object_id"},
    "AuditEntry": {
        IMPERSONAL: "at role action result",
        CODED: "actor client_uid ip request_id body",
    },
    "KeyVersion": {IMPERSONAL: "kid since"},
    "RekeyPart": {IMPERSONAL: "kid phase table_name row_count done_at", CODED: "after"},
    "AuditLink": {CODED: "lane seq entry_id hash"},
}
