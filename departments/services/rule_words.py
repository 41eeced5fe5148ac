"""What a dated rule says in words: whom it is for, and its values beside the names by which a new one is entered."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# By `applies_key`; apps above add their own.
APPLIES: dict[str, Any] = {
    "house": gettext_lazy("机构内部的统计"),
    "public": gettext_lazy("对外公开的统计"),
    "general": gettext_lazy("综合医院"),
    "special": gettext_lazy("专科医院"),
    "humanistic_care": gettext_lazy("医学人文关怀提升行动"),
    "patient_experience": gettext_lazy("改善就医感受"),
    "quality_promotion": gettext_lazy("公立医院高质量发展"),
    "national_assessment": gettext_lazy("进一步改善医疗服务行动考核"),
    "social_worker": gettext_lazy("社会工作师"),
    "assistant": gettext_lazy("助理社会工作师"),
    "warning": gettext_lazy("到期前的提醒"),
    "period": gettext_lazy("活动期间"),
}
NAMES: dict[str, Any] = {
    "days": gettext_lazy("天数"),
    "months": gettext_lazy("月数"),
    "years": gettext_lazy("年数"),
    "hours": gettext_lazy("小时"),
    "below": gettext_lazy("低于"),
    "least": gettext_lazy("不低于"),
    "days_before": gettext_lazy("提前天数"),
    "every_days": gettext_lazy("每几天"),
    "every_months": gettext_lazy("每几个月"),
    "longer_than_months": gettext_lazy("期间超过几个月才适用"),
    "month_day": gettext_lazy("月与日"),
    "beds_min": gettext_lazy("床位下限"),
    "beds_target": gettext_lazy("每多少张床位一名"),
    "by_need": gettext_lazy("按需要配备"),
    "hospitals_with_posts_percent": gettext_lazy("设岗医院百分比"),
    "hospitals_with_department_percent": gettext_lazy("设部门医院百分比"),
    "raise": gettext_lazy("提出期限（天）"),
    "acknowledge": gettext_lazy("受理期限（天）"),
    "answer": gettext_lazy("答复期限（天）"),
    "inpatient_years": gettext_lazy("住院记录（年）"),
    "outpatient_years": gettext_lazy("门诊记录（年）"),
    "mental_years": gettext_lazy("精神卫生记录（年）"),
    "agency_years": gettext_lazy("服务机构档案（年）"),
    "minor_years": gettext_lazy("未成年人满 18 岁之后（年）"),
    "sealed_years": gettext_lazy("封存记录（年）"),
    "sharing_years": gettext_lazy("提供与共享的记录（年）"),
    "request_years": gettext_lazy("个人请求（年）"),
    "assessment_years": gettext_lazy("影响评估（年）"),
    "voucher_years": gettext_lazy("会计凭证（年）"),
    "receipt_years": gettext_lazy("捐赠票据存根（年）"),
    "volunteer_years": gettext_lazy("志愿服务记录（年）"),
    "project_years": gettext_lazy("项目档案（年）"),
    "log_months": gettext_lazy("日志（月）"),
    "untaken_years": gettext_lazy("未接收的转介（年）"),
    "applicant_years": gettext_lazy("未录用的志愿者申请（年）"),
    "person_years": gettext_lazy("没有个案与转介的人员（年）"),
    "min_length": gettext_lazy("最少字符"),
    "admin_min_length": gettext_lazy("管理员最少字符"),
    "classes": gettext_lazy("字符种类"),
    "history": gettext_lazy("不得与最近几次相同"),
    "max_age_days": gettext_lazy("最长使用天数"),
    "idle_days": gettext_lazy("闲置天数"),
    "notice_days": gettext_lazy("提前通知天数"),
    "review_months": gettext_lazy("复核间隔（月）"),
    "keep_days": gettext_lazy("保留天数"),
    "failed_sign_ins": gettext_lazy("登录失败次数"),
    "failed_by_address": gettext_lazy("同一地址登录失败次数"),
    "missing_rows": gettext_lazy("缺失条数"),
    "refusals": gettext_lazy("被拒绝次数"),
    "exports": gettext_lazy("导出次数"),
    "per_day": gettext_lazy("每人每天几份"),
    "in_clear_per_day": gettext_lazy("其中含身份明文的几份"),
    "monthly_yuan": gettext_lazy("每人每月（元）"),
    "margin_percent": gettext_lazy("低保边缘为低保线的百分之几"),
    "distress": gettext_lazy("心理痛苦从几分起预警"),
}
VALUES: dict[tuple[str, str], Any] = {}


def register(
    *,
    names: Mapping[str, Any],
    applies: Mapping[str, Any] | None = None,
    values: Mapping[tuple[str, str], Any] | None = None,
) -> None:
    """The words of an app above for its own rules; `values` by name and value."""
    NAMES.update(names)
    APPLIES.update(applies or {})
    VALUES.update(values or {})


def applies_said(key: str) -> str:
    """Whom a rule is for; a key of the installation's own stands as it was entered."""
    return str(APPLIES.get(key, key))


def params_said(params: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(words or nothing, the name a new rule enters it by, value in words) of every value."""
    return [(str(NAMES.get(name, "")), name, _said(name, value)) for name, value in params.items()]


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return " · ".join(_said(name, one) for one in value)
    if value == "":
        return _("不公布") if name == "publishes" else "—"
    return str(VALUES.get((name, str(value)), value))
