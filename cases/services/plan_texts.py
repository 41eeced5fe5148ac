"""What a plan says, as one text with its hash: a signature counts for the text that was signed."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models.codes import Relation
from cases.models.work import Goal, Plan, PlanItem
from cases.services.signing import drawn_blocks
from departments.models.doors import Signature
from departments.models.mechanisms import Transition
from msw_portal.kernel.masking import mask_name

CLIENT_SIDE = (Signature.Signer.CLIENT, Signature.Signer.GUARDIAN, Signature.Signer.EXTERNAL)
GOAL_FACTS = ("rank", "statement", "indicator", "baseline", "target", "due_on", "weight")


ITEM_FACTS = (
    *("kind", "what", "who", "starts_on", "ends_on", "frequency", "place", "cost", "payer"),
)


def plan_hash(
    plan: Plan, goals: Iterable[Goal] | None = None, items: Iterable[PlanItem] | None = None
) -> bytes:
    """SHA-256 of aim, review date, goals and tasks; the ratings come later and are not part of it.

    `goals` by rank and `items` by id are the plan's, for who has read them already.
    """
    if goals is None:
        goals = Goal.objects.filter(plan=plan).order_by("rank", "id")
    if items is None:
        items = PlanItem.objects.filter(plan=plan).order_by("id")
    return hashlib.sha256(plan_text(plan, goals, items).encode()).digest()


def plan_text(plan: Plan, goals: Iterable[Goal], items: Iterable[PlanItem] = ()) -> str:
    """What is signed, as JSON; a weight has two places. What is not filled in is left out."""
    said: dict[str, Any] = {
        "aim": plan.aim,
        "theory": plan.theory,
        "review_due_on": plan.review_due_on,
        "goals": [
            {name: getattr(goal, name) for name in GOAL_FACTS}
            | ({"gas_levels": goal.gas_levels} if goal.gas_levels else {})
            for goal in goals
        ],
    }
    # How far a task has come is no part of what was agreed.
    if kept := [{name: getattr(item, name) for name in ITEM_FACTS} for item in items]:
        said["items"] = kept
    if plan.details:
        said["details"] = plan.details
    return json.dumps(said, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)


class PlanPapers:
    """What stands under a version of a plan: querysets, each asked once, when needed.

    `pk` is the version's id, or a subquery that finds it: a page then fetches `querysets` with its own
    lists in one statement (kernel/together.py). `goals`, `items` and `moves` are the same, narrowed for
    a reader.
    """

    def __init__(
        self,
        house: int,
        pk: int | Subquery,
        *,
        goals: QuerySet[Goal] | None = None,
        items: QuerySet[PlanItem] | None = None,
        moves: QuerySet[Transition] | None = None,
    ):
        goals = Goal.objects.all() if goals is None else goals
        items = PlanItem.objects.all() if items is None else items
        moves = Transition.objects.filter(organization_id=house) if moves is None else moves
        ours = {"subject_kind": Plan._meta.model_name, "subject_id": pk}
        self.goals = goals.filter(plan_id=pk).order_by("rank", "id")
        self.items = items.filter(plan_id=pk).select_related("goal").order_by("id")
        self.signed = (
            Signature.objects.filter(organization_id=house, **ours)
            .select_related("user", "drawn")
            .order_by("at", "pk")
        )
        self.moves = (
            moves.filter(workflow="plan", step__in=("unsigned", "review"), **ours)
            .select_related("actor")
            .order_by("-at")
        )

    @classmethod
    def fetched(cls, *lists: QuerySet) -> Self:
        """The papers whose `querysets` somebody else has fetched."""
        papers = cls.__new__(cls)
        papers.goals, papers.items, papers.signed, papers.moves = lists
        return papers

    @property
    def querysets(self) -> tuple[QuerySet, ...]:
        return self.goals, self.items, self.signed, self.moves

    def signatures(self, plan: Plan) -> list[Signature]:
        """Who signed this version as it stands now, the first signature first."""
        text = plan_hash(plan, self.goals, self.items)
        return [one for one in self.signed if bytes(one.text_hash) == text]

    def is_signed_by_client(self, plan: Plan) -> bool:
        """Whether the client, or who signs for the client, signed this very text."""
        return any(one.signer_kind in CLIENT_SIDE for one in self.signatures(plan))

    def refusal(self, plan: Plan) -> Transition | None:
        """Why the client did not sign the version as it was last submitted; nothing once it is signed."""
        if plan.submitted_at is None or self.is_signed_by_client(plan):
            return None
        said = (one for one in self.moves if one.step == "unsigned" and one.at >= plan.submitted_at)
        return next(said, None)

    @property
    def reviews(self) -> list[Transition]:
        """The reviews since, the latest first."""
        return [one for one in self.moves if one.step == "review"]


def papers_of(plan: Plan) -> PlanPapers:
    return PlanPapers(plan.organization_id, plan.pk)


def signatures_of(plan: Plan) -> list[Signature]:
    return papers_of(plan).signatures(plan)


def is_signed_by_client(plan: Plan) -> bool:
    return papers_of(plan).is_signed_by_client(plan)


def signing_blocks(plan: Plan, *, is_named: bool) -> list[dict[str, Any]]:
    """Who signed the version and when, the drawn signature below it; or why it is not signed."""
    head = [_("签署人"), _("与服务对象关系"), _("方式"), _("时间")]
    rows: list[list[str]] = []
    pictures: list[dict[str, Any]] = []
    papers = papers_of(plan)
    for one in papers.signatures(plan):
        is_worker = one.signer_kind == Signature.Signer.USER
        name = one.signer_name if is_worker or is_named else mask_name(one.signer_name)
        relation = _("社工") if is_worker else str(Relation(one.relation).label)
        rows.append([name, relation, _way(one), f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}"])
        pictures += drawn_blocks(one)
    if (refusal := papers.refusal(plan)) is not None:
        why = _("没有签署：%(why)s") % {"why": refusal.reason}
        rows.append([why, _("服务对象"), "", f"{timezone.localtime(refusal.at):%Y-%m-%d %H:%M}"])
    if not rows:
        return []
    return [
        {"t": "head", "title": _("签名")},
        {"t": "rows", "label": "", "head": head, "widths": [3, 2, 2, 2], "rows": rows},
        *pictures,
    ]


def _way(signature: Signature) -> str:
    """How it was signed: by the account, drawn on screen, on paper."""
    if signature.signer_kind == Signature.Signer.USER:
        return _("账号提交")
    is_drawn = signature.drawn is not None and signature.drawn.kind == "signature"
    return _("屏幕签名") if is_drawn else _("纸质签署")
