"""What a house says about its figures in public: taking part, the budget of noise, releases with noise."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer
from reports.forms import BudgetForm, ChoiceForm, NoiseForm
from reports.models import NoiseBudget, OpenDataChoice, OpenTable
from reports.permissions import can_choose_open_data, can_release_noise, can_view_open_data
from reports.services.open_data.choosing import (
    noise_budget_set,
    noise_release,
    open_data_choose,
)
from reports.services.open_data.reading import shown_of

PAGE_SIZE = 20
ORDER = ("-first", "-id")


def _page(request: HttpRequest, **forms: Any) -> dict[str, Any]:
    user = request.user
    released = OpenTable.objects.visible_to(user).filter(organization_id=user.house_id)
    page = page_of(request, released, order=ORDER, size=PAGE_SIZE)
    return {
        "choice": OpenDataChoice.objects.visible_to(user).first(),
        "budgets": NoiseBudget.objects.visible_to(user).order_by("-quarter")[:8],
        "page": page,
        "tables": [shown_of(one) for one in page["rows"]],
        "may_choose": can_choose_open_data(user, None),
        "may_release": can_release_noise(user, None),
        "budget_form": BudgetForm(),
        "noise_form": NoiseForm(),
        **forms,
    }


@require_safe
def keeping(request: HttpRequest) -> HttpResponse:
    """The choice, the budgets and what was released from or for the house."""
    if not can_view_open_data(request.user, None):
        raise Http404
    return answer(request, "reports/open_data.html", _page(request), ok=True)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Take part from now on, or no longer."""
    if not can_choose_open_data(request.user, None):
        raise Http404
    form = ChoiceForm(request.POST)
    done = form.command(open_data_choose, by=request.user)
    return _answer(request, done, _("已保存。"), choice_form=form)


@require_POST
def budget(request: HttpRequest) -> HttpResponse:
    """Set the budget of a quarter."""
    if not can_release_noise(request.user, None):
        raise Http404
    form = BudgetForm(request.POST)
    done = form.command(noise_budget_set, by=request.user)
    return _answer(request, done, _("已定下隐私预算。"), budget_form=form)


@require_POST
def noise(request: HttpRequest) -> HttpResponse:
    """Release a table with noise."""
    if not can_release_noise(request.user, None):
        raise Http404
    form = NoiseForm(request.POST)
    done = form.command(noise_release, by=request.user)
    return _answer(request, done, _("已公布。"), noise_form=form)


def _answer(request: HttpRequest, done: bool, words: str, **forms: Any) -> HttpResponse:
    context = {} if done else _page(request, **forms)
    to = reverse("reports:open_data") if done else None
    return answer(request, "reports/open_data.html", context, ok=done, to=to, done=words)
