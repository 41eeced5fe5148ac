"""Forms of the incubation base and of programmes with sites."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cases.forms.fields import Line, OneOf, Story, WideDate, choices_of
from departments.models.place_codes import Precision
from msw_portal.kernel.money import AmountField
from projects.forms.cultivation import LaidOutForm
from projects.services.incubation import RESULTS, STAGES
from projects.services.kits import lines_of
from projects.services.programmes import ROLES


class AssessForm(LaidOutForm):
    layout = (("on", "stage", "result"),)
    on = WideDate(label=_("评估日期"), not_future=True)
    stage = OneOf(label=_("成长阶段"), choices=choices_of(STAGES.items()))
    result = OneOf(label=_("评估结果"), choices=choices_of(RESULTS.items()))
    note = Story(label=_("评估意见"), rows=4, max_length=1000)


class ContractForm(LaidOutForm):
    layout = (("number", "amount"), ("signed_on",), ("starts_on", "ends_on"))
    number = Line(label=_("合同编号"), max_length=60)
    amount = AmountField(label=_("合同金额"), help_text="")
    signed_on = WideDate(label=_("签订日期"), not_future=True)
    starts_on = WideDate(label=_("服务期开始"))
    ends_on = WideDate(label=_("服务期结束"))


class PaymentForm(LaidOutForm):
    layout = (("title",), ("amount", "due_on"))
    title = Line(label=_("付款条件"), max_length=120, help_text=_("如 首付款、中期验收后"))
    amount = AmountField(label=_("金额"), help_text="")
    due_on = WideDate(label=_("应付日期"))


class NeedsForm(LaidOutForm):
    """Which finished quarter is given to the bank."""

    quarter = OneOf(label=_("季度"))

    def __init__(self, *args: Any, quarters: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = choices_of(quarters)


class ProfileForm(LaidOutForm):
    """What a programme says of itself; lists are written one entry a line, parts divided by ｜ or |."""

    layout = (("name",), ("begun_on", "begun_precision", "ended_on"))
    name = Line(label=_("计划名称"), max_length=80)
    begun_on = WideDate(label=_("启动日期"))
    begun_precision = OneOf(label=_("启动日期精确到"), choices=Precision.choices)
    ended_on = WideDate(label=_("结束日期"), required=False)
    summary = Story(label=_("简介"), rows=3, max_length=1000, required=False)
    themes = Story(label=_("主题"), rows=3, max_length=400, help_text=_("每行一个"), required=False)
    services = Story(
        label=_("服务"), rows=4, max_length=400, help_text=_("每行一项"), required=False
    )
    parties = Story(
        label=_("各方"),
        rows=4,
        max_length=2000,
        required=False,
        help_text=_("每行一方：角色｜名称｜出处；角色写 发起、指导、支持 或 合作"),
    )
    versions = Story(
        label=_("来源不一致之处"),
        rows=4,
        max_length=2000,
        required=False,
        help_text=_("每行一种说法：哪一项｜怎么说｜出处；几种说法都保留"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("themes", "services"):
            cleaned[name] = lines_of(cleaned.get(name) or "")
        cleaned["parties"] = self._parts("parties", ("role", "name", "source"), 2)
        cleaned["versions"] = self._parts("versions", ("about", "text", "source"), 3)
        codes = {str(label).casefold(): code for code, label in ROLES.items()}
        with override("zh-hans"):
            codes |= {str(label): code for code, label in ROLES.items()}
        for one in cleaned["parties"]:
            if one["role"].casefold() not in codes:
                self.add_error("parties", _("角色请写 发起、指导、支持 或 合作。"))
                break
            one["role"] = codes[one["role"].casefold()]
        return cleaned

    def _parts(self, field: str, names: tuple[str, ...], least: int) -> list[dict[str, str]]:
        rows = []
        for line in lines_of(self.cleaned_data.get(field) or ""):
            parts = [part.strip() for part in line.replace("｜", "|").split("|")]
            if len([part for part in parts if part]) < least or len(parts) > len(names):
                self.add_error(
                    field, forms.ValidationError(_("这一行没有写全：%(line)s") % {"line": line})
                )
                return []
            rows.append(dict(zip(names, [*parts, "", ""], strict=False)))
        return rows


def profile_initial(row: Any) -> dict[str, Any]:
    """A profile as the form shows it."""
    if row is None:
        return {"begun_precision": Precision.DAY}

    def lines(items: Any, names: tuple[str, ...]) -> str:
        return "\n".join("｜".join(str(one.get(n, "")) for n in names) for one in items)

    parties = [{**one, "role": str(ROLES.get(one["role"], one["role"]))} for one in row.parties]
    return {
        "name": row.name,
        "summary": row.summary,
        "begun_on": row.begun_on,
        "begun_precision": row.begun_precision,
        "ended_on": row.ended_on,
        "themes": "\n".join(row.themes),
        "services": "\n".join(row.services),
        "parties": lines(parties, ("role", "name", "source")),
        "versions": lines(row.versions, ("about", "text", "source")),
    }
