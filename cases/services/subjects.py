"""What a notice is about, for the person who reads it: number and masked person of what they may see, no more."""

import uuid
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from cases.models.casework import Case, Referral
from cases.models.reporting import MandatoryReport
from cases.models.team import CaseTransfer
from cases.models.work import Contact, Plan
from departments.models.people import User

Uids = Collection[uuid.UUID]
Named = Mapping[uuid.UUID, str]


def _case(case: Case) -> str:
    return f"{case.number} · {case.client.name_masked}"


def cases_named(user: User, uids: Uids) -> Named:
    """Of these cases those the person may open."""
    rows = Case.objects.visible_to(user).filter(uid__in=uids).select_related("client")
    return {one.uid: _case(one) for one in rows}


def reports_named(user: User, uids: Uids) -> Named:
    """Of these mandatory reports those the person is named for; nothing of them is said in a list."""
    return {one.uid: "" for one in MandatoryReport.objects.visible_to(user).filter(uid__in=uids)}


def plans_named(user: User, uids: Uids) -> Named:
    """Of these plans those of cases the person may open."""
    rows = Plan.objects.visible_to(user).filter(uid__in=uids).select_related("case__client")
    return {one.uid: _case(one.case) for one in rows}


def contacts_named(user: User, uids: Uids) -> Named:
    """Of these contacts those of cases the person may open."""
    rows = Contact.objects.visible_to(user).filter(uid__in=uids).select_related("case__client")
    return {one.uid: _case(one.case) for one in rows}


def transfers_named(user: User, uids: Uids) -> Named:
    """Of these hand-overs those the person takes part in or whose case they may open."""
    rows = CaseTransfer.objects.visible_to(user).filter(uid__in=uids)
    return {one.uid: one.case.number for one in rows.select_related("case")}


def referrals_named(user: User, uids: Uids) -> Named:
    """Of these referrals those the person may open: the case's number, or where it came from."""
    rows = Referral.objects.visible_to(user).filter(uid__in=uids).select_related("case__client")
    return {one.uid: _case(one.case) if one.case else one.from_text or _("转介") for one in rows}
