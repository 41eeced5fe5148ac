"""The steps that leave a state, as buttons: open ones from the diagram and the predicates, closed ones with the reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models.people import Role, User
from donations import permissions as may
from donations.appeal_permissions import can_raise_sum
from donations.ending_permissions import (
    can_ask_rest,
    can_close_request,
    can_decide_rest,
    can_reconcile_request,
    can_settle_request,
)
from donations.models.appeals import Appeal
from donations.models.payout import Disbursement
from donations.models.requests import FundingAct, FundingRequest
from donations.services.course import awaits_agreement, lacks_notice, next_stage_is_close
from donations.services.duties import duty_of
from donations.services.payout import PAYING
from donations.services.raised_sums import raise_waiting
from donations.services.rests import rest_of, rest_waiting
from donations.views.lists import Lists
from donations.workflow import (
    DISBURSEMENT,
    FUNDING_REQUEST,
    STEP_DUTIES,
    DisbursementState,
    Duty,
    RequestState,
)
from msw_portal.kernel.display import enumerated

R = RequestState
UNBOUND = frozenset({"reconcile", "close", "settle", "recover"})
# Possible without the family's consent: money that is out, or set aside, is accounted for.
HELD_TOO = UNBOUND | {"ask_rest", "release_rest"}
# What needs the patient alive: money is granted, shown or paid.
FOR_THE_LIVING = frozenset({"open_notice", "approve", "raise", "prepare", "release"})
PAYABLE_STATES = frozenset({R.APPROVED, R.AGREEMENT, R.DISBURSING})


@dataclass(frozen=True)
class Offer:
    """A step as a button: open, or closed with sentences that say why."""

    name: str
    label: Any
    url: str
    why: tuple[str, ...] = ()
    is_primary: bool = False
    is_quiet: bool = False

    @property
    def is_open(self) -> bool:
        return not self.why


@dataclass(frozen=True)
class _Arrow:
    name: str  # of the address
    step: str  # of the diagram
    duty_step: str  # of STEP_DUTIES
    label: Any
    rule: Callable[[Any, Any], bool]
    states: frozenset[str] = (
        frozenset()
    )  # narrower than the diagram's, where one address serves two arrows
    is_quiet: bool = False


ARROWS = (
    _Arrow("check", "check", "check", gettext_lazy("受理"), may.can_check_request),
    _Arrow("check", "accept", "accept", gettext_lazy("材料齐全"), may.can_check_request),
    _Arrow(
        "review_act",
        "review",
        "review",
        gettext_lazy("初审通过"),
        may.can_review_request,
        frozenset({R.FIRST_REVIEW}),
    ),
    _Arrow(
        "review_act",
        "propose",
        "second_review",
        gettext_lazy("复审通过"),
        may.can_review_request,
        frozenset({R.SECOND_REVIEW}),
    ),
    _Arrow(
        "decide",
        "propose",
        "decide",
        gettext_lazy("登记评审会决定"),
        may.can_decide_request,
        frozenset({R.COMMITTEE}),
    ),
    _Arrow(
        "open_notice",
        "open_notice",
        "open_notice",
        gettext_lazy("开始公示"),
        may.can_open_notice,
    ),
    _Arrow("approve", "approve", "approve", gettext_lazy("批准"), may.can_approve_request),
    *(
        _Arrow(name, name, name, label, rule, is_quiet=name == "recover")
        for name, label, rule in (
            ("reconcile", gettext_lazy("核销"), can_reconcile_request),
            ("close", gettext_lazy("结案"), can_close_request),
            ("settle", gettext_lazy("结清"), can_settle_request),
            ("recover", gettext_lazy("标为已追回"), can_settle_request),
        )
    ),
    _Arrow(
        "ask_supplement",
        "request_supplement",
        "request_supplement",
        gettext_lazy("要求补件"),
        may.can_ask_supplement,
    ),
    _Arrow(
        "return_review",
        "return",
        "return",
        gettext_lazy("退回初审"),
        may.can_return_review,
        is_quiet=True,
    ),
    _Arrow(
        "propose",
        "repropose",
        "propose",
        gettext_lazy("修改拟定金额"),
        may.can_propose_request,
        is_quiet=True,
    ),
    _Arrow(
        "reject_ineligible",
        "reject_ineligible",
        "reject_ineligible",
        gettext_lazy("不予受理"),
        may.can_reject_ineligible,
        is_quiet=True,
    ),
    _Arrow(
        "reject",
        "reject",
        "reject",
        gettext_lazy("不通过"),
        may.can_reject_request,
        FUNDING_REQUEST.step("reject").sources - {R.COMMITTEE},
        is_quiet=True,
    ),
)


def review_offers(
    user: User,
    request: FundingRequest,
    lists: Lists,
) -> list[Offer]:
    """What the foundation may do with a request now; the first open step is the page's one primary button."""
    held = duty_of(request, user)
    short = [paper for paper in lists.papers if paper.required and paper.masked_id is None]
    made = [
        _offer(user, request, arrow, held, short)
        for arrow in ARROWS
        if request.state in (arrow.states or FUNDING_REQUEST.step(arrow.step).sources)
        and (arrow.step != "open_notice" or lacks_notice(request))
        and (arrow.step != "close" or next_stage_is_close(request))
        and (arrow.step != "recover" or request.disbursed > 0)
    ]
    paid = [offer for one in lists.payouts for offer in payout_offers(user, one, held)]
    return _with_primary(
        [
            *made,
            *_raise(user, request, held, lists.appeals),
            *_rest(user, request, held, lists.acts),
            *paid,
            *_prepare(user, request, held, lists.payouts),
        ]
    )


