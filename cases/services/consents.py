"""Consents: given for one purpose, superseded by a newer one, withdrawn with everything that hangs on them."""

import datetime as dt
from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.consent_permissions import can_give_consent, can_withdraw_consent
from cases.models.casework import Case
from cases.models.codes import (
    ConsentKind,
    ConsentMethod,
    GuardianProof,
    LegalBasis,
    Relation,
)
from cases.models.consents import Consent, ConsentTemplate
from cases.models.people import Client
from cases.services.clocks import case_task, hours
from cases.services.consent_notices import LEAST_REASON, notice_due
from cases.services.consent_renewal import renewal_settle
from cases.services.consent_waits import paper_due, paper_settle
from cases.services.disclosures import withdraw_under
from cases.services.guardians import guardians_of, why_guardian
from cases.services.mdt_ending import mdt_narrow
from cases.services.people import folded, person_locked
from cases.services.referral_endings import referrals_stop
from cases.services.signing import scan_keep, signature_keep
from cases.signals import consent_replaced, consent_withdrawn
from cases.workflow import CONSENT
from departments import audit
from departments.models.doors import Signature
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.moving import write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

# Ticked one by one; nothing is meant that was not ticked.
ITEMIZED = frozenset({ConsentKind.SHARE_TO_ORG, ConsentKind.MDT_SHARE})
CLOCK_TOLERANCE = dt.timedelta(minutes=5)


