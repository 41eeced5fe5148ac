"""What the search box finds of policies, events and the other registers, and of projects."""

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from departments.models.people import User
from departments.services.search_box import Group, Hit
from projects.models.cultivation import Project
from projects.models.registers import RegisterEntry
from projects.services.register_entries import entries_named

SHORTEST = 2


def entries_found(text: str, limit: int, by: User) -> list[Group]:
    """Entries of every register that the person sees, by name or number, the newest first."""
    words = text.strip()
    if len(words) < SHORTEST:
        return []
    rows = RegisterEntry.objects.visible_to(by).filter(entries_named(words))
    found = list(rows.select_related("region").order_by("-id")[: limit + 1])
    hits = [
        Hit(
            title=one.title,
            url=reverse("registers:entry", args=[one.uid]),
            note=" · ".join(filter(None, [one.number, one.region.name if one.region else ""])),
            state=str(one.get_kind_display()),
        )
        for one in found
    ]
    return [Group("registers", _("登记册"), "book", hits[:limit], len(hits) > limit)]


def projects_found(text: str, limit: int, by: User) -> list[Group]:
    """Projects that the person sees, by title, unit or number, the newest first."""
    words = text.strip()
    if len(words) < SHORTEST:
        return []
    named = Q(title__icontains=words) | Q(unit_name__icontains=words) | Q(number__icontains=words)
    found = list(Project.objects.visible_to(by).filter(named).order_by("-id")[: limit + 1])
    hits = [
        Hit(
            title=one.title,
            url=_page(one),
            note=" · ".join(filter(None, [one.number, one.unit_name])),
            state=str(one.get_state_display()),
        )
        for one in found
    ]
    return [Group("projects", _("项目"), "seed", hits[:limit], len(hits) > limit)]


def _page(project: Project) -> str:
    """The project's own page, or the map on which it stands."""
    try:
        return reverse("projects:project", args=[project.uid])
    except NoReverseMatch:
        return reverse("registers:coverage")
