"""What every page head needs, found only when a template asks: fragments and error pages cost nothing."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from departments.areas import FOUNDATION, areas_of
from departments.models.people import Role, User
from departments.nav_groups import grouped
from departments.permissions import can_subscribe_calendar
from departments.services.desk import COUNT_CAP, Badges, address, badges
from departments.services.history import role_label
from departments.services.signing_in import CHOICES
from msw_portal.kernel.addresses import address_of
from msw_portal.kernel.scope import CARE_ROLES


def page(request: HttpRequest) -> dict[str, Any]:
    """The variables of base.html and base_gate.html; see docs/components.md."""
    user: User | None = getattr(request, "user", None)
    known: dict[str, Any] = {
        "is_demo": settings.EMBEDDED,
        "sign_in_url": settings.LOGIN_ADDRESS,
    }
    if user is None or not user.is_authenticated:
        return known
    known |= {
        "is_demo": settings.EMBEDDED or user.is_demo,
        "sign_out_url": address("account_logout"),
        "account": SimpleLazyObject(lambda: _account(user)),
    }
    if user.acting is None:
        return known
    known["is_training"] = user.acting.is_training
    if user.acting.glass_until is not None:
        known["glass"] = _glass(user.acting.glass_until)
    # A list page has asked for them already, for its saved views.
    counts: Badges = SimpleLazyObject(lambda: request.__dict__.get("badges") or badges(user))
    return known | {
        "nav": SimpleLazyObject(lambda: _nav(request, user, counts)),
        "active": SimpleLazyObject(lambda: _active(request, user)),
        "search_url": address_of("departments:search"),
        "suggest_url": address_of("departments:suggest"),
        "search_hint": _search_hint(user),
        "notifications_url": address_of("departments:notifications"),
        "unread_count": SimpleLazyObject(lambda: counts.unread),
    }


def _search_hint(user: User) -> Any:
    """What this role can look for, in the empty search box."""
    if user.role in CARE_ROLES:
        return _("姓名、拼音、床号、住院号、编号、机构")
    if user.role == Role.VOLUNTEER_COORDINATOR:
        return _("志愿者姓名、拼音、手机号，机构")
    return _("申请编号、机构") if user.role in FOUNDATION else _("机构名称")


def _nav(request: HttpRequest, user: User, counts: Badges) -> list[dict[str, Any]]:
    shown = [item | _count(item["name"], counts) for item in areas_of(user.role)]
    nearest = 0
    here: dict[str, Any] = {}
    for item in shown:
        for path in [item["path"]] if isinstance(item["path"], str) else item["path"]:
            if request.path.startswith(path) and len(path) > nearest:
                nearest, here = len(path), item
    here["current"] = True
    return grouped(shown, request.COOKIES)


def _count(name: str, counts: Badges) -> dict[str, Any]:
    if name == "cases:referrals" and counts.referrals:
        number = _capped(counts.referrals)
        return {
            "count_text": _("%(n)s 待接") % {"n": number},
            "is_urgent": counts.referrals_late > 0,
        }
    if name in {"donations:board", "donations:requests"} and counts.funding:
        return {"count": _capped(counts.funding)}
    return {}


def _capped(number: int) -> str:
    return str(number) if number < COUNT_CAP else f"{COUNT_CAP}+"


def _glass(until: dt.datetime) -> dict[str, Any]:
    """The bar of a case that stands open by break-glass."""
    left = max(0, int((until - timezone.now()).total_seconds() // 60))
    return {
        "until": until,
        "minutes": left,
        "url": address("cases:break_glass"),
        "end_url": address("cases:break_glass_close"),
    }


def _active(request: HttpRequest, user: User) -> dict[str, Any]:
    acting = user.acting
    mine = str(acting.membership_uid)
    return {
        "organization": acting.organization_short,
        "department": acting.department_name,
        "role": role_label(acting.role),
        "switch_url": address_of("departments:choose_role"),
        "choices": [
            {**choice, "role": role_label(choice["role"]), "current": choice["value"] == mine}
            for choice in request.session.get(CHOICES, [])
        ],
    }


def _account(user: User) -> dict[str, Any]:
    links = [
        {
            "label": _("选择机构与角色"),
            "url": address_of("departments:choose_role"),
            "icon": "swap",
        },
        {
            "label": _("身份验证器"),
            "url": address_of("departments:second_factor"),
            "icon": "shield",
        },
        *(
            [
                {
                    "label": _("日历订阅"),
                    "url": address_of("departments:calendar"),
                    "icon": "calendar",
                }
            ]
            if can_subscribe_calendar(user, None)
            else []
        ),
        {"label": _("修改密码"), "url": address_of("departments:password"), "icon": "key"},
    ]
    if user.role in FOUNDATION | {Role.SECADMIN}:
        links.append({"label": _("接口文档"), "url": address("api_docs"), "icon": "book"})
    return {"name": user.display_name, "initial": user.display_name[:1], "links": links}
