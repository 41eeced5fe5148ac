"""The worker's form page of a request: what it shows, keeps, sums up and still misses."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models.codes import ConsentKind
from cases.models.consents import Consent
from cases.services.minding import minded_of
from cases.services.state_aid.opening import granted_by_layer
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.services.drafts import base_typed, draft_drop, draft_find
from departments.services.drafts import initial_of as typed_of
from departments.views.clashes import PICK, Current, clashes, picked
from donations.forms.requests import AttachForm, RequestForm, initial_of_request
from donations.models.requests import FundingRequest, RequestDocument
from donations.permissions import can_amend_request, can_submit_request
from donations.services.copies import review_payload
from donations.services.course import takes_paper
from donations.services.payable import cap_of
from donations.services.readiness import missing_for_submit
from donations.views import copies, parts
from donations.views.advising import advice_panel
from donations.views.consenting import consent_rows, live_share
from donations.views.lists import Lists
from donations.views.stepping import Step
from donations.views.sums import asked_words, excess_of, limits_asked, sum_of
from donations.workflow import RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.display import money
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.htmx import answer, is_fragment

DRAFT = "donations-request"
ILL, HOME, ASK = (
    ("is_transplanted",),
    ("household_size", "monthly_income", "welfare_status", "assets", "debts"),
    ("relation", "requested", "payout_mode"),
)


def require_draft(user: User, aid: FundingRequest) -> None:
    """Only a draft is filled in; a sent request answers 409 with the sentence.

    Raises:
        DomainError: `permission.can_amend_request` (403), `funding_request.not_a_draft` (409).
    """
    require(can_amend_request, user, aid)
    if aid.state != RequestState.DRAFT:
        raise DomainError("funding_request.not_a_draft", _("已提交的申请不能再修改。"), status=409)


def form_args(aid: FundingRequest) -> dict[str, Any]:
    """What the form needs of the programme: its ways of paying, and whether a transplant matters."""
    version = aid.programme_version
    rules = [row.get("cel", "") for row in [*version.benefit_rows, *version.conditions]]
    return {
        "modes": version.payout_modes,
        "asks_transplant": any("is_transplanted" in rule for rule in rules),
    }


def initial_of(user: User, aid: FundingRequest) -> dict[str, Any]:
    """The saved draft; what the state has granted on the case stands in its layer already."""
    amounts = parts.amounts_of(user, aid)
    for layer, granted in granted_by_layer(aid.case).items():
        amounts[layer] = max(amounts.get(layer, granted), granted)
    return initial_of_request(aid, aid.sheet.payload, amounts)


def show(request: HttpRequest, step: Step, aid: FundingRequest) -> HttpResponse:
    """The form with what is saved, over it what was typed and not yet saved."""
    kept = draft_find(form=step.draft, subject_uid=step.subject, by=request.user)
    typed = typed_of(kept) if kept else {}
    form = RequestForm(initial={**step.initial, **typed}, **step.form_args)
    if kept:
        form.reopened(typed, step.initial)
    saved = saved_sum(request.user, aid)
    context = (
        _page(request.user, aid, form) | saved | {"draft_saved_at": kept.saved_at if kept else None}
    )
    base = kept.base_version if kept and kept.base_version is not None else aid.row_version
    return render(request, step.page, context | {"draft_url": step.draft_url, "base": base})


def send(request: HttpRequest, step: Step, aid: FundingRequest) -> HttpResponse:
    """Save; 422 with what was typed when a field or a rule refuses, 409 with both versions."""
    typed, base = request.POST, base_typed(request.POST)
    if any(name.startswith(PICK) for name in typed):
        typed = picked(typed, _current(request.user, aid))
    form = RequestForm(typed, **step.form_args)
    if form.command(step.service, **step.given, base=base, by=request.user):
        draft_drop(form=step.draft, subject_uid=step.subject, by=request.user)
        return answer(request, step.page, {}, ok=True, to=step.to, done=str(step.done))
    context = (
        _page(request.user, aid, form)
        | typed_sum(request.user, aid, form)
        | {"draft_url": step.draft_url, "base": base}
    )
    if form.refusal is not None and form.refusal.rule == "form.stale":
        now = _current(request.user, aid)
        context |= {"base": now.version, "current": now, "clashes": clashes(form, now)}
        return render(request, step.page, context, status=409)
    return answer(request, step.page, context, ok=False)


def _current(user: User, aid: FundingRequest) -> Current:
    now = FundingRequest.objects.visible_to(user).get(pk=aid.pk)
    return Current(now.row_version, initial_of(user, now), at=now.updated_at)


def _page(user: User, aid: FundingRequest, form: RequestForm) -> dict[str, Any]:
    return {
        "aid": aid,
        "form": form,
        "foundation": aid.programme_version.organization.name,
        **addresses(aid),
        "sum_url": reverse("donations:request_sum", args=[aid.uid]),
        "advice": advice_panel(aid),
        "ill_fields": [form[name] for name in ILL if name in form.fields],
        "cost_fields": form.cost_fields,
        "home_fields": [form[name] for name in HOME],
        "ask_fields": [form[name] for name in ASK],
        **papers_context(user, aid),
    }


# ── sums ─────────────────────────────────────────────────────────────────────


def saved_sum(user: User, aid: FundingRequest) -> dict[str, Any]:
    """The sum of what is saved, for `_sum.html`."""
    return _sum(user, aid, parts.amounts_of(user, aid), aid.requested)


def typed_sum(user: User, aid: FundingRequest, form: RequestForm) -> dict[str, Any]:
    """The sum of what is typed as far as it can be read; nothing is saved."""
    form.is_valid()
    amounts = form.amounts()
    excess = excess_of(amounts)
    unread = [name for name in form.fields if name.startswith("cost_") or name == "requested"]
    faults = [
        _("%(field)s没有算进去：%(sentence)s") % {"field": form[name].label, "sentence": sentence}
        for name in unread
        for sentence in form[name].errors
        if not (excess and name == "cost_total")
    ]
    if excess and amounts.get("total"):
        faults.append(
            _("报销与救助合计比总费用多 %(amount)s 元，请核对。") % {"amount": money(excess)}
        )
    return _sum(user, aid, amounts, form.cleaned_data.get("requested")) | {"sum_faults": faults}


def _sum(
    user: User, aid: FundingRequest, amounts: dict[str, Decimal], requested: Decimal | None
) -> dict[str, Any]:
    bill = sum_of(amounts, parts.granted_elsewhere(user, aid), note=_("住院至今 + 预估"))
    cap, gap = cap_of(aid.programme_version), bill.gap if bill else None
    return {
        "sum": bill,
        "limits": limits_asked(requested, cap, gap),
        "limits_words": asked_words(requested, gap, cap),
        "sum_faults": [],
    }


# ── papers ───────────────────────────────────────────────────────────────────


def files_of(user: User, aid: FundingRequest) -> Any:
    """Originals among the files of the case, or of a project's request itself, newest first."""
    subject = aid if aid.is_for_project else aid.case
    return (
        Document.objects.visible_to(user)
        .of(subject)
        .filter(derived_from__isnull=True)
        .order_by("-id")
    )


