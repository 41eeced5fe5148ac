"""Which rows a user may see. Every `visible_to` writes the tenant as a plain equality."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from msw_portal.kernel.db import ScopedQuerySet
from msw_portal.kernel.scope import CARE_ROLES

# What is written about a person in care before anybody has registered them.
CARE_KINDS = ("ward_referral", "self_request", "referral_reply")
# Who receives what other houses ask a charity for, also in a house that cares for people itself.
GIVERS = frozenset({"foundation_officer", "foundation_approver", "foundation_cashier"})


def organization_uid(organization_id: int) -> uuid.UUID:
    """The public id of a house, needed for its keys; it never changes.

    Raises:
        LookupError: when there is no such organization.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT uid FROM departments_organization WHERE id = %s", [organization_id])
        row = cursor.fetchone()
    if row is None:
        raise LookupError(f"no organization {organization_id}")
    return row[0]


class RegisterQuerySet(ScopedQuerySet):
    """Registers are read by everybody who is signed in."""

    def visible_to(self, user) -> Self:
        return self if user.is_authenticated else self.none()


class OrganizationQuerySet(RegisterQuerySet):
    def on_ground_of(self, user) -> Self:
        """Houses with which the person's house may have business: practice with practice, real with real."""
        return self.filter(is_training=user.acting.is_training)

    def tenants(self) -> Self:
        return self.filter(is_tenant=True)


class TenantQuerySet(ScopedQuerySet):
    """The house's own rows."""

    def visible_to(self, user) -> Self:
        return self.filter(organization_id=user.house_id) if user.house_id else self.none()


class InboxItemQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """What wards and families send: for who works in care, and for its own sender."""
        rows = super().visible_to(user)
        if user.role in CARE_ROLES:
            return rows
        return rows.filter(~Q(kind__in=CARE_KINDS) | Q(created_by_id=user.pk))


class OpenQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The own house's rows, and what others have published on the same ground."""
        if not user.house_id:
            return self.none()
        published = Q(published_at__isnull=False, organization__is_training=user.acting.is_training)
        return self.filter(Q(organization_id=user.house_id) | published)


class QuestionnaireQuerySet(TenantQuerySet):
    def in_use(self) -> Self:
        """Published and not retired."""
        return self.filter(
            Q(valid__isnull=True) | Q(valid__contains=timezone.localdate()),
            published_at__isnull=False,
        )


class PersonalQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        return self.filter(user_id=user.pk, organization_id=user.house_id)


class MembershipQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The security administrator and the head see the house's, everybody the own ones."""
        if user.role in {"secadmin", "dept_head"}:
            return self.filter(organization_id=user.house_id)
        return self.filter(user_id=user.pk)

    def active(self, on: dt.date) -> Self:
        return self.filter(valid__contains=on)


class TaskQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """What is asked of the person; what is asked of the role acted in, in the own department and at
        level 5 of who is named. A role of the whole house is asked by every department."""
        asked = Q(compartment_id__isnull=True) | Q(compartment_id__in=user.acting.compartments)
        if user.acting.department_id is not None:
            own = Q(department_id__isnull=True) | Q(department_id=user.acting.department_id)
            asked &= own
        mine = Q(assignee_id=user.pk) | Q(asked, assignee__isnull=True, role=user.role)
        return super().visible_to(user).filter(mine)

    def asked_of(self, user_id: int, posts: Iterable[tuple[str, int | None]]) -> Self:
        """What is asked of a person in all the roles held, each with its department; at level 5 by name alone."""
        asked = Q(assignee_id=user_id)
        for role, department in posts:
            post = Q(assignee__isnull=True, role=role, compartment_id__isnull=True)
            if department is not None:
                post &= Q(department_id__isnull=True) | Q(department_id=department)
            asked |= post
        return self.filter(asked)

    def open(self) -> Self:
        """To be done now: not done, and not resting."""
        return self.filter(state="open", paused_at__isnull=True)


class JobQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        return super().visible_to(user).filter(requested_by_id=user.pk)


class TaskRunQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The installation's own: for the system administrator."""
        rows = self.filter(organization_id=user.house_id)
        return rows if user.role == "sysadmin" else rows.none()


