"""What is typed about the addresses of webhooks."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.models.webhooks import WebhookEndpoint
from donations.services.webhook_topics import CHOICES, GROUPS, MESSAGE
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.outgoing import LONGEST_URL

# What the page offers; finer ones are asked for over the API, and stay when the page saves.
OFFERED = (*GROUPS, "funding_request.submitted", MESSAGE)


class EndpointForm(CommandForm):
    name = forms.CharField(
        label=_("用途"), max_length=60, help_text=_("哪个系统在收，如“捐助管理系统”")
    )
    url = forms.CharField(
        label=_("地址"),
        max_length=LONGEST_URL,
        help_text=_("互联网上的 https 地址，如 https://hooks.example.org/msw"),
    )
    topics = forms.MultipleChoiceField(
        label=_("推送哪些事件"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只推送编号、状态和时间，不含任何个人信息"),
        error_messages={"required": _("请至少选一种事件。")},
    )

    def __init__(self, *args: Any, endpoint: WebhookEndpoint | None = None, **kwargs: Any):
        if endpoint is not None:
            own = {"name": endpoint.name, "url": endpoint.url, "topics": endpoint.topics}
            kwargs.setdefault("initial", own)
        super().__init__(*args, **kwargs)
        finer = [one for one in (endpoint.topics if endpoint else ()) if one not in OFFERED]
        self.fields["topics"].choices = [(one, CHOICES[one]) for one in (*OFFERED, *finer)]


class ReplayForm(CommandForm):
    since = forms.DateField(label=_("从哪天起"), help_text=_("补发这天以来没有送达的事件"))

    def clean_since(self) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.cleaned_data["since"], dt.time()))
