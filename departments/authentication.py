"""DRF reads what ScopeMiddleware has already found out: a program's token or a person's session; scopes are checked per method."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.permissions import BasePermission

from departments.models.people import Role

# A view that every client may open, whatever its token was given.
ANY_SCOPE = "*"
_READS = frozenset({"funding:read", "money:read"})
_DECIDES = _READS | {"funding:review", "webhooks:manage"}
# What a role's pages show and do; the services ask the person's own rights as on the pages.
PERSON_SCOPES: dict[str, frozenset[str]] = {
    Role.FOUNDATION_OFFICER: _DECIDES,
    Role.FOUNDATION_APPROVER: _DECIDES | {"funding:approve"},
    Role.FOUNDATION_CASHIER: _READS,
}
FOR_PERSONS = frozenset().union(*PERSON_SCOPES.values())


@dataclass(frozen=True)
class Person:
    """Stands as `request.auth` for who signed in on the pages; `scopes` follow the role that is acted in."""

    scopes: frozenset[str]


class CsrfFailed(exceptions.PermissionDenied):
    default_code = "csrf"
    default_detail = _("缺少或已失效的 X-CSRFToken，请重新打开页面后再试。")


class ScopedTokenAuthentication(BaseAuthentication):
    """The service account behind the bearer token, or 401."""

    def authenticate(self, request):
        user = getattr(request._request, "client_user", None)
        if user is not None:
            return user, user.acting.client
        if getattr(request._request, "bearer_was_given", False):
            raise exceptions.AuthenticationFailed(_("访问令牌无效、已过期或已撤销。"))
        return None

    def authenticate_header(self, request) -> str:
        return 'Bearer realm="msw"'


class SessionAuthentication(BaseAuthentication):
    """The person signed in on the pages, in the chosen role; whatever writes carries the page's CSRF token."""

    def authenticate(self, request):
        user = getattr(request._request, "session_user", None)
        if user is None:
            return None
        check = CSRFCheck(lambda _request: None)
        check.process_request(request._request)
        if check.process_view(request._request, None, (), {}):
            raise CsrfFailed
        return user, Person(PERSON_SCOPES.get(user.role, frozenset()))


class HasScope(BasePermission):
    """The view names the scope each action needs in `required_scopes`; without an entry it is closed."""

    message = _("令牌或您的角色没有这个操作需要的范围。")

    def has_permission(self, request, view) -> bool:
        if request.auth is None:
            raise exceptions.NotAuthenticated
        needed = getattr(view, "required_scopes", {}).get(getattr(view, "action", None))
        return needed == ANY_SCOPE or (needed is not None and needed in request.auth.scopes)


def _scope_of(view) -> str | None:
    return getattr(view, "required_scopes", {}).get(getattr(view, "action", None))


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "departments.authentication.SessionAuthentication"
    name = "session"

    def get_security_requirement(self, auto_schema):
        """Only where some person's role has the scope."""
        scope = _scope_of(auto_schema.view)
        return {self.name: []} if scope == ANY_SCOPE or scope in FOR_PERSONS else []

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The session of a person signed in on the pages, in the role chosen there. "
            "Unsafe methods carry the page's token in X-CSRFToken.",
        }


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "departments.authentication.ScopedTokenAuthentication"
    name = "oauth2"

    def get_security_requirement(self, auto_schema):
        """The scope of this operation, as `required_scopes` names it."""
        scope = _scope_of(auto_schema.view)
        return {self.name: [] if scope in (None, ANY_SCOPE) else [scope]}

    def get_security_definition(self, auto_schema):
        scopes = {name: str(text) for name, text in settings.OAUTH2_PROVIDER["SCOPES"].items()}
        return {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": "/api/v1/oauth/token/", "scopes": scopes}},
        }
