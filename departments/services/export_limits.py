"""What bounds taking data out: how often a person may in a day, and the password over what tells who is who."""

import secrets

from django.core import signing
from django.utils.translation import gettext_lazy as _

from departments.models.people import User
from departments.services import rate
from departments.services.policies import export_rule
from msw_portal.kernel.errors import DomainError

HOUR = 3600
# Without letters and digits that are taken for one another when they are read aloud.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, OF = 4, 4
SALT = "export-password"


def export_count(*, in_clear: bool, by: User) -> None:
    """Count one file of today against the limits of the rule `export_limit`.

    Raises:
        DomainError: `export.limit` (429) when the day's files, or those in clear, are used up.
    """
    rule = export_rule()
    limits = [("file", rule.per_day)] + ([("clear", rule.in_clear_per_day)] if in_clear else [])
    for name, limit in limits:
        # In the running transaction: what is refused later has taken nothing out.
        if not rate.hit_today(f"export:{name}:{by.pk}", limit=limit):
            raise DomainError(
                "export.limit",
                _("今天已导出 %(n)s 份，到了每人每天的上限。请明天再导出，或请系统管理员调整规则。")
                % {"n": limit},
                status=429,
            )


def password_offered() -> tuple[str, str]:
    """A fresh password and the signed form in which the page sends it back; it is kept nowhere."""
    password = "-".join(
        "".join(secrets.choice(LETTERS) for _letter in range(OF)) for _group in range(GROUPS)
    )
    return password, signing.dumps(password, salt=SALT)


def password_of(token: str) -> str:
    """The password that a page of the last hour has shown; "" for anything else."""
    try:
        return str(signing.loads(token, salt=SALT, max_age=HOUR))
    except signing.BadSignature:
        return ""
