"""The list of accounts as a file: what is of level 4 masked, or in clear with a reason."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.people import Membership, User
from departments.permissions import can_view_staff
from departments.services.export_columns import Column
from departments.services.export_limits import export_count
from departments.services.exporting import (
    CHUNK,
    Exported,
    cells,
    export_check,
    export_note,
    table_made,
    taken,
)
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.data_classes import Level

PERSON = (
    Column(_("登录名"), User, "username"),
    Column(_("姓名"), User, "display_name"),
    Column(_("邮箱"), User, "email"),
    Column(_("电话"), User, "phone"),
    Column(
        _("最近登录"),
        User,
        "last_seen_at",
        lambda user: (
            f"{timezone.localtime(user.last_seen_at):%Y-%m-%d}" if user.last_seen_at else ""
        ),
    ),
)
ROLE = (
    Column(_("角色"), Membership, "role", lambda row: row.get_role_display()),
    Column(
        _("部门"),
        Membership,
        "department",
        lambda row: row.department.name if row.department else "",
    ),
    Column(_("起"), Membership, "valid", lambda row: row.valid.lower),
)


@command
def accounts_export(
    *, suffix: str, in_clear: bool, reason: str, key: str = "", by: User
) -> Exported:
    """Every account and role in force of the house.

    Raises:
        DomainError: as exporting.export_check, on `reason`; as export_count and taken.
    """
    require(can_view_staff, by, None)
    columns = (*PERSON, *ROLE)
    level, why = export_check(columns, in_clear=in_clear, reason=reason, by=by)
    export_count(in_clear=level >= Level.PERSON, by=by)
    held = Membership.objects.visible_to(by).active(timezone.localdate())
    rows = held.filter(user__is_service=False).select_related("user", "department")
    count = 0

    def lines() -> Iterator[list[str]]:
        nonlocal count
        for row in rows.order_by("user__username", "role").iterator(chunk_size=CHUNK):
            count += 1
            yield cells(PERSON, row.user, in_clear=in_clear) + cells(ROLE, row, in_clear=in_clear)

    file = table_made(suffix, columns, lines())
    export_note(
        kind="accounts",
        suffix=suffix,
        columns=columns,
        count=count,
        level=level,
        reason=why,
        by=by,
    )
    return taken(file, suffix, kind="accounts", level=level, key=key)
