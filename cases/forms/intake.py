"""Intake: who takes the case, whether it is taken, and form F1."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.intake import F1
from cases.forms.fields import Reason
from cases.forms.schema_forms import SchemaForm
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm


class PersonChoice(forms.ModelChoiceField):
    """A colleague, addressed by the public id."""

    def __init__(self, **kwargs: Any):
        said = {"invalid_choice": _("请从列出的同事中选择。"), "required": _("请选择一位同事。")}
        kwargs.setdefault("error_messages", said)
        super().__init__(
            User.objects.none(), to_field_name="uid", empty_label=_("请选择"), **kwargs
        )

    def label_from_instance(self, obj: User) -> str:
        return obj.display_name


class OverLimitForm(CommandForm):
    """A step that may take a worker over the department's caseload: asked for the reason only then."""

    over_reason = Reason(label=_("超出上限的理由"), required=False)


class LoadChoice(PersonChoice):
    """A colleague with the open cases the person carries: `张三（在办 18 / 20）`."""

    counts: Mapping[int, int] = {}
    limit: int | None = None

    def label_from_instance(self, obj: User) -> str:
        if self.limit is None:
            return obj.display_name
        said = {"who": obj.display_name, "n": self.counts.get(obj.pk, 0), "limit": self.limit}
        return _("%(who)s（在办 %(n)d / %(limit)d）") % said


class AssignForm(OverLimitForm):
    """Who takes the case and who supervises it."""

    worker = LoadChoice(label=_("主责社工"))
    supervisor = PersonChoice(label=_("督导"), required=False)

    def __init__(self, *args: Any, workers, supervisors, counts, limit, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["worker"].queryset = workers
        self.fields["worker"].counts, self.fields["worker"].limit = counts, limit
        if limit is None:
            del self.fields["over_reason"]
        self.fields["supervisor"].queryset = supervisors

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("worker") and cleaned.get("worker") == cleaned.get("supervisor"):
            self.add_error("supervisor", _("督导不能是主责社工本人。"))
        return cleaned


class AcceptForm(SchemaForm):
    """F1 接案登记表: what intake decides. The person, the stay and the source are on the case already."""

    schema = F1
