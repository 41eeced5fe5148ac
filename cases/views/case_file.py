"""The lists of one case's page, each through `visible_to`, and all that a part needs in one statement."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import cached_property

from cases.models.activities import ActivityLine
from cases.models.alerts import RiskAlert
from cases.models.casework import Case, CaseForm, Referral
from cases.models.consents import Consent, ConsentTemplate
from cases.models.families import CareFlag
from cases.models.groups import GroupMember
from cases.models.people import RelatedPerson
from cases.models.work import Assessment, Contact, Goal, GoalNeed, Need, Plan, PlanItem
from cases.services.consent_renewal import texts_in_use
from cases.services.guards import Evidence
from cases.services.level5_signals import entries
from cases.services.minding import live_flags
from cases.services.plan_texts import PlanPapers
from cases.services.steps import asked_steps
from cases.views.persons import groups_of, relatives_rows
from cases.views.standing_in import facts_of_client, stand_in_client
from cases.workflow import PlanState
from departments.models.mechanisms import Document, Task, Transition
from departments.models.organizations import Code
from departments.services.standing_in import Shape, facts_of, shape_of, stand_in
from msw_portal.kernel.prepared import bare, together_again

HEAD = ("moves", "flags", "relatives", "alerts")
COURSE = ("contacts", "assessments", "consents", "plans", "tasks")
# What each part shows beside the head; what is not named here is still read when somebody asks.
PARTS = {
    "overview": (
        *COURSE,
        "needs",
        "goals",
        "consent_texts",
        "intake_forms",
        "level5_entries",
        "memberships",
    ),
    "contacts": ("contacts",),
    "plan": ("plans", "needs"),
    "forms": ("written_forms", "contacts", "consents", "plans", "outgoing", "activity_lines"),
    "documents": ("documents",),
    "course": COURSE,
    "history": (),
}


class CaseFile:
    """One case as `user` may see it: every list is a queryset, read once, whoever of the page asks.

    `fetch` reads those of a part together with what its steps look at; a list that was not fetched
    is read by itself.
    """

    def __init__(self, user: Any, case: Case, at: dt.datetime | None = None):
        self.user, self.case, self.at = user, case, at or timezone.now()
        self.evidence = Evidence(case, self.at)

    def fetch(self, part: str) -> None:
        """Everything the head and the part show, in one statement."""
        steps = asked_steps(self.user, self.case)
        lists = self._fetched(part, steps)
        names = (*HEAD, *PARTS[part])
        for name in names:
            setattr(self, name, next(lists))
        if part == "plan":
            self.newest_papers = PlanPapers.fetched(*islice(lists, 4))
        self.evidence.take(steps, lists)

    def _fetched(self, part: str, steps: list[str]) -> Iterator[QuerySet]:
        shape, case = shape_of(self.user), self.case
        values = facts_of(self.user) | {
            "at": ("at", self.at),
            "case": ("case", case.pk),
            "case_house": ("house", case.organization_id),
            **facts_of_client(self.case.client),
        }
        kind = ("case", part, *steps, shape, timezone.localdate())
        build = partial(_lists_of_a_stand_in, part, steps, shape)
        return iter(together_again(kind, values, build, lambda: self._anew().lists(part, steps)))

    def _anew(self) -> "CaseFile":
        return CaseFile(self.user, self.case, self.at)

    def lists(self, part: str, steps: list[str]) -> list[QuerySet]:
        """What the head, the part and the guards of the steps show, in the order of `fetch`."""
        papers = self.newest_papers.querysets if part == "plan" else ()
        names = (*HEAD, *PARTS[part])
        return [*(getattr(self, name) for name in names), *papers, *self.evidence.of(steps)]

    def _rows(self, model: Any) -> Any:
        return model.objects.visible_to(self.user).filter(case=self.case)

    # ── the head

    @cached_property
    def moves(self) -> QuerySet[Transition]:
        """The moves of the case, the first one first."""
        rows = Transition.objects.visible_to(self.user).of(self.case).filter(workflow="case")
        return rows.select_related("actor")

    @cached_property
    def flags(self) -> QuerySet[CareFlag]:
        return live_flags(self.case.client)

    @cached_property
    def relatives(self) -> QuerySet[RelatedPerson]:
        return relatives_rows(self.user, self.case.client)

    @cached_property
    def alerts(self) -> QuerySet[RiskAlert]:
        """Open risk alerts, the latest first."""
        rows = self._rows(RiskAlert).open().order_by("-raised_at")
        return rows.select_related("taken_by")

    # ── the parts

    @cached_property
    def memberships(self) -> QuerySet[GroupMember]:
        """The groups the person takes or took part in."""
        return groups_of(self.user, self.case.client)

    @cached_property
    def needs(self) -> QuerySet[Need]:
        return self._rows(Need).order_by("rank", "id")

    @cached_property
    def plans(self) -> QuerySet[Plan]:
        """Every version, the newest first."""
        return self._rows(Plan).select_related("approved_by", "created_by").newest_first()

    @cached_property
    def newest_papers(self) -> PlanPapers:
        """Goals, signatures and moves of the newest version, whichever that will be."""
        newest = self._rows(Plan).newest_first().values("pk")[:1]
        return papers_seen(self.user, self.case.organization_id, Subquery(newest))

    @cached_property
    def goals(self) -> QuerySet[Goal]:
        """Those of every version that was not replaced, by rank, with the ids of their needs."""
        rows = self._rows(Goal).exclude(plan__state=PlanState.REPLACED)
        return with_need_ids(self.user, rows).order_by("rank", "id")

    @cached_property
    def contacts(self) -> QuerySet[Contact]:
        """All but addenda, the newest first."""
        rows = self._rows(Contact).own_entries().with_co_sign_state().select_related("created_by")
        return rows.newest_first()

    @cached_property
    def assessments(self) -> QuerySet[Assessment]:
        """The newest first; the questions stay away, every row would carry them."""
        rows = self._rows(Assessment).select_related("questionnaire", "created_by")
        return rows.defer("questionnaire__definition").order_by("-id")

    @cached_property
    def consents(self) -> QuerySet[Consent]:
        """The person's, whatever case they were given for, the newest first; without the words signed."""
        rows = Consent.objects.visible_to(self.user).of_person(self.case.client)
        rows = rows.select_related("recipient", "template", "case", "client")
        return rows.defer("template__text").order_by("-signed_at", "-id")

    @cached_property
    def consent_texts(self) -> QuerySet[ConsentTemplate]:
        return texts_in_use(self.case.organization_id)

    @cached_property
    def intake_forms(self) -> QuerySet[CaseForm]:
        """The newest F1, if there is one."""
        return self._rows(CaseForm).filter(kind="F1").order_by("-version")[:1]

    @cached_property
    def written_forms(self) -> QuerySet[CaseForm]:
        """Drafts and versions, by kind, the newest first."""
        rows = self._rows(CaseForm).select_related("finalized_by")
        return rows.order_by("kind", "-serial", "-version")

    @cached_property
    def outgoing(self) -> QuerySet[Referral]:
        rows = self._rows(Referral).outgoing()
        return rows.select_related("to_organization").order_by("-id")

    @cached_property
    def activity_lines(self) -> QuerySet[ActivityLine]:
        """The visits and consultations the case came from."""
        rows = ActivityLine.objects.visible_to(self.user).filter(promoted_case=self.case)
        return rows.select_related("activity")

    @cached_property
    def documents(self) -> QuerySet[Document]:
        """Files that were not made from another one, the newest first; those that somebody deleted too."""
        rows = Document.objects.visible_to(self.user).kept_or_removed_of(self.case)
        rows = rows.filter(derived_from__isnull=True)
        return rows.select_related("created_by").order_by("-id")

    @cached_property
    def tasks(self) -> QuerySet[Task]:
        """What is due, the next first."""
        rows = Task.objects.visible_to(self.user).open()
        rows = rows.filter(subject_kind="case", subject_id=self.case.pk, due_at__isnull=False)
        return rows.order_by("due_at")

    @cached_property
    def level5_entries(self) -> QuerySet[Code]:
        return entries()


