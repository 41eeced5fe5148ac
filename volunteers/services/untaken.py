"""Sign-ups that were not taken: due after their years, emptied by a list that two have signed."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models.doors import InboxItem
from departments.models.people import User
from departments.services.destruction import MOST, Ended, Piece
from departments.services.erasing import GONE, Rows, column_of, rows_erase, values_of
from departments.services.policies import retention_rule
from departments.services.retention import ends_on, years_after
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
    rule, today = retention_rule(), timezone.localdate()
    day = years_after(today, -rule.applicant_years) + dt.timedelta(days=1)
    late = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    rows = Volunteer.objects.visible_to(by).filter(
        state=VolunteerState.REFUSED, created_at__lt=late, erased_on__isnull=True
    )
    why = _("报名后满 %(n)d 年，没有通过") % {"n": rule.applicant_years}
    found = []
    for row in rows.order_by("created_at", "id")[:MOST]:
        applied = timezone.localdate(row.created_at)
        until = ends_on(CODE, applied, rule) or applied
        label = _("报名 %(day)s %(number)s") % {
            "day": applied.isoformat(),
            "number": str(row.uid)[-6:].upper(),
        }
        piece = Piece("volunteer", row.pk, str(row.uid), label, CODE, until.isoformat(), why)
        found.append(piece)
    return found


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
