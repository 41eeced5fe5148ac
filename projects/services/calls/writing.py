"""A call on its way to everybody: drafted, checked, published, amended, cancelled."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.services.moving import move, write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.audit import canonical
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.numbers import validate_pattern
from projects.models.calls import Call, CallVersion
from projects.permissions.calls import can_issue_calls, can_keep_call
from projects.services.calls import shapes
from projects.services.calls.templates import template_of
from projects.workflow.calls import CALL, CallState

SIGNS = "23456789abcdefghjkmnpqrstvwxyz"
# What is announced, and so stands in every version.
ANNOUNCED = (
    *("kind", "title", "year", "batch", "number_pattern", "issuers", "policy_basis", "text"),
    *("foci", "contact", "tracks", "themes", "eligibility", "required_documents", "form"),
    *("criteria", "region_codes", "max_per_unit", "places", "is_funded", "funding_ceiling"),
    *("management_limit", "opens_at", "closes_at", "supplement_days", "notice_days", "files"),
)
# Written on pages of their own.
FACTS = frozenset(ANNOUNCED) - {
    *("kind", "form", "criteria", "eligibility", "tracks", "themes", "files"),
}

# Lists given by their names alone -> the column, and the letter its codes begin with.
NAMED = {"track_names": ("tracks", "t"), "theme_names": ("themes", "m")}


@dataclass(frozen=True)
class Point:
    """One thing that publishing asks for."""

    label: Any
    is_met: bool
    said: Any
    part: str


@command
def call_draft(*, kind: str, title: str, year: int, batch: int | None = None, by: Any) -> Call:
    """Begin a call with the template of its kind; nobody else sees it.

    Raises:
        DomainError: `permission.can_issue_calls` (403), `call_title_once` on `title`.
    """
    require(can_issue_calls, by, kind)
    issuer = Organization.objects.get(pk=by.house_id)
    call = Call(
        organization=issuer,
        kind=kind,
        title=title.strip(),
        year=year,
        batch=batch,
        slug="".join(secrets.choice(SIGNS) for _n in range(10)),
        issuers=[{"name": issuer.name, "role": "主办"}],
        created_by=by,
        **template_of(kind),
    )
    call.save(force_insert=True)
    write_transition(call, CALL, "draft", before="", by=by)
    audit.record("call.draft", by=by, on=call, kind=kind, year=year)
    return call


def _locked(call: Call, by: Any, base: int | None = None) -> Call:
    require(can_keep_call, by, call)
    call = Call.objects.locked().get(pk=call.pk)
    require(can_keep_call, by, call)
    check_base(base, call.row_version)
    return call


def require_draft(call: Call) -> None:
    """Raises:
    DomainError: `call.published` (409): what was announced changes by an amendment.
    """
    if call.state != CallState.DRAFT:
        raise DomainError("call.published", _("已经发布的征集要用“发布更正”修改。"), status=409)


def _put(call: Call, given: Mapping[str, Any]) -> list[str]:
    """Set what was given; the names that changed."""
    changed = []
    for name, value in given.items():
        if name in NAMED:
            name, letter = NAMED[name]
            value = shapes.coded(value, getattr(call, name), letter)
        if getattr(call, name) != value:
            setattr(call, name, value)
            changed.append(name)
    return changed


def _check_facts(call: Call) -> None:
    try:
        validate_pattern(call.number_pattern)
    except ValidationError as error:
        raise DomainError("call.number_pattern", error.messages[0], "number_pattern") from error
    if call.opens_at and call.closes_at and call.closes_at <= call.opens_at:
        raise DomainError("call_closes_after_opening", _("截止时间要晚于开始时间。"), "closes_at")


@command
def call_edit(*, call: Call, base: int | None = None, by: Any, **given: Any) -> Call:
    """Change the facts of a draft: names of FACTS, and `track_names`, `theme_names` as lists of text.

    Raises:
        DomainError: `call.published` (409), `call.number_pattern`, `call_closes_after_opening`,
            `form.stale` (409).
        TypeError: for a name that is not a fact.
    """
    if set(given) - FACTS - {"track_names", "theme_names", "partner"}:
        raise TypeError(f"no such fact: {sorted(set(given) - FACTS)}")
    call = _locked(call, by, base)
    require_draft(call)
    changed = _put(call, given)
    _check_facts(call)
    call.save()
    audit.record("call.edit", by=by, on=call, fields=sorted(changed))
    return call


@command
def call_part_write(
    *,
    call: Call,
    form: Mapping[str, Any] | None = None,
    criteria: list[Mapping[str, Any]] | None = None,
    eligibility: Mapping[str, Any] | None = None,
    required_documents: list[Mapping[str, Any]] | None = None,
    letters: Mapping[str, str] | None = None,
    base: int | None = None,
    by: Any,
) -> Call:
    """Write a part of a draft whole: the form, the criteria, the conditions, the papers or the letters.

    Raises:
        DomainError: `call.form`, `call.weights`, `call.criteria`, `call.condition`; `call.published`.
    """
    call = _locked(call, by, base)
    require_draft(call)
    given = {
        "form": form,
        "criteria": criteria,
        "eligibility": eligibility,
        "required_documents": required_documents,
        "letters": letters,
    }
    if form is not None:
        shapes.check_form(form)
    if criteria is not None:
        shapes.check_criteria(criteria)
    if eligibility is not None:
        shapes.check_conditions(eligibility["conditions"])
    changed = _put(call, {name: value for name, value in given.items() if value is not None})
    call.save()
    audit.record("call.edit", by=by, on=call, fields=sorted(changed))
    return call


def points(call: Call, now: dt.datetime | None = None) -> list[Point]:
    """What publishing asks for, met or not, each with the page on which it is written."""
    at = now or timezone.now()
    has_times = call.opens_at is not None and call.closes_at is not None
    weights = sum(float(row["weight"]) for row in call.criteria)
    return [
        Point(_("公告正文"), bool(call.text.strip()), _("公告要有正文"), "edit"),
        Point(_("申报时间"), has_times, _("写明开始和截止时间"), "edit"),
        Point(
            _("截止时间在今后"),
            bool(call.closes_at and call.closes_at > at),
            _("截止时间已经过去的征集不能发布"),
            "edit",
        ),
        Point(_("联系方式"), bool(call.contact.strip()), _("申报单位要有人可问"), "edit"),
        Point(_("申报书"), bool(shapes.sections_of(call.form)), _("申报书至少有一个部分"), "form"),
        Point(
            _("评审标准"),
            not call.criteria or weights == 100,
            _("权重合计等于 100"),
            "criteria",
        ),
    ]


def _require_points(call: Call) -> None:
    missing = [point for point in points(call) if not point.is_met]
    if missing:
        raise DomainError(
            "call.not_ready",
            _("还不能发布：%(what)s。") % {"what": "、".join(str(one.said) for one in missing)},
        )
    shapes.check_form(call.form)
    shapes.check_criteria(call.criteria)
    shapes.check_conditions(call.eligibility.get("conditions", []))


def announced(call: Call) -> dict[str, Any]:
    """What a version freezes: the announced columns as JSON."""
    made = {}
    for name in ANNOUNCED:
        value = getattr(call, name)
        if isinstance(value, dt.datetime):
            value = value.isoformat()
        elif value is not None and name in {"funding_ceiling", "management_limit"}:
            value = str(value)
        made[name] = value
    return made | {"partner": call.partner.name if call.partner else ""}


def content_hash(content: Mapping[str, Any]) -> str:
    """The hexadecimal SHA-256 of canonical JSON."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _version_add(call: Call, note: str, by: Any) -> CallVersion:
    content = announced(call)
    row = CallVersion(
        organization_id=call.organization_id,
        call=call,
        version=call.version,
        content=content,
        content_hash=content_hash(content),
        note=note,
        published_at=timezone.now(),
        created_by=by,
    )
    row.save(force_insert=True)
    return row


