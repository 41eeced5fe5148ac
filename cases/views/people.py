"""Persons: looked for first, registered then, shown masked, revealed with a reason."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.forms.people import (
    DISEASE_GROUPS,
    AmendForm,
    EpisodeForm,
    RegisterForm,
    RelatedForm,
    RevealForm,
    SearchForm,
)
from cases.models.people import Client
from cases.permissions import can_open_case
from cases.person_permissions import can_list_duplicates
from cases.services.clients import (
    client_amend,
    client_register,
    client_reveal,
    client_search,
    related_person_add,
)
from cases.services.intake import episode_record
from cases.services.opening import client_opened
from cases.views.filling import Filling, fill_in
from cases.views.finding import client_or_404
from cases.views.persons import hits_of, own_cases_of, person_page
from departments.models.organizations import Department
from departments.services.drafts import draft_find
from departments.views.clashes import Current

BOTH = require_http_methods(["GET", "POST"])
CARRIED = ("name", "id_no", "phone")
BROUGHT_BY = ("referral", "line")


@BOTH
def search(request: HttpRequest) -> HttpResponse:
    """One form; the answer shows masked hits and, only then, the way to register somebody new."""
    asked = request.method == "POST"
    form = SearchForm(request.POST if asked else None)
    context = {
        "form": form,
        "brought": _brought_by(request),
        "can_list_duplicates": can_list_duplicates(request.user),
    }
    found = asked and form.command(client_search, by=request.user)
    if found:
        hits = hits_of(request.user, form.result.hits)
        can_open = bool(hits) and can_open_case(request.user, hits[0].client)
        context |= {"made": form.result, "hits": hits, "can_open": can_open}
        context["typed"] = form.cleaned_data
    return render(request, "cases/search.html", context, status=422 if asked and not found else 200)


@BOTH
def register(request: HttpRequest) -> HttpResponse:
    """A new person, with what was typed into the search; without a search there is nothing to fill in."""
    if "begin" in request.POST:
        carried = {name: request.POST.get(name, "") for name in (*CARRIED, "searched")}
        return _register(request, RegisterForm(initial=carried))
    if request.method == "GET" and draft_find(form="cases-register", by=request.user) is None:
        messages.warning(request, _("请先查找，没有找到再登记。"))
        return redirect(_with_referral("cases:search", request))
    return fill_in(
        request,
        Filling(
            page="cases/register.html",
            form=RegisterForm,
            service=client_register,
            given={},
            to=lambda client: _after_registering(request, client),
            done=_("已登记。"),
            draft="cases-register",
        ),
    )


def _register(request: HttpRequest, form: RegisterForm) -> HttpResponse:
    return render(
        request,
        "cases/register.html",
        {
            "form": form,
            "draft_url": reverse("departments:draft", args=["cases-register"]),
        },
    )


def _brought_by(request: HttpRequest) -> str:
    """`?referral=…` or `?line=…`: what brought the person, carried from search to case."""
    kept = {name: request.GET[name] for name in BROUGHT_BY if request.GET.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def _with_referral(name: str, request: HttpRequest, *args: object) -> str:
    return reverse(name, args=args) + _brought_by(request)


def _after_registering(request: HttpRequest, client: object) -> str:
    """From a referral or a line of a visit straight on to its case, otherwise to the person."""
    name = "cases:open" if _brought_by(request) else "cases:client"
    return _with_referral(name, request, client.uid)


@require_GET
def client(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The person, masked, with all merged records; a merged record's address leads to its person."""
    person, user = client_or_404(request, uid), request.user
    if person.root_id != person.pk:
        return redirect("cases:client", person.root.uid)
    page = person_page(user, person)
    client_opened(client=person, is_own=any(line.can_open for line in page["cases"]), by=user)
    return render(request, "cases/client.html", page)


@BOTH
def amend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Correct what is known of a person; who looked at it is in the audit."""
    person = client_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/amend.html",
            form=AmendForm,
            service=client_amend,
            given={"client": person},
            current=lambda: _masked(request, person),
            to=reverse("cases:client", args=[uid]),
            done=_("已更正。"),
            draft="cases-amend",
            subject=uid,
            context={"client": person},
        ),
    )


def _masked(request: HttpRequest, person: Client) -> Current:
    """The person as the page may say it: what is not masked for lists is not said at all."""
    now = Client.objects.visible_to(request.user).get(pk=person.pk)
    values = {"name": now.name_masked, "sex": now.sex, "deceased_on": now.deceased_on}
    return Current(now.row_version, values, at=now.updated_at, is_masked=True)


@require_POST
def reveal(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The identity in clear for 30 seconds; the reason stays in the audit."""
    person = client_or_404(request, uid)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return render(request, "cases/_sentence.html", {"form": form}, status=422)
    shown = client_reveal(client=person, reason=form.sentence, by=request.user)
    return render(
        request, "cases/_revealed.html", {"shown": shown, "part": request.GET.get("part", "")}
    )


@BOTH
def related_add(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Family, carers, guardians."""
    person = client_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/related.html",
            form=RelatedForm,
            service=related_person_add,
            given={"client": person},
            to=reverse("cases:client", args=[uid]),
            done=_("联系人已保存。"),
            draft="cases-related",
            subject=uid,
            context={"client": person},
        ),
    )


@BOTH
def episode_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A visit or stay."""
    person = client_or_404(request, uid)
    wards = Department.objects.visible_to(request.user).filter(
        organization_id=request.user.house_id, kind__in=("ward", "clinical"), ended_on__isnull=True
    )
    return fill_in(
        request,
        Filling(
            page="cases/episode.html",
            form=EpisodeForm,
            service=episode_record,
            given={"client": person},
            form_args={
                "wards": wards.order_by("name"),
                "own_cases": own_cases_of(request.user, person),
            },
            to=_with_referral("cases:client", request, uid),
            done=_("就诊信息已保存。"),
            draft="cases-episode",
            subject=uid,
            context={"client": person, "disease_groups": DISEASE_GROUPS},
        ),
    )
