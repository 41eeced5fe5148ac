"""The other eight programmes of the dossier's list (§3.6): conditions, amounts and papers as data.

The amounts are those the sources state (cleft lip and palate: the full cost; cerebral palsy: up to
10,000; self-paid parts). Where a source states none, the amount is the demonstration's and the
summary says so. 小天使基金 ships with donations (donations.services.catalogue).
"""

from collections.abc import Sequence
from typing import Any

from donations.services.catalogue import LITTLE_ANGEL, POOR

STAGES = LITTLE_ANGEL["stages"]
SLA = LITTLE_ANGEL["sla"]
PAPERS = {
    "diagnosis_certificate": "诊断证明书",
    "economic_proof": "家庭经济状况证明",
    "guardianship_proof": "监护关系证明",
    "household_register": "户口簿",
    "cost_list": "费用清单",
    "settlement": "医保结算清单",
    "medical_record": "检查报告、出院小结",
    "id_card": "身份证",
    "invoice": "发票",
    "hardship_statement": "困难情况说明",
    "treatment_plan": "治疗方案与费用预估",
}
POOR_OR_LOW = "困难身份，或家庭人均月收入低于 {income} 元"


def papers(required: Sequence[str], other: Sequence[str] = ()) -> list[dict[str, Any]]:
    return [
        {"type": code, "text": PAPERS[code], "required": code in required}
        for code in (*required, *other)
    ]


def disease(*words: str) -> dict[str, str]:
    """The diagnosis is one of these."""
    return {
        "code": "disease",
        "zh": f"病种：{'、'.join(words)}",
        "cel": " || ".join(f'disease_group.contains("{word}")' for word in words),
    }


def poor(income: int) -> dict[str, str]:
    return {
        "code": "poor",
        "zh": POOR_OR_LOW.format(income=income),
        "cel": f"welfare_status in {POOR} || income_per_head < {income}.0",
    }


def age(most: int) -> dict[str, str]:
    return {"code": "age", "zh": f"{most} 周岁以下（含）", "cel": f"age >= 0 && age <= {most}"}


ONCE = {"code": "once", "zh": "未获过本项目资助（一次性）", "cel": "received == 0.0"}


def row(code: str, zh: str, amount: str, cel: str = "received == 0.0") -> dict[str, str]:
    return {"code": code, "zh": zh, "amount": amount, "cel": cel}


def example(text: str, eligible: bool, benefit: str | None, **facts: Any) -> dict[str, Any]:
    known = {"welfare_status": "subsistence", "is_transplanted": False, "received": "0", **facts}
    return {"text": text, "facts": known, "eligible": eligible, "benefit": benefit}


def programme(
    name: str,
    summary: str,
    conditions: list[dict[str, str]],
    benefits: list[dict[str, str]],
    documents: list[dict[str, Any]],
    examples: list[dict[str, Any]],
    *,
    cap: str,
    modes: Sequence[str] = ("to_hospital",),
    order: str = "submitted_at",
    quota: int | None = None,
) -> dict[str, Any]:
    return {
        "name": name,
        "summary": summary,
        "beneficiary_class": "",
        "conditions": conditions,
        "benefit_rows": benefits,
        "documents": documents,
        "stages": list(STAGES),
        "caps": {"per_request": cap},
        "payout_modes": list(modes),
        "sla": dict(SLA),
        "needs_agreement": False,
        "example_cases": examples,
        "order_rule": order,
        "quota": quota,
    }


# The one programme of the demo that pays under an agreement.
ANGEL_TERMS = """受助方同意在治疗结束后三个月内配合一次回访，说明治疗和生活情况。
同一次住院已由本项目资助的费用，不再重复申请。"""

