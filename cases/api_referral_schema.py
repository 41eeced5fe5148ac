"""The words of the API's description (OpenAPI 3.1) of referrals."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from cases.referral_serializers import ReferralInput, SentPage, SentReferral
from msw_portal.kernel.api_shapes import COMMON, problems_said

TAGS = ["referrals"]
WORDS = COMMON | {
    403: "The token lacks the scope.",
    404: "This client has sent no such referral; another's answers alike.",
    409: "The same key is still running.",
    503: "The database is away or busy: send it again with the same key after Retry-After.",
}
REFUSED: dict[str, Any] = {
    "type": "urn:msw:problem:referral.ward_unknown",
    "title": "内容不符合规则",
    "status": 422,
    "detail": "本院没有叫“血液科九病区”的在用病区或科室。",
    "errors": [{"field": "ward", "detail": "本院没有叫“血液科九病区”的在用病区或科室。"}],
}
EXAMPLE = {
    "ward": "血液科一病区",
    "bed": "12",
    "mrn": "ZY-2026-0117",
    "patient_name": "演示赵某",
    "needs": ["financial"],
    "urgency": "soon",
    "reason": "家属说下周的药费还差两万元，想先停药。",
    "client_aware": True,
    "referrer": "李护士",
    "profession": "nurse",
    "callback": "6123",
}
STANDING = {
    "uid": "01937f6e-7c00-7000-8000-0000000000f1",
    "state": "received",
    "received_at": "2026-11-30T09:12:00+08:00",
    "due_at": "2026-12-01T09:12:00+08:00",
    "answer": "",
    "steps": [{"state": "received", "at": "2026-11-30T09:12:00+08:00"}],
}
ETAG = OpenApiParameter(
    "ETag",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="Changes when what is answered does.",
)
KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="One value per referral, at most 120 characters: the same key and body again refer once.",
)


ACTIONS = {
    "create": extend_schema(
        operation_id="referrals_send",
        tags=TAGS,
        summary="Refer a patient from a ward",
        description="Scope `referrals:write`, for a hospital's own system. The same as the ward's code on the wall: "
        "the department is told, the clock for an answer starts, and the referral stands in its inbox.",
        parameters=[KEY, ETAG],
        request=ReferralInput,
        examples=[
            OpenApiExample("referral", value=EXAMPLE, request_only=True),
            OpenApiExample("received", value=STANDING, response_only=True, status_codes=["201"]),
            OpenApiExample("ward", value=REFUSED, response_only=True, status_codes=["422"]),
        ],
        responses={
            201: OpenApiResponse(SentReferral, description="It has been received."),
            **problems_said(WORDS, 400, 401, 403, 409, 415, 422, 429, 503),
        },
    ),
    "list": extend_schema(
        operation_id="referrals_list",
        tags=TAGS,
        summary="List where the client's own referrals stand",
        description="Scope `referrals:read`. The newest first, paged by cursor; states alone. Reading is audited.",
        parameters=[
            OpenApiParameter("after", OpenApiTypes.STR, description="`next` of the page before."),
            OpenApiParameter(
                "limit", OpenApiTypes.INT, description="Rows of a page, 1 to 200; 50 by default."
            ),
        ],
        responses={200: SentPage, **problems_said(WORDS, 401, 403, 422, 429, 503)},
    ),
    "retrieve": extend_schema(
        operation_id="referrals_retrieve",
        tags=TAGS,
        summary="Read where one of the client's own referrals stands",
        description="Scope `referrals:read`. Its state, its steps and, where it ended without a case, why. "
        "Reading is audited.",
        parameters=[
            OpenApiParameter(
                "uid", OpenApiTypes.UUID, OpenApiParameter.PATH, description="The referral."
            ),
            ETAG,
        ],
        responses={200: SentReferral, **problems_said(WORDS, 401, 403, 404, 429, 503)},
    ),
}
