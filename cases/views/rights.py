"""What persons ask of the house: the list, one request with its steps, its papers as downloads."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import person_permissions as may
from cases.forms.rights import (
    AnswerForm,
    CorrectForm,
    EraseForm,
    PaperForm,
    RequestForm,
    VerifyForm,
)
from cases.models.families import SubjectRequest
from cases.models.service_codes import SubjectRequestKind
from cases.models.work import Contact
from cases.services import rights_papers, subject_requests
from cases.services.clocks import end_of_day
from cases.services.correcting import subject_request_correct
from cases.services.erasure import kept_of, parts_of, subject_request_erase, traces_kept
from cases.services.minding import minded_of
from cases.views.documents import attach, attachment
from cases.views.filling import Filling, fill_in
from cases.views.finding import client_or_404
from cases.workflow import SUBJECT_REQUEST, SubjectRequestState
from departments.models.mechanisms import Document, Transition
from departments.views.paging import page_of

BOTH = require_http_methods(["GET", "POST"])
PAGE = 20
S = SubjectRequestState
SHOWS = (("", _("在办")), ("late", _("已逾期")), ("done", _("已答复")))
STEPS = {step.name: step.label for step in SUBJECT_REQUEST.steps} | {"receive": _("收到请求")}
CONTACTS = 60


def request_or_404(request: HttpRequest, uid: uuid.UUID) -> SubjectRequest:
    rows = SubjectRequest.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("client", "organization", "created_by"), uid=uid)


@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """The requests the person may see, the shortest clock first; answered ones behind a tab."""
    if not may.can_list_subject_requests(request.user):
        raise Http404
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    rows = SubjectRequest.objects.visible_to(request.user).select_related("client__root")
    if show == "done":
        rows, order = rows.exclude(state__in=(S.RECEIVED, S.ACCEPTED)), ("-due_on", "-id")
    else:
        rows, order = rows.unanswered(), ("due_on", "id")
    if show == "late":
        rows = rows.filter(due_on__lt=timezone.localdate())
    page = page_of(request, rows, order=order, size=PAGE)
    here = reverse("cases:subject_requests")
    context = {
        **page,
        "rows": [{"one": one, "due_at": end_of_day(one.due_on)} for one in page["rows"]],
        "show": show,
        "is_done": show == "done",
        "tabs": [
            {"label": label, "url": f"{here}?show={key}" if key else here, "is_now": key == show}
            for key, label in SHOWS
        ],
    }
    return render(request, "cases/subject_requests.html", context)


def _address(one: SubjectRequest) -> str:
    return reverse("cases:subject_request", args=[one.uid])


@BOTH
def request_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Take a request down."""
    person = client_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/subject_request_new.html",
            form=RequestForm,
            service=subject_requests.subject_request_record,
            given={"client": person},
            initial={"received_on": timezone.localdate()},
            to=_address,
            done=_("请求已登记，主任的工作台会提醒答复期限。"),
            draft="cases-subject-request",
            subject=uid,
            context={
                "client": person,
                "may_record": may.can_record_subject_request(request.user, person),
            },
        ),
    )


