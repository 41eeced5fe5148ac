"""Writing an application: begun from a call, its sections, its co-applicants, handed in, taken back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from departments.models.organizations import Organization
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.access import require
from msw_portal.kernel.htmx import answer
from projects.forms import sections as forms
from projects.models.applications import Application, ApplicationParty
from projects.models.calls import Call
from projects.permissions import calls as may
from projects.services.applications import inviting, submitting
from projects.services.applications.completeness import meter
from projects.services.applications.content import section_stamp, whole_of
from projects.services.applications.writing import application_begin, application_write
from projects.services.calls import shapes
from projects.services.taxonomies import taxonomies
from projects.views.applications.page import application_or_404
from projects.views.guards import both_sides, unit_page

BOTH = require_http_methods(["GET", "POST"])


def _page(row: Application) -> str:
    return reverse("applications:application", args=[row.uid])


@BOTH
@unit_page
def begin(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The first step: title, track, self-test."""
    calls = Call.objects.visible_to(request.user).filter(published_at__isnull=False)
    call = get_object_or_404(calls.select_related("organization"), uid=uid)
    require(may.can_begin_application, request.user, call)
    sheet = Filling(
        page="projects/application_begin.html",
        form=forms.BeginForm,
        form_args={"call": call},
        service=application_begin,
        given={"call": call},
        to=lambda row: _page(row),
        done=_("草稿已建立，逐部分填写，随时可以离开。"),
        draft="projects-begin",
        subject=uid,
        context={"call": call},
    )
    return fill_in(request, sheet)


def _current(request: HttpRequest, uid: uuid.UUID, code: str) -> Current:
    row = application_or_404(request, uid)
    whole = whole_of(row)
    section = shapes.section_of(row.call.form, code) or {}
    return Current(
        section_stamp(whole, code), forms.section_initial(whole, section), at=row.updated_at
    )


@BOTH
@unit_page
def section(request: HttpRequest, uid: uuid.UUID, section: str) -> HttpResponse:
    """One section; the button that goes on saves it too."""
    row = application_or_404(request, uid)
    found = shapes.section_of(row.call.form, section)
    if found is None:
        raise Http404
    require(may.can_write_application, request.user, row)
    tags = taxonomies(get_language() or "zh-hans")
    sheet = Filling(
        page="projects/application_section.html",
        form=forms.SectionForm,
        form_args={"section": found, "application": row, "tags": tags},
        service=application_write,
        given={"application": row, "section": section},
        to=_after(request, row, section),
        done=_("已保存。"),
        draft=f"projects-section-{section}",
        subject=uid,
        current=lambda: _current(request, uid, section),
        context=_beside(row, section),
    )
    return fill_in(request, sheet)


def _after(request: HttpRequest, row: Application, code: str) -> str:
    """Where the pressed button leads: more rows of the same section, the next one, or the overview."""
    codes = [one["code"] for one in shapes.sections_of(row.call.form)]
    there = codes.index(code) + 1
    if "more" in request.POST:
        return reverse("applications:section", args=[row.uid, code])
    if "next" in request.POST and there < len(codes):
        return reverse("applications:section", args=[row.uid, codes[there]])
    return _page(row)


def _beside(row: Application, code: str) -> dict[str, Any]:
    counts = meter(whole_of(row)).counts
    all_sections = shapes.sections_of(row.call.form)
    return {
        "application": row,
        "call": row.call,
        "section": shapes.section_of(row.call.form, code),
        "is_last": all_sections[-1]["code"] == code,
        "sections": [
            {
                "one": one,
                "done": counts[one["code"]][0],
                "asked": counts[one["code"]][1],
                "is_on": one["code"] == code,
            }
            for one in all_sections
        ],
    }


