"""Copies for other houses: frozen when made, counted when read, emptied when the consent goes."""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.consent_permissions import can_make_disclosure, can_read_disclosure, can_withdraw_consent
from cases.models.codes import ConsentKind, DisclosureLevel
from cases.models.consents import Consent, Disclosure, DisclosureDocument
from cases.services.consent_waits import check_paper
from departments import audit
from departments.models.mechanisms import AccessLink, Document
from departments.models.organizations import Organization
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

KEY_BYTES = 32


def payload_hash(payload: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical JSON of what was shown."""
    text = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def _check_consent(
    consent: Consent, organization: Organization, recipient: Organization, fields: list[str]
) -> None:
    if consent.organization_id != organization.pk or consent.kind != ConsentKind.SHARE_TO_ORG:
        raise DomainError(
            "disclosure.needs_share_consent", _("没有向第三方提供信息的同意。"), "consent"
        )
    if not consent.is_live:
        raise DomainError(
            "disclosure.consent_is_over",
            _("同意%(state)s，不能再提供信息。") % {"state": consent.get_state_display()},
            "consent",
            status=409,
        )
    if consent.recipient_id != recipient.pk:
        raise DomainError(
            "disclosure.other_recipient", _("同意书上的接收方不是这家机构。"), "recipient"
        )
    if set(fields) - set(consent.items):
        raise DomainError(
            "disclosure.field_not_consented", _("有的信息不在同意的范围内。"), "fields"
        )


def _check_documents(
    documents: list[Document], organization: Organization, recipient: Organization
) -> None:
    for document in documents:
        if document.organization_id != organization.pk or document.derived_from_id is None:
            raise DomainError("disclosure.only_copies", _("只能提供材料的遮盖副本。"), "documents")
        if document.counterparty_id not in (None, recipient.pk):
            raise DomainError("disclosure.only_copies", _("只能提供材料的遮盖副本。"), "documents")


@command
def disclosure_make(
    *,
    organization: Organization,
    recipient: Organization,
    consent: Consent,
    level: str,
    subject: models.Model,
    payload: Mapping[str, Any],
    fields: Iterable[str],
    documents: Iterable[Document] = (),
    expires_at=None,
    by: User,
) -> Disclosure:
    """Freeze a copy of `payload` (its keys are `fields`, codes of ShareItem) for `recipient`.

    The next version of the same subject and level; the one before is emptied. `documents` are
    masked copies (`derived_from` set).

    Raises:
        DomainError: `disclosure.*` when the consent does not cover recipient, level or fields.
    """
    consent = Consent.objects.locked().select_related("case", "recipient").get(pk=consent.pk)
    require(can_make_disclosure, by, consent)
    fields, documents = sorted(set(fields)), list(documents)
    if level not in DisclosureLevel.values:
        raise DomainError("disclosure.level_unknown", _("请从列表中选择。"), "level")
    if set(fields) != set(payload):
        raise DomainError(
            "disclosure.fields_are_the_payload", _("副本的内容与信息清单不一致。"), "fields"
        )
    _check_consent(consent, organization, recipient, fields)
    check_paper(consent)
    _check_documents(documents, organization, recipient)
    return copy_freeze(
        organization=organization,
        recipient=recipient,
        link=None,
        consent=consent,
        level=level,
        subject=subject,
        payload=payload,
        documents=documents,
        expires_at=expires_at,
        by=by,
    )


def copy_freeze(
    *,
    organization: Organization,
    recipient: Organization | None,
    recipient_user: User | None = None,
    link: AccessLink | None,
    consent: Consent | None,
    level: str,
    subject: models.Model,
    payload: Mapping[str, Any],
    documents: Iterable[Document] = (),
    expires_at=None,
    by: User,
) -> Disclosure:
    """Write the copy as the next version and empty the one before; the caller has checked everything.

    One of `recipient`, `recipient_user` and `link` is given. Without a consent the caller names a legal basis on
    the subject.
    """
    fields = sorted(payload)
    earlier = list(
        Disclosure.objects.locked()
        .filter(
            organization_id=organization.pk,
            subject_kind=subject._meta.model_name,
            subject_id=subject.pk,
            level=level,
        )
        .order_by("-version")
    )
    for row in earlier:
        if row.withdrawn_at is None:
            _empty(row, reason="replaced", by=by)
    content = json.loads(json.dumps(dict(payload), cls=DjangoJSONEncoder))
    disclosure = Disclosure(
        organization_id=organization.pk,
        recipient=recipient,
        recipient_user=recipient_user,
        link=link,
        consent=consent,
        level=level,
        version=earlier[0].version + 1 if earlier else 1,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        fields=fields,
        payload=content,
        payload_hash=payload_hash(content),
        expires_at=expires_at,
        created_by=by,
    )
    disclosure.save(force_insert=True)
    for document in documents:
        if document.counterparty_id is None:
            document.counterparty = recipient
            document.save(update_fields=["counterparty"])
        DisclosureDocument(
            organization_id=organization.pk, disclosure=disclosure, document=document, created_by=by
        ).save(force_insert=True)
    audit.record(
        "disclosure.make",
        by=by,
        on=disclosure,
        level=level,
        version=disclosure.version,
        fields=fields,
        recipient=recipient.uid if recipient else None,
        consent=consent.uid if consent else None,
        subject=disclosure.subject_kind,
        subject_uid=subject.uid,
        documents=[document.uid for document in documents],
        payload_hash=disclosure.payload_hash.hex(),
    )
    return disclosure


@command
def disclosure_read(*, disclosure: Disclosure, by: User) -> Mapping[str, Any]:
    """The content of a copy, as the recipient or the owner reads it; counted and audited.

    Raises:
        DomainError: `disclosure.is_empty` (409) after a withdrawal or past its time.
    """
    rows = disclosures_read(disclosures=[disclosure.pk], by=by)
    if not rows:
        require(can_read_disclosure, by, disclosure)
        raise DomainError("disclosure.is_empty", _("对方已撤回，内容已清空。"), status=409)
    return rows[0].payload


@command
def disclosures_read(*, disclosures: Collection[int], by: User) -> list[Disclosure]:
    """Those of the copies that live, as the recipient or the owner reads them; each counted and audited."""
    rows = list(Disclosure.objects.live().filter(pk__in=disclosures).order_by("pk"))
    for row in rows:
        require(can_read_disclosure, by, row)
    foreign = [row.pk for row in rows if row.organization_id != by.house_id]
    if foreign:
        # The recipient may not write in the owner's house; this function moves the count and nothing else.
        with connection.cursor() as cursor:
            cursor.execute("SELECT app.note_reading(id) FROM unnest(%s::bigint[]) id", [foreign])
    read = [(row.pk, row.uid, _reading(row)) for row in rows]
    audit.record_all("disclosure.read", by=by, kind=Disclosure._meta.model_name, on=read)
    return rows


def _reading(row: Disclosure) -> dict[str, Any]:
    """What the audit says of a copy that was read."""
    return {
        "level": row.level,
        "version": row.version,
        "subject": row.subject_kind,
        "subject_uid": row.subject_uid,
    }


def _shred(document: Document) -> None:
    """Throw the key of a masked copy away: what was sent of the file opens nowhere any more."""
    document.wrapped_key = secrets.token_bytes(KEY_BYTES)
    document.title = str(_("已撤回"))
    document.voided_at, document.void_reason = timezone.now(), "consent_withdrawn"
    document.save(update_fields=["wrapped_key", "title", "voided_at", "void_reason"])


def _empty(disclosure: Disclosure, *, reason: str, by: User | None) -> None:
    disclosure.payload, disclosure.withdrawn_at = None, timezone.now()
    disclosure.save(update_fields=["payload", "withdrawn_at"])
    if reason != "replaced":
        for part in disclosure.documents.select_related("document"):
            if part.document.voided_at is None:
                _shred(part.document)
    audit.record(
        "disclosure.empty",
        by=by,
        on=disclosure,
        organization_id=disclosure.organization_id,
        level=disclosure.level,
        version=disclosure.version,
        why=reason,
    )


def copy_empty(disclosure: Disclosure, *, reason: str, by: User | None) -> None:
    """Empty one copy that is still live; nothing for one that was emptied before."""
    row = Disclosure.objects.locked().get(pk=disclosure.pk)
    if row.withdrawn_at is None:
        _empty(row, reason=reason, by=by)


def withdraw_under(consent: Consent, *, by: User) -> int:
    """Empty every live copy given under `consent` or under what it superseded; how many there were."""
    chain = Consent.objects.same_matter(consent).values("pk")
    rows = Disclosure.objects.locked().filter(
        organization_id=consent.organization_id, consent__in=chain, withdrawn_at__isnull=True
    )
    emptied = 0
    for row in rows.order_by("pk"):
        _empty(row, reason="withdrawn", by=by)
        emptied += 1
    return emptied


@command
def disclosures_withdraw(*, consent: Consent, by: User) -> int:
    """Empty the copies given under a consent without withdrawing it; how many there were."""
    consent = Consent.objects.locked().select_related("client", "case").get(pk=consent.pk)
    require(can_withdraw_consent, by, consent)
    return withdraw_under(consent, by=by)