def _offer(
    user: User, request: FundingRequest, arrow: _Arrow, held: str | None, short: list
) -> Offer:
    why = _closed(user, request, arrow.rule, arrow.duty_step, held)
    if arrow.step == "accept" and short and not why:
        why = (_("必备材料不齐，请先要求补件。"),)
    if arrow.step == "approve" and not why and lacks_notice(request):
        why = (_("本项目批准前须先公示，公示期满再批准。"),)
    # The version that was read goes along: a decision on an older one is refused.
    url = f"{reverse(f'donations:{arrow.name}', args=[request.uid])}?v={request.row_version}"
    return Offer(arrow.step, arrow.label, url, why, is_quiet=arrow.is_quiet)


def _closed(
    user: User, request: FundingRequest, rule: Callable, duty_step: str, held: str | None
) -> tuple[str, ...]:
    if request.on_hold_at is not None and duty_step not in HELD_TOO:
        return (_("对方已撤回同意，申请暂停办理。"),)
    if request.death_noted_at is not None and duty_step in FOR_THE_LIVING:
        return (_("医院已登记患者去世，不能再批准、公示或拨付。"),)
    if duty_step in UNBOUND:  # whoever may, whatever else they did on the request
        return () if rule(user, request) else (_("由基金会经办或审批办理。"),)
    if not rule(user, request):
        roles = {role for duty in STEP_DUTIES[duty_step] for role in may.DUTY_ROLES.get(duty, ())}
        names = enumerated(str(Role(role).label) for role in Role.values if role in roles)
        return (_("由%(roles)s办理。") % {"roles": names},)
    if held is not None and held not in STEP_DUTIES[duty_step]:
        return (
            _("同一申请上您已承担“%(duty)s”，一人只能有一种职责，请由他人办理。")
            % {"duty": Duty(held).label},
        )
    return ()


def _raise(
    user: User, request: FundingRequest, held: str | None, appeals: Iterable[Appeal]
) -> list[Offer]:
    asked = raise_waiting(request, appeals)
    if asked is None:
        return []
    why = _closed(user, request, can_raise_sum, "raise", held)
    if not why and asked.answered_by_id == user.pk:
        why = (_("答复复核的人不能批准复核后的金额，请由另一人批准。"),)
    url = f"{reverse('donations:raise_sum', args=[request.uid])}?v={request.row_version}"
    return [Offer("raise", _("批准复核后的金额"), url, why)]


def _rest(
    user: User, request: FundingRequest, held: str | None, acts: Iterable[FundingAct]
) -> list[Offer]:
    """Giving back what is set aside: asked by one, decided by another."""
    if request.state not in PAYABLE_STATES or rest_of(request) <= 0:
        return []
    asked = rest_waiting(request, acts)
    if asked is None:
        why = _closed(user, request, can_ask_rest, "ask_rest", held)
        return [_quiet("ask_rest", _("不再拨付，释放余款"), request, why)]
    why = _closed(user, request, can_decide_rest, "release_rest", held)
    return [
        replace(_quiet("release_rest", _("同意释放余款"), request, why), is_quiet=False),
        _quiet("keep_rest", _("不同意释放"), request, why),
    ]


