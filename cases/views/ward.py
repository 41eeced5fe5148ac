"""The ward on a phone: a page of nobody that works offline, today's beds, a contact, and what installs it."""

import hashlib
import json
import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases.forms.ward import FIRST_MODES, WARD_MINUTES, WardForm
from cases.models.codes import ContactMode, ContactTarget, NeedCategory
from cases.services.contacts import contact_record
from cases.services.ward import ward_list_take, ward_round
from cases.views.contacts import overlaps
from cases.views.finding import case_or_404
from departments import phones
from departments.middleware import outside_scope
from departments.services.phones import owner_mark, queue_keys

# All that the page is made of: nothing of anybody. In production each name carries its content's hash.
FILES = (
    *("dist/portal.css", "dist/ward.css", "dist/portal.js", "dist/ward.js"),
    *("img/icons.svg", "img/mark.svg", "dist/icon-192.png"),
)
TAKEN = "ward_list_taken"


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The same for everybody of a language: the phone keeps it, so that it opens without a network."""
    context = {
        "modes_first": [(one.value, one.label) for one in FIRST_MODES],
        "modes_rest": [pair for pair in ContactMode.choices if pair[0] not in FIRST_MODES],
        "needs": NeedCategory.choices,
        "targets": ContactTarget.choices,
        "minutes": WARD_MINUTES,
    }
    return render(request, "cases/ward.html", context)


@require_GET
def beds(request: HttpRequest) -> JsonResponse:
    """Today's beds as a piece of the page, and for how long and for whom the phone may keep them."""
    walk = ward_round(request.user, ward=request.GET.get("ward", ""))
    count = len(walk.own) + len(walk.others)
    if count and not request.session.get(TAKEN):
        ward_list_take(beds=count, by=request.user)
        request.session[TAKEN] = True
    response = JsonResponse(
        {
            "html": render_to_string("cases/_ward_beds.html", {"round": walk}, request),
            "who": owner_mark(request.user),
            "role": str(request.user.acting.membership_uid),
            "session": hashlib.sha256(request.session.session_key.encode()).hexdigest()[:32],
            "keys": queue_keys(request.user),
            "token": get_token(request),
            "idle": settings.SESSION_IDLE_SECONDS,
            "until": request.session.get("signed_in_at", 0) + settings.SESSION_ABSOLUTE_SECONDS,
        }
    )
    phones.mark(response, request.user)
    return response


@require_POST
def contact(request: HttpRequest, uid: uuid.UUID) -> JsonResponse:
    """One contact through the service of the ordinary form; said in JSON, because the sender may be offline again."""
    case = case_or_404(request, uid)
    form = WardForm(request.POST)
    if not form.command(contact_record, case=case, by=request.user):
        rule = form.refusal.rule if form.refusal else ""
        return JsonResponse({"rule": rule, "faults": _faults(form)}, status=422)
    made = form.result
    return JsonResponse(
        {
            "url": reverse("cases:contact", args=[made.uid]),
            "overlaps": len(overlaps(request, made)),
        }
    )


def _faults(form: WardForm) -> list[str]:
    """Each sentence after the name of its field."""
    found = []
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        found += [
            _("%(field)s：%(fault)s") % {"field": label, "fault": e} if label else e for e in errors
        ]
    return found


@require_GET
@outside_scope
@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: the files it may keep, whom it asks for a token, and the script that does it."""
    files = [static(name) for name in FILES]
    known = {
        "files": files,
        "page": reverse("cases:ward"),
        "beds": reverse("cases:ward_beds"),
        "version": hashlib.sha256(json.dumps(files).encode()).hexdigest()[:12],
    }
    lines = f"self.WARD={json.dumps(known)};\nimportScripts({json.dumps(static('dist/ward_worker.js'))});\n"
    return HttpResponse(lines, content_type="text/javascript; charset=utf-8")


@require_GET
@outside_scope
@login_not_required
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the round on its home screen."""
    sizes = ((192, "any"), (512, "any"), (512, "maskable"))
    known = {
        "id": reverse("cases:ward"),
        "name": _("医务社工查房"),
        "short_name": _("查房"),
        "description": _("今天的床位，三下记一次接触，断网也能记。"),
        "lang": request.LANGUAGE_CODE,
        "start_url": reverse("cases:ward"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f7f7",
        "theme_color": "#0b6569",
        "icons": [
            {
                "src": static(f"dist/icon-{'maskable-' if use == 'maskable' else ''}{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": use,
            }
            for size, use in sizes
        ],
    }
    return JsonResponse(known, content_type="application/manifest+json")
