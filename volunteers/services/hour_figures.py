"""The figures of volunteering (domain §7.2), each with its formula, its population and the rows behind it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models.people import Episode
from departments.models.mechanisms import Transition
from departments.models.people import User
from msw_portal.kernel.scope import CARE_ROLES
from volunteers.models.codes import RecordKind
from volunteers.models.people import Volunteer, VolunteerRecord
from volunteers.models.service import Certificate, ServiceRecord
from volunteers.services.records import COUNTED
from volunteers.workflow import VOLUNTEER, VolunteerState

ON_THE_ROLL = (VolunteerState.ACTIVE, VolunteerState.PAUSED)
GONE = (VolunteerState.LEFT, VolunteerState.BLACKLISTED)
NONE = "—"


@dataclass(frozen=True)
class Figure:
    """One figure: how it is made, of whom, and where its rows are (a key the page makes an address of)."""

    label: str | Promise
    value: str
    unit: str | Promise
    formula: str | Promise
    rows: str = ""


@dataclass(frozen=True)
class Year:
    """A calendar year up to today, in local days."""

    number: int
    today: dt.date

    @property
    def first(self) -> dt.date:
        return dt.date(self.number, 1, 1)

    @property
    def last(self) -> dt.date:
        return min(dt.date(self.number, 12, 31), self.today)

    def rolling(self, years: int = 0) -> tuple[dt.datetime, dt.datetime]:
        """The twelve months to the end of the last day, `years` earlier; the second instant is not within."""
        end = self.last + dt.timedelta(days=1)
        first, after = (
            timezone.make_aware(dt.datetime.combine(_earlier(end, years + more), dt.time.min))
            for more in (1, 0)
        )
        return first, after

    def span(self, years: int = 0) -> tuple[dt.datetime, dt.datetime]:
        """First and last instant of the year, `years` earlier; an earlier year is whole."""
        first = dt.date(self.number - years, 1, 1)
        last = self.last if not years else dt.date(self.number - years, 12, 31)
        return (
            timezone.make_aware(dt.datetime.combine(first, dt.time.min)),
            timezone.make_aware(dt.datetime.combine(last, dt.time.max)),
        )


def hour_figures(user: User, number: int) -> Sequence[Figure]:
    """The figures of a year, of the volunteers that the person may see; a constant number of statements."""
    year = Year(number, timezone.localdate())
    counted = ServiceRecord.objects.visible_to(user).filter(COUNTED)
    served = counted.filter(checked_in__range=year.span())
    sums = served.aggregate(
        times=Count("pk"),
        hours=Sum("hours"),
        persons=Sum("persons"),
        people=Count("volunteer", distinct=True),
    )
    volunteers = Volunteer.objects.visible_to(user)
    roll = volunteers.filter(state__in=ON_THE_ROLL)
    registered = roll.count()
    return [
        Figure(
            _("在册志愿者"),
            str(registered),
            _("人"),
            _("状态为在册或暂停的志愿者，截至今天"),
            "volunteers",
        ),
        _active(counted, year),
        Figure(
            _("服务人次"), str(sums["times"]), _("人次"), _("本年已确认的服务记录条数"), "hours"
        ),
        Figure(
            _("参与服务的志愿者"),
            str(sums["people"]),
            _("人"),
            _("本年有已确认记录的志愿者，去重"),
            "hours",
        ),
        Figure(
            _("服务总时长"),
            f"{sums['hours'] or 0:g}",
            _("小时"),
            _("本年已确认记录的时长之和；每次 =（签退 − 签到 − 休息），按半小时向下取整"),
            "hours",
        ),
        Figure(
            _("服务对象人次"),
            str(sums["persons"] or 0),
            _("人次"),
            _("本年已确认记录里填的服务人数之和，跨次不去重"),
            "hours",
        ),
        _per_bed_day(user, sums["hours"], year),
        _retention(counted, year),
        _turnover(user, volunteers, year),
        _training(user, roll, registered, year.today),
        Figure(
            _("出具证明"),
            str(_proofs(user, year)),
            _("份"),
            _("本年出具且未作废的证明"),
            "certificates",
        ),
    ]


def _share(part: int | Decimal, whole: int | Decimal | None) -> str:
    """Percent with one decimal, half up; — of nothing."""
    if not whole:
        return NONE
    share = Decimal(part) * 100 / Decimal(whole)
    return f"{share.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def _earlier(day: dt.date, years: int) -> dt.date:
    """The same day years before; of 29 February the 28th, as PostgreSQL has it."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _within(rows: Any, span: tuple[dt.datetime, dt.datetime]) -> Any:
    return rows.filter(checked_in__gte=span[0], checked_in__lt=span[1])


