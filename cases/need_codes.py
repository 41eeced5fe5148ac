"""What the need list is called elsewhere: HL7 Gravity SDOH domains and ICD-10 Z codes, with source and version.

A need keeps the house's own category; these codes are read from it whenever it is shown, printed
or handed on. Where the list is broader than one code, every code it may mean is named here, and a
receiver is told the chapter's three characters, which hold in any case (`codings_of`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models.codes import NeedCategory as N


@dataclass(frozen=True)
class CodeSystem:
    """A list of codes: its address in FHIR, whose it is, and the edition that was read."""

    url: str
    name: str
    version: str


GRAVITY = CodeSystem(
    "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes",
    "HL7 Gravity SDOH Clinical Care",
    "3.0.0",
)
ICD10 = CodeSystem("http://hl7.org/fhir/sid/icd-10", "ICD-10 (WHO)", "2019")
# Only where the WHO list has no code of its own: the American edition of October 2022 added them.
ICD10_CM = CodeSystem("http://hl7.org/fhir/sid/icd-10-cm", "ICD-10-CM", "2023")
OWN = CodeSystem("urn:msw-portal:code-system:need", "需求类别", "1")

UNSPECIFIED = "sdoh-category-unspecified"
DOMAINS = {
    UNSPECIFIED: _("未归类"),
    "food-insecurity": _("食物不足"),
    "housing-instability": _("住房不稳定"),
    "homelessness": _("无家可归"),
    "inadequate-housing": _("住房条件差"),
    "transportation-insecurity": _("交通困难"),
    "financial-insecurity": _("经济不稳定"),
    "material-hardship": _("生活物资匮乏"),
    "educational-attainment": _("受教育程度"),
    "employment-status": _("就业状况"),
    "veteran-status": _("退役军人身份"),
    "stress": _("心理压力"),
    "social-connection": _("社会联系"),
    "intimate-partner-violence": _("亲密伴侣暴力"),
    "elder-abuse": _("虐待老人"),
    "personal-health-literacy": _("健康素养"),
    "health-insurance-coverage-status": _("医保覆盖"),
    "medical-cost-burden": _("医疗费用负担"),
    "digital-literacy": _("数字素养"),
    "digital-access": _("上网条件"),
    "utility-insecurity": _("水电供暖不足"),
    "incarceration-status": _("监禁状况"),
    "language-access": _("语言服务"),
    "protective-factor": _("保护因素"),
}
ICD10_WORDS = {
    "T74": _("虐待综合征"),
    "Z51.5": _("姑息医疗"),
    "Z55": _("与教育和文化有关的问题"),
    "Z55.0": _("文盲和低水平文化"),
    "Z56": _("与就业和失业有关的问题"),
    "Z59": _("与住房和经济情况有关的问题"),
    "Z59.0": _("无家可归"),
    "Z59.1": _("住房不足"),
    "Z59.4": _("缺乏足够的食物"),
    "Z59.5": _("极端贫困"),
    "Z59.6": _("低收入"),
    "Z59.7": _("社会保险和福利救济不足"),
    "Z60": _("与社会环境有关的问题"),
    "Z60.2": _("独居"),
    "Z60.4": _("社会排斥和拒绝"),
    "Z63": _("与主要支持者有关的其他问题，包括家庭情况"),
    "Z63.0": _("与配偶或伴侣的关系问题"),
    "Z63.1": _("与父母或姻亲的关系问题"),
    "Z63.2": _("家庭支持不足"),
    "Z63.3": _("家庭成员缺席"),
    "Z63.4": _("家庭成员失踪和死亡"),
    "Z63.5": _("分居和离婚引起的家庭破裂"),
    "Z63.6": _("需在家照料的受抚养亲属"),
    "Z63.7": _("其他家庭应激事件"),
    "Z63.8": _("与主要支持者有关的其他特指问题"),
    "Z65": _("与其他心理社会情况有关的问题"),
    "Z73.3": _("不可归类在他处的应激"),
}
ICD10_CM_WORDS = {"Z59.82": _("交通困难")}


@dataclass(frozen=True)
class NeedCodes:
    """The codes one need may mean; the WHO's codes in rising order."""

    domains: tuple[str, ...] = (UNSPECIFIED,)
    icd10: tuple[str, ...] = ()
    icd10_cm: tuple[str, ...] = ()


