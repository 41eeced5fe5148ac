"""Which houses are charities: foundations and associations, and agencies (社会服务机构) whose charity status is registered.

Charity Law 8: a charity may be a foundation, an association or a social service agency. An agency cares for
people too; it gives the roles of a charity only while the register says that it is one.
"""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from departments.models.organizations import Organization, OrganizationKind
from departments.models.register_parts import OrganizationCredential
from departments.permissions import GIVING_HOUSE, roles_of

GIVING_KINDS = (OrganizationKind.FOUNDATION, OrganizationKind.ASSOCIATION)


def charities(rows: QuerySet[Organization], on: dt.date | None = None) -> QuerySet[Organization]:
    """Those of `rows` that are charities on a day, by default today."""
    day = on or timezone.localdate()
    status = OrganizationCredential.objects.filter(
        Q(valid__isnull=True) | Q(valid__contains=day),
        organization=OuterRef("pk"),
        kind=OrganizationCredential.Kind.CHARITY_STATUS,
    )
    return rows.filter(Q(kind__in=GIVING_KINDS) | Q(kind=OrganizationKind.AGENCY) & Exists(status))


def is_charity(house: Organization) -> bool:
    return house.kind in GIVING_KINDS or (
        house.kind == OrganizationKind.AGENCY
        and charities(Organization.objects.filter(pk=house.pk)).exists()
    )


def house_roles(house: Organization) -> tuple[str, ...]:
    """The roles that this house may give: those of its kind, of a charity those that give too."""
    own = roles_of(house.kind)
    if house.kind != OrganizationKind.AGENCY or not is_charity(house):
        return own
    return (*own, *(role for role in GIVING_HOUSE if role not in own))
