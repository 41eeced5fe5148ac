"""What the head of a department sets."""

from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, WideInteger
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.numbers import LONGEST


class SettingsForm(CommandForm):
    """Hours of the department, patterns of the house."""

    triage_hours = WideInteger(label=_("一般转介，几小时内接单"), help_text=_("通常 24 小时"))
    crisis_hours = WideInteger(label=_("危机，几小时内接单"), help_text=_("通常 2 小时"))
    intake_hours = WideInteger(label=_("分派后，几小时内完成接案"), help_text=_("通常 72 小时"))
    assessment_hours = WideInteger(
        label=_("接案后，几小时内完成预估"), help_text=_("通常 168 小时，即 7 天")
    )
    mandatory_report_hours = WideInteger(
        label=_("强制报告，几小时内报告"), help_text=_("法律要求立即；通常 2 小时，最多 24 小时")
    )
    contact_lock_hours = WideInteger(
        label=_("过程记录写完后，几小时锁定"),
        help_text=_("通常 24 小时；锁定后只能写补充记录"),
    )
    caseload_limit = WideInteger(
        label=_("一名社工同时负责的在办个案，最多几件"),
        required=False,
        help_text=_("不填或填 0 表示不设上限；超出时要写理由才能再分派、接手或移交"),
    )
    case_pattern = Line(label=_("个案编号规则"), max_length=2 * LONGEST)
    archive_pattern = Line(label=_("档案号规则"), max_length=2 * LONGEST)
