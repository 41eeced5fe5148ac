"""Sealed fields on a table of their own: writing, reading, and what is refused."""

import contextlib
import datetime as dt

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from msw_portal.kernel import crypto
from msw_portal.kernel.crypto import SealedText, as_sealed
from msw_portal.kernel.ids import uuid7
from msw_portal.kernel.keyring import CryptoError
from msw_portal.kernel.sealing import Ciphertext, unseal
from tests.kernel.notes import Note, Slip, Stray, create_tables, stored


@pytest.fixture
def house(db, hospital):
    """The id of a hospital, with the tables in the test's transaction."""
    create_tables()
    return hospital.pk


@pytest.fixture
def note(house):
    return Note.objects.create(
        organization_id=house,
        name="张三",
        body="",
        facts={"b": [1, "二"], "a": None},
        birth_on=dt.date(2016, 2, 29),
        key=b"\x00\xff",
    )


@contextlib.contextmanager
def refused(error, sentence):
    """The error is raised, and the test's transaction goes on."""
    with pytest.raises(error, match=sentence), transaction.atomic():
        yield


# ── writing and reading ──────────────────────────────────────────────────────


def test_values_come_back_as_they_were(note):
    again = Note.objects.get(pk=note.pk)
    assert (again.name, again.body, again.facts, again.birth_on, again.key) == (
        "张三",
        "",
        {"a": None, "b": [1, "二"]},
        dt.date(2016, 2, 29),
        b"\x00\xff",
    )


def test_the_table_holds_ciphertext_bound_to_its_place(note, hospital):
    place = {"organization": hospital.uid, "table": "kernel_note", "row": note.uid}
    assert unseal(stored(note, "name"), column="name", pad=True, **place) == "张三".encode()
    assert (
        unseal(stored(note, "facts"), column="facts", **place) == '{"a":null,"b":[1,"二"]}'.encode()
    )
    assert unseal(stored(note, "birth_on"), column="birth_on", **place) == b"2016-02-29"


def test_null_and_empty_text_differ(note, house):
    other = Note.objects.create(organization_id=house, name="李四")
    assert stored(note, "body") is not None
    assert stored(other, "body") is None
    assert [row.body for row in Note.objects.order_by("pk")] == ["", None]


def test_padded_names_have_one_length(note, house):
    other = Note.objects.create(organization_id=house, name="欧阳某某")
    assert len(stored(note, "name")) == len(stored(other, "name")) == 3 + 12 + 32 + 16


def test_a_row_with_a_uuid_key_needs_no_uid(house):
    slip = Slip.objects.create(organization_id=house, body="便条")
    assert Slip.objects.get(pk=slip.pk).body == "便条"


def test_nothing_is_opened_before_it_is_read(note, monkeypatch):
    again = Note.objects.get(pk=note.pk)
    opened = []
    monkeypatch.setattr(crypto, "unseal", lambda sealed, **place: opened.append(place) or b"x")
    assert (again.label, opened) == ("", [])
    assert (again.body, again.body, len(opened)) == ("x", "x", 1)


def test_a_saved_row_is_not_encrypted_again(note):
    before = stored(note, "name"), stored(note, "facts"), stored(note, "birth_on")
    again = Note.objects.get(pk=note.pk)
    again.save()
    assert again.facts == {"a": None, "b": [1, "二"]}
    again.name = "张三"
    again.save()
    again.refresh_from_db()
    again.save()
    assert (stored(note, "name"), stored(note, "facts"), stored(note, "birth_on")) == before


def test_a_change_is_encrypted_anew_and_alone(note):
    before = stored(note, "name"), stored(note, "body")
    note.name = "张三丰"
    note.save()
    assert (stored(note, "name") != before[0], stored(note, "body") == before[1]) == (True, True)
    assert Note.objects.get(pk=note.pk).name == "张三丰"


def test_a_json_value_changed_in_place_is_saved(note):
    again = Note.objects.get(pk=note.pk)
    again.facts["b"].append(3)
    again.save()
    assert Note.objects.get(pk=note.pk).facts == {"a": None, "b": [1, "二", 3]}


def test_update_fields_writes_only_what_it_names(note):
    note.name, note.body = "李四", "改了"
    note.save(update_fields=["body"])
    again = Note.objects.get(pk=note.pk)
    assert (again.name, again.body) == ("张三", "改了")


def test_setting_none_writes_null(note):
    note.body = None
    note.save()
    assert stored(note, "body") is None


def test_bulk_create_encrypts(house):
    rows = [Note(organization_id=house, name=f"演示{n}") for n in range(3)]
    Note.objects.bulk_create(rows)
    assert [row.name for row in Note.objects.order_by("pk")] == ["演示0", "演示1", "演示2"]


