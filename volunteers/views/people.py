"""The volunteers of the house: the list, a file, its steps and what is noted about it."""

import datetime as dt
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.forms.people import RevealForm
from cases.views.filling import Filling, fill_in
from departments.models.mechanisms import Transition
from departments.views.clashes import Current
from departments.views.list_box import asked_of, is_settled, with_query
from msw_portal.kernel import masking
from volunteers import permissions
from volunteers.filters import VOLUNTEER_FIELDS
from volunteers.forms.people import (
    AccountForm,
    FactForm,
    GuardianPaperForm,
    StepForm,
    StepReasonForm,
    VolunteerForm,
    slot_choices,
)
from volunteers.models.codes import RecordKind, Skill
from volunteers.models.people import Volunteer, VolunteerRecord
from volunteers.models.shifts import Signup
from volunteers.services import facts, standing
from volunteers.services.people import (
    FACTS,
    star_words,
    volunteer_amend,
    volunteer_link_account,
    volunteer_register,
    volunteer_reveal,
)
from volunteers.views.finding import fact_or_404, keeper_or_404, volunteer_or_404
from volunteers.views.listing import volunteers_page
from volunteers.workflow import VOLUNTEER, VolunteerState

BOTH = require_http_methods(["GET", "POST"])
SERVICES = {
    "review": standing.volunteer_review,
    "refuse": standing.volunteer_refuse,
    "enrol": standing.volunteer_enrol,
    "pause": standing.volunteer_pause,
    "resume": standing.volunteer_resume,
    "leave": standing.volunteer_leave,
    "rejoin": standing.volunteer_rejoin,
    "propose_blacklist": standing.volunteer_propose_blacklist,
    "drop_blacklist": standing.volunteer_drop_blacklist,
    "blacklist": standing.volunteer_blacklist,
}
LEADS: dict[str, Any] = {
    "review": _("通过后进入培训；培训考核合格再登记在册。"),
    "enrol": _("登记在册后可以报名排班。"),
    "pause": _("已报的班会取消，候补的人依次补上。"),
    "leave": _("已报的班会取消；时长和证明保留。"),
    "propose_blacklist": _("由主任决定；决定之前状态不变。理由只有管理的人能看到。"),
    "blacklist": _("不再接受这位志愿者；已报的班会取消。"),
}
MARK = _("登记")


def address_of(volunteer: Volunteer) -> str:
    return reverse("volunteers:volunteer", args=[volunteer.uid])


@BOTH
def volunteers(request: HttpRequest) -> HttpResponse:
    """The list, newest first, narrowed by what was asked."""
    keeper_or_404(request)
    query = asked_of(request, VOLUNTEER_FIELDS)
    if is_settled(request, query):
        return redirect(with_query(request, query))
    status = 422 if request.method == "POST" else 200
    return render(request, "volunteers/list.html", volunteers_page(request, query), status=status)


@BOTH
def volunteer_new(request: HttpRequest) -> HttpResponse:
    keeper_or_404(request)
    return fill_in(
        request,
        Filling(
            page="volunteers/volunteer_form.html",
            form=VolunteerForm,
            service=volunteer_register,
            given={},
            to=address_of,
            done=_("已登记，等待审核。"),
            draft="volunteers-volunteer",
            context={"heading": _("登记志愿者")},
        ),
    )


def _current(request: HttpRequest, uid: uuid.UUID) -> Current:
    now = volunteer_or_404(request, uid)
    values: dict[str, Any] = {name: getattr(now, name) for name in FACTS}
    values |= {
        "name": now.name,
        "sex": now.sex,
        "id_type": now.id_type,
        "birth_date": now.birth_date,
        "phone": now.phone,
    }
    for prefix in ("emergency", "guardian"):
        known = getattr(now, prefix) or {}
        for part in ("name", "relation", "phone"):
            values[f"{prefix}_{part}"] = known.get(part, "")
    return Current(now.row_version, values, at=now.updated_at)


@BOTH
def volunteer_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    volunteer = volunteer_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="volunteers/volunteer_form.html",
            form=VolunteerForm,
            service=volunteer_amend,
            given={"volunteer": volunteer},
            to=address_of(volunteer),
            done=_("已保存。"),
            draft="volunteers-volunteer_edit",
            subject=volunteer.uid,
            current=lambda: _current(request, uid),
            context={
                "heading": _("修改档案"),
                "volunteer": volunteer,
                "masked_id": masking.mask_id_no(volunteer.id_no or ""),
            },
        ),
    )


