"""Saved views: the conditions of a list under a name of one's own."""

from urllib.parse import parse_qsl, urlencode

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.models.saved_views import SavedView
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

# The lists that keep views, with the address each is opened at.
LISTS = {
    "cases": "cases:list",
    "referrals": "cases:referrals",
    "activities": "cases:activities",
    "volunteers": "volunteers:list",
    "requests": "donations:requests",
    "board": "donations:board",
    "dashboard": "reports:dashboard",
}
# Where in the list one is, or what one looked for in this session: not its conditions.
NOT_KEPT = frozenset({"after", "before", "open", "found", "q", "s"})
MOST, LONGEST_NAME, LONGEST_QUERY = 20, 20, 800


def conditions_of(query: str) -> str:
    """A list's query string with its conditions alone."""
    pairs = parse_qsl(query.lstrip("?"), max_num_fields=60)
    return urlencode([(name, value) for name, value in pairs if name not in NOT_KEPT])


@command
def saved_view_keep(*, list: str, name: str, query: str, by: User) -> SavedView:
    """Keep the conditions under a name; the same name is overwritten.

    Raises:
        DomainError: `saved_view.list`, `saved_view.nothing`, `saved_view.too_long`,
            `saved_view.too_many` and `saved_view_has_name` on `name`.
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    if list not in LISTS:
        raise DomainError("saved_view.list", _("没有这样的列表。"), "list")
    if not name:
        raise DomainError("saved_view_has_name", _("请给视图起个名称。"), "name")
    try:
        kept = conditions_of(query)
    except ValueError:
        kept = ""
    if not kept:
        raise DomainError("saved_view.nothing", _("列表上没有条件，先筛选再保存。"), "name")
    if len(kept) > LONGEST_QUERY:
        raise DomainError("saved_view.too_long", _("条件太多，保存不下，请去掉一些。"), "name")
    mine = SavedView.objects.visible_to(by).filter(list=list)
    view = mine.filter(name=name).first()
    if view is None and mine.count() >= MOST:
        raise DomainError(
            "saved_view.too_many", _("一个列表最多保存 20 个视图，请先删除一个。"), "name"
        )
    if view is None:
        view = SavedView(user=by, organization_id=by.house_id, list=list, name=name, created_by=by)
    view.query = kept
    view.save()
    audit.record("saved_view.keep", by=by, on=view, list=list)
    return view


@command
def saved_view_drop(*, view: SavedView, by: User) -> None:
    """Forget a view of one's own."""
    view = SavedView.objects.visible_to(by).select_for_update(no_key=True).get(pk=view.pk)
    audit.record("saved_view.remove", by=by, on=view, list=view.list)
    view.delete()
