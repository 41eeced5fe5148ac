"""The expert's side: a packet is opened, marked in parts, sent as a whole, or given back for a conflict."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services import outbox
from departments.services.moving import move
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.questionnaire.answering import cleaned, unanswered
from msw_portal.kernel.questionnaire.definition import AnswerError
from msw_portal.kernel.questionnaire.scoring import score
from projects.models.experts import Conflict, ConflictKind
from projects.models.reviews import Review
from projects.permissions.experts import can_mark_review
from projects.workflow.reviews import REVIEW, ReviewState

RECUSED = "review.recused"
SHORTEST, LONGEST = 10, 3000
OWN_KINDS = (
    *(ConflictKind.EMPLOYER, ConflictKind.CO_APPLICATION, ConflictKind.KIN),
    *(ConflictKind.SUPERVISION, ConflictKind.FUNDED_PARTNER, ConflictKind.DECLARED),
)


def _held(review: Review, by: User) -> Review:
    held = Review.objects.locked().select_related("questionnaire").get(pk=review.pk)
    if held.state == ReviewState.SUBMITTED and held.expert_user_id == by.pk:
        raise DomainError(
            "review_is_sent",
            _("评分已经提交，不能再改；确有错误，请告诉组织方。"),
            status=409,
        )
    require(can_mark_review, by, held)
    today = timezone.localdate()
    if today < held.opens_on:
        raise DomainError(
            "review.not_yet",
            _("评审从 %(day)s 开始。") % {"day": held.opens_on.isoformat()},
            status=409,
        )
    if today > held.due_on:
        raise DomainError(
            "review.closed",
            _("评审已于 %(day)s 截止；需要延期请联系组织方。") % {"day": held.due_on.isoformat()},
            status=409,
        )
    return held


@command
def review_open(*, review: Review, by: User) -> Review:
    """Note the first opening of a packet.

    Raises:
        DomainError: `review.not_yet`, `review.closed`, `review_is_sent` (409).
    """
    held = _held(review, by)
    if held.state == ReviewState.ASSIGNED:
        move(held, REVIEW, "open", by=by)
        audit.record("review.open", by=by, on=held)
    return held


@command
def review_save(
    *,
    review: Review,
    answers: Mapping[str, Any],
    comment: str = "",
    base: int | None = None,
    by: User,
) -> Review:
    """Keep what is marked so far; nobody reads it before it is sent.

    Raises:
        DomainError: `review.answer` on the item's field for a mark outside its range, `form.stale` (409).
    """
    held = _held(review, by)
    check_base(base, held.row_version)
    held.answers = _cleaned(held, answers)
    held.comment = comment.strip()[:LONGEST] or None
    if held.state == ReviewState.ASSIGNED:
        move(held, REVIEW, "open", by=by)
    held.save(update_fields=["answers", "comment"])
    return held


@command
def review_submit(
    *,
    review: Review,
    answers: Mapping[str, Any],
    comment: str = "",
    base: int | None = None,
    by: User,
) -> Review:
    """Send the marks: all of them, each within its range, with a comment; frozen from then on.

    Raises:
        DomainError: `review.answer` or `review.open_item` on the item's field, `review.needs_comment`
            on `comment`, `review.closed` (409), `form.stale` (409).
    """
    held = _held(review, by)
    check_base(base, held.row_version)
    given = _cleaned(held, answers)
    definition = held.questionnaire.definition
    missing = unanswered(definition, given)
    if missing:
        names = {item["code"]: item["zh"] for item in definition["items"]}
        raise DomainError(
            "review.open_item",
            _("还没有给“%(name)s”打分。") % {"name": names[missing[0]]},
            f"item_{missing[0]}",
        )
    if len(comment.strip()) < SHORTEST:
        raise DomainError(
            "review.needs_comment",
            _("请写评语，至少 %(n)d 个字：申报单位要知道为什么。") % {"n": SHORTEST},
            "comment",
        )
    result = score(definition, given)
    held.answers, held.comment = given, comment.strip()[:LONGEST]
    held.score, held.band = result.as_json(), result.band
    held.total = result.total if result.total is not None else Decimal(0)
    held.is_final, held.finalized_at = True, timezone.now()
    if held.state == ReviewState.ASSIGNED:
        move(held, REVIEW, "open", by=by)
    also = ("answers", "comment", "score", "band", "total", "is_final", "finalized_at")
    move(held, REVIEW, "submit", by=by, also=also)
    audit.record("review.submit", by=by, on=held)
    return held


@command
def review_recuse(*, review: Review, kind: str, reason: str, by: User) -> Review:
    """Give a review back because of a conflict; the register has it at once, the packet is taken away.

    Raises:
        DomainError: `review.conflict_kind` on `kind`, `review.declare_conflict.needs_reason` on `reason`.
    """
    held = Review.objects.locked().get(pk=review.pk)
    require(can_mark_review, by, held)
    if kind not in {str(one) for one in OWN_KINDS}:
        raise DomainError("review.conflict_kind", _("请从列表中选择。"), "kind")
    REVIEW.check(held, "declare_conflict", reason)
    known = Conflict.objects.filter(
        application_id=held.application_id, expert_id=held.expert_id, kind=kind
    )
    if not known.exists():
        Conflict(
            organization_id=held.organization_id,
            application_id=held.application_id,
            expert_id=held.expert_id,
            user_id=by.pk,
            kind=kind,
            note=reason.strip(),
            is_computed=False,
            created_by=by,
        ).save(force_insert=True)
    move(held, REVIEW, "declare_conflict", by=by, reason=reason)
    outbox.put(RECUSED, organization_id=held.organization_id, subject=held, review_id=held.pk)
    audit.record("review.declare_conflict", by=by, on=held, kind=kind)
    return held


def _cleaned(review: Review, answers: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return cleaned(review.questionnaire.definition, answers)
    except AnswerError as error:
        items = {item["code"]: item for item in review.questionnaire.definition["items"]}
        item = items.get(error.item)
        if item is None:
            raise DomainError("review.answer", str(error)) from error
        raise DomainError(
            "review.answer",
            _("“%(name)s”请填 0 到 %(most)s 之间的数，最多一位小数。")
            % {"name": item["zh"], "most": item["most"]},
            f"item_{error.item}",
        ) from error
