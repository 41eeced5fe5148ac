"""What the access matrix asks about: one object per kind of uid, in hospital HA and foundation FA.

`KEYS` says which object stands in an address: by the view's name, otherwise by the longest prefix of
the name that is listed. Hospital pages and foundation pages meet the same requests.
"""

import datetime as dt
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from psycopg2.extras import DateRange

from cases.models.feeds import EpisodeDrop
from cases.models.team import CaseMember
from cases.services.alerts import alert_raise
from cases.services.calculations import calculation_save
from cases.services.case_forms import form_keep
from cases.services.dossier import case_dossier_ask
from cases.services.duplicates import duplicate_report
from cases.services.groups.photos import PHOTO
from cases.services.households import household_link
from cases.services.instruments import questionnaire_import
from cases.services.mdt import mdt_share
from cases.services.minding import care_flag_raise
from cases.services.outgoing import referral_draft
from cases.services.own_referrals import receivers_for, referral_ask
from cases.services.referrals import referral_receive
from cases.services.report_course import EVIDENCE, report_tell
from cases.services.reporting import report_open
from cases.services.state_aid.opening import state_aid_open
from cases.services.subject_requests import subject_request_record, subject_request_verify
from cases.services.supervision import supervision_case_add
from cases.services.transfers import case_transfer_ask
from departments.models.mechanisms import Document
from departments.models.organizations import Code, DatedRule, Department, Organization
from departments.models.people import ApiClient, Membership, User, duty_class
from departments.models.publishing import Objection
from departments.services.census.published import published_add
from departments.services.department_file import placement_add, practice_base_add
from departments.services.documents import document_store
from departments.services.importing.kinds import kinds
from departments.services.importing.runs import import_upload
from departments.services.learning import learning_plan
from departments.services.learning_papers import MATERIAL
from departments.services.objections import objection_receive
from departments.services.publishing import EntryPayload, entry_publish
from departments.services.reviews import review_start
from departments.services.saved_views import saved_view_keep
from departments.services.security_events import ALARM_TASK
from departments.services.staff import credential_add, staff_profile_add
from departments.services.staff_papers import SCAN
from departments.services.tasks import task_open
from departments.services.trail_jobs import audit_check_ask
from donations.models.disclosure import DisclosureItem
from donations.models.lane import FamilyPaper
from donations.models.ledger import LedgerJournal
from donations.models.payments import PaymentAnswer
from donations.models.payout import Disbursement
from donations.models.requests import RequestDocument
from donations.models.settling import Revisit
from donations.models.statements import StatementLine
from donations.models.webhooks import WebhookEndpoint
from donations.services import agreements, approaches, donors, gift_steps, related
from donations.services.campaigns.planning import campaign_partner_write
from donations.services.charity_events import event_record
from donations.services.family_lane import lane_appeal, lane_code_create
from donations.services.orders import order_ask
from donations.services.payment_lists import list_make
from donations.services.programme_texts import version_begin
from donations.services.sampling import month_before, rule_keep, sample_draw
from donations.services.statements import line_match
from donations.services.trusts import trust_set_up
from donations.services.webhooks import secret_new
from donations.services.year_figures import year_begin
from msw_portal.kernel.scope import INSTALLATION, scope
from reports.services.built import Wish, built_keep
from reports.services.runs import report_ask
from reports.services.schedules import recipients_for, schedule_create
from reports.services.signing import signed_report_begin
from tests.architecture.matrix_calls import CALL_KEYS, CALL_WORDS, calls
from tests.architecture.matrix_privacy import PRIVACY_KEYS, PRIVACY_WORDS, privacy_rows
from tests.factories import cases, cultivation, donations, gifts, goods, groups
from tests.factories import reviews as reviewing
from tests.factories import surveys as studies
from tests.factories import volunteers as serving
from tests.factories.campaigns import make_campaign
from tests.factories.census import line, make_draft, make_sent
from tests.factories.course import make_activity
from tests.factories.donations import D, People
from tests.factories.doors import WARD, make_door
from tests.factories.instruments import worded_slot
from tests.factories.open_data import make_open_table
from tests.factories.resources import make_resource
from tests.factories.sheets import make_sheet
from tests.factories.world import SINCE
from volunteers.services.certificates import certificate_issue

# The foundation's own account administrator: the small world has none, its clients need one.
KEEPER = "foundation_secadmin"
# Nor does the first hospital of the small world have one who keeps its volunteers.
COORDINATOR = "coordinator"
# Marks for the authority what `expert_review` names; see tests/factories/reviews.py.
EXPERT = "expert1"
YEAR = dt.timedelta(days=365)

