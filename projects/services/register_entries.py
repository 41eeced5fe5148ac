"""Entries of the registers: kept by a house, read by all once published, tied to each other and to the work."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Department, Organization
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import Project
from projects.models.register_codes import Audience, RegisterKind
from projects.models.registers import ChecklistAnswer, RegisterEntry, RegisterLink, RegisterParty
from projects.models.surveys import Survey
from projects.permissions.registers import (
    can_add_entry,
    can_answer_checklist,
    can_keep_entry,
    can_publish_entry,
)
from projects.services.register_parts import REGISTERS, parts_read

PARTS = (
    *("title", "number", "version", "summary", "happened_on", "precision", "effective_on"),
    *("until_on", "region", "audiences", "source", "url", "replaces"),
)


def _checked(kind: str, parts: Mapping[str, Any], entry: RegisterEntry) -> dict[str, Any]:
    made = {name: parts[name] for name in PARTS}
    made["title"] = " ".join(made["title"].split())
    if not made["title"]:
        raise DomainError("register_entry_named", _("请写名称。"), "title")
    made["audiences"] = [one for one in Audience.values if one in made["audiences"]]
    begins = made["effective_on"] or made["happened_on"]
    if made["until_on"] and begins and made["until_on"] <= begins:
        raise DomainError(
            "register_entry_ends_after_start", _("失效日期要晚于施行日期。"), "until_on"
        )
    former = made["replaces"]
    if former is not None and (former.kind != kind or former.pk == entry.pk):
        raise DomainError("register.replaces", _("只能接替同一登记册里的另一份。"), "replaces")
    made["details"] = parts_read(kind, parts.get("details", {}))
    return made


@command
def entry_add(
    *, kind: str, by: User, is_public: bool = False, external_id: str = "", **parts: Any
) -> RegisterEntry:
    """One entry of one register; with `is_public` every house and everybody outside reads it.

    Raises:
        DomainError: `register.…` on the field that is wrong.
    """
    require(can_add_entry, by, None)
    if kind not in RegisterKind.values:
        raise DomainError("register_entry_kind_known", _("请从列表中选择。"), "kind")
    entry = RegisterEntry(
        organization_id=by.house_id, kind=kind, external_id=external_id, created_by=by
    )
    for name, value in _checked(kind, parts, entry).items():
        setattr(entry, name, value)
    _publish(entry, is_public, by)
    entry.save(force_insert=True)
    audit.record("register_entry.add", by=by, on=entry, kind=kind)
    return entry


@command
def entry_change(
    *,
    entry: RegisterEntry,
    by: User,
    base: int | None = None,
    is_public: bool = False,
    **parts: Any,
) -> RegisterEntry:
    """The whole entry anew. `base` is the version the page was opened with.

    Raises:
        DomainError: `form.stale` when somebody saved in between; `register.…` on the field that is wrong.
    """
    require(can_keep_entry, by, entry)
    entry = _locked(entry)
    check_base(base, entry.row_version)
    for name, value in _checked(entry.kind, parts, entry).items():
        setattr(entry, name, value)
    was = entry.published_at
    _publish(entry, is_public, by)
    entry.save()
    if was != entry.published_at:
        entry.parties.update(published_at=entry.published_at)
        entry.links.filter(other__isnull=False).update(published_at=entry.published_at)
    audit.record("register_entry.change", by=by, on=entry)
    return entry


def _publish(entry: RegisterEntry, is_public: bool, by: User) -> None:
    if is_public == (entry.published_at is not None):
        return
    if not can_publish_entry(by, entry):
        raise DomainError(
            "register.may_not_publish",
            _("公开和撤回由科主任、主管部门或基金会项目官员办理。"),
            "is_public",
        )
    entry.published_at = timezone.now() if is_public else None


def _locked(entry: RegisterEntry) -> RegisterEntry:
    # Permission first: a lock asks for the right to change, which another house has not.
    return RegisterEntry.objects.locked().get(pk=entry.pk)


@command
def party_add(
    *,
    entry: RegisterEntry,
    role: str,
    body: Organization | None = None,
    name_text: str = "",
    as_of_title: str = "",
    source: str = "",
    by: User,
) -> RegisterParty:
    """Who took part, in the words of a source; a person with the title held that day.

    Raises:
        DomainError: `register_party_named` on `name_text`, `register_party.role` on `role`.
    """
    require(can_keep_entry, by, entry)
    entry = _locked(entry)
    if role not in REGISTERS[entry.kind].roles:
        raise DomainError("register_party.role", _("请从列表中选择。"), "role")
    name_text = " ".join(name_text.split())
    if body is None and not name_text:
        raise DomainError("register_party_named", _("请选机构，或写明名称。"), "name_text")
    party = RegisterParty(
        organization_id=entry.organization_id,
        entry=entry,
        role=role,
        body=body,
        name_text=name_text,
        as_of_title=" ".join(as_of_title.split()),
        source=" ".join(source.split()),
        published_at=entry.published_at,
        created_by=by,
    )
    party.save(force_insert=True)
    audit.record("register_party.add", by=by, on=entry)
    return party


@command
def party_remove(*, party: RegisterParty, by: User) -> None:
    """Take somebody out of an entry."""
    require(can_keep_entry, by, party.entry)
    audit.record("register_party.remove", by=by, on=party.entry)
    party.delete()


@command
def link_add(
    *,
    entry: RegisterEntry,
    other: RegisterEntry | None = None,
    department: Department | None = None,
    survey: Survey | None = None,
    project: Project | None = None,
    note: str = "",
    by: User,
) -> RegisterLink:
    """Tie an entry with another, a department, a study or a project of the house; both ends show it.

    Raises:
        DomainError: `register_link_to_one`, `register_link_once`, `register_link_not_itself` on `other`.
    """
    require(can_keep_entry, by, entry)
    entry = _locked(entry)
    if sum(one is not None for one in (other, department, survey, project)) != 1:
        raise DomainError("register_link_to_one", _("请选择一个关联对象。"), "other")
    if other is not None and other.pk == entry.pk:
        raise DomainError("register_link_not_itself", _("不能关联到自己。"), "other")
    link = RegisterLink(
        organization_id=entry.organization_id,
        entry=entry,
        other=other,
        department=department,
        survey=survey,
        project=project,
        note=" ".join(note.split()),
        # A tie to work of the house is the house's own, whoever reads the entry.
        published_at=entry.published_at if other is not None else None,
        created_by=by,
    )
    link.save(force_insert=True)
    audit.record("register_link.add", by=by, on=entry)
    return link


@command
def link_remove(*, link: RegisterLink, by: User) -> None:
    """Untie."""
    require(can_keep_entry, by, link.entry)
    audit.record("register_link.remove", by=by, on=link.entry)
    link.delete()


# ── checklists ───────────────────────────────────────────────────────────────


@command
def checklist_answer(
    *,
    entry: RegisterEntry,
    item_code: str,
    department: Department,
    standing: str,
    evidence: str = "",
    answered_on: dt.date | None = None,
    by: User,
) -> ChecklistAnswer:
    """What a department says of one point, on a day; the same day's answer is written over.

    Raises:
        DomainError: `checklist.item`, `checklist.department`, `checklist_answer_met_has_evidence` on `evidence`.
    """
    require(can_answer_checklist, by, entry)
    points = {one["code"] for one in entry.details.get("checklist", ())}
    if item_code not in points:
        raise DomainError("checklist.item", _("清单里没有这一条。"), "item_code")
    if department.organization_id != by.house_id:
        raise DomainError("checklist.department", _("请选择本院的部门。"), "department")
    answered_on = answered_on or timezone.localdate()
    if answered_on > timezone.localdate():
        raise DomainError("checklist.future", _("不能晚于今天。"), "answered_on")
    evidence = evidence.strip()
    if standing != "not_met" and not evidence:
        raise DomainError(
            "checklist_answer_met_has_evidence",
            _("请写依据：制度、记录或文件的名称和日期。"),
            "evidence",
        )
    row, _made = ChecklistAnswer.objects.update_or_create(
        organization_id=by.house_id,
        entry=entry,
        department=department,
        item_code=item_code,
        answered_on=answered_on,
        defaults={"standing": standing, "evidence": evidence},
        create_defaults={"standing": standing, "evidence": evidence, "created_by": by},
    )
    audit.record("checklist.say", by=by, on=row, standing=standing)
    return row


def latest_answers(
    *, entry: RegisterEntry, department: Department, by: User
) -> dict[str, ChecklistAnswer]:
    """Point -> the department's newest answer."""
    rows = ChecklistAnswer.objects.visible_to(by).filter(entry=entry, department=department)
    found: dict[str, ChecklistAnswer] = {}
    for one in rows.select_related("created_by").order_by("answered_on", "id"):
        found[one.item_code] = one
    return found


def entries_named(words: str) -> Q:
    """Entries whose name or number holds the words."""
    return Q(title__icontains=words) | Q(number__icontains=words)


def chosen_from(user: User, kind: str) -> QuerySet[RegisterEntry]:
    """Entries of a kind that the person sees, for a select."""
    return RegisterEntry.objects.visible_to(user).filter(kind=kind).order_by("title", "id")
