"""Which function works which row of the outbox and of the job table."""

HANDLERS = {
    "account.mail_code": "departments.services.mailing.mail_code",
    "referral.arrived": "cases.receivers.tell_department",
    "episode_drop.ended": "cases.receivers.tell_administrator",
    "referral.sent": "cases.receivers.carry_referral",
    "referral.cancelled": "cases.receivers.carry_cancellation",
    "referral.moved": "cases.receivers.carry_answer",
    "referral.answered": "cases.receivers.tell_worker",
    "mandatory_report.opened": "cases.receivers.tell_named",
    "mandatory_report.hand_over": "cases.receivers.pass_reports_on",
    "caseload.leaving": "cases.receivers.look_at_caseload",
    "inbox.kept": "cases.receivers.promote_item",
    "mdt.shared": "cases.receivers.tell_clinician",
    "break_glass.opened": "cases.receivers.tell_break_glass",
    "service.recorded": "volunteers.hour_receivers.service_recorded",
    "certificate.asked": "volunteers.hour_receivers.issue_certificate",
    "census.submitted": "departments.receivers.tell_census_authority",
    "census.moved": "departments.receivers.tell_census_house",
    "census.remind": "departments.receivers.remind_census_house",
    "destruction.approved": "departments.receivers.carry_destruction",
    "notice.tell": "departments.receivers.tell_people",
    "notice.mail": "departments.receivers.mail_notice",
    "notice.digest": "departments.receivers.mail_digest",
    "account.idle_soon": "departments.receivers.tell_idle",
    "administration.mail": "departments.receivers.mail_administrators",
    "signup.promoted": "volunteers.receivers.tell_promoted",
    "application.submitted": "projects.receivers.calls.tell_issuer",
    "application.resubmitted": "projects.receivers.calls.tell_issuer",
    "application.withdrawn": "projects.receivers.calls.tell_issuer",
    "application.merged": "projects.receivers.calls.tell_merge",
    "application.invited": "projects.receivers.calls.tell_partner",
    "application.uninvited": "projects.receivers.calls.tell_partner",
    "application.answered": "projects.receivers.calls.tell_leader",
    "funding_request.submitted": "donations.receivers.tell_foundation",
    "funding_request.held": "donations.receivers.tell_foundation",
    "funding_request.moved": "donations.receivers.tell_hospital",
    "funding_request.persons": "donations.receivers.tell_persons",
    "funding_request.notice_taken_back": "donations.receivers.take_notice_down",
    "funding_request.opened": "donations.receivers.note_opening",
    "appeal.moved": "donations.receivers.tell_appeal",
    "disbursement.released": "donations.receivers.tell_release",
    "disbursement.confirmed": "donations.receivers.tell_confirmation",
    "ledger_order.granted": "donations.receivers.carry_grant",
    "donation.trace_mail": "donations.receivers.mail_trace_code",
    "application.moved": "projects.receivers.reviews.tell_unit",
    "letter.sent": "projects.receivers.reviews.tell_letter",
    "review.recused": "projects.receivers.reviews.take_packet_back",
    "report.due": "reports.receivers.make_due",
    "webhook.event": "donations.webhook_receivers.spread_event",
    "webhook.send": "donations.webhook_receivers.send_webhook",
}
# What waits for the mail server, apart from everything else.
MAILS = frozenset(
    {
        "account.mail_code",
        "account.idle_soon",
        "administration.mail",
        "donation.trace_mail",
        "notice.mail",
        "notice.digest",
    }
)
# What is posted to other houses' systems, apart from everything else as well.
HOOKS = frozenset({"webhook.send"})
RUNNERS = {
    "case_dossier": "cases.services.dossier.dossier_build",
    "audit_check": "departments.services.trail_jobs.audit_check_run",
    "audit_export": "departments.services.trail_jobs.audit_export_run",
    "import_review": "departments.services.importing.reviewing.review_run",
    "import_apply": "departments.services.importing.applying.apply_run",
    "episode_drop": "cases.services.feeds.drops.drop_run",
    "receipt_batch": "donations.services.receipt_papers.batch_build",
    "report": "reports.services.building.report_build",
}
# Kind of job -> who is told when its attempts are used up.
DEATHS = {"report": "reports.services.building.report_failed"}
# What comes in from files -> its definition, in the order of the page.
IMPORTS = {
    "persons": "cases.services.imports.persons.PERSONS",
    "referrals": "cases.services.imports.referrals.REFERRALS",
    "contacts": "cases.services.imports.contacts.CONTACTS",
    "attendance": "cases.services.imports.attendance.ATTENDANCE",
    "volunteers": "volunteers.services.roster.VOLUNTEERS",
    "organizations": "departments.services.importing.organizations.ORGANIZATIONS",
    "census": "departments.services.importing.census.CENSUS",
    "staff": "departments.services.importing.staff.STAFF",
    "register_entries": "projects.services.register_imports.REGISTER_ENTRIES",
    "volunteer_hours": "volunteers.services.hour_imports.HOURS",
    "campaign_stats": "donations.services.campaigns.importing.CAMPAIGN_STATS",
    "donations": "donations.services.donation_imports.DONATIONS",
    "charity_years": "donations.services.year_imports.CHARITY_YEARS",
    "statement_bank": "donations.services.statement_imports.BANK",
    "statement_alipay": "donations.services.statement_imports.ALIPAY",
    "statement_wechat": "donations.services.statement_imports.WECHAT",
    "statement_platform": "donations.services.statement_imports.PLATFORM",
    "payment_answer": "donations.services.payment_answers.KIND",
}
# Subject of an audit entry -> who has the words for values that no field of a table knows.
AUDIT_VALUES = {
    "builtreport": "reports.services.audit_values.value_words",
    "reportrun": "reports.services.audit_values.value_words",
    "reportschedule": "reports.services.audit_values.value_words",
    "signedreport": "reports.services.audit_values.value_words",
}
# Kind of object in the search postings -> who writes the postings of the next persons anew.
REINDEXERS = {
    "client": "cases.services.people.clients_reindex",
    "twin": "cases.services.twins.twins_reindex",
    "volunteer": "volunteers.services.finding.volunteers_reindex",
}
# Kind of a piece on a list of what is destroyed -> who empties it.
ERASERS = {
    "case": "cases.services.file_endings.case_end",
    "compliancerecord": "departments.services.destruction.record_end",
    "referral": "cases.services.untaken.referral_end",
    "client": "cases.services.unserved.person_end",
    "volunteer": "volunteers.services.untaken.applicant_end",
}
# Who says what is due besides case files.
DESTRUCTION_SOURCES = (
    "departments.services.destruction.records_due",
    "cases.services.untaken.referrals_due",
    "cases.services.unserved.persons_due",
    "volunteers.services.untaken.applicants_due",
)
# Who says when the next of it is due.
DESTRUCTION_NEXT = (
    "departments.services.destruction_next.records_next",
    "cases.services.untaken.referrals_next",
    "cases.services.unserved.persons_next",
    "volunteers.services.untaken.applicants_next",
)
# Who else keeps a case from being destroyed, and until when; and what else is emptied with it.
RETENTION_KEEPERS = ("donations.services.retention.requests_keep",)
RETENTION_FOLLOWERS = ("donations.services.retention.rows_with_cases",)
# Subject of a notice -> who says which of these subjects a person may open, and in what words.
SUBJECTS = {
    "case": "cases.services.subjects.cases_named",
    "mandatoryreport": "cases.services.subjects.reports_named",
    "group": "cases.services.groups.named.groups_named",
    "groupmember": "cases.services.groups.named.members_named",
    "plan": "cases.services.subjects.plans_named",
    "contact": "cases.services.subjects.contacts_named",
    "casetransfer": "cases.services.subjects.transfers_named",
    "referral": "cases.services.subjects.referrals_named",
    "learningevent": "departments.services.learning_subjects.learning_named",
    "organization": "departments.services.organization_subjects.organizations_named",
    "subjectrequest": "cases.services.subjects.subject_requests_named",
    "projectreport": "projects.services.cultivation_named.reports_named",
    "projectevent": "projects.services.cultivation_named.events_named",
    "signup": "volunteers.services.telling.signups_named",
    "censusreturn": "departments.services.census.telling.returns_named",
    "call": "projects.services.applications.telling.calls_named",
    "application": "projects.services.applications.telling.applications_named",
    "applicationparty": "projects.services.applications.telling.parties_named",
    "fundingrequest": "donations.services.subjects.requests_named",
    "review": "projects.services.telling_reviews.reviews_named",
    "outcomeletter": "projects.services.telling_reviews.letters_named",
    "webhookendpoint": "donations.services.subjects.endpoints_named",
    "disclosureitem": "donations.services.subjects.items_named",
    "appeal": "donations.services.subjects.appeals_named",
    "verification": "donations.services.subjects.checks_named",
    "actionitem": "projects.services.survey_actions.actions_named",
}
# Who finds what is typed into the search box, in the order of its groups.
SEARCH_SOURCES = (
    "cases.services.search_box.persons_found",
    "cases.services.search_box.cases_found",
    "volunteers.services.finding.volunteers_found",
    "donations.services.search_box.requests_found",
    "projects.services.finding_registers.projects_found",
    "projects.services.finding_registers.entries_found",
    "departments.services.search_box.organizations_found",
)
# What the front page tells everybody, in this order.
FRONT_PARTS = (
    "donations.services.campaigns.publicity.campaigns_running",
    "departments.services.public_face.lists_published",
    "donations.services.campaigns.publicity.funds_published",
    "reports.services.open_data.reading.headline",
)
# Who finds what only sounds like it, behind everything else.
SEARCH_WIDER = ("cases.services.search_box.sounds_found",)
# What a person's calendar feed holds: each says its entries for the role acted in.
CALENDAR_SOURCES = (
    "departments.services.calendar_feeds.task_entries",
    "departments.services.calendar_learning.learning_entries",
    "cases.services.calendars.case_entries",
    "volunteers.services.calendars.shift_entries",
)
# Kind of link without an account -> the services its token opens, and nothing else (tests/architecture).
LINK_SERVICES = {
    "ward_door": (
        "cases.services.door_links.door_at",
        "cases.services.door_intake.door_submit",
        "departments.services.inbox.item_keep",
    ),
    "self_door": (
        "cases.services.door_links.door_at",
        "cases.services.door_intake.door_submit",
        "departments.services.inbox.item_keep",
    ),
    "receipt": (
        "cases.services.receipts.receipt_read",
        "cases.services.door_intake.receipt_withdraw",
    ),
    "referral_reply": (
        "cases.services.replies.reply_open",
        "cases.services.replies.reply_bundle",
        "cases.services.replies.reply_give",
    ),
    "volunteer_door": (
        "volunteers.services.joining.join_door_at",
        "volunteers.services.joining.application_submit",
        "departments.services.inbox.item_keep",
    ),
    "calendar": ("departments.services.calendars.calendar_read",),
    "check_in": (
        "volunteers.services.check_ins.desk_open",
        "volunteers.services.check_ins.desk_note",
    ),
    "certificate": ("volunteers.services.certificates.certificate_check",),
    "satisfaction": (
        "cases.services.satisfaction.asked_at",
        "cases.services.satisfaction.mark_give",
    ),
    "survey": (
        "projects.services.survey_links.sheet_at",
        "projects.services.survey_links.sheet_give",
    ),
    "gift_receipt": ("donations.services.donation_receipts.receipt_check",),
    "donor_trace": ("donations.services.looking_up.gift_look_up",),
    "family_lane": (
        "donations.services.family_lane.lane_open",
        "donations.services.family_lane.lane_say",
        "donations.services.family_lane.lane_paper",
        "donations.services.family_lane.lane_know",
        "donations.services.family_lane.lane_appeal",
    ),
}
# What stands above everything on a person's day: it comes with the page, so that nothing moves under a hand.
WORKBENCH_ALARMS = ("cases.services.my_day.alarms",)
