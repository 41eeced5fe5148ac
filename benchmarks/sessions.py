"""Signed-in people and a token, without measuring the sign-in itself."""

import datetime as dt
import secrets
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from oauth2_provider.models import AccessToken

from benchmarks.routes import person_of
from departments.models.people import ApiClient

LOGINS = {
    "worker": "a.worker",
    "head": "a.head",
    "auditor": "a.auditor",
    "officer": "f.officer",
    "cashier": "f.cashier",
    "small_worker": "r.worker",
    "small_head": "r.head",
}


def session_of(login: str) -> str:
    """The key of a new session of a demo person."""
    user = person_of(login)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    now = int(timezone.now().timestamp())
    store.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "departments.backends.PortalBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "membership_uid": str(user.membership.uid),
            "signed_in_at": now,
            "seen_at": now,
        }
    )
    store.create()
    return store.session_key


def token() -> str:
    """A token of the demo foundation's client, good for ten hours."""
    client = ApiClient.objects.select_related("application").first()
    value = secrets.token_urlsafe(32)
    AccessToken.objects.create(
        application=client.application,
        token=value,
        scope=" ".join(client.scopes),
        expires=timezone.now() + dt.timedelta(hours=10),
    )
    return value


def headers_of_all() -> dict[str, dict[str, str]]:
    """Request headers by who asks; whoever is not of this world is left out."""
    from departments.models.people import User

    known = set(
        User.objects.filter(username__in=LOGINS.values()).values_list("username", flat=True)
    )
    name = settings.SESSION_COOKIE_NAME
    people = {who: login for who, login in LOGINS.items() if login in known}
    return {
        "client": {"Authorization": f"Bearer {token()}"},
        **{who: {"Cookie": f"{name}={session_of(login)}"} for who, login in people.items()},
    }
