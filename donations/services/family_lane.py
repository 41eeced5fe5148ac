"""The family's own way to its request: a code without an account (Charity Law 81), made and ended by the worker."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from secrets import choice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.services.receipts import ALPHABET
from departments import audit
from departments.models.mechanisms import AccessLink
from departments.services.documents import document_upload
from departments.services.entering import house_scope, token_scope
from donations.appeal_workflow import AppealBy, AppealKind
from donations.models.aid_agreements import AidAgreement
from donations.models.appeals import Appeal, DecisionTelling
from donations.models.lane import FamilyMessage, FamilyPaper
from donations.models.requests import FundingRequest, RequestDocument
from donations.permissions import can_submit_request
from donations.services.aid_agreement_papers import family_agreement
from donations.services.aid_agreements import agreement_write
from donations.services.appeal_telling import lane_told
from donations.services.appeals import appeal_write
from donations.services.course import takes_paper
from donations.services.decision_letters import family_letter
from donations.services.decisions import decision_of, telling_write
from donations.services.family_page import Lane, lane_of
from donations.workflow import RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope

LENGTH = 12  # 59 bits, behind an exact limit on wrong codes
VALID = dt.timedelta(days=180)
MOST_MESSAGES = 20  # a day
TWICE = dt.timedelta(minutes=5)
SAY_TASK, PAPER_TASK = "family_message", "family_paper"
APPEAL_PAPER = "appeal_paper"


@dataclass(frozen=True)
class MadeLane:
    """A new code, which is shown once and kept nowhere."""

    link: AccessLink
    code: str


def is_code(text: str) -> bool:
    """Whether it could be a code at all; what could not is no guess, and is not counted."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)


def code_hash(code: str) -> bytes:
    """What the database keeps of a code."""
    return hashlib.sha256(f"lane:{code}".encode()).digest()


def _links(request: FundingRequest) -> QuerySet[AccessLink]:
    return AccessLink.objects.filter(
        organization_id=request.organization_id,
        kind=AccessLink.Kind.FAMILY_LANE,
        subject_kind=request._meta.model_name,
        subject_id=request.pk,
        revoked_at__isnull=True,
        expires_at__gt=timezone.now(),
    )


def lane_link_of(request: FundingRequest) -> AccessLink | None:
    """The live code of a request; None without one. The caller has found the request through visible_to."""
    return _links(request).first()


@command
def lane_code_create(*, request: FundingRequest, by: Any) -> MadeLane:
    """A code for the family of a sent request; an older one stops working at once.

    Raises:
        DomainError: `permission.can_submit_request`, `lane.not_sent` (409), `lane.secret_case` (409).
    """
    request = FundingRequest.objects.locked().get(pk=request.pk)
    require(can_submit_request, by, request)
    if request.submitted_at is None:
        raise DomainError("lane.not_sent", _("送出以后才有进展可查。"), status=409)
    if request.case.compartment_id is not None:
        raise DomainError(
            "lane.secret_case",
            _("5 级保密个案不开查询码：捡到纸条的人也能看到。请当面告知。"),
            status=409,
        )
    now = timezone.now()
    replaced = _links(request).update(revoked_at=now)
    code = "".join(choice(ALPHABET) for _place in range(LENGTH))
    link = AccessLink(
        organization_id=request.organization_id,
        kind=AccessLink.Kind.FAMILY_LANE,
        token_hash=code_hash(code),
        subject_kind=request._meta.model_name,
        subject_id=request.pk,
        subject_uid=request.uid,
        expires_at=now + VALID,
        created_by=by,
    )
    link.save(force_insert=True)
    audit.record("family_lane.create", by=by, on=request, replaced=replaced)
    return MadeLane(link, code)


@command
def lane_code_end(*, request: FundingRequest, by: Any) -> int:
    """Stop the code: a lost slip opens nothing any more. How many there were."""
    request = FundingRequest.objects.locked().get(pk=request.pk)
    require(can_submit_request, by, request)
    count = _links(request).update(revoked_at=timezone.now())
    audit.record("family_lane.revoke", by=by, on=request)
    return count


