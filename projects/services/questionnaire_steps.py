"""What becomes of a questionnaire's draft: published and frozen, copied to the next version, thrown away."""

import copy

from django.utils import timezone
from psycopg2.extras import DateRange

from departments import audit
from departments.models.mechanisms import Questionnaire
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.questionnaire.checking import faults
from projects.permissions.registers import can_make_questionnaire
from projects.services.questionnaires import draft_locked


@command
def questionnaire_release(*, questionnaire: Questionnaire, by: User) -> Questionnaire:
    """Publish: from now on it can be asked and never changes; the version before it is retired today.

    Raises:
        DomainError: `questionnaire.no_items`, `questionnaire.is_published` (409), or the first fault.
    """
    row = draft_locked(questionnaire, by)
    for fault in faults(row.definition):
        raise DomainError(f"questionnaire.{fault.rule}", fault.sentence)
    former = Questionnaire.objects.filter(organization_id=by.house_id, code=row.code).in_use()
    for one in former:
        one.valid = DateRange(one.valid.lower if one.valid else None, timezone.localdate())
        one.save(update_fields=["valid"])
        audit.record("questionnaire.retire", by=by, on=one, code=one.code, version=one.version)
    row.published_at = timezone.now()
    row.save(update_fields=["published_at"])
    audit.record("questionnaire.publish", by=by, on=row, code=row.code, version=row.version)
    return row


@command
def questionnaire_renew(*, questionnaire: Questionnaire, by: User) -> Questionnaire:
    """A draft of the next version with everything of this one; a draft that waits is opened instead."""
    require(can_make_questionnaire, by, questionnaire)
    own = Questionnaire.objects.filter(organization_id=by.house_id, code=questionnaire.code)
    waiting = own.filter(published_at__isnull=True).first()
    if waiting is not None:
        return waiting
    numbers = [int(one) for one in own.values_list("version", flat=True) if one.isdigit()]
    version = str(max(numbers, default=own.count()) + 1)
    row = Questionnaire(
        organization_id=by.house_id,
        code=questionnaire.code,
        version=version,
        kind=questionnaire.kind,
        title=questionnaire.title,
        licence_class=questionnaire.licence_class,
        citation=questionnaire.citation,
        definition=copy.deepcopy(questionnaire.definition) | {"version": version},
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("questionnaire.copy_version", by=by, on=row, code=row.code, version=version)
    return row


@command
def questionnaire_throw(*, questionnaire: Questionnaire, by: User) -> None:
    """Throw a draft away."""
    row = draft_locked(questionnaire, by)
    audit.record("questionnaire.discard", by=by, on=row, code=row.code, version=row.version)
    row.delete()
