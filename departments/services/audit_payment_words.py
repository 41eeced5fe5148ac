"""Words of the audit for payment lists, the bank's answers, checks after payment and double aid."""

from django.utils.translation import gettext_lazy as _

PAYMENT_NOUNS = {
    "payment_list": _("付款清单"),
    "paymentlist": _("付款清单"),
    "payment_answer": _("银行回单"),
    "paymentanswer": _("银行回单"),
    "payment_layout": _("付款列表格式"),
    "paymentlayout": _("付款列表格式"),
    "verification": _("拨付后核查"),
    "verificationdraw": _("核查样本"),
    "verification_rule": _("抽查规则"),
    "verificationrule": _("抽查规则"),
    "verification_draw": _("核查样本"),
    "decision_letter": _("决定书"),
    "aid_match": _("重复救助比对"),
}
PAYMENT_VERBS = {
    "look": _("比对"),
    "take_file": _("导出文件"),
    "sample": _("抽取"),
    "set_aside": _("搁置"),
    "fit": _("对应"),
    "payee": _("更正收款账户"),
}