def lane_codes_end(*, case: Case, by: Any) -> int:
    """A case has become one of level 5: the slips its families hold open nothing any more."""
    ended = 0
    for request in FundingRequest.objects.filter(organization_id=case.organization_id, case=case):
        count = _links(request).update(revoked_at=timezone.now())
        if count:
            audit.record("family_lane.revoke", by=by, on=request, secrecy=case.secrecy)
        ended += count
    return ended


def lane_link_at(*, request: FundingRequest, code: str) -> AccessLink | None:
    """The live link of a request that this code opens; for the slip, which only who holds the code prints."""
    return _links(request).filter(token_hash=code_hash(code)).first()


# ── named services of the link ───────────────────────────────────────────────


def _found(code: str) -> tuple[int, int] | None:
    """House and request behind a live code; None for any other, whatever its fault."""
    token = code_hash(code)
    with token_scope(token):
        return (
            AccessLink.objects.filter(
                token_hash=token,
                kind=AccessLink.Kind.FAMILY_LANE,
                revoked_at__isnull=True,
                expires_at__gt=timezone.now(),
            )
            .values_list("organization_id", "subject_id")
            .first()
        )


def _request(house: int, pk: int) -> FundingRequest:
    return (
        FundingRequest.objects.locked()
        .select_related("programme_version", "organization", "counterparty")
        .get(pk=pk, organization_id=house)
    )


def lane_open(code: str) -> Lane | None:
    """What the family reads; None for a dead code, of which the installation's chain takes a note."""
    found = _found(code)
    if found is None:
        with scope(role="link"):
            audit.record("family_lane.refused", by=None, result="refused")
        return None
    house, pk = found
    with house_scope(house, care=True):
        request = FundingRequest.objects.select_related(
            "programme_version__organization", "organization"
        ).get(pk=pk, organization_id=house)
        audit.record("family_lane.open", by=None, on=request, organization_id=house)
        FamilyMessage.objects.filter(
            request=request, is_from_family=False, seen_at__isnull=True
        ).update(seen_at=timezone.now())
        return lane_of(request)


def lane_letter(code: str) -> tuple[str, bytes] | None:
    """Number and PDF of the decision, the family's own copy; None for a dead code.

    Raises:
        DomainError: `decision_letter.none` (409) before a decision.
    """
    return _lane_paper(code, family_letter, "family_lane.letter")


def lane_agreement(code: str) -> tuple[str, bytes] | None:
    """Number and PDF of the agreement, the family's own copy; None for a dead code.

    Raises:
        DomainError: `aid_agreement.none` (409).
    """
    return _lane_paper(code, family_agreement, "family_lane.agreement")


def _lane_paper(
    code: str, paper: Callable[[FundingRequest], bytes], action: str
) -> tuple[str, bytes] | None:
    found = _found(code)
    if found is None:
        return None
    house, pk = found
    with house_scope(house, care=True):
        rows = FundingRequest.objects.select_related(
            "programme_version", "organization", "counterparty", "case__client__root"
        )
        request = rows.get(pk=pk, organization_id=house)
        content = paper(request)
        audit.record(action, by=None, on=request, organization_id=house)
        return request.number or "", content


def lane_say(*, code: str, body: str) -> FamilyMessage | None:
    """A line to the worker; None for a dead code.

    Raises:
        DomainError: `lane.empty` and `lane.too_many` on `body`.
    """
    found = _found(code)
    if found is None:
        return None
    with house_scope(found[0], care=True):
        request = _request(*found)
        if not body.strip():
            raise DomainError("lane.empty", _("请写下要说的话。"), "body")
        now = timezone.now()
        own = FamilyMessage.objects.filter(request=request, is_from_family=True).order_by("-id")
        last = own.first()
        if last is not None and last.body == body.strip() and last.created_at > now - TWICE:
            return last  # a second click, or the page sent again
        lately = own.filter(created_at__gte=now - dt.timedelta(days=1))
        if lately.count() >= MOST_MESSAGES:
            raise DomainError(
                "lane.too_many", _("今天留言已经很多，请等社工答复，急事请打电话。"), "body"
            )
        line = FamilyMessage(
            organization_id=request.organization_id,
            request=request,
            is_from_family=True,
            body=body.strip(),
        )
        line.save(force_insert=True)
        audit.record("family_lane.say", by=None, on=request, organization_id=found[0])
        lane_told(request, kind="family.message", task=SAY_TASK, once=str(line.uid))
        return line


