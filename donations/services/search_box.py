"""What the search box finds of the money side: requests by their number."""

import re

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.search_box import Group, Hit
from donations.models.requests import FundingRequest
from donations.querysets import FOUNDATION_ROLES
from donations.services.requests import NUMBER_PATTERN
from msw_portal.kernel.display import money
from msw_portal.kernel.numbers import render_number
from msw_portal.kernel.scope import CARE_ROLES

TYPED = re.compile(r"(?:.*?-A-)?(?:((?:19|20)\d\d)-)?(\d{1,7})")
YEARS_BACK = 15
SHORTEST = 2


def requests_found(text: str, limit: int, by: User) -> list[Group]:
    """Requests by a whole number; the asking house also by a year with a sequence, or a sequence alone.

    Numbers are asked for by equality under the house that gave them: that is what the index answers.
    """
    is_foundation = by.role in FOUNDATION_ROLES
    if not is_foundation and by.role not in CARE_ROLES:
        return []
    typed = text.strip().upper()
    if len(typed) < SHORTEST or not typed[-1].isdigit():
        return []
    rows = FundingRequest.objects.visible_to(by).select_related("programme_version")
    if is_foundation:
        houses = list(Organization.objects.tenants().values_list("pk", flat=True))
        rows = rows.filter(organization_id__in=houses, number=typed)
    else:
        rows = rows.filter(number__in=_numbers(typed, by))
    found = list(rows.order_by("-id")[: limit + 1])
    name = "donations:review" if is_foundation else "donations:request"
    hits = [
        Hit(
            title=one.number or one.subject_code,
            url=reverse(name, args=[one.uid]),
            note=f"{one.programme_version.name} · {one.subject_code}",
            state=" · ".join(
                filter(
                    None,
                    [money(one.requested) if one.requested else "", str(one.get_state_display())],
                )
            ),
        )
        for one in found
    ]
    return [Group("requests", _("救助申请"), "coin", hits[:limit], len(hits) > limit)]


def _numbers(typed: str, by: User) -> list[str]:
    """The whole numbers that may be meant."""
    meant = TYPED.fullmatch(typed)
    if meant is None or int(meant[2]) == 0:
        return [typed]
    house = Organization.objects.filter(pk=by.house_id).values_list("code", "short_name").first()
    letters = (house[0] or house[1]) if house else ""
    now = timezone.localdate()
    years = [int(meant[1])] if meant[1] else range(now.year, now.year - YEARS_BACK - 1, -1)
    days = [now.replace(year=year, month=1, day=1) for year in years]
    made = {render_number(NUMBER_PATTERN, seq=int(meant[2]), on=day, org=letters) for day in days}
    return sorted({typed, *made})
