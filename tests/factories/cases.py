"""Rows of casework, made inside the caller's scope (`with acting(worker): case = make_case(worker)`).

Through services where that is cheap; directly where a test only needs a row to stand.
"""

import datetime as dt
import itertools
import json
from typing import Any

from django.utils import timezone

from cases.models.alerts import RiskAlert
from cases.models.casework import Case, CaseForm
from cases.models.codes import ConsentKind, ShareItem
from cases.models.consents import Consent, ConsentTemplate
from cases.models.people import Client, Episode, RelatedPerson
from cases.models.work import Assessment, Contact, Need, Plan
from cases.services.assessment import assessment_record, instruments_install
from cases.services.case_forms import form_finish
from cases.services.consent_publishing import consent_templates_install
from cases.services.consents import consent_give
from cases.services.plan_signing import plan_sign
from cases.services.planning import plan_write
from cases.workflow import FINAL_STAGES, UNASSIGNED_STAGES, CaseStage
from departments.models.doors import Signature
from departments.models.mechanisms import Questionnaire
from departments.models.organizations import Department, Organization
from departments.models.people import User
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.questionnaire.definition import type_of, worth

_numbers = itertools.count(5001)  # beyond what the services of one test take
ADULT = dt.date(1980, 5, 1)


def make_client(by: User, **given: Any) -> Client:
    """A person of the house, adult unless `birth_date` says otherwise; not indexed for search."""
    values = {"name": "演示甲", "sex": "2", "birth_date": ADULT, "id_type": "none", **given}
    if values["birth_date"] is not None:
        values.setdefault("birth_year", values["birth_date"].year)
    client = Client(
        organization_id=by.house_id, name_masked=mask_name(values["name"]), created_by=by, **values
    )
    client.save(force_insert=True)
    client.refresh_from_db(fields=["root"])
    return client


def make_guardian(client: Client, by: User, **given: Any) -> RelatedPerson:
    """The mother, who signs."""
    values = {"relation": "mother", "name": "演示母", "is_guardian": True, **given}
    person = RelatedPerson(
        organization_id=client.organization_id, client=client, created_by=by, **values
    )
    person.save(force_insert=True)
    return person


def make_episode(client: Client, by: User, **given: Any) -> Episode:
    values = {
        "visit_type": "inpatient",
        "disease_group": "leukaemia",
        "admitted_on": timezone.localdate(),
        **given,
    }
    episode = Episode(
        organization_id=client.organization_id, client=client, created_by=by, **values
    )
    episode.save(force_insert=True)
    return episode


def make_case(
    by: User, *, stage: str = CaseStage.INTAKE, client: Client | None = None, **given: Any
) -> Case:
    """A case that stands in `stage`; its worker is `by` unless given, its department that of `by`."""
    values: dict[str, Any] = {
        "department_id": by.acting.department_id,
        "source": "clinician_referral",
        "presenting_problem": "担心住院费用",
        "opened_at": timezone.now() - dt.timedelta(days=10),
        **given,
    }
    if stage not in UNASSIGNED_STAGES:
        values.setdefault("worker", by)
        values.setdefault("assigned_at", values["opened_at"] + dt.timedelta(hours=3))
        house = Organization.objects.get(pk=by.house_id)
        values.setdefault("number", f"{house.code}-C-{timezone.localdate():%Y}-{next(_numbers)}")
    if stage in FINAL_STAGES:
        values.setdefault("closed_at", timezone.now())
    if stage == CaseStage.CLOSED:
        values.setdefault("close_reason", "goals_met")
    case = Case(
        organization_id=by.house_id,
        client=client or make_client(by),
        stage=stage,
        created_by=by,
        **values,
    )
    case.save(force_insert=True)
    return case


def make_need(case: Case, by: User, **given: Any) -> Need:
    values = {
        "category": "financial",
        "statement": "住院押金不够",
        "voice": "client",
        "severity": 4,
        **given,
    }
    need = Need(organization_id=case.organization_id, case=case, created_by=by, **values)
    need.save(force_insert=True)
    return need


def make_contact(case: Case, by: User, **given: Any) -> Contact:
    values = {
        "occurred_on": timezone.localdate(),
        "minutes": 30,
        "mode": "ward_visit",
        "target": "client",
        "facts": "床旁面谈，患者说担心费用。",
        "locked_at": timezone.now() + dt.timedelta(hours=24),
        **given,
    }
    contact = Contact(
        organization_id=case.organization_id,
        case=case,
        client_id=case.client_id,
        created_by=by,
        **values,
    )
    contact.save(force_insert=True)
    return contact


def make_alert(case: Case, by: User, **given: Any) -> RiskAlert:
    values = {"trigger": "worker", "severity": "crisis", "report_due_at": timezone.now(), **given}
    alert = RiskAlert(organization_id=case.organization_id, case=case, created_by=by, **values)
    alert.save(force_insert=True)
    return alert


