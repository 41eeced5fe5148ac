"""Experts, conflicts, assignment and review."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_KNOWN = _("请从列表中选择。")

SENTENCES: dict[str, tuple[str | Promise, str | None]] = {
    "expert_once": (_("这个人已经在专家库里。"), "user"),
    "expert_grade_known": (_KNOWN, "grade"),
    "expert_most_in_range": (_("每次最多评的项数请填 1 到 200。"), "most"),
    "appointment_number_once": (_("这个证书编号已经使用。"), "number"),
    "appointment_term_not_empty": (_("聘期的结束要晚于开始。"), "until"),
    "appointment_voided_has_reason": (_("解聘要写明理由。"), "reason"),
    "conflict_once": (_("这条回避关系已经登记。"), None),
    "conflict_kind_known": (_KNOWN, "kind"),
    "conflict_lifted_by_another": (
        _("解除回避要写明理由，由登记人和专家本人以外的人办理。"),
        "reason",
    ),
    "review_plan_experts_odd": (_("每项的专家须为单数，至少 3 位，最多 9 位。"), "experts_each"),
    "review_plan_closes_after_opening": (_("评审截止不能早于评审开始。"), "closes_on"),
    "review_plan_in_range": (_("请核对评审规则里的数字。"), None),
    "assignment_run_applied_by_somebody": (
        _("还有项目没有分够专家，不能采用这个方案。"),
        None,
    ),
    "review_once": (_("这位专家已经评过这一项。"), None),
    "review_state_known": (_KNOWN, None),
    "review_total_in_range": (_("总分须在 0 到 100 之间。"), None),
    "review_submitted_is_whole": (_("提交的评分要有总分和时间。"), None),
    "review_voided_has_reason": (_("作废评分要写明理由。"), "reason"),
    "review_is_sent": (_("评分已经提交，不能再改；确有错误，请告诉组织方。"), None),
    "review_own_part": (_("这一项由组织方办理。"), None),
    "panel_state_known": (_KNOWN, None),
    "panel_held_has_minutes": (_("请填写会议纪要。"), "minutes"),
    "letter_draft_once": (_("这项申报已经有一份没有发出的通知书。"), None),
    "letter_number_once": (_("这个文号已经使用。"), None),
    "letter_outcome_known": (_KNOWN, None),
    "letter_sent_has_reader": (_("通知书发出时要写明收件单位。"), None),
    "letter_is_sent": (_("通知书已经发出，不能再改。"), None),
}
