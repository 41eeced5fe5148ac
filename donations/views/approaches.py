"""Talks with givers: the house's list, so that nobody asks twice, and the next step of each."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.models.people import User
from donations.forms.donors import ApproachForm
from donations.models.donors import Approach
from donations.models.giving import Donor
from donations.permissions import can_keep_approach
from donations.services.approaches import approach_write
from donations.views.guards import asking_page
from donations.views.listing import Cell, action, columns, list_page, row
from donations.views.stepping import Step, take
from donations.views.wording import joined
from msw_portal.kernel.access import require
from msw_portal.kernel.display import moment, money

Result = Approach.Result
TONES = {Result.GIVEN: "accent", Result.PROMISED: "accent", Result.WAITING: "warn"}
FIELDS = ("on", "channel", "asked_for", "asked_amount", "result", "next_step", "next_on")


@require_safe
@asking_page
def approaches(request: HttpRequest) -> HttpResponse:
    rows = Approach.objects.visible_to(request.user).select_related("created_by", "donor")
    page = list_page(
        request,
        rows,
        order=("-on", "-id"),
        tabs=(("", _("全部")), *Result.choices),
        field_name="result",
    )
    page["rows"] = [_row(request.user, one) for one in page["rows"]]
    page |= {
        "title": _("筹资接洽"),
        "lead": _("找过谁、请了什么、结果怎样、下一步哪天；全机构看得到，不重复打扰。"),
        "columns": columns(_("对象"), _("所请"), _("结果"), _("下一步"), _("经办")),
        "actions": [action(_("记录接洽"), reverse("donations:approach_new"), is_primary=True)],
        "tabs_label": _("按结果"),
        "pager_text": _("最近的在前"),
        "empty_title": _("还没有接洽记录"),
        "empty_text": _("拜访、电话或写信之后记一笔；写了下一步，到时会提醒您。"),
        "empty_url": reverse("donations:approach_new"),
        "empty_action": _("记录接洽"),
        "empty_icon": "talk",
    }
    return render(request, "donations/listing.html", page)


def _row(user: User, one: Approach) -> dict[str, Any]:
    amount = (
        _("%(amount)s 元") % {"amount": money(one.asked_amount)}
        if one.asked_amount is not None
        else ""
    )
    late = one.next_on is not None and one.next_on < timezone.localdate()
    return row(
        Cell(
            one.target,
            url=reverse("donations:approach", args=[one.uid])
            if can_keep_approach(user, one)
            else "",
            sub=joined([moment(one.on), one.get_channel_display()]),
        ),
        Cell(one.asked_for, sub=amount or "—"),
        Cell(one.get_result_display(), tone=TONES.get(one.result, "")),
        Cell(
            one.next_step,
            sub=_("%(day)s 已过") % {"day": moment(one.next_on)} if late else moment(one.next_on),
        )
        if one.next_on
        else Cell("—"),
        Cell(str(one.created_by or "")),
    )


def _take(request: HttpRequest, found: Approach | None, initial: dict[str, Any]) -> HttpResponse:
    back = reverse("donations:approaches")
    donors = Donor.objects.visible_to(request.user).bodies().order_by("-id")
    return take(
        request,
        Step(
            form=ApproachForm,
            form_args={"donors": donors},
            service=approach_write,
            given={"approach": found},
            initial=initial,
            to=back,
            done=_("接洽已记录。"),
            title=_("记录接洽") if found is None else _("修改接洽"),
            button=_("保存"),
            url=request.path,
            back_url=back,
            crumbs=((back, _("筹资接洽")),),
            draft="donations-approach" if found is None else "donations-approach_change",
            subject=found.uid if found else None,
        ),
    )


@require_http_methods(["GET", "POST"])
@asking_page
def approach_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_approach, request.user, None)
    return _take(request, None, {"on": timezone.localdate().isoformat()})


@require_http_methods(["GET", "POST"])
@asking_page
def approach(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One talk, to read and to go on with."""
    rows = Approach.objects.visible_to(request.user).select_related("donor")
    found = get_object_or_404(rows, uid=uid)
    require(can_keep_approach, request.user, found)
    initial = {name: getattr(found, name) for name in FIELDS}
    initial |= {"person": found.person or "", "said": found.said or "", "target": found.target}
    initial["donor"] = str(found.donor.uid) if found.donor else ""
    return _take(request, found, initial)
