"""Words for what the audit writes of the privacy office and the archive."""

from django.utils.translation import gettext_lazy as _

PRIVACY_NOUNS = {
    "destruction": _("处置清单"),
    "record_hold": _("封存"),
    "recordhold": _("封存"),
    "privacy": _("隐私登记册"),
    "incident": _("安全事件"),
    "necessity": _("字段必要性"),
}
PRIVACY_WHOLE = {
    "destruction.propose": _("处置清单 · 提出"),
    "destruction.approve": _("处置清单 · 批准"),
    "destruction.refuse": _("处置清单 · 不批准"),
    "destruction.withdraw": _("处置清单 · 撤回"),
    "destruction.erase": _("处置清单 · 处置一件"),
    "destruction.pass_over": _("处置清单 · 跳过一件"),
    "destruction.finish": _("处置清单 · 处置完"),
    "destruction.certificate": _("处置清单 · 出具销毁证明"),
    "record_hold.set": _("封存 · 登记"),
    "record_hold.end": _("封存 · 解除"),
    "privacy.add": _("隐私登记册 · 登记"),
    "privacy.amend": _("隐私登记册 · 修改"),
    "privacy.close": _("隐私登记册 · 办结"),
    "privacy.print": _("隐私登记册 · 打印"),
    "incident.contain": _("安全事件 · 登记已控制"),
    "incident.tell": _("安全事件 · 登记已通知"),
    "incident.print_notice": _("安全事件 · 制作通知草稿"),
    "necessity.say": _("字段必要性 · 认定"),
}
PRIVACY_FACTS = {
    "verdict": _("认定"),
    "field": _("字段"),
    "skipped": _("跳过"),
}
