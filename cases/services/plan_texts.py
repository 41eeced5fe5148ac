"""What a plan says, as one text with its hash: a signature counts for the text that was signed."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models.codes import Relation
from cases.models.work import Goal, Plan
from cases.services.signing import drawn_blocks
from departments.models.doors import Signature
from departments.models.mechanisms import Transition
from msw_portal.kernel.masking import mask_name

CLIENT_SIDE = (Signature.Signer.CLIENT, Signature.Signer.GUARDIAN, Signature.Signer.EXTERNAL)
GOAL_FACTS = ("rank", "statement", "indicator", "baseline", "target", "due_on", "weight")


def plan_hash(plan: Plan) -> bytes:
    """SHA-256 of aim, review date and goals; the ratings come later and are not part of it."""
    goals = Goal.objects.filter(plan=plan).order_by("rank", "id")
    return hashlib.sha256(plan_text(plan, goals).encode()).digest()


def plan_text(plan: Plan, goals: Iterable[Goal]) -> str:
    """What is signed, as JSON; a weight has two places."""
    said: dict[str, Any] = {
        "aim": plan.aim,
        "theory": plan.theory,
        "review_due_on": plan.review_due_on,
        "goals": [{name: getattr(goal, name) for name in GOAL_FACTS} for goal in goals],
    }
    return json.dumps(said, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)


def signatures_of(plan: Plan) -> list[Signature]:
    """Who signed this version as it stands now, the first signature first."""
    rows = Signature.objects.filter(
        organization_id=plan.organization_id,
        subject_kind=plan._meta.model_name,
        subject_id=plan.pk,
        text_hash=plan_hash(plan),
    )
    return list(rows.select_related("user", "drawn").order_by("at", "pk"))


def is_signed_by_client(plan: Plan) -> bool:
    """Whether the client, or who signs for the client, signed this very text."""
    return any(one.signer_kind in CLIENT_SIDE for one in signatures_of(plan))


def signing_blocks(plan: Plan, *, is_named: bool) -> list[dict[str, Any]]:
    """Who signed the version and when, the drawn signature below it; or why it is not signed."""
    head = [_("签署人"), _("与服务对象关系"), _("时间")]
    rows: list[list[str]] = []
    pictures: list[dict[str, Any]] = []
    for one in signatures_of(plan):
        is_worker = one.signer_kind == Signature.Signer.USER
        name = one.signer_name if is_worker or is_named else mask_name(one.signer_name)
        relation = _("社工") if is_worker else str(Relation(one.relation).label)
        rows.append([name, relation, f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}"])
        pictures += drawn_blocks(one)
    if (refusal := refusal_of(plan)) is not None:
        why = _("没有签署：%(why)s") % {"why": refusal.reason}
        rows.append([why, _("服务对象"), f"{timezone.localtime(refusal.at):%Y-%m-%d %H:%M}"])
    if not rows:
        return []
    return [
        {"t": "head", "title": _("签名")},
        {"t": "rows", "label": "", "head": head, "widths": [4, 2, 2], "rows": rows},
        *pictures,
    ]


def refusal_of(plan: Plan) -> Transition | None:
    """Why the client did not sign the version as it was last submitted; nothing once it is signed."""
    if plan.submitted_at is None or is_signed_by_client(plan):
        return None
    moves = Transition.objects.of(plan).filter(workflow="plan", step="unsigned")
    moves = moves.filter(at__gte=plan.submitted_at)
    return moves.select_related("actor").order_by("-at").first()