@require_GET
def one_request(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One request: what was asked, what is done next, its papers and its course."""
    one, user = request_or_404(request, uid), request.user
    is_open = subject_requests.is_open(one)
    context = {
        "one": one,
        "client": one.client,
        "number": rights_papers.number_of(one),
        "is_open": is_open,
        "is_accepted": one.state == S.ACCEPTED,
        "due_at": end_of_day(one.due_on) if is_open else None,
        "warnings": minded_of(one.client),
        "papers": _papers(one, user),
        "moves": _moves(one, user),
        **_offers(one, user),
    }
    return render(request, "cases/subject_request.html", context)


def _moves(one: SubjectRequest, user: Any) -> list[dict[str, Any]]:
    rows = Transition.objects.visible_to(user).of(one).select_related("actor")
    return [
        {
            "title": STEPS.get(move.step, move.step),
            "note": " · ".join(
                filter(None, (move.actor.display_name if move.actor else "", move.reason))
            ),
            "at": move.at,
        }
        for move in rows
    ]


def _papers(one: SubjectRequest, user: Any) -> list[dict[str, Any]]:
    words = dict(subject_requests.PAPERS)
    rows = Document.objects.visible_to(user).of(one).order_by("id")
    return [{"row": row, "word": words.get(row.kind, row.kind)} for row in rows]


def _offers(one: SubjectRequest, user: Any) -> dict[str, Any]:
    """What may be done now, drawn from the diagram and the predicates."""
    is_accepted = one.state == S.ACCEPTED
    is_delete = one.kind == SubjectRequestKind.DELETE
    may_erase = may.can_erase_for_subject_request(user, one)
    return {
        "can_verify": one.state == S.RECEIVED and may.can_verify_subject_request(user, one),
        "can_answer": subject_requests.is_open(one) and may.can_answer_subject_request(user, one),
        "can_close": one.state in (S.ANSWERED, S.REFUSED)
        and may.can_verify_subject_request(user, one),
        "can_copy": one.state in (S.ACCEPTED, S.ANSWERED)
        and may.can_copy_for_subject_request(user, one),
        "can_letter": one.state in (S.ANSWERED, S.REFUSED, S.CLOSED),
        "can_correct": is_accepted and one.kind == SubjectRequestKind.CORRECT,
        "can_erase": is_accepted and is_delete and may_erase,
        "is_delete": is_delete,
        "is_transfer": one.kind == SubjectRequestKind.TRANSFER,
        "kept": kept_of(one.client, user) if is_delete else [],
        "erased": _erased(one, user) if is_delete else [],
        "traces": traces_kept(),
    }


def _erased(one: SubjectRequest, user: Any) -> list[tuple[Any, int]]:
    labels = {part.code: part.label for part in parts_of(one.client, user)} if one.erased else {}
    return [(labels.get(code, code), count) for code, count in one.erased.items()]


def _step(request: HttpRequest, one: SubjectRequest, page: str, **given: Any) -> HttpResponse:
    """A form about one request, back to its page."""
    context = {"client": one.client, "one": one, **given.pop("context", {})}
    sheet = Filling(
        page=f"cases/{page}.html",
        given={"asked": one},
        to=_address(one),
        subject=one.uid,
        context=context,
        **given,
    )
    return fill_in(request, sheet)


@BOTH
def verify(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Note how the requester was identified."""
    one = request_or_404(request, uid)
    return _step(
        request,
        one,
        "subject_request_verify",
        form=VerifyForm,
        service=subject_requests.subject_request_verify,
        done=_("已核验并受理。"),
        context={"papers": _papers(one, request.user)},
    )


@BOTH
def paper_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A proof of identity, relation or authorisation."""
    return _step(
        request,
        request_or_404(request, uid),
        "subject_request_paper",
        form=PaperForm,
        service=subject_requests.subject_request_add_paper,
        done=_("文件已保存。"),
    )


@require_GET
def paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A paper of a request that the reader may see."""
    document, one = paper_or_404(request, uid)
    content = subject_requests.subject_request_paper_read(
        asked=one, document=document, by=request.user
    )
    return attachment(document, content)


def paper_or_404(request: HttpRequest, uid: uuid.UUID) -> tuple[Document, SubjectRequest]:
    rows = Document.objects.visible_to(request.user).filter(
        subject_kind="subjectrequest", voided_at__isnull=True
    )
    document = get_object_or_404(rows.select_related("created_by"), uid=uid)
    return document, request_or_404(request, document.subject_uid)


@BOTH
def correct(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One place put right; the old value stays."""
    one = request_or_404(request, uid)
    locked = Contact.objects.visible_to(request.user).own_entries().newest_first()
    contacts = locked.filter(
        client__root_id=one.client.root_id, locked_at__lt=timezone.now()
    ).select_related("case", "client")
    ids = list(contacts.values_list("pk", flat=True)[:CONTACTS])
    return _step(
        request,
        one,
        "subject_request_correct",
        form=CorrectForm,
        draft="cases-subject_request_correct",
        form_args={"contacts": contacts.filter(pk__in=ids)},
        service=subject_request_correct,
        done=_("更正已登记。"),
    )


def _of_the_head(request: HttpRequest, one: SubjectRequest, what: Any) -> HttpResponse:
    """Instead of a form that would only be refused: who does it, and the way back."""
    context = {
        "client": one.client,
        "one": one,
        "heading": what,
        "heads": subject_requests.heads_of(one.organization_id),
    }
    status = 403 if request.method == "POST" else 200
    return render(request, "cases/subject_request_head.html", context, status=status)


@BOTH
def erase(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What goes and what the law keeps, side by side."""
    one = request_or_404(request, uid)
    if not may.can_erase_for_subject_request(request.user, one):
        return _of_the_head(request, one, _("应请求删除"))
    parts = parts_of(one.client, request.user)
    return _step(
        request,
        one,
        "subject_request_erase",
        form=EraseForm,
        form_args={"parts": parts},
        service=subject_request_erase,
        done=_("已删除。"),
        context={
            "parts": parts,
            "kept": kept_of(one.client, request.user),
            "traces": traces_kept(),
        },
    )


@BOTH
def answer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The answer of the house."""
    one = request_or_404(request, uid)
    if not may.can_answer_subject_request(request.user, one):
        return _of_the_head(request, one, _("答复权利请求"))
    return _step(
        request,
        one,
        "subject_request_answer",
        form=AnswerForm,
        draft="cases-subject_request_answer",
        service=subject_requests.subject_request_answer,
        done=_("已答复。请打印答复书交给请求人。"),
    )


@require_POST
def close(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The answer was handed over."""
    one = request_or_404(request, uid)
    subject_requests.subject_request_close(asked=one, by=request.user)
    return redirect(_address(one))


def _download(
    request: HttpRequest, uid: uuid.UUID, make: Callable[..., bytes], name: str, suffix: str = "pdf"
) -> HttpResponse:
    one = request_or_404(request, uid)
    content = make(asked=one, by=request.user)
    mime = "application/pdf" if suffix == "pdf" else "application/json"
    return attach(f"{name} {rights_papers.number_of(one)}.{suffix}", content, mime)


@require_POST
def copy(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _download(request, uid, rights_papers.subject_request_copy, "个人信息副本")


@require_POST
def report(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _download(request, uid, rights_papers.subject_request_report, "个人信息查阅报告")


@require_POST
def transfer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _download(
        request, uid, rights_papers.subject_request_transfer, "个人信息转移文件", "json"
    )


@require_POST
def letter(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _download(request, uid, rights_papers.subject_request_letter, "答复书")
