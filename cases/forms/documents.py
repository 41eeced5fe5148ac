"""Files of a case."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, choices_of, paper_file
from departments.models.mechanisms import Document
from msw_portal.kernel.forms import CommandForm

# domain: the checklist of papers; the codes that funding requests ask for by name.
DOCUMENT_KINDS = [
    ("consent", _("知情同意 / 授权书")),
    ("id_card", _("身份证")),
    ("household_register", _("户口簿")),
    ("guardianship_proof", _("监护关系证明")),
    ("diagnosis_certificate", _("诊断证明书")),
    ("medical_record", _("病历 / 出院小结 / 检查报告")),
    ("treatment_plan", _("治疗方案 / 费用预估")),
    ("cost_list", _("费用清单")),
    ("settlement", _("结算单")),
    ("invoice", _("发票")),
    ("insurance_statement", _("医保报销凭证")),
    ("economic_proof", _("家庭经济状况证明")),
    ("welfare_certificate", _("低保 / 特困 / 残疾 / 优抚证")),
    ("income_proof", _("收入 / 失业证明")),
    ("means_check_authorisation", _("征信或核对授权")),
    ("hardship_statement", _("困难情况说明")),
    ("application_form", _("申请表")),
    ("bank_card", _("银行卡")),
    ("assessment", _("评估材料")),
    ("other", _("其他")),
]


DOSSIER = "dossier"  # the whole file as a PDF: made by the portal, not uploaded


def kind_words() -> dict[str, Any]:
    """What each kind of a case's files is called, also of those no form offers."""
    return dict(DOCUMENT_KINDS) | {
        DOSSIER: _("整份档案"),
        "signature": _("签名"),
        "aid_agreement": _("救助协议"),
    }


def file_help() -> str:
    """What may be uploaded, with the limit in force."""
    limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
    return _("PDF、照片（JPG、PNG）、DOCX 或 XLSX，%(limit)s MB 以内；照片中的位置信息会被去掉") % {
        "limit": limit
    }


class DocumentForm(CommandForm):
    """One file and what it is; the content decides the type, not the name."""

    kind = OneOf(label=_("材料类型"), choices=choices_of(DOCUMENT_KINDS))
    file = paper_file(label=_("文件"), accept=".pdf,.jpg,.jpeg,.png,.docx,.xlsx")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = self.fields["file"].help_text or file_help()


class RemoveForm(CommandForm):
    """Why a file is deleted."""

    reason = OneOf(label=_("为什么删除"), choices=choices_of(Document.Removal.choices))
    note = Line(label=_("说明"), max_length=200, required=False)
