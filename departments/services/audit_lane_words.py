"""Words for what the audit writes of the family's lane and of appeals."""

from django.utils.translation import gettext_lazy as _

LANE_NOUNS = {
    "appeal": _("复核与投诉"),
    "family_lane": _("家属查询码"),
    "family_paper": _("家属补交的材料"),
    "familypaper": _("家属补交的材料"),
    "familymessage": _("家属留言"),
}
LANE_WHOLE = {
    "appeal.raise": _("复核与投诉 · 提出"),
    "appeal.acknowledge": _("复核与投诉 · 受理"),
    "appeal.answer": _("复核与投诉 · 答复"),
    "appeal.withdraw": _("复核与投诉 · 撤回"),
    "family_lane.create": _("家属查询码 · 生成"),
    "family_lane.revoke": _("家属查询码 · 停用"),
    "family_lane.print": _("家属查询码 · 打印纸条"),
    "family_lane.open": _("家属查询码 · 打开"),
    "family_lane.refused": _("家属查询码 · 码不对或已停用"),
    "family_lane.letter": _("家属查询码 · 打开决定书"),
    "family_lane.say": _("家属查询码 · 家属留言"),
    "family_lane.send": _("家属查询码 · 家属补交材料"),
    "family_lane.reply": _("家属查询码 · 社工答复"),
    "family_paper.take": _("家属补交的材料 · 放入申请"),
    "family_paper.decline": _("家属补交的材料 · 请重新提供"),
    "funding_request.tell_decision": _("救助申请 · 登记告知家属"),
    "funding_request.reopen": _("救助申请 · 复核成立，重新审核"),
    "funding_request.reopen_papers": _("救助申请 · 复核成立，重新核对材料"),
    "funding_request.blacken": _("救助申请 · 遮盖材料画面"),
    "funding_request.rebind": _("救助申请 · 改按新签的同意继续"),
    "funding_request.raise": _("救助申请 · 复核后提高金额"),
    "funding_request.sign": _("救助申请 · 签署协议"),
    "funding_request.print_agreement": _("救助申请 · 打印协议"),
    "family_lane.agreement": _("家属查询码 · 打开协议"),
    "funding_request.result": _("救助申请 · 提供结果报告"),
    "funding_request.print_result": _("救助申请 · 打印结果报告"),
}
