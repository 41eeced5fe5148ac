"""A project asks for money: which programme, its budget and what is still missing."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Story, Yes
from donations.models.programmes import ProgrammeVersion
from donations.services.readiness import DECLARATIONS
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField

ZERO = Decimal(0)


class ProjectChooseForm(CommandForm):
    """Programmes in force that are open to projects."""

    programme_version = forms.ModelChoiceField(
        ProgrammeVersion.objects.none(),
        label=_("资助项目"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("这个项目目前不受理申请。"),
            "required": _("请选择一个资助项目。"),
        },
    )

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["programme_version"].queryset = programmes
        self.fields["programme_version"].label_from_instance = lambda one: (
            f"{one.name}（{one.organization.name}）"
        )


class ProjectRequestForm(CommandForm):
    """The whole budget, what is paid from elsewhere, the sum asked and what it is for."""

    budget = AmountField(label=_("项目总预算"), help_text="")
    other = AmountField(
        label=_("其他资金"),
        least=ZERO,
        required=False,
        help_text=_("主管单位批准的经费、其他捐赠"),
    )
    own = AmountField(label=_("单位自筹"), least=ZERO, required=False, help_text="")
    requested = AmountField(label=_("申请金额"), help_text=_("不超过总预算减去其他资金和自筹"))
    story = Story(
        label=_("资金用途"),
        rows=6,
        max_length=3000,
        help_text=_("用在哪些服务、服务多少人次、什么时候用完；不写服务对象的姓名和病情"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        budget, asked = cleaned.get("budget"), cleaned.get("requested")
        paid = (cleaned.get("other") or ZERO) + (cleaned.get("own") or ZERO)
        if budget is not None and paid > budget:
            self.add_error("other", _("其他资金与自筹合计超过总预算，请核对。"))
        elif budget is not None and asked is not None and asked > budget - paid:
            self.add_error("requested", _("申请金额不能超过资金缺口。"))
        return cleaned


class ProjectSubmitForm(CommandForm):
    """What the unit declares before its request leaves."""

    truthful = Yes(label=DECLARATIONS["truthful"], must=_("请逐项确认申请人声明。"))
    no_related_party = Yes(
        label=_("本单位和项目负责人与捐赠人、基金会工作人员没有利害关系。"),
        must=_("请逐项确认申请人声明。"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        ticked = [name for name in DECLARATIONS if cleaned.pop(name, False)]
        return cleaned | {"declarations": ticked}
