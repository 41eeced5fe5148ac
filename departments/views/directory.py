"""The gate's other door: to the hospital's OpenID provider and back."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments import openid
from departments.services import directory, signing_in
from departments.views.signing import asked_for, gate, go_on
from msw_portal.kernel.directory import OIDC
from msw_portal.kernel.errors import DomainError


@require_safe
@gate
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider; a link and not a form, because forms may post to the portal only."""
    _only_with_provider()
    to = asked_for(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(to or reverse("home"))
    try:
        signing_in.knock(request)
        return HttpResponseRedirect(openid.begin(request, to=to))
    except DomainError as error:
        return _refused(request, error)


@require_safe
@gate
def answer(request: HttpRequest) -> HttpResponse:
    """The provider's answer: the person's account here, then the steps that are still asked."""
    _only_with_provider()
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("home"))
    try:
        who = openid.accept(request)
        user = directory.person_accept(name=who.name, subject=who.subject)
    except DomainError as error:
        signing_in.directory_refused(error)
        return _refused(request, error)
    signing_in.pending_begin(
        request, user, to=who.to, method=OIDC, has_second_factor=who.has_second_factor
    )
    return go_on(request, user)


def _only_with_provider() -> None:
    if settings.DIRECTORY.kind != OIDC:
        raise Http404


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    context = {"sentence": str(error), "directory": settings.DIRECTORY, "rule": error.rule}
    return render(request, "account/directory.html", context, status=error.status)