KEYS = {
    "surveys:": "survey",
    "surveys:results": "survey_closed",
    "surveys:report": "survey_closed",
    "surveys:action": "action_item",
    "surveys:questionnaire": "own_questionnaire",
    "surveys:item_": "own_questionnaire",
    "surveys:units": "sample_group",
    "surveys:group_edit": "sample_group",
    "surveys:group_remove": "sample_group",
    "surveys:unit_new": "sample_group",
    "surveys:unit_void": "sample_unit",
    "surveys:sheet_void": "survey_sheet",
    "surveys:advice_remove": "survey_advice",
    "registers:": "register_entry",
    "registers:party_remove": "register_party",
    "registers:link_remove": "register_link",
    "policies:policy": "register_public",
    **CALL_KEYS,
    **PRIVACY_KEYS,
    "cases:client": "client",
    "cases:client_amend": "client",
    "cases:reveal": "client",
    "cases:related_add": "client",
    "cases:flag_new": "client",
    "cases:flag_resolve": "flag",
    "cases:subject_request": "subject_request",
    "cases:subject_request_new": "client",
    "cases:person_course": "client",
    "cases:household_": "client",
    "cases:duplicate": "pair",
    "cases:duplicate_report": "client",
    "cases:subject_request_paper": "rights_paper",
    "cases:subject_request_paper_view": "rights_paper",
    "cases:subject_request_paper_page": "rights_paper",
    "cases:subject_request_paper_new": "subject_request",
    "cases:related_amend": "relative",
    "cases:related_reveal": "relative",
    "cases:episode_new": "client",
    "cases:stay_settle": "stay",
    "cases:open": "client",
    "cases:state_aid": "state_aid",
    "cases:state_aid_new": "case",
    "cases:state_aid_panel": "case",
    "cases:referral": "referral",
    "cases:assessment": "assessment",
    "cases:assessment_new": "case",
    "cases:assessment_look": "case",
    "cases:contact": "contact",
    "cases:contact_new": "case",
    "cases:contact_search": "case",
    "cases:ward_contact": "case",
    "cases:consent_withdraw": "consent",
    "cases:consent_notice": "consent",
    "cases:consent_blank": "consent_text",
    "cases:client_consents": "client",
    "cases:client_consent_new": "client",
    "cases:client_consent_basis": "client",
    "cases:client_document": "person_paper",
    "cases:client_document_": "person_paper",
    "cases:consent_renew": "consent",
    "cases:consent_paper": "consent",
    "cases:consent_print": "person_consent",
    "cases:shared_case": "mdt_share",
    "cases:own_referral": "own_referral",
    "cases:plan": "plan",
    "cases:plan_new": "case",
    "cases:goal_rate": "goal",
    "departments:view_drop": "saved_view",
    "cases:document": "case_document",
    "cases:document_upload": "case",
    "cases:document_": "case_document",
    "cases:alert_take": "alert",
    "cases:alert_resolve": "alert",
    "cases:transfer": "transfer",
    "cases:transfer_ask": "case",
    "cases:member_end": "member",
    "cases:member_add": "case",
    "cases:activity": "activity",
    "cases:door_end": "door",
    "cases:referral_": "referral",
    "cases:outgoing": "outgoing",
    "cases:outgoing_new": "case",
    "cases:form": "case_form",
    "cases:form_write": "case",
    "cases:print_activity": "activity",
    "cases:instrument": "instrument",
    "cases:report": "mandatory",
    "cases:report_new": "case",
    "cases:reports_panel": "case",
    "cases:report_notice_file": "report_notice",
    "cases:report_file": "report_file",
    "cases:resource": "resource",
    "cases:place_": "resource",
    "cases:group": "group",
    "cases:group_edit": "group_draft",
    "cases:group_member": "group_member",
    "cases:group_member_new": "group",
    "cases:group_member_find": "group",
    "cases:group_answers_new": "group_member",
    "cases:group_session": "group_session",
    "cases:group_session_new": "group",
    "cases:group_record": "group_session",
    "cases:group_photo": "group_photo",
    "cases:group_photo_new": "group_session",
    "cases:satisfaction": "group",
    "cases:event": "event",
    "cases:": "case",
    "volunteers:post": "hours_post",
    "volunteers:own_post": "hours_post",
    "volunteers:shift": "hours_shift",
    "volunteers:shift_new": "hours_post",
    "volunteers:signup_add": "hours_shift",
    "volunteers:own_sign_up": "hours_shift",
    "volunteers:signup_": "promise",
    "volunteers:own_cancel": "promise",
    "experts:": "review_call",
    "experts:check": "review_application",
    "experts:why": "review_application",
    "experts:place": "review_application",
    "experts:expert": "expert_profile",
    "experts:leave": "expert_profile",
    "experts:appoint": "expert_profile",
    "experts:term_": "expert_term",
    "experts:conflict_lift": "expert_conflict",
    "experts:run": "assignment_run",
    "experts:runs": "review_call",
    "experts:apply": "assignment_run",
    "experts:review": "expert_review",
    "experts:recuse": "expert_review",
    "experts:packet_": "expert_review",
    "experts:desk_review": "expert_review",
    "experts:void": "expert_review",
    "experts:release": "expert_review",
    "experts:release_all": "review_call",
    "experts:panel": "review_panel",
    "experts:panels": "review_call",
    "experts:letter": "outcome_letter",
    "experts:letters_": "review_call",
    "experts:sheet": "score_sheet",
    "volunteers:fact_void": "fact",
    "volunteers:": "hours_person",
    "projects:": "project",
    "projects:kit": "kit",
    "projects:kit_new": "passed_project",
    "projects:certificate": "passed_project",
    "projects:programme": "profile_of_programme",
    "projects:profile_": "programme_project",
    "projects:sites": "programme_project",
    "projects:event_finish": "planned_event",
    "projects:change_answer": "change_event",
    "projects:coaching": "coaching_event",
    "projects:report": "progress_report",
    "projects:reports_plan": "project",
    "projects:report_begin": "project",
    "projects:spend": "project_line",
    "projects:measure": "project_measure",
    "projects:assess": "resident_project",
    "projects:contract_": "purchase_project",
    "projects:payment_new": "purchase_project",
    "donations:project_": "project",
    "donations:case_panel": "case",
    "donations:request_new": "case",
    "donations:request": "request",
    "donations:request_edit": "draft_request",
    "donations:request_sum": "draft_request",
    "donations:request_document": "draft_request",
    "donations:request_submit": "draft_request",
    "donations:document_blacken": "draft_paper",
    "donations:document": "paper",
    "donations:document_": "paper",
    "donations:check": "request",
    "donations:review_act": "checked_request",
    "donations:propose": "checked_request",
    "donations:reject": "checked_request",
    "donations:reject_ineligible": "request",
    "donations:approve": "proposed_request",
    "donations:prepare": "approved_request",
    "donations:disbursement_confirm": "released_disbursement",
    "donations:disbursement_bounce": "released_disbursement",
    "donations:release": "disbursement",
    "donations:release_rest": "approved_request",
    "donations:disbursement_cancel": "disbursement",
    "donations:objection": "objection",
    "donations:appeal": "appeal",
    "donations:appeal_new": "request",
    "donations:appeal_paper": "appeal_paper",
    "donations:appeals": "appeal",
    "donations:family_paper": "family_paper",
    "donations:decision_tell": "approved_request",
    "donations:result": "approved_request",
    "donations:request_invoice": "paid_request",
    "donations:request_revisit": "paid_request",
    "donations:request_death": "paid_request",
    "donations:reconcile": "paid_request",
    "donations:close": "paid_request",
    "donations:settle": "paid_request",
    "donations:recover": "paid_request",
    "donations:disbursement_refund": "released_disbursement",
    "donations:fund": "fund",
    "donations:programme": "programme",
    "donations:version": "draft_version",
    "donations:version_new": "programme",
    "donations:campaign": "campaign",
    "donations:partner_new": "campaign",
    "donations:partner_evaluate": "campaign_partner",
    "donations:trust": "trust",
    "donations:donation": "donation",
    "donations:donation_receive": "promised",
    "donations:donation_accept": "offered",
    "donations:donation_settle": "promised",
    "donations:arrival_drop": "arrival",
    "donations:return_": "gift_return",
    "donations:donor": "donor",
    "donations:donor_contact_end": "donor_contact",
    "donations:recognition_new": "donor",
    "donations:recognition_": "recognition",
    "donations:agreement": "agreement",
    "donations:related_end": "related_party",
    "donations:approach": "approach",
    "donations:hospital_gift": "hospital_gift",
    "donations:hospital_gift_opine": "gift_opinion",
    "donations:webhook": "webhook",
    "donations:disclosure_": "disclosure_item",
    "donations:charity_event": "charity_event",
    "donations:charity_year": "charity_year",
    "public:": "foundation",
    "figures:": "open_table",
    "donations:": "request",
    "goods:": "intake",
    "goods:lot": "goods_lot",
    "goods:transfer": "goods_lot",
    "goods:loss_": "goods_loss",
    "goods:loss_new": "goods_lot",
    "goods:sheet": "sheet",
    "goods:people_new": "sheet",
    "goods:line_": "sheet_line",
    "goods:file": "goods_file",
    "receipts:": "receipt",
    "receipts:issue": "gift_without_receipt",
    "receipts:waive": "gift_without_receipt",
    "receipts:batch": "receipt_job",
    "payments:": "payment_list",
    "payments:answer_": "payment_answer",
    "payments:check": "verification",
    "books:line": "line",
    "books:line_confirm": "matched_line",
    "books:line_undo": "matched_line",
    "books:order": "order",
    "books:journal": "journal",
    "books:gift_trail": "donation",
    "books:trace_code": "donation",
    "books:payout_trail": "released_disbursement",
    "feeds:": "drop",
    "departments:account_unlock": "membership",
    "departments:department": "department",
    "departments:department_new": "organization",
    "departments:department_year": "msw_department",
    "departments:station_new": "organization",
    "departments:predecessor_new": "msw_department",
    "departments:practice_base_new": "msw_department",
    "departments:practice_base": "practice_base",
    "departments:placement_drop": "placement",
    "departments:directory": "membership",
    "departments:second_factor_reset": "membership",
    "departments:sessions_end": "membership",
    "departments:review": "review",
    "departments:audit_alarm": "alarm_task",
    "departments:audit_job": "audit_job",
    "departments:console_rule_end": "rule",
    "departments:console_code": "code",
    "departments:census": "census",
    "departments:census_edit": "census_draft",
    "departments:census_row": "census_draft",
    "departments:census_submit": "census_draft",
    "departments:census_discard": "census_draft",
    "departments:census_withdraw": "published",
    "reports:published_one": "published",
    "reports:published_withdraw": "published",
    "departments:take_role": "membership",
    "departments:import": "import_run",
    "departments:membership": "membership",
    "departments:issue_code": "membership",
    "departments:organization": "organization",
    "departments:profile": "profile",
    "departments:credential_new": "profile",
    "departments:credential_void": "credential",
    "departments:credential_paper": "credential_scan",
    "departments:credential_paper_new": "credential",
    "departments:learning": "learning",
    "departments:learning_sign": "attendance",
    "departments:learning_certificate": "attendance",
    "departments:learning_material": "material",
    "departments:learning_material_new": "learning",
    "cases:supervision_": "learning",
    "cases:supervision_case_end": "supervision_case",
    "cases:caseload_note": "membership",
    "departments:api_client_end": "api_client",
    "departments:api_client_rotate": "api_client",
    "departments:draft": "case",
    "hours:enter": "hours_person",
    "hours:certificate_new": "hours_person",
    "hours:certificate": "proof",
    "hours:attendance": "hours_shift",
    "hours:attend": "hours_shift",
    "hours:code": "hours_post",
    "hours:check_in": "promise",
    "hours:": "service",
    "reports:run": "run",
    "reports:text": "report_text",
    "reports:sheet": "authority_sheet",
    "reports:schedule": "schedule",
    "reports:built_": "built",
    "programme_": "programme",
    "fund_": "fund",
    "sent_referral": "referral",
    "fhir_request": "referral",
    "donation_": "donation",
    "disbursement_": "disbursement",
    "payment_list_": "payment_list",
    "webhook_": "webhook",
    "funding_request_": "request",
    "funding_request_review": "checked_request",
    "funding_request_propose": "checked_request",
    "funding_request_approve": "proposed_request",
    "funding_request_reject": "checked_request",
}
# What is not a uid of `KEYS`.
WORDS = {
    "form": "contact",
    "code": "case_open",
    "chart": "aid",  # a chart that more than one role has
    "kind": "xlsx",
    "number": 1,
    "what": "ward_visit",
    "token": "unknown-token",
    "scheme": "need",
    "measure": "institutions",
    "mrn": "ZY0000001",
    "key": "a1",
}
# The same word means another thing at these addresses.
WORDS_OF = {
    "registers:list": {"kind": "policy"},
    "registers:entry_new": {"kind": "policy"},
    "registers:checklist_point": {"code": "p1"},
    "surveys:item_edit": {"code": "q1"},
    "surveys:item_move": {"code": "q1"},
    "surveys:item_remove": {"code": "q1"},
    "surveys:survey_step": {"step": "close"},
    "surveys:questionnaire_step": {"step": "publish"},
    **CALL_WORDS,
    **PRIVACY_WORDS,
    "donations:region": {"code": 110000},
    "books:order_new": {"kind": "fee"},
    "cases:form_write": {"kind": "F12"},
    "cases:drawing": {"kind": "genogram"},
    "cases:drawing_edit": {"kind": "genogram"},
    "cases:drawing_look": {"kind": "genogram"},
    "cases:drawing_print": {"kind": "genogram"},
    "cases:calculation": {"kind": "calc_own"},
    "cases:calculation_edit": {"kind": "calc_own"},
    "cases:calculation_print": {"kind": "calc_own"},
    "cases:group_new": {"what": "group"},
    "cases:satisfaction": {"what": "group"},
    "cases:satisfaction_new": {"what": "group"},
    "cases:satisfaction_end": {"what": "group"},
    "cases:group_paper": {"kind": "G1"},
    "cases:group_blank": {"kind": "G1"},
    "cases:group_answers_new": {"code": "gad7"},
    "cases:instrument_slot": {"code": "apgar", "version": "1"},
    "cases:print": {"kind": "F5"},
    "cases:print_blank": {"kind": "F1"},
    "cases:settings_preview": {"kind": "case"},
    "cases:stay_settle": {"fact": "bed"},
    "cases:state_aid_step": {"step": "file"},
    "donations:board_lane": {"lane": "new"},
    "donations:requests_lane": {"lane": "draft"},
    "donations:board_together": {"step": "check"},
    "volunteers:fact_new": {"kind": "insurance"},
    "volunteers:step": {"step": "pause"},
    "donations:fund_step": {"step": "pause"},
    "donations:campaign_step": {"step": "file"},
    "donations:qualification_end": {"pk": 1},
    "objections:object": {"slug": "unknown"},
    "lane:lane": {"code": "unknown"},
    "projects:step": {"step": "terminate"},
    "projects:contract_step": {"step": "end"},
    "projects:event_new": {"kind": "milestone"},
    "projects:links": {"what": "group"},
    "projects:report_begin": {"kind": "mid_term"},
    "lane:letter": {"code": "unknown"},
    "campaign_public:page": {"slug": "unknown"},
    "campaign_public:go": {"slug": "unknown", "platform": "alipay"},
    "public:entry": {"slug": "unknown"},
    "public:entry_version": {"slug": "unknown", "version": 1},
    "public:entry_json": {"slug": "unknown", "version": 1},
    "public:entry_table": {"slug": "unknown", "version": 1, "key": "uses"},
    "departments:import_new": {"kind": "persons"},
    "departments:credential_new": {"kind": "cpd"},
    "departments:learning_new": {"kind": "supervision"},
    "departments:organization_name_drop": {"pk": 1},
    "departments:organization_link_drop": {"pk": 1},
    "departments:organization_link_end": {"pk": 1},
    "departments:organization_credential_drop": {"pk": 1},
    "departments:import_template": {"kind": "persons"},
}


