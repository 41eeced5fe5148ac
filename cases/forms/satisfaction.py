"""How satisfied somebody is, said on the own phone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import OneOf, Story

MARKS = (
    ("5", _("5 很满意")),
    ("4", _("4 满意")),
    ("3", _("3 一般")),
    ("2", _("2 不太满意")),
    ("1", _("1 很不满意")),
)


class MarkForm(forms.Form):
    """One to five, and some words if one likes."""

    mark = OneOf(label=_("满意度"), choices=MARKS, widget=forms.RadioSelect)
    words = Story(
        label=_("想说的话"),
        max_length=300,
        rows=3,
        required=False,
        help_text=_("请不要写姓名和病情"),
    )

    def clean_mark(self) -> int:
        return int(self.cleaned_data["mark"])
