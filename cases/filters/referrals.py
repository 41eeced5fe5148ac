"""What the referral inbox can be asked by."""

from typing import Any

from django.db.models import Q

from cases.models.codes import NeedCategory, Priority
from cases.models.referral_codes import ReferrerProfession
from cases.workflow import ReferralState
from msw_portal.kernel.query import Field

OUTGOING = {ReferralState.DRAFT, ReferralState.SENT}


def _came_from(texts: tuple[str, ...], _by: Any) -> Q:
    asked = Q(pk__in=[])
    for text in texts:
        asked |= Q(from_text__icontains=text) | Q(from_department__name__icontains=text)
    return asked


REFERRAL_FIELDS = (
    Field(
        ("状态", "state"),
        "choice",
        "state",
        [one for one in ReferralState.choices if one[0] not in OUTGOING],
    ),
    Field(("紧急", "urgency"), "choice", "urgency", Priority.choices),
    Field(("来源", "from", "科室"), "text", narrow=_came_from),
    Field(("职业", "profession"), "choice", "from_profession", ReferrerProfession.choices),
    Field(
        ("需求", "need"),
        "choice",
        choices=NeedCategory.choices,
        narrow=lambda codes, _by: Q(needs__overlap=list(codes)),
    ),
    Field(("收到", "received"), "date", "received_at", is_instant=True),
    Field(("时限", "due"), "date", "due_at", is_instant=True),
    Field(("认领", "claimed"), "person", "claimed_by"),
)
