"""Class C: instruments that may not be shipped nor typed in without a licence. Names and notes only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Closed:
    """An empty slot: what it is, whose it is, and what a hospital has to do to use it."""

    code: str
    zh: str
    en: str
    licence: str
    citation: str


CLOSED = (
    Closed(
        "nccn_dt",
        "心理痛苦温度计（NCCN）",
        "NCCN Distress Thermometer and Problem List",
        "© NCCN。临床可用其免费的纸质表；电子复制须取得 NCCN 书面许可。可改用本平台自编的“心理痛苦 0–10 分”。",
        "National Comprehensive Cancer Network. Distress Management.",
    ),
    Closed(
        "hads",
        "医院焦虑抑郁量表（HADS）",
        "Hospital Anxiety and Depression Scale",
        "GL Assessment / Mapi 有偿授权。可改用 PHQ-9 与 GAD-7。",
        "Zigmond AS, Snaith RP. Acta Psychiatr Scand 1983;67:361-370.",
    ),
    Closed(
        "zarit",
        "照顾者负担量表（ZBI）",
        "Zarit Burden Interview",
        "© S. Zarit，经 Mapi 授权使用。",
        "Zarit SH, Reever KE, Bach-Peterson J. Gerontologist 1980;20:649-655.",
    ),
    Closed(
        "prapare",
        "PRAPARE 社会风险评估",
        "Protocol for Responding to and Assessing Patients' Assets, Risks, and Experiences",
        "纸质表对使用机构免费；软件供应方须取得许可。",
        "National Association of Community Health Centers. PRAPARE.",
    ),
)
