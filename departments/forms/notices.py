"""The form of a person's notices: one line for each group the role meets."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.models.people import User
from departments.services.notice_kinds import Mail, groups_for
from departments.services.notice_settings import TIMES, Choice, choice_of, digest_time
from msw_portal.kernel.forms import CommandForm


class NoticeSettingsForm(CommandForm):
    """`page_<group>` and `mail_<group>` for each group, and the time of the daily mail."""

    digest = forms.ChoiceField(
        label=_("每日摘要的时间"),
        required=False,
        choices=[("", _("不发每日摘要")), *((at, at) for at in TIMES)],
        help_text=_("周末和节假日不发，除非有逾期的事"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.groups = groups_for(user.role)
        self.fields["digest"].initial = digest_time(user.preferences)
        for code, group in self.groups.items():
            chosen = choice_of(user.preferences, code)
            self.fields[f"page_{code}"] = forms.BooleanField(
                label=_("页面"),
                required=False,
                disabled=group.is_always_shown,
                initial=chosen.is_shown,
            )
            self.fields[f"mail_{code}"] = forms.ChoiceField(
                label=_("邮件"), choices=Mail.choices, initial=chosen.mail
            )

    def lines(self) -> list[dict[str, Any]]:
        """The rows of the page's table: the group with its two fields."""
        return [
            {
                "group": group,
                "what": "；".join(str(words) for words in group.kinds.values()),
                "page": self[f"page_{code}"],
                "mail": self[f"mail_{code}"],
            }
            for code, group in self.groups.items()
        ]

    def command(self, service: Callable[..., Any], **given: Any) -> bool:
        """As every form's, with the lines put together to what the service asks for."""
        if not self.is_valid():
            return False
        cleaned = self.cleaned_data
        groups = {
            code: Choice(cleaned[f"page_{code}"], Mail(cleaned[f"mail_{code}"]))
            for code in self.groups
        }
        self.cleaned_data = {"groups": groups, "digest": cleaned["digest"]}
        return super().command(service, **given)
