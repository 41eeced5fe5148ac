"""Forms of the yearly census: begin a return, its lines, sending, the authority's steps, published values."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.census import (
    FIRST_YEAR,
    LAST_YEAR,
    CensusCategory,
    CensusKind,
    CensusReturn,
    Qualifier,
)
from departments.models.organizations import HospitalGrade, Organization
from departments.services.census.figures import FIGURES
from departments.services.census.lines import COLUMNS, MOST_COUNT, places_of
from departments.services.census.sending import authorities_for
from departments.services.census.shapes import SHAPES, kinds_of
from msw_portal.kernel.forms import CommandForm

CHOOSE = ("", _("请选择"))
MOST_ROWS = 40
_YEAR = {"invalid": _("请填四位数的年份。"), "required": _("请填年度。")}
_DAY = {"invalid": _("请写成 2026-11-23 这样的日期。"), "required": _("请填截止日。")}


class Whole(forms.IntegerField):
    """A count; full-width digits and thousands separators may be typed."""

    default_error_messages = {"invalid": _("请填整数。")}

    def __init__(self, **kwargs: Any):
        super().__init__(min_value=0, max_value=MOST_COUNT, required=False, **kwargs)

    def to_python(self, value: Any) -> int | None:
        typed = unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
        return super().to_python(typed.replace(",", "") if isinstance(typed, str) else typed)


def year_field(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("年度"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages=_YEAR,
        **kwargs,
    )


class BeginForm(CommandForm):
    """Which return, of which year."""

    kind = forms.ChoiceField(label=_("报表"), error_messages={"required": _("请选择报表的种类。")})
    year = year_field()

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kinds = [(kind, CensusKind(kind).label) for kind in kinds_of(user.acting.organization_kind)]
        self.fields["kind"].choices = kinds if len(kinds) == 1 else [CHOOSE, *kinds]
        self.fields["year"].initial = timezone.localdate().year - 1


class LineForm(forms.Form):
    """One line of a return; an untouched row is left out."""

    required_css_class = "required"
    name = forms.CharField(
        label=_("名称"), max_length=120, error_messages={"required": _("请填写名称。")}
    )
    category = forms.ChoiceField(label=_("类别"))
    grade = forms.ChoiceField(
        label=_("医院等级"),
        choices=[("", _("没有等级")), *HospitalGrade.choices],
        required=False,
    )
    place = forms.TypedChoiceField(label=_("所在地区"), coerce=int)
    is_active = forms.BooleanField(label=_("开展医务社工"), required=False)
    workers = Whole(label=_("医务社工人数"), help_text=_("截止日在岗的人数"))
    full_time = Whole(label=_("其中专职"))
    junior = Whole(label=_("助理社会工作师"))
    middle = Whole(label=_("社会工作师"))
    senior = Whole(label=_("高级社会工作师"))
    beds = Whole(label=_("开放床位"))
    area = forms.DecimalField(
        label=_("面积（平方米）"),
        min_value=0,
        max_digits=8,
        decimal_places=1,
        required=False,
        error_messages={"invalid": _("请填数字。")},
    )
    is_counted = forms.BooleanField(
        label=_("计入统计"), required=False, help_text=_("不计入的在备注里写明原因")
    )
    note = forms.CharField(label=_("备注"), max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        kind: str,
        places: list[tuple[int, str]],
        is_standing: bool = False,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.is_standing = is_standing
        shape = SHAPES[kind]
        asked = {"name", "category", "place", "is_counted", "note", *shape.asks}
        for name in set(self.fields) - asked:
            del self.fields[name]
        labels = [(one, CensusCategory(one).label) for one in shape.categories]
        self.fields["category"].choices = labels
        self.fields["place"].choices = places
        for name in shape.needs:
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = _("请填写这一项，没有填 0。")
        for name, value in (
            ("category", shape.categories[0]),
            ("place", places[0][0] if places else None),
            ("is_active", True),
            ("is_counted", True),
        ):
            if name in self.fields:
                self.fields[name].initial = value

    def has_changed(self) -> bool:
        """A line of the draft whose name was emptied is to go, whatever else it says."""
        if self.is_standing and not (self["name"].data or "").strip():
            return False
        return super().has_changed()

    @property
    def counts(self) -> list[forms.BoundField]:
        """The numbers, in the order of the page."""
        names = ("workers", "full_time", "junior", "middle", "senior", "beds", "area")
        return [self[name] for name in names if name in self.fields]


def rows_of(typed: Any) -> list[str]:
    """The rows a posted form or a draft holds, in order; one when it holds none."""
    asked = typed.getlist("row") if hasattr(typed, "getlist") else typed.get("row", [])
    asked = [asked] if isinstance(asked, str) else asked
    rows = [row for row in dict.fromkeys(asked) if row.isascii() and row.isdigit() and len(row) < 4]
    return rows[:MOST_ROWS] or ["0"]


class ReturnForm(CommandForm):
    """A draft: the cut-off day, words, and lines with a hidden `row` each."""

    as_of = forms.DateField(
        label=_("截止日"), help_text=_("人数和机构数按这一天"), error_messages=_DAY
    )
    note = forms.CharField(
        label=_("说明"),
        max_length=300,
        required=False,
        help_text=_("更正时写明改了什么、为什么"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Any = None,
        *args: Any,
        census: CensusReturn,
        part: tuple[int, int] | None = None,
        **kwargs: Any,
    ):
        super().__init__(data, *args, **kwargs)
        self.part, self.first = part, part[0] if part else 0
        self._given = {"kind": census.kind, "places": places_of(census.region_code)}
        typed = data if data is not None else self.initial
        ranks = census.lines.values_list("rank", flat=True) if data is not None else ()
        standing = {str(rank) for rank in ranks}
        self.line_forms = [
            LineForm(
                data,
                prefix=f"line{row}",
                empty_permitted=True,
                use_required_attribute=False,
                initial=self._kept(row),
                is_standing=row in standing,
                **self._given,
            )
            for row in rows_of(typed)
        ]

    def _kept(self, row: str) -> dict[str, Any]:
        found = {
            name: self.initial[f"line{row}-{name}"]
            for name in LineForm.base_fields
            if f"line{row}-{name}" in self.initial
        }
        if found:
            # Of a row that stands, a box that is not ticked is not ticked.
            found = {"is_active": False, "is_counted": False} | found
        return found

    def all_bound(self) -> Iterator[tuple[str, forms.BoundField]]:
        """The lines' fields too, by the number of the line."""
        yield from super().all_bound()
        for number, line in enumerate(self.line_forms, start=self.first + 1):
            for bound in line:
                said = _("第 %(n)s 行：%(label)s") % {"n": number, "label": bound.label}
                yield str(said), bound

    @classmethod
    def united(cls, typed: QueryDict, standing: Mapping[str, Any]) -> QueryDict:
        """Lines somebody else added get rows of their own."""
        whole, mine = typed.copy(), typed.getlist("row")
        for row in standing.get("row", []):
            if row not in mine:
                whole.appendlist("row", row)
        return whole

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for number, row in enumerate(self.line_forms, start=self.first + 1):
            if not row.is_valid():
                raise ValidationError(
                    _("第 %(number)s 行有需要改的地方。") % {"number": number}, code="line"
                )
        cleaned["lines"] = [
            row.cleaned_data for row in self.line_forms if row.cleaned_data.get("name")
        ]
        if self.part is not None:
            cleaned["part"] = self.part
        return cleaned


