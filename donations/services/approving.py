"""What an approval must say and may take beside its sum: a reason for less than could be given, a place of the quota."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.services.payable import Payable
from donations.workflow import GRANTED, IN_REVIEW, RequestState
from msw_portal.kernel.errors import DomainError

# Who was helped and died since has had the place as long as money is held or was paid.
TAKES_PLACE = sorted(GRANTED | {RequestState.DECEASED})
WAITS = sorted(IN_REVIEW)
FAR = 1000  # nobody counts further


def reason_hold(request: FundingRequest, payable: Payable, opinion: str) -> None:
    """Keep whether the sum is the least of its limits; less than that is somebody's judgement and needs words.

    The decision letter tells the family why (PIPL 24): only a sum that was computed is said to be.

    Raises:
        DomainError: `funding_request.cut_needs_reason` on `opinion`.
    """
    request.is_least = request.approved == payable.amount
    if request.approved < payable.amount and not opinion.strip():
        raise DomainError(
            "funding_request.cut_needs_reason",
            _(
                "批准金额少于最多可资助的 %(amount)s 元：请在批准意见里写明理由，决定书会写给家庭（《个人信息保护法》第二十四条）。"
            )
            % {"amount": f"{payable.amount:,.2f}"},
            "opinion",
        )
    request.save(update_fields=["is_least"])


@dataclass(frozen=True)
class Quota:
    """The places of a programme's version and where a request stands among those that wait."""

    places: int
    used: int
    rank: int | None

    @property
    def left(self) -> int:
        return max(self.places - self.used, 0)


def quota_of(request: FundingRequest) -> Quota | None:
    """None where the version has no quota; `rank` is None of a request that waits no longer, FAR for all far behind."""
    version = request.programme_version
    if version.quota is None:
        return None
    waits = request.state in IN_REVIEW and request.submitted_at is not None
    rank = min(_ahead(request)[:FAR].count() + 1, FAR) if waits else None
    return Quota(version.quota, _helped(request).count(), rank)


def _helped(request: FundingRequest) -> QuerySet[FundingRequest]:
    rows = FundingRequest.objects.filter(
        programme_version_id=request.programme_version_id, state__in=TAKES_PLACE, committed__gt=0
    )
    return rows.exclude(pk=request.pk)


def _ahead(request: FundingRequest) -> QuerySet[FundingRequest]:
    """Those before it by the version's order; what has no time limit comes after what has one."""
    waiting = FundingRequest.objects.filter(
        programme_version_id=request.programme_version_id, state__in=WAITS
    )
    by_time = Q(submitted_at__lt=request.submitted_at) | Q(
        submitted_at=request.submitted_at, pk__lt=request.pk
    )
    if request.programme_version.order_rule != "due_at":
        return waiting.filter(by_time)
    if request.due_at is None:
        return waiting.filter(Q(due_at__isnull=False) | Q(due_at__isnull=True) & by_time)
    return waiting.filter(
        Q(due_at__lt=request.due_at) | Q(due_at=request.due_at, pk__lt=request.pk)
    )


def quota_hold(request: FundingRequest) -> None:
    """Lock the version and refuse an approval beyond its quota; the database says the same.

    Raises:
        DomainError: `funding_request_within_quota` (409).
    """
    if request.programme_version.quota is None:
        return
    version = ProgrammeVersion.objects.locked().get(pk=request.programme_version_id)
    if _helped(request).count() >= version.quota:
        raise DomainError(
            "funding_request_within_quota",
            _("本项目的名额（%(n)d 个）已经用完，不能再批准；增加名额须发布新版本。")
            % {"n": version.quota},
            status=409,
        )
