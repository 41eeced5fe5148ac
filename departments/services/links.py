"""How two bodies of the register stand to each other, said from either side."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Organization
from departments.models.register_parts import OrganizationLink

Kind = OrganizationLink.Kind
# What the other is, seen from the one that the link starts from, and seen from the other.
WORDS: dict[str, tuple[Any, Any]] = {
    Kind.PARENT: (_("上级"), _("下级")),
    Kind.CONSORTIUM: (_("所在健共体"), _("健共体成员")),
    Kind.PREDECESSOR: (_("前身"), _("后继")),
    Kind.SISTER_AGENCY: (_("关联社工机构"), _("关联医院")),
    Kind.ASSOCIATION_MEMBER: (_("所在协会"), _("会员")),
    Kind.OPERATES: (_("运营"), _("由其运营")),
    Kind.COOPERATES: (_("合作"), _("合作")),
}


@dataclass(frozen=True)
class Seen:
    """One link as the page of a body shows it; `is_ours` when it starts from that body."""

    pk: int
    word: Any
    other: Organization
    post: str
    valid: Any
    last_day: dt.date | None
    is_ours: bool
    is_over: bool


def links_of(organization: Organization) -> list[Seen]:
    """Links both ways, by kind and by the other's name, those that are over last; one query."""
    rows = OrganizationLink.objects.filter(
        Q(from_organization=organization) | Q(to_organization=organization)
    ).select_related("from_organization", "to_organization")
    seen = []
    for row in rows:
        is_ours = row.from_organization_id == organization.pk
        other = row.to_organization if is_ours else row.from_organization
        word = WORDS[row.kind][0 if is_ours else 1]
        facts = (row.post, row.valid, row.last_day, is_ours, row.is_over)
        seen.append(Seen(row.pk, word, other, *facts))
    order = list(WORDS)
    kinds = {row.pk: order.index(row.kind) for row in rows}
    return sorted(
        seen, key=lambda one: (one.is_over, kinds[one.pk], not one.is_ours, one.other.name)
    )
