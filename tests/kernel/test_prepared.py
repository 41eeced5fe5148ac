"""Lists that are put together once: the same rows under the same walls, whoever asks next."""

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models.work import Contact, Need
from departments.services.standing_in import facts_of, shape_of, stand_in
from msw_portal.kernel import prepared
from msw_portal.kernel.prepared import bare, together_again
from tests.cases.pages import make_file
from tests.factories.cases import make_contact, make_need

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(prepared, "_known", {})


def _lists(user, case):
    return [
        Contact.objects.visible_to(user)
        .filter(case_id=case)
        .select_related("created_by", "case__client")
        .newest_first(),
        Need.objects.visible_to(user).filter(case_id=case).order_by("rank"),
        Contact.objects.visible_to(user).filter(case_id=case, case_id__in=[]),
    ]


def _ask(user, case):
    shape = shape_of(user)
    return together_again(
        ("lists", shape, timezone.localdate()),
        facts_of(user) | {"case": ("case", case.pk)},
        lambda values: _lists(stand_in(shape, values), values["case"]),
        lambda: _lists(user, case.pk),
    )


def test_the_next_case_and_the_next_reader_get_their_own_rows(worker, worker2, head, acting):
    one, other = make_file(worker, head, acting), make_file(worker, head, acting)
    with acting(worker):
        for file in (one, other):
            make_contact(file.case, worker)
        make_need(other.case, worker)
        _ask(worker, one.case)
        found = _ask(worker, other.case)
        assert [list(rows) for rows in found] == [
            list(rows) for rows in _lists(worker, other.case.pk)
        ]
        assert all(row.case_id == other.case.pk for rows in found for row in rows)
        assert found[0][0].created_by.display_name == worker.display_name
        assert found[0][0].case.client.pk == other.case.client_id
    with acting(worker2):
        assert [list(rows) for rows in _ask(worker2, other.case)] == [[], [], []]
    assert len(prepared._known) == 1


def test_what_is_known_is_asked_in_one_statement(worker, head, acting):
    file = make_file(worker, head, acting)
    with acting(worker):
        _ask(worker, file.case)
        with CaptureQueriesContext(connection) as seen:
            for rows in _ask(worker, file.case):
                list(rows)
    assert len(seen) == 1


def test_an_answered_list_can_be_narrowed_like_the_one_it_stands_for(worker, head, acting):
    file = make_file(worker, head, acting)
    with acting(worker):
        contact = make_contact(file.case, worker)
        make_contact(file.case, worker)
        _ask(worker, file.case)
        rows = _ask(worker, file.case)[0]
        assert list(rows.filter(pk=contact.pk)) == [contact]
        assert rows.filter(pk=contact.pk).count() == 1


def test_a_list_that_computes_with_a_value_is_built_each_time(worker, head, acting):
    """Two contacts of two cases: the value the list makes of the number is not taken for the number."""
    one, other = make_file(worker, head, acting), make_file(worker, head, acting)

    def ask(case):
        values = {"case": ("case", case.pk)}
        rows = Contact.objects.all
        return together_again(
            "computes",
            values,
            lambda given: [rows().filter(case_id__lt=given["case"] + 1, case_id=given["case"])],
            lambda: [rows().filter(case_id__lt=case.pk + 1, case_id=case.pk)],
        )[0]

    with acting(worker):
        for file in (one, other):
            make_contact(file.case, worker)
        assert {row.case_id for row in ask(one.case)} == {one.case.pk}
        assert {row.case_id for row in ask(other.case)} == {other.case.pk}
        assert [known for (known,) in prepared._known.values()] == [None]


def test_a_fact_nobody_named_is_not_taken_from_a_stand_in(worker, head, acting, settings, caplog):
    """Outside of tests the page is answered as before, and the log says that nothing was prepared."""
    file = make_file(worker, head, acting)
    settings.TESTING = False

    def looks_too_far(values):
        return [Need.objects.filter(case=bare(type(file.case), id=values["case"]).previous_id)]

    with acting(worker), caplog.at_level(logging.ERROR, "msw_portal.prepared"):
        need = make_need(file.case, worker)
        for _turn in range(2):
            values = {"case": ("case", file.case.pk)}
            found = together_again(
                "too far", values, looks_too_far, lambda: [Need.objects.filter(case=file.case)]
            )
            assert need in list(found[0])
    assert "lists cannot be prepared" in caplog.text


def test_a_list_of_another_shape_under_the_same_name_is_refused_under_test(worker, head, acting):
    file = make_file(worker, head, acting)

    def ask(lists):
        return together_again(
            "one name",
            {"case": ("case", file.case.pk)},
            lambda given: lists(given["case"]),
            lambda: lists(file.case.pk),
        )

    with acting(worker):
        ask(lambda case: [Need.objects.filter(case_id=case)])
        with pytest.raises(AssertionError):
            ask(lambda case: [Need.objects.filter(case_id=case).order_by("rank")])
