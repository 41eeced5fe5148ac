"""The head reviews who looked at the identity of a person without a case of theirs."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.forms.people import RevealReviewForm
from cases.models.reveals import IdentityReveal
from cases.person_permissions import can_list_reveals
from cases.services.reveals import reveal_review
from departments.views.paging import page_of
from msw_portal.kernel.htmx import go_to

PAGE = 30


@require_http_methods(["GET", "POST"])
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for review, or all with `?show=all`; a POST reviews one of them."""
    user = request.user
    if not can_list_reveals(user):
        raise Http404
    rows, is_all = IdentityReveal.objects.visible_to(user), request.GET.get("show") == "all"
    form = RevealReviewForm(request.POST or None, reveals=rows.waiting())
    if request.method == "POST" and form.command(reveal_review, by=user):
        return go_to(request, reverse("cases:reveal_reviews"))
    shown = (rows if is_all else rows.waiting()).select_related(
        "client__root", "created_by", "reviewed_by"
    )
    context = page_of(request, shown, order=("-id",), size=PAGE)
    context |= {"form": form, "is_all": is_all, "results": IdentityReveal.Result.choices}
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/reveal_reviews.html", context, status=status)
