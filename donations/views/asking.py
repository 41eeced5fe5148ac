"""The asking side, page by page: choose, fill in, papers, send, answer, take back."""

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.services.documents import case_document_add
from cases.views.finding import case_or_404
from departments.models.mechanisms import Document
from donations.forms.requests import (
    AttachForm,
    ChooseForm,
    RequestForm,
    ResumeForm,
    SubmitForm,
    SupplementForm,
    WithdrawRequestForm,
)
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest, RequestDocument
from donations.permissions import (
    can_draft_request,
    can_submit_request,
    can_supplement_request,
    can_withdraw_request,
)
from donations.services.holds import identity_disclose, request_resume
from donations.services.project_papers import project_paper_add
from donations.services.readiness import DECLARATIONS
from donations.services.requests import (
    request_amend,
    request_attach,
    request_draft,
    request_submit,
    request_supplement,
    request_withdraw,
)
from donations.views import filling, project_asking
from donations.views.advising import choices_for
from donations.views.consenting import consents_of
from donations.views.guards import hospital_page
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer

JOINS = (
    "case__client__root",
    "case__episode",
    "project",
    "programme_version__organization",
    "organization",
    "sheet",
    "consent",
)


def request_or_404(request: HttpRequest, uid: uuid.UUID) -> FundingRequest:
    """A request of the asking side with what its pages show."""
    return get_object_or_404(
        FundingRequest.objects.visible_to(request.user).select_related(*JOINS), uid=uid
    )


def person_request_or_404(request: HttpRequest, uid: uuid.UUID) -> FundingRequest:
    """A request for a patient: what belongs to a consent does not exist for a project's.

    Raises:
        Http404: when it is not visible or is a project's.
    """
    aid = request_or_404(request, uid)
    if aid.is_for_project:
        raise Http404
    return aid


def address_of(aid: FundingRequest, part: str = "") -> str:
    """Where the worker's page of a request is."""
    return reverse("donations:request", args=[aid.uid]) + (f"#{part}" if part else "")


@require_http_methods(["GET", "POST"])
@hospital_page
def request_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    case = case_or_404(request, uid)
    require(can_draft_request, request.user, case)
    versions = (
        ProgrammeVersion.objects.visible_to(request.user)
        .in_force()
        .filter(asker=ProgrammeVersion.Asker.CASE)
        .select_related("organization")
    )
    form = ChooseForm(request.POST if request.method == "POST" else None, programmes=versions)
    if request.method == "POST" and form.command(request_draft, case=case, by=request.user):
        to = reverse("donations:request_edit", args=[form.result.uid])
        return answer(request, "", {}, ok=True, to=to, done=_("已建立草稿，基金会还看不到。"))
    return render(
        request,
        "donations/request_new.html",
        {
            "case": case,
            "case_url": reverse("cases:case", args=[case.uid]),
            "form": form,
            "programmes": choices_for(request.user, case, versions),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "POST"])
@hospital_page
def edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = request_or_404(request, uid)
    filling.require_draft(request.user, aid)
    if aid.is_for_project:
        return project_asking.edit(request, aid)
    step = Step(
        page="donations/request_edit.html",
        form=RequestForm,
        form_args=filling.form_args(aid),
        service=request_amend,
        given={"request": aid},
        initial=filling.initial_of(request.user, aid),
        to=_after(request, aid),
        done=_("已保存。"),
        draft=filling.DRAFT,
        subject=aid.uid,
    )
    return (
        filling.send(request, step, aid)
        if request.method == "POST"
        else filling.show(request, step, aid)
    )


def _after(request: HttpRequest, aid: FundingRequest) -> str:
    page = (
        "donations:request_submit"
        if request.POST.get("then") == "submit"
        else "donations:request_edit"
    )
    return reverse(page, args=[aid.uid])


