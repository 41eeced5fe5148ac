"""The privacy office is there for whoever keeps it: for everybody else it does not exist."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from msw_portal.kernel.errors import NOT_ALLOWED, DomainError

View = Callable[..., HttpResponse]


def privacy(allowed: Callable[..., bool]) -> Callable[[View], View]:
    """404 for whom the predicate does not let in, noted as `privacy.not_yours`."""

    def gate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not allowed(request.user):
                request.refusal = DomainError("privacy.not_yours", NOT_ALLOWED, status=404)
                raise Http404
            return view(request, *args, **kwargs)

        return inner

    return gate


def pdf(name: str, content: bytes) -> HttpResponse:
    """A paper as a download."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.pdf")
    return response
