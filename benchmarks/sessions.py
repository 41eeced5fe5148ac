"""A signed-in worker, a signed-in head and a token, without measuring the sign-in itself."""

import datetime as dt
import json
import secrets
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from oauth2_provider.models import AccessToken

from departments.models.people import ApiClient, Membership, User
from msw_portal.kernel.scope import scope


def _session(role: str, code: str) -> str:
    with scope(role="relay"):
        user = User.objects.filter(
            is_demo=True, username__startswith=code, username__endswith=role
        ).first()
    with scope(user=user.pk):
        membership = Membership.objects.filter(user=user).first()
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    now = int(timezone.now().timestamp())
    store.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "departments.backends.PortalBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "membership_uid": str(membership.uid),
            "signed_in_at": now,
            "seen_at": now,
        }
    )
    store.create()
    return store.session_key


def prepare() -> None:
    """Print what the load generator needs as one line of JSON."""
    client = ApiClient.objects.select_related("application").first()
    token = secrets.token_urlsafe(32)
    AccessToken.objects.create(
        application=client.application,
        token=token,
        scope=" ".join(client.scopes),
        expires=timezone.now() + dt.timedelta(hours=2),
    )
    print(
        json.dumps(
            {
                "token": token,
                "worker_session": _session("worker", "a."),
                "head_session": _session("head", "a."),
            }
        )
    )
