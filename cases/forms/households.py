"""Linking patients of one family, and taking the link away."""

from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, choices_of
from cases.models.codes import Relation
from msw_portal.kernel.forms import CommandForm


class HouseholdForm(CommandForm):
    """The other patient by a number, and what they are to this one."""

    who = Line(
        label=_("对方的住院号、证件号码或个案号"),
        max_length=40,
        help_text=_("只建立关联，不会打开对方的档案"),
    )
    relation = OneOf(
        label=_("对方是这位服务对象的"),
        choices=choices_of([one for one in Relation.choices if one[0] != Relation.SELF]),
    )


class LeaveForm(CommandForm):
    reason = Reason()
