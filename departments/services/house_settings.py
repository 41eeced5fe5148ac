"""Settings of one house that its administrators keep in the portal, as rows."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import OrganizationSetting
from departments.models.people import User
from departments.permissions import can_keep_house_settings
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

MAIL_TO = "administration.mail_to"
MOST_ADDRESSES = 10


def setting_read(organization_id: int, key: str, default: Any = None) -> Any:
    """The value of a key, in a scope of the house."""
    row = OrganizationSetting.objects.filter(organization_id=organization_id, key=key).first()
    return row.value if row else default


def setting_write(*, key: str, value: Any, by: User) -> None:
    """Put a value under a key of the person's house; the caller has required and records it."""
    row, _is_new = OrganizationSetting.objects.get_or_create(
        organization_id=by.house_id, key=key, defaults={"created_by": by}
    )
    row.value = value
    row.save(update_fields=["value"])


@command
def mail_to_set(*, mail_to: str, by: User) -> list[str]:
    """Who of this house is mailed about alarms, idle accounts and what failed; the addresses.

    Raises:
        DomainError: `setting.address` on `mail_to` naming the one that is none; `setting.too_many`.
    """
    require(can_keep_house_settings, by, None)
    addresses = list(dict.fromkeys(mail_to.replace(",", " ").replace("，", " ").split()))
    if len(addresses) > MOST_ADDRESSES:
        raise DomainError(
            "setting.too_many", _("最多 %(n)s 个邮箱。") % {"n": MOST_ADDRESSES}, "mail_to"
        )
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError as error:
            raise DomainError(
                "setting.address", _("“%(address)s”不是邮箱。") % {"address": address}, "mail_to"
            ) from error
    setting_write(key=MAIL_TO, value={"addresses": addresses}, by=by)
    audit.record("setting.change", by=by, key=MAIL_TO, count=len(addresses))
    return addresses


def mail_addresses(organization_id: int) -> list[str]:
    """Whom this house wants to be mailed, in a scope of it."""
    return list((setting_read(organization_id, MAIL_TO) or {}).get("addresses", ()))
