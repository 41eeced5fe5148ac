"""Forms of the privacy office: one built from a register's own fields, reasons, the officer's word on a field."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.services.destruction import Piece
from departments.services.necessity import VERDICTS
from departments.services.privacy_schemas import Field, Register
from msw_portal.kernel.forms import CommandForm

FILL_IN = {"required": _("请填写这一项。"), "invalid": _("请核对格式。")}
PICK = {"required": _("请选择一项。"), "invalid_choice": _("请从列表中选择。")}
MOST_NUMBER = 100_000_000


def _made(field: Field) -> forms.Field:
    given: dict[str, Any] = {
        "label": field.label,
        "required": field.is_required,
        "help_text": field.help,
    }
    if field.kind == "choice":
        choices = [("", _("请选择")), *field.options]
        return forms.ChoiceField(choices=choices, error_messages=PICK, **given)
    given["error_messages"] = FILL_IN
    if field.kind == "date":
        return forms.DateField(**given)
    if field.kind == "moment":
        return forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **given)
    if field.kind == "number":
        return forms.IntegerField(min_value=0, max_value=MOST_NUMBER, **given)
    if field.kind == "line":
        return forms.CharField(max_length=field.most, **given)
    return forms.CharField(max_length=field.most, widget=forms.Textarea(attrs={"rows": 3}), **given)


class RecordForm(CommandForm):
    """A record of one register; its service gets all of it as `values`."""

    def __init__(self, *args: Any, register: Register, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields |= {field.name: _made(field) for field in register.fields}

    def clean(self) -> dict[str, Any]:
        return {"values": {k: v for k, v in self.cleaned_data.items() if k != "once"}}


class ReasonForm(CommandForm):
    reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        error_messages=FILL_IN,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProposeForm(CommandForm):
    """What is put on a list, and the opinion of whoever proposes it."""

    pieces = forms.MultipleChoiceField(
        label=_("到期的记录"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择要处置的记录。")},
    )
    note = forms.CharField(
        label=_("鉴定意见"),
        max_length=500,
        error_messages=FILL_IN,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("为什么可以处置；批准人据此决定"),
    )

    def __init__(self, *args: Any, offered: list[Piece], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._offered = {one.uid: one for one in offered}
        self.fields["pieces"].choices = [(one.uid, f"{one.label} · {one.why}") for one in offered]

    def clean_pieces(self) -> list[Piece]:
        return [self._offered[uid] for uid in self.cleaned_data["pieces"]]


class NecessityForm(CommandForm):
    verdict = forms.ChoiceField(
        label=_("认定"),
        choices=[("", _("请选择")), *VERDICTS.items()],
        error_messages=PICK,
    )
    word = forms.CharField(
        label=_("说明"),
        max_length=500,
        error_messages=FILL_IN,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("没有这项信息，服务能不能做；有没有侵害更小的办法"),
    )
