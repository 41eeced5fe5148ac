"""Files beside a row of this app: one more, or one less with its reason."""

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.models.mechanisms import Document
from msw_portal.kernel.forms import CommandForm

NO_FILE = {"required": _("请选择文件。")}


class ScanForm(CommandForm):
    file = forms.FileField(
        label=_("扫描件"),
        help_text=_("PDF 或照片；正反面可以分两次上传"),
        error_messages=NO_FILE,
    )


class PaperRemoveForm(CommandForm):
    reason = forms.ChoiceField(
        label=_("原因"),
        choices=[("", _("请选择")), *Document.Removal.choices],
        error_messages={"required": _("请从列表中选择。")},
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