def _active(counted: Any, year: Year) -> Figure:
    found = _within(counted, year.rolling()).aggregate(n=Count("volunteer", distinct=True))["n"]
    return Figure(
        _("活跃志愿者"),
        str(found),
        _("人"),
        _("近 12 个月至少有一条已确认记录的志愿者，去重"),
        "hours",
    )


def _retention(counted: Any, year: Year) -> Figure:
    before, now = (
        set(_within(counted, year.rolling(years)).values_list("volunteer", flat=True))
        for years in (1, 0)
    )
    return Figure(
        _("留存率"),
        _share(len(before & now), len(before)),
        "",
        _("近 12 个月和再前 12 个月都有已确认记录的志愿者 ÷ 再前 12 个月有的"),
    )


def _turnover(user: User, volunteers: Any, year: Year) -> Figure:
    """By what each was at the end of the year: who came back is not gone, who is blacklisted later is not gone twice."""
    moves = Transition.objects.visible_to(user).filter(
        workflow=VOLUNTEER.name, subject_id=OuterRef("pk"), at__lte=year.span()[1]
    )
    last = moves.order_by("-at", "-pk").values("to_state")[:1]
    left = moves.filter(to_state__in=GONE, at__gte=year.span()[0]).exclude(from_state__in=GONE)
    found = (
        volunteers.filter(created_at__lte=year.span()[1])
        .annotate(then=Coalesce(Subquery(last), F("state")), has_left=Exists(left))
        .aggregate(
            roll=Count("pk", filter=Q(then__in=ON_THE_ROLL)),
            gone=Count("pk", filter=Q(then__in=GONE, has_left=True)),
        )
    )
    return Figure(
        _("流失率"),
        _share(found["gone"], found["roll"] + found["gone"]),
        "",
        _("本年退出或拉黑、年末（今年到今天）没有回来的 ÷（那时在册与暂停的 + 本年退出或拉黑的）"),
    )


def _training(user: User, roll: Any, registered: int, day: dt.date) -> Figure:
    """As who may stand in a shift: passed, and in force where it has a period."""
    passed = VolunteerRecord.objects.visible_to(user).of_kind(RecordKind.TRAINING)
    passed = passed.filter(Q(valid__isnull=True) | Q(valid__contains=day))
    passed = passed.filter(passed=True, happened_on__lte=day)
    trained = roll.filter(pk__in=passed.values("volunteer")).count()
    return Figure(
        _("培训覆盖率"),
        _share(trained, registered),
        "",
        _("有考核通过、今天仍有效的培训记录的在册与暂停志愿者 ÷ 在册与暂停志愿者"),
    )


def _proofs(user: User, year: Year) -> int:
    rows = Certificate.objects.visible_to(user).live()
    return rows.filter(issued_on__range=(year.first, year.last)).count()


def _per_bed_day(user: User, hours: Decimal | None, year: Year) -> Figure:
    """Hours for a day of a patient in bed; the stays are known to social workers alone."""
    formula = _("服务总时长 ÷ 本年住院床日（入院日到出院日，按日计，未出院的计到今天）")
    label, unit = _("每床日志愿服务"), _("小时")
    if user.role not in CARE_ROLES:
        return Figure(label, NONE, unit, _("住院床日只有医务社工能看到，请由社工部主任查看"))
    stays = Episode.objects.visible_to(user).filter(
        visit_type="inpatient", admitted_on__lte=year.last
    )
    days = 0
    for begins, ends in stays.values_list("admitted_on", "discharged_on").iterator():
        first, last = max(begins, year.first), min(ends or year.last, year.last)
        days += max(0, (last - first).days + 1)
    shown = (
        NONE
        if not days
        else str((Decimal(hours or 0) / days).quantize(Decimal("0.01"), ROUND_HALF_UP))
    )
    return Figure(label, shown, unit, formula)
