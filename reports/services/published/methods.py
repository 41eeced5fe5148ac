"""How the rows of the portal give a number that was published: methods as data, each told what it is about.

A published figure names a method and, parted by `|`, what to take (a call's title, a committee, a
region's code). Every method reads inside the house's scope, so that a house computes from its own rows.
The figures of the census (B2 to B8, X1, X2, X4, X5) are those of departments.services.census.figures.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models.census import CensusLine, PublishedFigure
from departments.services.census.figures import FIGURES, compute
from donations.models.campaigns import PlatformSnapshot
from donations.models.giving import Donation
from donations.models.goods import GoodsLot
from donations.workflow import DonationState
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.cultivation import Project, ProjectIndicator
from projects.models.experts import Appointment
from projects.models.registers import RegisterParty
from projects.models.surveys import SampleUnit, SurveyResponse
from reports.indicators.library import INDICATORS
from reports.services.freezing import House
from reports.services.indicators import Span, indicators_read

Value = Fraction | None
END_OF_YEAR = (12, 31)
GONE = (DonationState.RETURNED, DonationState.REFUSED)


@dataclass(frozen=True)
class Method:
    """One way to count: `parts` name what the subject says, in order; `rows` is the address of the rows."""

    code: str
    name: str | Promise
    words: str | Promise
    unit: str | Promise
    compute: Callable[[PublishedFigure, list[str]], Value]
    parts: tuple[str | Promise, ...] = ()
    rows: str = ""
    places: int = 0
    least: int = 1


def _census(row: PublishedFigure, parts: list[str]) -> Value:
    """A figure of the census of the row's year; with `baseline`, its number of the baseline year."""
    lines = CensusLine.objects.filter(organization_id=row.organization_id)
    code = parts[0] if parts else row.code
    found = next((one for one in compute(lines, year=row.year) if one.figure.code == code), None)
    if found is None:
        return None
    return found.inputs[1] if len(parts) > 1 and len(found.inputs) > 1 else found.value


def _applications(row: PublishedFigure, title: str):
    return Application.objects.filter(
        counterparty_id=row.organization_id, call__title=title, call__year=row.year
    )


def _selected(row: PublishedFigure, parts: list[str]) -> Value:
    found = _applications(row, parts[0])
    return Fraction(found.filter(selected=True).count()) if found.exists() else None


