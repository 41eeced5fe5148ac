"""Sealed columns in migrations and forms, the blind index, and whose key is taken."""

from uuid import UUID

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection

from msw_portal.kernel import crypto
from msw_portal.kernel.crypto import (
    BlindIndex,
    SealedBytes,
    SealedDate,
    SealedJSON,
    SealedText,
    blind_index,
)
from msw_portal.kernel.identifiers import index_text
from tests.kernel.notes import Note, create_tables, stored


@pytest.fixture
def note(db, hospital):
    create_tables()
    return Note.objects.create(organization_id=hospital.pk, name="张三")


# ── migrations and forms ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        (SealedText(), {}),
        (SealedText(pad=True, null=True, blank=True), {"pad": True, "null": True, "blank": True}),
        (SealedText(default="", blank=True), {"blank": True}),
        (SealedText(editable=False), {"editable": False}),
        (SealedJSON(default=dict), {"default": dict}),
        (SealedDate(null=True), {"null": True}),
        (SealedBytes(), {}),
        (BlindIndex(), {}),
        (BlindIndex(null=False), {"null": False, "blank": True}),
    ],
)
def test_deconstruct_is_clean_and_complete(field, arguments):
    _name, path, positional, keywords = field.deconstruct()
    assert (path, positional, keywords) == (
        f"msw_portal.kernel.crypto.{type(field).__name__}",
        [],
        arguments,
    )
    again = type(field)(*positional, **keywords)
    assert again.deconstruct()[1:] == (path, positional, keywords)
    assert field.db_type(connection) == "bytea"


@pytest.mark.parametrize(
    ("column", "kind"),
    [("name", forms.CharField), ("facts", forms.JSONField), ("birth_on", forms.DateField)],
)
def test_form_fields_fit_the_value(column, kind):
    field = Note._meta.get_field(column).formfield()
    assert type(field) is kind
    assert getattr(field, "max_length", None) == (50 if column == "name" else None)


def test_full_clean_reads_the_value_and_keeps_the_ciphertext(note):
    before = stored(note, "name")
    again = Note.objects.get(pk=note.pk)
    again.full_clean()
    again.save()
    assert stored(note, "name") == before
    again.name = "字" * 51
    with pytest.raises(ValidationError):
        again.full_clean()


# ── blind index ──────────────────────────────────────────────────────────────

HOUSE = UUID("01900000-0000-7000-8000-000000000001")


def test_equal_texts_have_equal_indexes_of_16_bytes():
    one = blind_index("id:11010519491231002X", organization=HOUSE, field="client.id_no")
    two = blind_index("id:11010519491231002X", organization=HOUSE, field="client.id_no")
    assert (one, len(one)) == (two, 16)


def test_house_field_kind_and_text_all_tell_indexes_apart():
    made = {
        blind_index("id:1", organization=HOUSE, field="client.id_no"),
        blind_index("id:2", organization=HOUSE, field="client.id_no"),
        blind_index("passport:1", organization=HOUSE, field="client.id_no"),
        blind_index("id:1", organization=HOUSE, field="donor.id_no"),
        blind_index("id:1", organization=UUID(int=1), field="client.id_no"),
    }
    assert len(made) == 5


def test_a_row_is_found_by_its_index(note, hospital):
    def index(typed):
        return blind_index(index_text("id", typed), organization=hospital.uid, field="note.id_no")

    Note.objects.filter(pk=note.pk).update(id_no_index=index("110105491231002"))
    found = Note.objects.get(id_no_index=index("１１０１０５ 19491231 002x"))
    assert (found.pk, type(found.id_no_index), len(found.id_no_index)) == (note.pk, bytes, 16)
    assert not Note.objects.filter(id_no_index=index("110105491231003")).exists()
    assert Note.objects.filter(id_no_index__in=[index("110105491231002")]).count() == 1


@pytest.mark.parametrize("value", [b"short", "text", b"x" * 17])
def test_anything_but_16_bytes_is_no_index(note, value):
    with pytest.raises(TypeError, match="16 bytes"):
        Note.objects.filter(id_no_index=value).exists()


# ── whose key ────────────────────────────────────────────────────────────────


def test_the_uid_of_a_house_is_asked_once(monkeypatch):
    asked = []
    monkeypatch.setattr(crypto, "_uid_loader", lambda pk: asked.append(pk) or UUID(int=pk))
    crypto.forget_organization_uids()
    try:
        assert crypto.organization_uid(7) == crypto.organization_uid(7) == UUID(int=7)
        assert asked == [7]
    finally:
        crypto.forget_organization_uids()


def test_without_a_loader_there_is_no_uid(monkeypatch):
    monkeypatch.setattr(crypto, "_uid_loader", None)
    crypto.forget_organization_uids()
    with pytest.raises(LookupError, match="nobody registered"):
        crypto.organization_uid(7)
