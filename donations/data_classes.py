"""The data class of every field of this app; columns of the abstract bases are in the kernel's list."""

from msw_portal.kernel.data_classes import Level

PUBLIC, IMPERSONAL, CODED, PERSON = Level.PUBLIC, Level.IMPERSONAL, Level.CODED, Level.PERSON

CLASSES = {
    "CharityProfile": {
        PUBLIC: "form net_asset_tier thresholds donor_feedback registration_authority "
        "supervising_body public_contact query_words bank_accounts"
    },
    "FundTerms": {
        PUBLIC: "fund summary mgmt_share",
        IMPERSONAL: "agreed_on",
        CODED: "founder agreement",
        PERSON: "committee",
    },
    "CharitableTrust": {
        PUBLIC: "fund trustee purpose beneficiary_scope property_kind "
        "initial_property signed_on filing_no filed_on filing_authority late_reason ended_on",
        PERSON: "settlor:name supervisor:name",
    },
    "TrustReport": {
        PUBLIC: "trust year reported_on income paid costs balance summary",
        CODED: "document",
    },
    "TrustBeneficiary": {
        IMPERSONAL: "trust chosen_on basis amount",
        CODED: "name_masked",
        PERSON: "name:name",
    },
    # The law has a campaign's plan published, the person in charge of it by name (Charity Law 24, 25).
    "Campaign": {
        PUBLIC: "fund number slug title type modes purpose starts_on ends_on area "
        "responsible_person office_address donation_methods bank_account beneficiaries "
        "use_of_funds cost cost_budget target residual_property contact query_words licensed_org "
        "platforms platform_urls is_emergency emergency_event filing_no filed_on "
        "filing_authority published_at ended_on raised closing_words"
    },
    "CampaignFiling": {PUBLIC: "campaign version filing_no filed_on filing_authority note plan"},
    "CampaignPartner": {
        PUBLIC: "campaign partner part agreed_on agreement_no evaluation evaluated_on",
        CODED: "agreement",
    },
    "CampaignStat": {PUBLIC: "campaign on channel views supporters donors repeat_donors source"},
    "PlatformSnapshot": {
        PUBLIC: "platform as_of project_count amount qualifier scope source published_at"
    },
    "Fund": {PUBLIC: "number name kind parent", IMPERSONAL: "trust"},
    "FundPurpose": {PUBLIC: "fund code text"},
    "Donor": {
        IMPERSONAL: "kind uscc organization_ref publish_name is_anonymous",
        CODED: "name_masked id_no_bidx id_no_bidx2",
        PERSON: "name:name id_no:id_no contact:phone",
    },
    "Donation": {
        IMPERSONAL: "number fund purpose kind pledged amount received_on channel "
        "beneficiary_class region campaign content pledged_on due_on valuation_basis valuation_note "
        "used_before",
        CODED: "donor entered_by confirmed_by agreement",
    },
    "DonorProfile": {
        IMPERSONAL: "industry website is_state_owned esg_note objected_on objection",
        CODED: "donor",
    },
    "DonorContact": {
        IMPERSONAL: "post ended_on",
        CODED: "donor",
        PERSON: "name:name phone:phone email",
    },
    "Recognition": {
        IMPERSONAL: "kind title asked_on answered_on answered_how given_on place",
        CODED: "donor donation",
    },
    "Approach": {
        IMPERSONAL: "target on channel asked_for asked_amount result next_step next_on",
        CODED: "donor donation",
        PERSON: "person:name said",
    },
    "Agreement": {
        IMPERSONAL: "number title fund purpose property_kind amount quantity quality use "
        "beneficiary_class delivery_on delivery mgmt_share leftover reporting signed_on ends_on",
        CODED: "donor",
    },
    "RelatedParty": {
        IMPERSONAL: "relation is_organization note valid",
        CODED: "donor name_bidx name_bidx2 id_no_bidx id_no_bidx2",
        PERSON: "name:name id_no:id_no",
    },
    "DonationArrival": {
        IMPERSONAL: "place amount received_on channel external_no lot confirmed_at",
        CODED: "donation entered_by confirmed_by",
    },
    "DonationReturn": {
        IMPERSONAL: "amount reason asked_at decided_at second_factor_at",
        CODED: "donation asked_by decided_by",
    },
    "HospitalGift": {
        IMPERSONAL: "number receiver department kind content amount purpose use wants "
        "is_free_of_procurement is_free_of_return decided_on minutes agreement accepted_on "
        "accepted_value acceptance valuation_basis valuation_note notice noticed_on noticed_where "
        "donation",
        CODED: "donor decided_by accepted_by",
    },
    "HospitalGiftItem": {IMPERSONAL: "gift kind item unit quantity batch expires_on"},
    "GiftOpinion": {
        IMPERSONAL: "office verdict given_at",
        CODED: "gift person",
        PERSON: "text",
    },
    "LedgerAccount": {IMPERSONAL: "kind fund purpose side balance lock_touch"},
    "LedgerJournal": {
        IMPERSONAL: "kind leg_count reference spend_class posted_at article",
        CODED: "request disbursement donation reverses",
    },
    "DonationLot": {
        IMPERSONAL: "amount received_on earmark_purpose earmark_class",
        CODED: "donation order",
    },
    "LedgerEntry": {IMPERSONAL: "journal account lot amount"},
    "LotBalance": {IMPERSONAL: "lot account received_on balance lock_touch"},
    "Programme": {PUBLIC: "fund purpose name"},
    "ProgrammeVersion": {
        PUBLIC: "programme version name summary asker beneficiary_class conditions benefit_rows "
        "documents stages caps hospitals quota order_rule payout_modes sla needs_agreement agreement_terms "
        "example_cases published_at published_by"
    },
    "FundingRequest": {
        IMPERSONAL: "project programme_version fund requested cost_total gap later_aid other_grants proposed "
        "approved is_least committed "
        "disbursed refunded submitted_at state_entered_at due_at payout_mode on_hold_at death_noted_at",
        CODED: "number subject_code form disease_group consent review_disclosure identity_disclosure",
        PERSON: "payee",
    },
    "RequestSheet": {CODED: "request tie_marks", PERSON: "payload"},
    "SubjectLink": {IMPERSONAL: "ended_at", CODED: "code_a code_b"},
    "CostLine": {IMPERSONAL: "layer amount", CODED: "request evidence"},
    "RequestDocument": {
        IMPERSONAL: "type required boxes",
        CODED: "request document masked verified_by",
    },
    "FundingDuty": {IMPERSONAL: "duty", CODED: "request user"},
    # Here `client` is the program that acted, not a person.
    "FundingAct": {
        IMPERSONAL: "duty step amount score client client_limit second_factor_at at",
        CODED: "request user",
        PERSON: "opinion",
    },
    "Disbursement": {
        IMPERSONAL: "instalment amount mode released_at paid_on",
        CODED: "request prepared_by released_by voucher_no slip",
        PERSON: "payee_account:account",
    },
    "WebhookEndpoint": {
        IMPERSONAL: "name url topics last_ok_at failing_since",
        PERSON: "secrets",
    },
    # Ids, states and times: the serializer of an event takes nothing else.
    "WebhookMessage": {IMPERSONAL: "topic happened_at", CODED: "payload"},
    "WebhookDelivery": {
        IMPERSONAL: "endpoint message outbox_id attempt outcome status took_ms response_excerpt "
        "at next_at",
    },
    "StatementLine": {
        IMPERSONAL: "source account external_no on amount ignore_reason matched_at confirmed_at",
        CODED: "counter_name_bidx counter_name_bidx2 origin parent donation ignore_note matched_by "
        "confirmed_by",
        PERSON: "counter_name:name remark",
    },
    "LedgerOrder": {
        PUBLIC: "disclosed_on disclosed_at",
        IMPERSONAL: "number kind fund purpose to_fund to_purpose payee payee_fund payee_purpose "
        "reverses amount on basis basis_no basis_on needs_second approved_at approved_factor_at "
        "second_at second_factor_at booked_at journal",
        CODED: "donation asked_by approved_by second_by booked_by",
        PERSON: "reason",
    },
    "GoodsSite": {IMPERSONAL: "kind name organization_ref is_closed", CODED: "keeper"},
    "GoodsIntake": {
        IMPERSONAL: "site received_on note accepted_at",
        CODED: "donation counted_by accepted_by booked_by record",
    },
    "GoodsLot": {
        IMPERSONAL: "kind item unit quantity on_hand batch expires_on valuation_basis valuation "
        "valuation_note intake",
        CODED: "donation evidence valued_by",
    },
    "GoodsStock": {IMPERSONAL: "lot site on_hand"},
    "Distribution": {
        IMPERSONAL: "number site given_on purpose signed_at counted_at",
        CODED: "handler sheet counted_by",
    },
    "DistributionLine": {
        IMPERSONAL: "distribution lot quantity is_minor signer_kind signed_at",
        CODED: "recipient_masked drawn",
        PERSON: "recipient:name signer:name",
    },
    "StockLoss": {IMPERSONAL: "lot site quantity reason", CODED: "reported_by confirmed_by"},
    "StockMove": {IMPERSONAL: "lot kind quantity site to_site distribution loss reason at"},
    "ReceiptSeries": {IMPERSONAL: "code first last next is_closed"},
    "Receipt": {
        IMPERSONAL: "series number donor_code kind_text quantity_text charity_name amount issued_on "
        "issued_at ended_at end_reason red_of link",
        CODED: "donation handler ended_by",
        PERSON: "donor_name:name check_code",
    },
    "ReceiptWaiver": {IMPERSONAL: "reason", CODED: "donation"},
    "DisclosureItem": {
        IMPERSONAL: "rule rule_key about subject_text period_from period_to due_on computed_with "
        "draft public_entry published_at second_factor_at done_on done_note late_days",
        CODED: "drafted_by published_by",
    },
    "CharityEvent": {
        IMPERSONAL: "kind title happened_on amount relation decided_by description void_reason",
        PERSON: "other_party:name",
    },
    "CharityYear": {
        IMPERSONAL: "year figures is_public rule spend spend_base spend_ratio management "
        "total_spend mgmt_ratio is_exempt settled_at missing",
        CODED: "settled_by",
    },
    "InvoiceUse": {
        IMPERSONAL: "amount issued_on",
        CODED: "request number_bidx number_bidx2 evidence",
        PERSON: "number",
    },
    "DecisionTelling": {
        IMPERSONAL: "decision decided_at told_on how",
        CODED: "request",
    },
    "AidAgreement": {
        IMPERSONAL: "amount text digest way signer signed_on",
        CODED: "request scan recorded_by",
    },
    "Appeal": {
        IMPERSONAL: "number kind raised_by raised_at addressee decision decided_at allowed_until rule "
        "acknowledge_by answer_by acknowledged_at answered_at outcome new_amount",
        CODED: "request raised_by_user acknowledged_by answered_by",
        PERSON: "grounds answer",
    },
    "FamilyMessage": {
        IMPERSONAL: "is_from_family seen_at",
        CODED: "request author",
        PERSON: "body",
    },
    "FamilyPaper": {
        IMPERSONAL: "type answered_at",
        CODED: "request document answered_by",
        PERSON: "reason",
    },
    "Revisit": {
        IMPERSONAL: "due_on done_on outcome",
        CODED: "request done_by",
        PERSON: "payload",
    },
    "PaymentLayout": {IMPERSONAL: "name columns is_closed"},
    "PaymentList": {
        IMPERSONAL: "number on account layout total count approved_at second_factor_at file "
        "file_expires_at file_taken_at cancelled_at cancel_factor_at is_unexecuted",
        CODED: "made_by approved_by cancelled_by",
    },
    "PaymentLine": {
        IMPERSONAL: "list place amount answered_at paid_on",
        CODED: "disbursement bank_code purpose reference made_by answered_by bank_no reason",
        PERSON: "name:name bank account:account",
    },
    "PaymentAnswer": {
        IMPERSONAL: "amount outcome on booked_at",
        CODED: "reference reason bank_no same_hash line booked_by trouble",
        PERSON: "name:name account:account",
    },
    "VerificationRule": {IMPERSONAL: "valid share least always_above days basis"},
    "VerificationDraw": {IMPERSONAL: "month rule seed population drawn_count"},
    "Verification": {
        IMPERSONAL: "why due_on papers call called_on to_recover checked_at",
        CODED: "draw disbursement checked_by",
        PERSON: "said findings",
    },
    "AidMatch": {IMPERSONAL: "share", CODED: "request match_hash consent"},
}
