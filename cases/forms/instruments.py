"""A questionnaire comes in as a file; every fault of it stands under the file with its place."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Reason, Yes
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.instruments.importing import MOST_BYTES, import_faults, read

MOST_SHOWN = 50


class ImportForm(CommandForm):
    """The file and the right to use what is in it."""

    file = forms.FileField(
        label=_("量表文件（JSON）"),
        allow_empty_file=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        help_text=_("UTF-8，256 KB 以内；先下载计分模板，把题目和选项的文字填进去"),
        error_messages={
            "required": _("请选择文件。"),
            "empty": _("文件是空的。"),
            "missing": _("请选择文件。"),
            "max_length": _("文件名太长，请改短。"),
        },
    )
    permission = Reason(
        label=_("凭什么可以使用"),
        least=10,
        help_text=_("谁授权、何时、文号或网址；和出处一起保存"),
    )
    is_allowed = Yes(label=_("本机构有权使用这份量表的文字"), must=_("没有使用权的量表不能导入。"))

    def clean_file(self) -> Any:
        """The definition read from the file."""
        file = self.cleaned_data["file"]
        definition, found = read(file.read(MOST_BYTES + 1))
        found = found or import_faults(definition)
        if found:
            raise forms.ValidationError([str(fault) for fault in found[:MOST_SHOWN]])
        return definition

    def command(self, service, **given: Any) -> bool:
        if not self.is_valid():
            return False
        self.cleaned_data.pop("is_allowed")
        definition = self.cleaned_data.pop("file")
        return super().command(service, definition=definition, **given)
