"""The words of the API's description (OpenAPI 3.1): parameters, answers, problems, examples."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from donations import serializers
from donations.workflow import RequestState
from msw_portal.kernel.api_shapes import COMMON, problems_said

TAGS = ["funding-requests"]
WORDS = COMMON | {
    403: "The token lacks the scope, or the client the duty or the limit.",
    404: "No such request for this foundation; a foreign one answers alike.",
    409: "The state forbids it: wrong stage, second approval, on hold, a duty already held, "
    "not enough money available (`ledger.insufficient`), or the same key still running.",
    412: "The row has changed since it was read: read it again.",
    428: "If-Match is missing.",
    503: "The database is away or busy: repeat with the same Idempotency-Key after Retry-After.",
}
ROW_EXAMPLE = {
    "uid": "01937f6e-7c00-7000-8000-000000000001",
    "number": "HA-A-2026-0007",
    "subject_code": "P-7KQ2M9XA",
    "hospital": {"uid": "01937f6e-7c00-7000-8000-0000000000a1", "name": "演示第一医院"},
    "programme": {
        "uid": "01937f6e-7c00-7000-8000-0000000000b1",
        "name": "小天使基金（白血病儿童救助）",
    },
    "state": "proposed",
    "state_label": "拟定金额",
    "on_hold": False,
    "requested": "30000.00",
    "gap": "60000.00",
    "proposed": "30000.00",
    "approved": None,
    "disbursed": "0.00",
    "submitted_at": "2026-11-02T01:20:00+00:00",
    "state_entered_at": "2026-11-09T06:05:00+00:00",
    "due_at": "2026-11-14T06:05:00+00:00",
    "version": 6,
}


def _problem(
    rule: str, title: str, status: int, detail: str, field: str | None = None
) -> OpenApiExample:
    body: dict[str, Any] = {"type": f"urn:msw:problem:{rule}", "title": title, "status": status}
    body["detail"] = detail
    if field:
        body["errors"] = [{"field": field, "detail": detail}]
    return OpenApiExample(rule, value=body, response_only=True, status_codes=[str(status)])


EXAMPLES = {
    404: [
        OpenApiExample(
            "not_found",
            value={"type": "urn:msw:problem:404", "title": "没有这条记录", "status": 404},
            response_only=True,
            status_codes=["404"],
        )
    ],
    409: [
        _problem("ledger.insufficient", "与当前状态冲突", 409, "可用余额不足。", "amount"),
        _problem(
            "funding_request.approve.wrong_state",
            "与当前状态冲突",
            409,
            "当前状态是“已批准”，不能“批准”。",
        ),
    ],
    412: [_problem("stale", "记录已被他人修改", 412, "记录已变化，请重新读取后再提交。")],
    422: [
        _problem(
            "funding_request.over_requested",
            "内容不符合规则",
            422,
            "金额不能超过申请金额。",
            "amount",
        )
    ],
    428: [_problem("if_match_required", "缺少 If-Match", 428, "请在 If-Match 中带上读到的 ETag。")],
}


def problems(*statuses: int) -> dict[Any, OpenApiResponse]:
    return problems_said(WORDS, *statuses, examples=EXAMPLES)


ETAG = OpenApiParameter(
    "ETag",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    response=[200],
    description="Send it back in If-Match.",
)
HEADERS = [
    OpenApiParameter(
        "Idempotency-Key",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=True,
        description="Unique per command, at most 120 characters. The same key and body answer alike "
        "for 24 hours (approvals 30 days) and act once.",
    ),
    OpenApiParameter(
        "If-Match",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=True,
        description="The ETag that was read; `*` takes the row as it is.",
    ),
    ETAG,
]
UID = OpenApiParameter("uid", OpenApiTypes.UUID, OpenApiParameter.PATH, description="The request.")


def _command(
    operation: str, summary: str, description: str, body: Any, example: dict[str, Any]
) -> extend_schema:
    return extend_schema(
        operation_id=operation,
        tags=TAGS,
        summary=summary,
        description=description,
        parameters=[UID, *HEADERS],
        request=body,
        examples=[
            OpenApiExample("request", value=example, request_only=True),
            OpenApiExample("row", value=ROW_EXAMPLE, response_only=True, status_codes=["200"]),
        ],
        responses={
            200: OpenApiResponse(serializers.RequestRow, description="The request after the step."),
            **problems(400, 401, 403, 404, 409, 412, 415, 422, 428, 429, 503),
        },
    )


LIST_FILTERS = [
    OpenApiParameter(
        "state",
        OpenApiTypes.STR,
        many=True,
        enum=[value for value in RequestState.values if value != RequestState.DRAFT],
        description="Repeated or separated by commas.",
    ),
    OpenApiParameter("programme", OpenApiTypes.UUID, description="uid of a programme version."),
    OpenApiParameter(
        "disease", OpenApiTypes.STR, description="Group of diseases, as the copy names it."
    ),
    OpenApiParameter(
        "kind", OpenApiTypes.STR, enum=["case", "project"], description="For whom it is asked."
    ),
    OpenApiParameter("hospital", OpenApiTypes.UUID, description="uid of the asking hospital."),
    OpenApiParameter("submitted_from", OpenApiTypes.DATE, description="First day, Asia/Shanghai."),
    OpenApiParameter("submitted_to", OpenApiTypes.DATE, description="Last day, Asia/Shanghai."),
    OpenApiParameter("amount_min", OpenApiTypes.STR, description="Requested amount from, CNY."),
    OpenApiParameter("amount_max", OpenApiTypes.STR, description="Requested amount to, CNY."),
    OpenApiParameter("q", OpenApiTypes.STR, description="The number or its beginning."),
    OpenApiParameter(
        "query",
        OpenApiTypes.STR,
        description="The query language of the lists, field names in Chinese or English: "
        "`state:submitted amount>1万 submitted:2026-01..2026-03`. What is not understood is refused.",
    ),
    OpenApiParameter("after", OpenApiTypes.STR, description="`next` of the page before."),
    OpenApiParameter(
        "limit", OpenApiTypes.INT, description="Rows of a page, 1 to 200; 50 by default."
    ),
]

ACTIONS: dict[str, extend_schema] = {
    "list": extend_schema(
        operation_id="funding_requests_list",
        tags=TAGS,
        summary="List the requests sent to the foundation",
        description="Newest first, paged by cursor. Scope `funding:read`. Reading a list is audited.",
        parameters=LIST_FILTERS,
        examples=[
            OpenApiExample(
                "page",
                value={"items": [ROW_EXAMPLE], "next": None},
                response_only=True,
                status_codes=["200"],
            )
        ],
        responses={200: serializers.RequestPage, **problems(401, 403, 422, 429, 503)},
    ),
    "retrieve": extend_schema(
        operation_id="funding_requests_retrieve",
        tags=TAGS,
        summary="Read one request with the consented copy",
        description="Scope `funding:read`. The opening is audited here and in the hospital. After a "
        "withdrawal `disclosed.review` is null and `on_hold` true.",
        parameters=[UID, ETAG],
        responses={200: serializers.RequestDetail, **problems(401, 403, 404, 429, 503)},
    ),
    "document": extend_schema(
        operation_id="funding_requests_document",
        tags=TAGS,
        summary="Download the copy of a paper",
        description="Scope `funding:read`. The copy has the original's content under a neutral name; "
        "its pictures are not blackened. Audited here and in the hospital.",
        parameters=[
            UID,
            OpenApiParameter("document_uid", OpenApiTypes.UUID, OpenApiParameter.PATH),
            ETAG,
        ],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **problems(401, 403, 404, 409, 429, 503),
        },
    ),
    "check": _command(
        "funding_requests_check",
        "Take in hand, or say that the papers are in order",
        "Scope `funding:review`. `submitted` becomes `document_check`, which binds nobody; with `complete` "
        "(duty verify) the request goes on to the programme's next stage.",
        serializers.CheckInput,
        {"complete": True},
    ),
    "request_supplement": _command(
        "funding_requests_request_supplement",
        "Ask the hospital for papers",
        "Scope `funding:review`. From `document_check`; the worker gets a task with a date. A question, "
        "no decision: the client may still approve.",
        serializers.SupplementInput,
        {"items": ["economic_proof"], "message": "请补充盖章的家庭经济状况证明。"},
    ),
    "reject": _command(
        "funding_requests_reject",
        "Refuse a request",
        "Scope `funding:review`. Before the review `rejected_ineligible`, afterwards `rejected`.",
        serializers.RejectInput,
        {"reason": "诊断不在项目病种内。", "code": "disease"},
    ),
    "review": _command(
        "funding_requests_review",
        "Give a review in favour",
        "Scope `funding:review`, duty review1 or review2. The last review proposes the sum.",
        serializers.ReviewInput,
        {"opinion": "符合条件，材料齐全。", "amount": "30000.00"},
    ),
    "propose": _command(
        "funding_requests_propose",
        "Name or correct the sum proposed",
        "Scope `funding:review`, duty review1 or review2.",
        serializers.ProposeInput,
        {"amount": "25000.00", "opinion": "扣除已获其他救助。"},
    ),
    "approve": _command(
        "funding_requests_approve",
        "Approve within the client's limit",
        "Scope `funding:approve`, duty approve. What is payable is counted again under lock; more than "
        "the fund holds is refused and nothing is posted. A release is for a person in a browser.",
        serializers.ApproveInput,
        {"amount": "30000.00"},
    ),
    "return_review": _command(
        "funding_requests_return",
        "Send back to the first review",
        "Scope `funding:review`, duty review2. The first reviewer looks again at what `reason` names.",
        serializers.ReasonInput,
        {"reason": "请核对家庭收入证明的月份。"},
    ),
    "open_notice": _command(
        "funding_requests_open_notice",
        "Open the public notice",
        "Scope `funding:review`, duty verify, review1 or review2. Needs the family's consent, which the hospital provides; runs for the "
        "programme's working days, and an open objection blocks its end.",
        serializers.NothingInput,
        {},
    ),
    "reconcile": _command(
        "funding_requests_reconcile",
        "Reconcile against the bills",
        "Scope `funding:review`, duty verify. The bills that the hospital named cover what was paid and kept; each counts once.",
        serializers.NothingInput,
        {},
    ),
    "settle": _command(
        "funding_requests_settle",
        "Settle after a death",
        "Scope `funding:review`, for persons. What was set aside and not paid goes back to the gifts it came from.",
        serializers.ReasonInput,
        {"reason": "患者去世，余款释放。"},
    ),
    "ask_rest": _command(
        "funding_requests_ask_rest",
        "Ask to pay nothing more",
        "Scope `funding:review`, duty verify, review1 or review2. What is set aside and not paid goes back to the "
        "gifts it came from once another person agrees; possible on hold.",
        serializers.ReasonInput,
        {"reason": "患者转院，余款不再需要。"},
    ),
    "release_rest": _command(
        "funding_requests_release_rest",
        "Give the rest back",
        "Scope `funding:review`, for persons, another than who asked. A request that was never paid is closed by it.",
        serializers.NothingInput,
        {},
    ),
    "recover": _command(
        "funding_requests_recover",
        "Mark as recovered",
        "Scope `funding:review`, for persons. Only after everything that was paid has come back and been booked.",
        serializers.ReasonInput,
        {"reason": "材料不实，款项已全部退回。"},
    ),
    "close": _command(
        "funding_requests_close",
        "Close a request",
        "Scope `funding:review`, duty verify. Nothing of the programme's line is left.",
        serializers.NothingInput,
        {},
    ),
}