@command
def call_publish(*, call: Call, by: Any) -> Call:
    """Announce a draft: version 1 is frozen, everybody reads it, the clock opens and closes it.

    Raises:
        DomainError: `call.not_ready` with what is missing; `call.weights`, `call.form`, `call.condition`.
    """
    call = _locked(call, by)
    CALL.check(call, "publish")
    _require_points(call)
    call.version, call.published_at = 1, timezone.now()
    move(call, CALL, "publish", by=by, also=("version", "published_at"))
    _version_add(call, "", by)
    audit.record("call.publish", by=by, on=call, closes_at=call.closes_at)
    return call


@command
def call_amend(*, call: Call, note: str, base: int | None = None, by: Any, **given: Any) -> Call:
    """Change what was announced, as a new version that says what changed; who has a draft is told.

    Raises:
        DomainError: `call.nothing_amended`, `call.closes_in_past` on `closes_at`; as call_edit.
    """
    call = _locked(call, by, base)
    CALL.check(call, "amend")
    changed = _put(call, given)
    if not changed:
        raise DomainError("call.nothing_amended", _("没有改动，不用发布更正。"))
    _check_facts(call)
    if "closes_at" in changed and (call.closes_at is None or call.closes_at <= timezone.now()):
        raise DomainError("call.closes_in_past", _("新的截止时间要在现在之后。"), "closes_at")
    call.version += 1
    call.save()
    move(call, CALL, "amend", by=by)
    _version_add(call, note.strip(), by)
    audit.record("call.amend", by=by, on=call, version=call.version, fields=sorted(changed))
    return call


