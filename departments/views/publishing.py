"""Published entries for anybody: without an account, without a cookie, the same for everybody and so kept by caches.

The language is a part of the address (`?lang=en`); a page without it is Chinese whatever the browser asks.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.middleware import outside_scope
from departments.models.publishing import EntryKind, PublicEntry
from departments.services import rate
from departments.services.public_entries import (
    Entry,
    csv_of,
    entries_all,
    entries_listed,
    entry_at,
    entry_json,
    table_csv,
)
from msw_portal.kernel.tables.writing import neutral

View = Callable[..., HttpResponse]
KEEP_SECONDS = 300


def published(view: View) -> View:
    """A page of published entries: counted per address, kept by caches for five minutes, read by programs of other sites."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Nobody is looked up: the answer is the same for all, so no cookie may matter to it.
        request.user, request.COOKIES = AnonymousUser(), {}
        with translation.override("en" if request.GET.get("lang") == "en" else "zh-hans"):
            response = _too_many(request) or view(request, *args, **kwargs)
            response["Content-Language"] = translation.get_language()
        if response.status_code == 200:
            response["Cache-Control"] = f"public, max-age={KEEP_SECONDS}"
            response["Access-Control-Allow-Origin"] = "*"
            # The context of every page looks into the session; nothing of it is in this one.
            request.session.accessed = False
        return response

    return outside_scope(login_not_required(require_safe(run)))


def _too_many(request: HttpRequest) -> HttpResponse | None:
    window = settings.DOOR_WINDOW_SECONDS
    hit = rate.hit(f"public:{request.facts.ip}", limit=settings.PUBLIC_LIMIT, window=window)
    if hit:
        return None
    response = public_page(
        request, "public/busy.html", {"minutes": hit.seconds_left // 60 + 1}, 429
    )
    response["Retry-After"] = str(hit.seconds_left)
    return response


def public_page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page for anybody, with the way to the other language."""
    english = translation.get_language() == "en"
    return render(
        request,
        template,
        {
            "lang": "?lang=en" if english else "",
            "and_lang": "&lang=en" if english else "",
            "other_url": request.path + ("" if english else "?lang=en"),
            "other_name": "简体中文" if english else "English",
            "other_code": "zh-Hans" if english else "en",
            "index_url": reverse("public:index"),
            **context,
        },
        status=status,
    )


def _label(kind: str) -> str:
    return str(EntryKind(kind).label)


@published
def house(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The entries of a house, by kind."""
    kind = request.GET.get("kind", "")
    asked = {"after": request.GET.get("after"), "before": request.GET.get("before")}
    found = entries_listed(house_uid=uid, kind=kind, **asked)
    if found is None:
        raise Http404
    here = reverse("public:house", args=[uid])
    lang = "&lang=en" if translation.get_language() == "en" else ""
    kept = (f"&kind={kind}" if kind in found.kinds else "") + lang
    tabs = [
        {"label": _label(one), "count": n, "url": f"{here}?kind={one}{lang}", "on": one == kind}
        for one, n in sorted(found.kinds.items(), key=lambda pair: EntryKind.values.index(pair[0]))
    ]
    context = {
        "house": found.house,
        "rows": [{"row": row, "kind": _label(row.kind)} for row in found.rows],
        "tabs": tabs,
        "all_url": f"{here}?{lang[1:]}" if lang else here,
        "all_count": sum(found.kinds.values()),
        "is_all": kind not in found.kinds,
        "before_url": f"?before={found.before}{kept}" if found.before else "",
        "after_url": f"?after={found.after}{kept}" if found.after else "",
    }
    return public_page(request, "public/house.html", context)


@published
def house_json(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The list of a house's entries for programs."""
    name, rows = _all(uid)
    return JsonResponse(
        {"organization": name, "entries": [_listed(request, row) for row in rows]},
        json_dumps_params={"ensure_ascii": False},
    )


@published
def house_csv(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The same list as a table."""
    _name, rows = _all(uid)
    listed = [_listed(request, row) for row in rows]
    heads = list(listed[0])
    body = csv_of(heads, ([neutral(str(one[head])) for head in heads] for one in listed))
    return _csv(body, f"entries-{uid}.csv")


def _all(uid: uuid.UUID) -> tuple[str, list[PublicEntry]]:
    found = entries_all(house_uid=uid)
    if found is None:
        raise Http404
    return found[0].name, found[1]


def _listed(request: HttpRequest, row: PublicEntry) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "title": row.title,
        "slug": row.slug,
        "version": row.version,
        "published_at": timezone.localtime(row.visible_from).isoformat(),
        "correction_note": row.correction_note,
        "url": request.build_absolute_uri(reverse("public:entry", args=[row.slug])),
        "payload_sha256": row.payload_hash,
    }


def _csv(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _found(slug: str, version: int | None) -> Entry:
    entry = entry_at(slug=slug, version=version)
    if entry is None:
        raise Http404
    return entry


def _unchanged(request: HttpRequest, entry: Entry, way: str) -> tuple[str, bool]:
    """The tag of an answer, and whether the asker has it already."""
    newest = entry.versions[0].version
    language = translation.get_language()
    tag = f'"{entry.row.payload_hash[:24]}-{entry.row.version}-{newest}-{way}-{language}"'
    return tag, tag in request.headers.get("If-None-Match", "")


@published
def entry(request: HttpRequest, slug: str, version: int | None = None) -> HttpResponse:
    """One entry: what it says, its tables, its versions with what each corrected."""
    found = _found(slug, version)
    tag, is_known = _unchanged(request, found, "html")
    if is_known:
        return HttpResponseNotModified(headers={"ETag": tag})
    row = found.row
    context = {
        "entry": row,
        "kind": _label(row.kind),
        "payload": row.payload,
        "tables": [table_shown(one) for one in row.payload.get("tables", ())],
        "versions": found.versions if len(found.versions) > 1 else (),
        "is_newest": found.is_newest,
        "page_url": request.build_absolute_uri(reverse("public:entry", args=[slug])),
        "json_url": reverse("public:entry_json", args=[slug, row.version]),
    }
    response = public_page(request, "public/entry.html", context)
    response["ETag"] = tag
    return response


def table_shown(table: dict[str, Any]) -> dict[str, Any]:
    """Each cell beside its column, for a phone's cards."""
    columns = table["columns"]

    def cells(row: Any) -> list[dict[str, Any]]:
        return [
            {"text": text, "kind": column["kind"], "label": column["label"]}
            for text, column in zip(row, columns, strict=True)
        ]

    total = table.get("total")
    return table | {
        "lines": [cells(row) for row in table["rows"]],
        "sum": cells(total) if total else (),
    }


@published
def entry_file(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """The whole entry for programs."""
    found = _found(slug, version)
    tag, is_known = _unchanged(request, found, "json")
    if is_known:
        return HttpResponseNotModified(headers={"ETag": tag})
    response = JsonResponse(entry_json(found.row), json_dumps_params={"ensure_ascii": False})
    response["ETag"] = tag
    return response


@published
def entry_table(request: HttpRequest, slug: str, version: int, key: str) -> HttpResponse:
    """One table of an entry as CSV."""
    table = _found(slug, version).table(key)
    if table is None:
        raise Http404(_("没有这张表。"))
    return _csv(table_csv(table), f"{slug}-v{version}-{key}.csv")
