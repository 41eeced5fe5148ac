"""The code lists by which projects are told apart; an installation adds, renames and ends entries.

Sources: the yearly calls of Beijing (settings, diseases, fields, integration, outputs), a hospital's three
modes of service, national strategies. The fourteen areas of social work in one province are not
named in any source: they are numbered here, and the installation gives them their names.
"""

from departments.models.organizations import Code
from projects.models.fields import TAGS

AREAS = 14
LISTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "setting": (
        ("ward", "病房", "Ward"),
        ("emergency", "急诊", "Emergency"),
        ("outpatient", "门诊", "Outpatient clinic"),
        ("community", "社区", "Community"),
    ),
    "disease_theme": (
        ("infectious", "传染病", "Infectious disease"),
        ("tumour", "肿瘤", "Cancer"),
        ("child_blood", "儿童血液病", "Childhood blood disease"),
        ("cleft", "唇腭裂", "Cleft lip and palate"),
        ("obstetrics", "产科", "Obstetrics"),
        ("cognitive", "认知障碍", "Cognitive impairment"),
        ("youth_mood", "青少年情绪障碍", "Mood disorders of the young"),
        ("reproduction", "辅助生殖", "Assisted reproduction"),
        ("other", "其他", "Other"),
    ),
    "field": (
        ("palliative", "缓和医疗", "Palliative medicine"),
        ("transplant", "器官移植", "Organ transplantation"),
        ("psychiatric_rehabilitation", "精神康复", "Psychiatric rehabilitation"),
        ("community_health", "社区健康", "Community health"),
    ),
    "integration": (
        ("rehabilitation", "康复管理", "Rehabilitation management"),
        ("chronic", "慢病管理", "Chronic disease management"),
        ("hospice", "安宁疗护", "Hospice care"),
        ("team", "多学科团队", "Multidisciplinary team"),
    ),
    "service_output": (
        ("counselling", "心理疏导", "Counselling"),
        ("aid", "困难救助", "Hardship aid"),
        ("communication", "医患沟通", "Communication with clinicians"),
        ("support", "社会支持", "Social support"),
    ),
    "strategy": (
        ("healthy_china", "健康中国", "Healthy China"),
        ("five_year_plan", "“十四五”规划", "14th Five-Year Plan"),
        ("rural", "乡村振兴", "Rural revitalisation"),
        ("child_friendly", "儿童友好城市", "Child-friendly cities"),
        ("ageing", "积极应对人口老龄化", "Responding to population ageing"),
    ),
    "service_mode": (
        ("clinical", "嵌入协作型临床社工", "Clinical social work, embedded and cooperating"),
        ("volunteering", "双工融合型志愿服务", "Social workers and volunteers together"),
        ("outreach", "医社联动型社区外展", "Community outreach, hospital and community"),
    ),
}


def taxonomy_codes() -> list[Code]:
    """The rows of every list, unsaved."""
    rows = [
        Code(scheme=scheme, code=code, zh=zh, en=en, rank=rank)
        for scheme, entries in LISTS.items()
        for rank, (code, zh, en) in enumerate(entries, start=1)
    ]
    return rows + [
        Code(
            scheme="practice_area",
            code=f"area_{n:02}",
            zh=f"社会工作领域 {n}（名称待定）",
            en=f"Area of social work {n} (to be named)",
            rank=n,
        )
        for n in range(1, AREAS + 1)
    ]


def taxonomies(language: str = "zh-hans") -> dict[str, list[tuple[str, str]]]:
    """Column of Tagged -> its choices today, in the words of a language; one query."""
    rows = Code.objects.filter(scheme__in=TAGS.values()).order_by("scheme", "rank", "code")
    by_scheme: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if not row.is_over:
            word = row.en if language.startswith("en") and row.en else row.zh
            by_scheme.setdefault(row.scheme, []).append((row.code, word))
    return {column: by_scheme.get(scheme, []) for column, scheme in TAGS.items()}