# Needs with the plain `NeedCodes()` have no counterpart in either list.
NEED_CODES: dict[str, NeedCodes] = {
    N.FINANCIAL: NeedCodes(("financial-insecurity", "medical-cost-burden"), ("Z59.6", "Z59.7")),
    N.POLICY_CONSULT: NeedCodes(("health-insurance-coverage-status",), ("Z59.7",)),
    N.ILLNESS_ADAPTATION: NeedCodes(),
    N.EMOTIONAL: NeedCodes(("stress",), ("Z73.3",)),
    N.FAMILY_CAREGIVER: NeedCodes(icd10=tuple(f"Z63.{last}" for last in range(9))),
    N.SOCIAL_SUPPORT: NeedCodes(("social-connection",), ("Z60.2", "Z60.4")),
    N.COMMUNICATION: NeedCodes(("personal-health-literacy",), ("Z55.0",)),
    N.DISCHARGE_PLANNING: NeedCodes(),
    N.REHAB_REINTEGRATION: NeedCodes(("employment-status",), ("Z56",)),
    N.CHILD_EDUCATION: NeedCodes(("educational-attainment",), ("Z55",)),
    N.BASIC_LIVING: NeedCodes(
        (
            "housing-instability",
            "homelessness",
            "food-insecurity",
            "material-hardship",
            "transportation-insecurity",
        ),
        ("Z59.0", "Z59.1", "Z59.4", "Z59.5"),
        ("Z59.82",),
    ),
    N.PALLIATIVE_BEREAVEMENT: NeedCodes(icd10=("Z51.5", "Z63.4")),
    N.CRISIS: NeedCodes(),
    N.ABUSE_VIOLENCE: NeedCodes(("intimate-partner-violence", "elder-abuse"), ("T74", "Z63.0")),
    N.UNIDENTIFIED: NeedCodes(),
    N.LEGAL_RIGHTS: NeedCodes(icd10=("Z65",)),
    N.TRANSPLANT_DONATION: NeedCodes(),
    N.OTHER: NeedCodes(),
}


def codes_of(category: str) -> NeedCodes:
    """The codes of a need; those of no counterpart for a category the list does not hold."""
    return NEED_CODES.get(category, NeedCodes())


def _spans(codes: Iterable[str]) -> list[str]:
    """`Z63.0–Z63.8` for codes that follow one another, each of the others alone."""
    spans: list[list[str]] = []
    for code in codes:
        stem, _dot, last = code.partition(".")
        before = spans[-1][-1].partition(".") if spans else ("", "", "")
        follows = before[0] == stem and last.isdigit() and before[2].isdigit()
        if follows and int(last) == int(before[2]) + 1:
            spans[-1].append(code)
        else:
            spans.append([code])
    return [span[0] if len(span) == 1 else f"{span[0]}–{span[-1]}" for span in spans]


def icd10_said(category: str) -> str:
    """`Z59.0–Z59.1、Z59.4–Z59.5、Z59.82（CM）`; nothing when the list has no code for it."""
    codes = codes_of(category)
    return "、".join([*_spans(codes.icd10), *(f"{code}（CM）" for code in codes.icd10_cm)])


def domains_said(category: str) -> str:
    """The Gravity domains in words; nothing when none is named."""
    named = [domain for domain in codes_of(category).domains if domain != UNSPECIFIED]
    return "、".join(str(DOMAINS[domain]) for domain in named)


def codes_said(category: str) -> str:
    """`Z59.6–Z59.7 · 经济不稳定、医疗费用负担`: what stands beside a need."""
    return " · ".join(filter(None, (icd10_said(category), domains_said(category))))


def _coding(system: CodeSystem, code: str, words: Any) -> dict[str, str]:
    return {"system": system.url, "version": system.version, "code": code, "display": str(words)}


def codings_of(category: str) -> list[dict[str, str]]:
    """One need as codings of a FHIR concept: the house's own first, then at most one of ICD-10.

    Codings of one concept must all mean the same. Of several codes of one chapter the chapter is
    told; of codes of several chapters none, because any one of them might be untrue.
    """
    codings = [_coding(OWN, category, dict(N.choices).get(category, category))]
    icd10 = codes_of(category).icd10
    if len(icd10) == 1:
        codings.append(_coding(ICD10, icd10[0], ICD10_WORDS[icd10[0]]))
    elif len({code[:3] for code in icd10}) == 1:
        codings.append(_coding(ICD10, icd10[0][:3], ICD10_WORDS[icd10[0][:3]]))
    return codings


def domain_codings(category: str) -> list[dict[str, str]]:
    """The Gravity domains of a need, each a coding of a category of its own."""
    words = {domain: domain.replace("-", " ").title() for domain in DOMAINS}
    return [_coding(GRAVITY, domain, words[domain]) for domain in codes_of(category).domains]


def code_map(category: str) -> dict[str, Any]:
    """The map of one need as a row of the register of codes keeps it."""
    codes = codes_of(category)
    lists = ((GRAVITY, codes.domains), (ICD10, codes.icd10), (ICD10_CM, codes.icd10_cm))
    return {
        system.url: {"name": system.name, "version": system.version, "codes": list(found)}
        for system, found in lists
        if found
    }
