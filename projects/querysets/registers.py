"""Which surveys, register entries and actions somebody sees."""

import datetime as dt
from typing import Self

from django.db.models import Q

from departments.querysets import OpenQuerySet, TenantQuerySet
from msw_portal.kernel.scope import CARE_ROLES

# A study is made by a hospital's department, an authority or a foundation; others have no part in it.
STUDY_ROLES = CARE_ROLES | {"authority_officer", "foundation_officer", "foundation_approver"}


class StudyQuerySet(TenantQuerySet):
    """The own house's studies and what hangs on them, for those who take part in studies."""

    def visible_to(self, user) -> Self:
        return super().visible_to(user) if user.role in STUDY_ROLES else self.none()


class RegisterEntryQuerySet(OpenQuerySet):
    def in_force(self, on: dt.date) -> Self:
        """What applied on a day: in force by then and not yet ended. `until_on` is the first day without it."""
        begun = Q(effective_on__lte=on) | Q(effective_on__isnull=True, happened_on__lte=on)
        return self.filter(begun, Q(until_on__isnull=True) | Q(until_on__gt=on))


class RegisterPartQuerySet(OpenQuerySet):
    """Parts of entries follow their entry's house and publication."""
