"""The tables of the open data: what each counts, of whom, by which date, split by what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models.codes import CaseSource, NeedCategory
from cases.models.service_codes import ActivityKind
from departments.models.organizations import Code
from donations.models.giving import Donation, Fund
from reports.chapters import NAMES as CHAPTER_NAMES
from reports.services.figures import months_back

# A code and its name in Chinese; with one in English where the catalogue does not have it.
Named = list[tuple[str, ...]]
NO_THEME, GROUP_SESSION = "none", "group_session"
MONTH = "month"


@dataclass(frozen=True)
class Dim:
    """What a table is split by; `codes` gives every value there may be, so that no absent row says nought."""

    name: str
    label: str | Promise
    codes: Callable[[date], Named]


@dataclass(frozen=True)
class Spec:
    """One table. `is_personal`: its counts are of people's affairs and are controlled; `adds_up`: it has totals,
    and its quarters make a year."""

    code: str
    name: str | Promise
    words: str | Promise
    population: str | Promise
    counts: str | Promise
    dims: tuple[Dim, ...]
    value: str | Promise = ""
    step: int = 1
    is_personal: bool = True
    adds_up: bool = True

    @property
    def year_dims(self) -> tuple[Dim, ...]:
        return tuple(dim for dim in self.dims if dim.name != MONTH)

    @property
    def months_at(self) -> int | None:
        names = [dim.name for dim in self.dims]
        return names.index(MONTH) if MONTH in names else None


def _fixed(names: Mapping[str, str | Promise]) -> Callable[[date], Named]:
    return lambda _first: [(code, str(name)) for code, name in names.items()]


def _months(first: date) -> Named:
    third = date(first.year, first.month + 2, 1)
    return [(f"{one:%Y-%m}", f"{one:%Y-%m}") for one in months_back(third, 3)]


def _themes(_first: date) -> Named:
    rows = Code.objects.filter(scheme="disease_theme").order_by("rank", "code")
    return [*rows.values_list("code", "zh", "en"), (NO_THEME, str(_("未标注")))]


def _kinds_of_work(_first: date) -> Named:
    return [(GROUP_SESSION, str(_("小组活动"))), *_fixed(dict(ActivityKind.choices))(_first)]


MONTHS = Dim(MONTH, _("月份"), _months)
SOURCE = Dim("source", _("个案来源"), _fixed(dict(CaseSource.choices)))
CHAPTER = Dim("chapter", _("疾病类别（ICD-10 章）"), _fixed(CHAPTER_NAMES))
OF_CASES = _("参加公开统计的医院；最高保密级个案不计入")
OF_AID = _("参加公开统计的医院为患者提交的申请；最高保密级个案不计入")

TABLES: dict[str, Spec] = {
    spec.code: spec
    for spec in (
        Spec(
            "cases_opened",
            _("新开个案，按来源"),
            _("已分派的个案数，按分派日；作废的不计"),
            OF_CASES,
            _("个案（件）"),
            (SOURCE,),
        ),
        Spec(
            "cases_closed",
            _("结案，按来源"),
            _("督导签核结案的个案数，按结案日；不接案、转介、作废不计"),
            OF_CASES,
            _("个案（件）"),
            (SOURCE,),
        ),
        Spec(
            "needs",
            _("识别的需求，按类别"),
            _("登记的需求数，按登记日；一件个案可有多项"),
            OF_CASES,
            _("需求（项）"),
            (Dim("category", _("需求类别"), _fixed(dict(NeedCategory.choices))),),
        ),
        Spec(
            "aid_asked",
            _("申请救助，按月份和疾病类别"),
            _("提交的申请数与申请金额，按提交日"),
            OF_AID,
            _("申请（笔）"),
            (MONTHS, CHAPTER),
            _("申请金额（元）"),
            100,
        ),
        Spec(
            "aid_approved",
            _("批准救助，按月份和疾病类别"),
            _("批准的申请数与批准金额，按批准日；复核后提高的部分计在提高当月的金额里"),
            OF_AID,
            _("批准（笔）"),
            (MONTHS, CHAPTER),
            _("批准金额（元）"),
            100,
        ),
        Spec(
            "aid_paid",
            _("拨付救助，按月份和疾病类别"),
            _("放款的笔数与金额，按放款日；退汇的不计，到账后退款的仍计"),
            OF_AID,
            _("拨付（笔）"),
            (MONTHS, CHAPTER),
            _("拨付金额（元）"),
            100,
        ),
        Spec(
            "groups",
            _("小组与活动的人次，按种类"),
            _("已举行的小组节次与活动的参加人次，按举行日；同一人参加几次计几次"),
            _("参加公开统计的医院"),
            _("人次"),
            (Dim("kind", _("种类"), _kinds_of_work),),
            _("场次"),
        ),
        Spec(
            "volunteer_hours",
            _("志愿服务，按月份"),
            _("已确认的服务时长，按签到日；人月：每名志愿者每月计一次"),
            _("参加公开统计的机构"),
            _("人月"),
            (MONTHS,),
            _("服务时长（小时）"),
        ),
        Spec(
            "projects",
            _("在做的培育项目，按病种主题"),
            _("本期内在做的项目数；一个项目可有几个主题，因此不相加"),
            _("参加公开统计的机构所做的项目；项目名单本已公开，不作隐藏"),
            _("项目（个）"),
            (Dim("theme", _("病种主题"), _themes),),
            is_personal=False,
            adds_up=False,
        ),
        Spec(
            "donations",
            _("到账捐赠，按财产种类"),
            _("到账的捐赠笔数与金额，按到账日；退回和不予接受的不计"),
            _("参加公开统计的慈善组织"),
            _("捐赠（笔）"),
            (Dim("kind", _("捐赠财产"), _fixed(dict(Donation.Kind.choices))),),
            _("到账金额（元）"),
            100,
        ),
        Spec(
            "funds",
            _("基金与余额，按类型"),
            _("运行中的基金数，以及期末账上可用与已承诺的余额"),
            _("参加公开统计的慈善组织；基金本已公开，不作隐藏"),
            _("基金（个）"),
            (Dim("kind", _("基金类型"), _fixed(dict(Fund.Kind.choices))),),
            _("余额（元）"),
            is_personal=False,
            adds_up=False,
        ),
    )
}


def dims_of(spec: Spec, first: date, *, is_year: bool = False) -> list[dict]:
    """The dimensions as a release keeps them: name, label and every code with its name, in Chinese."""
    dims: Sequence[Dim] = spec.year_dims if is_year else spec.dims
    return [
        {
            "name": dim.name,
            "label": str(dim.label),
            "codes": [list(pair) for pair in dim.codes(first)],
        }
        for dim in dims
    ]