def _quiet(name: str, label: Any, request: FundingRequest, why: tuple[str, ...]) -> Offer:
    url = f"{reverse(f'donations:{name}', args=[request.uid])}?v={request.row_version}"
    return Offer(name, label, url, why, is_quiet=True)


def _prepare(
    user: User, request: FundingRequest, held: str | None, payouts: Iterable[Disbursement]
) -> list[Offer]:
    if request.state not in PAYABLE_STATES:
        return []
    if left_to_draw(request, payouts) <= 0:
        return []
    why = _closed(user, request, may.can_prepare_disbursement, "prepare", held)
    if not why and awaits_agreement(request):
        why = (_("等家庭签协议：在手机上同意，或在医院签纸质的。"),)
    return [Offer("prepare", _("开拨付单"), reverse("donations:prepare", args=[request.uid]), why)]


def left_to_draw(request: FundingRequest, disbursements: Iterable[Disbursement]) -> Decimal:
    """What is set aside and no instalment has taken yet."""
    spent = (
        one.amount
        for one in disbursements
        if one.state not in (DisbursementState.CANCELLED, DisbursementState.BOUNCED)
    )
    return request.committed + request.refunded - sum(spent, Decimal(0))


def _with_primary(offers: list[Offer]) -> list[Offer]:
    for n, offer in enumerate(offers):
        if offer.is_open and not offer.is_quiet:
            offers[n] = Offer(offer.name, offer.label, offer.url, offer.why, is_primary=True)
            break
    return sorted(offers, key=lambda one: (one.is_quiet, not one.is_open))


def payout_offers(user: User, one: Disbursement, held: str | None) -> list[Offer]:
    """What the paying house may do with an instalment."""
    url = {
        name: reverse(f"donations:{name}", args=[one.uid])
        for name in ("release", "disbursement_cancel", "disbursement_bounce")
    }
    nth = {"n": one.instalment}
    offers = []
    if one.state in DISBURSEMENT.step("release").sources:
        closed = _release_closed(user, one, held)
        offers.append(
            Offer(
                f"release-{one.instalment}", _("复核放款第 %(n)d 期") % nth, url["release"], closed
            )
        )
        if may.can_cancel_disbursement(user, one):
            label = _("取消第 %(n)d 期") % nth
            offers.append(
                Offer(f"cancel-{one.instalment}", label, url["disbursement_cancel"], is_quiet=True)
            )
    if one.state in DISBURSEMENT.step("bounce").sources and may.can_bounce_disbursement(user, one):
        label = _("登记第 %(n)d 期退汇") % nth
        offers.append(
            Offer(f"bounce-{one.instalment}", label, url["disbursement_bounce"], is_quiet=True)
        )
    return offers + _refund(user, one)


def _refund(user: User, one: Disbursement) -> list[Offer]:
    if one.state not in DISBURSEMENT.step("refund").sources:
        return []
    if not may.can_record_refund(user, one.request):
        return []
    url = reverse("donations:disbursement_refund", args=[one.uid])
    label = _("登记第 %(n)d 期退款") % {"n": one.instalment}
    return [Offer(f"refund-{one.instalment}", label, url, is_quiet=True)]


def _release_closed(user: User, one: Disbursement, held: str | None) -> tuple[str, ...]:
    if one.request.state not in PAYING:
        return (_("申请已不在拨付阶段，不能放款，请取消这一期。"),)
    if one.prepared_by_id == user.pk:
        return (_("经办人不能复核自己经办的拨付，请由另一人放款。"),)
    return _closed(
        user,
        one.request,
        lambda by, _request: may.can_release_disbursement(by, one),
        "release",
        held,
    )


def arrival_offers(user: User, one: Disbursement) -> list[Offer]:
    """What the hospital that receives an instalment may do with it."""
    if one.state not in DISBURSEMENT.step("confirm").sources or not may.can_confirm_disbursement(
        user, one
    ):
        return []
    return [
        Offer("confirm", _("确认到账"), reverse("donations:disbursement_confirm", args=[one.uid]))
    ]


def same_reason(offers: list[Offer]) -> str:
    """The one sentence that closes every step, said once; "" when they differ or something is open."""
    reasons = {offer.why for offer in offers}
    return "".join(reasons.pop()) if len(reasons) == 1 and len(offers) > 1 else ""
