"""Weighted score sheets: shipped as data, changed by the house as a draft, frozen once published.

A sheet is a questionnaire of kind `score_sheet`: one number item for each criterion, whose `most` is its weight;
the weights sum to 100, so that the total is out of 100. The first two are those of the design (review of
applications; evaluation tree in the manner of MZ/T 059, with its grade bands); a house changes its copy.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Questionnaire
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.questionnaire.checking import faults
from projects.permissions.experts import can_run_review_of, can_run_reviews

WHOLE = Decimal(100)
MOST_CRITERIA = 40
BANDS = (
    ("unqualified", "不合格", "0", "59.9"),
    ("qualified", "合格", "60", "79.9"),
    ("good", "良好", "80", "89.9"),
    ("excellent", "优秀", "90", "100"),
)
# code -> (title, [(code, name, weight, section, help)], order of ties)
SHIPPED: Mapping[str, tuple[str, tuple[tuple[str, str, int, str, str], ...], tuple[str, ...]]] = {
    "application": (
        "申报项目评分表",
        (
            ("need", "需求与必要性", 15, "", "需求有数据和文献支持，服务对象明确"),
            ("design", "目标与设计", 20, "", "目标可测量，内容与方法对应需求"),
            ("innovation", "创新性", 15, "", "有创新"),
            ("spread", "可复制推广性", 15, "", "可复制、能推广"),
            ("team", "团队与基础", 15, "", "团队结构、资质和已有工作"),
            ("feasible", "可行性与进度", 10, "", "进度合理，条件具备"),
            ("budget", "预算", 5, "", "合理、与内容对应"),
            ("ethics", "伦理与风险", 5, "", "隐私、知情同意和风险预案"),
        ),
        ("innovation", "need"),
    ),
    "incubation": (
        "孵化入驻评分表",
        (
            ("standing", "资质", 25, "", "登记、证照与内部治理"),
            ("will", "意愿", 25, "", "投入的人员和时间"),
            ("motive", "动机", 25, "", "入驻目标与使命"),
            ("need", "需求", 25, "", "对孵化支持的需要"),
        ),
        ("need", "will"),
    ),
    "evaluation": (
        "项目绩效评价表",
        (
            ("plan", "方案合理", 8, "项目方案", "需求调研、目标和方案"),
            ("plan_fit", "过程调整", 5, "项目方案", "按实际调整并有记录"),
            ("rules", "制度与档案", 10, "项目管理", "制度健全，档案完整"),
            ("people", "人员与督导", 12, "项目管理", "人员到位，督导规范"),
            ("output", "指标完成", 15, "项目实施", "服务量与目标相比"),
            ("craft", "专业性", 12, "项目实施", "方法与伦理"),
            ("change", "服务对象改变", 13, "项目成效", "前后测和访谈"),
            ("content", "满意度", 8, "项目成效", "服务对象与合作方"),
            ("impact", "社会影响", 7, "项目成效", "宣传、推广、政策"),
            ("money", "财务合规", 10, "财务合规", "专款专用、凭证齐全"),
        ),
        ("change", "output"),
    ),
}


def shipped_rows(template: str) -> list[dict[str, Any]]:
    """The criteria of a shipped sheet as rows of the editor."""
    return [
        {"code": code, "name": name, "weight": str(weight), "section": section, "help": note}
        for code, name, weight, section, note in SHIPPED[template][1]
    ]


def rows_of(sheet: Questionnaire) -> list[dict[str, Any]]:
    """The criteria of a stored sheet as rows of the editor."""
    return [
        {
            "code": item["code"],
            "name": item["zh"],
            "weight": str(item["most"]),
            "section": item.get("section", ""),
            "help": item.get("help", ""),
        }
        for item in sheet.definition.get("items", ())
    ]


def definition_of(
    *,
    code: str,
    version: str,
    title: str,
    rows: Iterable[Mapping[str, Any]],
    bands: Iterable[tuple],
) -> dict[str, Any]:
    """The questionnaire's definition of these criteria."""
    items = [
        {
            "code": row["code"],
            "zh": row["name"],
            "type": "number",
            "is_scored": True,
            "is_required": True,
            "least": "0",
            "most": str(row["weight"]),
            "decimals": 1,
            "unit": "分",
            **({"section": row["section"]} if row.get("section") else {}),
            **({"help": row["help"]} if row.get("help") else {}),
        }
        for row in rows
    ]
    return {
        "code": code,
        "version": version,
        "zh": title,
        "en": "",
        "licence_class": "A",
        "licence": "自编",
        "citation": "本单位自编评分表",
        "recall": "",
        "note": "每项按满分给分，可有一位小数；各项相加为总分。",
        "options": {},
        "items": items,
        "scoring": {"method": "sum", "decimals": 1},
        "bands": [{"code": a, "zh": b, "least": c, "most": d} for a, b, c, d in bands],
        "alerts": [],
        "kind": "score_sheet",
    }


