"""Several querysets in one statement: the same objects as one by one, for every column of every table."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from cases.models.casework import Case
from cases.models.consents import Consent
from cases.models.work import Contact, Need
from msw_portal.kernel.together import together
from tests.cases.pages import make_file
from tests.factories.cases import make_case, make_contact, make_need

pytestmark = pytest.mark.django_db


def _same(one: models.Model, other: models.Model) -> bool:
    return all(
        _plain(getattr(one, field.attname)) == _plain(getattr(other, field.attname))
        and type(getattr(one, field.attname)) is type(getattr(other, field.attname))
        for field in one._meta.concrete_fields
    )


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


OWN = [
    model
    for model in apps.get_models()
    if model._meta.app_label in ("departments", "cases", "donations")
]


@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.label)
def test_every_table_comes_back_as_it_does_alone(model, worker, head, acting):
    make_file(worker, head, acting)
    with acting(worker):
        alone, joined = (
            list(model._base_manager.order_by("pk")[:20]),
            model._base_manager.order_by("pk")[:20],
        )
        together(joined)
        assert [one.pk for one in joined] == [one.pk for one in alone]
        assert all(_same(one, other) for one, other in zip(joined, alone, strict=True))


def test_many_lists_are_one_statement(worker, head, acting):
    file = make_file(worker, head, acting)
    with acting(worker):
        make_contact(file.case, worker)
        make_need(file.case, worker)
        lists = [
            Contact.objects.visible_to(worker)
            .filter(case=file.case)
            .select_related("created_by", "case__client"),
            Need.objects.visible_to(worker).filter(case=file.case),
            Consent.objects.visible_to(worker).of_person(file.client),
            Case.objects.listed_to(worker).with_list_facts(),
            Case.objects.none(),
        ]
        alone = [list(rows.all()) for rows in lists]
        with CaptureQueriesContext(connection) as seen:
            together(*lists)
            assert [list(rows) for rows in lists] == alone
            assert [one.created_by.display_name for one in lists[0]] == [
                one.created_by.display_name for one in alone[0]
            ]
            assert lists[0][0].case.client.name_masked == file.client.name_masked
            assert [one.need_codes for one in lists[3]] == [one.need_codes for one in alone[3]]
            assert [one.next_due_at for one in lists[3]] == [one.next_due_at for one in alone[3]]
        assert len(seen) == 1


def test_a_list_can_be_narrowed_again_afterwards(worker, acting):
    with acting(worker):
        case = make_case(worker)
        rows = Case.objects.visible_to(worker)
        together(rows)
        assert list(rows.filter(pk=case.pk)) == [case]
        assert rows.count() == 1
