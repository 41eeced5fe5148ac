"""Looked for, registered, amended, revealed."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models.people import Client
from cases.services.clients import (
    Revealed,
    client_amend,
    client_register,
    client_reveal,
    client_search,
    related_person_add,
)
from cases.services.intake import episode_record
from cases.signals import client_died
from departments.audit import history
from msw_portal.kernel.identifiers import id_check_digit
from tests.factories.cases import make_client

pytestmark = pytest.mark.django_db


def card(born: str, *, order: str = "002", region: str = "110101") -> str:
    """A valid identity number of nobody; an even order is a woman's."""
    head = f"{region}{born}{order}"
    return head + id_check_digit(head)


WOMAN = card("19800501")


def searched(by, **asked) -> uuid.UUID:
    return client_search(by=by, **asked).uid


def register(by, **given) -> Client:
    values = {"name": "演示丽华", "sex": "2", "id_no": WOMAN, "phone": "13800138000", **given}
    if "searched" not in values:
        values["searched"] = searched(by, name=values["name"])
    return client_register(by=by, **values)


def test_client_register_reads_birth_and_sex_from_the_number(worker, acting):
    with acting(worker):
        client = register(
            worker,
            sex="0",
            address="北京市东城区某街 1 号",
            household={"welfare_status": "subsistence"},
        )
        client = Client.objects.get(pk=client.pk)
        assert (client.name, client.name_masked) == ("演示丽华", "演***")
        assert (client.birth_date, client.birth_year, client.sex) == (
            dt.date(1980, 5, 1),
            1980,
            "2",
        )
        assert (client.id_no, client.phone, client.address) == (
            WOMAN,
            "13800138000",
            "北京市东城区某街 1 号",
        )
        assert (client.root_id, client.household) == (client.pk, {"welfare_status": "subsistence"})


def test_full_width_digits_and_spaces_are_read(worker, acting):
    wide = WOMAN.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    with acting(worker):
        client = register(worker, id_no=f" {wide} ", phone="＋86 138-0013-8000")
        assert (client.id_no, client.phone) == (WOMAN, "13800138000")


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"name": "  "}, "client.name_empty", "name"),
        ({"name": "演示<b>"}, "client.name_characters", "name"),
        (
            {"id_no": WOMAN[:-1] + ("0" if WOMAN[-1] != "0" else "1")},
            "client.id_no_check_digit",
            "id_no",
        ),
        ({"id_no": "12345"}, "client.id_no_length", "id_no"),
        ({"id_no": card("29990101")}, "client.id_no_future", "id_no"),
        ({"birth_date": dt.date(1981, 1, 1)}, "client.birth_differs", "birth_date"),
        ({"sex": "1"}, "client.sex_differs", "sex"),
        ({"id_type": "none"}, "client.id_type_missing", "id_type"),
        ({"id_type": "library_card"}, "client.id_type_unknown", "id_type"),
        ({"sex": "x"}, "client.sex_unknown", "sex"),
        ({"phone": "12345"}, "client.phone_number", "phone"),
        ({"id_no": ""}, "client.needs_birth", "birth_date"),
        ({"id_no": "", "birth_date": dt.date(2999, 1, 1)}, "client.birth_in_future", "birth_date"),
        (
            {"id_no": "", "birth_date": dt.date(1980, 5, 1), "birth_unknown": True},
            "client.birth_is_known",
            "birth_unknown",
        ),
        ({"household": {"story": ["很长的叙述"]}}, "client.household_codes", "household"),
    ],
)
def test_client_register_says_what_is_wrong_at_its_field(
    given, rule, field, worker, acting, refuses
):
    with acting(worker):
        proof = searched(worker, name="演示丽华")
        with refuses(rule, field):
            register(worker, searched=proof, **given)
        assert not Client.objects.exists()


def test_a_person_is_looked_for_first(worker, acting, refuses):
    with acting(worker):
        with refuses("client.not_searched", "searched"):
            register(worker, searched=uuid.uuid4())
        with refuses("client.searched_another", "searched"):
            register(worker, searched=searched(worker, name="别人"))


def test_any_of_the_facts_searched_for_is_proof(worker, acting):
    with acting(worker):
        assert register(worker, searched=searched(worker, name="别人", id_no=WOMAN)).pk
        assert register(
            worker, id_no=card("19790101"), searched=searched(worker, phone="+86 13800138000")
        ).pk


def test_the_search_of_a_colleague_is_no_proof(worker, worker2, acting, refuses):
    with acting(worker2):
        proof = searched(worker2, name="演示丽华")
    with acting(worker), refuses("client.not_searched", "searched"):
        register(worker, searched=proof)