def kind_of(name: str) -> str:
    """The kind of object an address is about: the longest listed beginning of its name."""
    return KEYS[max((key for key in KEYS if name.startswith(key)), key=len)]


def keeper() -> User:
    """The security administrator of the foundation, made in the caller's transaction."""
    user = User.objects.create(username=KEEPER, display_name="测试基金会账号管理员", password="!")
    house = _person("officer").membership.organization
    with scope(org=house.pk, role="system"):
        user.membership = Membership.objects.create(
            user=user,
            organization=house,
            role="secadmin",
            duty_class=duty_class("secadmin"),
            valid=SINCE,
        )
    return user


def coordinator() -> User:
    """Who keeps the first hospital's volunteers, made in the caller's transaction."""
    return serving.coordinator_of(_person("worker").membership.organization)


def person(login: str) -> User:
    """Somebody whom `build` has made, with the membership."""
    return _person(login)


def _person(login: str) -> User:
    from tests.conftest import _person as fetch

    return fetch(login)


def _file_of(people: People, supervisor: User, assistant: User) -> Any:
    """A case in work: its worker, its supervisor, an assistant as member."""
    with donations.as_person(people.worker) as by:
        client = cases.make_client(by, name="演示患儿", birth_date=donations.BIRTH)
        cases.make_guardian(client, by)
        case = cases.make_case(
            by,
            stage="intervention",
            client=client,
            supervisor=supervisor,
            episode=cases.make_episode(client, by, mrn=f"MRN-{client.pk}"),
        )
        member = CaseMember(
            organization_id=case.organization_id,
            case=case,
            user=assistant,
            role="assistant",
            valid=DateRange(timezone.localdate() - dt.timedelta(days=5), None),
            created_by=by,
        )
        member.save(force_insert=True)
    return case