def papers_context(
    user: User,
    aid: FundingRequest,
    bound: tuple[RequestDocument, AttachForm] | None = None,
    lists: Lists | None = None,
) -> dict[str, Any]:
    """Papers with their little forms; `bound` is the one that was refused."""
    papers = parts.papers_of(lists or Lists(user, aid))
    rows = parts.paper_rows(aid, papers, is_asker=True)
    url = reverse("donations:request_document", args=[aid.uid])
    may = any(takes_paper(aid, one.type) for one in papers) and can_amend_request(user, aid)
    files = list(files_of(user, aid)) if may else []
    choices = [("", _("不选")), *((str(one.uid), one.title) for one in files)]
    for row, paper in zip(rows, papers, strict=True):
        row["attach_url"] = url
        row["form"] = None
        if may and takes_paper(aid, paper.type):
            is_bound = bound is not None and bound[0].pk == paper.pk
            row["form"] = (
                bound[1]
                if is_bound
                else AttachForm(documents=Document.objects.none(), auto_id=f"id_{paper.type}_%s")
            )
            row["form"].fields["document"].widget.choices = choices
    return {"papers": rows, "papers_count": parts.given_count(rows), "papers_open": may}


def papers_answer(
    request: HttpRequest, aid: FundingRequest, paper: RequestDocument, form: AttachForm, *, ok: bool
) -> HttpResponse:
    """The list of papers again: in place by htmx, as the page it stands on without scripts."""
    is_draft = aid.state == RequestState.DRAFT
    back = reverse("donations:request_edit" if is_draft else "donations:request", args=[aid.uid])
    if ok and not is_fragment(request):
        return answer(request, "", {}, ok=True, to=f"{back}#papers", done=_("材料已放入。"))
    context = papers_context(request.user, aid, None if ok else (paper, form))
    page = "donations/papers.html"
    return answer(
        request,
        page,
        context | {"aid": aid, "back_url": back},
        ok=ok,
        fragment="donations/_papers_card.html",
    )


