"""Pages of one side: for everybody else they do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from donations.permissions import can_list_requests
from donations.querysets import ASKING_ROLES, FOUNDATION_ROLES, GIFT_ROLES, MONEY_ROLES

View = Callable[..., HttpResponse]


def _only(view: View, roles: frozenset[str]) -> View:
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.role not in roles:
            raise Http404
        return view(request, *args, **kwargs)

    return shown


def foundation_page(view: View) -> View:
    """A page of the foundation's staff; 404 for every other role, as for a missing address."""
    return _only(view, FOUNDATION_ROLES)


def money_page(view: View) -> View:
    """A page of a house's own money: the foundation's staff, or the finance department; 404 for others."""
    return _only(view, MONEY_ROLES)


def gift_page(view: View) -> View:
    """A page of gifts to a hospital: for those who run, judge or decide them; 404 for others."""
    return _only(view, GIFT_ROLES)


def asking_page(view: View) -> View:
    """A page of those who talk with givers; 404 for others."""
    return _only(view, ASKING_ROLES)


def hospital_page(view: View) -> View:
    """A page of the asking side; 404 for the foundation and for roles that meet no cases."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.role in FOUNDATION_ROLES or not can_list_requests(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return shown
