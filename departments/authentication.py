"""DRF reads what ScopeMiddleware has already found out; scopes are checked per method."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission

# A view that every client may open, whatever its token was given.
ANY_SCOPE = "*"


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


class HasScope(BasePermission):
    """The view names the scope each action needs in `required_scopes`; without an entry it is closed."""

    message = _("令牌没有这个操作需要的范围。")

    def has_permission(self, request, view) -> bool:
        if request.auth is None:
            raise exceptions.NotAuthenticated
        needed = getattr(view, "required_scopes", {}).get(getattr(view, "action", None))
        return needed == ANY_SCOPE or (needed is not None and needed in request.auth.scopes)


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "departments.authentication.ScopedTokenAuthentication"
    name = "oauth2"

    def get_security_requirement(self, auto_schema):
        """The scope of this operation, as `required_scopes` names it."""
        view = auto_schema.view
        scope = getattr(view, "required_scopes", {}).get(getattr(view, "action", None))
        return {self.name: [] if scope in (None, ANY_SCOPE) else [scope]}

    def get_security_definition(self, auto_schema):
        scopes = {name: str(text) for name, text in settings.OAUTH2_PROVIDER["SCOPES"].items()}
        return {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": "/api/v1/oauth/token/", "scopes": scopes}},
        }
