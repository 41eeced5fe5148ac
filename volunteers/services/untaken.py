"""Sign-ups that were not taken: due after their years, emptied by a list that two have signed."""

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models.doors import InboxItem
from departments.models.people import User
from departments.services.destruction import MOST, Ended, Piece, piece_of_day
from departments.services.erasing import GONE, Rows, column_of, rows_erase, values_of
from departments.services.policies import retention_rule
from departments.services.retention import ends_on, years_ago
from departments.services.searching import hold_object, index_object
from volunteers.models.people import Volunteer, VolunteerRecord
from volunteers.services.finding import KIND
from volunteers.workflow import VolunteerState

CODE = "applicant"
# Plain columns that describe the person beside those of level 4.
MORE = (
    "name_masked",
    "birth_year",
    "education",
    "languages",
    "skills",
    "availability",
    "preferred",
    "national_no",
)


def applicants_due(*, by: User) -> list[Piece]:
    """Refused sign-ups whose years are over, the oldest first."""
    rule = retention_rule()
    late = years_ago(rule.applicant_years)
    if late is None:
        return []
    rows = _refused(by).filter(created_at__lt=late)
    why = _("报名后满 %(n)d 年，没有通过") % {"n": rule.applicant_years}
    label = _("报名 %(day)s %(number)s")
    return [
        piece_of_day(
            "volunteer", row, code=CODE, began=row.created_at, rule=rule, label=label, why=why
        )
        for row in rows.order_by("created_at", "id")[:MOST]
    ]


def applicants_next(*, by: User) -> dt.date | None:
    """The day on which the next refused sign-up is due; None when there is none."""
    rule = retention_rule()
    late = years_ago(rule.applicant_years)
    if late is None:
        return None
    one = _refused(by).filter(created_at__gte=late).order_by("created_at", "id").first()
    return None if one is None else ends_on(CODE, timezone.localdate(one.created_at), rule)


def _refused(by: User) -> QuerySet[Volunteer]:
    return Volunteer.objects.visible_to(by).filter(
        state=VolunteerState.REFUSED, erased_on__isnull=True
    )


def applicant_end(*, batch_id: int, house: int, id: int) -> Ended:
    """Empty one refused sign-up with its papers and the letter it came by; who serves or served is left alone."""
    mine = Rows(Volunteer, "id", [id], MORE)
    if values_of(batch_id=batch_id, rows=mine, column="state") != [VolunteerState.REFUSED]:
        return Ended(False, _("报名又在办理"))
    if column_of(batch_id=batch_id, rows=mine, column="user_id"):
        return Ended(False, _("已有账户"))
    items = column_of(batch_id=batch_id, rows=mine, column="inbox_item_id")
    rows_erase(batch_id=batch_id, house=house, rows=Rows(InboxItem, "id", items))
    rows_erase(batch_id=batch_id, house=house, rows=Rows(VolunteerRecord, "volunteer_id", [id]))
    today = timezone.localdate().isoformat()
    rows_erase(
        batch_id=batch_id, house=house, rows=mine, name_masked=GONE, id_type="none", erased_on=today
    )
    hold_object(kind=KIND, object_id=id)
    index_object(organization_id=house, kind=KIND, object_id=id, grams=set())
    return Ended(True, persons=1)
