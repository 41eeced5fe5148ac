"""What each use of a call begins with; the issuer changes every line of it before publishing.

Sources: the composite application form and the default score sheet of the design's domain notes; the
criteria of an incubation base (资质、意愿、动机、需求); the three criteria of Beijing's calls.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from projects.models.calls import CallKind

REVIEW_RULES = {
    "min_experts": 3,
    "is_odd": True,
    "trim_from": 5,
    "tie_order": ["innovation", "need"],
    "spread_alarm": 15,
    "is_blind": False,
    "cap": 30,
    "seed": 1,
}
LETTERS = {
    "selected": "{unit}：\n你单位申报的“{title}”（{number}）经形式审查、专家评审和公示，入选本次征集。请按通知要求办理后续手续。",
    "reserve": "{unit}：\n你单位申报的“{title}”（{number}）列为候补。如有空额，将按名次递补并另行通知。",
    "not_selected": "{unit}：\n你单位申报的“{title}”（{number}）本次未入选。感谢参与，欢迎继续申报。",
}


def _column(code: str, *, is_required: bool = True, hint: str = "") -> dict[str, Any]:
    return {
        "code": code,
        "type": "column",
        "is_required": is_required,
        "hint": hint,
    }


def _field(code: str, label: str, kind: str = "text", *, is_required: bool = True, **more: Any):
    return {"code": code, "label": label, "type": kind, "is_required": is_required, **more}


def _section(code: str, title: str, *fields: Any, table: str = "", least: int = 0, hint: str = ""):
    return {
        "code": code,
        "title": title,
        "hint": hint,
        "fields": list(fields),
        "table": table,
        "least": least,
    }


BASIC = _section(
    "basic",
    "基本信息",
    _column("title"),
    _column("track"),
    _column("theme", is_required=False),
    _column("starts_on"),
    _column("ends_on", hint="项目周期一般 6 至 12 个月"),
    _column("settings"),
    _column("disease_themes", is_required=False),
    _column("fields", is_required=False),
    _column("integration", is_required=False),
    _column("outputs"),
    _column("strategies", is_required=False),
    _column("service_modes", is_required=False),
    _column("practice_areas", is_required=False),
)
ETHICS = _section(
    "ethics",
    "风险与伦理",
    _field("privacy", "隐私保护和知情同意"),
    _field("risks", "可能的风险和应对"),
)
PROJECT_FORM = {
    "sections": [
        BASIC,
        _section("leader", "负责人", table="leader", least=1),
        _section(
            "need",
            "背景与需求",
            _field("need_evidence", "需求依据和数据", hint="调查、病例数、访谈等，写明来源和时间"),
            _field("need_literature", "已有做法和文献", is_required=False),
        ),
        _section(
            "people",
            "服务对象",
            _column("target_group"),
            _field("people_count", "预计服务人数", "integer"),
            _field("people_terms", "纳入条件和招募办法"),
        ),
        _section(
            "goals",
            "目标",
            _field("goal_overall", "总目标"),
            _field("goal_items", "具体目标", hint="可以测量，一行一条"),
        ),
        _section(
            "contents",
            "服务内容与方法",
            _field("contents", "服务内容与方法"),
            _field("case_volume", "个案（例）", "integer", is_required=False),
            _field("group_volume", "小组（个）", "integer", is_required=False),
            _field("community_volume", "社区活动（次）", "integer", is_required=False),
            _field("volunteer_volume", "志愿服务（小时）", "integer", is_required=False),
            _field("resource_volume", "资源链接（次）", "integer", is_required=False),
        ),
        _section(
            "merits",
            "创新、可复制、可推广",
            _field("innovation", "有创新"),
            _field("replicable", "可复制"),
            _field("scalable", "能推广"),
        ),
        _section("schedule", "进度", table="milestones", least=2),
        _section(
            "indicators",
            "预期产出与成效指标",
            _field("evaluation", "评估办法", hint="自评、满意度、第三方"),
            table="indicators",
            least=2,
            hint="权重合计 100",
        ),
        _section("team", "团队", table="team", least=2, hint="社工＋医务人员＋志愿者"),
        _section("five", "五社联动", table="five", least=5, hint="每一社写明参与方，没有的写理由"),
        _section("partners", "合作机构", table="partners"),
        _section("budget", "预算", table="budget", least=1, hint="金额等于单价乘以数量"),
        ETHICS,
        _section("lasting", "可持续性", _field("lasting", "结项后怎样继续")),
        _section("opinion", "单位意见", _field("opinion", "单位意见", hint="打印后盖章上传")),
    ]
}
PROJECT_CRITERIA = [
    ("need", "需求与必要性", 15),
    ("design", "目标与设计", 20),
    ("innovation", "创新性", 15),
    ("replication", "可复制推广性", 15),
    ("team", "团队与基础", 15),
    ("schedule", "可行性与进度", 10),
    ("budget", "预算", 5),
    ("ethics", "伦理与风险", 5),
]
MEDICAL = {
    "questions": [
        {"code": "has_workers", "label": "本单位是否有专职或兼职医务社工？", "type": "yes"},
        {"code": "similar", "label": "同一项目是否已经得到其他财政资金？", "type": "yes"},
    ],
    "conditions": [
        {
            "code": "unit_kind",
            "zh": "申报单位应当是医疗卫生机构或社会工作服务机构",
            "cel": "unit.kind in ['hospital', 'community_health', 'public_health', 'agency']",
        },
        {"code": "has_workers", "zh": "申报单位应当有医务社工", "cel": "answers.has_workers"},
        {"code": "no_double", "zh": "同一项目不得重复取得财政资助", "cel": "!answers.similar"},
    ],
}
DOCUMENTS = [
    {"type": "seal", "text": "单位盖章的申报书", "is_required": True},
    {"type": "proof", "text": "需求依据等佐证材料", "is_required": False},
]


def _criteria(rows: list[tuple[str, str, int]]) -> list[dict[str, Any]]:
    return [{"code": code, "name": name, "weight": weight} for code, name, weight in rows]


_PROJECT: dict[str, Any] = {
    "form": PROJECT_FORM,
    "criteria": _criteria(PROJECT_CRITERIA),
    "eligibility": MEDICAL,
    "required_documents": DOCUMENTS,
    "letters": LETTERS,
    "review_rules": REVIEW_RULES,
    "management_limit": 20,
    "is_funded": True,
}
_INCUBATION: dict[str, Any] = _PROJECT | {
    "form": {
        "sections": [
            _section(
                "basic",
                "基本信息",
                _column("title", hint="写机构名称和入驻意向"),
                _field("founded", "成立时间", "date"),
                _field("workers", "专职人员（人）", "integer"),
                _column("practice_areas", is_required=False),
                _column("starts_on"),
                _column("ends_on"),
            ),
            _section("leader", "负责人", table="leader", least=1),
            _section("fitness", "资质", _field("fitness", "登记、评估等级、业绩和人员资质")),
            _section("will", "意愿", _field("will", "入驻意愿和承诺")),
            _section("motive", "动机", _field("motive", "入驻动机和发展设想")),
            _section(
                "needs",
                "需求",
                _field("needs", "希望得到的支持"),
                _field(
                    "supports",
                    "支持类型",
                    "choices",
                    options=["政策解读", "能力提升", "骨干培养", "品牌建设", "资源链接"],
                ),
            ),
            _section("team", "团队", table="team", least=1),
        ]
    },
    "criteria": _criteria(
        [
            ("fitness", "资质", 25),
            ("will", "意愿", 25),
            ("motive", "动机", 25),
            ("need", "需求", 25),
        ]
    ),
    "eligibility": {
        "questions": [
            {"code": "registered", "label": "机构是否已经登记或正在登记？", "type": "yes"}
        ],
        "conditions": [
            {
                "code": "unit_kind",
                "zh": "入驻对象是社会工作服务机构",
                "cel": "unit.kind in ['agency', 'volunteer_body', 'association']",
            },
            {"code": "registered", "zh": "机构应当已经登记或正在登记", "cel": "answers.registered"},
        ],
    },
    "number_pattern": "RZ-{YYYY}-{SEQ3}",
    "management_limit": None,
    "is_funded": False,
    "review_rules": REVIEW_RULES | {"tie_order": ["need", "fitness"]},
}
_AWARD: dict[str, Any] = _PROJECT | {
    "form": {
        "sections": [
            _section(
                "basic",
                "基本信息",
                _column("title", hint="写被推荐的人或团队"),
                _column("track"),
                _field("years", "从事医务社工年限", "integer"),
            ),
            _section("leader", "被推荐人", table="leader", least=1),
            _section(
                "story",
                "事迹",
                _field("story", "主要事迹", longest=3000),
                _field("effect", "社会影响", is_required=False),
            ),
            _section("recommend", "推荐意见", _field("recommend", "推荐单位意见")),
        ]
    },
    "criteria": _criteria(
        [
            ("ethics", "职业操守", 30),
            ("service", "服务成效", 40),
            ("innovation", "专业创新", 15),
            ("influence", "社会影响", 15),
        ]
    ),
    "eligibility": {"questions": [], "conditions": []},
    "number_pattern": "ZMYWSG-{YYYY}-{SEQ3}",
    "management_limit": None,
    "is_funded": False,
    "review_rules": REVIEW_RULES | {"tie_order": ["service", "ethics"]},
}
_VENTURE: dict[str, Any] = _PROJECT | {"number_pattern": "FWCT-{YYYY}-{SEQ3}"}
TEMPLATES: Mapping[str, Mapping[str, Any]] = {
    CallKind.CULTIVATION: _PROJECT,
    CallKind.COMMISSIONED: _PROJECT,
    CallKind.INCUBATION: _INCUBATION,
    CallKind.AWARD: _AWARD,
    CallKind.VENTURE: _VENTURE,
    CallKind.OTHER: _PROJECT,
}


def template_of(kind: str) -> dict[str, Any]:
    """A fresh copy of what a call of this kind begins with."""
    return deepcopy(dict(TEMPLATES[kind]))
