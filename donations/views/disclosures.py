"""The calendar of disclosures: what is due, one duty with its draft and preview, and its steps."""

import datetime as dt
import uuid
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe
from psycopg2.extras import DateRange

from departments.models.organizations import DatedRule
from departments.services.desk import address as desk_address
from departments.services.history import history_lines
from departments.views.paging import page_of
from departments.views.publishing import table_shown
from donations.disclosure_permissions import (
    can_draft_disclosure,
    can_publish_disclosure,
    can_record_event,
)
from donations.disclosure_workflow import ItemState
from donations.forms.disclosure import CorrectForm, DraftForm, DropForm, FulfilForm, PublishForm
from donations.models.agreements import RelatedParty
from donations.models.disclosure import About, DisclosureItem
from donations.services.disclosure import (
    item_correct,
    item_draft,
    item_drop,
    item_fulfil,
    item_publish,
    kind_of_entry,
)
from donations.services.disclosure_drafts import (
    BY_CAMPAIGN,
    closes_on_campaign,
    payload_of,
    proposed,
)
from donations.services.disclosure_rules import DEADLINE
from donations.services.receipts_due import receipts_late
from donations.views.disclosure_words import counted_words, duty_words, event_words, tone_of
from donations.views.guards import foundation_page
from donations.views.offers import Offer
from donations.views.paging import PAGE_SIZE, address
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require

BOTH = require_http_methods(["GET", "HEAD", "POST"])
DONE = (ItemState.PUBLISHED, ItemState.FULFILLED, ItemState.DROPPED)
TABS = (
    ("", gettext_lazy("待办")),
    ("late", gettext_lazy("逾期")),
    ("done", gettext_lazy("已办")),
    ("all", gettext_lazy("全部")),
)


# ── the calendar ─────────────────────────────────────────────────────────────


@require_safe
@foundation_page
def disclosures(request: HttpRequest) -> HttpResponse:
    """What is due, month by month, the nearest first; what is done, the newest first."""
    rows = DisclosureItem.objects.visible_to(request.user)
    show, about = request.GET.get("show", ""), request.GET.get("about", "")
    rule = request.GET.get("rule", "")
    kept = rows.filter(about=about) if about in About.values else rows
    kept = kept.filter(rule_key=rule) if rule else kept
    order = ("-due_on", "-id") if show in {"done", "all"} else ("due_on", "id")
    shown = _shown(kept, show).select_related("rule", "public_entry")
    page = page_of(request, shown, order=order, size=PAGE_SIZE)
    page["months"] = _by_month(page.pop("rows"))
    return render(request, "donations/disclosures.html", page | _around(request, kept, show, about))


def _shown(rows: QuerySet, show: str) -> QuerySet:
    if show == "late":
        return rows.late()
    if show == "done":
        return rows.filter(state__in=DONE)
    return rows if show == "all" else rows.waiting()


def _by_month(rows: list[DisclosureItem]) -> list[dict[str, Any]]:
    made = []
    for (year, month), items in groupby(rows, key=lambda one: (one.due_on.year, one.due_on.month)):
        title = _("%(year)s 年 %(month)s 月") % {"year": year, "month": month}
        made.append({"title": title, "rows": [_row(one) for one in items]})
    return made


def _row(one: DisclosureItem) -> dict[str, Any]:
    return {
        "url": reverse("donations:disclosure_item", args=[one.uid]),
        "duty": duty_words(one.rule_key),
        "subject": one.subject_text,
        "about": one.get_about_display(),
        "article": one.rule.article,
        "law": one.rule.source.split("；")[0],
        "period": _period(one),
        "due_on": one.due_on,
        "item": one,
        "state": one.get_state_display(),
        "tone": tone_of(one),
        "entry_url": reverse("public:entry", args=[one.public_entry.slug])
        if one.public_entry
        else "",
        "version": one.public_entry.version if one.public_entry else 0,
    }


def _period(one: DisclosureItem) -> str:
    if one.period_from is None or one.period_to is None:
        return ""
    return _("%(first)s 至 %(last)s") % {"first": one.period_from, "last": one.period_to}


