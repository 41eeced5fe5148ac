"""Programmes as data: what the portal ships. A foundation's own versions are rows like these.

小天使基金 after the public conditions of the Red Cross Foundation's programme for children with
leukaemia (dossier §3.6): 0 to 18 years, poor family, 30,000 before or without a transplant, 50,000
after one, 20,000 more for a transplant after the first 30,000. The income line is a demonstration's.
"""

from typing import Any

POOR = '["subsistence", "marginal", "destitute", "poverty_watch", "expenditure", "orphan", "unsupported_child"]'

LITTLE_ANGEL: dict[str, Any] = {
    "name": "小天使基金（白血病儿童救助）",
    "summary": "资助贫困家庭 0–18 周岁白血病患儿。按申报时间顺序，量入为出，有限资助，综合评定。",
    "beneficiary_class": "leukaemia",
    "conditions": [
        {"code": "age", "zh": "年龄为 0–18 周岁", "cel": "age >= 0 && age <= 18"},
        {
            "code": "disease",
            "zh": "诊断为白血病",
            "cel": 'disease_group.contains("白血病") || disease_group == "leukaemia"',
        },
        {
            "code": "poor",
            "zh": "家庭经济困难（困难身份，或家庭人均月收入低于 2000 元）",
            "cel": f"welfare_status in {POOR} || income_per_head < 2000.0",
        },
    ],
    "benefit_rows": [
        {
            "code": "top_up",
            "zh": "已获 30,000 元资助后接受移植，追加 20,000 元",
            "cel": "is_transplanted && received == 30000.0",
            "amount": "20000.00",
        },
        {
            "code": "transplanted",
            "zh": "接受造血干细胞移植，一次性资助 50,000 元",
            "cel": "is_transplanted && received == 0.0",
            "amount": "50000.00",
        },
        {
            "code": "not_transplanted",
            "zh": "未移植或移植前，一次性资助 30,000 元",
            "cel": "!is_transplanted && received == 0.0",
            "amount": "30000.00",
        },
    ],
    "documents": [
        {"type": "diagnosis_certificate", "text": "诊断证明书", "required": True},
        {"type": "economic_proof", "text": "家庭经济状况证明", "required": True},
        {"type": "guardianship_proof", "text": "监护关系证明", "required": False},
        {"type": "cost_list", "text": "费用清单", "required": False},
        {"type": "household_register", "text": "户口簿", "required": False},
    ],
    "stages": [
        "document_check",
        "first_review",
        "proposed",
        "approved",
        "agreement",
        "disbursing",
        "disbursed",
    ],
    "caps": {"per_request": "50000.00"},
    "payout_modes": ["to_hospital"],
    "sla": {
        "submitted": 2,
        "document_check": 5,
        "supplement_required": 10,
        "first_review": 5,
        "proposed": 5,
        "approved": 5,
        "agreement": 5,
    },
    "example_cases": [
        {
            "text": "6 岁，低保家庭，未移植，首次申请",
            "facts": {
                "age": 6,
                "disease_group": "急性淋巴细胞白血病",
                "welfare_status": "subsistence",
                "is_transplanted": False,
                "received": "0",
            },
            "eligible": True,
            "benefit": "30000.00",
        },
        {
            "text": "18 岁，人均月收入 1,200 元，已移植，首次申请",
            "facts": {
                "age": 18,
                "disease_group": "白血病",
                "welfare_status": "ordinary",
                "income_per_head": "1200.00",
                "is_transplanted": True,
                "received": "0",
            },
            "eligible": True,
            "benefit": "50000.00",
        },
        {
            "text": "9 岁，特困，曾获 30,000 元，现已移植",
            "facts": {
                "age": 9,
                "disease_group": "白血病",
                "welfare_status": "destitute",
                "is_transplanted": True,
                "received": "30000",
            },
            "eligible": True,
            "benefit": "20000.00",
        },
        {
            "text": "19 岁，不符合年龄",
            "facts": {
                "age": 19,
                "disease_group": "白血病",
                "welfare_status": "subsistence",
                "is_transplanted": False,
                "received": "0",
            },
            "eligible": False,
            "benefit": "30000.00",
        },
        {
            "text": "5 岁先天性心脏病，不是本项目病种",
            "facts": {
                "age": 5,
                "disease_group": "先天性心脏病",
                "welfare_status": "subsistence",
                "is_transplanted": False,
                "received": "0",
            },
            "eligible": False,
            "benefit": "30000.00",
        },
        {
            "text": "8 岁，人均月收入 6,000 元，无困难身份",
            "facts": {
                "age": 8,
                "disease_group": "白血病",
                "welfare_status": "ordinary",
                "income_per_head": "6000.00",
                "is_transplanted": False,
                "received": "0",
            },
            "eligible": False,
            "benefit": "30000.00",
        },
        {
            "text": "已获 50,000 元，不再资助",
            "facts": {
                "age": 8,
                "disease_group": "白血病",
                "welfare_status": "subsistence",
                "is_transplanted": True,
                "received": "50000",
            },
            "eligible": True,
            "benefit": None,
        },
    ],
}
