"""What a person may ask of the house (PIPL 44 to 50): taken down, verified, answered within 15 working days."""

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import Relation
from cases.models.families import SubjectRequest
from cases.models.people import Client
from cases.models.service_codes import RefusalGround, SubjectRequestKind, SubjectRequestOutcome
from cases.person_permissions import (
    can_answer_subject_request,
    can_record_subject_request,
    can_verify_subject_request,
    can_view_subject_request,
)
from cases.services.after_death import check_asking, check_proofs
from cases.services.clocks import end_of_day
from cases.services.erasure import kept_of
from cases.services.people import parsed
from cases.workflow import SUBJECT_REQUEST, SubjectRequestState
from departments import audit
from departments.models.mechanisms import Document
from departments.models.people import Membership, Role, User
from departments.services.documents import document_read, document_upload
from departments.services.moving import move, write_transition
from departments.services.registers import holidays_between
from departments.services.tasks import task_open, tasks_close
from departments.services.viewing import document_page
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.validators import parse_name
from msw_portal.kernel.workdays import add_working_days

WORKING_DAYS = 15  # the house's promise; PIPL 50 says "in time"
CALENDAR = dt.timedelta(days=120)
LEAST = 5
TASK = "subject_request"
PROOFS = frozenset({"relation_proof", "guardianship_proof", "authorisation"})
PAPERS = (
    ("identity_proof", _("请求人身份证件")),
    ("relation_proof", _("亲属关系证明")),
    ("guardianship_proof", _("监护关系证明")),
    ("authorisation", _("授权委托书")),
    ("death_proof", _("死亡证明")),
    ("receipt", _("领取回执")),
    ("other", _("其他")),
)


def due_of(received_on: dt.date) -> dt.date:
    """The last day for the answer: 15 working days, by the installation's own list of holidays first."""
    holidays = holidays_between(received_on, received_on + CALENDAR)
    return add_working_days(received_on, WORKING_DAYS, holidays).on


def _check_relation(relation: str) -> None:
    if relation not in Relation.values:
        raise DomainError(
            "subject_request.relation_unknown", _("请从列表中选择关系。"), "requester_relation"
        )


@command
def subject_request_record(
    *,
    client: Client,
    kind: str,
    requester: str,
    requester_relation: str,
    detail: str,
    received_on: dt.date,
    interest: str = "",
    by: User,
) -> SubjectRequest:
    """Take a request down and start its clock: a task of the head, due in 15 working days.

    Raises:
        DomainError: `subject_request.*` on its field, `client.<code>` of the name on `requester`.
    """
    require(can_record_subject_request, by, client)
    if kind not in SubjectRequestKind.values:
        raise DomainError("subject_request.kind_unknown", _("请从列表中选择。"), "kind")
    _check_relation(requester_relation)
    check_asking(client.person, kind, requester_relation, interest)
    if received_on > timezone.localdate():
        raise DomainError("subject_request.in_future", _("日期不能在将来。"), "received_on")
    if not detail.strip():
        raise DomainError("subject_request.needs_detail", _("请写明请求的内容。"), "detail")
    asked = SubjectRequest(
        organization_id=client.organization_id,
        client_id=client.root_id,
        kind=kind,
        requester=parsed(parse_name, requester, "requester"),
        requester_relation=requester_relation,
        detail=detail.strip(),
        interest=interest.strip() or None,
        received_on=received_on,
        due_on=due_of(received_on),
        created_by=by,
    )
    asked.save(force_insert=True)
    write_transition(asked, SUBJECT_REQUEST, "receive", before="", by=by)
    task_open(
        kind=TASK,
        organization_id=asked.organization_id,
        subject=asked,
        due_at=end_of_day(asked.due_on),
        role="dept_head",
        department_id=by.acting.department_id,
        by=by,
    )
    audit.record(
        "subject_request.record",
        by=by,
        on=asked,
        client=client.uid,
        kind=kind,
        relation=requester_relation,
        due_on=asked.due_on,
    )
    return asked


def locked(asked: SubjectRequest) -> SubjectRequest:
    return SubjectRequest.objects.locked().select_related("client").get(pk=asked.pk)


@command
def subject_request_add_paper(
    *, asked: SubjectRequest, kind: str, file: UploadedFile, by: User
) -> Document:
    """A proof of identity, relation or authorisation, or the receipt.

    Raises:
        DomainError: `subject_request.paper_unknown` on kind, `file.*` on file.
    """
    asked = locked(asked)
    require(can_view_subject_request, by, asked)
    if kind not in dict(PAPERS):
        raise DomainError("subject_request.paper_unknown", _("请从列表中选择。"), "kind")
    return document_upload(subject=asked, kind=kind, file=file, by=by)


def subject_request_paper_read(*, asked: SubjectRequest, document: Document, by: User) -> bytes:
    """The content of a paper of the request; the reading is audited."""
    require(can_view_subject_request, by, asked)
    return document_read(document=document, by=by)


def subject_request_paper_page(
    *, asked: SubjectRequest, document: Document, number: int, key: str, by: User
) -> tuple[bytes, str]:
    """One page of an opened paper, (picture, MIME type); the opening was audited.

    Raises:
        DomainError: `file.not_opened`, `file.no_page` (404), `file.locked`.
    """
    require(can_view_subject_request, by, asked)
    return document_page(document=document, number=number, key=key, by=by)