def _checked(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with a name, each with its weight as a number and a code of its own.

    Raises:
        DomainError: `score_sheet.*` on `rows`.
    """
    kept: list[dict[str, Any]] = []
    for row in rows:
        name = str(row.get("name", "")).strip()
        if not name:
            continue
        try:
            weight = Decimal(str(row.get("weight", "")).strip())
        except InvalidOperation:
            weight = Decimal(-1)
        if not weight.is_finite() or weight <= 0 or weight > WHOLE or weight != round(weight, 1):
            raise DomainError(
                "score_sheet.weight",
                _("“%(name)s”的分值请填大于 0、不超过 100 的数，最多一位小数。") % {"name": name},
                "rows",
            )
        code = str(row.get("code") or "").strip() or f"c{len(kept) + 1}"
        kept.append(
            {
                "code": code if code not in {one["code"] for one in kept} else f"c{len(kept) + 1}x",
                "name": name[:60],
                "weight": f"{weight.normalize():f}",
                "section": str(row.get("section", "")).strip()[:40],
                "help": str(row.get("help", "")).strip()[:200],
            }
        )
    if not kept:
        raise DomainError("score_sheet.empty", _("请至少写一项评分标准。"), "rows")
    if len(kept) > MOST_CRITERIA:
        raise DomainError(
            "score_sheet.too_many",
            _("评分标准最多 %(n)d 项。") % {"n": MOST_CRITERIA},
            "rows",
        )
    return kept


def weights_check(rows: Iterable[Mapping[str, Any]]) -> None:
    """The weights of a sheet sum to 100.

    Raises:
        DomainError: `score_sheet.not_hundred` on `rows`, saying the sum.
    """
    total = sum((Decimal(str(row["weight"])) for row in rows), Decimal(0))
    if total != WHOLE:
        raise DomainError(
            "score_sheet.not_hundred",
            _("各项分值合计须为 100，现在是 %(total)s。") % {"total": f"{total.normalize():f}"},
            "rows",
        )


@command
def score_sheet_make(*, template: str, title: str = "", by: User) -> Questionnaire:
    """A draft of the house's own from a shipped sheet, as the next version of it.

    Raises:
        DomainError: `score_sheet.template` on `template`.
    """
    require(can_run_reviews, by, None)
    if template not in SHIPPED:
        raise DomainError("score_sheet.template", _("请从列表中选择。"), "template")
    name, _rows, _ties = SHIPPED[template]
    code = f"sheet_{template}"
    known = Questionnaire.objects.filter(organization_id=by.house_id, code=code).count()
    version = str(known + 1)
    title = title.strip() or name
    sheet = Questionnaire(
        organization_id=by.house_id,
        code=code,
        version=version,
        kind=Questionnaire.Kind.SCORE_SHEET,
        title=title,
        licence_class="A",
        citation="本单位自编评分表",
        definition=definition_of(
            code=code, version=version, title=title, rows=shipped_rows(template), bands=BANDS
        ),
        created_by=by,
    )
    sheet.save(force_insert=True)
    audit.record("score_sheet.make", by=by, on=sheet, template=template)
    return sheet


@command
def score_sheet_amend(
    *,
    sheet: Questionnaire,
    title: str,
    rows: list[Mapping[str, Any]],
    base: int | None = None,
    by: User,
) -> Questionnaire:
    """Rewrite a draft; the sum is checked when it is published, so that work in between can be saved.

    Raises:
        DomainError: `score_sheet.*` on `rows` or `title`, `score_sheet.is_published` (409), `form.stale`.
    """
    held = _draft(sheet, by)
    check_base(base, held.row_version)
    if not title.strip():
        raise DomainError("score_sheet.needs_title", _("请填写标题。"), "title")
    kept = _checked(rows)
    held.title = title.strip()
    held.definition = definition_of(
        code=held.code, version=held.version, title=held.title, rows=kept, bands=BANDS
    )
    held.save(update_fields=["title", "definition"])
    audit.record("score_sheet.amend", by=by, on=held, criteria=len(kept))
    return held


@command
def score_sheet_publish(*, sheet: Questionnaire, by: User) -> Questionnaire:
    """Freeze a sheet whose weights sum to 100; from now on calls use it.

    Raises:
        DomainError: `score_sheet.not_hundred` on `rows`, `score_sheet.is_published` (409).
    """
    held = _draft(sheet, by)
    weights_check(rows_of(held))
    wrong = faults(held.definition)
    if wrong:
        raise DomainError("score_sheet.wrong", str(wrong[0]), "rows")
    held.published_at = timezone.now()
    held.save(update_fields=["published_at"])
    audit.record("score_sheet.publish", by=by, on=held)
    return held


def _draft(sheet: Questionnaire, by: User) -> Questionnaire:
    require(can_run_review_of, by, sheet)
    held = Questionnaire.objects.locked().get(
        pk=sheet.pk, kind=Questionnaire.Kind.SCORE_SHEET, organization_id=by.house_id
    )
    if held.published_at is not None:
        raise DomainError(
            "score_sheet.is_published",
            _("这份评分表已经发布，不能再改；请另建一份。"),
            status=409,
        )
    return held
