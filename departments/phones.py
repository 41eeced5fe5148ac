"""A phone that keeps the ward round offline: marked with whose it is, emptied when that person leaves.

The browser itself empties it (Clear-Site-Data), so that no script need run for it.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from departments.models.people import User
from departments.services.phones import owner_mark

PREFIX = "__Host-" if settings.SECURE else ""
MARK = f"{PREFIX}phone"
# How many entries were not sent yet: written by static/js/ward.js, a number and nothing else.
WAITING = f"{PREFIX}phone-waiting"
EMPTIED = '"storage"'


def mark(response: HttpResponse, user: User) -> None:
    """From now on this browser keeps something of this person."""
    response.set_cookie(
        MARK, owner_mark(user), secure=settings.SECURE, httponly=True, samesite="Lax"
    )


def has_unsent(request: HttpRequest) -> bool:
    """Whether signing out would throw away what was written down without a network."""
    return MARK in request.COOKIES and request.COOKIES.get(WAITING, "0") != "0"


def empty(response: HttpResponse) -> None:
    """The browser forgets its databases, caches and workers of this portal."""
    response["Clear-Site-Data"] = EMPTIED
    for name in (MARK, WAITING):
        response.delete_cookie(name, samesite="Lax")


class PhoneMiddleware:
    """When somebody else signs in, nothing of the person before stays on the phone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kept = request.COOKIES.get(MARK)
        is_somebody = kept and MARK not in response.cookies and request.user.is_authenticated
        if is_somebody and kept != owner_mark(request.user):
            empty(response)
        return response