def _asked(client: Any, by: User) -> dict[str, Any]:
    """A request to delete, taken on, with a proof."""
    asked = subject_request_record(
        client=client,
        kind="delete",
        requester="演示母",
        requester_relation="mother",
        detail="删除电话",
        received_on=timezone.localdate(),
        by=by,
    )
    proof = document_store(
        name="关系证明.pdf",
        content=donations.PDF,
        mime="application/pdf",
        pages=1,
        subject=asked,
        kind="relation_proof",
        by=by,
        organization_id=asked.organization_id,
    )
    taken_on = subject_request_verify(asked=asked, identity_note="核对身份证原件", by=by)
    return {"subject_request": taken_on, "rights_paper": proof}


def _linked(client: Any, by: User) -> dict[str, Any]:
    """A family of two: the client and a sister who is a patient too; and another record of the client."""
    sister = cases.make_client(by, name="演示姐")
    cases.make_episode(sister, by, mrn=f"MRN-K{sister.pk}")
    family = household_link(client=client, who=f"MRN-K{sister.pk}", relation="sibling", by=by)
    double = cases.make_client(by, name="演示患儿", birth_date=donations.BIRTH)
    cases.make_episode(double, by, mrn=f"MRN-D{double.pk}")
    pair = duplicate_report(client=client, who=f"MRN-D{double.pk}", note="同一张身份证", by=by)
    return {"household": family, "pair": pair}