# ── sending ──────────────────────────────────────────────────────────────────


def shares(user: User, aid: FundingRequest) -> Any:
    """The consents a sending may name: of this person to this foundation."""
    return (
        Consent.objects.visible_to(user)
        .filter(
            client__root_id=aid.case.client.root_id,
            recipient_id=aid.programme_version.organization_id,
        )
        .select_related("client")
    )


def share_of(aid: FundingRequest, given: list[Consent]) -> Consent | None:
    return live_share(given, aid.programme_version.organization)


PLACES = {"documents": "papers", "cost_lines": "h-cost", "requested": "h-ask", "story": "id_story"}


def submit_page(user: User, aid: FundingRequest, given: list[Consent]) -> dict[str, Any]:
    """What goes out, under which consents, and what is missing before it may."""
    foundation = aid.programme_version.organization
    share = live_share(given, foundation)
    facts = copies.facts_of(review_payload(aid, items=set(share.items) if share else set()))
    sheet, texts = copies.short_and_long(facts)
    rows = consent_rows(user, aid.case, foundation, given)
    missing = _missing(user, aid, rows)
    papers = parts.paper_rows(aid, parts.papers_of(Lists(user, aid)), is_asker=True)
    return {
        **addresses(aid),
        "aid": aid,
        "foundation": foundation.name,
        "warnings": minded_of(aid.case.client),
        "missing": missing,
        "missing_title": _("还差 %(n)d 项") % {"n": len(missing)},
        "sheet": sheet,
        "sheet_texts": texts,
        "papers": papers,
        "papers_count": parts.given_count(papers),
        "consents": rows,
        **saved_sum(user, aid),
    }


def addresses(aid: FundingRequest) -> dict[str, str]:
    """The pages around a request of the asking side."""
    return {
        "case_url": subject_url(aid),
        "request_url": reverse("donations:request", args=[aid.uid]),
        "edit_url": reverse("donations:request_edit", args=[aid.uid]),
        "list_url": reverse("donations:requests"),
    }


def subject_url(aid: FundingRequest) -> str:
    """The page of the case or project that the request is for."""
    if aid.is_for_project:
        return reverse("projects:project", args=[aid.project.uid])
    return reverse("cases:case", args=[aid.case.uid])


def _missing(user: User, aid: FundingRequest, consents: list[dict[str, Any]]) -> list[dict]:
    """What the service would refuse for, each with the place where it is mended."""
    edit_url = reverse("donations:request_edit", args=[aid.uid])
    missing = [
        {"label": str(sentence).rstrip("。."), "url": f"{edit_url}#{PLACES.get(field, '')}"}
        for _rule, sentence, field in missing_for_submit(aid)
    ]
    missing += [
        {"label": _("“%(what)s”还没有签署") % {"what": row["label"]}, "url": row["url"]}
        for row in consents
        if row["kind"] == ConsentKind.SHARE_TO_ORG and not row["is_given"]
    ]
    if not can_submit_request(user, aid):
        missing.append({"label": _("送出由主责社工办理"), "url": ""})
    return missing


def supplement_step(aid: FundingRequest, form: Any, service: Any) -> Step:
    """The answer to a request for papers."""
    back = reverse("donations:request", args=[aid.uid])
    return Step(
        form=form,
        service=service,
        given={"request": aid},
        to=back,
        done=_("补件已送出，重新进入材料审核。"),
        title=_("材料补齐后送回"),
        button=_("送回基金会"),
        url=reverse("donations:request_supplement", args=[aid.uid]),
        back_url=f"{back}#papers",
        draft="donations-supplement",
        subject=aid.uid,
        note=_("先在上面逐份换上新的材料，再写说明送回。"),
        crumbs=((back, _("救助申请")),),
    )
