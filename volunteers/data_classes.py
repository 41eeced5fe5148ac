"""The data class of every field of this app; columns of the abstract bases are in the kernel's list."""

from msw_portal.kernel.data_classes import Level

PUBLIC, IMPERSONAL, CODED, PERSON = Level.PUBLIC, Level.IMPERSONAL, Level.CODED, Level.PERSON

CLASSES = {
    "Volunteer": {
        IMPERSONAL: "department source hours star erased_on",
        CODED: "user name_masked sex birth_year id_type id_no_bidx id_no_bidx2 phone_bidx phone_bidx2 "
        "education languages skills availability preferred guardian_consent national_no agreed_at "
        "inbox_item blacklist_proposed_by blacklisted_by",
        PERSON: "name:name birth_date:birth_date id_no:id_no phone:phone email address:address work health "
        "emergency guardian blacklist_reason",
    },
    "VolunteerRecord": {
        IMPERSONAL: "kind happened_on hours passed",
        CODED: "volunteer user document",
        PERSON: "detail void_reason",
    },
    "Post": {
        PUBLIC: "department title ward place duties requirements risks slots minimum_age "
        "training_required insurance_required health_check_required is_open",
        CODED: "supervisor",
    },
    "Shift": {
        PUBLIC: "post starts_at ends_at capacity taken note is_open cancelled_at cancel_reason"
    },
    "Signup": {
        IMPERSONAL: "shift place title during agreed_risks_at",
        CODED: "volunteer user",
    },
    "ServiceRecord": {
        IMPERSONAL: "shift post title checked_in checked_out break_minutes hours persons confirmed_at "
        "activity group anomaly",
        CODED: "volunteer user confirmed_by corrects need",
        PERSON: "content feedback dispute void_reason",
    },
    "Certificate": {
        IMPERSONAL: "kind period total_hours issued_on",
        CODED: "volunteer user number link replaces",
        PERSON: "holder:name payload void_reason",
    },
}
