"""What the census counts: which lines stand behind a number, and how they add up. Nothing here knows a result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models.census import TERTIARY, CensusCategory, CensusKind, CensusLine
from departments.workflow import CensusState

CERTIFIED = Coalesce(F("junior"), 0) + Coalesce(F("middle"), 0) + Coalesce(F("senior"), 0)
ACTIVE = Q(is_active=True)
IN_TERTIARY = ACTIVE & Q(grade__in=TERTIARY)


@dataclass(frozen=True)
class Measure:
    """Lines of a kind that are counted (`adds` empty), or whose column is added up."""

    name: str
    kind: str
    label: str | Promise
    population: str | Promise
    unit: str | Promise
    rows: Q
    adds: str = ""


MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        Measure(
            "institutions",
            CensusKind.INSTITUTION,
            _("开展医务社工的机构"),
            _("截止日开展医务社工、计入统计的医疗机构"),
            _("家"),
            ACTIVE,
        ),
        Measure(
            "tertiary",
            CensusKind.INSTITUTION,
            _("其中三级医院"),
            _("截止日开展医务社工、等级为三级（甲、乙、丙、未定等）的医疗机构"),
            _("家"),
            IN_TERTIARY,
        ),
        Measure(
            "workers",
            CensusKind.INSTITUTION,
            _("医务社工"),
            _("截止日在岗的医务社工，所在机构计入统计"),
            _("人"),
            ACTIVE & Q(workers__gt=0),
            adds="workers",
        ),
        Measure(
            "tertiary_workers",
            CensusKind.INSTITUTION,
            _("其中三级医院的医务社工"),
            _("截止日在岗的医务社工，所在机构为三级"),
            _("人"),
            IN_TERTIARY & Q(workers__gt=0),
            adds="workers",
        ),
        Measure(
            "certified",
            CensusKind.CERTIFIED,
            _("持证社工"),
            _("截止日持有社会工作者职业水平证书（助理、社会工作师、高级）的人"),
            _("人"),
            Q(),
            adds="certified",
        ),
        Measure(
            "agencies",
            CensusKind.AGENCY,
            _("社会工作服务机构"),
            _("截止日登记在册的社会工作服务机构"),
            _("家"),
            Q(category=CensusCategory.AGENCY),
        ),
        Measure(
            "stations",
            CensusKind.STATION,
            _("乡镇（街道）社工站"),
            _("截止日运行的乡镇（街道）社工站"),
            _("个"),
            Q(category=CensusCategory.STATION),
        ),
        Measure(
            "centres",
            CensusKind.STATION,
            _("县级社会工作指导中心"),
            _("截止日运行的县级社会工作指导中心"),
            _("个"),
            Q(category=CensusCategory.CENTRE),
        ),
        Measure(
            "base_area",
            CensusKind.BASE,
            _("孵化培育基地面积"),
            _("截止日使用中的孵化培育基地"),
            _("平方米"),
            Q(),
            adds="area",
        ),
    )
}


def counted(lines: QuerySet[CensusLine]) -> QuerySet[CensusLine]:
    """Of these lines those that figures count: frozen, meant to be counted, each institution once a year.

    A house's own line about itself goes before what an authority reported of it; of several others
    the first that was written.
    """
    twins = CensusLine.objects.filter(
        census__state=CensusState.FROZEN,
        census__kind=OuterRef("census__kind"),
        census__year=OuterRef("census__year"),
        institution_id=OuterRef("institution_id"),
        is_counted=True,
    ).exclude(pk=OuterRef("pk"))
    by_itself = Q(organization_id=F("institution_id"))
    earlier = twins.filter(by_itself | Q(pk__lt=OuterRef("pk")))
    return lines.filter(census__state=CensusState.FROZEN, is_counted=True).filter(
        Q(institution__isnull=True) | by_itself | ~Exists(earlier)
    )


def rows_of(measure: Measure, lines: QuerySet[CensusLine], year: int) -> QuerySet[CensusLine]:
    """The lines behind one number."""
    return counted(lines).filter(measure.rows, census__kind=measure.kind, census__year=year)


Numbers = Mapping[tuple[str, int], Fraction]


def numbers(lines: QuerySet[CensusLine], years: Iterable[int]) -> Numbers:
    """Every measure of the years that have a frozen return of its kind, by (measure, year); one statement."""
    asked = counted(lines).filter(census__year__in=sorted(set(years)))
    grouped = asked.values("census__kind", "census__year").annotate(
        **{f"sum_{name}": added(measure) for name, measure in MEASURES.items()}
    )
    found: dict[tuple[str, int], Fraction] = {}
    for row in grouped.order_by("census__kind", "census__year"):
        for name, measure in MEASURES.items():
            if measure.kind == row["census__kind"]:
                found[name, row["census__year"]] = Fraction(row[f"sum_{name}"] or 0)
    return found


def added(measure: Measure):
    """The aggregate of a measure over lines of its kind."""
    if not measure.adds:
        return Count("pk", filter=measure.rows)
    column = F(measure.adds) if measure.adds != "certified" else CERTIFIED
    value = ExpressionWrapper(column, output_field=DecimalField(max_digits=14, decimal_places=1))
    return Sum(value, filter=measure.rows, default=Decimal(0))


def years_of(lines: QuerySet[CensusLine]) -> list[int]:
    """The years with a frozen return, the newest first."""
    frozen = lines.filter(census__state=CensusState.FROZEN).order_by()
    return sorted(set(frozen.values_list("census__year", flat=True).distinct()), reverse=True)


def cut_off(lines: QuerySet[CensusLine], kind: str, year: int):
    """(returns, cut-off day) behind the figures of a kind and year."""
    rows = counted(lines).filter(census__kind=kind, census__year=year)
    return rows.aggregate(returns=Count("census", distinct=True), as_of=Min("census__as_of"))
