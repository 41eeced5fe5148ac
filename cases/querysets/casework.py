"""Which persons, cases and parts of cases a user may see. `visible_to` opens, `listed_to` is the department's list."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Field,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as Choice
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.state_aid_workflow import AWAITING, COUNTED, RUNNING
from cases.workflow import FINAL_STAGES, CaseStage
from departments.models.mechanisms import Transition
from msw_portal.kernel.db import ScopedQuerySet
from msw_portal.kernel.scope import CARE_ROLES

LISTING_ROLES = frozenset({"worker", "supervisor", "dept_head"})
DOOR_ROLES = (
    LISTING_ROLES  # who meets what waits at the door: incoming referrals, cases without a worker
)
MEMBER_ROLES = frozenset({"assistant", "intern"})
FOUNDATION_ROLES = frozenset({"foundation_officer", "foundation_approver", "foundation_cashier"})
# What a colleague of the department sees of a case that is not the colleague's own.
LIST_COLUMNS = (
    "id",
    "uid",
    "row_version",
    "organization_id",
    "number",
    "client_id",
    "client__id",
    "client__uid",
    "client__name_masked",
    "client__sex",
    "client__birth_year",
    "client__organization_id",
    "client__root_id",
    # Who stands for a merged record, whose name the lists show.
    "client__root__id",
    "client__root__uid",
    "client__root__name_masked",
    "client__root__sex",
    "client__root__birth_year",
    "client__root__organization_id",
    "client__root__root_id",
    "department_id",
    "method",
    "service_kind",
    "source",
    "stage",
    "suspended_at",
    "risk_level",
    "priority",
    "secrecy",
    "compartment_id",
    "worker_id",
    "worker__id",
    "worker__display_name",
    "supervisor_id",
    "opened_at",
    "assigned_at",
    "closed_at",
    "close_reason",
)


def in_compartments(user: Any, column: str = "compartment_id") -> Q:
    """The second wall's own reading of secrecy level 5."""
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__in": user.acting.compartments})


def _moved(condition: Q, path: str) -> Q:
    """A condition on columns of a row as one on the rows that reach it by `path`."""
    moved = Q(_connector=condition.connector, _negated=condition.negated)
    for part in condition.children:
        if isinstance(part, Q):
            moved.children.append(_moved(part, path))
        else:
            column, value = part
            moved.children.append((f"{path}__{column}", value))
    return moved


def of_visible_case(cases: Any, user: Any) -> Q:
    """That the row's case may be opened, asked row by row.

    Beside an OR the database cannot join: `case__in` would read all cases of the house for one person's rows.
    """
    return Q(Exists(cases.objects.visible_to(user).filter(pk=OuterRef("case_id"))))


class CareQuerySet(ScopedQuerySet):
    """Rows of persons: every care role of the house; pages show them masked."""

    def visible_to(self, user) -> Self:
        return (
            self.filter(organization_id=user.house_id) if user.role in CARE_ROLES else self.none()
        )


class ClientQuerySet(CareQuerySet):
    def roots(self) -> Self:
        """Persons, not their merged doubles."""
        return self.filter(root_id=F("id"))

    def same_person(self, client) -> Self:
        return self.filter(organization_id=client.organization_id, root_id=client.root_id)


_DUE = (
    "SELECT t.{} FROM departments_task t WHERE t.subject_kind = 'case' AND t.subject_id = cases_case.id"
    " AND t.state = 'open' AND t.due_at IS NOT NULL ORDER BY t.due_at LIMIT 1"
)
MEMBERSHIPS = (
    "SELECT m.case_id FROM cases_casemember m"
    " WHERE m.organization_id = %s AND m.user_id = %s AND m.valid @> %s::date"
)
# What a row of the list says besides its columns; the rows are walled like any others.
LIST_FACTS: dict[str, tuple[str, Field]] = {
    "last_contact_on": (
        "SELECT c.occurred_on FROM cases_contact c WHERE c.case_id = cases_case.id"
        " ORDER BY c.occurred_on DESC, c.id DESC LIMIT 1",
        DateField(),
    ),
    "next_due_at": (_DUE.format("due_at"), DateTimeField()),
    "next_due_kind": (_DUE.format("kind"), CharField()),
    "need_codes": (
        "ARRAY(SELECT n.category FROM cases_need n WHERE n.case_id = cases_case.id"
        " ORDER BY n.rank, n.id LIMIT 3)",
        ArrayField(CharField()),
    ),
}


