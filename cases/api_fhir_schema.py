"""The words of the API's description (OpenAPI 3.1) of FHIR resources."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from cases.api_referral_schema import ETAG, KEY
from cases.api_referral_schema import WORDS as REFERRALS
from cases.fhir_requests import CLIENT_AWARE, PROFESSIONS, ServiceRequestInput
from cases.fhir_search import PARAMETERS
from cases.need_codes import OWN
from msw_portal.kernel.api_shapes import problems_said

FHIR = "application/fhir+json"
TAGS = ["fhir"]
WORDS = REFERRALS | {415: "Only application/fhir+json and application/json are accepted."}
EXAMPLE = {
    "resourceType": "ServiceRequest",
    "status": "active",
    "intent": "order",
    "priority": "urgent",
    "subject": {"identifier": {"value": "ZY-2026-0117"}, "display": "演示赵某"},
    "locationReference": [{"display": "血液科一病区"}],
    "locationCode": [{"text": "12"}],
    "reasonCode": [{"coding": [{"system": OWN.url, "code": "financial"}]}],
    "note": [{"text": "家属说下周的药费还差两万元，想先停药。"}],
    "extension": [{"url": CLIENT_AWARE, "valueBoolean": True}],
    "requester": {"reference": "#nurse"},
    "contained": [
        {
            "resourceType": "PractitionerRole",
            "id": "nurse",
            "practitioner": {"display": "李护士"},
            "code": [{"coding": [{"system": PROFESSIONS, "code": "nurse"}]}],
            "telecom": [{"system": "phone", "value": "6123"}],
        }
    ],
}


def outcomes_said(*statuses: int) -> dict[Any, OpenApiResponse]:
    """The refusals that are an OperationOutcome."""
    return {
        (status, FHIR): OpenApiResponse(OpenApiTypes.OBJECT, description=WORDS[status])
        for status in statuses
    }


ACTIONS = {
    "create": extend_schema(
        operation_id="fhir_service_request_create",
        tags=TAGS,
        summary="Refer a patient from a ward by a FHIR R4 ServiceRequest",
        description="Scope `referrals:write`. The same act as POST /api/v1/referrals/; docs/api/fhir.md says which "
        "element is which field. Refusals are an OperationOutcome; those made before FHIR is looked at "
        "(a key that runs or was used, a limit, the database away) are problem documents.",
        parameters=[KEY, ETAG],
        request={FHIR: ServiceRequestInput, "application/json": ServiceRequestInput},
        examples=[OpenApiExample("request", value=EXAMPLE, request_only=True)],
        responses={
            201: OpenApiResponse(OpenApiTypes.OBJECT, description="It has been received."),
            **outcomes_said(400, 401, 403, 415, 422, 503),
            **problems_said(WORDS, 409, 422, 429, 503),
        },
    ),
    "list": extend_schema(
        operation_id="fhir_service_request_search",
        tags=TAGS,
        summary="Search the client's own referrals, as a FHIR R4 Bundle",
        description="Scope `referrals:read`. A searchset, the newest first; `link` holds the next page. A parameter "
        "that does not stand here is refused. Reading is audited.",
        parameters=[
            *(
                OpenApiParameter(name, OpenApiTypes.STR, description=words)
                for name, (_kind, words) in PARAMETERS.items()
            ),
            OpenApiParameter(
                "_count", OpenApiTypes.INT, description="Of a page, 1 to 200; else 50."
            ),
            OpenApiParameter("after", OpenApiTypes.STR, description="As the next link holds it."),
        ],
        responses={
            200: OpenApiTypes.OBJECT,
            **outcomes_said(401, 403, 422, 503),
            **problems_said(WORDS, 429, 503),
        },
    ),
    "retrieve": extend_schema(
        operation_id="fhir_service_request_read",
        tags=TAGS,
        summary="Read where one of the client's own referrals stands, as a FHIR R4 ServiceRequest",
        description="Scope `referrals:read`. The contained Task says where it stands; whom it is about is masked. "
        "Reading is audited.",
        parameters=[
            OpenApiParameter(
                "uid", OpenApiTypes.UUID, OpenApiParameter.PATH, description="The referral."
            ),
            ETAG,
        ],
        responses={
            200: OpenApiTypes.OBJECT,
            **outcomes_said(401, 403, 404, 503),
            **problems_said(WORDS, 429, 503),
        },
    ),
}