def lane_paper(*, code: str, type: str, file: UploadedFile) -> FamilyPaper | None:
    """A missing paper, photographed; None for a dead code. The worker looks at it before it counts.

    Raises:
        DomainError: `lane.paper_not_asked` on `type`, `lane.paper_waits` on `type`, `file.*` on `file`.
    """
    found = _found(code)
    if found is None:
        return None
    with house_scope(found[0], care=True):
        request = _request(*found)
        paper = RequestDocument.objects.filter(request=request, type=type).first()
        if paper is None or not takes_paper(request, type):
            raise DomainError("lane.paper_not_asked", _("现在不需要这份材料。"), "type")
        sent = FamilyPaper.objects.filter(request=request, type=type)
        if sent.filter(state=FamilyPaper.State.WAITING).exists():
            raise DomainError(
                "lane.paper_waits", _("这份材料已经收到，社工看过后会告诉您。"), "type"
            )
        document = document_upload(subject=request, kind=type, file=file, by=None)
        line = FamilyPaper(
            organization_id=request.organization_id,
            request=request,
            type=type,
            document=document,
        )
        line.save(force_insert=True)
        audit.record("family_lane.send", by=None, on=request, organization_id=found[0], type=type)
        lane_told(request, kind="family.paper", task=PAPER_TASK, once=str(line.uid))
        return line


def lane_know(*, code: str) -> DecisionTelling | None:
    """The family says that it has read the decision; None for a dead code or when it was told before."""
    found = _found(code)
    if found is None:
        return None
    with house_scope(found[0], care=True):
        request = _request(*found)
        decision = decision_of(request)
        if decision is None or decision.told_on is not None:
            return None
        how = DecisionTelling.How.LANE
        return telling_write(request=request, told_on=timezone.localdate(), how=how, by=None)


def lane_agree(*, code: str, signer: str, digest: str) -> AidAgreement | None:
    """The family agrees to the text it read, named by its digest; None for a dead code.

    Raises:
        DomainError: those of agreement_write.
    """
    found = _found(code)
    if found is None:
        return None
    with house_scope(found[0], care=True):
        return agreement_write(
            request=_request(*found),
            way=AidAgreement.Way.LANE,
            signer=signer,
            digest=digest,
            signed_on=timezone.localdate(),
            by=None,
        )


def lane_appeal(
    *, code: str, kind: str, grounds: str, to_hospital: bool, file: UploadedFile | None = None
) -> Appeal | None:
    """A second look or a complaint by the family, with one paper at most; None for a dead code.

    Raises:
        DomainError: see appeal_write; `file.*` on `file`.
    """
    found = _found(code)
    if found is None:
        return None
    with house_scope(found[0], care=True):
        request = _request(*found)
        if request.state == RequestState.WITHDRAWN and kind == AppealKind.SECOND_LOOK:
            raise DomainError("appeal.no_decision", _("申请已撤回，没有可以复核的决定。"), "kind")
        appeal = appeal_write(
            request=request,
            kind=kind,
            grounds=grounds,
            raised_by=AppealBy.FAMILY,
            to_hospital=to_hospital and kind == AppealKind.COMPLAINT,
            by=None,
        )
        if file is not None:
            paper = document_upload(
                subject=appeal, kind=APPEAL_PAPER, file=file, by=None, is_care=False
            )
            # The family's own word to the foundation: it is read there as it was sent.
            paper.counterparty_id = appeal.counterparty_id
            paper.save(update_fields=["counterparty"])
        return appeal
