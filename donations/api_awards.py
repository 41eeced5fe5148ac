"""What the foundation awarded, for everybody to use: the 360Giving package."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import exceptions, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from donations.api_descriptions import query, reads
from donations.forms.awards import AwardSpan
from donations.services.three_sixty import awards


@extend_schema_view(
    list=reads(
        "awards_list",
        "awards",
        "Export the awards as a 360Giving package",
        "Scope `money:read`. Approved requests as grants to individuals who cannot be told: no name, a code "
        "per grant, no place below the city.",
        OpenApiTypes.OBJECT,
        filters=(
            query("since", "First day of approval; 1 January unless said.", OpenApiTypes.DATE),
            query("until", "Last day; today unless said.", OpenApiTypes.DATE),
        ),
    )
)
class AwardsViewSet(viewsets.ViewSet):
    """Grants of the client's foundation."""

    required_scopes = {"list": "money:read"}

    def list(self, request: Request) -> Response:
        span = AwardSpan(request.GET)
        if not span.is_valid():
            raise exceptions.ValidationError(dict(span.errors))
        found: dict[str, Any] = awards(**span.cleaned_data, by=request.user)
        return Response(found)
