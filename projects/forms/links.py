"""Ticking work that counts for a project."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.forms.fields import SomeOf
from msw_portal.kernel.forms import CommandForm


class LinksForm(CommandForm):
    """`choices` are uids of work the person sees, newest first."""

    uids = SomeOf(label=_("可以关联的记录"))

    def __init__(self, *args: Any, choices: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["uids"].choices = choices