def _learning(case: Any, supervisor: User, head: User, worker: User) -> dict[str, Any]:
    """A supervision that was to take place an hour ago, with a case and a paper; a post with a credential."""
    with donations.as_person(supervisor) as by:
        event = learning_plan(
            kind="supervision",
            manner="individual",
            functions=["educational"],
            theme="演示督导",
            starts_at=timezone.now() - dt.timedelta(hours=1),
            hours=D("1.0"),
            leader=by,
            attendees=[worker],
            by=by,
        )
        paper = document_store(
            name="讲义.pdf",
            content=donations.PDF,
            mime="application/pdf",
            pages=1,
            subject=event,
            kind=MATERIAL,
            by=by,
            organization_id=event.organization_id,
        )
        attendance = event.attendances.get(role="attendee")
        spoken = supervision_case_add(event=event, case=case, excerpt="演示摘录", by=by)
    with donations.as_person(head) as by:
        post = staff_profile_add(
            user=worker,
            employment="full_time",
            weekly_hours=D("40.0"),
            since=timezone.localdate(),
            by=by,
        )
        credential = credential_add(
            profile=post,
            kind="cpd",
            title="演示学习",
            issued_on=timezone.localdate(),
            hours=D("3.0"),
            by=by,
        )
        scan = document_store(
            name="证书.pdf",
            content=donations.PDF,
            mime="application/pdf",
            pages=1,
            subject=credential,
            kind=SCAN,
            by=by,
            organization_id=credential.organization_id,
            is_care=False,
        )
    return {
        "learning": event,
        "attendance": attendance,
        "material": paper,
        "supervision_case": spoken,
        "profile": post,
        "credential": credential,
        "credential_scan": scan,
    }


def _of_the_person(client: Any, by: User) -> dict[str, Any]:
    """A consent that belongs to no case, with its paper."""
    drawn = json.dumps([[[20 + n * 10, 100 + (n % 3) * 9] for n in range(20)]])
    one = cases.make_person_consent(
        client,
        by,
        signer="演示母",
        signer_relation="mother",
        guardian_proof="household_register",
        method="e_signature",
        drawing=drawn,
    )
    return {"person_consent": one, "person_paper": one.signature.drawn}


def _hospital(people: People, case: Any, head: User) -> dict[str, Any]:
    worker2, clinician = _person("worker2"), _person("clinician")
    with donations.as_person(clinician) as by:
        asked = _asked_by_account(by)
    with donations.as_person(people.worker) as by:
        plan = cases.make_plan(case, by)
        brought = SimpleUploadedFile("名单.csv", "姓名,性别\n演示丁,女\n".encode())
        questionnaire = cases.make_questionnaire(by)
        return {
            "client": case.client,
            "saved_view": saved_view_keep(list="cases", name="演示视图", query="risk=high", by=by),
            "flag": care_flag_raise(
                client=case.client,
                kind="safety",
                text="门外有人等候",
                since=timezone.localdate(),
                by=by,
            ),
            "relative": case.client.related_people.first(),
            **_asked(case.client, by),
            **_linked(case.client, by),
            "stay": case.episode,
            "case": case,
            "referral": referral_receive(
                client=case.client,
                from_text="血液科一病区",
                reason="费用困难",
                client_aware=True,
                by=by,
            ),
            "outgoing": referral_draft(
                case=case,
                to_organization=None,
                to_text="桃源街道社区卫生服务中心",
                needs=["social_support"],
                reason="出院后无人照料",
                urgency="normal",
                reply_due_on=None,
                follow_up_on=None,
                client_aware=True,
                by=by,
            ),
            "import_run": import_upload(
                kind=kinds()["persons"], source="演示", file=brought, by=by
            ),
            "plan": plan,
            "goal": plan.goals.first(),
            "assessment": cases.assessment_record(
                case=case,
                questionnaire=questionnaire,
                answers=cases.answers_for(questionnaire),
                by=by,
            ),
            "contact": cases.make_contact(case, by),
            "consent": cases.make_consent(case, by, signer="演示母", signer_relation="mother"),
            "consent_text": cases.make_template(by),
            **_of_the_person(case.client, by),
            "mdt_share": _mdt_share(case, clinician, by),
            "own_referral": asked,
            "case_document": donations.paper(case, by),
            "alert": alert_raise(case=case, by=by),
            **_report(case, by),
            "calculation": calculation_save(
                case=case, kind="calc_own", inputs={"total_cost": D("100000")}, by=by
            ),
            "case_form": form_keep(case=case, kind="F11", payload={"report": "已处理"}, by=by),
            "dossier_job": case_dossier_ask(case=case, by=by),
            "transfer": case_transfer_ask(
                case=cases.make_case(by, stage="intervention"),
                to_user=worker2,
                reason="轮岗",
                by=by,
            ),
            "activity": make_activity(case, by).activity,
            **_group(by),
            "member": CaseMember.objects.filter(case=case).first(),
            "state_aid": state_aid_open(
                case=case, kind="medical", authority="演示街道办事处", applicant="patient", by=by
            ),
        }