@require_GET
def volunteer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One file: where the person stands, what is missing, what may be done."""
    one = volunteer_or_404(request, uid)
    records = list(
        VolunteerRecord.objects.visible_to(request.user)
        .filter(volunteer=one)
        .select_related("created_by")
        .order_by("-happened_on", "-id")
    )
    signups = (
        Signup.objects.visible_to(request.user)
        .filter(volunteer=one)
        .select_related("shift")
        .order_by("-id")[:20]
    )
    context = {
        "volunteer": one,
        **_person(one),
        **_steps(request.user, one),
        "records": [_fact(row) for row in records],
        "kinds": RecordKind.choices,
        "signups": signups,
        "past": Transition.objects.visible_to(request.user).of(one).select_related("actor"),
    }
    return render(request, "volunteers/volunteer.html", context)


def _person(one: Volunteer) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "age": one.age_on(today),
        "is_minor": one.is_minor_on(today),
        "masked_id": masking.mask_id_no(one.id_no or ""),
        "masked_phone": masking.mask_phone(one.phone or ""),
        "skills": [dict(Skill.choices).get(code, code) for code in one.skills],
        "times": [label for slot, label in slot_choices() if slot in one.availability],
        "stars": star_words(one.star),
        "missing": standing.missing_for_roll(one) if one.state == VolunteerState.TRAINING else [],
        "needs_guardian": one.is_minor_on(today) and one.guardian_consent_id is None,
    }


def _steps(user: Any, one: Volunteer) -> dict[str, Any]:
    """The arrows that leave the state and that this person may take; the first is the usual one."""
    proposed = one.blacklist_proposed_by_id is not None
    shown = []
    for step in VOLUNTEER.open_steps(one):
        allowed = {
            "blacklist": permissions.can_blacklist_volunteer(user, one),
            "drop_blacklist": proposed and permissions.can_drop_blacklist(user, one),
            "propose_blacklist": not proposed and permissions.can_propose_blacklist(user, one),
        }.get(step.name, permissions.can_review_volunteer(user, one))
        if allowed:
            shown.append(
                {
                    "label": step.label,
                    "url": reverse("volunteers:step", args=[one.uid, step.name]),
                    "is_harsh": "blacklist" in step.name or step.name in ("leave", "refuse"),
                }
            )
    mild = [one for one in shown if not one["is_harsh"]]
    return {
        "steps": mild,
        "harsh": [one for one in shown if one["is_harsh"]],
        "can_amend": permissions.can_amend_volunteer(user, one),
    }


def _fact(row: VolunteerRecord) -> dict[str, Any]:
    """A record in words: what, until when, whether it holds today."""
    today = timezone.localdate()
    until = row.valid.upper - dt.timedelta(days=1) if row.valid and row.valid.upper else None
    words = [word for word in row.detail.values() if word]
    return {
        "row": row,
        "words": " · ".join(map(str, words)),
        "since": row.valid.lower if row.valid else None,
        "until": until,
        "is_over": until is not None and until < today,
    }


@BOTH
def step(request: HttpRequest, uid: uuid.UUID, step: str) -> HttpResponse:
    """One arrow of the diagram, with its reason where it asks for one."""
    one = volunteer_or_404(request, uid)
    if step not in SERVICES:
        raise Http404
    arrow = VOLUNTEER.step(step)
    return fill_in(
        request,
        Filling(
            page="volunteers/step.html",
            form=StepReasonForm if arrow.needs_reason else StepForm,
            service=SERVICES[step],
            given={"volunteer": one},
            to=address_of(one),
            done=_("已保存。"),
            context={"volunteer": one, "heading": arrow.label, "lead": LEADS.get(step, "")},
        ),
    )


@BOTH
def fact_new(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    one = volunteer_or_404(request, uid)
    if kind not in RecordKind.values:
        raise Http404
    return fill_in(
        request,
        Filling(
            page="volunteers/fact_form.html",
            form=FactForm,
            form_args={"kind": kind},
            service=facts.volunteer_record_add,
            given={"volunteer": one, "kind": kind},
            to=address_of(one),
            done=_("已记录。"),
            draft=f"volunteers-fact-{kind}",
            subject=one.uid,
            initial={"happened_on": timezone.localdate()},
            context={"volunteer": one, "heading": RecordKind(kind).label},
        ),
    )


@BOTH
def fact_void(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = fact_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="volunteers/step.html",
            form=StepReasonForm,
            service=facts.volunteer_record_void,
            given={"record": row},
            to=address_of(row.volunteer),
            done=_("已作废。"),
            context={
                "volunteer": row.volunteer,
                "heading": _("作废这条记录"),
                "lead": f"{row.get_kind_display()} {row.happened_on}",
            },
        ),
    )


@BOTH
def account(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Tie the file to the account the person signs in with."""
    one = volunteer_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="volunteers/account.html",
            form=AccountForm,
            service=volunteer_link_account,
            given={"volunteer": one},
            to=address_of(one),
            done=_("已绑定，本人登录后可以报名。"),
            context={"volunteer": one, "heading": _("绑定登录账户")},
        ),
    )


@BOTH
def guardian(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = volunteer_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="volunteers/guardian.html",
            form=GuardianPaperForm,
            service=standing.guardian_consent_add,
            given={"volunteer": one},
            to=address_of(one),
            done=_("同意书已保存。"),
            context={"volunteer": one, "heading": _("监护人同意书")},
        ),
    )


@require_POST
def reveal(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Numbers in clear for 30 seconds; the reason stays in the audit."""
    one = volunteer_or_404(request, uid)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return render(request, "cases/_sentence.html", {"form": form}, status=422)
    shown = volunteer_reveal(volunteer=one, reason=form.sentence, by=request.user)
    return render(request, "cases/_revealed.html", {"shown": shown, "part": ""})