@command
def subject_request_verify(
    *, asked: SubjectRequest, identity_note: str, by: User
) -> SubjectRequest:
    """Note how the requester's identity was checked, and take the request on.

    Somebody who asks for another person brings a proof of relation, guardianship or authorisation;
    for somebody who has died, of the death and of the relation.

    Raises:
        DomainError: `subject_request.needs_note`, `subject_request.needs_proof` on identity_note;
            `subject_request.verify.wrong_state` (409).
    """
    asked = locked(asked)
    require(can_verify_subject_request, by, asked)
    SUBJECT_REQUEST.check(asked, "verify")
    if len(identity_note.strip()) < LEAST:
        raise DomainError(
            "subject_request.needs_note",
            _("请写明核验了什么证件、怎样核验，至少 5 个字。"),
            "identity_note",
        )
    papers = Document.objects.of(asked).filter(kind__in=PROOFS)
    if asked.requester_relation != Relation.SELF and not papers.exists():
        raise DomainError(
            "subject_request.needs_proof",
            _("请求人不是本人：请先上传亲属关系、监护关系证明或授权委托书。"),
            "identity_note",
        )
    check_proofs(asked)
    asked.identity_checked_at = timezone.now()
    asked.identity_note = identity_note.strip()
    move(
        asked,
        SUBJECT_REQUEST,
        "verify",
        by=by,
        also=("identity_checked_at", "identity_note"),
    )
    audit.record("subject_request.verify", by=by, on=asked, kind=asked.kind)
    return asked


def _check_answer(
    asked: SubjectRequest, outcome: str, answer: str, code: str, reason: str, by: User
) -> None:
    if outcome not in SubjectRequestOutcome.values:
        raise DomainError("subject_request.outcome_unknown", _("请选择决定。"), "outcome")
    is_less = outcome != SubjectRequestOutcome.GRANT
    if is_less and code not in RefusalGround.values:
        raise DomainError("subject_request.needs_ground", _("请选择事由。"), "refusal_code")
    if is_less and len(reason.strip()) < LEAST:
        raise DomainError(
            "subject_request.needs_reason",
            _("请写明理由，至少 5 个字（个人信息保护法第五十条）。"),
            "refusal_reason",
        )
    if outcome == SubjectRequestOutcome.REFUSE:
        return
    if not answer.strip():
        raise DomainError("subject_request.needs_answer", _("请写明答复的内容。"), "answer")
    if asked.kind == SubjectRequestKind.CORRECT and not asked.corrections:
        raise DomainError(
            "subject_request.nothing_corrected",
            _("还没有登记更正。请先更正，再答复。"),
            "outcome",
        )
    if asked.kind == SubjectRequestKind.DELETE:
        _check_deleted(asked, outcome, by)


def _check_deleted(asked: SubjectRequest, outcome: str, by: User) -> None:
    if not asked.erased:
        raise DomainError(
            "subject_request.nothing_erased", _("还没有删除任何内容。请先删除，再答复。"), "outcome"
        )
    if outcome == SubjectRequestOutcome.GRANT and kept_of(asked.client, by):
        raise DomainError(
            "subject_request.something_is_kept",
            _("仍有依法保留的内容，请选“部分同意”并写明。"),
            "outcome",
        )


@command
def subject_request_answer(
    *,
    asked: SubjectRequest,
    outcome: str,
    answer: str = "",
    refusal_code: str = "",
    refusal_reason: str = "",
    by: User,
) -> SubjectRequest:
    """Answer for the house: granted, in part, or refused with a ground and words; ends the clock.

    A refusal is possible before the identity is verified, an answer only after.

    Raises:
        DomainError: `subject_request.*` on its field, `subject_request.answer.wrong_state` (409).
    """
    asked = locked(asked)
    require(can_answer_subject_request, by, asked)
    step = "refuse" if outcome == SubjectRequestOutcome.REFUSE else "answer"
    SUBJECT_REQUEST.check(asked, step, refusal_reason or "-")
    _check_answer(asked, outcome, answer, refusal_code, refusal_reason, by)
    is_granted = outcome == SubjectRequestOutcome.GRANT
    asked.outcome, asked.answer = outcome, answer.strip() or None
    asked.refusal_code = "" if is_granted else refusal_code
    asked.refusal_reason = None if is_granted else refusal_reason.strip()
    asked.answered_on = timezone.localdate()
    move(
        asked,
        SUBJECT_REQUEST,
        step,
        by=by,
        reason=str(RefusalGround(refusal_code).label) if step == "refuse" else "",
        also=("outcome", "answer", "refusal_code", "refusal_reason", "answered_on"),
    )
    tasks_close(kind=TASK, subject=asked)
    audit.record(
        "subject_request.answer",
        by=by,
        on=asked,
        kind=asked.kind,
        outcome=outcome,
        ground=asked.refusal_code,
        is_late=asked.answered_on > asked.due_on,
    )
    return asked


@command
def subject_request_close(*, asked: SubjectRequest, by: User) -> SubjectRequest:
    """The answer was handed over.

    Raises:
        DomainError: `subject_request.close.wrong_state` (409).
    """
    asked = locked(asked)
    require(can_verify_subject_request, by, asked)
    move(asked, SUBJECT_REQUEST, "close", by=by)
    audit.record("subject_request.close", by=by, on=asked, kind=asked.kind)
    return asked


def is_open(asked: SubjectRequest) -> bool:
    """Whether the clock still runs."""
    return asked.state in (SubjectRequestState.RECEIVED, SubjectRequestState.ACCEPTED)


def heads_of(organization_id: int) -> list[Membership]:
    """Who answers for the house today, with the department of each."""
    rows = Membership.objects.filter(
        organization_id=organization_id, role=Role.DEPT_HEAD, user__is_active=True
    )
    rows = rows.active(timezone.localdate()).select_related("user", "department")
    return list(rows.order_by("department__name", "pk"))
