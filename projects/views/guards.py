"""Pages of one side of a call: for everybody else they do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from projects.querysets.calls import ISSUER_ROLES, UNIT_ROLES

View = Callable[..., HttpResponse]


def _only(view: View, roles: frozenset[str]) -> View:
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.role not in roles:
            raise Http404
        return view(request, *args, **kwargs)

    return shown


def issuer_page(view: View) -> View:
    """A page of who issues calls; 404 for every other role, as for a missing address."""
    return _only(view, ISSUER_ROLES)


def unit_page(view: View) -> View:
    """A page of who applies; 404 for every other role."""
    return _only(view, UNIT_ROLES)


def both_sides(view: View) -> View:
    """A page that issuer and unit read, each the own rows."""
    return _only(view, ISSUER_ROLES | UNIT_ROLES)
