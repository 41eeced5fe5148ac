"""Words for the audit of calls, applications, experts and projects: nouns before the dot, verbs after it."""

from django.utils.translation import gettext_lazy as _

from departments.services.audit_cultivation_words import CULTIVATION_NOUNS, CULTIVATION_WHOLE

PROJECT_NOUNS = {
    **CULTIVATION_NOUNS,
    "call": _("征集"),
    "callversion": _("征集"),
    "application": _("申报"),
    "applicationversion": _("申报"),
    "applicationparty": _("联合申报"),
}
# Actions whose two halves would read oddly.
PROJECT_WHOLE = {
    **CULTIVATION_WHOLE,
    "call.draft": _("征集 · 起草"),
    "call.edit": _("征集 · 修改"),
    "call.publish": _("征集 · 发布"),
    "call.amend": _("征集 · 发布更正"),
    "call.file_add": _("征集 · 添加附件"),
    "call.file_remove": _("征集 · 撤下附件"),
    "call.open": _("征集 · 开始申报"),
    "call.close": _("征集 · 截止"),
    "call.cancel": _("征集 · 取消"),
    "application.begin": _("申报 · 开始填写"),
    "application.write": _("申报 · 填写"),
    "application.submit": _("申报 · 提交"),
    "application.resubmit": _("申报 · 提交补正"),
    "application.paper": _("申报 · 上传附件"),
    "application.late": _("申报 · 截止后提交，未接收"),
    "application.number": _("申报 · 编号"),
    "application.withdraw": _("申报 · 撤回"),
    "application.merge": _("申报 · 合并"),
    "application.lapse": _("申报 · 截止未提交"),
    "application.revive": _("申报 · 继续填写"),
    "application.invite": _("申报 · 邀请联合申报"),
    "application.uninvite": _("申报 · 撤销联合申报"),
    "application.answer": _("申报 · 答复联合申报"),
    "application.print": _("申报 · 打印申报书"),
}
