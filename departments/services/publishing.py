"""Entries that everybody reads: published, corrected by a next version, taken down; nothing is changed in place.

The payload is made at publication and says all there is, so that a public page needs no other table:
`{"facts": [[label, text]], "sections": [{"heading", "text"}], "tables": [{"key", "heading", "columns":
[{"key", "label", "kind"}], "rows": [[text]], "total": [text] | null, "note"}], "links": [[label, url]],
"basis": text}`. Every cell is text; a column's kind is text, date, count or money (two decimals, yuan).
Labels and headings are Chinese sentences of the catalogue, so that the English page can say them.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.models.people import User
from departments.models.publishing import EntryKind, PublicEntry
from departments.publishing_permissions import can_publish_entry
from msw_portal.kernel.access import require
from msw_portal.kernel.audit import canonical
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.validators import parse_id_no

COLUMN_KINDS = frozenset({"text", "date", "count", "money"})
_ID_NO = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_SLUG_SIGNS = "23456789abcdefghjkmnpqrstvwxyz"  # none that is mistaken for another on paper


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    kind: str = "text"


@dataclass(frozen=True)
class EntryTable:
    """A table of an entry and of its CSV; `rows` and `total` hold one text for every column."""

    key: str
    heading: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] | None = None
    note: str = ""

    def __post_init__(self) -> None:
        for row in (*self.rows, *([self.total] if self.total else ())):
            if len(row) != len(self.columns) or not all(isinstance(cell, str) for cell in row):
                raise ValueError(f"a row of {self.key} does not fit its columns")
        if not {column.kind for column in self.columns} <= COLUMN_KINDS:
            raise ValueError(f"{self.key} has a column of an unknown kind")


@dataclass(frozen=True)
class EntryPayload:
    """What an entry says; see the module's docstring."""

    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[tuple[str, str]] = ()
    tables: Sequence[EntryTable] = ()
    links: Sequence[tuple[str, str]] = ()
    basis: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The JSON that is stored: every label and text a str."""
        made: dict[str, Any] = {
            "facts": [[str(label), str(text)] for label, text in self.facts],
            "sections": [{"heading": str(a), "text": str(b)} for a, b in self.sections],
            "tables": [_plain_table(table) for table in self.tables],
            "links": [[str(label), url] for label, url in self.links],
            "basis": str(self.basis),
        }
        return made | ({"extra": self.extra} if self.extra else {})


def _plain_table(table: EntryTable) -> dict[str, Any]:
    made = asdict(table)
    made["heading"], made["note"] = str(table.heading), str(table.note)
    made["columns"] = [asdict(one) | {"label": str(one.label)} for one in table.columns]
    made["rows"] = [list(row) for row in table.rows]
    made["total"] = list(table.total) if table.total else None
    return made


def payload_hash(payload: dict[str, Any]) -> str:
    """The hexadecimal SHA-256 of the canonical JSON (sorted keys, no spaces), as anybody recomputes it."""
    return hashlib.sha256(canonical(payload).encode()).hexdigest()


def yuan(amount: Decimal) -> str:
    """An amount as a cell of a payload: `12345.60`."""
    return f"{amount:.2f}"


@command
def entry_publish(
    *,
    organization: Organization,
    kind: str,
    title: str,
    payload: EntryPayload,
    subject: models.Model | None = None,
    slug: str = "",
    visible_from: dt.datetime | None = None,
    visible_to: dt.datetime | None = None,
    by: User | None,
) -> PublicEntry:
    """Publish the first version of an entry; `by` None is the clock.

    Without a `slug` the address is made up of the kind and ten signs.

    Raises:
        DomainError: `entry.*` on `title` or `text`, or `public_entry_version_once` for a slug in use.
    """
    require(can_publish_entry, by, organization)
    plain = payload.plain()
    _check(title, plain)
    entry = PublicEntry(
        organization=organization,
        kind=EntryKind(kind),
        slug=slug,
        title=title.strip(),
        payload=plain,
        payload_hash=payload_hash(plain),
        visible_from=visible_from or _now(),
        visible_to=visible_to,
        created_by=by,
    )
    entry.slug = slug or _new_slug(entry)
    if subject is not None:
        entry.subject_kind = subject._meta.model_name or ""
        entry.subject_id, entry.subject_uid = subject.pk, subject.uid
    entry.save(force_insert=True)
    _record("entry.publish", entry, by)
    return entry


@command
def entry_correct(
    *, entry: PublicEntry, payload: EntryPayload, note: str, title: str = "", by: User | None
) -> PublicEntry:
    """Publish the next version under the same address, with what was wrong; the old one stays readable.

    Raises:
        DomainError: `entry.needs_note` on `note`, `entry.is_closed` or
            `departments_publicentry_supersedes_id_key` (409) when it is not the version that stands.
    """
    old = PublicEntry.objects.locked().select_related("organization").get(pk=entry.pk)
    require(can_publish_entry, by, old.organization)
    if len(note.strip()) < 4:
        raise DomainError(
            "entry.needs_note",
            _("请写明更正了什么（民政部令第81号第十六条要求公布更正说明）。"),
            "note",
        )
    _require_open(old)
    plain = payload.plain()
    _check(title or old.title, plain)
    made = PublicEntry(
        organization=old.organization,
        kind=old.kind,
        slug=old.slug,
        version=old.version + 1,
        title=title.strip() or old.title,
        payload=plain,
        payload_hash=payload_hash(plain),
        visible_from=_now(),
        visible_to=old.visible_to,
        supersedes=old,
        correction_note=note.strip(),
        subject_kind=old.subject_kind,
        subject_id=old.subject_id,
        subject_uid=old.subject_uid,
        created_by=by,
    )
    made.save(force_insert=True)
    _record("entry.correct", made, by)
    return made


@command
def entry_close(
    *, entry: PublicEntry, at: dt.datetime | None = None, by: User | None
) -> PublicEntry:
    """Take every version of an entry down, at once or at a later moment; the rows stay.

    Raises:
        DomainError: `entry.is_closed` when it is down already.
    """
    held = PublicEntry.objects.locked().select_related("organization").get(pk=entry.pk)
    require(can_publish_entry, by, held.organization)
    _require_open(held)
    until = at or _now()
    for row in PublicEntry.objects.filter(organization_id=held.organization_id, slug=held.slug):
        if row.visible_to is None or row.visible_to > until:
            row.visible_to = max(until, row.visible_from)
            row.save(update_fields=["visible_to"])
    held.refresh_from_db()
    _record("entry.take_down", held, by)
    return held


def _now() -> dt.datetime:
    # The wall of the table compares with the clock of the database: nothing is published after it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return min(cursor.fetchone()[0], timezone.now())


def _require_open(entry: PublicEntry) -> None:
    if entry.visible_to is not None and entry.visible_to <= timezone.now():
        raise DomainError("entry.is_closed", _("这一条已经撤下。"), status=409)


def _record(action: str, entry: PublicEntry, by: User | None) -> None:
    audit.record(
        action,
        by=by,
        on=entry,
        organization_id=entry.organization_id,
        kind=entry.kind,
        slug=entry.slug,
        version=entry.version,
        payload_hash=entry.payload_hash,
        visible_to=entry.visible_to,
    )


def _new_slug(entry: PublicEntry) -> str:
    """The kind and ten signs made of the entry's uid."""
    digest = hashlib.sha256(entry.uid.bytes).digest()
    signs = (_SLUG_SIGNS[byte % len(_SLUG_SIGNS)] for byte in digest[:10])
    return f"{entry.kind}-{''.join(signs)}"


def _check(title: str, payload: dict[str, Any]) -> None:
    """Nothing is published without a name, or with the number of somebody's identity card in it."""
    if not title.strip():
        raise DomainError("entry.needs_title", _("请填写标题。"), "title")
    for text in (title, *_texts(payload)):
        for number in _ID_NO.findall(text):
            if _is_id_no(number):
                raise DomainError(
                    "entry.names_identity",
                    _("内容里有身份证号码，不能公布（《慈善法》第八十二条）。请删去后再公布。"),
                    "text",
                )
    for _label, url in payload["links"]:
        if not url.startswith("https://"):
            raise DomainError("entry.link_unsafe", _("链接要以 https:// 开头。"), "links")


def _is_id_no(number: str) -> bool:
    # A credit code of digits alone passes the check digit now and then; it has no birth date in it.
    try:
        parse_id_no(number)
    except ValidationError:
        return False
    return True


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
