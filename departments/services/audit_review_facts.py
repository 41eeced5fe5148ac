"""Words for the facts of an audit entry about experts and reviews."""

from django.utils.translation import gettext_lazy as _

REVIEW_FACTS = {
    "added": _("新增"),
    "application": _("申报"),
    "applications": _("项目数"),
    "body": _("委员会"),
    "call": _("征集"),
    "comments": _("评语数"),
    "criteria": _("标准数"),
    "experts_each": _("每项几位专家"),
    "grade": _("级别"),
    "is_available": _("可以评审"),
    "is_blind": _("匿名评审"),
    "is_released": _("评语转给单位"),
    "lacking": _("缺的项"),
    "letters": _("通知书"),
    "packets": _("材料份数"),
    "pairs": _("分配份数"),
    "present": _("到会"),
    "proposed": _("拟入选"),
    "reason_length": _("理由字数"),
    "removed": _("移除"),
    "reserve": _("候补"),
    "result_hash": _("结果校验"),
    "reviews": _("评审份数"),
    "rows": _("行数"),
    "seed": _("种子"),
    "short": _("还有项目没有分够专家"),
    "template": _("模板"),
    "ties": _("利益关系"),
}
