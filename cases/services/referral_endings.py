"""What ends with the consent under it: referrals that went out on it."""

from django.utils.translation import gettext as _

from cases.models.casework import Referral
from cases.models.consents import Consent
from cases.services.outgoing import end_waiting, referral_take_back
from cases.workflow import ReferralState
from departments import audit
from departments.models.people import User


def referrals_stop(consent: Consent, *, by: User | None) -> int:
    """Stop every referral that stands on `consent` or on what it superseded; how many there were.

    One nobody answered is taken back; of one that was accepted the copy is gone already and the
    link opens nothing any more, its state stays what the other side said. Runs in the transaction
    of the withdrawal.
    """
    chain = Consent.objects.same_matter(consent).values("pk")
    rows = Referral.objects.locked().filter(
        organization_id=consent.organization_id,
        direction="out",
        consent__in=chain,
        state__in=[ReferralState.SENT, ReferralState.ACCEPTED],
    )
    stopped = 0
    for referral in rows.order_by("pk"):
        if referral.state == ReferralState.SENT:
            referral_take_back(referral, reason=_("同意已撤回或到期，停止转介"), by=by)
        else:
            end_waiting(referral, is_final=True)
        audit.record(
            "referral.stop",
            by=by,
            on=referral,
            organization_id=referral.organization_id,
            consent=consent.uid,
        )
        stopped += 1
    return stopped
