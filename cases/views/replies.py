"""The page a receiving body answers a referral on, by its one-time address and without an account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases.forms.outgoing import ReplyForm
from cases.services.copy_bundles import MIME
from cases.services.replies import Reply, reply_bundle, reply_give, reply_open
from cases.views.copy_words import copy_lines
from cases.views.documents import attach
from cases.views.public_doors import page, public, said, too_many_words
from departments.services import rate
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.htmx import is_fragment


@public
def reply(request: HttpRequest, token: str) -> HttpResponse:
    """First who asks and how urgently; the content after a click, so that no preview of a link reads it.

    What is wrong, revoked, answered or over answers alike.
    """
    wants = request.method == "POST"
    known = reply_open(token)
    if known is None:
        return _gone(request)
    wait = _too_many(request) if wants else 0
    if wait:
        response = page(request, "doors/reply_wait.html", 429, words=too_many_words(wait))
        response["Retry-After"] = str(wait)
        return response
    if wants and "fhir" in request.POST:
        return _bundle(request, token)
    shown = reply_open(token, with_copy=wants and "answer" not in request.POST)
    if shown is None:
        return _gone(request)
    if not wants:
        return page(request, "doors/reply.html", reply=shown)
    if "open" in request.POST:
        return _open(request, shown, ReplyForm(answers=shown.answers))
    return _answer(request, token, shown)


def _gone(request: HttpRequest) -> HttpResponse:
    if is_fragment(request):
        words = _(
            "这个地址已经不能用了：可能已回复过、对方已取消或换了新地址。请联系发来转介的社工。"
        )
        return said(request, words)
    return page(request, "doors/reply_gone.html", 404)


def _open(request: HttpRequest, shown: Reply, form: ReplyForm, status: int = 200) -> HttpResponse:
    lines = copy_lines(shown.copy) if shown.copy else []
    return page(request, "doors/reply_open.html", status, reply=shown, form=form, lines=lines)


def _bundle(request: HttpRequest, token: str) -> HttpResponse:
    """The copy for a machine; a copy that was emptied answers like a dead link."""
    content = reply_bundle(token)
    if content is None:
        return _gone(request)
    return attach(str(_("转介单.json")), content, MIME)


def _answer(request: HttpRequest, token: str, shown: Reply) -> HttpResponse:
    form = ReplyForm(request.POST, answers=shown.answers)
    if not form.is_valid():
        return _again(request, token, form)
    try:
        done = reply_give(token=token, **form.cleaned_data)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _again(request, token, form)
    if done is None:
        return _gone(request)
    words = {
        "accepted": _("已受理。办完后请再打开这个地址，告诉对方结果。"),
        "refused": _("已回复不受理。"),
        "completed": _("已回复办完，谢谢。"),
        "failed": _("已回复没能帮上。"),
    }
    return page(request, "doors/reply_done.html", reply=done, words=words[done.state])


def _again(request: HttpRequest, token: str, form: ReplyForm) -> HttpResponse:
    shown = reply_open(token, with_copy=True)
    if shown is None:
        return _gone(request)
    return _open(request, shown, form, 422)


def _too_many(request: HttpRequest) -> int:
    """Seconds to wait for an address that has had its share of openings and answers."""
    hit = rate.hit(
        f"reply:{request.facts.ip}",
        limit=settings.DOOR_ADDRESS_LIMIT,
        window=settings.DOOR_WINDOW_SECONDS,
    )
    return 0 if hit else hit.seconds_left