@BOTH
@unit_page
def invite(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = application_or_404(request, uid)
    require(may.can_write_application, request.user, row)
    houses = Organization.objects.visible_to(request.user).on_ground_of(request.user).tenants()
    houses = houses.exclude(pk__in=[row.organization_id, row.call.organization_id, 1])
    return fill_in(
        request,
        _step(
            row,
            form=forms.InviteForm,
            form_args={"houses": houses.order_by("name")},
            service=inviting.co_applicant_ask,
            given={"application": row},
            done=_("邀请已发出，等对方答复。"),
            title=_("邀请单位联合申报"),
            button=_("发出邀请"),
            draft="projects-invite",
        ),
    )


def _step(row: Application, *, title: str, button: str, note: Any = "", **given: Any) -> Filling:
    given.setdefault("to", _page(row))
    context = {
        "title": title,
        "button": button,
        "note": note,
        "back_url": _page(row),
        "crumbs": [(reverse("applications:list"), _("项目申报")), (_page(row), row.title)],
    }
    subject = row.uid if given.get("draft") else None
    return Filling(page="projects/step.html", context=context, subject=subject, **given)


@BOTH
@unit_page
def uninvite(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = ApplicationParty.objects.visible_to(request.user).filter(role="co_applicant")
    party = get_object_or_404(rows.select_related("application__call", "partner"), uid=uid)
    require(may.can_write_application, request.user, party.application)
    sheet = _step(
        party.application,
        form=forms.ConfirmForm,
        service=inviting.co_applicant_end,
        given={"party": party},
        done=_("已撤销。"),
        title=_("撤销与“%(name)s”的联合申报") % {"name": party.name},
        button=_("撤销"),
    )
    return fill_in(request, sheet)


@BOTH
def invitation_answer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    party = get_object_or_404(ApplicationParty.objects.listed_to(request.user), uid=uid)
    require(may.can_answer_invitation, request.user, party)
    back = reverse("applications:invitation", args=[uid])
    sheet = Filling(
        page="projects/step.html",
        form=forms.AnswerForm,
        service=inviting.invitation_answer,
        given={"party": party},
        to=back,
        done=_("已答复。"),
        context={
            "title": _("答复联合申报的邀请"),
            "button": _("答复"),
            "back_url": back,
            "crumbs": [(reverse("applications:invitations"), _("联合申报的邀请")), (back, party.shown.get("title", ""))],
        },
    )  # fmt: skip
    return fill_in(request, sheet)


@BOTH
@unit_page
def submit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The last look, and the button that hands in by the server's clock."""
    row = application_or_404(request, uid)
    require(may.can_submit_application, request.user, row)
    whole = whole_of(row)
    context = {"application": row, "call": row.call, "meter": meter(whole), "whole": whole}
    if request.method != "POST":
        context["form"] = forms.ConfirmForm()
        return answer(request, "projects/application_submit.html", context, ok=True)
    form = forms.ConfirmForm(request.POST)
    ok = form.command(submitting.application_submit, application=row, by=request.user)
    if ok and form.result.is_late:
        # A redirect, so that the evidence stays: what is answered with 4xx leaves no row.
        messages.error(request, str(form.result.sentence))
        return answer(request, "", {}, ok=True, to=_page(row))
    done = _("已提交，编号马上就有。")
    return answer(
        request,
        "projects/application_submit.html",
        context | {"form": form},
        ok=ok,
        to=_page(row),
        done=done,
    )


@BOTH
@unit_page
def resubmit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = application_or_404(request, uid)
    require(may.can_submit_application, request.user, row)
    sheet = _step(
        row,
        form=forms.ResubmitForm,
        service=submitting.application_resubmit,
        given={"application": row},
        done=_("补正已提交。"),
        title=_("提交补正"),
        button=_("提交补正"),
        note=_("先在申报书里改好，再写明补正了什么；提交后成为新的一版。"),
        draft="projects-resubmit",
    )
    return fill_in(request, sheet)


@BOTH
@unit_page
def withdraw(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = application_or_404(request, uid)
    require(may.can_withdraw_application, request.user, row)
    sheet = _step(
        row,
        form=forms.ReasonForm,
        service=submitting.application_withdraw,
        given={"application": row},
        done=_("已撤回。"),
        title=_("撤回申报"),
        button=_("撤回"),
        note=_("撤回后不能恢复，记录和提交过的版本仍然保留。"),
    )
    return fill_in(request, sheet)


@BOTH
@both_sides
def merge(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = application_or_404(request, uid)
    require(may.can_merge_applications, request.user, row)
    others = Application.objects.visible_to(request.user).filter(call_id=row.call_id).handed_in()
    others = others.exclude(pk=row.pk).exclude(state__in=["withdrawn", "merged"])
    sheet = _step(
        row,
        form=forms.MergeForm,
        form_args={"targets": others.order_by("-id")},
        service=submitting.application_merge,
        given={"application": row},
        done=_("已合并。"),
        title=_("合并到另一份申报"),
        button=_("合并"),
        note=_("这一份结束，并入所选的申报；双方都看到理由。"),
        draft="projects-merge",
    )
    return fill_in(request, sheet)