def _check_form(
    kind: str,
    template: ConsentTemplate,
    recipient: Organization | None,
    recipient_text: str,
    items: list[str],
    purpose: str,
    basis: str,
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
    is_ticked = is_named or (kind in ITEMIZED and basis == LegalBasis.CONSENT)
    if is_ticked and not items:
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


def guardian_asked(client: Client, template: ConsentTemplate, on: dt.date) -> str | Promise:
    """Why a guardian must sign this text on that day; empty when the person signs alone."""
    return why_guardian(client, guardians_of(client), on, below=template.needs_guardian_below)


def _check_signer(
    person: Client,
    template: ConsentTemplate,
    signer: str,
    relation: str,
    signed_at: dt.datetime,
    basis: str,
    proof: str,
) -> None:
    if not signer.strip():
        raise DomainError("consent.needs_signer", _("请填写签署人姓名。"), "signer")
    if relation not in Relation.values:
        raise DomainError("consent.relation_unknown", _("请从列表中选择。"), "signer_relation")
    on, guardians = timezone.localdate(signed_at), guardians_of(person)
    why = why_guardian(person, guardians, on, below=template.needs_guardian_below)
    if template.kind == ConsentKind.MINOR_GUARDIAN:
        why = why or _("这份同意书由监护人签署。")
    if basis != LegalBasis.CONSENT or not why:
        return
    if relation == Relation.SELF:
        raise DomainError("consent_minor_has_guardian", why, "signer_relation")
    names = {folded(guardian.name) for guardian in guardians}
    if not names:
        raise DomainError(
            "consent.no_guardian_known", _("请先登记监护人，再登记其签署的同意。"), "signer"
        )
    if folded(signer) not in names:
        raise DomainError(
            "consent.signer_is_no_guardian",
            _("签署人和已登记的监护人对不上：请照证件写全名；没有登记的先登记为监护人。"),
            "signer",
        )
    if proof not in GuardianProof.values:
        raise DomainError(
            "consent.needs_guardian_proof", _("请选择看过的监护关系证明。"), "guardian_proof"
        )


def _check_basis(basis: str, method: str, reason: str) -> None:
    """Without consent somebody writes down why; with it somebody signed."""
    if method not in ConsentMethod.values or basis not in LegalBasis.values:
        raise DomainError("consent.method_unknown", _("请从列表中选择。"), "method")
    if basis == LegalBasis.CONSENT:
        if method == ConsentMethod.NOT_ASKED:
            raise DomainError("consent_signed_unless_other_basis", _("请选择签署方式。"), "method")
        return
    if len(reason) < LEAST_REASON:
        raise DomainError(
            "consent.basis_needs_reason",
            _("没有取得同意的，请写明情形和依据，至少 10 个字。"),
            "basis_reason",
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
    is_asked = guardian_asked(person, template, timezone.localdate(signed_at))
    return Signature.Signer.GUARDIAN if is_asked else Signature.Signer.EXTERNAL


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
    scan: UploadedFile | None = None,
    guardian_proof: str = "",
    basis_reason: str = "",
    by: User,
) -> Consent:
    """Record what was signed: one purpose, one recipient, the text's own hash.

    `drawing` are the strokes signed on screen (JSON, see cases/services/signing.py), `scan` is the
    signed paper; both are kept with the case, or with the person when there is none. With another `legal_basis` than consent `basis_reason` says why;
    the emergency of PIPL 13 (4) puts the later notice of PIPL 18 on the clock.

    A live consent of the same person, kind, recipient and purpose is superseded; what others read
    under it beyond the new items ends. Without items the text's own are meant, except where they are ticked. Below the text's age a registered guardian signs and shows `guardian_proof`.

    Raises:
        DomainError: `consent.*`, `consent_share_names_recipient`, `consent_minor_has_guardian`,
            `signature.*` on field `drawing`.
    """
    person = person_locked(client)
    if case is not None:
        case = Case.objects.select_related("client").get(pk=case.pk)
        if case.client.root_id != person.root_id:
            raise DomainError("consent.case_of_another", _("个案不是这位服务对象的。"), "case")
    require(can_give_consent, by, case or person)
    items = list(dict.fromkeys(items)) or ([] if kind in ITEMIZED else list(template.items))
    purpose, recipient_text = purpose.strip(), recipient_text.strip()
    _check_form(kind, template, recipient, recipient_text, items, purpose, legal_basis, by.house_id)
    _check_times(signed_at, valid_to, person.birth_date)
    basis_reason = basis_reason.strip()
    _check_basis(legal_basis, method, basis_reason)
    if method == ConsentMethod.ORAL_WITNESS and not witness.strip():
        raise DomainError("consent.oral_needs_witness", _("口头同意须写见证人。"), "witness")
    if method == ConsentMethod.E_SIGNATURE and not (drawing or scan or evidence):
        raise DomainError(
            "consent.needs_drawing", _("请在方框内签名，或选上传的签署件。"), "drawing"
        )
    _check_signer(person, template, signer, signer_relation, signed_at, legal_basis, guardian_proof)
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
        guardian_proof=guardian_proof if guardian_proof in GuardianProof.values else "",
        method=method,
        witness=witness.strip() or None,
        evidence=evidence,
        signed_at=signed_at,
        valid_to=valid_to,
        created_by=by,
        notice_due_at=signed_at + hours(department, "later_notice_hours") if is_vital else None,
    )
    if scan is not None:
        consent.evidence = scan_keep(owner=case or person, file=scan, by=by)
    # Frozen once it stands: the signature comes first and learns the row's number afterwards.
    if drawing and method == ConsentMethod.E_SIGNATURE:
        consent.signature = signature_keep(
            subject=consent,
            owner=case or person,
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
    write_transition(consent, CONSENT, "give", before="", by=by, reason=basis_reason)
    for earlier in older:
        renewal_settle(earlier)
        mdt_narrow(earlier, items=items, by=by)
        consent_replaced.send(sender=Consent, consent=consent, older=earlier, by=by)
        paper_settle(earlier, is_over=True)
    paper_due(consent, by)
    if is_vital:
        notice_due(consent, by)
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
def consent_withdraw(*, consent: Consent, reason: str, withdrawn_by: str, by: User) -> Consent:
    """Take a consent back: in this transaction every copy given under it is emptied,
    outgoing referrals that stand on it stop, and so do the requests for money (by signal).

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
    stopped = referrals_stop(consent, by=by)
    renewal_settle(consent)
    paper_settle(consent, is_over=True)
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
        referrals=stopped,
    )
    consent_withdrawn.send(sender=Consent, consent=consent, by=by)
    return consent