def test_bulk_update_refuses_plaintext_and_takes_it_sealed(note):
    note.name, note.body = "王五", None
    with refused(TypeError, "written by saving an instance"):
        Note.objects.bulk_update([note], ["name"])
    with as_sealed([note], ["name", "body"]):
        Note.objects.bulk_update([note], ["name", "body"])
    again = Note.objects.get(pk=note.pk)
    assert (note.name, again.name, again.body) == ("王五", "王五", None)


def test_defaults_are_an_empty_text_and_null():
    note = Note()
    assert (note.name, note.body, note.facts, note.birth_on, note.key) == (
        "",
        None,
        None,
        None,
        None,
    )


# ── deferred and raw ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("load", [lambda q: q.only("label"), lambda q: q.defer("name")])
def test_a_deferred_value_is_loaded_once_and_opens(note, load, django_assert_num_queries):
    again = load(Note.objects.all()).get(pk=note.pk)
    assert "name" in again.get_deferred_fields()
    with django_assert_num_queries(1 if "uid" not in again.get_deferred_fields() else 3):
        assert again.name == "张三"
    with django_assert_num_queries(0):
        assert again.name == "张三"


def test_saving_with_deferred_values_leaves_them(note):
    before = stored(note, "name")
    again = Note.objects.only("label").get(pk=note.pk)
    again.label = "新"
    again.save()
    assert stored(note, "name") == before


def test_values_give_ciphertext(note):
    raw = Note.objects.values_list("name", flat=True).get(pk=note.pk)
    assert (type(raw), raw) == (Ciphertext, stored(note, "name"))


# ── what is refused ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "value", ["明文", Value("明文"), F("label"), F("body"), Concat("label", Value("x")), b"x"]
)
def test_update_never_writes_plaintext(note, value):
    before = stored(note, "name")
    with refused(TypeError, "written by saving an instance"):
        Note.objects.update(name=value)
    assert stored(note, "name") == before


def test_update_may_empty_the_column(note):
    Note.objects.update(body=None)
    assert stored(note, "body") is None


@pytest.mark.parametrize(
    "lookup", ["name", "name__exact", "name__in", "name__contains", "name__gt"]
)
def test_nothing_is_looked_up_by_a_sealed_column(note, lookup):
    with pytest.raises(FieldError, match="only isnull"):
        Note.objects.filter(**{lookup: ["张三"] if lookup.endswith("in") else "张三"}).exists()


def test_isnull_may_be_asked(note):
    assert Note.objects.filter(body__isnull=False, facts__isnull=False).count() == 1


def test_a_row_without_house_or_uid_is_a_clear_error(house):
    with refused(TypeError, r"kernel\.Note\.name is sealed: .* organization first"):
        Note.objects.create(name="张三")
    with refused(TypeError, r"kernel\.Note\.name is sealed: .* uid first"):
        Note.objects.create(organization_id=house, uid=None, name="张三")
    with refused(TypeError, r"kernel\.Stray\.body is sealed: .* organization first"):
        Stray.objects.create(body="x")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", 5),
        ("name", b"x"),
        ("birth_on", "2020-01-01"),
        ("birth_on", dt.datetime(2020, 1, 1)),
        ("key", "text"),
        ("facts", {1, 2}),
        ("facts", float("nan")),
    ],
)
def test_a_value_of_another_kind_is_refused_without_quoting_it(house, column, value):
    note = Note(organization_id=house, name="张三")
    setattr(note, column, value)
    with pytest.raises((TypeError, ValueError)):
        note.save()


def test_ciphertext_of_another_row_does_not_open(note, house):
    other = Note.objects.create(organization_id=house, name="李四")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_note SET name = %s WHERE id = %s", [stored(note, "name"), other.pk]
        )
    with pytest.raises(CryptoError):
        _ = Note.objects.get(pk=other.pk).name


def test_a_row_copied_under_a_new_uid_is_sealed_anew_or_refused(note):
    unread = Note.objects.get(pk=note.pk)
    unread.pk, unread.uid, unread._state.adding = None, uuid7(), True
    with refused(CryptoError, "does not open here"):
        unread.save()
    read = Note.objects.get(pk=note.pk)
    opened = (read.name, read.body, read.facts, read.birth_on, read.key)
    read.pk, read.uid, read._state.adding = None, uuid7(), True
    read.save()
    again = Note.objects.get(pk=read.pk)
    assert (again.name, again.body, again.facts, again.birth_on, again.key) == opened


def test_a_copy_of_an_instance_does_not_share_changes(note):
    twin = Note()
    twin.__dict__ = dict(note.__dict__)
    twin.name = "李四"
    assert (note.name, twin.name) == ("张三", "李四")


def test_a_sealed_column_is_never_unique_or_indexed():
    for options in ({"unique": True}, {"db_index": True}, {"primary_key": True}):
        with pytest.raises(TypeError, match="never unique or indexed"):
            SealedText(**options)


def test_nothing_prints_plaintext(note):
    assert "张三" not in repr(note.__dict__)
