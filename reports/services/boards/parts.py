"""Which parts, key figures and charts each kind of reader has."""

from django.utils.translation import gettext_lazy as _

from reports.services.boards import casework, money, team, wards
from reports.services.boards.facts import Part

KEYS = {**casework.KEYS, **wards.KEYS, **team.KEYS, **money.KEYS}
PLOTS = {**casework.PLOTS, **wards.PLOTS, **team.PLOTS, **money.PLOTS}
ALL = "all"


def _part(code: str, title, keys: str, plots: str) -> Part:
    return Part(
        code,
        title,
        tuple(KEYS[name] for name in keys.split()),
        tuple(PLOTS[name] for name in plots.split()),
    )


def _with_all(*parts: Part) -> dict[str, Part]:
    """The parts, and all of them on one page, as one prints them."""
    whole = Part(
        ALL,
        _("全部"),
        tuple(dict.fromkeys(key for part in parts for key in part.keys)),
        tuple(dict.fromkeys(plot for part in parts for plot in part.plots)),
    )
    return {part.code: part for part in (*parts, whole)}


HOSPITAL = _with_all(
    _part(
        "overview",
        _("总览"),
        "open new contacts response goals paid",
        "flow stages sources needs",
    ),
    _part(
        "service",
        _("服务与成效"),
        "contacts sessions attendance activities goals response",
        "contacts modes response goals endings scales groups activities",
    ),
    _part(
        "wards",
        _("转介与病区"),
        "received waiting converted new",
        "ward-referrals outcomes ward-converted profession-converted wards diseases",
    ),
    _part("aid", _("救助"), "asked approved paid gap", "aid aid-states gap"),
    _part(
        "team",
        _("队伍与项目"),
        "open contacts hours",
        "load worker-contacts volunteers staff projects",
    ),
)
OWN = {
    "own": _part(
        "own",
        _("我的工作"),
        "open new closed response contacts goals",
        "flow stages contacts modes needs sources response goals",
    )
}
FOUNDATION = _with_all(
    _part("aid", _("救助"), "asked approved paid gap", "aid aid-states gap"),
    _part("gifts", _("捐赠"), "gifts paid", "gifts channels"),
)
# The figures that are also kept by ward, worker and disease; another one would be the unfiltered number.
FILTERED = frozenset(
    {
        *("case_open", "case_pending", "case_new", "case_ended", "case_closed"),
        *("goal_rate", "response_hours"),
        *("need_found", "contact_done", "scale", "scale_after"),
        *("aid_asked", "aid_approved", "aid_paid", "aid_gap", "aid_open"),
    }
)
HOSPITAL_ROLES = frozenset({"dept_head", "supervisor", "office"})
FOUNDATION_ROLES = frozenset({"foundation_officer", "foundation_approver", "foundation_cashier"})


def parts_of(role: str) -> dict[str, Part]:
    """The parts of the dashboard of a role; the first is where it opens."""
    if role in FOUNDATION_ROLES:
        return FOUNDATION
    return OWN if role == "worker" else HOSPITAL
