"""Copies shared inside the hospital end: by hand, with the membership, at level 5, or under a narrower consent."""

from collections.abc import Iterable

from cases.models.casework import Case
from cases.models.codes import DisclosureLevel
from cases.models.consents import Consent, Disclosure
from cases.models.team import CaseMember
from cases.services.disclosures import copy_empty
from departments.models.people import User


def mdt_narrow(consent: Consent, *, items: Iterable[str], by: User) -> int:
    """End what clinicians and those referred to read under a replaced consent beyond the new one's items; how many.

    What a foundation reads is made anew by whoever holds the request (signal `consent_replaced`).
    """
    rows = Disclosure.objects.filter(
        organization_id=consent.organization_id,
        level__in=[DisclosureLevel.MDT, DisclosureLevel.REFERRAL],
        consent__in=Consent.objects.same_matter(consent).values("pk"),
        withdrawn_at__isnull=True,
    )
    wider = [row for row in rows.order_by("pk") if set(row.fields) - set(items)]
    for row in wider:
        copy_empty(row, reason="narrowed", by=by)
    return len(wider)


def mdt_end(case: Case, *, member: CaseMember | None = None, reason: str, by: User) -> int:
    """Empty what clinicians of the case (or one of them) may still read; how many copies there were."""
    members = CaseMember.objects.filter(case=case, role="clinician")
    if member is not None:
        members = members.filter(pk=member.pk)
    rows = Disclosure.objects.filter(
        organization_id=case.organization_id,
        level=DisclosureLevel.MDT,
        subject_kind=CaseMember._meta.model_name,
        subject_id__in=list(members.values_list("pk", flat=True)),
        withdrawn_at__isnull=True,
    )
    ended = 0
    for row in rows.order_by("pk"):
        copy_empty(row, reason=reason, by=by)
        ended += 1
    return ended