def standing_values(census: CensusReturn, part: tuple[int, int]) -> dict[str, Any]:
    """A part of a draft as its form shows it."""
    values: dict[str, Any] = {"as_of": census.as_of, "note": census.note, "row": []}
    for line in census.lines.order_by("rank", "id")[slice(*part)]:
        # The row's name goes with the line, so that two windows speak of the same one.
        row = str(line.rank)
        values["row"].append(row)
        for name in COLUMNS:
            value = line.place_id if name == "place" else getattr(line, name)
            values[f"line{row}-{name}"] = value
    return values


class SubmitForm(CommandForm):
    """To which authority."""

    authority = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("报送给"),
        to_field_name="uid",
        empty_label=None,
        error_messages={
            "required": _("请选择本地区的主管部门。"),
            "invalid_choice": _("请选择本地区的主管部门。"),
        },
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        found = authorities_for(user)
        field = self.fields["authority"]
        field.queryset = Organization.objects.visible_to(user).filter(
            pk__in=[one.pk for one in found]
        )
        if found:
            field.initial = found[0].uid
        self.has_authority = bool(found)


class WhyForm(CommandForm):
    """Why a return goes back."""

    reason = forms.CharField(
        label=_("理由"),
        min_length=5,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("请写明理由。"),
            "min_length": _("理由至少 5 个字，写清楚要改哪里。"),
        },
    )


class PeriodForm(forms.Form):
    """The year and the kind of the desk, read from the address; what is not understood is left out."""

    kind = forms.ChoiceField(label=_("报表"), choices=CensusKind.choices, required=False)
    year = year_field(required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("missing", _("未报")), ("here", _("已报"))],
    )

    def asked(self) -> dict[str, Any]:
        """`kind` (institutions), `year` (last year) and `state` ("" for all)."""
        self.is_valid()
        return {
            "kind": self.cleaned_data.get("kind") or CensusKind.INSTITUTION.value,
            "year": self.cleaned_data.get("year") or timezone.localdate().year - 1,
            "state": self.cleaned_data.get("state") or "",
        }


class FreezeForm(CommandForm):
    """The cut-off day at which everything accepted is frozen."""

    kind = forms.ChoiceField(choices=CensusKind.choices, widget=forms.HiddenInput)
    year = year_field(widget=forms.HiddenInput)
    as_of = forms.DateField(label=_("截止日"), error_messages=_DAY)


class FiguresForm(forms.Form):
    """The years of the figures, and the place; what is not understood is left out."""

    year = year_field(required=False)
    baseline = forms.IntegerField(
        label=_("基线年"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        required=False,
        error_messages=_YEAR,
    )

    def asked(self) -> dict[str, int | None]:
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in ("year", "baseline")}


class StatementForm(CommandForm):
    """What was published, word for word, and where."""

    year = year_field()
    statement = forms.CharField(
        label=_("原文"), max_length=200, error_messages={"required": _("请写明原文和出处。")}
    )
    value = forms.DecimalField(
        label=_("公布值"),
        max_digits=16,
        decimal_places=4,
        help_text=_("按指标的单位：增长 184% 填 184，近 700 万填 7000000"),
        error_messages={"required": _("请填公布的数。"), "invalid": _("请填数字。")},
    )
    qualifier = forms.ChoiceField(label=_("程度词"), choices=Qualifier.choices)
    as_of = forms.DateField(label=_("截至"), required=False, error_messages=_DAY)
    population = forms.CharField(label=_("统计范围"), max_length=200, required=False)
    source = forms.CharField(
        label=_("出处"), max_length=200, error_messages={"required": _("请写明原文和出处。")}
    )


class PublishedForm(StatementForm):
    """A published number that a figure of the census computes."""

    code = forms.ChoiceField(
        label=_("指标"), error_messages={"required": _("请从列表中选择指标。")}
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = [(code, f"{code} {one.name}") for code, one in FIGURES.items()]
        self.fields["code"].choices = [CHOOSE, *known]
        self.fields["year"].initial = timezone.localdate().year - 1