def _group(by: User) -> dict[str, Any]:
    """A group in its work with a member and a session of last week, a plan not yet submitted, an activity."""
    cases.make_questionnaire(by, "gad7")
    group = groups.make_group(by, stage="working")
    session = groups.make_session(group, by)
    return {
        "group": group,
        "group_member": groups.make_member(group, by),
        "group_session": session,
        "group_photo": donations.paper(session, by, kind=PHOTO),
        "group_draft": groups.make_group(by, stage="draft"),
        "event": groups.make_event(by),
    }


def _report(case: Any, by: User) -> dict[str, Any]:
    """A mandatory report that an authority has heard of, with its evidence."""
    report = report_open(case=case, ground="minor_harm", facts="多处瘀伤", by=by)
    notice = report_tell(
        report=report,
        recipient="police",
        office="演示派出所",
        way="phone",
        sent_at=timezone.now(),
        by=by,
    )
    file = donations.paper(notice, by, kind=EVIDENCE)
    return {"mandatory": report, "report_notice": notice, "report_file": file}


def _asked_by_account(by: User) -> Any:
    """What the hospital's clinician has sent to its social workers."""
    said = {name: value for name, value in WARD.items() if name != "referrer"}
    place = receivers_for(by).first()
    return referral_ask(ward=place, department=place, by=by, **said)


def _mdt_share(case: Any, clinician: User, by: User) -> Any:
    """Needs of the case, open to the hospital's clinician for a week."""
    cases.make_mdt_consent(case, by, ["needs"], signer="演示母", signer_relation="mother")
    return mdt_share(
        case=case,
        clinician=clinician,
        items=["needs"],
        until=timezone.localdate() + dt.timedelta(days=7),
        by=by,
    )


def _requests(people: People, money: donations.Money, file: Any) -> dict[str, Any]:
    """Requests along the main line, each of a case of its own."""

    def one(make: Any, **given: Any) -> donations.Asked:
        return make(people, money, case=file(), requested="1000.00", **given)

    checked = one(donations.make_submitted)
    with donations.as_person(people.officer) as by:
        checked.request = donations.review.request_check(
            request=checked.request, complete=True, by=by
        )
    waiting = one(donations.make_approved)
    prepared = one(donations.make_approved)
    paid = one(donations.make_approved)
    sent = one(donations.make_submitted)
    draft = one(donations.make_draft)
    with donations.as_person(people.worker):
        draft_paper = RequestDocument.objects.get(request=draft.request, type="economic_proof")
    return {
        "request": sent.request,
        "draft_request": draft.request,
        "draft_paper": draft_paper,
        "checked_request": checked.request,
        "proposed_request": one(donations.make_proposed).request,
        "approved_request": waiting.request,
        "disbursement": donations.prepare(people, prepared, "1000.00"),
        "released_disbursement": donations.release(
            people, donations.prepare(people, paid, "1000.00")
        ),
    }


def _payments(people: People, paid: Any) -> dict[str, Any]:
    """A list that waits for its approval, what a bank says of it, a payment drawn for a check."""
    today = timezone.localdate()
    with donations.as_person(people.cashier) as by:
        made = list_make(on=today, account="演示账户", disbursements=[paid], by=by)
    with donations.as_person(people.cashier2) as by:
        said = PaymentAnswer(
            organization_id=by.house_id,
            amount=paid.amount,
            outcome="paid",
            on=today,
            same_hash=b"0123456789abcdef",
            line=made.lines.get(),
            created_by=by,
        )
        said.save(force_insert=True)
    month = month_before(today)
    with donations.as_person(people.approver) as by:
        rule_keep(starts_on=month, share=D("100"), least=1, by=by)
        Disbursement.objects.filter(pk=paid.pk).update(
            released_at=timezone.now() - dt.timedelta(days=today.day)
        )
        drawn = sample_draw(month=month, by=by)
        check = drawn.checks.get()
    return {"payment_list": made, "payment_answer": said, "verification": check}


def _visited(worker: User, paid: Any) -> Any:
    """The request that was paid, with a visit to come."""
    with donations.as_person(worker):
        Revisit.objects.create(
            request=paid.request,
            organization_id=paid.organization_id,
            counterparty_id=paid.counterparty_id,
            due_on=timezone.localdate(),
        )
    return paid.request


def _family(people: People, request: Any) -> dict[str, Any]:
    """What the family sent behind its code: a paper, and a complaint to the foundation with one."""
    with donations.as_person(people.worker) as by:
        code = lane_code_create(request=request, by=by).code
        file = donations.paper(request, by, "economic_proof")
        paper = FamilyPaper.objects.create(
            organization_id=by.house_id, request=request, type="economic_proof", document=file
        )
    raised = lane_appeal(
        code=code,
        kind="complaint",
        grounds="演示：等了很久没有人告诉进展。",
        to_hospital=False,
        file=SimpleUploadedFile("演示.pdf", donations.PDF, "application/pdf"),
    )
    with donations.as_person(people.worker):
        return {
            "family_paper": paper,
            "appeal": raised,
            "appeal_paper": Document.objects.get(subject_uid=raised.uid),
        }


def _objection(officer: User, request: Any) -> Objection:
    """A notice of a proposed grant, and what somebody says against it."""
    with donations.as_person(officer) as by:
        entry = entry_publish(
            organization=Organization.objects.get(pk=by.house_id),
            kind="notice",
            title="演示公示",
            payload=EntryPayload(),
            subject=request,
            by=by,
        )
    objection_receive(entry=entry, text="演示异议", place="192.0.2.7")
    with donations.as_person(officer):
        return Objection.objects.get(entry=entry)


