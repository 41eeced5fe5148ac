"""Forms clean and run one service; what the service refuses lands beside its field."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.ids import uuid7

# What Django says where nothing is chosen, and what a person reads there.
NO_WORDS, PLEASE_CHOOSE, NONE_CHOSEN = "---------", _("请选择"), _("不选")


class CommandForm(forms.Form):
    """A form whose `command` runs a service in a savepoint.

    `once` is made at render and claimed by ScopeMiddleware: a double click runs the command once.
    """

    required_css_class = "required"
    once = forms.CharField(required=False, widget=forms.HiddenInput, initial=lambda: str(uuid7()))
    result: Any = None
    refusal: DomainError | None = None

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == NO_WORDS:
                field.empty_label = PLEASE_CHOOSE if field.required else NONE_CHOSEN

    def all_bound(self) -> Iterator[tuple[str, forms.BoundField]]:
        """Every field with its label; a form with rows of its own adds theirs."""
        for bound in self:
            yield str(bound.label), bound

    @classmethod
    def united(cls, typed: QueryDict, standing: Mapping[str, Any]) -> QueryDict:
        """What was typed, with room for the rows that somebody else has added meanwhile."""
        return typed

    def reopened(self, typed: Mapping[str, Any], given: Mapping[str, Any]) -> Self:
        """The unbound form as it stood: `typed` is the whole of it, so that a tick taken away does not come back.

        A disabled field is never sent: it keeps its `given` value, or its own.
        """
        for name, field in self.fields.items():
            if field.disabled:
                if name in given:
                    self.initial[name] = given[name]
            elif name != "once" and name not in typed:
                self.initial[name] = None
        return self

    def command(self, service: Callable[..., Any], **given: Any) -> bool:
        """Call `service(**given, **cleaned_data)`; False after an invalid field or a refusal.

        A DomainError naming a field of this form lands on it, any other above the form; it is kept
        as `refusal`.
        """
        if not self.is_valid():
            return False
        cleaned = {name: value for name, value in self.cleaned_data.items() if name != "once"}
        try:
            with transaction.atomic():
                self.result = service(**given, **cleaned)
        except DomainError as error:
            self.refusal = error
            self.add_error(error.field if error.field in self.fields else None, str(error))
            return False
        return True
