"""Checks after payment: the rule, the month's draw, each drawn payment with what was found."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from departments.models.people import User
from donations.forms.payments import CheckForm, DrawForm, RuleForm
from donations.models.sampling import Verification, VerificationDraw, VerificationRule
from donations.payment_permissions import can_check_payment, can_draw_sample, can_keep_rule
from donations.payment_workflow import CheckState
from donations.services import sampling
from donations.views.guards import foundation_page
from donations.views.listing import action, columns, list_page
from donations.views.payment_rows import (
    CHECK_TONES,
    check_offers,
    check_parts,
    check_row,
    check_side,
)
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import money

BOTH = require_http_methods(["GET", "POST"])
JOINS = (
    *("draw", "checked_by", "disbursement__request"),
    *("disbursement__prepared_by", "disbursement__released_by"),
)
TABS = (("", gettext_lazy("全部")), *((one.value, one.label) for one in CheckState))
MONTHS = 6


@require_safe
@foundation_page
def checks(request: HttpRequest) -> HttpResponse:
    """Every drawn payment, those due first."""
    rows = Verification.objects.visible_to(request.user).select_related(*JOINS)
    page = list_page(request, rows, order=("due_on", "id"), tabs=TABS)
    page["rows"] = [check_row(one) for one in page["rows"]]
    context = _around(request.user, rows)
    return render(request, "donations/listing.html", page | context)


def _around(user: User, rows: Any) -> dict[str, Any]:
    rule, tally = _rule_now(user), sampling.tally_of(rows)
    actions = []
    if can_keep_rule(user):
        actions.append(action(_("抽查规则"), reverse("payments:rule")))
    if can_draw_sample(user) and rule:
        actions.append(action(_("抽取样本"), reverse("payments:draw"), is_primary=True))
    return {
        "title": _("拨付后核查"),
        "lead": _rule_words(rule),
        "crumbs": ((reverse("donations:disbursements"), _("拨付")),),
        "columns": columns(
            *(_("申请与期次"), _("金额"), _("为什么查"), _("期限"), _("状态"), _("核查人")),
            figures=(1,),
        ),
        "tabs_label": _("按状态"),
        "pager_text": _("先到期的在前"),
        "actions": actions,
        "stats": _stats(tally) if tally.drawn else [],
        "empty_title": _("还没有抽查"),
        "empty_text": _("先由审批人定抽查规则；月后每月自动抽取，也可以手动抽取一次。"),
        "empty_url": reverse("payments:rule") if can_keep_rule(user) and not rule else "",
        "empty_action": _("定抽查规则") if can_keep_rule(user) and not rule else "",
    }


def _stats(tally: sampling.Tally) -> list[dict[str, Any]]:
    return [
        {"label": _("抽中"), "value": tally.drawn, "unit": _("笔")},
        {
            "label": _("已核查"),
            "value": f"{tally.percent}%",
            "sub": _("%(n)d 笔") % {"n": tally.checked},
        },
        {"label": _("发现问题"), "value": tally.findings, "unit": _("笔")},
        {
            "label": _("已逾期"),
            "value": tally.overdue,
            "unit": _("笔"),
            "tone": "danger" if tally.overdue else "",
        },
    ]


def _rule_now(user: User) -> VerificationRule | None:
    rows = VerificationRule.objects.visible_to(user)
    return rows.filter(valid__contains=timezone.localdate()).first()


def _rule_words(rule: VerificationRule | None) -> str:
    if rule is None:
        return _("还没有现行的抽查规则，由审批人制定。")
    words = _("按月抽查 %(share)s%%，至少 %(least)d 笔，%(days)d 天内核查") % {
        "share": f"{rule.share.normalize():f}",
        "least": rule.least,
        "days": rule.days,
    }
    if rule.always_above:
        words += _("；超过 %(sum)s 元的必查") % {"sum": money(rule.always_above)}
    return words + _("。抽中谁由系统的随机种子决定，没有人能挑选。")


@BOTH
@foundation_page
def rule(request: HttpRequest) -> HttpResponse:
    require(can_keep_rule, request.user, None)
    back, now = reverse("payments:checks"), _rule_now(request.user)
    initial = {"starts_on": timezone.localdate(), "share": 5, "least": 3, "days": 30}
    if now is not None:
        names = ("share", "least", "always_above", "days", "basis")
        initial |= {name: getattr(now, name) for name in names}
        initial["starts_on"] = timezone.localdate() + dt.timedelta(days=1)
    return take(
        request,
        Step(
            form=RuleForm,
            initial=initial,
            service=sampling.rule_keep,
            to=back,
            done=_("抽查规则已定。"),
            title=_("抽查规则"),
            button=_("保存"),
            note=_("从生效日起适用；以前抽过的按当时的规则。"),
            draft="donations-check_rule",
            url=request.path,
            back_url=back,
            crumbs=((back, _("拨付后核查")),),
        ),
    )


def _months(user: User) -> list[dt.date]:
    """The last months that are over and not drawn, the newest first."""
    known = set(VerificationDraw.objects.visible_to(user).values_list("month", flat=True))
    found, day = [], timezone.localdate()
    for _n in range(MONTHS):
        day = sampling.month_before(day)
        if day not in known:
            found.append(day)
    return found


@BOTH
@foundation_page
def draw(request: HttpRequest) -> HttpResponse:
    require(can_draw_sample, request.user, None)
    back = reverse("payments:checks")
    return take(
        request,
        Step(
            form=DrawForm,
            form_args={"months": _months(request.user)},
            service=sampling.sample_draw,
            to=back,
            done=_("样本已抽取，名单和种子已存档。"),
            title=_("抽取样本"),
            button=_("抽取"),
            note=_("一个月只抽一次，抽过不能重抽；每月 5 日起系统也会自动抽取上月。"),
            url=request.path,
            back_url=back,
            crumbs=((back, _("拨付后核查")),),
        ),
    )


def _check_or_404(request: HttpRequest, uid: uuid.UUID) -> Verification:
    rows = Verification.objects.visible_to(request.user).select_related(*JOINS)
    return get_object_or_404(rows, uid=uid)


@require_safe
@foundation_page
def check(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _check_or_404(request, uid)
    is_late = one.state == CheckState.DRAWN and one.due_on < timezone.localdate()
    context = {
        "title": _("核查 %(number)s 第 %(n)d 期")
        % {"number": one.disbursement.request.number, "n": one.disbursement.instalment},
        "state": _("已逾期") if is_late else one.get_state_display(),
        "tone": "danger" if is_late else CHECK_TONES[one.state],
        "lead": _("看材料、问家庭，写明结果；由没有经手这笔救助的人办理。"),
        "crumbs": ((reverse("payments:checks"), _("拨付后核查")),),
        "offers": check_offers(one, request.user),
        "parts": check_parts(one),
        "side": check_side(one),
    }
    return render(request, "donations/record.html", context)


@BOTH
@foundation_page
def record(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _check_or_404(request, uid)
    require(can_check_payment, request.user, one)
    back = reverse("payments:check", args=[uid])
    return take(
        request,
        Step(
            form=CheckForm,
            service=sampling.verification_record,
            given={"verification": one},
            to=back,
            done=_("核查结果已登记。"),
            title=_("登记核查结果"),
            button=_("登记"),
            note=_("登记后不能修改。有问题的会转成追回任务，退款在申请页登记。"),
            draft="donations-check",
            subject=uid,
            url=request.path,
            back_url=back,
            crumbs=((back, one.disbursement.request.number),),
        ),
    )
