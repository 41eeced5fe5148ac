"""A ward round: who lies where now, whose case may be written in, what must be minded before speaking."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import VisitType
from cases.models.families import CareFlag
from cases.models.people import Episode, RelatedPerson
from cases.models.work import Contact
from cases.permissions import can_record_contact
from cases.workflow import WORKING_STAGES
from departments import audit
from departments.models.organizations import Department
from departments.models.people import User
from msw_portal.kernel.commands import command

STAYS = (VisitType.INPATIENT, VisitType.DAY)
MOST_BEDS = 200
# A head sees every ward of the house: the round begins with so many.
MOST_WARDS = 6


@dataclass(frozen=True)
class Bed:
    """A stay with what the person who walks the ward needs: the case, what was done today, what to mind."""

    stay: Episode
    case: Case | None = None
    may_record: bool = False
    minded: Sequence[Any] = ()
    times_today: int = 0
    minutes_today: int = 0

    @property
    def age(self) -> int | None:
        """By the year of birth: the day itself stays sealed."""
        born = self.stay.client.birth_year
        return timezone.localdate().year - born if born else None


@dataclass(frozen=True)
class Round:
    """The beds one may write in first, by ward and bed; then the other beds of the same wards."""

    wards: Sequence[Department]
    chosen: str = ""
    own: Sequence[Bed] = field(default_factory=list)
    others: Sequence[Bed] = field(default_factory=list)
    is_capped: bool = False


def _stays(user: User) -> QuerySet[Episode]:
    rows = Episode.objects.visible_to(user).filter(visit_type__in=STAYS, ward__isnull=False)
    return rows.filter(discharged_on__isnull=True)


def _own_wards(user: User) -> list[int]:
    """Where the persons of one's own open cases lie."""
    own = Case.objects.visible_to(user).kept_by(user).open().filter(stage__in=WORKING_STAGES)
    stays = _stays(user).filter(client__root_id__in=own.values("client__root_id"))
    return list(stays.order_by("ward__name").values_list("ward_id", flat=True).distinct())


def _in_order(stay: Episode) -> tuple[Any, ...]:
    """Bed 3 before bed 12, whatever letters stand around the figures."""
    parts = re.split(r"(\d+)", stay.bed)
    return stay.ward.name, [(int(p), "") if p.isdigit() else (-1, p) for p in parts if p], stay.pk


def ward_round(user: User, *, ward: str = "") -> Round:
    """The beds of one's wards, or of the ward with that uid; the same number of statements for any size."""
    wards = list(
        Department.objects.visible_to(user)
        .filter(organization_id=user.house_id, kind="ward", ended_on__isnull=True)
        .order_by("name")
    )
    asked = next((one for one in wards if str(one.uid) == ward), None)
    shown = [asked.pk] if asked else _own_wards(user)[:MOST_WARDS]
    rows = _stays(user).filter(ward_id__in=shown).select_related("client__root", "ward")
    stays = sorted(rows.order_by("ward_id", "bed", "id")[: MOST_BEDS + 1], key=_in_order)
    roots = {one.client.root_id for one in stays[:MOST_BEDS]}
    cases = _cases(user, roots)
    minded, done = _minded(user, roots), _done_today(user, cases.values())
    beds = [_bed(user, stay, cases, minded, done) for stay in stays[:MOST_BEDS]]
    return Round(
        wards=wards,
        chosen=str(asked.uid) if asked else "",
        own=[one for one in beds if one.may_record],
        others=[one for one in beds if not one.may_record],
        is_capped=len(stays) > MOST_BEDS,
    )


def _cases(user: User, roots: set[int]) -> dict[int, Case]:
    """The open case of each person that stands in the user's list; one's own before a colleague's."""
    rows = Case.objects.listed_to(user).open().filter(client__root_id__in=roots)
    rows = rows.with_list_facts().with_is_mine(user).prefetch_related("casemembers")
    return {one.client.root_id: one for one in sorted(rows, key=lambda one: (one.is_mine, one.pk))}


def _minded(user: User, roots: set[int]) -> dict[int, list[Any]]:
    """The kinds of what must be minded, never its words: they stand in the file."""
    found: dict[int, list[Any]] = {}
    flags = CareFlag.objects.visible_to(user).filter(resolved_on__isnull=True)
    for one in flags.filter(client__root_id__in=roots).annotate(root=F("client__root_id")):
        found.setdefault(one.root, []).append(one.get_kind_display())
    told = RelatedPerson.objects.visible_to(user).filter(must_not_be_told=True)
    for root in set(
        told.filter(client__root_id__in=roots).values_list("client__root_id", flat=True)
    ):
        found.setdefault(root, []).append(_("有家属不可告知"))
    return {root: list(dict.fromkeys(words)) for root, words in found.items()}


def _done_today(user: User, cases: Iterable[Case]) -> dict[int, tuple[int, int]]:
    rows = (
        Contact.objects.visible_to(user)
        .own_entries()
        .filter(case_id__in=[one.pk for one in cases], occurred_on=timezone.localdate())
        .order_by()
        .values("case_id")
        .annotate(times=Count("pk"), sum=Sum("minutes"))
    )
    return {row["case_id"]: (row["times"], row["sum"]) for row in rows}


def _bed(
    user: User,
    stay: Episode,
    cases: Mapping[int, Case],
    minded: Mapping[int, list[Any]],
    done: Mapping[int, tuple[int, int]],
) -> Bed:
    root = stay.client.root_id
    case = cases.get(root)
    times, minutes = done.get(case.pk, (0, 0)) if case else (0, 0)
    may = case is not None and case.stage in WORKING_STAGES and can_record_contact(user, case)
    return Bed(stay, case, may, minded.get(root, []), times, minutes)


@command
def ward_list_take(*, beds: int, by: User) -> None:
    """Write down that a masked list of so many beds is kept on a phone."""
    audit.record("ward.take_list", by=by, on=by, beds=beds)
