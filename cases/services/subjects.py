"""What a notice is about, for the person who reads it: number and masked person of what they may see, no more."""

import uuid
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from cases.models.casework import Case, Referral
from cases.models.families import SubjectRequest
from cases.models.reporting import MandatoryReport
from cases.models.team import CaseTransfer
from cases.models.work import Contact, Plan
from cases.services.referral_targets import receiver_of
from departments.models.people import User

Uids = Collection[uuid.UUID]
Named = Mapping[uuid.UUID, str]


def _case(case: Case) -> str:
    # A case that nobody has accepted yet has no number.
    return " · ".join(one for one in (case.number, case.client.person.name_masked) if one)


def cases_named(user: User, uids: Uids) -> Named:
    """Of these cases those the person may open."""
    rows = Case.objects.visible_to(user).filter(uid__in=uids).select_related("client__root")
    return {one.uid: _case(one) for one in rows}


def reports_named(user: User, uids: Uids) -> Named:
    """Of these mandatory reports those the person is named for; nothing of them is said in a list."""
    return {one.uid: "" for one in MandatoryReport.objects.visible_to(user).filter(uid__in=uids)}


def plans_named(user: User, uids: Uids) -> Named:
    """Of these plans those of cases the person may open."""
    rows = Plan.objects.visible_to(user).filter(uid__in=uids).select_related("case__client__root")
    return {one.uid: _case(one.case) for one in rows}


def contacts_named(user: User, uids: Uids) -> Named:
    """Of these contacts those of cases the person may open."""
    rows = (
        Contact.objects.visible_to(user).filter(uid__in=uids).select_related("case__client__root")
    )
    return {one.uid: _case(one.case) for one in rows}


def transfers_named(user: User, uids: Uids) -> Named:
    """Of these hand-overs those the person takes part in or whose case they may open."""
    rows = CaseTransfer.objects.visible_to(user).filter(uid__in=uids)
    return {one.uid: one.case.number for one in rows.select_related("case")}


def referrals_named(user: User, uids: Uids) -> Named:
    """Of these referrals those the person may open: the case and to whom, or where it came from."""
    rows = Referral.objects.visible_to(user).filter(uid__in=uids)
    return {
        one.uid: _referral(one)
        for one in rows.select_related("case__client__root", "to_organization")
    }


def _referral(one: Referral) -> str:
    if one.case is None:
        return one.from_text or _("转介")
    is_out = one.direction == Referral.Direction.OUT
    return f"{_case(one.case)} · {receiver_of(one)}" if is_out else _case(one.case)


def subject_requests_named(user: User, uids: Uids) -> Named:
    """Of these requests of persons those the reader may open: what is asked and for whom."""
    rows = (
        SubjectRequest.objects.visible_to(user).filter(uid__in=uids).select_related("client__root")
    )
    return {one.uid: f"{one.get_kind_display()} · {one.client.person.name_masked}" for one in rows}
