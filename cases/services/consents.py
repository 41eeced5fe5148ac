"""Consents: given for one purpose, superseded by a newer one, withdrawn with everything that hangs on them."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.consent_permissions import can_give_consent, can_withdraw_consent
from cases.consent_texts import TEMPLATES
from cases.models.casework import Case
from cases.models.codes import ConsentKind, ConsentMethod, LegalBasis, Relation
from cases.models.consents import Consent, ConsentTemplate
from cases.models.people import Client, RelatedPerson
from cases.services.clocks import case_task, hours
from cases.services.disclosures import withdraw_under
from cases.services.people import folded
from cases.services.signing import signature_keep
from cases.signals import consent_withdrawn
from cases.workflow import CONSENT
from departments import audit
from departments.models.doors import Signature
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.moving import write_transition
from departments.services.tasks import task_open, tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import age_at

CLOCK_TOLERANCE = dt.timedelta(minutes=5)


def _check_form(
    kind: str,
    template: ConsentTemplate,
    recipient: Organization | None,
    recipient_text: str,
    items: list[str],
    purpose: str,
    house: int,
) -> None:
    if template.organization_id != house or template.published_at is None:
        raise DomainError(
            "consent.template_not_published", _("请选择本机构已发布的同意书。"), "template"
        )
    if template.kind != kind:
        raise DomainError(
            "consent.template_of_another_kind", _("同意书与同意种类不符。"), "template"
        )
    if not purpose.strip():
        raise DomainError("consent.needs_purpose", _("请写明用途，一份同意只写一个。"), "purpose")
    is_named = recipient is not None or bool(recipient_text)
    if (kind == ConsentKind.SHARE_TO_ORG) != is_named:
        message = _("这种同意没有接收方。") if is_named else _("请写明提供给哪一家机构。")
        raise DomainError("consent_share_names_recipient", message, "recipient")
    if recipient is not None and recipient_text:
        raise DomainError(
            "consent.one_recipient", _("一份同意只写一家机构：选一个，或写一个。"), "recipient_text"
        )
    if recipient is not None and recipient.pk == house:
        raise DomainError("consent.recipient_is_own_house", _("接收方不能是本机构。"), "recipient")
    if is_named and not items:
        raise DomainError("consent.needs_items", _("请逐项勾选同意提供的信息。"), "items")
    if template.items and set(items) - set(template.items):
        raise DomainError("consent.item_not_in_text", _("所选信息超出了同意书的范围。"), "items")


def _check_times(signed_at: dt.datetime, valid_to: dt.date | None, born: dt.date | None) -> None:
    if timezone.is_naive(signed_at):
        raise DomainError("consent.signed_when", _("请写明签署时间。"), "signed_at")
    if signed_at > timezone.now() + CLOCK_TOLERANCE:
        raise DomainError("consent.signed_in_future", _("签署时间不能在将来。"), "signed_at")
    signed_on = timezone.localdate(signed_at)
    if born is not None and signed_on < born:
        raise DomainError("consent.signed_before_birth", _("签署时间早于出生日期。"), "signed_at")
    if valid_to is not None and valid_to < signed_on:
        raise DomainError("consent.valid_in_order", _("有效期不能早于签署日期。"), "valid_to")


def needs_guardian(client: Client, template: ConsentTemplate, on: dt.date) -> bool:
    """Whether a guardian must sign: the person is younger on that day than the text allows (PIPL 31)."""
    below = template.needs_guardian_below
    if below is None:
        return False
    if client.birth_date is None:
        return False
    return age_at(client.birth_date, on) < below


def _check_signer(
    person: Client,
    template: ConsentTemplate,
    signer: str,
    relation: str,
    signed_at: dt.datetime,
    basis: str,
) -> None:
    if not signer.strip():
        raise DomainError("consent.needs_signer", _("请填写签署人姓名。"), "signer")
    if relation not in Relation.values:
        raise DomainError("consent.relation_unknown", _("请从列表中选择。"), "signer_relation")
    minor = needs_guardian(person, template, timezone.localdate(signed_at))
    if basis != LegalBasis.CONSENT or not (minor or template.kind == ConsentKind.MINOR_GUARDIAN):
        return
    if relation == Relation.SELF:
        raise DomainError(
            "consent_minor_has_guardian",
            _("不满 %(age)s 周岁，须由监护人签署。") % {"age": template.needs_guardian_below or 14},
            "signer_relation",
        )
    guardians = RelatedPerson.objects.filter(
        organization_id=person.organization_id, client__root_id=person.root_id, is_guardian=True
    )
    names = {folded(guardian.name) for guardian in guardians}
    if not names:
        raise DomainError(
            "consent.no_guardian_known", _("请先登记监护人，再登记其签署的同意。"), "signer"
        )
    if folded(signer) not in names:
        raise DomainError(
            "consent.signer_is_no_guardian", _("签署人不是已登记的监护人。"), "signer"
        )


def _supersede(
    person: Client,
    kind: str,
    recipient: Organization | None,
    recipient_text: str,
    purpose: str,
    by: User,
) -> list[Consent]:
    """End what still lives of the same matter, so that one consent stands for it."""
    older = list(
        Consent.objects.locked()
        .of_person(person)
        .filter(
            kind=kind,
            recipient=recipient,
            recipient_text=recipient_text,
            purpose=purpose,
            withdrawn_at__isnull=True,
            superseded_at__isnull=True,
        )
    )
    for consent in older:
        before = consent.state
        consent.superseded_at = timezone.now()
        consent.save(update_fields=["superseded_at"])
        write_transition(consent, CONSENT, "supersede", before=before, by=by)
    return older


def _signer_kind(
    relation: str, person: Client, template: ConsentTemplate, signed_at: dt.datetime
) -> str:
    if relation == Relation.SELF:
        return Signature.Signer.CLIENT
    is_minor = needs_guardian(person, template, timezone.localdate(signed_at))
    return Signature.Signer.GUARDIAN if is_minor else Signature.Signer.EXTERNAL


@command
def consent_give(
    *,
    client: Client,
    case: Case | None = None,
    kind: str,
    template: ConsentTemplate,
    purpose: str,
    items: Iterable[str] = (),
    recipient: Organization | None = None,
    recipient_text: str = "",
    signer: str,
    signer_relation: str,
    method: str,
    signed_at: dt.datetime,
    valid_to: dt.date | None = None,
    legal_basis: str = LegalBasis.CONSENT,
    evidence: Document | None = None,
    witness: str = "",
    drawing: str = "",
    by: User,
) -> Consent:
    """Record what was signed: one purpose, one recipient, the text's own hash.

    `drawing` are the strokes signed on screen (JSON, see cases/services/signing.py); of a case only.

    A live consent of the same person, kind, recipient and purpose is superseded. Without items, the
    text's own items are meant. Below the text's age a registered guardian signs.

    Raises:
        DomainError: `consent.*`, `consent_share_names_recipient`, `consent_minor_has_guardian`,
            `signature.*` on field `drawing`.
    """
    person = Client.objects.locked().get(pk=client.root_id)
    if case is not None:
        case = Case.objects.select_related("client").get(pk=case.pk)
        if case.client.root_id != person.root_id:
            raise DomainError("consent.case_of_another", _("个案不是这位服务对象的。"), "case")
    require(can_give_consent, by, case or person)
    items = list(dict.fromkeys(items)) or (
        list(template.items) if kind != ConsentKind.SHARE_TO_ORG else []
    )
    purpose, recipient_text = purpose.strip(), recipient_text.strip()
    _check_form(kind, template, recipient, recipient_text, items, purpose, by.house_id)
    _check_times(signed_at, valid_to, person.birth_date)
    if method not in ConsentMethod.values or legal_basis not in LegalBasis.values:
        raise DomainError("consent.method_unknown", _("请从列表中选择。"), "method")
    if method == ConsentMethod.ORAL_WITNESS and not witness.strip():
        raise DomainError("consent.oral_needs_witness", _("口头同意须写见证人。"), "witness")
    _check_signer(person, template, signer, signer_relation, signed_at, legal_basis)
    older = _supersede(person, kind, recipient, recipient_text, purpose, by)
    is_vital = legal_basis == LegalBasis.VITAL_INTEREST
    department = case.department if case else None
    consent = Consent(
        organization_id=person.organization_id,
        client=person,
        case=case,
        kind=kind,
        template=template,
        text_hash=template.text_hash,
        purpose=purpose,
        items=items,
        recipient=recipient,
        recipient_text=recipient_text,
        legal_basis=legal_basis,
        signer=signer.strip(),
        signer_relation=signer_relation,
        method=method,
        witness=witness.strip() or None,
        evidence=evidence,
        signed_at=signed_at,
        valid_to=valid_to,
        created_by=by,
        notice_due_at=signed_at + hours(department, "later_notice_hours") if is_vital else None,
    )
    # Frozen once it stands: the signature comes first and learns the row's number afterwards.
    if case is not None and drawing and method == ConsentMethod.E_SIGNATURE:
        consent.signature = signature_keep(
            subject=consent,
            case=case,
            signer_kind=_signer_kind(signer_relation, person, template, signed_at),
            signer_name=consent.signer,
            relation=signer_relation,
            text_hash=bytes(template.text_hash),
            drawing=drawing,
            by=by,
        )
    consent.save(force_insert=True)
    if consent.signature is not None:
        consent.signature.subject_id = consent.pk
        consent.signature.save(update_fields=["subject_id"])
    for earlier in older:
        earlier.superseded_by = consent
        earlier.save(update_fields=["superseded_by"])
    write_transition(consent, CONSENT, "give", before="", by=by)
    if is_vital:
        task_open(
            kind="consent_notice",
            organization_id=consent.organization_id,
            subject=consent,
            due_at=consent.notice_due_at,
            assignee=by,
            by=by,
        )
    audit.record(
        "consent.give",
        by=by,
        on=consent,
        kind=kind,
        version=template.version,
        items=items,
        recipient=recipient.uid if recipient else None,
        basis=legal_basis,
        method=method,
        relation=signer_relation,
        case=case.uid if case else None,
        supersedes=[row.uid for row in older],
    )
    return consent


@command
def consent_note_notice(*, consent: Consent, by: User) -> Consent:
    """The person was told afterwards what was done in the emergency (PIPL 18)."""
    consent = Consent.objects.locked().get(pk=consent.pk)
    require(can_withdraw_consent, by, consent)
    if consent.notice_due_at is None or consent.notice_given_at is not None:
        raise DomainError("consent.no_notice_due", _("没有待完成的事后告知。"), status=409)
    consent.notice_given_at = timezone.now()
    consent.save(update_fields=["notice_given_at"])
    tasks_close(kind="consent_notice", subject=consent)
    audit.record("consent.notice", by=by, on=consent)
    return consent


@command
def consent_withdraw(*, consent: Consent, reason: str, withdrawn_by: str, by: User) -> Consent:
    """Take a consent back: in this transaction every copy given under it is emptied.

    `withdrawn_by` is the relation of who asked (`self`, `mother` ...). Copies under the earlier
    consents that this one superseded are emptied too.

    Raises:
        DomainError: `consent.withdraw.wrong_state` (409), `consent.withdraw.needs_reason`.
    """
    consent = Consent.objects.locked().select_related("client", "case").get(pk=consent.pk)
    require(can_withdraw_consent, by, consent)
    CONSENT.check(consent, "withdraw", reason)
    if withdrawn_by not in Relation.values:
        raise DomainError("consent.relation_unknown", _("请从列表中选择。"), "withdrawn_by")
    before = consent.state
    consent.withdrawn_at, consent.withdrawn_by = timezone.now(), withdrawn_by
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    write_transition(consent, CONSENT, "withdraw", before=before, by=by, reason=reason)
    emptied = withdraw_under(consent, by=by)
    if consent.case is not None and consent.case.worker_id:
        case_task(
            consent.case,
            "consent_withdrawn",
            due_at=timezone.now(),
            assignee=consent.case.worker,
            key=f"consent_withdrawn:{consent.uid}",
            by=by,
        )
    audit.record(
        "consent.withdraw",
        by=by,
        on=consent,
        kind=consent.kind,
        relation=withdrawn_by,
        recipient=consent.recipient.uid if consent.recipient else None,
        disclosures=emptied,
    )
    consent_withdrawn.send(sender=Consent, consent=consent, by=by)
    return consent


def consent_templates_install(
    *, organization_id: int, by: User | None = None
) -> list[ConsentTemplate]:
    """Publish the texts of cases/consent_texts.py in a house; a changed text is a new version.

    Runs inside an open scope of that house; repeating it changes nothing. Returns what was added.
    """
    added = []
    for given in TEMPLATES:
        rows = ConsentTemplate.objects.filter(
            organization_id=organization_id, kind=given.kind, language=given.language
        )
        text_hash = ConsentTemplate.hash_of(given.text)
        if any(bytes(row.text_hash) == text_hash for row in rows):
            continue
        version = (rows.aggregate(last=Max("version"))["last"] or 0) + 1
        template = ConsentTemplate(
            organization_id=organization_id,
            kind=given.kind,
            version=version,
            language=given.language,
            title=given.title,
            text=given.text,
            text_hash=text_hash,
            items=list(given.items),
            needs_guardian_below=given.needs_guardian_below,
            published_at=timezone.now(),
            created_by=by,
        )
        template.save(force_insert=True)
        audit.record(
            "consent_template.publish",
            by=by,
            on=template,
            organization_id=organization_id,
            kind=given.kind,
            version=version,
        )
        added.append(template)
    return added
