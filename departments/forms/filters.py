"""Conditions of this app's lists: what is wrong in one is said and leaves the list as it was."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import OrganizationKind
from departments.services import trail
from departments.services.history import action_label


class Conditions(forms.Form):
    """A list's filter: a GET form that narrows a queryset by what is valid in it."""

    def narrow(self, rows: QuerySet) -> QuerySet:
        self.is_valid()
        for name, value in self.cleaned_data.items():
            if value not in (None, ""):
                rows = rows.filter(self.condition(name, value))
        return rows

    def condition(self, name: str, value: Any) -> Q:
        return Q(**{name: value})

    def chosen(self) -> dict[str, Any]:
        """The conditions that are on, for the audit."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class OrganizationFilter(Conditions):
    q = forms.CharField(label=_("名称"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=_("类型"), choices=[("", _("全部类型")), *OrganizationKind.choices], required=False
    )

    def condition(self, name: str, value: Any) -> Q:
        if name == "q":
            return Q(name__icontains=value) | Q(short_name__icontains=value)
        return super().condition(name, value)


class AuditFilter(Conditions):
    """By person, action, days and subject; days are those of the wall clock in Shanghai."""

    person = forms.CharField(label=_("登录名"), max_length=60, required=False)
    action = forms.ChoiceField(label=_("操作"), required=False)
    result = forms.ChoiceField(
        label=_("结果"),
        required=False,
        choices=[("", _("全部结果")), ("ok", _("成功")), ("refused", _("被拒绝"))],
    )
    since = forms.DateField(label=_("从"), required=False)
    until = forms.DateField(label=_("到"), required=False)
    subject = forms.UUIDField(label=_("记录编号"), required=False)

    def __init__(self, *args: Any, actions: Iterable[str] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = [(action, action_label(action)) for action in actions]
        self.fields["action"].choices = [("", _("全部操作")), *known]

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What was asked, as text, for the form that exports the same."""
        return [(name, self.data.get(name, "")) for name in self.fields if self.data.get(name)]

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("since") and typed.get("until") and typed["until"] < typed["since"]:
            self.add_error("until", _("结束日期不能早于开始日期。"))
        return typed

    def condition(self, name: str, value: Any) -> Q:
        return trail.condition(name, value)
