"""The REST API of what every client has: itself."""

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from departments.authentication import ANY_SCOPE
from msw_portal.kernel.api import Problem
from msw_portal.kernel.money import AmountApiField

PROBLEM = "application/problem+json"


class HouseOfClient(serializers.Serializer):
    uid = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()


class Me(serializers.Serializer):
    """The client behind the token, or the person behind the session, and what it may do."""

    uid = serializers.UUIDField(help_text="The client or the person, as the audit names it.")
    name = serializers.CharField()
    organization = HouseOfClient()
    role = serializers.CharField(help_text="The role in whose place its account stands.")
    scopes = serializers.ListField(child=serializers.CharField(), help_text="Of this token.")
    duties = serializers.ListField(
        child=serializers.CharField(), help_text="One of them per request."
    )
    approve_limit = AmountApiField(
        allow_null=True, help_text="CNY per request; null: the client cannot approve."
    )
    token_expires_at = serializers.DateTimeField(allow_null=True, help_text="null: a session.")
    is_training = serializers.BooleanField(help_text="A house of invented patients.")
    rate_limit = inline_serializer(
        "RateLimitOfClient",
        {"requests": serializers.IntegerField(), "seconds": serializers.IntegerField()},
    )


class MeViewSet(viewsets.ViewSet):
    """Who am I."""

    required_scopes = {"retrieve": ANY_SCOPE}

    @extend_schema(
        operation_id="me",
        tags=["me"],
        summary="Read what this token or session stands for",
        description="Any scope. House, scopes, duties, limit and the end of the token: what a program asks "
        "first, to see that it was set up as meant.",
        responses={
            200: Me,
            **{
                (status, PROBLEM): OpenApiResponse(Problem, description=words)
                for status, words in (
                    (401, "No valid access token: missing, expired or revoked."),
                    (429, "Too many requests: wait as Retry-After says."),
                    (503, "The database is away or busy: ask again after Retry-After."),
                )
            },
        },
    )
    def retrieve(self, request: Request) -> Response:
        user, acting = request.user, request.user.acting
        client = acting.client
        found = {
            "uid": client.uid if client else user.uid,
            "name": user.display_name,
            "organization": {
                "uid": acting.organization_uid,
                "name": acting.organization_name,
                "kind": acting.organization_kind,
            },
            "role": acting.role,
            "scopes": sorted(request.auth.scopes),
            "duties": list(client.duties) if client else [],
            "approve_limit": client.approve_limit if client else None,
            "token_expires_at": client.expires if client else None,
            "is_training": acting.is_training,
            "rate_limit": {"requests": settings.API_LIMIT, "seconds": settings.API_WINDOW_SECONDS},
        }
        return Response(Me(found).data)