def test_a_search_is_forgotten_after_30_minutes(worker, acting, refuses, monkeypatch):
    with acting(worker):
        now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: now - dt.timedelta(minutes=31))
        proof = searched(worker, name="演示丽华")
        monkeypatch.undo()
        with refuses("client.not_searched", "searched"):
            register(worker, searched=proof)


def test_an_unidentified_person_has_a_stand_in_name(worker, acting):
    with acting(worker):
        client = register(
            worker,
            name="",
            id_no="",
            id_type="none",
            phone="",
            birth_unknown=True,
            is_unidentified=True,
            searched=searched(worker, name="无名"),
        )
        assert (client.name, client.is_unidentified) == ("无名氏", True)


def test_the_same_document_is_registered_once(worker, acting, refuses):
    with acting(worker):
        register(worker)
        with refuses("client_id_once", "id_no", 409):
            register(worker)


def test_the_database_keeps_one_record_per_document(worker, acting):
    with acting(worker):
        first = register(worker)
        with pytest.raises(IntegrityError, match="client_id_once"), transaction.atomic():
            make_client(worker, id_type="id", id_no=first.id_no)


def test_the_same_document_may_stand_in_two_houses(worker, other_worker, acting):
    with acting(worker):
        here = register(worker)
    with acting(other_worker):
        there = register(other_worker)
        assert there.id_no_bidx != here.id_no_bidx


@pytest.mark.parametrize("login", ["clinician", "officer", "auditor"])
def test_persons_are_only_for_care_roles(login, request, acting, refuses):
    person = request.getfixturevalue(login)
    with acting(person):
        with refuses("permission.can_search_client", status=403):
            client_search(name="演示", by=person)
        with refuses("permission.can_register_client", status=403):
            client_register(
                name="演示", sex="2", birth_unknown=True, searched=uuid.uuid4(), by=person
            )
        assert not Client.objects.visible_to(person).exists()


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "丽华"},
        {"name": "演示"},
        {"name": "yanshi"},
        {"name": "yslh"},
        {"name": "演示麗華"},
        {"id_no": WOMAN},
        {"id_no": WOMAN.replace("1980", "1980 ")},
        {"phone": "0086 138 0013 8000"},
        {"mrn": "z0012345"},
    ],
)
def test_client_search_finds_by_name_pinyin_number_phone_and_record(asked, worker, acting):
    with acting(worker):
        client = register(worker)
        register(worker, name="演示无关", id_no=card("19700101"), phone="13900139000")
        episode_record(
            client=client,
            visit_type="inpatient",
            mrn="Z0012345",
            admitted_on=timezone.localdate(),
            by=worker,
        )
        hits = client_search(by=worker, **asked).hits
        assert client in hits
        assert len(hits) == (2 if asked.get("name") in {"演示", "yanshi"} else 1)


def test_client_search_by_a_relatives_phone(worker, acting):
    with acting(worker):
        client = register(worker)
        related_person_add(
            client=client, name="演示母", relation="mother", phone="010-65251234", by=worker
        )
        assert client_search(phone="01065251234", by=worker).hits == [client]


def test_client_search_finds_the_record_that_stands_for_a_merged_one(worker, acting, rows):
    with acting(worker):
        kept, merged = (
            register(worker),
            register(worker, name="演示合并", id_no=card("19790101"), phone=""),
        )
        rows("UPDATE cases_client SET root_id = %s WHERE id = %s", kept.pk, merged.pk)
        assert client_search(name="演示合并", by=worker).hits == [kept]


def test_client_search_stays_in_the_house(worker, other_worker, acting):
    with acting(worker):
        register(worker)
    with acting(other_worker):
        assert (
            client_search(name="演示丽华", id_no=WOMAN, phone="13800138000", by=other_worker).hits
            == []
        )


def test_client_search_needs_something_to_look_for(worker, acting, refuses):
    with acting(worker):
        with refuses("client.search_nothing"):
            client_search(by=worker, name=" ")
        with refuses("client.search_too_short", "name"):
            client_search(by=worker, name="q")


def test_the_audit_of_a_search_holds_no_name_and_no_number(worker, acting, run_as_owner):
    with acting(worker):
        made = client_search(name="演示丽华", id_no=WOMAN, by=worker)
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT app.search_proof(%s)", [made.uid])
            body = cursor.fetchone()[0]
    assert "演示" not in body
    assert WOMAN not in body
    assert '"facts":["id_no","name"]' in body