def _hours(worker: User, volunteer: User, file: Any = None) -> dict[str, Any]:
    """A confirmed service of the small world's volunteer with its proof, and a promise for a shift."""
    with donations.as_person(worker) as by:
        person = file or serving.make_volunteer(by, user_id=volunteer.pk)
        post = serving.make_post(by)
        shift = serving.make_shift(post, by, in_days=3)
        promise = serving.make_signup(shift, person, by)
        record = serving.make_service(person, post, by)
        fact = serving.make_record(person, by, kind="award", valid=None, passed=None)
        today = timezone.localdate()
        proof = certificate_issue(volunteer=person, since=today - YEAR, until=today, by=by)
    return {
        "hours_person": person,
        "hours_post": post,
        "hours_shift": shift,
        "promise": promise,
        "fact": fact,
        "service": record,
        "proof": proof,
    }


def _books(people: People, money: donations.Money, gift: Any) -> dict[str, Any]:
    """A line that waits for its gift, one that waits for its confirmation, an order, a journal."""
    with donations.as_person(people.officer) as by:

        def line(number: str) -> StatementLine:
            made = StatementLine(
                organization_id=by.house_id,
                source="bank",
                external_no=number,
                on=timezone.localdate(),
                amount=D("10.00"),
                created_by=by,
            )
            made.save(force_insert=True)
            return made

        return {
            "line": line("MATRIX-1"),
            "matched_line": line_match(line=line("MATRIX-2"), donation=gift, by=by),
            "order": order_ask(
                kind="fee",
                fund=money.fund,
                purpose=money.purpose,
                amount=D("1"),
                reason="演示",
                by=by,
            ),
            "journal": LedgerJournal.objects.visible_to(by).first(),
        }


def _administration(fetch: Any) -> dict[str, str]:
    """What stands in the consoles of the hospital and of the installation."""
    secadmin, auditor, worker = fetch("secadmin"), fetch("auditor"), fetch("worker")
    with donations.as_person(secadmin) as by:
        review = review_start(by=by)
    with scope(org=secadmin.membership.organization_id, role="system"):
        alarm = task_open(
            kind=ALARM_TASK,
            organization_id=secadmin.membership.organization_id,
            subject=worker,
            role="auditor",
            dedup_key="alarm:export:matrix:1",
        )
    with donations.as_person(auditor) as by:
        job = audit_check_ask(by=by)
    with scope(org=INSTALLATION, role="system"):
        rule = DatedRule.objects.create(kind="small_cell", params={"least": 5}, valid=SINCE)
        code, _is_new = Code.objects.get_or_create(
            scheme="need", code="matrix", defaults={"zh": "演示"}
        )
    uids = {"review": review, "alarm_task": alarm, "audit_job": job}
    return {kind: str(row.uid) for kind, row in uids.items()} | {
        "rule": str(rule.pk),
        "code": str(code.pk),
    }


def _practice(head: User) -> dict[str, Any]:
    """The department of the head, with a school whose students practise there."""
    msw = Department.objects.get(organization_id=head.house_id, kind="msw")
    today = timezone.localdate()
    base = practice_base_add(department=msw, school_name="演示大学", valid_from=today, by=head)
    group = placement_add(
        base=base, level="graduate", students=2, starts_on=today, ends_on=today, by=head
    )
    return {"msw_department": msw, "practice_base": base, "placement": group}


def _charity(fund: Any, people: People) -> dict[str, Any]:
    """A campaign that is being planned with a partner, and a trust."""
    with donations.as_person(people.officer) as by:
        campaign = make_campaign(fund, by, modes=["other"], platforms=[], platform_urls={})
        partner = Organization.objects.get(code="HA")
        row = campaign_partner_write(campaign=campaign, partner=partner, part="推荐患儿", by=by)
        trust = trust_set_up(
            number="T-1",
            name="演示慈善信托",
            settlor="示例控股有限公司",
            trustee=Organization.objects.get(pk=by.house_id),
            purpose="人文医疗",
            beneficiary_scope="困难患者",
            property_kind="资金",
            initial_property=D("1000.00"),
            signed_on=timezone.localdate(),
            by=by,
        )
    return {"campaign": campaign, "campaign_partner": row, "trust": trust}


def _disclosure(people: People) -> dict[str, Any]:
    """An event with the duty that its rule makes, and the figures of a year."""
    with scope(role="system"):
        DatedRule.objects.create(
            kind="disclosure_deadline",
            applies_key="major_event",
            params={"about": "event", "event": "major", "days": 30, "publishes": "event"},
            valid=SINCE,
            article="第十三条",
            source="演示",
        )
    with donations.as_person(people.officer) as by:
        event = event_record(
            kind="investment", title="演示投资", happened_on=timezone.localdate(), by=by
        )
        year = year_begin(year=timezone.localdate().year - 1, by=by)
        item = DisclosureItem.objects.get(subject_uid=event.uid)
    return {"charity_event": event, "charity_year": year, "disclosure_item": item}


def _gifts(officer: User, money: donations.Money, gift: Any) -> dict[str, Any]:
    """A promise, an offer, what belongs to the donor, and a return that waits."""
    today = timezone.localdate()
    booked = money.fund.donations.filter(state="booked")
    with donations.as_person(officer) as by:
        common = {"donor": money.donor, "fund": money.fund, "pledged_on": today, "by": by}
        return {
            "promised": donations.giving.donation_pledge(amount=D("10.00"), **common),
            "offered": gift_steps.donation_offer(kind="service", content="义诊", **common),
            "arrival": gift.arrivals.get(),
            "gift_return": gift_steps.donation_return_ask(
                donation=booked.first(), reason="捐赠人申请退回", by=by
            ),
            "donor": money.donor,
            "donor_contact": donors.donor_contact_add(donor=money.donor, name="演示联系", by=by),
            "recognition": donors.recognition_ask(
                donor=money.donor, kind="plaque", title="铭牌", asked_on=today, by=by
            ),
            "agreement": agreements.agreement_draft(
                donor=money.donor, title="示例", use="救助", amount=D("1.00"), by=by
            ),
            "related_party": related.related_party_register(
                name="演示理事", relation="manager", since=today, by=by
            ),
            "approach": approaches.approach_write(
                target="示例基金会",
                on=today,
                channel="visit",
                asked_for="营养包",
                result="waiting",
                by=by,
            ),
        }


