"""What the builder asks for: indicators, dimensions, months, one filter, a chart."""

import calendar
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.forms import CommandForm
from reports.forms import CHOOSE, PeriodField, value_follows
from reports.indicators.definition import Indicator
from reports.indicators.library import GROUPS
from reports.services.built import Built, Wish, built_make, dim_label, wish_of
from reports.services.figures import months_back
from reports.services.indicator_tables import dims_for, readable
from reports.services.indicator_words import DIMS, UNSAID, value_code

OFFERED = 24
NONE = ("", _("不选"))
CODES = ("code", "code2", "code3")


class BuildForm(forms.Form):
    """A table of up to three indicators; `made` answers it, or None with the reason beside a field."""

    code = forms.ChoiceField(label=_("指标"), error_messages={"required": _("请选择指标。")})
    code2 = forms.ChoiceField(label=_("第二个指标"), required=False)
    code3 = forms.ChoiceField(label=_("第三个指标"), required=False)
    by = forms.ChoiceField(label=_("按什么分行"), required=False)
    by2 = forms.ChoiceField(label=_("再按什么细分"), required=False)
    first = forms.ChoiceField(label=_("从"), required=False)
    last = forms.ChoiceField(label=_("到"), required=False)
    where = forms.ChoiceField(label=_("只看"), required=False)
    value = forms.CharField(label=_("等于"), max_length=60, required=False)
    chart = forms.ChoiceField(
        label=_("图"),
        required=False,
        choices=[NONE, ("bar", _("条形图")), ("line", _("折线图")), ("stacked", _("堆叠图"))],
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.reader = by
        known = {one.code: one for one in readable(by)}
        groups = [
            (
                str(group.name),
                [(one.code, str(one.name)) for one in group.indicators if one.code in known],
            )
            for group in GROUPS
        ]
        offered = [group for group in groups if group[1]]
        self.fields["code"].choices = [CHOOSE, *offered]
        self.fields["code2"].choices = self.fields["code3"].choices = [NONE, *offered]
        self._follow_codes()
        named = [(dim, dim_label(dim)) for dim in self._dims(known)]
        self.fields["by"].choices = self.fields["by2"].choices = [NONE, *named]
        self.fields["where"].choices = [NONE, *((dim, name) for dim, name in named if dim in DIMS)]
        self._follow_where()
        months = [f"{month:%Y-%m}" for month in months_back(timezone.localdate(), OFFERED)]
        for name, at in (("first", -6), ("last", -1)):
            self.fields[name].choices = [(month, month) for month in months[::-1]]
            self.fields[name].initial = months[at]

    def _dims(self, known: Mapping[str, Indicator]) -> list[str]:
        """What all chosen indicators can be split by, and what was chosen: why it does not fit is said beside it."""
        told = {name: self.data.get(name, "") for name in (*CODES, "by", "by2", "where")}
        chosen = [known[told[name]] for name in CODES if told[name] in known]
        dims = dict.fromkeys(
            dim for one in chosen or known.values() for dim in dims_for(self.reader, one)
        )
        kept = {told["by"], told["by2"], told["where"]}
        every = [set(dims_for(self.reader, one)) for one in chosen]
        return [dim for dim in dims if dim in kept or all(dim in one for one in every)]

    def _follow_codes(self) -> None:
        """Other indicators, other dimensions: the page asks for their lists again."""
        for name in CODES:
            self.fields[name].widget.attrs |= {
                "hx-get": "",
                "hx-trigger": "change",
                "hx-include": "closest form",
                "hx-params": ",".join((*CODES, "by", "by2", "where")),
                "hx-target": "#id_by",
                "hx-select": "#id_by",
                "hx-select-oob": "#id_by2,#id_where",
                "hx-swap": "outerHTML",
            }

    def _follow_where(self) -> None:
        """A choice where the chosen dimension has a list, a text where it has none; the page asks again when it changes."""
        self.fields["where"].widget.attrs |= {
            "hx-get": "",
            "hx-trigger": "change",
            "hx-params": "where",
            "hx-target": "#id_value",
            "hx-select": "#id_value",
            "hx-swap": "outerHTML",
            "hx-disabled-elt": "#id_value",
        }
        chosen = self.data.get("where") if self.is_bound else self.initial.get("where")
        if (
            value_follows(self, chosen or "", first=_("先选只看什么"), by=self.reader)
            and self.is_bound
        ):
            # An address that was kept may name it in words.
            typed = value_code(chosen, self.data.get("value", ""))
            self.data = {**{name: self.data[name] for name in self.data}, "value": typed}

    @classmethod
    def of_report(cls, report: Any, given: Mapping[str, str], *, by: Any) -> Self:
        """Bound to what was kept, for the months asked for, else the last six."""
        wish, months = wish_of(report.body), months_back(timezone.localdate(), 6)
        codes, dims = [*wish.codes, "", ""], [*wish.dims, "", ""]
        where = next(iter(wish.where.items()), ("", ""))
        where = (where[0], where[1] or UNSAID) if where[0] else where
        return cls(
            {
                **dict(zip(("code", "code2", "code3"), codes, strict=False)),
                **dict(zip(("by", "by2"), dims, strict=False)),
                "where": where[0],
                "value": where[1],
                "chart": wish.chart,
                "first": given.get("first") or f"{months[0]:%Y-%m}",
                "last": given.get("last") or f"{months[-1]:%Y-%m}",
            },
            by=by,
        )

    def made(self) -> Built | None:
        """The table; None when nothing was asked yet or something is wrong, which then stands beside its field."""
        if not self.is_bound or not self.is_valid():
            return None
        try:
            first, last = self._span()
            return built_make(wish=self.wish(), first=first, last=last, by=self.reader)
        except DomainError as refused:
            name = refused.field if refused.field in self.fields else "by"
            self.add_error(name, str(refused))
            return None

    def wish(self) -> Wish:
        """What was chosen."""
        got = self.cleaned_data
        where = {}
        if got["where"]:
            known = got["value"] and value_code(got["where"], got["value"])
            where = {got["where"]: "" if known == UNSAID else known}
        return Wish(
            tuple(got[name] for name in ("code", "code2", "code3") if got[name]),
            tuple(got[name] for name in ("by", "by2") if got[name]),
            where,
            got["chart"],
        )

    def as_query(self) -> dict[str, str]:
        """The wish as KeepForm carries it."""
        return {"wish": json.dumps(self.wish().body)} if self.is_bound and self.is_valid() else {}

    def _span(self) -> tuple[dt.date, dt.date]:
        first, last = (
            dt.date.fromisoformat(f"{self.cleaned_data[name] or self.fields[name].initial}-01")
            for name in ("first", "last")
        )
        if first > last:
            raise DomainError("built.months", _("起始月份晚于结束月份。"), "last")
        return first, last.replace(day=calendar.monthrange(last.year, last.month)[1])


class KeepForm(CommandForm):
    """A name for what stands on the page."""

    title = forms.CharField(
        label=_("名称"), max_length=40, error_messages={"required": _("请给报表起个名称。")}
    )
    is_shared = forms.BooleanField(label=_("本部门都能看"), required=False)
    wish = forms.CharField(widget=forms.HiddenInput)

    def clean_wish(self) -> Wish:
        try:
            return wish_of(json.loads(self.cleaned_data["wish"]))
        except (ValueError, TypeError, AttributeError) as broken:
            raise forms.ValidationError(_("请从列表中选择指标。")) from broken


class ExportForm(CommandForm):
    """The period of the files."""

    period = PeriodField(label=_("期间"), error_messages={"required": _("请选择期间。")})

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["period"].offer(("month", "quarter", "year"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "period" in cleaned:
            cleaned["span"], cleaned["day"] = cleaned.pop("period")
        return cleaned
