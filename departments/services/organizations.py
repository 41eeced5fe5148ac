"""Bodies the work meets: written into the common register by the house that keeps them."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization, OrganizationKind, Region
from departments.models.people import User
from departments.permissions import can_keep_organizations
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def organization_add(
    *,
    name: str,
    kind: str,
    short_name: str = "",
    uscc: str = "",
    grade: str = "",
    hospital_type: str = "",
    region: Region | None = None,
    founded_on: dt.date | None = None,
    by: User,
) -> Organization:
    """A body that does not work in this installation, kept by one's own house.

    Raises:
        DomainError: `organization.kind` on `kind`; `organization.there` on `name` when a body of
            that name and kind stands in the register; `organization_uscc_once` on `uscc`.
    """
    require(can_keep_organizations, by, None)
    if kind not in OrganizationKind.values or kind == OrganizationKind.INSTALLATION:
        raise DomainError("organization.kind", _("请从列表中选择。"), "kind")
    name = " ".join(name.split())
    if Organization.objects.filter(name=name, kind=kind).on_ground_of(by).exists():
        raise DomainError("organization.there", _("登记里已有同名、同类型的机构。"), "name")
    row = Organization(
        managed_by_id=by.house_id,
        kind=kind,
        name=name,
        short_name=short_name,
        uscc=uscc,
        grade=grade,
        hospital_type=hospital_type,
        region=region,
        founded_on=founded_on,
        is_training=by.acting.is_training,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("organization.add", by=by, on=row, kind=kind)
    return row