def make_template(by: User, kind: str = ConsentKind.SERVICE) -> ConsentTemplate:
    """The house's published text of a kind."""
    consent_templates_install(organization_id=by.house_id, by=by)
    return ConsentTemplate.objects.filter(organization_id=by.house_id).in_use().get(kind=kind)


def make_mdt_consent(case: Case, by: User, items: list[str], **given: Any) -> Consent:
    """To share inside the hospital; the house's own text when none is published yet."""
    consent_templates_install(organization_id=by.house_id, by=by)
    kind, text = ConsentKind.MDT_SHARE, "同意由社工把写明的内容给治疗团队看。"
    texts = ConsentTemplate.objects.filter(organization_id=by.house_id)
    if not texts.in_use().filter(kind=kind).exists():
        ConsentTemplate(
            organization_id=by.house_id,
            kind=kind,
            title="院内团队共享同意书",
            text=text,
            text_hash=ConsentTemplate.hash_of(text),
            published_at=timezone.now(),
            created_by=by,
        ).save(force_insert=True)
    return make_consent(case, by, kind, items=items, **given)


def make_consent(
    case: Case,
    by: User,
    kind: str = ConsentKind.SERVICE,
    *,
    recipient: Organization | None = None,
    **given: Any,
) -> Consent:
    """Signed by the person on paper just now; shares every item when it names a recipient."""
    values = {
        "purpose": str(ConsentKind(kind).label),
        "signer": case.client.name,
        "signer_relation": "self",
        "method": "paper_scan",
        "signed_at": timezone.now(),
        "items": list(ShareItem.values) if recipient else [],
        "guardian_proof": "household_register" if "signer_relation" in given else "",
        **given,
    }
    return consent_give(
        client=case.client,
        case=case,
        kind=kind,
        template=make_template(by, kind),
        recipient=recipient,
        by=by,
        **values,
    )


def make_person_consent(person: Client, by: User, **given: Any) -> Consent:
    """Signed for the person as a whole, on screen; the text of introductions inside the hospital."""
    values = {
        "kind": ConsentKind.SERVICE,
        "purpose": "替本人打听政策",
        "signer": person.name,
        "signer_relation": "self",
        "method": "paper_scan",
        "signed_at": timezone.now(),
        **given,
    }
    template = make_template(by, values["kind"])
    return consent_give(client=person, template=template, by=by, **values)


def make_questionnaire(by: User, code: str = "quick_screen") -> Questionnaire:
    """A shipped instrument, published in the house."""
    instruments_install(organization_id=by.house_id, by=by)
    return Questionnaire.objects.get(organization_id=by.house_id, code=code)


def answers_for(questionnaire: Questionnaire, **given: Any) -> dict[str, Any]:
    """An answer to every choice that is always asked: the mildest, unless given by code (`item_9=1`)."""
    definition = questionnaire.definition
    said = {name.removeprefix("item_"): value for name, value in given.items()}
    mild = {
        item["code"]: min(definition["options"][item["options"]], key=worth)
        for item in definition["items"]
        if type_of(item) == "choice" and "when" not in item
    }
    return {code: option["value"] for code, option in mild.items()} | said


def make_screen(case: Case, by: User, **given: Any) -> Assessment:
    """The quick screen, finished."""
    questionnaire = make_questionnaire(by)
    return assessment_record(
        case=case,
        questionnaire=questionnaire,
        answers=answers_for(questionnaire, **given),
        interpretation="无明显风险",
        is_final=True,
        by=by,
    )


def make_plan(case: Case, by: User, **given: Any) -> Plan:
    """A draft with one goal for a need of the case, which must stand in planning or later."""
    need = Need.objects.filter(case=case).first() or make_need(case, by)
    goal = {"statement": "两周内补齐押金", "indicator": "欠费金额", "needs": [need]}
    values = {
        "aim": "缓解费用压力",
        "goals": [goal],
        "review_due_on": timezone.localdate() + dt.timedelta(days=14),
        **given,
    }
    return plan_write(case=case, by=by, **values)


def make_f3(case: Case, by: User, **given: Any) -> CaseForm:
    """The needs assessment F3, finished."""
    values = {"summary": "费用压力为主", "harm": "none", **given}
    return form_finish(case=case, kind="F3", by=by, **values)


DRAWN = json.dumps([[[20 + n * 10, 100 + (n % 3) * 9] for n in range(20)]])


def sign_plan(plan: Plan, by: User, **given: Any) -> Signature:
    """The client's drawn signature under the plan."""
    values = {"signer": "演示甲", "signer_relation": "self", "drawing": DRAWN, **given}
    return plan_sign(plan=plan, by=by, **values)


def department_of(by: User) -> Department:
    """The department `by` acts in."""
    return Department.objects.get(pk=by.acting.department_id)