@require_POST
@hospital_page
def request_sum(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The sum of what is typed right now; nothing is saved."""
    aid = person_request_or_404(request, uid)
    form = RequestForm(request.POST, **filling.form_args(aid))
    return render(request, "donations/_sum.html", filling.typed_sum(request.user, aid, form))


@require_POST
@hospital_page
def request_document(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Put a paper in: one of the case's files, or a new one that becomes the case's."""
    aid = request_or_404(request, uid)
    paper = get_object_or_404(
        RequestDocument.objects.visible_to(request.user).filter(request=aid),
        type=request.POST.get("type", ""),
    )
    form = AttachForm(request.POST, request.FILES, documents=filling.files_of(request.user, aid))
    ok = form.command(_attach, request=aid, paper=paper, by=request.user)
    return filling.papers_answer(request, aid, paper, form, ok=ok)


def _attach(
    *,
    request: FundingRequest,
    paper: RequestDocument,
    document: Document | None,
    file: UploadedFile | None,
    by: Any,
) -> RequestDocument:
    """A new file is kept as the case's own, whichever page it came through; a project's stays with the request."""
    if file is not None and request.is_for_project:
        document = project_paper_add(request=request, kind=paper.type, file=file, by=by)
    elif file is not None:
        document = case_document_add(case=request.case, kind=paper.type, file=file, by=by)
    return request_attach(request=request, type=paper.type, document=document, by=by)


@require_http_methods(["GET", "POST"])
@hospital_page
def submit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = request_or_404(request, uid)
    filling.require_draft(request.user, aid)
    if aid.is_for_project:
        return project_asking.submit(request, aid)
    given = consents_of(request.user, aid.case)
    share = filling.share_of(aid, given)
    return take(
        request,
        Step(
            page="donations/request_submit.html",
            form=SubmitForm,
            service=request_submit,
            given={"request": aid},
            form_args={"consents": filling.shares(request.user, aid), "declarations": DECLARATIONS},
            initial={"consent": share.uid if share else ""},
            to=address_of(aid),
            done=_("已送出，等待基金会受理。"),
            context=filling.submit_page(request.user, aid, given),
        ),
    )


@require_http_methods(["GET", "POST"])
@hospital_page
def supplement(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = request_or_404(request, uid)
    require(can_supplement_request, request.user, aid)
    return take(request, filling.supplement_step(aid, SupplementForm, request_supplement))


@require_http_methods(["GET", "POST"])
@hospital_page
def withdraw(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = request_or_404(request, uid)
    require(can_withdraw_request, request.user, aid)
    return take(
        request,
        Step(
            form=WithdrawRequestForm,
            service=request_withdraw,
            given={"request": aid},
            to=address_of(aid),
            done=_("申请已撤回。"),
            title=_("撤回申请"),
            button=_("撤回"),
            tone="btn--danger",
            url=request.path,
            back_url=address_of(aid),
            note=_("批准前可以撤回。基金会会看到理由；要再申请须重新填写。"),
            crumbs=((address_of(aid), _("救助申请")),),
        ),
    )


@require_http_methods(["GET", "POST"])
@hospital_page
def resume(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """After a consent was withdrawn and signed anew: new copies, and the clock goes on."""
    aid = person_request_or_404(request, uid)
    require(can_submit_request, request.user, aid)
    share = filling.share_of(aid, consents_of(request.user, aid.case))
    return take(
        request,
        Step(
            form=ResumeForm,
            form_args={"consents": filling.shares(request.user, aid)},
            service=request_resume,
            given={"request": aid},
            initial={"consent": share.uid if share else ""},
            to=address_of(aid),
            done=_("申请已恢复办理。"),
            title=_("恢复办理"),
            button=_("恢复办理"),
            url=request.path,
            back_url=address_of(aid),
            note=_("按重新签署的同意另作副本提供给基金会。"),
            crumbs=((address_of(aid), _("救助申请")),),
        ),
    )


@require_http_methods(["GET", "POST"])
@hospital_page
def identity(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Name, inpatient number and payee for the payout, as far as the consent goes."""
    aid = person_request_or_404(request, uid)
    require(can_submit_request, request.user, aid)
    return take(
        request,
        Step(
            form=CommandForm,
            service=identity_disclose,
            given={"request": aid},
            to=address_of(aid),
            done=_("已提供办理拨付所需的身份资料。"),
            title=_("提供身份资料"),
            button=_("提供"),
            url=request.path,
            back_url=address_of(aid),
            crumbs=((address_of(aid), _("救助申请")),),
            note=_(
                "只提供同意书勾选过的：姓名、病案号、收款账户。基金会每次打开都留记录；撤回同意后清空。"
            ),
        ),
    )
