"""Which clinician reads what of a case, and until when."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import SomeOf, WideDate
from cases.models.codes import ShareItem, TeamItem
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm

USUAL_DAYS = 14


class _Person(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.display_name


class ShareForm(CommandForm):
    """Only what the consent names is offered."""

    clinician = _Person(
        User.objects.none(),
        label=_("共享给哪位医护"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列出的人员中选择。"),
            "required": _("请选择一位医护。"),
        },
    )
    items = SomeOf(label=_("可以看到的内容"), choices=[], help_text=_("只列出同意书写明的内容"))
    until = WideDate(label=_("到哪天为止"), not_past=True)

    def __init__(self, *args: Any, people, items: Iterable[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        words = {**dict(ShareItem.choices), **dict(TeamItem.choices)}
        self.fields["clinician"].queryset = people
        self.fields["items"].choices = [(code, words[code]) for code in items if code in words]
        self.fields["until"].initial = timezone.localdate() + dt.timedelta(days=USUAL_DAYS)
