"""Risk alerts: raised in two choices, taken at once, ended with the report of what was done."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.form_schemas.events import F11
from cases.forms.alerts import AlertForm, ResolveForm
from cases.forms.closing import ConfirmForm
from cases.services.alerts import alert_raise, alert_resolve, alert_take
from cases.services.form_facts import known_of
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, alert_or_404, case_or_404
from msw_portal.kernel.htmx import answer

BOTH = require_http_methods(["GET", "POST"])


@BOTH
def alert_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Somebody on the case sees a danger."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/alert_new.html",
            form=AlertForm,
            service=alert_raise,
            given={"case": case},
            to=address_of(case),
            done=_("已发起预警，已通知督导。"),
            context={"case": case, "heading": _("发起风险预警")},
        ),
    )


@require_POST
def take(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Somebody acts on it now."""
    alert = alert_or_404(request, uid)
    form = ConfirmForm(request.POST)
    ok = form.command(alert_take, alert=alert, by=request.user)
    context = {"case": alert.case, "form": form, "heading": _("处理风险预警")}
    done = _("由您处理；危机报告 24 小时内完成。")
    return answer(
        request, "cases/case_confirm.html", context, ok=ok, to=address_of(alert.case), done=done
    )


@BOTH
def resolve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """F11 危机事件报告; a crisis is ended by another person than raised it."""
    alert = alert_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/alert_resolve.html",
            form=ResolveForm,
            service=alert_resolve,
            given={"alert": alert},
            to=address_of(alert.case),
            done=_("预警已解除。"),
            draft="cases-alert",
            subject=alert.uid,
            context={
                "case": alert.case,
                "alert": alert,
                "heading": F11.title,
                "facts": known_of(alert.case, F11),
            },
        ),
    )