def _around(request: HttpRequest, rows: QuerySet, show: str, about: str) -> dict[str, Any]:
    """Tabs, filters and the figures above the list; two statements whatever it holds."""
    today = timezone.localdate()
    waiting = Q(state__in=(ItemState.PLANNED, ItemState.DRAFTED))
    counts = rows.aggregate(
        waiting=Count("pk", filter=waiting),
        late=Count("pk", filter=waiting & Q(due_on__lt=today)),
        done=Count("pk", filter=Q(state__in=DONE)),
        all=Count("pk"),
        soon=Count(
            "pk",
            filter=waiting & Q(due_on__gte=today, due_on__lte=today + dt.timedelta(days=30)),
        ),
        drafted=Count("pk", filter=Q(state=ItemState.DRAFTED)),
    )
    names = {"": "waiting"}
    return {
        "tabs": [
            {
                "label": label,
                "url": address(request.GET, show=tab or None),
                "is_on": show == tab,
                "count": counts[names.get(tab, tab)],
            }
            for tab, label in TABS
        ],
        "counts": counts,
        "late_url": address(request.GET, show="late"),
        "abouts": [
            {"label": label, "url": address(request.GET, about=one), "is_on": about == one}
            for one, label in About.choices
        ],
        "about": About(about).label if about in About.values else "",
        "clear_about": address(request.GET, about=None),
        "rule": duty_words(request.GET["rule"]) if request.GET.get("rule") else "",
        "clear_rule": address(request.GET, rule=None),
        "receipts": receipts_late(request.user, today),
        "receipts_url": desk_address("receipts:due") or reverse("donations:donations"),
        "may_record": can_record_event(request.user),
        "is_filtered": bool(about or request.GET.get("rule")),
        "show": show,
    }


@require_safe
@foundation_page
def disclosure_rules(request: HttpRequest) -> HttpResponse:
    """Every deadline of the register with its article, and how many duties it has made."""
    counts = {
        row["rule_key"]: row
        for row in DisclosureItem.objects.visible_to(request.user)
        .values("rule_key")
        .annotate(
            all=Count("pk"),
            waiting=Count("pk", filter=Q(state__in=(ItemState.PLANNED, ItemState.DRAFTED))),
        )
    }
    rows = DatedRule.objects.visible_to(request.user).filter(kind=DEADLINE)
    in_force = rows.filter(valid__contains=timezone.localdate()).order_by("pk")
    context = {"rows": [_rule_row(one, counts.get(one.applies_key, {})) for one in in_force]}
    return render(request, "donations/disclosure_rules.html", context)


def _rule_row(rule: DatedRule, counts: dict[str, Any]) -> dict[str, Any]:
    return {
        "duty": duty_words(rule.applies_key),
        "event": event_words(rule.params),
        "counted": counted_words(rule.params),
        "rule": rule,
        "count": counts.get("all", 0),
        "waiting": counts.get("waiting", 0),
        "url": f"{reverse('donations:disclosures')}?show=all&rule={rule.applies_key}",
    }


# ── one duty ─────────────────────────────────────────────────────────────────


def _one(request: HttpRequest, uid: uuid.UUID) -> DisclosureItem:
    rows = DisclosureItem.objects.visible_to(request.user)
    joins = ("rule", "public_entry", "drafted_by", "published_by")
    return get_object_or_404(rows.select_related(*joins), uid=uid)


