"""Pages of one side: for everybody else they do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from donations.permissions import can_list_requests
from donations.querysets import FOUNDATION_ROLES

View = Callable[..., HttpResponse]


def foundation_page(view: View) -> View:
    """A page of the foundation's staff; 404 for every other role, as for a missing address."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.role not in FOUNDATION_ROLES:
            raise Http404
        return view(request, *args, **kwargs)

    return shown


def hospital_page(view: View) -> View:
    """A page of the asking side; 404 for the foundation and for roles that meet no cases."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.role in FOUNDATION_ROLES or not can_list_requests(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return shown
