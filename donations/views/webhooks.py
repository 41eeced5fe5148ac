"""Addresses to which the foundation's own systems are told what happens; their log; what is sent again."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.views.paging import page_of
from donations.forms.webhooks import EndpointForm, ReplayForm
from donations.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookMessage
from donations.services import webhooks
from donations.services.webhook_topics import TOPICS
from donations.views.paging import PAGE_SIZE
from donations.webhook_permissions import (
    can_create_webhook,
    can_list_webhooks,
    can_manage_webhook,
    can_replay_webhook,
)
from donations.webhook_workflow import EndpointState
from msw_portal.kernel.access import require
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer

TONES = {
    EndpointState.ACTIVE: "accent",
    EndpointState.DISABLED: "danger",
    WebhookDelivery.Outcome.DELIVERED: "accent",
    WebhookDelivery.Outcome.REFUSED: "warn",
    WebhookDelivery.Outcome.UNREACHABLE: "warn",
    WebhookDelivery.Outcome.FORBIDDEN: "danger",
}
LIST = "donations:webhooks"
View = Callable[..., HttpResponse]


def webhook_page(view: View) -> View:
    """A page of the foundation's security administrator and its reviewers; 404 for everybody else."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_list_webhooks(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return shown


@require_safe
@webhook_page
def webhook_list(request: HttpRequest) -> HttpResponse:
    live = WebhookEndpoint.objects.visible_to(request.user).live()
    page = page_of(request, live, order=("-id",), size=PAGE_SIZE)
    page["rows"] = [_row(one) for one in page["rows"]]
    page["may_create"] = can_create_webhook(request.user)
    return render(request, "donations/webhooks.html", page)


@require_http_methods(["GET", "POST"])
@webhook_page
def webhook_new(request: HttpRequest) -> HttpResponse:
    """A new address; its secret stands on the answer and nowhere else."""
    require(can_create_webhook, request.user, None)
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.command(webhooks.webhook_create, by=request.user):
        endpoint, secret = form.result
        return _secret_shown(request, endpoint, secret)
    status = 422 if request.method == "POST" else 200
    return render(request, "donations/webhook_form.html", {"form": form}, status=status)


@require_safe
@webhook_page
def webhook(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return render(request, "donations/webhook.html", _context(request, _own(request, uid)))


@require_http_methods(["GET", "POST"])
@webhook_page
def webhook_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    endpoint = _managed(request, uid)
    form = EndpointForm(request.POST or None, endpoint=endpoint)
    ok = request.method == "POST" and form.command(
        webhooks.webhook_amend, endpoint=endpoint, by=request.user
    )
    context = {"form": form, "endpoint": endpoint}
    if request.method != "POST":
        return render(request, "donations/webhook_form.html", context)
    to = reverse("donations:webhook", args=[uid])
    return answer(request, "donations/webhook_form.html", context, ok=ok, to=to, done=_("已保存。"))


@require_POST
@webhook_page
def webhook_rotate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    form, endpoint = CommandForm(request.POST), _managed(request, uid)
    if form.command(webhooks.webhook_rotate, endpoint=endpoint, by=request.user):
        return _secret_shown(request, *form.result)
    return _refused(request, endpoint, form)


@require_POST
@webhook_page
def webhook_step(request: HttpRequest, uid: uuid.UUID, step: str) -> HttpResponse:
    """Pause, resume, give up or test."""
    form, endpoint = CommandForm(request.POST), _managed(request, uid)
    service, done = {
        "pause": (webhooks.webhook_pause, _("已暂停推送。")),
        "resume": (webhooks.webhook_resume, _("已恢复推送。")),
        "end": (webhooks.webhook_end, _("地址已删除。")),
        "test": (webhooks.webhook_test, _("测试事件已发出，稍后看推送记录。")),
    }[step]
    if not form.command(service, endpoint=endpoint, by=request.user):
        return _refused(request, endpoint, form)
    to = reverse(LIST) if step == "end" else reverse("donations:webhook", args=[uid])
    return answer(request, "", {}, ok=True, to=to, done=done)


@require_POST
@webhook_page
def webhook_replay(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One event by its id, or what was missed since a day."""
    endpoint, name = _own(request, uid), request.POST.get("message", "")
    form: CommandForm = CommandForm(request.POST) if name else ReplayForm(request.POST)
    given = {"message": _message(request, name)} if name else {}
    if not form.command(webhooks.webhook_replay, endpoint=endpoint, by=request.user, **given):
        return _refused(request, endpoint, form)
    count = form.result
    done = _("已补发 %(count)s 条。") % {"count": count}
    to = reverse("donations:webhook", args=[uid])
    return answer(request, "", {}, ok=True, to=to, done=done if count else _("没有需要补发的。"))


def _own(request: HttpRequest, uid: uuid.UUID) -> WebhookEndpoint:
    return get_object_or_404(WebhookEndpoint.objects.visible_to(request.user), uid=uid)


def _managed(request: HttpRequest, uid: uuid.UUID) -> WebhookEndpoint:
    endpoint = _own(request, uid)
    require(can_manage_webhook, request.user, endpoint)
    return endpoint


def _message(request: HttpRequest, name: str) -> WebhookMessage:
    try:
        uid = uuid.UUID(name)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(WebhookMessage.objects.visible_to(request.user), uid=uid)


def _refused(request: HttpRequest, endpoint: WebhookEndpoint, form: CommandForm) -> HttpResponse:
    endpoint.refresh_from_db()
    context = _context(request, endpoint) | {"form": form}
    if isinstance(form, ReplayForm):
        context["replay_form"] = form
    return answer(request, "donations/webhook.html", context, ok=False)


def _secret_shown(request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": secret}
    return render(request, "donations/webhook_secret.html", context)


def _context(request: HttpRequest, endpoint: WebhookEndpoint) -> dict[str, Any]:
    log = WebhookDelivery.objects.visible_to(request.user).filter(endpoint=endpoint)
    page = page_of(request, log.select_related("message"), order=("-id",), size=PAGE_SIZE)
    page["rows"] = [
        {"one": one, "topic": TOPICS.get(one.message.topic, ""), "tone": TONES[one.outcome]}
        for one in page["rows"]
    ]
    is_active = endpoint.state == EndpointState.ACTIVE
    return page | {
        "endpoint": endpoint,
        "tone": TONES.get(endpoint.state, ""),
        "topics": [TOPICS.get(one, one) for one in endpoint.topics],
        "is_active": is_active,
        "is_ended": endpoint.state == EndpointState.ENDED,
        "may_manage": can_manage_webhook(request.user, endpoint),
        "may_replay": is_active and can_replay_webhook(request.user, endpoint),
        "replay_form": ReplayForm(),
        "step_form": CommandForm(),
    }


def _row(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "endpoint": endpoint,
        "url": reverse("donations:webhook", args=[endpoint.uid]),
        "tone": TONES.get(endpoint.state, ""),
        "topics": [TOPICS.get(one, one) for one in endpoint.topics],
    }