@command
def call_cancel(*, call: Call, reason: str, by: Any) -> Call:
    """End a call before its decision, with the reason; applications stay readable.

    Raises:
        DomainError: `call.cancel.wrong_state` (409), `call.cancel.needs_reason` on `reason`.
    """
    call = _locked(call, by)
    move(call, CALL, "cancel", by=by, reason=reason)
    audit.record("call.cancel", by=by, on=call)
    return call


# ── parts as the pages write them ────────────────────────────────────────────


def sections_write(
    *, call: Call, rows: list[Mapping[str, Any]], base: int | None = None, by: Any
) -> Call:
    """The form's sections in this order; one that stands keeps its items by its code."""
    before = {one["code"]: one for one in shapes.sections_of(call.form)}
    sections = [
        {
            "code": row["code"],
            "title": row["title"],
            "hint": row["hint"] or "",
            "table": row["table"] or "",
            "least": row["least"] or 0,
            "fields": before.get(row["code"], {}).get("fields", []),
        }
        for row in rows
    ]
    return call_part_write(call=call, form={"sections": sections}, base=base, by=by)


def fields_write(
    *,
    call: Call,
    section: str,
    rows: list[Mapping[str, Any]],
    base: int | None = None,
    by: Any,
) -> Call:
    """The items of one section, whole."""
    sections = [
        one | {"fields": [_field(row) for row in rows]} if one["code"] == section else one
        for one in shapes.sections_of(call.form)
    ]
    return call_part_write(call=call, form={"sections": sections}, base=base, by=by)


def _field(row: Mapping[str, Any]) -> dict[str, Any]:
    options = str(row["options"] or "").replace(",", "、").split("、")
    made = {
        "code": row["code"],
        "label": row["label"] or "",
        "type": row["type"],
        "is_required": bool(row["is_required"]),
        "hint": row["hint"] or "",
    }
    chosen = [one.strip() for one in options if one.strip()]
    return made | ({"options": chosen} if chosen else {})


def conditions_write(
    *, call: Call, conditions: list[Mapping[str, str]], base: int | None = None, by: Any
) -> Call:
    """What the self-test judges."""
    return call_part_write(
        call=call, eligibility=call.eligibility | {"conditions": conditions}, base=base, by=by
    )


def questions_write(
    *, call: Call, questions: list[Mapping[str, Any]], base: int | None = None, by: Any
) -> Call:
    """What the self-test asks.

    Raises:
        DomainError: `call.question` for a choice without options.
    """
    for row in questions:
        if row["type"] == "choice" and len(row["options"]) < 2:
            raise DomainError(
                "call.question", _("“%(text)s”至少要有两个选项。") % {"text": row["label"]}
            )
    kept = {"conditions": call.eligibility.get("conditions", [])}
    return call_part_write(call=call, eligibility=kept | {"questions": questions}, base=base, by=by)
