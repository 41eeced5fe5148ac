"""What is looked for in the contacts of a case."""

from django import forms
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.forms import CommandForm


class WordsForm(CommandForm):
    words = forms.CharField(label=_("记录里的词"), max_length=80, required=False)
