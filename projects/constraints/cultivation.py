"""Projects, their cultivation and incubation."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_KNOWN = _("请从列表中选择。")
_LINKED = _("这一条已经关联到本项目。")

SENTENCES: dict[str, tuple[str | Promise, str | None]] = {
    "project_number_once": (_("这个项目编号已经使用。"), "number"),
    "project_state_known": (_KNOWN, None),
    "project_ends_after_start": (_("结束日期不能早于开始日期。"), "ends_on"),
    "project_amount_not_negative": (_("批准金额不能是负数。"), "approved_amount"),
    "project_indicator_one_owner": (_("指标属于一份申报或一个项目。"), None),
    "project_indicator_weight_in_range": (_("权重请填 0 到 100。"), "weight"),
    "project_indicator_target_positive": (_("目标值要大于零。"), "target"),
    "project_value_once": (_("这一期的数值已经填过。"), "period"),
    "project_value_has_period": (_("请选择期间。"), "period"),
    "project_event_change_has_state": (_("变更申请要有审批结果。"), None),
    "project_event_numbers_not_negative": (_("时长、人数和金额不能是负数。"), "hours"),
    "project_report_once": (_("这一期的报告已经有了。"), "period"),
    "project_report_state_known": (_KNOWN, None),
    "project_report_sent_has_time": (_("提交的报告要有时间。"), None),
    "project_link_one_subject": (_("请选择一条要关联的工作记录。"), None),
    "project_link_case_once": (_LINKED, None),
    "project_link_group_once": (_LINKED, None),
    "project_link_activity_once": (_LINKED, None),
    "project_link_service_record_once": (_LINKED, None),
    "project_link_learning_event_once": (_LINKED, None),
}