def _lists_of_a_stand_in(
    part: str, steps: list[str], shape: Shape, values: Mapping[str, Any]
) -> list[QuerySet]:
    case = bare(Case, id=values["case"], organization_id=values["case_house"])
    case.client = stand_in_client(values)
    return CaseFile(stand_in(shape, values), case, values["at"]).lists(part, steps)


def papers_seen(user: Any, house: int, pk: int | Subquery) -> PlanPapers:
    """The papers of a plan as `user` may see them, its goals with the ids of their needs."""
    goals, moves = Goal.objects.visible_to(user), Transition.objects.visible_to(user)
    items = PlanItem.objects.visible_to(user)
    return PlanPapers(house, pk, goals=with_need_ids(user, goals), items=items, moves=moves)


def with_need_ids(user: Any, goals: QuerySet[Goal]) -> QuerySet[Goal]:
    """Adds `need_ids`: a prefetch of the needs would be a statement of its own."""
    links = GoalNeed.objects.visible_to(user).filter(goal=OuterRef("pk"))
    ids = links.order_by("need__rank", "need_id").values("need_id")
    return goals.annotate(need_ids=ArraySubquery(ids))


def join_needs(goals: Iterable[Goal], needs: Iterable[Need]) -> None:
    """Give every goal its `shown_needs`, out of those that may be seen."""
    known = {need.pk: need for need in needs}
    for goal in goals:
        goal.shown_needs = [known[pk] for pk in goal.need_ids if pk in known]
