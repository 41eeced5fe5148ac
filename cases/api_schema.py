"""The words of the API's description (OpenAPI 3.1) of stays."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from cases.serializers import DeliveryAnswer, DeliveryInput
from msw_portal.kernel.api_shapes import COMMON, problems_said

WORDS = COMMON | {
    400: "The request cannot be read.",
    403: "The token lacks the scope, or the stay is another hospital's (`episode.other_hospital`).",
    409: "Somebody wrote the same at this moment: send it again.",
    422: "A field is not accepted; nothing of the delivery was written.",
    503: "The database is away or busy: send it again after Retry-After.",
}
REFUSED: dict[str, Any] = {
    "type": "urn:msw:problem:episode.ward_unknown",
    "title": "内容不符合规则",
    "status": 422,
    "detail": "本院没有叫“血液科九病区”的在用病区或科室。",
    "errors": [{"field": "ward", "detail": "本院没有叫“血液科九病区”的在用病区或科室。"}],
}
DELIVER = extend_schema(
    operation_id="episodes_deliver",
    tags=["episodes"],
    summary="Say how a stay stands",
    description="Scope `episodes:write`, for a hospital's own system. Creates the stay, and the person where "
    "nobody has this record or document yet; otherwise moves what has changed. Idempotent by `source_time`: "
    "no Idempotency-Key is needed, and an older delivery that arrives late overwrites nothing newer. "
    "What a person wrote in the portal stays and is named in `kept`. Diagnoses are not taken.",
    parameters=[
        OpenApiParameter(
            "mrn", OpenApiTypes.STR, OpenApiParameter.PATH, description="病案号, percent-encoded."
        )
    ],
    request=DeliveryInput,
    examples=[
        OpenApiExample(
            "transfer",
            value={
                "source_time": "2026-11-28T23:05:00+08:00",
                "name": "演示甲",
                "id_no": "11010119900307002X",
                "ward": "血液科一病区",
                "bed": "12",
                "admitted_on": "2026-11-20",
                "operation_planned_on": "2026-12-03",
            },
            request_only=True,
        ),
        OpenApiExample(
            "discharge cancelled",
            value={
                "source_time": "2026-11-29T08:10:00+08:00",
                "admitted_on": "2026-11-20",
                "discharged_on": None,
            },
            request_only=True,
        ),
        OpenApiExample(
            "changed",
            value={
                "uid": "01937f6e-7c00-7000-8000-0000000000e1",
                "outcome": "changed",
                "is_new_person": False,
                "changed": ["ward", "bed"],
                "kept": ["doctor"],
                "older": [],
            },
            response_only=True,
            status_codes=["200"],
        ),
        OpenApiExample("ward", value=REFUSED, response_only=True, status_codes=["422"]),
    ],
    responses={
        200: OpenApiResponse(DeliveryAnswer, description="The stay was known."),
        201: OpenApiResponse(DeliveryAnswer, description="The stay is new."),
        **problems_said(WORDS),
    },
)
