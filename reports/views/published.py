"""Published numbers beside the computed ones: the list, one of them, a new one."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.census_permissions import can_keep_published
from departments.models.census import PublishedFigure
from departments.querysets import PublishedFigureQuerySet
from departments.services.census.published import published_withdraw
from departments.views.keeping import Keeping
from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer
from reports.forms import ExplainForm, PublishedForm
from reports.services.published.keeping import (
    figure_explain,
    figure_state,
    figures_refresh,
    standing_of,
)

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE_SIZE = 50


def _rows(request: HttpRequest) -> PublishedFigureQuerySet:
    rows = PublishedFigure.objects.visible_to(request.user).standing()
    return rows.select_related("organization")


def _own(request: HttpRequest, uid: UUID) -> PublishedFigure:
    rows = PublishedFigure.objects.visible_to(request.user).standing()
    return get_object_or_404(rows.filter(organization_id=request.user.house_id), uid=uid)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every number that was published, what the rows give, and whether its word holds."""
    if request.user.role not in PublishedFigureQuerySet.READERS:
        raise Http404
    page = page_of(request, _rows(request), order=("organization_id", "code", "id"), size=PAGE_SIZE)
    context = {
        "page": page,
        "rows": [standing_of(row) for row in page["rows"]],
        "is_keeper": can_keep_published(request.user, None),
        "house": request.user.house_id,
    }
    return answer(request, "reports/published.html", context, ok=True)


@BOTH
def new(request: HttpRequest) -> HttpResponse:
    """State a published number with the way to compute it."""
    if not can_keep_published(request.user, None):
        raise Http404
    keep = Keeping(request, "reports-published")
    form = keep.form(PublishedForm)
    done = request.method == "POST" and keep.sent(form.command(figure_state, by=request.user))
    to = reverse("reports:published_one", args=[form.result.uid]) if done else None
    ok = done or request.method != "POST"
    context = {"form": form, **keep.context}
    return answer(
        request, "reports/published_new.html", context, ok=ok, to=to, done=_("已登记并计算。")
    )


@BOTH
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One published number: how it is computed, and a word where it differs."""
    is_sent = request.method == "POST"
    row = _own(request, uid) if is_sent else get_object_or_404(_rows(request), uid=uid)
    keep = Keeping(request, "reports-published_why", uid, {"explanation": row.explanation})
    form = keep.form(ExplainForm)
    done = is_sent and keep.sent(form.command(figure_explain, figure=row, by=request.user))
    context = {"one": standing_of(row), "form": form, **keep.context}
    context["is_keeper"] = can_keep_published(request.user, row)
    to = reverse("reports:published_one", args=[uid]) if done else None
    ok = done or not is_sent
    return answer(
        request, "reports/published_one.html", context, ok=ok, to=to, done=_("已保存说明。")
    )


@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Compute the numbers of one's own house now."""
    figures_refresh(by=request.user)
    to = reverse("reports:published")
    return answer(request, "", {}, ok=True, to=to, done=_("已重新计算。"))


@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a published number out of the comparison; it stays on record."""
    published_withdraw(figure=_own(request, uid), by=request.user)
    to = reverse("reports:published")
    return answer(request, "", {}, ok=True, to=to, done=_("已撤下。"))
