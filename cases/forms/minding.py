"""Flags of a person, and what a relative is to the person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import OneOf, Reason, Story, WideDate, choices_of
from cases.forms.people import FlagsForm
from cases.models.people import RelatedPerson
from cases.models.service_codes import CareFlagKind
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.validators import PhoneField


class FlagForm(CommandForm):
    """What everybody must mind about this person."""

    kind = OneOf(label=_("种类"), choices=choices_of(CareFlagKind.choices))
    text = Story(
        label=_("要注意什么"),
        rows=3,
        max_length=300,
        help_text=_("本机构的照护岗位都会看到；5 级保密的内容请只写在个案里"),
    )
    related_person = forms.ModelChoiceField(
        RelatedPerson.objects.none(),
        label=_("与谁有关"),
        required=False,
        to_field_name="uid",
        empty_label=_("与某一位家属无关"),
        error_messages={"invalid_choice": _("请从列出的家属中选择。")},
    )
    since = WideDate(label=_("起始日期"), not_future=True)
    review_on = WideDate(
        label=_("复核日期"), required=False, not_past=True, help_text=_("到这一天会提醒您核对")
    )

    def __init__(self, *args: Any, relatives, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["related_person"].queryset = relatives


class FlagResolveForm(CommandForm):
    reason = Reason(label=_("解除理由"))


class RelatedAmendForm(FlagsForm):
    """What a relative is to the person now; all ticks are shown as they stand."""

    phone = PhoneField(label=_("新的联系电话"), required=False, help_text=_("不填则不变"))
    field_order = ("phone", "flags")
