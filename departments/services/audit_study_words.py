"""Words of the audit for studies, questionnaires and registers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STUDY_NOUNS = {
    "signedreport": _("报告文稿"),
    "authoritysheet": _("上报表"),
    "survey": _("调研"),
    "sample_group": _("样本类"),
    "samplegroup": _("样本类"),
    "sample_unit": _("样本"),
    "sampleunit": _("样本"),
    "survey_link": _("问卷码"),
    "survey_response": _("答卷"),
    "surveyresponse": _("答卷"),
    "survey_advice": _("调研建议"),
    "surveyadvice": _("调研建议"),
    "action_item": _("行动事项"),
    "actionitem": _("行动事项"),
    "register_entry": _("登记册条目"),
    "registerentry": _("登记册条目"),
    "register_party": _("登记册的参与方"),
    "registerparty": _("登记册的参与方"),
    "register_link": _("登记册的关联"),
    "registerlink": _("登记册的关联"),
    "checklist": _("自查清单"),
    "checklistanswer": _("自查清单"),
}
STUDY_VERBS = {
    "collect": _("开始收集"),
    "collect_end": _("停止收集"),
    "collect_on": _("继续收集"),
    "report_final": _("报告定稿"),
    "say": pgettext_lazy("checklist", "作答"),
    "achieve": pgettext_lazy("action", "完成"),
    "forgo": pgettext_lazy("action", "不再做"),
    "take_up": pgettext_lazy("action", "重新打开"),
    "item_put": _("写一题"),
    "item_remove": _("删一题"),
    "item_move": _("移动一题"),
    "copy_version": _("另起一版"),
}
