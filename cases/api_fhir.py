"""FHIR R4 at the API: a ServiceRequest is the ward's referral, made and followed by the hospital's own system."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema_view
from rest_framework import viewsets
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api_fhir_schema import ACTIONS, FHIR
from cases.api_referrals import refer
from cases.fhir_capability import capability_json
from cases.fhir_requests import (
    ServiceRequestInput,
    bundle_json,
    outcome_json,
    referral_of,
    request_json,
)
from cases.fhir_search import Wanted, wanted_of
from cases.services.system_referrals import Sent, referrals_follow, sent_by, sent_in_states
from departments.middleware import outside_scope
from msw_portal.kernel.api import problem
from msw_portal.kernel.api_answers import page_of, require_key, single


class FhirRenderer(JSONRenderer):
    media_type = FHIR


class FhirParser(JSONParser):
    media_type = FHIR


def outcome(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal of the API as FHIR says one; unknown errors stay 500."""
    answer = problem(exc, context)
    if answer is not None:
        answer.data, answer.content_type = outcome_json(answer.data), FHIR
    return answer


@extend_schema_view(**ACTIONS)
class ServiceRequestViewSet(viewsets.ViewSet):
    """Referrals of the client itself, whether they came by FHIR or not."""

    required_scopes = {
        "create": "referrals:write",
        "list": "referrals:read",
        "retrieve": "referrals:read",
    }
    lookup_field = "uid"
    renderer_classes = (FhirRenderer, JSONRenderer)
    parser_classes = (FhirParser, JSONParser)

    def get_exception_handler(self) -> Any:
        return outcome

    def create(self, request: Request) -> Response:
        require_key(request)
        given = ServiceRequestInput(data=request.data)
        given.is_valid(raise_exception=True)
        sent = refer(request, referral_of(given.validated_data))
        answer = single(request_json(sent), status=201)
        answer["Location"] = reverse("fhir_request", args=[sent.uid])
        return answer

    def list(self, request: Request) -> Response:
        rows = _searched(sent_by(request.user), wanted_of(request.GET), request)
        page = page_of(request, rows, order=("-id",), size="_count")
        found = referrals_follow(items=page.rows, by=request.user)
        links = {"self": request.build_absolute_uri()}
        if page.next:
            asked = request.GET.copy()
            asked["after"] = page.next
            links["next"] = request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
        return Response(bundle_json(found, at=lambda one: _address(request, one), links=links))

    def retrieve(self, request: Request, uid: UUID) -> Response:
        item = get_object_or_404(sent_by(request.user), promoted_uid=uid)
        [found] = referrals_follow(items=[item], by=request.user)
        return single(request_json(found))


def _address(request: Request, one: Sent) -> str:
    return request.build_absolute_uri(reverse("fhir_request", args=[one.uid]))


def _searched(rows: QuerySet, wanted: Wanted, request: Request) -> QuerySet:
    if wanted.uids is not None:
        rows = rows.filter(promoted_uid__in=wanted.uids)
    for begins, ends, is_out in wanted.spans:
        bounds = {"created_at__gte": begins, "created_at__lt": ends}
        within = Q(**{name: at for name, at in bounds.items() if at is not None})
        rows = rows.filter(~within if is_out else within)
    if wanted.states is not None:
        rows = sent_in_states(rows, wanted.states, by=request.user)
    return rows


# Every resource with its view set and what its two addresses do: routes and capability statement are made of it.
RESOURCES: dict[str, tuple[type[viewsets.ViewSet], dict[str, str], dict[str, str]]] = {
    "ServiceRequest": (
        ServiceRequestViewSet,
        {"get": "list", "post": "create"},
        {"get": "retrieve"},
    ),
}


@outside_scope
@login_not_required
@require_safe
def metadata(request: HttpRequest) -> JsonResponse:
    """What this server does, for anybody: a client asks before it has a token."""
    resources = {
        name: [*all_of.values(), *one.values()] for name, (_v, all_of, one) in RESOURCES.items()
    }
    base = request.build_absolute_uri(reverse("fhir_metadata")).removesuffix("/metadata")
    token = request.build_absolute_uri(reverse("oauth_token"))
    return JsonResponse(capability_json(resources, base=base, token=token), content_type=FHIR)
