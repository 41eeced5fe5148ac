"""A record as it stands beside another one: masked, with its own stays and cases."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.models.casework import Case
from cases.models.people import Client, Episode, RelatedPerson
from cases.permissions import by_glass
from cases.views.persons import CaseLine
from msw_portal.kernel.together import together


@dataclass
class Side:
    """One of two records: what hangs on it itself, whatever it is merged with."""

    client: Client
    stays: list[Episode] = field(default_factory=list)
    cases: list[CaseLine] = field(default_factory=list)
    relatives: int = 0

    @property
    def stay(self) -> Episode | None:
        """The latest one."""
        return self.stays[0] if self.stays else None

    @property
    def open_cases(self) -> list[CaseLine]:
        return [line for line in self.cases if line.case.is_open]


def sides_of(user: Any, clients: Sequence[Client]) -> dict[int, Side]:
    """Each record by id; one statement for any number of them."""
    sides = {one.pk: Side(one) for one in clients}
    stays = Episode.objects.visible_to(user).filter(client_id__in=sides).select_related("ward")
    stays = stays.order_by("-admitted_on", "-id")
    cases = Case.objects.listed_to(user).filter(client_id__in=sides).with_is_mine(user)
    cases = cases.order_by("-opened_at")
    kin = RelatedPerson.objects.visible_to(user).filter(client_id__in=sides).only("client_id")
    together(stays, cases, kin)
    counts: dict[int, int] = defaultdict(int)
    for stay in stays:
        sides[stay.client_id].stays.append(stay)
    for case in cases:
        can_open = bool(case.is_mine) or by_glass(user, case)
        sides[case.client_id].cases.append(CaseLine(case, can_open))
    for one in kin:
        counts[one.client_id] += 1
    for pk, side in sides.items():
        side.relatives = counts[pk]
    return sides