def _hospital_gift(head: User, supervisor: User) -> dict[str, Any]:
    """An offer that four persons judge; the head is the business department's."""
    gift = gifts.make_offer(head)
    offices = gifts.offices_of(head.membership.organization)
    gifts.send(head, offices | {"business": supervisor}, gift)
    with donations.as_person(head):
        return {"hospital_gift": gift, "gift_opinion": gift.opinions.get(office="business")}


def build() -> dict[str, str]:
    """Write the objects in the caller's transaction; `{kind: uid}`."""
    fetch = _person
    people = People(
        *map(fetch, ("worker", "officer", "officer2", "approver", "cashier", "cashier2"))
    )
    supervisor, assistant, head = map(fetch, ("supervisor", "assistant", "head"))

    def file() -> Any:
        return _file_of(people, supervisor, assistant)

    money = donations.make_money(people)
    booked = donations.give(people, money, "500000.00")
    with donations.as_person(people.officer) as by:
        gift = donations.giving.donation_record(
            donor=money.donor,
            fund=money.fund,
            purpose=money.purpose,
            amount=D("10.00"),
            received_on=timezone.localdate(),
            by=by,
        )
    made = _hospital(people, file(), head) | _requests(people, money, file)
    made |= {"fund": money.fund, "donation": gift} | _gifts(people.officer, money, gift)
    made |= _hospital_gift(head, supervisor) | cultivation.one_of_each(fetch("authority"), head)
    made |= goods.one_of_each(people, money, booked)
    house = people.officer.membership.organization
    with donations.as_person(people.officer) as by:
        draft = version_begin(programme=money.version.programme, by=by)
    with scope(org=house.pk, role="system"):
        made |= {"programme": money.version.programme, "draft_version": draft}
        made["webhook"] = WebhookEndpoint.objects.create(
            organization=house,
            name="演示系统",
            url="https://hooks.example.org/msw",
            topics=["funding_request.*"],
            secrets=[{"secret": secret_new(), "until": None}],
        )
    made |= _charity(money.fund, people) | _books(people, money, gift)
    made |= _disclosure(people)
    made |= reviewing.one_of_each(fetch("authority"), head)
    made["foundation"] = people.officer.membership.organization
    made |= _hours(people.worker, fetch("volunteer"))
    made |= _learning(made["case"], supervisor, head, people.worker)
    made |= _payments(people, made["released_disbursement"])
    made["paid_request"] = _visited(people.worker, made["released_disbursement"])
    made["objection"] = _objection(people.officer2, made["proposed_request"])
    made |= _family(people, made["request"])
    with donations.as_person(people.worker):
        made["paper"] = RequestDocument.objects.filter(request=made["request"]).first()
    with donations.as_person(head) as by:
        made["door"] = make_door(by).link
        made["resource"] = make_resource(by, place="东城区")
        made["place"] = made["resource"].places.get().location
        made["instrument"] = questionnaire_import(
            definition=worded_slot("apgar"), permission="演示：作者来信同意本院使用", by=by
        )
        made["run"] = report_ask(kind="monthly", day=timezone.localdate(), by=by)
        made["report_text"] = signed_report_begin(kind="yearly", day=timezone.localdate(), by=by)
        made["authority_sheet"] = make_sheet(by)
        made["schedule"] = schedule_create(
            **{"kind": "monthly", "cadence": "monthly", "counting": "workday", "day": 3, "hour": 8},
            formats=[],
            recipients=recipients_for(by=by).filter(role="dept_head"),
            by=by,
        )
        made["built"] = built_keep(title="演示", wish=Wish(("case_new",)), is_shared=True, by=by)
        made |= _practice(by)
        made |= studies.one_of_each(by)
        made["census"] = make_sent(by, line(), year=2022)
        made["census_draft"] = make_draft(by, line(), year=2023)
    with donations.as_person(fetch("authority")) as by:
        said = {"statement": "共 2 家", "source": "新闻稿", "value": D("2")}
        made["published"] = published_add(code="B2", year=2022, by=by, **said)
    with donations.as_person(head) as by:
        made |= privacy_rows(by)
        made["open_table"] = make_open_table(by)
    made |= calls(fetch("authority"), head, fetch("other_head").membership.organization)
    keys = {kind: str(row.uid) for kind, row in made.items()} | _administration(fetch)
    house = fetch("officer").membership.organization
    with scope(org=house.pk, role="system"):
        client: ApiClient = donations.make_api_client(
            house, duties=("verify",), limit=None, scopes=("funding:read",)
        )
    ward = Department.objects.get(organization__code="HA", kind="ward")
    keeper_of_files = fetch("worker")
    with scope(org=keeper_of_files.membership.organization_id):
        drop = EpisodeDrop.objects.create(
            organization_id=keeper_of_files.membership.organization_id,
            created_by=keeper_of_files,
            name="his.csv",
            digest=bytes(32),
        )
    return keys | {
        "membership": str(fetch("worker2").membership.uid),
        "organization": str(house.uid),
        "department": str(ward.uid),
        "api_client": str(client.uid),
        "drop": str(drop.uid),
    }


def arguments(name: str, converters: Any, known: dict[str, str]) -> dict[str, str]:
    """What an address is asked with."""
    given = {}
    for key in converters:
        if key in WORDS_OF.get(name, {}):
            given[key] = WORDS_OF[name][key]
        elif key == "document_uid":
            given[key] = known["paper"]
        elif key == "place":
            given[key] = known["place"]
        elif key == "signup":
            given[key] = known["promise"]
        elif key == "job":
            given[key] = known["dossier_job"]
        elif key in WORDS:
            given[key] = WORDS[key]
        else:
            given[key] = known[kind_of(name)]
    return given
