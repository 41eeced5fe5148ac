"""How many hospitals of a region have a department of medical social work, posts, or neither (domain §1.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from departments.models.organizations import Department, Organization, OrganizationKind, Region
from departments.models.place_codes import TERTIARY
from departments.services.regions import COUNTRY, region_span

STATES = ("department", "posts", "neither")


@dataclass(frozen=True)
class Line:
    """Hospitals of one region: how many, and how many with a department, with posts, with neither."""

    code: int
    name: str
    hospitals: int
    department: int
    posts: int
    neither: int
    has_parts: bool = False
    is_here: bool = False

    def share(self, number: int) -> Decimal | None:
        """Percent of the hospitals, one decimal, rounded half up; None of none."""
        if not self.hospitals:
            return None
        return (Decimal(100 * number) / self.hospitals).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def shares(self) -> tuple[Decimal | None, ...]:
        return tuple(self.share(n) for n in (self.department, self.posts, self.neither))


def hospitals_in(user: Any, region: int, *, tertiary: bool) -> QuerySet[Organization]:
    """The population: hospitals of the user's ground that have not ended, whose region lies in `region`."""
    rows = Organization.objects.visible_to(user).on_ground_of(user)
    rows = rows.filter(kind=OrganizationKind.HOSPITAL, ended_on__isnull=True)
    first, last = region_span(region)
    rows = rows.filter(region_id__gte=first, region_id__lte=last)
    return rows.filter(grade__in=TERTIARY) if tertiary else rows


def with_coverage(rows: QuerySet[Organization]) -> QuerySet[Organization]:
    """Adds `has_department` and `has_posts`.

    A department is an active one of kind 医务社工部 that is more than posts (仅岗位); posts are an
    active one with at least one post set up, or one that is only posts.
    """
    active = Department.objects.filter(
        organization_id=OuterRef("pk"), kind="msw", ended_on__isnull=True
    )
    only_posts = Department.SetUp.POSTS_ONLY
    return rows.annotate(
        has_department=Exists(active.exclude(setup_type=only_posts)),
        has_posts=Exists(active.filter(Q(posts_set__gte=1) | Q(setup_type=only_posts))),
    )


def narrowed(rows: QuerySet[Organization], state: str) -> QuerySet[Organization]:
    """The rows behind one number: `department`, `posts` or `neither` (STATES); all of them for `counted`."""
    if state == "counted":
        return rows
    rows = with_coverage(rows)
    if state == "neither":
        return rows.filter(has_department=False, has_posts=False)
    return (
        rows.filter(has_department=True) if state == "department" else rows.filter(has_posts=True)
    )


def coverage(user: Any, region: Region, *, tertiary: bool) -> tuple[Line, Sequence[Line]]:
    """The whole of a region, and its parts one level down; two queries, whatever is in it.

    What is registered at the region itself, not below, is a part of its own (`is_here`).
    """
    rows = with_coverage(hospitals_in(user, region.code, tertiary=tertiary))
    counted = (
        rows.order_by()
        .values("region_id")
        .annotate(
            n=Count("pk"),
            department=Count("pk", filter=Q(has_department=True)),
            posts=Count("pk", filter=Q(has_posts=True)),
            neither=Count("pk", filter=Q(has_department=False, has_posts=False)),
        )
    )
    below = {one.code: one for one in Region.objects.filter(parent_id=region.code).order_by("code")}
    parts: dict[int, list[int]] = {}
    for row in counted:
        code = _part(row["region_id"], region, below)
        sums = parts.setdefault(code, [0, 0, 0, 0])
        for place, name in enumerate(("n", *STATES)):
            sums[place] += row[name]
    lines = [
        Line(
            code,
            below[code].name if code in below else region.name,
            *sums,
            has_parts=code in below and below[code].level < 4,
            is_here=code not in below,
        )
        for code, sums in sorted(parts.items())
    ]
    whole = [sum(sums[place] for sums in parts.values()) for place in range(4)]
    return Line(region.code, region.name, *whole), lines


def _part(code: int, region: Region, below: dict[int, Region]) -> int:
    for candidate in (code, code // 100 * 100, code // 10000 * 10000):
        if candidate in below:
            return candidate
    return region.code


def region_of(user: Any, code: int | None) -> Region:
    """The region asked for; without one an authority's own, for everybody else the country."""
    own = user.acting.region_id if user.role == "authority_officer" else None
    wanted = Region.objects.select_related("parent__parent").filter(pk=code or own or COUNTRY)
    return wanted.first() or Region.objects.get(pk=COUNTRY)
