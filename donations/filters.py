"""The filters of request lists, the same for pages and API."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.models.programmes import ProgrammeVersion
from donations.workflow import RequestState
from msw_portal.kernel.money import AmountField
from msw_portal.kernel.query import LONGEST, Field, Query, parse


def _numbered(texts: tuple[str, ...], _by: Any) -> Q:
    asked = Q(pk__in=[])
    for text in texts:
        asked |= Q(number__istartswith=text)
    return asked


SENT_STATES = [choice for choice in RequestState.choices if choice[0] != RequestState.DRAFT]

REQUEST_FIELDS = (
    Field(("状态", "state", "status"), "choice", "state", SENT_STATES),
    Field(("项目", "programme"), "text", "programme_version__name"),
    Field(("医院", "hospital"), "text", "organization__name"),
    Field(("提交", "submitted"), "date", "submitted_at", is_instant=True),
    Field(("期限", "due"), "date", "due_at", is_instant=True),
    Field(("金额", "amount"), "number", "requested"),
    Field(("批准", "approved"), "number", "approved"),
    Field(("病种", "disease"), "text", "disease_group"),
    Field(("编号", "number"), "text", narrow=_numbered),
    Field(("代号", "code"), "text", "subject_code"),
)


def midnight(day: dt.date, *, days: int = 0) -> dt.datetime:
    """The first instant here of the day, or of one so many days after it: a range of instants is what
    the index can serve."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time())) + dt.timedelta(days=days)


class StatesField(forms.MultipleChoiceField):
    """Several values, repeated or separated by commas."""

    def to_python(self, value: Any) -> list[str]:
        parts = [part.strip() for text in super().to_python(value) for part in text.split(",")]
        return [part for part in parts if part]


class RequestFilter(forms.Form):
    """`RequestFilter(request.GET)`; when valid, `apply(rows)` narrows a scoped queryset."""

    state = StatesField(
        label=_("状态"),
        choices=SENT_STATES,
        required=False,
        error_messages={"invalid_choice": _("没有“%(value)s”这个状态。")},
    )
    programme = forms.UUIDField(
        label=_("项目"), required=False, error_messages={"invalid": _("请填写有效的标识。")}
    )
    hospital = forms.UUIDField(
        label=_("医院"), required=False, error_messages={"invalid": _("请填写有效的标识。")}
    )
    disease = forms.CharField(label=_("疾病类别"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("由谁申请"),
        choices=[("", ""), *ProgrammeVersion.Asker.choices],
        required=False,
        error_messages={"invalid_choice": _("请从列表中选择。")},
    )
    submitted_from = forms.DateField(label=_("提交日期从"), required=False)
    submitted_to = forms.DateField(label=_("提交日期至"), required=False)
    amount_min = AmountField(label=_("申请金额从"), required=False, least=None)
    amount_max = AmountField(label=_("申请金额至"), required=False, least=None)
    q = forms.CharField(label=_("编号"), required=False, max_length=40)
    query = forms.CharField(
        label=_("条件"), required=False, max_length=LONGEST, widget=forms.HiddenInput
    )
    asked: Query = Query()

    def clean_query(self) -> str:
        """The list's query language; every sentence about what was not understood is an error."""
        self.asked = parse(self.cleaned_data["query"], REQUEST_FIELDS)
        if self.asked.faults:
            raise forms.ValidationError(self.asked.faults)
        return self.asked.text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for low, high, sentence in (
            ("submitted_from", "submitted_to", _("结束日期不能早于开始日期。")),
            ("amount_min", "amount_max", _("金额上限不能小于下限。")),
        ):
            first, last = cleaned.get(low), cleaned.get(high)
            if first is not None and last is not None and last < first:
                self.add_error(high, sentence)
        return cleaned

    def apply(self, rows: QuerySet) -> QuerySet:
        """The rows that fit; call it on a valid filter only."""
        cleaned = self.cleaned_data
        if cleaned["state"]:
            rows = rows.filter(state__in=cleaned["state"])
        if cleaned["programme"]:
            rows = rows.filter(programme_version__uid=cleaned["programme"])
        if cleaned["hospital"]:
            rows = rows.filter(organization__uid=cleaned["hospital"])
        if cleaned["disease"]:
            rows = rows.filter(disease_group=cleaned["disease"])
        if cleaned["kind"]:
            of_project = cleaned["kind"] == ProgrammeVersion.Asker.PROJECT
            rows = rows.filter(project__isnull=not of_project)
        if cleaned["submitted_from"]:
            rows = rows.filter(submitted_at__gte=midnight(cleaned["submitted_from"]))
        if cleaned["submitted_to"]:
            after = cleaned["submitted_to"] + dt.timedelta(days=1)
            rows = rows.filter(submitted_at__lt=midnight(after))
        if cleaned["amount_min"] is not None:
            rows = rows.filter(requested__gte=cleaned["amount_min"])
        if cleaned["amount_max"] is not None:
            rows = rows.filter(requested__lte=cleaned["amount_max"])
        if cleaned["q"]:
            rows = rows.filter(number__istartswith=cleaned["q"].strip())
        if cleaned["query"]:
            rows = rows.filter(self.asked.where())
        return rows

    @property
    def unread(self) -> dict[str, Any]:
        """What could not be read, but for the query, whose box says so itself."""
        return {name: said for name, said in self.errors.items() if name != "query"}

    @property
    def in_use(self) -> list[str]:
        """The names of the filters that narrow, for the audit."""
        return sorted(
            name for name, value in self.cleaned_data.items() if value not in (None, "", [])
        )