def _provinces(row: PublishedFigure, parts: list[str]) -> Value:
    codes = _applications(row, parts[0]).filter(
        submitted_at__isnull=False, region_code__isnull=False
    )
    provinces = {code // 10000 for code in codes.values_list("region_code", flat=True)}
    return Fraction(len(provinces)) if provinces else None


def _batch(row: PublishedFigure, parts: list[str]) -> Value:
    call = Call.objects.filter(
        organization_id=row.organization_id, title=parts[0], year=row.year
    ).first()
    return None if call is None or call.batch is None else Fraction(call.batch)


def _projects(row: PublishedFigure, parts: list[str]) -> Value:
    kinds = [one.strip() for one in parts[0].split(",")]
    found = Project.objects.filter(counterparty_id=row.organization_id, kind__in=kinds)
    return Fraction(found.count()) or None


def _units(row: PublishedFigure, parts: list[str]) -> Value:
    found = Project.objects.filter(counterparty_id=row.organization_id, kind=parts[0])
    return Fraction(found.values("organization_id").distinct().count()) or None


def _baseline(row: PublishedFigure, parts: list[str]) -> Value:
    found = ProjectIndicator.objects.filter(
        project__counterparty_id=row.organization_id, project__title=parts[0], name=parts[1]
    ).first()
    return None if found is None or found.baseline is None else Fraction(found.baseline)


def _appointed(row: PublishedFigure, parts: list[str]) -> Value:
    day = row.as_of or dt.date(row.year, *END_OF_YEAR)
    found = Appointment.objects.filter(
        organization_id=row.organization_id, body=parts[0], valid__contains=day
    )
    found = found.filter(voided_at__isnull=True)
    return Fraction(found.values("expert_id").distinct().count()) or None


def _parties(row: PublishedFigure, parts: list[str]) -> Value:
    found = RegisterParty.objects.filter(
        organization_id=row.organization_id, entry__title=parts[0], role=parts[1]
    )
    if len(parts) > 2:
        found = found.filter(source=parts[2])
    return Fraction(found.count()) or None


def _sampled(row: PublishedFigure, parts: list[str]) -> Value:
    found = SampleUnit.objects.filter(
        organization_id=row.organization_id,
        survey__title=parts[0],
        group__letter=parts[1],
        voided_at__isnull=True,
    )
    return Fraction(found.count()) or None


def _sheets(row: PublishedFigure, parts: list[str]) -> Value:
    found = SurveyResponse.objects.filter(
        organization_id=row.organization_id, survey__title=parts[0], voided_at__isnull=True
    )
    return Fraction(found.count()) or None


def _gifts(row: PublishedFigure, parts: list[str]) -> Value:
    found = Donation.objects.filter(
        organization_id=row.organization_id, region_id=int(parts[0]), received_on__isnull=False
    )
    if row.as_of is not None:
        found = found.filter(received_on__lte=row.as_of)
    total = found.exclude(state__in=GONE).aggregate(sum=Sum("amount"))["sum"]
    return None if total is None else Fraction(total)


def _goods(row: PublishedFigure, parts: list[str]) -> Value:
    found = GoodsLot.objects.filter(organization_id=row.organization_id, item=parts[0])
    total = found.aggregate(sum=Sum("quantity"))["sum"]
    return None if total is None else Fraction(total)


def _platform(row: PublishedFigure, parts: list[str]) -> PlatformSnapshot | None:
    found = PlatformSnapshot.objects.filter(
        organization_id=row.organization_id, platform=parts[0], scope=parts[1]
    )
    return found.order_by("-as_of", "-id").first()


def _platform_projects(row: PublishedFigure, parts: list[str]) -> Value:
    found = _platform(row, parts)
    return None if found is None else Fraction(found.project_count)


def _platform_amount(row: PublishedFigure, parts: list[str]) -> Value:
    found = _platform(row, parts)
    return None if found is None else Fraction(found.amount)


def _platform_mean(row: PublishedFigure, parts: list[str]) -> Value:
    found = _platform(row, parts)
    return None if found is None else Fraction(found.amount) / found.project_count


def _indicator(row: PublishedFigure, parts: list[str]) -> Value:
    """An indicator of the library over the house's own rows, from a day to the day of the figure."""
    one, house = INDICATORS.get(parts[0]), row.organization
    if one is None or house.kind not in one.fact.houses:
        return None
    try:
        first = dt.date.fromisoformat(parts[1])
    except ValueError:
        return None
    (cell,) = indicators_read(
        codes=[one.code],
        span=Span(first, row.as_of or dt.date(row.year, *END_OF_YEAR)),
        by=House(house.pk, house.kind, house.region_id),
    )[one.code]
    return Fraction(cell.value) if cell.value else None


CALL, SURVEY, YUAN = _("征集名称"), _("调研名称"), _("元")
METHODS: Mapping[str, Method] = {
    one.code: one
    for one in (
        Method("census", _("年报数字"), _("冻结的年报逐行算出；写“baseline”取基线年的数"), "", _census, (_("年报指标代码"), _("baseline 或不写")), "departments:census_figures", 2, 0),
        Method("call_selected", _("入选项目数"), _("该批次申报中标记为入选的行数"), _("项"), _selected, (CALL,), "calls:list"),
        Method("call_batch", _("批次"), _("该征集登记的批次"), _("批"), _batch, (CALL,), "calls:list"),
        Method("call_provinces", _("参与的省级地区数"), _("已提交申报的单位所在省级地区，去重计数"), _("个"), _provinces, (CALL,), "calls:list"),
        Method("projects", _("项目数"), _("本单位立项的项目，按种类计数"), _("项"), _projects, (_("种类，多个用英文逗号"),), "projects:list"),
        Method("project_units", _("承担单位数"), _("承担该种类项目的单位，去重计数"), _("家"), _units, (_("种类"),), "projects:list"),
        Method("project_baseline", _("项目指标的基线"), _("项目登记的指标基线值"), "", _baseline, (_("项目名称"), _("指标")), "projects:list", 0, 2),
        Method("appointments", _("聘任的专家数"), _("当日在聘期内的专家，去重计数"), _("人"), _appointed, (_("委员会"),), "experts:list"),
        Method("register_parties", _("登记的单位数"), _("登记条目下该身份的行数，可限定来源"), _("家"), _parties, (_("条目名称"), _("身份"), _("来源（可不写）")), "registers:registers", 0, 2),
        Method("survey_units", _("样本数"), _("该类样本登记的行数，作废的不计"), _("个"), _sampled, (SURVEY, _("样本类")), "surveys:list", 0, 2),
        Method("survey_sheets", _("问卷数"), _("收回的问卷行数，作废的不计"), _("份"), _sheets, (SURVEY,), "surveys:list"),
        Method("region_gifts", _("用于一地的捐赠"), _("标明用于该地区、已到账的捐赠金额相加，退回和未接受的不计"), YUAN, _gifts, (_("地区代码"),), "donations:donations", 2),
        Method("goods", _("收到的物资"), _("该品名各批入库数量相加"), _("件"), _goods, (_("品名"),), "goods:stock"),
        Method("platform_projects", _("平台项目数"), _("最近一次平台快照的项目数"), _("项"), _platform_projects, (_("平台"), _("口径")), "donations:snapshots", 0, 2),
        Method("platform_amount", _("平台募款金额"), _("最近一次平台快照的金额"), YUAN, _platform_amount, (_("平台"), _("口径")), "donations:snapshots", 2, 2),
        Method("indicator", _("指标库的指标"), _("按指标库的算法，从起始日期累计到截至日期"), "", _indicator, (_("指标代码"), _("起始日期，如 2016-03-01")), "reports:indicators", 2, 2),
        Method("platform_mean", _("平台每个项目平均"), _("最近一次平台快照的金额 ÷ 项目数"), YUAN, _platform_mean, (_("平台"), _("口径")), "donations:snapshots", 0, 2),
    )
}  # fmt: skip


def method_of(row: PublishedFigure) -> Method | None:
    """How the row is computed; the census for a code of the census that names no method."""
    if not row.method and row.code in FIGURES:
        return METHODS["census"]
    return METHODS.get(row.method)


def value_of(row: PublishedFigure) -> Value:
    """What the rows of the figure's house give, inside its scope; None where there is nothing to count."""
    method = method_of(row)
    if method is None:
        return None
    parts = [one.strip() for one in row.subject.split("|")] if row.subject else []
    return method.compute(row, parts) if len(parts) >= method.least else None
