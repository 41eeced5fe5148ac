"""What was typed and never sent is kept for its time, said in time, and cleared away unread."""

import datetime as dt

from django.db import connection
from django.utils import timezone
from psycopg2.extras import DateRange

from cases.services.my_day import panel
from departments.models.mechanisms import Draft
from departments.models.organizations import DatedRule
from departments.services.drafts import drafts_expire
from departments.tasks import sweep_drafts
from msw_portal.kernel.scope import scope
from tests.factories import cases as make


def _kept(user, acting, *ages: int, case=None) -> None:
    """A draft of each age in days."""
    with acting(user):
        for n, age in enumerate(ages):
            Draft.objects.create(
                user=user,
                organization_id=user.house_id,
                form="cases-activity-phone" if n == 0 else "cases-contact",
                subject_uid=None if case is None or n == 0 else case.uid,
                payload={"fields": {"topic": ["一"]}, "page": ""},
                saved_at=timezone.now() - dt.timedelta(days=age),
            )


def _left(user, acting) -> list[int]:
    with acting(user):
        rows = Draft.objects.visible_to(user).order_by("-saved_at")
        return [(timezone.now() - one.saved_at).days for one in rows]


def test_a_draft_is_cleared_after_its_days_and_says_so_before(
    worker, other_worker, hospital, acting
):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
    _kept(worker, acting, 91, 80, case=case)
    _kept(other_worker, acting, 91)
    with acting(worker):
        found = panel(worker).drafts
        days = [timezone.localdate(one.saved_at + dt.timedelta(days=90)) for one in found]
        assert [one.gone_on for one in found] == days and len(days) == 2
    assert drafts_expire([hospital.pk]) == 1
    assert (_left(worker, acting), _left(other_worker, acting)) == ([80], [91])
    with scope(org=hospital.pk, role="auditor"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT body::jsonb ->> 'count', actor_id FROM departments_auditentry"
            " WHERE action = 'draft.expire'"
        )
        assert cursor.fetchall() == [("1", None)]
    assert sweep_drafts() == 1
    assert _left(other_worker, acting) == []


def test_the_days_are_a_dated_rule(worker, hospital, acting):
    _kept(worker, acting, 31)
    with acting(worker):
        assert [one.gone_on for one in panel(worker).drafts] == [None]
    with scope(role="system"):
        DatedRule.objects.create(
            kind="draft",
            params={"keep_days": 40, "notice_days": 10},
            valid=DateRange(timezone.localdate(), None),
        )
    with acting(worker):
        [one] = panel(worker).drafts
        assert one.gone_on == timezone.localdate(one.saved_at + dt.timedelta(days=40))
    assert drafts_expire([hospital.pk]) == 0
    assert drafts_expire([hospital.pk], now=timezone.now() + dt.timedelta(days=10)) == 1


def test_nobody_but_the_system_clears_drafts(worker, head, hospital, acting):
    _kept(worker, acting, 200)
    with acting(head), connection.cursor() as cursor:
        cursor.execute("SELECT app.drafts_clear(%s, now())", [hospital.pk])
        assert cursor.fetchone() == (0,)
    assert _left(worker, acting) == [200]