def test_the_database_holds_no_name_and_no_number(worker, acting, rows):
    with acting(worker):
        client = register(worker, address="北京市东城区某街 1 号")
        [[text]] = rows("SELECT row_to_json(c)::text FROM cases_client c WHERE id = %s", client.pk)
        [[blob]] = rows(
            "SELECT id_no || phone || name || address FROM cases_client WHERE id = %s", client.pk
        )
        for secret in ("丽华", WOMAN, "13800138000", "某街"):
            assert secret not in text
            assert secret.encode() not in bytes(blob)


def test_client_reveal_writes_the_reason_down(worker, acting, refuses):
    with acting(worker):
        client = register(worker, address="某街 1 号")
        with refuses("client.reveal_needs_reason", "reason"):
            client_reveal(client=client, reason="看看", by=worker)
        shown = client_reveal(client=client, reason="核对住院押金收据", by=worker)
        assert shown == Revealed("演示丽华", WOMAN, "13800138000", "某街 1 号")
        assert [event.action for event in history(client)] == ["client.reveal", "client.register"]


def test_client_amend_changes_what_is_named(worker, acting):
    with acting(worker):
        client = register(worker)
        client = client_amend(client=client, name="演示丽花", phone="", by=worker)
        assert (client.name, client.name_masked, client.phone, client.phone_bidx) == (
            "演示丽花",
            "演***",
            None,
            None,
        )
        assert (client.id_no, client.birth_date) == (WOMAN, dt.date(1980, 5, 1))
        assert client_search(name="丽花", by=worker).hits == [client]
        assert client_search(name="丽华", by=worker).hits == []
        [event, *_earlier] = history(client)
        assert event.body == '{"fields":["name","phone"]}'


def test_client_amend_takes_birth_and_sex_of_a_new_number(worker, acting, refuses):
    other = card("19750302", order="003")
    with acting(worker):
        client = client_amend(client=register(worker), id_no=other, by=worker)
        assert (client.id_no, client.birth_date, client.sex) == (other, dt.date(1975, 3, 2), "1")
        with refuses("client.birth_differs", "birth_date"):
            client_amend(client=client, birth_date=dt.date(1980, 1, 1), by=worker)


def test_client_amend_in_another_house_is_not_possible(worker, other_worker, acting):
    with acting(worker):
        client = register(worker)
    with acting(other_worker), pytest.raises(Client.DoesNotExist):
        client_amend(client=client, name="演示", by=other_worker)


def test_noting_a_death_tells_the_other_apps_once(worker, acting, refuses):
    heard = []

    def listen(sender, client, by, **kwargs):
        heard.append(client.pk)

    client_died.connect(listen)
    try:
        with acting(worker):
            client = register(worker)
            with refuses("client.deceased_in_future", "deceased_on"):
                client_amend(
                    client=client,
                    deceased_on=timezone.localdate() + dt.timedelta(days=1),
                    by=worker,
                )
            with refuses("client.deceased_before_birth", "deceased_on"):
                client_amend(client=client, deceased_on=dt.date(1979, 1, 1), by=worker)
            client_amend(client=client, deceased_on=timezone.localdate(), by=worker)
            client_amend(client=client, deceased_on=timezone.localdate(), by=worker)
    finally:
        client_died.disconnect(listen)
    assert heard == [client.pk]


def test_related_person_add(worker, acting, refuses):
    with acting(worker):
        client = register(worker)
        mother = related_person_add(
            client=client,
            name="演示母",
            relation="mother",
            phone="13900139000",
            is_guardian=True,
            by=worker,
        )
        assert (mother.name, mother.is_guardian, mother.client) == ("演示母", True, client)
        with refuses("client.relation_unknown", "relation"):
            related_person_add(client=client, name="演示", relation="self", by=worker)
        with refuses("client.id_no_length", "id_no"):
            related_person_add(client=client, name="演示", relation="son", id_no="1", by=worker)


def test_client_amend_keeps_the_household_that_is_not_named(worker, acting):
    with acting(worker):
        client = register(worker, household={"welfare_status": "subsistence", "members_count": 4})
        client = client_amend(client=client, household={"members_count": 5}, by=worker)
        assert client.household == {"welfare_status": "subsistence", "members_count": 5}


def test_client_amend_to_a_birth_nobody_knows(worker, acting):
    with acting(worker):
        client = register(worker, id_no="", id_type="none", birth_date=dt.date(1980, 5, 1))
        client = client_amend(client=client, birth_unknown=True, by=worker)
        assert (client.birth_date, client.birth_year, client.birth_unknown) == (None, None, True)
