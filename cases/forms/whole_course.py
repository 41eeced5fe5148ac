"""Days of the whole course, and who goes on after discharge."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, WideDate
from cases.models.service_codes import MilestoneKind
from departments.forms.stations import StationField
from msw_portal.kernel.forms import CommandForm


class MilestoneForm(CommandForm):
    """One place of the course: planned, or when it came about."""

    kind = OneOf(label=_("节点"), choices=MilestoneKind.choices, widget=forms.RadioSelect)
    planned_on = WideDate(label=_("计划日期"), required=False)
    actual_on = WideDate(label=_("实际日期"), required=False, not_future=True)
    note = Line(label=_("说明"), required=False, max_length=120)


class TakeOverForm(CommandForm):
    """Who goes on with the person outside."""

    taken_over_by = StationField(label=_("社工站 / 服务点"), required=False)
    taken_over_text = Line(label=_("其他承接机构"), required=False, max_length=120)
    taken_over_on = WideDate(label=_("承接日期"), not_future=True)

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["taken_over_by"].user = user
