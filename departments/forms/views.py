"""Keeping the conditions of a list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.services.saved_views import LONGEST_NAME, LONGEST_QUERY
from msw_portal.kernel.forms import CommandForm


class SaveViewForm(CommandForm):
    name = forms.CharField(label=_("视图名称"), max_length=LONGEST_NAME, required=False)
    list = forms.CharField(max_length=20, widget=forms.HiddenInput)
    query = forms.CharField(max_length=LONGEST_QUERY * 2, widget=forms.HiddenInput, required=False)