class SubjectRequestQuerySet(CareQuerySet):
    def visible_to(self, user) -> Self:
        """The head sees all; others what they took down, and what is asked about persons of their cases."""
        if user.role == "dept_head":
            return super().visible_to(user)
        if user.role not in LISTING_ROLES:
            return self.none()
        clients = self.model._meta.get_field("client").related_model
        cases = clients._meta.get_field("cases").related_model.objects.visible_to(user)
        mine = Q(created_by_id=user.pk) | Q(client__root_id__in=cases.values("client__root_id"))
        return super().visible_to(user).filter(mine)

    def unanswered(self) -> Self:
        return self.filter(state__in=("received", "accepted"))


class CaseQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The cases whose file `user` may open; the predicate `can_view_case` says the same."""
        if user.role not in CARE_ROLES:
            return self.none()
        own = self.kept_by(user)
        if user.acting.glass is None:
            return own
        return own | self.filter(organization_id=user.house_id, compartment_id=user.acting.glass)

    def kept_by(self, user) -> Self:
        """The cases that are the user's to open, without what stands open by break-glass."""
        return self.filter(self._own(user)) if user.role in CARE_ROLES else self.none()

    def kept_through(self, user, path: str) -> Q:
        """The condition of `kept_by` on rows that reach their case by `path`; of a care role.

        For an OR: with columns of a joined row the database begins where the rows are few, while it reads every
        case of the house for `case__in` before it looks at the first row.
        """
        return _moved(self._own(user), path)

    def with_is_mine(self, user) -> Self:
        """Adds `is_mine`: whether `kept_by` holds the row, asked of the row itself.

        A subquery that looks the case up again took most of the list's time in the database.
        """
        if user.role not in CARE_ROLES:
            return self.annotate(is_mine=Value(False))
        return self.annotate(is_mine=ExpressionWrapper(self._own(user), BooleanField()))

    def _own(self, user) -> Q:
        """The condition of `kept_by` for a care role."""
        house = in_compartments(user) & Q(organization_id=user.house_id)
        department = user.acting.department_id
        if user.role == "dept_head":
            return house & Q(department_id=department)
        at_the_door = Q(stage=CaseStage.PENDING, worker__isnull=True, department_id=department)
        if user.role == "supervisor":
            return house & (Q(supervisor_id=user.pk) | at_the_door)
        member = Q(pk__in=self._memberships(user))
        if user.role == "worker":
            return house & (Q(worker_id=user.pk) | member | at_the_door)
        return house & member

    def listed_to(self, user) -> Self:
        """The rows of the list and no more of them than its columns.

        Narrative is not loaded; whoever wants to open a row asks `visible_to`.
        """
        if user.role in LISTING_ROLES:
            department = user.acting.department_id
            rows = self.filter(
                in_compartments(user), organization_id=user.house_id, department_id=department
            )
        else:
            rows = self.kept_by(user)
        return rows.select_related("client__root", "worker").only(*LIST_COLUMNS)

    def _memberships(self, user):
        """The cases of which the user is a member today: written out, for it stands in nearly every statement."""
        given = (user.house_id, user.pk, timezone.localdate())
        return RawSQL(MEMBERSHIPS, given)  # noqa: S611 - its values are parameters  # nosec B611

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def finished(self) -> Self:
        return self.filter(stage__in=FINAL_STAGES)

    def of_person(self, client) -> Self:
        """Cases of the person, whichever of the merged records they hang on."""
        return self.filter(organization_id=client.organization_id, client__root_id=client.root_id)

    def needing(self, categories: list[str]) -> Self:
        """Cases with a need of one of the categories."""
        needs = self.model._meta.get_field("needs").related_model
        return self.filter(
            Exists(needs.objects.filter(case=OuterRef("pk"), category__in=categories))
        )

    def with_list_facts(self) -> Self:
        """Adds what a row of the list says besides its columns, in the same statement.

        `last_contact_on`, `next_due_at`, `next_due_kind`, `need_codes` (at most three, by rank),
        `ward_name` and `bed`: subqueries, so that only the page's rows are looked up. They are written
        out: to put them together anew for every page took a tenth of its time.
        """
        return self.annotate(
            **{name: RawSQL(sql, (), kind) for name, (sql, kind) in LIST_FACTS.items()},  # noqa: S611 - no word of it is anybody's  # nosec B611
            ward_name=F("episode__ward__name"),
            bed=F("episode__bed"),
        )


