"""The sentences of payment lists, checks after payment and double aid; part of constraints.py."""

from django.utils.translation import gettext_lazy as _

PAYMENTS = {
    "payment_layout_once": (_("这个列表格式的名称已经使用。"), "name"),
    "payment_list_number_once": (_("这个付款清单编号已经使用。"), None),
    "payment_list_not_empty": (_("付款清单至少要有一笔。"), "disbursements"),
    "payment_list_approved_by_another": (_("编制人不能审批自己编制的付款清单。"), None),
    "payment_list_approved_is_confirmed": (
        _("审批付款清单需要另一人和 5 分钟内的动态验证码。"),
        "totp_code",
    ),
    "payment_list_cancelled_by_another": (
        _("已审批的付款清单由编制人以外的人凭 5 分钟内的动态验证码作废。"),
        None,
    ),
    "payment_list_taken_is_unexecuted": (
        _("付款文件已经导出，银行可能已经执行：向银行核实一笔都没有付，勾选确认后才能作废。"),
        "is_unexecuted",
    ),
    "payment_list_state_known": (_("未知的付款清单状态。"), None),
    "payment_line_place_once": (_("付款清单里的序号重复。"), None),
    "payment_line_one_open_list": (_("这笔拨付已在另一张付款清单里。"), "disbursements"),
    "payment_line_positive": (_("金额必须大于零。"), None),
    "payment_line_answered_by_another": (_("编制付款清单的人不能登记银行的回单。"), None),
    "payment_line_answered_is_whole": (_("回单要有登记人、时间和日期或退汇原因。"), None),
    "payment_line_state_known": (_("未知的付款状态。"), None),
    "payment_line_fixed": (_("付款清单只列已放款的拨付，列入后不能改动。"), None),
    "payment_answer_once": (_("这一行回单已经导入过。"), None),
    "payment_answer_positive": (_("金额必须大于零。"), "amount"),
    "payment_answer_outcome_known": (_("回单的结果只能是成功或退汇。"), "outcome"),
    "payment_answer_booked_is_whole": (_("登记的回单要有对应的付款、登记人和时间。"), "line"),
    "payment_answer_booked_by_another": (_("导入回单的人不能自己登记。"), None),
    "payment_answer_state_known": (_("未知的回单状态。"), None),
    "verification_rule_share_known": (_("抽查比例须大于 0、不超过 100。"), "share"),
    "verification_rule_days_known": (_("核查期限须在 1 到 365 天之间。"), "days"),
    "verification_rule_above_positive": (_("必查金额必须大于零。"), "always_above"),
    "verification_rule_valid_not_empty": (_("有效期的结束不能早于开始。"), "starts_on"),
    "verification_rule_does_not_overlap": (_("这段时间已有一条抽查规则。"), "starts_on"),
    "verification_draw_once": (_("这个月已经抽过，不能重抽。"), "month"),
    "verification_draw_first_of_month": (_("按整月抽查。"), "month"),
    "verification_once": (_("这笔拨付已经抽中过。"), None),
    "verification_why_known": (_("未知的抽查原因。"), None),
    "verification_checked_is_whole": (_("核查结果要有核查人、与家庭的联系和日期。"), "call"),
    "verification_finding_is_told": (_("发现问题要写明是什么问题。"), "findings"),
    "verification_recover_positive": (_("应追回金额必须大于零。"), "to_recover"),
    "verification_by_another": (
        _("办理过这笔救助的人不能核查它，请由没有经手的人核查。"),
        None,
    ),
    "aid_match_share_in_range": (_("比例须在 0 到 1 之间。"), None),
    "donations_aidmatch_request_id_key": (_("这份申请已有比对标记。"), None),
}
