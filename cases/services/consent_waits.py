"""A consent on paper is proved by its paper: the scan is due within a week, and then nothing is given out without it."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import ConsentMethod, LegalBasis
from cases.models.consents import Consent
from cases.services.clocks import case_task, end_of_day
from departments.models.mechanisms import Task
from departments.models.people import User
from departments.services.tasks import task_finish, task_open
from msw_portal.kernel.errors import DomainError

TASK = "consent_paper"
GRACE = dt.timedelta(days=7)


def paper_due(consent: Consent, by: User) -> None:
    """A paper without its scan comes onto the clock of who recorded it, on the case where there is one."""
    is_paper = consent.method == ConsentMethod.PAPER_SCAN
    if not is_paper or consent.legal_basis != LegalBasis.CONSENT or consent.evidence_id:
        return
    given = {
        "due_at": end_of_day(timezone.localdate() + GRACE),
        "assignee": by,
        "by": by,
    }
    if consent.case is not None:
        case_task(consent.case, TASK, key=_key(consent), **given)
        return
    task_open(
        kind=TASK,
        organization_id=consent.organization_id,
        subject=consent.client,
        dedup_key=_key(consent),
        **given,
    )


def _key(consent: Consent) -> str:
    return f"{TASK}:{consent.uid}"


def paper_settle(consent: Consent, *, is_over: bool = False) -> None:
    """The scan is there, or the consent is over: nobody waits for the paper any more."""
    state = Task.State.CANCELLED if is_over else Task.State.DONE
    task_finish(organization_id=consent.organization_id, dedup_key=_key(consent), state=state)


def check_paper(consent: Consent) -> None:
    """Refuse to give anything out under a paper whose scan is overdue.

    Consents from before papers had a clock have none, and are not stopped.

    Raises:
        DomainError: `disclosure.needs_paper` (409) on `consent`.
    """
    late = Task.objects.filter(
        organization_id=consent.organization_id,
        dedup_key=_key(consent),
        state=Task.State.OPEN,
        due_at__lt=timezone.now(),
    )
    if consent.evidence_id is None and late.exists():
        raise DomainError(
            "disclosure.needs_paper",
            _("纸质同意书的扫描件过了期限还没有上传，上传后才能提供信息。"),
            "consent",
            status=409,
        )
