"""The need list's codes, held against the document they come from: every need, every code, nothing else."""

import pytest

from cases.models.codes import NeedCategory
from cases.models.work import Need
from cases.need_codes import (
    DOMAINS,
    GRAVITY,
    ICD10,
    ICD10_CM_WORDS,
    ICD10_WORDS,
    NEED_CODES,
    UNSPECIFIED,
    code_map,
    codes_said,
    codings_of,
    domain_codings,
    icd10_said,
)
from cases.services.form_facts import _needs
from cases.views.copy_words import copy_lines
from departments.models.organizations import Code
from departments.services.entering import house_scope
from msw_portal.kernel.scope import INSTALLATION
from reports.services.reference import reference_install
from tests.cases.pages import make_file, text_of

# domain.md §1.2: the list, in its order.
LIST = """financial policy_consult illness_adaptation emotional family_caregiver social_support
communication discharge_planning rehab_reintegration child_education basic_living
palliative_bereavement crisis abuse_violence unidentified legal_rights transplant_donation other"""
# domain.md §5.1: the SDOH category codes, as they stand there.
CATEGORIES = """sdoh-category-unspecified, food-insecurity, housing-instability, homelessness,
inadequate-housing, transportation-insecurity, financial-insecurity, material-hardship,
educational-attainment, employment-status, veteran-status, stress, social-connection,
intimate-partner-violence, elder-abuse, personal-health-literacy,
health-insurance-coverage-status, medical-cost-burden, digital-literacy, digital-access,
utility-insecurity, incarceration-status, language-access, protective-factor"""
# domain.md §5.1, "Need → code map": the need of §1.2 that each phrase is, its domains, its codes.
# 医疗: rows that name no need of the list are told under the need whose hospital example names them.
DOCUMENT = (
    ("经济困难", "financial", "financial-insecurity medical-cost-burden", "Z59.6 Z59.7"),
    ("住宿", "basic_living", "housing-instability homelessness", "Z59.0 Z59.1"),
    ("饮食物资", "basic_living", "food-insecurity material-hardship", "Z59.4 Z59.5"),
    ("交通", "basic_living", "transportation-insecurity", "Z59.82"),
    ("社会支持", "social_support", "social-connection", "Z60.2 Z60.4"),
    ("家庭照顾", "family_caregiver", "", "Z63.6"),
    (
        "家庭关系",
        "family_caregiver",
        "",
        "Z63.0 Z63.1 Z63.2 Z63.3 Z63.4 Z63.5 Z63.6 Z63.7 Z63.8",
    ),
    ("情绪", "emotional", "stress", "Z73.3"),
    ("政策/医保", "policy_consult", "health-insurance-coverage-status", "Z59.7"),
    ("医患沟通", "communication", "personal-health-literacy", "Z55.0"),
    ("就业", "rehab_reintegration", "employment-status", "Z56"),
    ("教育", "child_education", "educational-attainment", "Z55"),
    ("暴力", "abuse_violence", "intimate-partner-violence elder-abuse", "T74 Z63.0"),
    ("丧亲", "palliative_bereavement", "", "Z63.4"),
    ("安宁", "palliative_bereavement", "", "Z51.5"),
    ("法律", "legal_rights", "", "Z65"),
)


def test_the_need_list_is_the_document_s():
    assert NeedCategory.values == LIST.split()
    assert list(NEED_CODES) == NeedCategory.values


def test_the_domains_are_the_document_s():
    assert list(DOMAINS) == CATEGORIES.replace(",", "").split()


@pytest.mark.parametrize("category", NeedCategory.values)
def test_every_need_has_exactly_the_codes_of_the_document(category):
    rows = [row for row in DOCUMENT if row[1] == category]
    domains = {domain for row in rows for domain in row[2].split()}
    codes = {code for row in rows for code in row[3].split()}
    held = NEED_CODES[category]
    assert set(held.domains) == (domains or {UNSPECIFIED})
    assert set(held.icd10) | set(held.icd10_cm) == codes


def test_every_code_has_its_words_and_rises():
    for held in NEED_CODES.values():
        assert list(held.icd10) == sorted(set(held.icd10))
        assert set(held.icd10) <= set(ICD10_WORDS)
        assert set(held.icd10_cm) <= set(ICD10_CM_WORDS)
        assert set(held.domains) <= set(DOMAINS)


@pytest.mark.parametrize(
    ("category", "said"),
    [
        ("financial", "Z59.6–Z59.7 · 经济不稳定、医疗费用负担"),
        ("social_support", "Z60.2、Z60.4 · 社会联系"),
        ("family_caregiver", "Z63.0–Z63.8"),
        ("palliative_bereavement", "Z51.5、Z63.4"),
        ("legal_rights", "Z65"),
        ("crisis", ""),
        ("not a need", ""),
    ],
)
def test_codes_are_said_in_one_line(category, said):
    assert codes_said(category) == said


def test_an_american_code_says_that_it_is_one():
    assert icd10_said("basic_living") == "Z59.0–Z59.1、Z59.4–Z59.5、Z59.82（CM）"


@pytest.mark.parametrize(
    ("category", "icd10"),
    [
        ("emotional", ["Z73.3"]),
        ("financial", ["Z59"]),
        ("family_caregiver", ["Z63"]),
        ("abuse_violence", []),
        ("transplant_donation", []),
    ],
)
def test_a_concept_claims_no_more_than_the_need_says(category, icd10):
    first, *others = codings_of(category)
    assert (first["code"], first["system"]) == (category, "urn:msw-portal:code-system:need")
    assert [(one["system"], one["code"]) for one in others] == [(ICD10.url, c) for c in icd10]


def test_domains_are_told_with_system_and_version():
    assert domain_codings("emotional") == [
        {"system": GRAVITY.url, "version": "3.0.0", "code": "stress", "display": "Stress"}
    ]


@pytest.mark.django_db
def test_the_register_of_codes_holds_the_map_and_is_brought_up_to_date():
    with house_scope(INSTALLATION):
        reference_install()
        Code.objects.filter(scheme="need", code="financial").update(maps={"icd10": "Z59"})
        reference_install()
        maps = dict(Code.objects.filter(scheme="need").values_list("code", "maps"))
    assert maps == {category: code_map(category) for category in NeedCategory.values}
    assert maps["financial"][ICD10.url] == {
        "name": "ICD-10 (WHO)",
        "version": "2019",
        "codes": ["Z59.6", "Z59.7"],
    }


@pytest.mark.django_db
def test_the_codes_stand_on_the_need_s_line_in_the_print_and_in_the_copy(
    worker, head, acting, client_for
):
    file = make_file(worker, head, acting)
    assert file.need.category == "financial"
    page = text_of(client_for(worker).get(f"/cases/{file.case.uid}/"))
    assert "Z59.6–Z59.7 · 经济不稳定、医疗费用负担" in page
    with acting(worker):
        known = _needs(file.case, False)
        assert known.rows[0][known.head.index("编码")] == "Z59.6–Z59.7"
        assert Need.objects.filter(case=file.case).count() == len(known.rows)
    lines = copy_lines({"needs": ["financial", "crisis"], "reason": "急", "urgency": "urgent"})
    assert {
        "label": "请求的编码",
        "text": f"经济困难 / 医疗费用：{codes_said('financial')}",
    } in lines
