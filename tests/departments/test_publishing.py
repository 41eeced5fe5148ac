"""What a house publishes: everybody reads it, nobody changes it, corrections are further versions."""

import datetime as dt
import hashlib
import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from departments.models.organizations import Organization
from departments.models.publishing import PublicEntry
from departments.services.publishing import (
    Column,
    EntryPayload,
    EntryTable,
    entry_close,
    entry_correct,
    entry_publish,
    yuan,
)
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope


def _payload(amount: str = "120.50") -> EntryPayload:
    table = EntryTable(
        key="income",
        heading="收入",
        columns=(Column("purpose", "用途"), Column("amount", "金额", "money")),
        rows=(("手术", yuan(Decimal(amount))),),
        total=("合计", yuan(Decimal(amount))),
    )
    return EntryPayload(
        facts=(("募捐目的", "帮助患儿"),), tables=(table,), basis="《慈善法》第七十九条"
    )


@pytest.fixture
def publish(officer, acting):
    """Publish an entry of the officer's foundation."""

    def make(**given):
        with acting(officer):
            house = Organization.objects.get(pk=officer.house_id)
            known = {"kind": "campaign", "title": "暖冬募捐", "payload": _payload()}
            return entry_publish(organization=house, by=officer, **known | given)

    return make


def test_what_is_published_is_read_without_an_account_and_its_hash_can_be_recomputed(publish):
    entry = publish()
    with scope():
        read = PublicEntry.objects.public().get(slug=entry.slug)
    text = json.dumps(read.payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == read.payload_hash
    assert read.payload["tables"][0]["total"] == ["合计", "120.50"]
    assert read.slug.startswith("campaign-")


def test_an_entry_of_tomorrow_and_one_taken_down_are_seen_by_the_house_alone(
    publish, officer, acting
):
    tomorrow = publish(visible_from=timezone.now() + dt.timedelta(days=1))
    gone = publish()
    with acting(officer):
        entry_close(entry=gone, by=officer)
        assert PublicEntry.objects.visible_to(officer).count() == 2
        with pytest.raises(DomainError) as refused:
            entry_close(entry=gone, by=officer)
    assert refused.value.rule == "entry.is_closed"
    with scope():
        assert not PublicEntry.objects.filter(pk__in=[tomorrow.pk, gone.pk]).exists()


def test_a_correction_is_the_next_version_at_the_same_address(publish, officer, acting):
    first = publish()
    with acting(officer):
        with pytest.raises(DomainError) as refused:
            entry_correct(entry=first, payload=_payload("99.00"), note="", by=officer)
        assert refused.value.field == "note"
        second = entry_correct(
            entry=first, payload=_payload("99.00"), note="手术一项多记 21.50 元", by=officer
        )
        with pytest.raises(DomainError) as twice:
            entry_correct(entry=first, payload=_payload("98.00"), note="再次更正", by=officer)
    assert twice.value.rule == "departments_publicentry_supersedes_id_key"
    assert (second.slug, second.version, second.supersedes_id) == (first.slug, 2, first.pk)
    with scope():
        rows = PublicEntry.objects.public().filter(slug=first.slug)
        assert [row.version for row in rows.order_by("version")] == [1, 2]
        assert rows.newest().get().payload["tables"][0]["total"][1] == "99.00"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE departments_publicentry SET payload = '{}'",
        "UPDATE departments_publicentry SET correction_note = 'x', version = 3",
        "UPDATE departments_publicentry SET visible_from = now() - interval '9 days'",
        "DELETE FROM departments_publicentry",
    ],
)
def test_the_database_keeps_what_was_published(publish, officer, acting, change):
    publish()
    with acting(officer), connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="what was published stays"), transaction.atomic():
            cursor.execute(change)


def test_an_entry_that_is_down_is_not_put_up_again(publish, officer, acting):
    entry = publish()
    with acting(officer), connection.cursor() as cursor:
        entry_close(entry=entry, by=officer)
        with pytest.raises(IntegrityError, match="what was published stays"), transaction.atomic():
            cursor.execute("UPDATE departments_publicentry SET visible_to = NULL")


def test_the_number_of_an_identity_card_is_never_published(publish):
    payload = EntryPayload(sections=(("说明", "受助人证件 11010519491231002X，已核对。"),))
    with pytest.raises(DomainError) as refused:
        publish(payload=payload)
    assert (refused.value.rule, refused.value.field) == ("entry.names_identity", "text")
    # A credit code of digits alone is none.
    publish(payload=EntryPayload(facts=(("统一社会信用代码", "531100000000000010"),)))


def test_nobody_publishes_for_another_house(publish, head, foundation, acting):
    entry = publish()
    with acting(head):
        with pytest.raises(DomainError) as refused:
            entry_publish(
                organization=foundation, kind="year", title="年报", payload=_payload(), by=head
            )
        assert refused.value.rule == "permission.can_publish_entry"
        # The head reads it like everybody, and cannot take it down.
        assert PublicEntry.objects.public().get(slug=entry.slug).title == "暖冬募捐"
        with connection.cursor() as cursor:
            cursor.execute("UPDATE departments_publicentry SET visible_to = now()")
            assert cursor.rowcount == 0


def test_a_house_for_practice_shows_nothing_to_the_public(db):
    with scope(org=INSTALLATION, role="system"):
        house = Organization.objects.create(
            kind="foundation", name="测试练习基金会", short_name="练习", code="LF",
            is_tenant=True, is_training=True, managed_by_id=INSTALLATION,
        )  # fmt: skip
    with scope(org=house.pk, role="system"):
        entry = entry_publish(
            organization=house, kind="year", title="年报", payload=_payload(), by=None
        )
    with scope():
        assert not PublicEntry.objects.public().filter(slug=entry.slug).exists()
