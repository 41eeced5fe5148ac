"""Bringing a file, and saying which of its columns is what."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.services.importing.kinds import Kind
from msw_portal.kernel.forms import CommandForm

FILE_WORDS = {
    "required": _("请选择文件。"),
    "empty": _("文件是空的，请重新选择。"),
    "missing": _("请选择文件。"),
    "max_length": _("文件名太长，请改短。"),
}


class UploadForm(CommandForm):
    """One file and where such files come from."""

    file = forms.FileField(
        label=_("文件"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text=_("XLSX 或 CSV，15 MB、5 万行以内；CSV 的编码会自动认出"),
        error_messages=FILE_WORDS,
    )
    source = forms.CharField(
        label=_("来源"),
        max_length=60,
        help_text=_("例如：医院信息系统导出、病区交班表。同一来源的列对应会记住"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known-sources"}),
    )


class ColumnsForm(CommandForm):
    """A choice of the file's columns for every field of the kind."""

    sheet = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: Kind, heads: Sequence[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind = kind
        choices = [("", _("不导入")), *_choices(heads)]
        for column in kind.columns:
            self.fields[column.name] = forms.TypedChoiceField(
                label=column.label,
                choices=choices,
                coerce=int,
                empty_value=None,
                required=column.required,
                help_text=column.note,
                error_messages={
                    "invalid_choice": _("文件里没有这一列。"),
                    "required": _("这一列必填，请指明是文件里的哪一列。"),
                },
            )

    def clean(self) -> dict[str, Any]:
        """What the service takes: the sheet and {field: column}."""
        given = super().clean()
        names = [column.name for column in self.kind.columns]
        columns: Mapping[str, int] = {
            name: given[name] for name in names if given.get(name) is not None
        }
        return {"sheet": given.get("sheet", ""), "columns": columns}


def _choices(heads: Sequence[str]) -> list[tuple[int, str]]:
    from openpyxl.utils import get_column_letter  # takes long to read

    return [
        (
            index,
            f"{get_column_letter(index + 1)} · {head}" if head else get_column_letter(index + 1),
        )
        for index, head in enumerate(heads)
    ]
