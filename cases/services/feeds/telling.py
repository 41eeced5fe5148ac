"""What was refused of a hospital's deliveries becomes the task of who keeps the system there."""

from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.models.people import Membership, Role
from departments.services.tasks import task_open
from msw_portal.kernel.scope import INSTALLATION

REFUSED_TASK = "drop_refused"


def administrators_house(house: int) -> int:
    """Where the house's system administrator works: in the house itself, or in the installation. In its scope."""
    rows = Membership.objects.filter(organization_id=house, role=Role.SYSADMIN)
    return house if rows.active(timezone.localdate()).exists() else INSTALLATION


def drop_told(*, house: int, at: int, is_clean: bool) -> None:
    """A file of `house` was read: its refused lines are one task a day, until a file comes clean.

    Runs in the scope of `at`, the house of the administrator.
    """
    subject = Organization.objects.get(pk=house)
    kind = subject._meta.model_name
    if is_clean:
        rows = Task.objects.filter(
            organization_id=at, kind=REFUSED_TASK, subject_kind=kind, subject_id=house
        )
        rows.open().update(state=Task.State.DONE, closed_at=timezone.now())
        return
    task_open(
        kind=REFUSED_TASK,
        organization_id=at,
        subject=subject,
        role=Role.SYSADMIN,
        dedup_key=f"{REFUSED_TASK}:{house}:{timezone.localdate():%Y%m%d}",
    )