class TwoPartyQuerySet(ScopedQuerySet):
    """Rows of two houses. The page knows which side it is on and says so, so that an index serves it."""

    def owned_by(self, user) -> Self:
        return self.filter(organization_id=user.house_id)

    def sent_to(self, user) -> Self:
        return self.filter(counterparty_id=user.house_id)

    def visible_to(self, user) -> Self:
        if not user.house_id:
            return self.none()
        if user.acting.organization_kind == "foundation" or user.role in GIVERS:
            return self.sent_to(user)
        return self.owned_by(user)


class DocumentQuerySet(TwoPartyQuerySet):
    """Files are reached through their subject; the app that owns the subject narrows further."""

    def of(self, subject) -> Self:
        return self.filter(
            subject_kind=subject._meta.model_name, subject_id=subject.pk, voided_at__isnull=True
        )

    def kept_or_removed_of(self, subject) -> Self:
        """Those of `of`, and those that somebody deleted with a reason (`void_reason` of Removal)."""
        rows = self.filter(subject_kind=subject._meta.model_name, subject_id=subject.pk)
        removals = self.model.Removal.values
        return rows.filter(Q(voided_at__isnull=True) | Q(void_reason__in=removals))


class MessageQuerySet(TwoPartyQuerySet):
    def of(self, subject) -> Self:
        return self.filter(subject_kind=subject._meta.model_name, subject_id=subject.pk)


class TransitionQuerySet(TwoPartyQuerySet):
    def of(self, subject) -> Self:
        return self.filter(subject_kind=subject._meta.model_name, subject_id=subject.pk).order_by(
            "at"
        )


class AuditQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        return self.filter(organization_id=user.house_id) if user.role == "auditor" else self.none()


class ImportRunQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """What somebody brought is seen by that person alone: it may hold whole lists of patients."""
        return super().visible_to(user).filter(created_by_id=user.pk)

    def idle_until(self, at: dt.datetime) -> Self:
        """Runs whose time is over and whose rows or files are still kept."""
        return self.filter(expires_at__lte=at, is_emptied=False)


class ImportRowQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        return super().visible_to(user).filter(run__created_by_id=user.pk)


# Who leads people sees the staff of the department; who keeps accounts, of the house.
LEADS_PEOPLE = frozenset({"supervisor", "dept_head"})
LEARNS = frozenset({"worker", "assistant", "intern", "supervisor", "dept_head"})
COURSES = ("training", "workshop", "simulation")
# Who does no casework and may come to courses that are open: volunteers and supervisors who visit, clinicians.
VISITS_COURSES = frozenset(
    {"volunteer", "volunteer_coordinator", "external_supervisor", "clinician"}
)


class StaffProfileQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """The head and the keeper of accounts see the house's, a supervisor the department's, everybody the own ones."""
        rows = super().visible_to(user)
        if user.role in {"dept_head", "secadmin"}:
            return rows
        mine = Q(user_id=user.pk)
        if user.role == "supervisor" and user.acting.department_id:
            mine |= Q(department_id=user.acting.department_id)
        return rows.filter(mine)

    def here(self, on: dt.date | None = None) -> Self:
        """In the post on a day (today)."""
        return self.filter(valid__contains=on or timezone.localdate())

    def expiring(self, on: dt.date, *, days: int = 90) -> Self:
        """Whose latest registration ends within so many days, or has ended."""
        papers = self.model._meta.get_field("credentials").related_model
        own = papers.objects.standing().filter(staff=OuterRef("pk"), kind="registration")
        later = own.filter(valid__endswith__gt=on + dt.timedelta(days=days))
        return self.filter(Exists(own)).exclude(Exists(later))


class StaffCredentialQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """Those of the profiles the person may see."""
        profiles = self.model._meta.get_field("staff").related_model
        return super().visible_to(user).filter(staff__in=profiles.objects.visible_to(user))

    def standing(self) -> Self:
        return self.filter(voided_at__isnull=True)


class LearningEventQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """Courses are announced to everybody who does casework; a supervision is its own people's and the department's leaders'.

        Who visits sees the courses that are open and will be or were held.
        """
        rows = super().visible_to(user)
        if user.role in VISITS_COURSES:
            return rows.filter(is_open=True, kind__in=COURSES).exclude(state="cancelled")
        if user.role not in LEARNS:
            return self.none()
        attendances = self.model._meta.get_field("attendances").related_model
        own = attendances.objects.filter(event=OuterRef("pk"), user_id=user.pk)
        mine = Q(leader_id=user.pk) | Q(kind__in=COURSES) | Q(Exists(own))
        if user.role in LEADS_PEOPLE:
            mine |= Q(department__isnull=True) | Q(department_id=user.acting.department_id)
        return rows.filter(mine)

    def supervised(self) -> Self:
        return self.exclude(kind__in=COURSES)

    def courses(self) -> Self:
        return self.filter(kind__in=COURSES)

    def of_person(self, uid: uuid.UUID) -> Self:
        """Those that a person led or was at, by the person's public id."""
        attendances = self.model._meta.get_field("attendances").related_model
        own = attendances.objects.filter(event=OuterRef("pk"), user__uid=uid, presence="present")
        return self.filter(Exists(own))

    def with_people(self) -> Self:
        """Adds `people_count` and the first `people_names` of who attends, for the list."""
        attendances = self.model._meta.get_field("attendances").related_model
        listed = attendances.objects.filter(event=OuterRef("pk"), role="attendee").order_by("pk")
        names = Coalesce("user__display_name", "staff__name", "name")
        count = listed.order_by().values("event").annotate(n=Count("pk")).values("n")
        return self.annotate(
            people_count=Coalesce(Subquery(count), 0),
            people_names=ArraySubquery(listed.annotate(said=names).values("said")[:3]),
        )


class LearningAttendanceQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """The people of the events the person may see; who visits a course learns of nobody else."""
        if user.role not in LEARNS:
            return self.none()
        events = self.model._meta.get_field("event").related_model
        return super().visible_to(user).filter(event__in=events.objects.visible_to(user))

    def present(self) -> Self:
        return self.filter(presence="present")


class CensusReturnQuerySet(ScopedQuerySet):
    """Returns of one's own house; for an authority those sent to it, and what is frozen in its region."""

    def visible_to(self, user) -> Self:
        if not user.house_id:
            return self.none()
        if user.role == "dept_head":
            return self.filter(organization_id=user.house_id)
        if user.role != "authority_officer":
            return self.none()
        low, high = region_range(user.acting.region_id)
        own = Q(organization_id=user.house_id) | Q(counterparty_id=user.house_id)
        released = Q(released_at__isnull=False, region_code__range=(low, high))
        return self.filter(own | released)

    def frozen(self) -> Self:
        return self.filter(state="frozen")


class CensusLineQuerySet(ScopedQuerySet):
    """Lines of the returns one may see."""

    def visible_to(self, user) -> Self:
        returns = self.model._meta.get_field("census").related_model.objects
        return self.filter(census__in=returns.visible_to(user))


class PublishedFigureQuerySet(ScopedQuerySet):
    """A house's own list; what it published is read by every authority, head and foundation."""

    READERS = frozenset(
        {"authority_officer", "dept_head", "foundation_officer", "foundation_approver"}
    )

    def visible_to(self, user) -> Self:
        if not user.house_id or user.role not in self.READERS:
            return self.none()
        return self.filter(Q(organization_id=user.house_id) | Q(published_at__isnull=False))

    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class PublicEntryQuerySet(TenantQuerySet):
    """The house's own entries, whatever their days; everybody else sees the open ones by `public`."""

    def public(self) -> Self:
        """What everybody may read now, of houses that are not for practice."""
        now = timezone.now()
        shown = Q(visible_to__isnull=True) | Q(visible_to__gt=now)
        return self.filter(shown, visible_from__lte=now, organization__is_training=False)

    def newest(self) -> Self:
        """Of every entry the version that stands: no other has taken its place yet."""
        later = self.model.objects.filter(
            supersedes=OuterRef("pk"), visible_from__lte=timezone.now()
        )
        return self.filter(~Exists(later))


def region_range(code: int | None) -> tuple[int, int]:
    """The inclusive range of GB/T 2260 codes below a code (as `app.region_end`); nothing for None."""
    if code is None:
        return 0, 0
    if code == 100000:
        return code, 999999
    step = 10000 if code % 10000 == 0 else 100 if code % 100 == 0 else 1
    return code, code + step - 1
