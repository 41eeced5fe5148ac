"""A console is there for its administrator alone: for everybody else it does not exist, and asking is audited."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse

from msw_portal.kernel.errors import NOT_ALLOWED, DomainError

View = Callable[..., HttpResponse]


def console(*roles: str) -> Callable[[View], View]:
    """Let the named roles in; 404 for the others, noted as `console.not_yours`."""

    def gate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.user.role not in roles:
                request.refusal = DomainError("console.not_yours", NOT_ALLOWED, status=404)
                raise Http404
            return view(request, *args, **kwargs)

        return inner

    return gate
