"""To whom an outgoing referral goes."""

import uuid

from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case, Referral
from cases.workflow import REFERRAL_TAKEN
from departments.models.organizations import Organization, OrganizationKind
from msw_portal.kernel.errors import DomainError

INBOX_HOUSES = (OrganizationKind.HOSPITAL, OrganizationKind.COMMUNITY_HEALTH)


def receiver_of(referral: Referral) -> str:
    """The body it is for, as people call it."""
    return referral.to_organization.name if referral.to_organization_id else referral.to_text


def has_inbox(organization: Organization | None) -> bool:
    """Whether the body works in this installation and takes referrals into its own inbox."""
    return organization is not None and organization.is_tenant and organization.kind in INBOX_HOUSES


def crossing_receiver(*, house: int, uid: uuid.UUID) -> int:
    """To which house of the installation an outgoing referral went."""
    return Referral.objects.get(organization_id=house, uid=uid).to_organization_id


def receiver_taken(case: Case) -> str:
    """Who took the person of this case over, as a reason for ending it.

    Raises:
        DomainError: `case.refer_out_needs_reason` when nobody has accepted yet.
    """
    taken = (
        Referral.objects.filter(case=case, state__in=REFERRAL_TAKEN)
        .outgoing()
        .select_related("to_organization")
        .order_by("-id")
        .first()
    )
    if taken is None:
        raise DomainError(
            "case.refer_out_needs_reason",
            _("还没有对方已受理的转介单，请写明转介理由。"),
            "reason",
        )
    name = taken.to_organization.name if taken.to_organization_id else taken.to_text
    return str(_("%(name)s已受理转介") % {"name": name})
