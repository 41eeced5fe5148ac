"""An announcement that nobody could read is refused by the database, whoever writes it."""

import pytest
from django.db import IntegrityError, connection, transaction

from msw_portal.kernel.errors import sentences
from projects.models.calls import Call
from projects.services.calls.writing import call_publish
from tests.factories import projects as made
from tests.factories.donations import as_person

pytestmark = pytest.mark.django_db
NOW = "SET CONSTRAINTS ALL IMMEDIATE"


def _checked() -> None:
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_published_call_stands_with_its_version(authority):
    call = made.make_call(authority)
    with as_person(authority) as by:
        call_publish(call=call, by=by)
        _checked()
    made.close_now(call, authority)
    _checked()


def test_a_version_that_was_not_frozen_is_refused_at_the_end(authority):
    call = made.make_open_call(authority)
    with as_person(authority), pytest.raises(IntegrityError) as refused, transaction.atomic():
        Call.objects.filter(pk=call.pk).update(version=2)
        _checked()
    assert refused.value.__cause__.diag.constraint_name == "call_has_its_version"
    assert "call_has_its_version" in sentences()
