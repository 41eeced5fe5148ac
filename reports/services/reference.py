"""Reference rows of an installation: what figures mean, the codes behind lists, rules of law, provinces."""

import datetime as dt
from dataclasses import asdict

from psycopg2.extras import DateRange

from cases.models import codes
from cases.need_codes import code_map
from departments.models.organizations import Code, DatedRule
from departments.services.policies import RetentionRule
from departments.services.staff_rules import staff_rules
from donations.services.appeal_rules import appeal_rules
from donations.services.campaigns.platforms import platform_codes
from donations.services.disclosure_rules import disclosure_rules
from projects.models.incubation import StationArea
from projects.services.taxonomies import taxonomy_codes
from reports.indicators.library import INDICATORS
from reports.models import Indicator

SINCE = DateRange(dt.date(2020, 1, 1), None)
SCHEMES = {
    "need": codes.NeedCategory,
    "case_source": codes.CaseSource,
    "contact_mode": codes.ContactMode,
    "close_reason": codes.CloseReason,
    "theory": codes.Theory,
    "insurance": codes.Insurance,
    "welfare_status": codes.WelfareStatus,
    "consent_kind": codes.ConsentKind,
    "share_item": codes.ShareItem,
    "station_area": StationArea,
}
DOCUMENT_TYPES = {
    "application_form": "申请表",
    "id_card": "身份证",
    "household_register": "户口簿",
    "guardianship_proof": "监护关系证明",
    "diagnosis_certificate": "诊断证明书",
    "medical_record": "病历、出院小结、检查报告",
    "cost_list": "费用清单",
    "settlement": "结算单",
    "invoice": "发票",
    "insurance_statement": "医保报销凭证",
    "economic_proof": "家庭经济状况证明",
    "welfare_certificate": "低保、特困、残疾、优抚证",
    "income_proof": "收入或失业证明",
    "means_check_authorisation": "核对授权书",
    "hardship_statement": "困难情况说明",
    "treatment_plan": "治疗方案、费用预估",
    "bank_card": "银行卡",
    "consent": "知情同意书、授权书",
    "other": "其他",
}
# kind, key, parameters, article, source, evidence
RULES = (
    ("small_cells", "house", {"below": 5}, "", "本平台设计", "design"),
    ("small_cells", "public", {"below": 10}, "", "本平台设计", "design"),
    (
        "star_level",
        "",
        {"hours": [100, 300, 600, 1000, 1500]},
        "",
        "全国通行的志愿者星级做法",
        "practice",
    ),
    (
        "retention",
        "",
        asdict(RetentionRule()),
        "第二十九条；第十二条；第二十一条",
        "医疗机构病历管理规定；网络数据安全管理条例；网络安全法",
        "law",
    ),
)


def reference_install() -> None:
    """Enter the reference rows that are missing, bring the need list's codes up to date; GLOBAL tables, written in an open scope of the system alone."""
    _indicators()
    Code.objects.bulk_create(
        [
            Code(
                scheme=scheme,
                code=code,
                zh=str(label),
                rank=rank,
            )
            for scheme, choices in SCHEMES.items()
            for rank, (code, label) in enumerate(choices.choices, start=1)
        ]
        + [
            Code(scheme="document_type", code=code, zh=label, rank=rank)
            for rank, (code, label) in enumerate(DOCUMENT_TYPES.items(), start=1)
        ]
        + platform_codes()
        + taxonomy_codes(),
        ignore_conflicts=True,
    )
    for row in Code.objects.filter(scheme="need"):
        if row.maps != code_map(row.code):
            row.maps = code_map(row.code)
            row.save(update_fields=["maps"])
    DatedRule.objects.bulk_create(
        [
            DatedRule(
                kind=kind,
                applies_key=key,
                params=params,
                valid=SINCE,
                article=article,
                source=source,
                evidence=evidence,
            )
            for kind, key, params, article, source, evidence in RULES
        ]
        + staff_rules()
        + disclosure_rules()
        + appeal_rules(),
        ignore_conflicts=True,
    )


def _indicators() -> None:
    """The rows of the library: new ones entered, the words of old ones brought up to date."""
    said = ("name", "words", "unit", "population", "counts", "period_by", "privacy_class", "source")
    Indicator.objects.bulk_create(
        [
            Indicator(
                code=one.code,
                counts=one.counts,
                privacy_class=one.privacy_class,
                **{
                    field: str(getattr(one, field))
                    for field in ("name", "words", "unit", "population", "period_by", "source")
                },
            )
            for one in INDICATORS.values()
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=said,
    )
