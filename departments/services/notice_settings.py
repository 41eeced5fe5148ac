"""What a person wants to hear of, and where: in the page, at once by mail, in a daily mail, or not at all."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services.notice_kinds import GROUP_OF, GROUPS, Group, Mail
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

KEY = "notices"
# Half hours of a working day: the mail is to be read before the work it speaks of.
TIMES = tuple(
    f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in range(6 * 60, 20 * 60 + 1, 30)
)


@dataclass(frozen=True)
class Choice:
    """Where notices of one group appear."""

    is_shown: bool
    mail: Mail

    @property
    def is_off(self) -> bool:
        return not self.is_shown and self.mail == Mail.NONE


def choice_of(preferences: Mapping[str, Any], code: str) -> Choice:
    """What holds for a group: as chosen, else as the portal comes; some kinds always stand in the page."""
    group: Group = GROUPS[code]
    kept = preferences.get(KEY, {}).get("groups", {}).get(code)
    if kept is None:
        return Choice(True, group.mail)
    mail = kept.get("mail")
    return Choice(
        group.is_always_shown or bool(kept.get("page", True)),
        Mail(mail) if mail in Mail.values else Mail.NONE,
    )


def choice_for(preferences: Mapping[str, Any], kind: str) -> Choice:
    """The same for one kind; a kind without a group stands in the page alone."""
    code = GROUP_OF.get(kind)
    return choice_of(preferences, code) if code else Choice(True, Mail.NONE)


def digest_time(preferences: Mapping[str, Any]) -> str:
    """`HH:MM` of the daily mail, "" when there is none."""
    at = preferences.get(KEY, {}).get("digest", "")
    return at if at in TIMES else ""


def digest_from(preferences: Mapping[str, Any]) -> dt.date | None:
    """The first day of the daily mail: choosing eight o'clock at noon asks for nothing today."""
    kept = preferences.get(KEY, {}).get("digest_from")
    return dt.date.fromisoformat(kept) if kept else None


@command
def notice_settings_save(*, groups: Mapping[str, Choice], digest: str, by: User) -> User:
    """Keep what a person chose; groups that are not named stay as they are.

    Raises:
        DomainError: `notices.unknown`, `notices.always_shown` on its field, `notices.no_time` on `digest`.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not set(groups) <= set(GROUPS) or (digest and digest not in TIMES):
        raise DomainError("notices.unknown", _("请从列表中选择。"))
    for code, choice in groups.items():
        if GROUPS[code].is_always_shown and not choice.is_shown:
            raise DomainError(
                "notices.always_shown", _("这一类通知不能在页面里关闭。"), f"page_{code}"
            )
    if not digest and any(choice.mail == Mail.DIGEST for choice in groups.values()):
        raise DomainError("notices.no_time", _("选了每日摘要的，请选定每天几点发。"), "digest")
    before = user.preferences.get(KEY, {})
    after: dict[str, Any] = {
        "groups": before.get("groups", {})
        | {
            code: {"page": choice.is_shown, "mail": str(choice.mail)}
            for code, choice in groups.items()
        },
        "digest": digest,
    }
    if digest:
        after["digest_from"] = (
            before.get("digest_from") if digest == before.get("digest") else _first_day(digest)
        )
    user.preferences = user.preferences | {KEY: after}
    user.save(update_fields=["preferences"])
    audit.record("notification.set", by=by, on=user, digest=digest, groups=len(groups))
    return user


def _first_day(digest: str) -> str:
    now = timezone.localtime()
    is_past = f"{now:%H:%M}" >= digest
    return (now.date() + dt.timedelta(days=is_past)).isoformat()
