"""The API's edges: problem details (RFC 9457), keyset pages, ETags."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from msw_portal.kernel.errors import Busy, DomainError
from msw_portal.kernel.scope import request_facts

TYPE = "application/problem+json"
TITLES = {  # lazy: chosen when the document is written
    400: _("请求的格式不对"),
    401: _("需要有效的访问令牌"),
    403: _("权限不足"),
    404: _("没有这条记录"),
    405: _("这个地址不接受该方法"),
    406: _("只提供 JSON"),
    409: _("与当前状态冲突"),
    412: _("记录已被他人修改"),
    415: _("只接受 JSON"),
    422: _("内容不符合规则"),
    428: _("缺少 If-Match"),
    429: _("请求过于频繁"),
    500: _("服务内部错误"),
    503: _("服务暂不可用"),
    507: _("存储空间已满"),
}


class FieldProblem(serializers.Serializer):
    field = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer):
    """A problem document (RFC 9457)."""

    type = serializers.CharField(help_text="urn:msw:problem:<rule>, stable.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = FieldProblem(many=True, required=False)


def body(status: int, *, rule: str = "", detail: str = "", errors: Any = None) -> dict[str, Any]:
    """A problem document: type, title, status, detail and, for fields, `errors` [{field, detail}]."""
    document: dict[str, Any] = {
        "type": f"urn:msw:problem:{rule or status}",
        "title": str(TITLES.get(status, TITLES[400])),
        "status": status,
    }
    if detail:
        document["detail"] = detail
    if errors:
        document["errors"] = errors
    if status >= 500 and request_facts.get().request_id:
        # RFC 9457's name of this one occurrence, to be quoted to whoever operates the portal.
        document["instance"] = f"urn:uuid:{uuid.UUID(request_facts.get().request_id)}"
    return document


def problem_response(
    status: int, *, rule: str = "", detail: str = "", retry_after: int | None = None
) -> JsonResponse:
    """A problem document outside DRF (middleware, 404 handler)."""
    response = JsonResponse(
        body(status, rule=rule, detail=detail), status=status, content_type=TYPE
    )
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _field_errors(detail: Any, prefix: str = "") -> list[dict[str, str]]:
    if isinstance(detail, dict):
        return [
            row for key, value in detail.items() for row in _field_errors(value, f"{prefix}{key}.")
        ]
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        return [
            row for n, value in enumerate(detail) for row in _field_errors(value, f"{prefix}{n}.")
        ]
    texts = detail if isinstance(detail, list) else [detail]
    return [{"field": prefix.rstrip("."), "detail": str(text)} for text in texts]


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal is a problem document; unknown errors stay 500."""
    headers: dict[str, str] = {}
    if isinstance(exc, DomainError):
        request = context["request"]
        request._request.refusal = exc
        errors = [{"field": exc.field, "detail": str(exc)}] if exc.field else None
        document = body(exc.status, rule=exc.rule, detail=str(exc), errors=errors)
    elif isinstance(exc, Busy):
        document, headers["Retry-After"] = body(503, rule="busy"), "2"
    elif isinstance(exc, Http404):
        document = body(404)
    elif isinstance(exc, PermissionDenied):
        document = body(403)
    elif isinstance(exc, exceptions.ValidationError):
        document = body(422, rule="validation", errors=_field_errors(exc.detail))
    elif isinstance(exc, exceptions.APIException):
        document = body(
            exc.status_code, rule=str(getattr(exc, "default_code", "")), detail=str(exc.detail)
        )
        if exc.status_code == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="msw"'
        if getattr(exc, "wait", None):
            headers["Retry-After"] = str(int(exc.wait) + 1)
    else:
        return None
    return Response(document, status=document["status"], headers=headers, content_type=TYPE)


def etag(obj: Any) -> str:
    """A strong tag that changes exactly when the row does."""
    return f'"{obj.uid}.{obj.row_version}"'


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_code = "if_match_required"
    default_detail = _("请在 If-Match 中带上读到的 ETag。")


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_code = "stale"
    default_detail = _("记录已变化，请重新读取后再提交。")


def require_match(request: HttpRequest, obj: Any) -> None:
    """Refuse a command on a row the client has not read in its present version.

    Raises:
        PreconditionRequired: without If-Match.  PreconditionFailed: with another version's tag.
    """
    given = request.headers.get("If-Match", "")
    if not given:
        raise PreconditionRequired
    if given != "*" and etag(obj) not in [tag.strip() for tag in given.split(",")]:
        raise PreconditionFailed