@require_safe
@foundation_page
def disclosure_item(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A duty: why, by when, what stands in the draft and what the public will see."""
    item = _one(request, uid)
    context = _row(item) | {
        "offers": _offers(request.user, item),
        "counted": counted_words(item.rule.params),
        "preview": _preview(item),
        "entry": item.public_entry,
        "history": history_lines(item),
        "subject_url": _subject_url(item),
        "related": _related(request.user, item),
    }
    return render(request, "donations/disclosure_item.html", context)


def _preview(item: DisclosureItem) -> dict[str, Any] | None:
    """What publishing now would show; nothing for a duty that is done elsewhere."""
    if not item.is_waiting or not kind_of_entry(item):
        return None
    draft = item.draft or proposed(item)
    plain = payload_of(item, text=draft["text"]).plain()
    return plain | {"title": draft["title"], "tables": list(map(table_shown, plain["tables"]))}


def _related(user: Any, item: DisclosureItem) -> list[RelatedParty]:
    """Who goes on the list of related parties: everybody tied to the charity in the year (P-MCA81 15)."""
    if item.rule_key != "related_list" or item.period_from is None:
        return []
    year = DateRange(item.period_from, item.period_to + dt.timedelta(days=1))
    rows = RelatedParty.objects.visible_to(user).filter(donor__isnull=True, valid__overlap=year)
    return list(rows.order_by("relation", "id"))


def _subject_url(item: DisclosureItem) -> str:
    if item.about == About.EVENT:
        return reverse("donations:charity_event", args=[item.subject_uid])
    if item.about == About.YEAR:
        return reverse("donations:charity_year", args=[item.subject_uid])
    if item.about == About.CAMPAIGN:
        return reverse("donations:campaign", args=[item.subject_uid])
    if item.about == About.LEFTOVER:
        return reverse("books:order", args=[item.subject_uid])
    return ""


def _offers(user: Any, item: DisclosureItem) -> list[Offer]:
    """The steps that leave the state; publishing by the drafter is shown closed, with why."""
    made, is_public = [], bool(kind_of_entry(item))
    url = {
        step: reverse(f"donations:disclosure_{step}", args=[item.uid])
        for step in ("draft", "publish", "correct", "fulfil", "drop")
    }
    drafts = can_draft_disclosure(user, item)
    own = () if can_publish_disclosure(user, item) else (_("起草人不能公布自己起草的内容。"),)
    if item.state == ItemState.DRAFTED and drafts:
        made.append(Offer("publish", _("公布"), url["publish"], own, is_primary=not own))
    elsewhere = (BY_CAMPAIGN,) if closes_on_campaign(item) else ()
    if item.is_waiting and is_public and drafts:
        label = _("修改草稿") if item.state == ItemState.DRAFTED else _("起草")
        is_primary = not made and not elsewhere
        made.append(Offer("draft", label, url["draft"], elsewhere, is_primary=is_primary))
    if item.state == ItemState.PLANNED and not is_public and drafts:
        made.append(Offer("fulfil", _("登记办理"), url["fulfil"], is_primary=True))
    if item.state == ItemState.PUBLISHED and drafts:
        made.append(Offer("correct", _("更正"), url["correct"], own))
    if item.is_waiting and drafts:
        made.append(Offer("drop", _("不再需要"), url["drop"], is_quiet=True))
    return made


def _step(request: HttpRequest, item: DisclosureItem, **asked: Any) -> HttpResponse:
    back = reverse("donations:disclosure_item", args=[item.uid])
    crumbs = (
        (reverse("donations:disclosures"), _("信息公开")),
        (back, f"{duty_words(item.rule_key)} · {item.subject_text}"),
    )
    step = Step(
        given={"item": item}, to=back, url=request.path, back_url=back, crumbs=crumbs, **asked
    )
    return take(request, step)


@BOTH
@foundation_page
def draft(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Write or rewrite the words; opened first, they say what the books say."""
    item = _one(request, uid)
    require(can_draft_disclosure, request.user, item)
    return _step(
        request,
        item,
        form=DraftForm,
        service=item_draft,
        initial=item.draft or proposed(item),
        title=_("起草"),
        note=_("收支表从账簿自动生成，公布时按当时的账簿固定下来。"),
        button=pgettext("action", "保存草稿"),
        done=_("草稿已保存，请另一人核对后公布。"),
        draft="donations-disclosure",
        subject=item.uid,
    )


@BOTH
@foundation_page
def publish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    item = _one(request, uid)
    require(can_publish_disclosure, request.user, item)
    return _step(
        request,
        item,
        form=PublishForm,
        service=item_publish,
        title=_("公布"),
        note=_("公布后人人可见，不能修改；有错只能发布更正说明。"),
        button=_("公布"),
        done=_("已公布。"),
    )


@BOTH
@foundation_page
def correct(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    item = _one(request, uid)
    require(can_publish_disclosure, request.user, item)
    return _step(
        request,
        item,
        form=CorrectForm,
        service=item_correct,
        initial=item.draft or {},
        title=_("更正"),
        note=_("在同一网址公布新的一版，旧版保留；收支表按现在的账簿重新生成。"),
        button=_("公布更正"),
        done=_("更正已公布。"),
        draft="donations-disclosure_correct",
        subject=item.uid,
    )


@BOTH
@foundation_page
def fulfil(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    item = _one(request, uid)
    require(can_draft_disclosure, request.user, item)
    return _step(
        request,
        item,
        form=FulfilForm,
        service=item_fulfil,
        initial={"done_on": timezone.localdate()},
        title=_("登记办理"),
        button=_("登记"),
        done=_("已登记。"),
    )


@BOTH
@foundation_page
def drop(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    item = _one(request, uid)
    require(can_draft_disclosure, request.user, item)
    return _step(
        request,
        item,
        form=DropForm,
        service=item_drop,
        title=_("不再需要"),
        note=_("这一条留在列表里，写明为什么不需要。"),
        button=_("确定"),
        tone="btn",
        done=_("已登记为不再需要。"),
    )
