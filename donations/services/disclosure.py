"""The calendar of disclosures: what a rule makes due and by when, drafted by one person, published by another."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.services.clocks import months_after
from departments import audit
from departments.models.mechanisms import Task
from departments.models.organizations import DatedRule, Holiday, Organization
from departments.models.publishing import EntryKind
from departments.models.register_parts import OrganizationCredential
from departments.services.moving import move, write_transition
from departments.services.publishing import entry_correct, entry_publish
from departments.services.rule_shapes import is_sound
from departments.services.second_factor import second_factor_check
from departments.services.tasks import tasks_close
from donations.disclosure_permissions import can_draft_disclosure, can_publish_disclosure
from donations.disclosure_workflow import DISCLOSURE, WAITING, ItemState
from donations.models.disclosure import About, DisclosureItem
from donations.services.disclosure_drafts import check_door, payload_of, proposed, subject_named
from donations.services.disclosure_rules import DEADLINE
from donations.services.disclosure_series import series
from donations.services.leftovers import leftover_published
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.workdays import Source, add_working_days

TASK = "disclosure_due"
CALENDARS = {Source.HOUSE: "house", Source.OFFICIAL: "official", Source.WEEKENDS: "weekends"}


# ── planning ─────────────────────────────────────────────────────────────────


@command
def plan_for(
    *,
    kind: str,
    subject: models.Model,
    event: str,
    on: dt.date,
    since: dt.date | None = None,
    by: Any = None,
) -> list[DisclosureItem]:
    """Make the items that `event` of `subject` on day `on` starts under the rules in force that day.

    `kind` is one of About. The subject says `starts_on`, `ends_on`, `is_emergency` itself where it has
    them. Asked again it adds nothing; an end also drops what a series had planned beyond it. What was
    due before `since` is not made. Runs in the transaction of the caller, whose own permission has been
    checked; `by` None is the clock.
    """
    rules = DatedRule.objects.filter(
        kind=DEADLINE,
        region__isnull=True,
        # A year is reported under the law of the year that follows it.
        valid__contains=on + dt.timedelta(days=1) if event == "closed" else on,
        params__about=kind,
        params__event=event,
    )
    made = []
    for rule in rules.order_by("applies_key"):
        # One that cannot be counted makes no duty; the page of rules says so.
        if is_sound(rule) and _applies(rule, subject, on):
            for first, last, due, counted in _days(rule, subject, on):
                if since is not None and due < since:
                    continue
                item = _plan(rule, kind, subject, event, on, first, last, due, counted, by)
                made += [item] if item else []
    if event == "ended":
        _drop_beyond(subject, on, by)
    return made


def _applies(rule: DatedRule, subject: Any, on: dt.date) -> bool:
    only = rule.params.get("only", "")
    if only == "emergency" and not getattr(subject, "is_emergency", False):
        return False
    if rule.applies_key == "campaign_file" and getattr(subject, "is_emergency", False):
        return False
    if rule.applies_key == "partner_evaluation" and not subject.partners.exists():
        return False
    if only in {"public", "non_public"}:
        has = is_public_charity(subject.organization_id, on)
        if has != (only == "public"):
            return False
    longer = rule.params.get("longer_than_months")
    if longer:
        until = ends_on(subject)
        return until is None or until > months_after(on, longer)
    return True


def ends_on(subject: Any) -> dt.date | None:
    """The last day of what an item is about: as it came, else as it was planned; None while it is open."""
    return getattr(subject, "ended_on", None) or getattr(subject, "ends_on", None)


def is_public_charity(organization_id: int, on: dt.date) -> bool:
    """Whether the house holds a certificate for public fundraising on the day."""
    return OrganizationCredential.objects.filter(
        organization_id=organization_id, kind="public_fundraising", valid__contains=on
    ).exists()


def _days(
    rule: DatedRule, subject: Any, on: dt.date
) -> Iterator[tuple[dt.date | None, dt.date | None, dt.date, str]]:
    """(period from, period to, due on, calendar) of what a rule asks for, a series as far as its horizon."""
    asked = rule.params
    if "days_before" in asked:
        yield None, None, on - dt.timedelta(days=asked["days_before"]), "natural"
    elif "month_day" in asked:
        month, day = map(int, asked["month_day"].split("-"))
        yield dt.date(on.year, 1, 1), on, dt.date(on.year + 1, month, day), "natural"
    elif "every_days" in asked or "every_months" in asked:
        yield from series(asked, on, ends_on(subject))
    else:
        began = getattr(subject, "starts_on", None) if asked["event"] == "ended" else None
        if began is not None and began > on:
            began = None
        due, counted = _after(asked, on)
        yield began, on if began else None, due, counted


def _after(asked: Mapping[str, Any], on: dt.date) -> tuple[dt.date, str]:
    if asked.get("working"):
        listed = Holiday.objects.filter(on__gt=on).values_list("on", "is_workday")
        found = add_working_days(on, asked["days"], {day: not works for day, works in listed})
        return found.on, CALENDARS[found.source]
    if "months" in asked:
        return months_after(on, asked["months"]), "natural"
    return on + dt.timedelta(days=asked["days"]), "natural"


def _plan(
    rule: DatedRule,
    kind: str,
    subject: Any,
    event: str,
    on: dt.date,
    first: dt.date | None,
    last: dt.date | None,
    due: dt.date,
    counted: str,
    by: Any,
) -> DisclosureItem | None:
    item = DisclosureItem(
        organization_id=subject.organization_id,
        rule=rule,
        rule_key=rule.applies_key,
        about=About(kind),
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        subject_text=subject_named(kind, subject)[:120],
        period_from=first,
        period_to=last,
        due_on=due,
        computed_with={"event": event, "on": on.isoformat(), "calendar": counted},
        created_by=by,
    )
    known = DisclosureItem.objects.filter(
        organization_id=item.organization_id,
        rule_key=item.rule_key,
        subject_kind=item.subject_kind,
        subject_id=item.subject_id,
        due_on=due,
    )
    if known.exists():
        return None
    item.save(force_insert=True)
    write_transition(item, DISCLOSURE, "plan", before="", by=by)
    return item


def _drop_beyond(subject: Any, ended: dt.date, by: Any) -> None:
    """A series goes no further than what it reports on."""
    rows = DisclosureItem.objects.filter(
        organization_id=subject.organization_id,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        state__in=WAITING,
        period_from__gt=ended,
    )
    for item in rows.locked():
        move(item, DISCLOSURE, "drop", by=by, reason=str(_("已提前结束，这一期不再产生。")))
        tasks_close(kind=TASK, subject=item, state=Task.State.CANCELLED)


# ── drafting and publishing ──────────────────────────────────────────────────


def _locked(item: DisclosureItem, version: int | None = None) -> DisclosureItem:
    held = DisclosureItem.objects.locked().select_related("rule", "public_entry").get(pk=item.pk)
    if version is not None and version != held.row_version:
        raise DomainError(
            "form.stale", _("您打开之后，这份内容被改过。请核对后再保存。"), status=409
        )
    return held


def kind_of_entry(item: DisclosureItem) -> str:
    """The kind of public entry an item ends in; "" when it ends in a note of how it was done."""
    kind = item.rule.params.get("publishes", "")
    return kind if kind in EntryKind.values else ""


@command
def item_draft(*, item: DisclosureItem, title: str, text: str, by: Any) -> DisclosureItem:
    """Write or rewrite the words of a disclosure; its figures come from the books by themselves.

    Raises:
        DomainError: `disclosure.draft.wrong_state` (409), `disclosure.not_published` for a duty that
            is done elsewhere, `disclosure.needs_title` on `title`.
    """
    item = _locked(item)
    require(can_draft_disclosure, by, item)
    DISCLOSURE.check(item, "draft")
    _require_public(item)
    check_door(item)
    if not title.strip():
        raise DomainError("disclosure.needs_title", _("请填写标题。"), "title")
    item.draft = {"title": title.strip(), "text": text.strip()}
    item.drafted_by = by
    move(item, DISCLOSURE, "draft", by=by, also=("draft", "drafted_by"))
    audit.record("disclosure_item.draft", by=by, on=item, rule=item.rule_key, due_on=item.due_on)
    return item


def _require_public(item: DisclosureItem) -> None:
    if not kind_of_entry(item):
        raise DomainError(
            "disclosure.not_published", _("这一项不在本平台公布，请登记办理情况。"), status=409
        )


@command
def item_publish(*, item: DisclosureItem, totp_code: str, by: Any) -> DisclosureItem:
    """Publish a draft with the figures the books hold now; by another person, with a fresh code.

    Raises:
        DomainError: `permission.can_publish_disclosure` (403) for the drafter, `second_factor.*` on
            `totp_code`, `disclosure.publish.wrong_state` (409), `entry.*`.
    """
    item = _locked(item)
    require(can_publish_disclosure, by, item)
    DISCLOSURE.check(item, "publish")
    confirmed_at = second_factor_check(user=by, code=totp_code)
    draft = item.draft or proposed(item)
    item.public_entry = entry_publish(
        organization=Organization.objects.get(pk=item.organization_id),
        kind=kind_of_entry(item),
        title=draft["title"],
        payload=payload_of(item, text=draft["text"]),
        subject=item,
        by=by,
    )
    item.published_by, item.published_at = by, timezone.now()
    item.second_factor_at = confirmed_at
    item.late_days = max(0, (timezone.localdate() - item.due_on).days)
    move(
        item,
        DISCLOSURE,
        "publish",
        by=by,
        also=("public_entry", "published_by", "published_at", "second_factor_at", "late_days"),
    )
    tasks_close(kind=TASK, subject=item)
    if item.about == About.LEFTOVER:
        leftover_published(item)
    audit.record(
        "disclosure_item.publish",
        by=by,
        on=item,
        slug=item.public_entry.slug,
        payload_hash=item.public_entry.payload_hash,
        late_days=item.late_days,
    )
    return item


@command
def item_correct(
    *, item: DisclosureItem, title: str, text: str, note: str, totp_code: str, by: Any
) -> DisclosureItem:
    """Publish a corrected version under the same address with a note (P-MCA81 16); the old one stays.

    Raises:
        DomainError: `entry.needs_note` on `note`, `second_factor.*` on `totp_code`,
            `disclosure.correct.wrong_state` (409).
    """
    item = _locked(item)
    require(can_publish_disclosure, by, item)
    DISCLOSURE.check(item, "correct")
    second_factor_check(user=by, code=totp_code)
    item.public_entry = entry_correct(
        entry=item.public_entry,
        payload=payload_of(item, text=text.strip()),
        title=title.strip(),
        note=note,
        by=by,
    )
    item.draft = {"title": title.strip(), "text": text.strip()}
    move(item, DISCLOSURE, "correct", by=by, also=("public_entry", "draft"))
    audit.record(
        "disclosure_item.correct",
        by=by,
        on=item,
        slug=item.public_entry.slug,
        version=item.public_entry.version,
    )
    return item


@command
def item_fulfil(
    *, item: DisclosureItem, done_on: dt.date, done_note: str, by: Any
) -> DisclosureItem:
    """Note how a duty towards the authority was done: filed, reported, evaluated.

    Raises:
        DomainError: `disclosure.in_future` on `done_on`, `disclosure.needs_note` on `done_note`,
            `disclosure.is_published` (409) for a duty that is published here.
    """
    item = _locked(item)
    require(can_draft_disclosure, by, item)
    DISCLOSURE.check(item, "fulfil")
    if kind_of_entry(item):
        raise DomainError(
            "disclosure.is_published", _("这一项要在本平台公布，请先起草。"), status=409
        )
    if done_on > timezone.localdate():
        raise DomainError("disclosure.in_future", _("办理日期不能晚于今天。"), "done_on")
    if len(done_note.strip()) < 4:
        raise DomainError(
            "disclosure.needs_note", _("请写明办理情况，如备案编号、报送方式。"), "done_note"
        )
    item.done_on, item.done_note = done_on, done_note.strip()
    item.late_days = max(0, (done_on - item.due_on).days)
    move(item, DISCLOSURE, "fulfil", by=by, also=("done_on", "done_note", "late_days"))
    tasks_close(kind=TASK, subject=item)
    audit.record("disclosure_item.fulfil", by=by, on=item, done_on=done_on)
    return item


@command
def item_drop(*, item: DisclosureItem, reason: str, by: Any) -> DisclosureItem:
    """Say why an item is not needed; it stays in the list.

    Raises:
        DomainError: `disclosure.drop.needs_reason` on `reason`, `disclosure.drop.wrong_state` (409).
    """
    item = _locked(item)
    require(can_draft_disclosure, by, item)
    move(item, DISCLOSURE, "drop", by=by, reason=reason)
    tasks_close(kind=TASK, subject=item, state=Task.State.CANCELLED)
    audit.record("disclosure_item.drop", by=by, on=item, rule=item.rule_key)
    return item


def items_drop_of(*, subject: Any, reason: str, by: Any) -> int:
    """What started the clock did not happen: its waiting items go with it; how many."""
    rows = DisclosureItem.objects.filter(
        organization_id=subject.organization_id,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        state__in=(ItemState.PLANNED, ItemState.DRAFTED),
    )
    dropped = 0
    for item in rows.locked():
        move(item, DISCLOSURE, "drop", by=by, reason=reason)
        tasks_close(kind=TASK, subject=item, state=Task.State.CANCELLED)
        dropped += 1
    return dropped
