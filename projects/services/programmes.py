"""A programme with sites: what it says of itself, and what its sites did, published as figures."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import Project, ProjectEvent
from projects.models.incubation import ProgrammeProfile
from projects.permissions.cultivation import can_keep_programme

ROLES = {
    "initiator": pgettext_lazy("party role", "发起"),
    "guide": pgettext_lazy("party role", "指导"),
    "sponsor": pgettext_lazy("party role", "支持"),
    "partner": pgettext_lazy("party role", "合作"),
}
RESULTS = 5  # how many results of a site are told


@command
def profile_write(
    *,
    project: Project,
    name: str,
    summary: str,
    begun_on: dt.date,
    begun_precision: str,
    ended_on: dt.date | None,
    themes: Sequence[str],
    services: Sequence[str],
    parties: Sequence[Mapping[str, str]],
    versions: Sequence[Mapping[str, str]],
    base: int | None = None,
    by: User,
) -> ProgrammeProfile:
    """Write what the programme says of itself; where sources differ, each version stands with its source.

    Raises:
        DomainError: `form.stale` (409), `programme.version_needs_source` on `versions`,
            `programme_profile_in_order` on `ended_on`.
    """
    require(can_keep_programme, by, project)
    if any(not (one.get("about") and one.get("text") and one.get("source")) for one in versions):
        raise DomainError(
            "programme.version_needs_source",
            _("每种说法都要写明：哪一项、怎么说、出处。"),
            "versions",
        )
    if any(one.get("role") not in ROLES or not one.get("name") for one in parties):
        raise DomainError(
            "programme.party_needs_role", _("每一方都要写明：角色、名称。"), "parties"
        )
    row = ProgrammeProfile.objects.locked().filter(project=project).first()
    if row is not None:
        check_base(base, row.row_version)
    row = row or ProgrammeProfile(
        organization_id=project.counterparty_id, project=project, created_by=by
    )
    row.name, row.summary = name, summary
    row.begun_on, row.begun_precision, row.ended_on = begun_on, begun_precision, ended_on
    row.themes, row.services = list(themes), list(services)
    row.parties, row.versions = list(parties), list(versions)
    row.save()
    audit.record("programme.write", by=by, on=project)
    return row


@command
def profile_publish(*, project: Project, by: User) -> ProgrammeProfile:
    """Publish it with what each site has done up to now; publishing again brings the figures up to date.

    Raises:
        DomainError: `programme.nothing_written` (409).
    """
    require(can_keep_programme, by, project)
    row = ProgrammeProfile.objects.locked().filter(project=project).first()
    if row is None:
        raise DomainError("programme.nothing_written", _("请先填写计划介绍。"), status=409)
    row.sites, row.published_at = sites_of(project), timezone.now()
    row.save(update_fields=["sites", "published_at"])
    audit.record("programme.publish", by=by, on=project, sites=len(row.sites))
    return row


def sites_of(project: Project) -> list[dict[str, Any]]:
    """Each site with the figures and newest results of what was done there; in the keeper's scope."""
    done = Q(events__done_on__isnull=False, events__kind=ProjectEvent.Kind.ACTIVITY)
    rows = (
        Project.objects.filter(parent=project, counterparty_id=project.counterparty_id)
        .annotate(
            event_count=Count("events", filter=done),
            persons=Sum("events__participants", filter=done, default=0),
        )
        .order_by("starts_on", "id")
    )
    sites = list(rows)
    results: dict[int, list[dict[str, Any]]] = {one.pk: [] for one in sites}
    events = ProjectEvent.objects.filter(
        project__in=sites, kind=ProjectEvent.Kind.ACTIVITY, done_on__isnull=False
    ).order_by("-done_on", "-id")
    volunteers = dict.fromkeys(results, 0)
    for event in events:
        volunteers[event.project_id] += int(event.detail.get("volunteers") or 0)
        if len(results[event.project_id]) < RESULTS:
            results[event.project_id].append(
                {
                    "on": event.done_on.isoformat(),
                    "title": event.title,
                    "service": event.detail.get("service", ""),
                    "result": event.detail.get("note", ""),
                }
            )
    return [
        {
            "name": one.unit_name,
            "is_flagship": bool(one.replication.get("is_flagship")),
            "since": one.starts_on.isoformat() if one.starts_on else "",
            "events": one.event_count,
            "participants": one.persons,
            "volunteers": volunteers[one.pk],
            "results": results[one.pk],
        }
        for one in sites
    ]
