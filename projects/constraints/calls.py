"""Calls, applications and their parts."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_KNOWN = _("请从列表中选择。")

SENTENCES: dict[str, tuple[str | Promise, str | None]] = {
    "call_slug_once": (_("这个公开地址已经使用。"), None),
    "call_title_once": (_("本单位同一年度已有同名征集。"), "title"),
    "call_state_known": (_KNOWN, None),
    "call_kind_known": (_KNOWN, "kind"),
    "call_closes_after_opening": (_("截止时间要晚于开始时间。"), "closes_at"),
    "call_published_is_whole": (_("发布前要写明申报的起止时间。"), "closes_at"),
    "call_limits_positive": (_("每单位申报数和名额必须大于零。"), "max_per_unit"),
    "call_days_in_range": (_("公示期和补正期限请填 1 到 60 个工作日。"), "notice_days"),
    "call_year_in_range": (_("请核对年度。"), "year"),
    "call_funding_fits": (_("资助上限要大于零，管理费上限请填 0 到 100。"), "funding_ceiling"),
    "call_is_amended": (_("已经发布的征集要用“发布更正”修改。"), None),
    "call_has_its_version": (
        _("已经发布的征集要有这一版的公告正文。请重新发布；仍然不行，请告诉管理员。"),
        None,
    ),
    "call_version_once": (_("这一版更正已经发布。"), None),
    "call_version_amendment_says_what": (_("请写明更正了什么。"), "note"),
    "application_number_once": (_("这个编号已经使用。"), None),
    "application_title_once": (_("本单位在这次征集中已有同名申报。"), "title"),
    "application_state_known": (_KNOWN, None),
    "application_unsent_has_no_counterparty": (_("没有提交的申报，发布单位看不到。"), None),
    "application_sent_has_time": (_("提交的申报要有时间和版本。"), None),
    "application_completeness_in_range": (_("完成度是 0 到 100。"), None),
    "application_merged_says_where": (_("请选择合并到哪一份申报。"), "target"),
    "application_ended_says_why": (_("请写明理由。"), "reason"),
    "application_ends_after_start": (_("结束日期不能早于开始日期。"), "ends_on"),
    "application_rank_positive": (_("名次从 1 起。"), None),
    "application_sides": (_("这一项由另一方填写。"), None),
    "application_is_sealed": (_("已经提交的申报不能再改。"), None),
    "application_in_window": (_("现在不在申报时间内，不能提交。"), None),
    "application_within_unit_limit": (
        _("本单位在这次征集中提交的申报已经达到上限。"),
        None,
    ),
    "application_version_once": (_("这一版已经提交。"), None),
    "party_one_leader": (_("负责人只能有一位。"), "name"),
    "party_five_once": (_("五社联动每一项填一行。"), "five"),
    "party_co_applicant_once": (_("已经邀请过这个单位。"), "partner"),
    "party_co_applicant_is_asked": (_("请选择联合申报的单位。"), "partner"),
    "party_answered_has_time": (_("答复要有时间。"), None),
    "party_five_is_told": (_("请填写参与方，或写明没有的理由，两者填一项。"), "blank_reason"),
    "party_person_has_name": (_("请填写姓名。"), "name"),
    "party_fte_in_range": (_("投入请填 0 到 1。"), "fte"),
    "party_sides": (_("这一项由另一单位答复。"), None),
    "budget_line_one_owner": (_("预算行属于一份申报或一个项目。"), None),
    "budget_line_amount_is_product": (_("金额等于单价乘以数量。"), "amount"),
    "budget_line_not_negative": (_("单价不能是负数，数量要大于零。"), "unit_price"),
}