# name -> (fund number, purpose code, content)
PROGRAMMES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "小天使基金": ("F-01", "leukaemia", {**LITTLE_ANGEL, "agreement_terms": ANGEL_TERMS}),
    "天使阳光": (
        "F-02",
        "heart",
        programme(
            "天使阳光（先天性心脏病儿童救助）",
            "资金来自彩票公益金和社会捐赠；捐赠人可以指定符合条件的受助类别，捐赠开具票据。金额为演示标准。",
            [age(14), disease("先天性心脏病"), poor(2000), ONCE],
            [row("surgery", "手术治疗，一次性资助 20,000 元", "20000.00")],
            papers(
                ("diagnosis_certificate", "economic_proof"), ("guardianship_proof", "cost_list")
            ),
            [
                example("3 岁先心病，低保", True, "20000.00", age=3, disease_group="先天性心脏病"),
                example(
                    "3 岁先心病，已获资助",
                    False,
                    None,
                    age=3,
                    disease_group="先天性心脏病",
                    received="20000",
                ),
                example("15 岁，超龄", False, "20000.00", age=15, disease_group="先天性心脏病"),
            ],
            cap="20000.00",
        ),
    ),
    "嫣然天使": (
        "F-02",
        "cleft",
        programme(
            "嫣然天使（唇腭裂儿童救助）",
            "14 周岁以下贫困家庭唇腭裂患儿，按手术类别全额资助，一次性；县级检查报告、乡镇经济证明、县红十字会盖章。",
            [age(14), disease("唇腭裂"), poor(2000), ONCE],
            [row("full_cost", "按类别全额资助，单次不超过 12,000 元", "12000.00")],
            papers(
                ("id_card", "guardianship_proof", "medical_record", "economic_proof"),
                ("household_register",),
            ),
            [
                example("2 岁唇腭裂，低保", True, "12000.00", age=2, disease_group="唇腭裂"),
                example("2 岁癫痫，不是本项目病种", False, "12000.00", age=2, disease_group="癫痫"),
            ],
            cap="12000.00",
        ),
    ),
    "瑞华慈善": (
        "F-02",
        "general",
        programme(
            "瑞华慈善医疗救助",
            "在本院治疗的早产儿、妇科恶性肿瘤等病种；低保、特困、优抚等困难身份，或家庭人均月收入低于 2,500 元并经村（居）与"
            "街道盖章。明显高于当地生活水平、两套以上房产且人均超过 30 平方米、隐瞒情况的不予资助。资助自付部分，金额为演示标准。",
            [disease("早产儿", "肿瘤", "淋巴瘤"), poor(2500), ONCE],
            [row("self_paid", "资助自付部分，单次不超过 30,000 元", "30000.00")],
            papers(
                ("diagnosis_certificate", "economic_proof", "cost_list"),
                ("hardship_statement", "settlement"),
            ),
            [
                example("早产儿，低保家庭", True, "30000.00", age=0, disease_group="早产儿"),
                example(
                    "肿瘤，人均月收入 2,400 元",
                    True,
                    "30000.00",
                    age=60,
                    disease_group="肿瘤",
                    welfare_status="ordinary",
                    income_per_head="2400.00",
                ),
                example(
                    "肿瘤，人均月收入 2,500 元",
                    False,
                    "30000.00",
                    age=60,
                    disease_group="肿瘤",
                    welfare_status="ordinary",
                    income_per_head="2500.00",
                ),
            ],
            cap="30000.00",
        ),
    ),
    "疝医行": (
        "F-02",
        "hospital",
        programme(
            "疝医行（困难患者疝手术资助）",
            "本地户籍并参加医保的低保、低收入患者；专家意见、医务部批准；医院不提取管理费。金额为演示标准。",
            [disease("疝"), poor(2000), ONCE],
            [row("surgery", "疝修补手术，一次性资助 5,000 元", "5000.00")],
            papers(("household_register", "economic_proof"), ("diagnosis_certificate", "id_card")),
            [
                example("70 岁腹股沟疝，低保", True, "5000.00", age=70, disease_group="腹股沟疝"),
                example(
                    "70 岁腹股沟疝，收入高于标准",
                    False,
                    "5000.00",
                    age=70,
                    disease_group="腹股沟疝",
                    welfare_status="ordinary",
                    income_per_head="4000.00",
                ),
            ],
            cap="5000.00",
        ),
    ),
    "中医院慈善救助": (
        "F-02",
        "hospital",
        programme(
            "中医院慈善救助",
            "科主任申请，患者填表，村（居）委盖章；出院后凭结算清单、出院小结、发票核算，30 个工作日内办结，每月 1 日和 15 日签批。"
            "金额为演示标准。",
            [disease("骨折", "慢性病", "脑卒中"), poor(2000), ONCE],
            [row("self_paid", "自付部分资助，单次不超过 8,000 元", "8000.00")],
            papers(("settlement", "medical_record", "invoice"), ("id_card", "economic_proof")),
            [
                example("骨折，低保", True, "8000.00", age=66, disease_group="骨折"),
                example(
                    "骨折，已获资助", False, None, age=66, disease_group="骨折", received="8000"
                ),
            ],
            cap="8000.00",
        ),
    ),
    "海豚计划": (
        "F-03",
        "palsy",
        programme(
            "海豚计划（外地脑瘫儿童康复券）",
            "非本地户籍的脑瘫儿童，康复费用直接付到康复机构，每人最多 10,000 元。",
            [age(14), disease("脑瘫"), ONCE],
            [row("rehabilitation", "康复费用，最多 10,000 元", "10000.00")],
            papers(("diagnosis_certificate", "household_register"), ("treatment_plan",)),
            [
                example("5 岁脑瘫", True, "10000.00", age=5, disease_group="脑瘫"),
                example("15 岁脑瘫，超龄", False, "10000.00", age=15, disease_group="脑瘫"),
            ],
            cap="10000.00",
        ),
    ),
    "如新先心病": (
        "F-02",
        "heart",
        programme(
            "如新先心病救助",
            "资助自付部分，预算的 70% 用于普通病例、30% 用于复杂病例；按申请先后，一次性。金额为演示标准。",
            [age(18), disease("先天性心脏病"), poor(2500), ONCE],
            [row("self_paid", "自付部分资助，单次不超过 15,000 元", "15000.00")],
            papers(("diagnosis_certificate", "cost_list"), ("economic_proof",)),
            [
                example("8 岁先心病，低保", True, "15000.00", age=8, disease_group="先天性心脏病"),
                example(
                    "8 岁白血病，不是本项目病种", False, "15000.00", age=8, disease_group="白血病"
                ),
            ],
            cap="15000.00",
            quota=100,
        ),
    ),
    "县区大病": (
        "F-02",
        "general",
        programme(
            "县区大病救助",
            "每一笔住院费用只能用于一次救助申请；村内公示 7 天。金额为演示标准。",
            [
                disease("外伤", "重症肺炎", "冠心病", "脑卒中", "癫痫", "慢性病", "淋巴瘤"),
                poor(2000),
                ONCE,
            ],
            [row("inpatient", "住院自付部分资助，单次不超过 10,000 元", "10000.00")],
            papers(("economic_proof", "invoice"), ("diagnosis_certificate", "settlement")),
            [
                example(
                    "多发外伤，支出型困难",
                    True,
                    "10000.00",
                    age=40,
                    disease_group="外伤",
                    welfare_status="expenditure",
                ),
                example(
                    "外伤，已获资助", False, None, age=40, disease_group="外伤", received="10000"
                ),
            ],
            cap="10000.00",
        ),
    ),
}
