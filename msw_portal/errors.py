"""The answers when something went wrong: 404, 403, 400, 500 and 503, as page or problem document."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from msw_portal.kernel import api
from msw_portal.kernel.errors import Busy, is_away
from msw_portal.kernel.room import is_out_of_room
from msw_portal.kernel.scope import request_facts

RETRY_AFTER = 2
# Somebody has to make room first.
RETRY_AFTER_ROOM = 30


def _page(template: str, status: int, **context: object) -> HttpResponse:
    """The page with the number of the request, by which the operator finds its lines in the log."""
    # No request: context processors may need the database that is away.
    context |= {"request_id": request_facts.get().request_id}
    return HttpResponse(render_to_string(template, context), status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def server_error(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After while the database is away or a disk is full, otherwise 500 without a word of
    what happened."""
    error = sys.exc_info()[1]
    if error is not None and is_out_of_room(error):
        return _no_room(request)
    if is_away(error) or isinstance(error, Busy):
        return _unavailable(
            request,
            "database_away",
            api_says=_("数据库暂不可用，请稍后用同一 Idempotency-Key 重试。"),
            sentence=_("系统暂时连不上数据库，请稍后再试。已保存的内容不会丢。"),
            retry_after=RETRY_AFTER,
        )
    return api.problem_response(500) if _is_api(request) else _page("500.html", 500)


def _no_room(request: HttpRequest) -> HttpResponse:
    # Not "nothing was changed": room may have run out after the command, when the session was kept.
    # The same form sent again gets the answer of the first.
    return _unavailable(
        request,
        "no_room",
        api_says=_("服务器的存储空间已满，请求没有完成，请稍后用同一 Idempotency-Key 重试。"),
        sentence=_("服务器的存储空间已满，刚才的操作没有完成。"),
        hint=_(
            "请告诉系统管理员；腾出空间后即可再试。写到一半的表单留在原来的页面上，不要关闭它。"
        ),
        retry_after=RETRY_AFTER_ROOM,
    )


def _unavailable(
    request: HttpRequest,
    rule: str,
    *,
    api_says: str,
    sentence: str,
    hint: str = "",
    retry_after: int,
) -> HttpResponse:
    """503 with Retry-After (seconds): a problem document, a page, or for htmx an alert above its page."""
    if _is_api(request):
        return api.problem_response(503, rule=rule, detail=api_says, retry_after=retry_after)
    template = "components/away.html" if request.headers.get("HX-Request") else "503.html"
    response = _page(template, 503, rule=rule, sentence=sentence, hint=hint)
    response["Retry-After"] = str(retry_after)
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A foreign row and a missing row answer with the same bytes."""
    return api.problem_response(404) if _is_api(request) else _page_of_nothing()


def _page_of_nothing() -> HttpResponse:
    # Without the number: not even a byte may tell a foreign row from a missing one.
    return HttpResponse(render_to_string("404.html"), status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return api.problem_response(403) if _is_api(request) else _page("403.html", 403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return api.problem_response(400) if _is_api(request) else _page("400.html", 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page("403_csrf.html", 403)
