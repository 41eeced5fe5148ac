"""Contacts: written in three taps, read as facts apart from analysis, corrected until they lock."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.form_schemas.papers import F5, PROGRESS
from cases.forms.closing import ConfirmForm
from cases.forms.contacts import DETAILS, PROGRESS_OF, QUICK_MINUTES, AddendumForm, ContactForm
from cases.forms.referrals import ReasonForm
from cases.models.work import Contact
from cases.permissions import (
    can_amend_contact,
    can_countersign_contact,
    can_record_contact,
    can_return_contact,
)
from cases.services.co_signing import contact_countersign, contact_send_back, returns_of
from cases.services.contacts import contact_addendum, contact_amend, contact_record
from cases.services.form_facts import plan_goals
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404, contact_or_404
from cases.workflow import CoSignState
from departments.views.clashes import Current
from msw_portal.kernel.access import require
from msw_portal.kernel.display import local
from msw_portal.kernel.htmx import answer

BOTH = require_http_methods(["GET", "POST"])


@BOTH
def contact_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """F5 过程记录."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/contact_new.html",
            form=ContactForm,
            service=contact_record,
            given={"case": case},
            to=lambda made: _after(request, made),
            done=_("接触已登记。"),
            form_args={"goals": plan_goals(case)},
            draft="cases-contact",
            subject=case.uid,
            initial={"checkpoint": request.GET.get("checkpoint", "")},
            context={"case": case, "heading": _("登记接触")},
        ),
    )


def overlaps(request: HttpRequest, one: Contact) -> list[Contact]:
    """The same person's other records at the same time, as far as the reader may see them."""
    if one.starts_at is None:
        return []
    rows = Contact.objects.visible_to(request.user).select_related("case")
    return list(rows.overlapping(one))


def _after(request: HttpRequest, made: Contact) -> str:
    """Back to the case, or to the record when its time meets another one's."""
    if overlaps(request, made):
        return reverse("cases:contact", args=[made.uid])
    return address_of(made.case)


def _again(contact: Contact) -> dict[str, Any]:
    """The contact as the form shows it."""
    minutes = str(contact.minutes)
    is_quick = minutes in dict(QUICK_MINUTES)
    return {
        "mode": contact.mode,
        "target": contact.target,
        "checkpoint": contact.checkpoint,
        "quick": minutes if is_quick else "",
        "minutes": "" if is_quick else minutes,
        "occurred_on": contact.occurred_on,
        "starts_at": local(contact.starts_at).strftime("%H:%M") if contact.starts_at else "",
        "facts": contact.facts,
        "analysis": contact.analysis or "",
        "techniques": contact.techniques,
        "services": contact.services,
        "needs": contact.needs,
        "next_on": contact.next_on,
        **_details_again(contact.details or {}),
    }


def _details_again(details: dict[str, Any]) -> dict[str, Any]:
    again = {name: details[name] for name in DETAILS if name in details}
    for row in details.get("progress", []):
        again[f"{PROGRESS_OF}{row['goal']}"] = row["state"]
        again[f"{PROGRESS_OF}{row['goal']}-note"] = row["note"]
    return again


def _addenda(request: HttpRequest, contact: Contact) -> Any:
    rows = Contact.objects.visible_to(request.user).filter(addendum_to=contact)
    return rows.select_related("created_by").order_by("id")


@BOTH
def contact(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One contact; its author may correct it until it locks."""
    one = contact_or_404(request, uid)
    context = _shown(request, one)
    return fill_in(
        request,
        Filling(
            page="cases/contact.html",
            form=ContactForm,
            service=contact_amend,
            given={"contact": one},
            to=reverse("cases:contact", args=[uid]),
            done=_("已更正。"),
            form_args={"goals": plan_goals(one.case)},
            current=lambda: _current(request, one),
            context=context,
            draft="cases-contact_amend" if context["may_amend"] else "",
            subject=one.uid,
        ),
    )


def _current(request: HttpRequest, one: Contact) -> Current:
    now = Contact.objects.visible_to(request.user).select_related("created_by").get(pk=one.pk)
    return Current(now.row_version, _again(now), now.created_by.display_name, now.updated_at)


def _shown(request: HttpRequest, one: Contact) -> dict[str, Any]:
    """The contact with what the reader may do: correct, add, sign."""
    user, is_locked = request.user, one.locked_at <= timezone.now()
    waits = one.co_sign_state in {CoSignState.WAITING, CoSignState.RETURNED}
    details = one.details or {}
    said = dict(PROGRESS)
    return {
        "case": one.case,
        "contact": one,
        "heading": _("过程记录"),
        "lines": _lines(one, details),
        "progress": [
            row | {"said": said.get(row["state"], "")} for row in details.get("progress", [])
        ],
        "overlaps": overlaps(request, one),
        "addenda": _addenda(request, one),
        "may_amend": not is_locked and can_amend_contact(user, one),
        "may_add": is_locked and can_record_contact(user, one.case),
        "may_sign": waits and can_countersign_contact(user, one),
        "may_send_back": one.co_sign_state == CoSignState.WAITING and can_return_contact(user, one),
        "waits_for_signature": one.co_sign_state == CoSignState.WAITING,
        "sent_back": returns_of(one).first() if one.co_sign_state == CoSignState.RETURNED else None,
    }


def _lines(one: Contact, details: dict[str, Any]) -> list[dict[str, Any]]:
    """The rest of the record, in the order of the paper; what is empty is left out."""
    given = {**details, "techniques": one.techniques, "services": one.services, "needs": one.needs}
    return [
        {"label": item.label, "words": item.words(given.get(item.name))}
        for item in F5.items
        if item.name in {*DETAILS, "techniques", "services", "needs"}
        and not item.is_blank(given.get(item.name))
    ]


@BOTH
def addendum(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What is added to a locked contact; the contact itself stays as it was."""
    one = contact_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/contact_addendum.html",
            form=AddendumForm,
            service=contact_addendum,
            given={"contact": one},
            to=reverse("cases:contact", args=[uid]),
            done=_("补充已保存。"),
            context={"case": one.case, "contact": one, "heading": _("写补充")},
        ),
    )


@require_POST
def countersign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Signing what an assistant or intern wrote."""
    one = contact_or_404(request, uid)
    form = ConfirmForm(request.POST)
    ok = form.command(contact_countersign, contact=one, by=request.user)
    context = {"case": one.case, "form": form, "heading": _("会签")}
    to = reverse("cases:contact", args=[uid])
    return answer(request, "cases/case_confirm.html", context, ok=ok, to=to, done=_("已会签。"))


@BOTH
def send_back(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A helper's record goes back to its author, with what is to be put right."""
    one = contact_or_404(request, uid)
    require(can_return_contact, request.user, one)
    return fill_in(
        request,
        Filling(
            page="cases/case_reason.html",
            form=ReasonForm,
            service=contact_send_back,
            given={"contact": one},
            to=reverse("cases:contact", args=[uid]),
            done=_("已退回，记录人会收到通知。"),
            context={
                "case": one.case,
                "heading": _("退回记录"),
                "button": _("退回修改"),
                "lead": _("写明要改什么；锁定之前由记录人修改，锁定之后由记录人写补充，再交会签。"),
            },
        ),
    )