class CaseChildQuerySet(ScopedQuerySet):
    """Parts of a case are seen by whoever may open the case."""

    def visible_to(self, user) -> Self:
        if user.role not in CARE_ROLES:
            return self.none()
        cases = self.model._meta.get_field("case").related_model
        return self.filter(organization_id=user.house_id, case__in=cases.objects.visible_to(user))


class TransferQuerySet(CaseChildQuerySet):
    def visible_to(self, user) -> Self:
        """Who may open the case, and the colleague who is asked to take it."""
        if user.role not in CARE_ROLES:
            return self.none()
        cases = self.model._meta.get_field("case").related_model
        return self.filter(
            Q(to_user_id=user.pk) | of_visible_case(cases, user),
            in_compartments(user),
            organization_id=user.house_id,
        )

    def waiting(self) -> Self:
        return self.filter(state="requested")


class SupervisionCaseQuerySet(CaseChildQuerySet):
    def visible_to(self, user) -> Self:
        """Who may open the case; what names nobody, everybody who may see the supervision."""
        if user.role not in CARE_ROLES:
            return self.none()
        cases = self.model._meta.get_field("case").related_model
        events = self.model._meta.get_field("event").related_model
        heard = Q(is_deidentified=True, event__in=events.objects.visible_to(user))
        return self.filter(
            heard | of_visible_case(cases, user),
            in_compartments(user),
            organization_id=user.house_id,
        )


class StateAidQuerySet(CaseChildQuerySet):
    def running(self) -> Self:
        """Something is still to be done or awaited."""
        return self.filter(state__in=sorted(RUNNING))

    def overdue(self, on) -> Self:
        """No answer by the day on which one was due."""
        return self.filter(state__in=sorted(AWAITING), answer_due_on__lt=on)

    def counted(self) -> Self:
        """What the authority has granted: it lessens the gap of the bill."""
        return self.filter(state__in=sorted(COUNTED), granted__isnull=False)

    def newest(self) -> Self:
        return self.order_by("-id")


class PlanQuerySet(CaseChildQuerySet):
    def newest_first(self) -> Self:
        return self.order_by("-version")


class ContactQuerySet(CaseChildQuerySet):
    def own_entries(self) -> Self:
        """Without addenda: what counts as a contact."""
        return self.filter(addendum_to__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by("-occurred_on", "-id")

    def with_co_sign_state(self) -> Self:
        """Adds `co_sign_state` (CoSignState, "" where nobody signs), the newest of its transitions."""
        moves = Transition.objects.filter(
            organization_id=OuterRef("organization_id"),
            workflow="contact_sign",
            subject_kind="contact",
            subject_id=OuterRef("pk"),
        )
        newest = Subquery(moves.order_by("-at", "-id").values("to_state")[:1])
        return self.annotate(
            co_sign_state=Choice(
                When(co_sign_required=False, then=Value("")),
                When(countersigned_by__isnull=False, then=Value("signed")),
                default=Coalesce(newest, Value("waiting")),
            )
        )

    def overlapping(self, contact) -> Self:
        """Other contacts of the same author whose times meet this one's."""
        return (
            self.own_entries()
            .filter(
                organization_id=contact.organization_id,
                created_by_id=contact.created_by_id,
                starts_at__lt=contact.ends_at,
                ends_at__gt=contact.starts_at,
            )
            .exclude(pk=contact.pk)
            .order_by("starts_at", "id")
        )


class AssessmentQuerySet(CaseChildQuerySet):
    def final(self) -> Self:
        return self.filter(is_final=True)


class RiskAlertQuerySet(CaseChildQuerySet):
    def open(self) -> Self:
        return self.filter(handled_at__isnull=True)


class NamedQuerySet(ScopedQuerySet):
    """Mandatory reports and their parts: the persons named for this one report and nobody else."""

    def visible_to(self, user) -> Self:
        if user.role not in CARE_ROLES:
            return self.none()
        return self.filter(
            organization_id=user.house_id, compartment_id__in=user.acting.compartments
        )


class ReportQuerySet(NamedQuerySet):
    def unfinished(self) -> Self:
        return self.filter(ended_at__isnull=True)
