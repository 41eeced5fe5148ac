"""Double aid across foundations: a share of the cost, never a name, and only where both families agreed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services import rate
from donations.models.requests import FundingRequest
from donations.payment_permissions import can_compare_aid
from donations.services.reading import note_opening
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

# Of one house in an hour: a reviewer's day, not a sweep through a register.
LOOKS, WINDOW = 60, 3600
BANDS = (
    _("没有"),
    _("1 万元以内"),
    _("1 万至 3 万元"),
    _("3 万至 5 万元"),
    _("5 万至 10 万元"),
    _("10 万元以上"),
)


@dataclass(frozen=True)
class Overlap:
    """What other foundations have granted or have open of this cost: shares from 0 to 1 in steps of 0.05."""

    others: int
    granted: Decimal
    waiting: Decimal
    granted_band: Any
    waiting_band: Any

    @property
    def is_over(self) -> bool:
        """What others have granted already covers the cost, or nearly."""
        return self.granted >= Decimal("0.95")


def overlap_of(request: FundingRequest) -> Overlap | None:
    """The answer of the database; None where the consent does not cover it or the request is over."""
    if not settings.AID_MATCH_IS_ON:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT others, granted, waiting, granted_band, waiting_band FROM app.aid_overlap(%s)",
            [request.pk],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    others, granted, waiting, granted_band, waiting_band = row
    return Overlap(others, granted, waiting, BANDS[granted_band], BANDS[waiting_band])


@command
def overlap_look(*, request: FundingRequest, by: Any) -> Overlap:
    """A reviewer asks once; counted, written down here and in the hospital's chain.

    Raises:
        DomainError: `aid_match.too_often` (429), `aid_match.no_consent` (409).
    """
    require(can_compare_aid, by, request)
    if not rate.hit(f"aid-match:{by.house_id}", limit=LOOKS, window=WINDOW):
        raise DomainError(
            "aid_match.too_often",
            _("本机构一小时内比对太多次了，请过一会儿再试。"),
            status=429,
        )
    found = overlap_of(request)
    # Written whatever the answer: asking is the event.
    audit.record(
        "aid_match.look",
        by=by,
        on=request,
        answered=found is not None,
        others=found.others if found else 0,
    )
    if found is None:
        raise DomainError(
            "aid_match.no_consent",
            _("家庭没有同意与其他机构比对，或医院没有登记证件号码，不能比对。"),
            status=409,
        )
    note_opening(request, levels=["aid_match"], by=by)
    return found
