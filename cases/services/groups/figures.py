"""What a group counts: the formulas of domain 1.4, each number from its rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cases.group_workflow import MemberState, SessionState
from cases.models.activities import Activity, SignIn
from cases.models.groups import Attendance, Group, GroupMember, GroupSession


@dataclass(frozen=True)
class Figures:
    """人数 and 人次 apart.

    `expected` and `attended` are rows of attendance at sessions that were held; `unique_persons` are the
    distinct persons who came at least once, a person of two merged records being one. `satisfaction` is the
    mean of `satisfied_count` answers, of which `own_count` were given by the code and no name.
    """

    members: int
    held: int
    planned: int
    expected: int
    attended: int
    unique_persons: int
    satisfaction: Decimal | None
    satisfied_count: int
    own_count: int
    planned_amount: Decimal
    spent_amount: Decimal | None

    @property
    def person_times(self) -> int:
        """Σ attended."""
        return self.attended

    @property
    def attendance_rate(self) -> Decimal | None:
        """Σ attended / Σ expected in percent, to one decimal; None before the first session."""
        return rate_of(self.attended, self.expected)


def rate_of(attended: int, expected: int) -> Decimal | None:
    if not expected:
        return None
    return (Decimal(attended * 100) / expected).quantize(Decimal("0.1"), ROUND_HALF_UP)


def person_of(member: GroupMember) -> tuple[str, int]:
    """Who a member is, for counting heads: the root of the record, or the row of an alias."""
    if member.client_id is None:
        return "alias", member.pk
    return "client", member.client.root_id


def figures_of(
    group: Group,
    *,
    members: Iterable[GroupMember],
    sessions: Iterable[GroupSession],
    attendances: Iterable[Attendance],
    own_marks: Iterable[int] = (),
) -> Figures:
    """The numbers of one group from rows the caller has read (members with their client)."""
    own_marks = list(own_marks)
    members = list(members)
    held = {one.pk for one in sessions if one.state == SessionState.HELD}
    rows = [row for row in attendances if row.session_id in held]
    came = {row.member_id for row in rows if row.has_attended}
    written = [one.satisfaction for one in members if one.satisfaction is not None]
    marks = written + own_marks
    lines = list(group.budget_lines.all())
    spent = [line.spent for line in lines if line.spent is not None]
    return Figures(
        members=sum(one.state == MemberState.JOINED for one in members),
        held=len(held),
        planned=sum(one.state == SessionState.PLANNED for one in sessions),
        expected=len(rows),
        attended=sum(row.has_attended for row in rows),
        unique_persons=len({person_of(one) for one in members if one.pk in came}),
        satisfaction=mean_of(marks),
        satisfied_count=len(marks),
        own_count=len(own_marks),
        planned_amount=sum((line.planned for line in lines), Decimal(0)),
        spent_amount=sum(spent, Decimal(0)) if spent else None,
    )


def mean_of(marks: Iterable[int]) -> Decimal | None:
    """The mean of marks to two decimals, half up; None without any."""
    marks = list(marks)
    if not marks:
        return None
    return (Decimal(sum(marks)) / len(marks)).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class SignedIn:
    """人数 and 人次 of a sign-in sheet: each line once, `heads` together."""

    lines: int
    heads: int


def signed_in(activity: Activity) -> SignedIn:
    """What the sheet of one activity adds up to; a member signs in once."""
    rows = list(SignIn.objects.filter(activity=activity))
    return SignedIn(len(rows), sum(row.heads for row in rows))
