"""Dated rules, code lists and holidays: everybody reads them, the system administrator keeps them."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from departments.models.organizations import Code, DatedRule, Holiday, Region
from departments.models.people import User
from departments.permissions import can_keep_registers
from departments.services import policies, rule_shapes
from departments.services.workday_calendar import calendar_entered
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

# The code lists by what they say; one that an installation adds is called by its own key.
CODE_SCHEMES = {
    "case_source": _("个案来源"),
    "close_reason": _("结案原因"),
    "consent_kind": _("同意书种类"),
    "contact_mode": _("接触方式"),
    "disease_theme": _("病种主题"),
    "document_type": _("文书类型"),
    "field": _("服务领域"),
    "fundraising_platform": _("公开募捐平台"),
    "insurance": _("医保类型"),
    "integration": _("融合机制"),
    "level5": _("5 级保密情形"),
    "need": _("需求类别"),
    "post": _("岗位"),
    "practice_area": _("实务领域"),
    "service_mode": _("服务模式"),
    "service_output": _("服务产出"),
    "setting": _("服务场所"),
    "share_item": _("共享内容"),
    "station_area": _("社工站服务领域"),
    "strategy": _("介入策略"),
    "theory": _("理论取向"),
    "welfare_status": _("困难身份"),
}
# The longest holiday of the country has nine days.
LONGEST = 14
RULE_KINDS = {
    "password": _("密码要求"),
    "account": _("闲置与复核"),
    "alarm": _("安全警报"),
    "draft": _("草稿保留"),
    "disclosure_deadline": _("信息公开期限"),
    "charity_ratio": _("慈善支出比例"),
    "staffing": _("人员配备"),
    "staffing_coverage": _("设岗与设部门的比例"),
    "export_limit": _("导出的上限"),
    "retention": _("保存期限"),
    "star_level": _("志愿者星级"),
    "cpd_hours": _("继续教育学时"),
    "poverty_line": _("低保线"),
    "small_cells": _("小数抑制"),
    "appeal_limit": _("异议的期限"),
    "goods_shelf_life": _("物资剩余有效期"),
    "campaign_filing": _("募捐方案备案"),
    "campaign_report": _("募捐情况公布"),
    "charity_spending": _("公募基金会支出比例"),
    "donation_receipt": _("捐赠票据"),
    "guardian_age": _("须监护人同意的年龄"),
    "log_retention": _("日志保存期限"),
    "risk_trigger": _("风险触发"),
    "project_light": _("项目的黄灯与红灯"),
    "project_grade": _("项目评定的等级"),
}


@command
def rule_add(
    *,
    kind: str,
    params: dict[str, Any],
    valid_from: dt.date,
    article: str,
    source: str,
    valid_to: dt.date | None = None,
    applies_key: str = "",
    region: Region | None = None,
    by: User,
) -> DatedRule:
    """Add a rule with the days it holds, both inclusive; a change of law is a new row.

    Raises:
        DomainError: `rule.order` on `valid_to`; `rule.needs_source` on `source`;
            `dated_rule_does_not_overlap` on `valid` when its days meet another row's; those of
            `rule_shapes.rule_taken` where the portal could not obey it.
    """
    require(can_keep_registers, by, None)
    if valid_to is not None and valid_to < valid_from:
        raise DomainError("rule.order", _("结束日期不能早于开始日期。"), "valid_to")
    if not source.strip():
        raise DomainError("rule.needs_source", _("请写明出处，如法规名称与文号。"), "source")
    key = applies_key.strip()
    place = None if region is None or region.pk == Region.COUNTRY else region
    params = rule_shapes.rule_taken(kind=kind, key=key, params=params, has_region=place is not None)
    rule = DatedRule(
        kind=kind,
        applies_key=key,
        applies=_followed(kind, key),
        region=place,
        params=params,
        valid=DateRange(valid_from, valid_to + dt.timedelta(days=1) if valid_to else None),
        article=article.strip(),
        source=source.strip(),
        evidence="installation",
    )
    rule.save(force_insert=True)
    audit.record(
        "rule.add",
        by=by,
        on=rule,
        kind=kind,
        params=params,
        valid_from=valid_from,
        **({"region": rule.region.name} if rule.region else {}),
    )
    return rule


def _followed(kind: str, key: str) -> dict[str, Any]:
    """To whom the row before this one applies, told from a law by its conditions."""
    before = DatedRule.objects.filter(kind=kind, applies_key=key).order_by("-valid", "-pk").first()
    return before.applies if before else {}


def kinds_offered() -> list[tuple[str, Any]]:
    """The kinds a rule can be entered for: those that something obeys."""
    obeyed = rule_shapes.kinds()
    return [(kind, words) for kind, words in RULE_KINDS.items() if kind in obeyed]


@command
def rule_end(*, rule: DatedRule, last_day: dt.date, by: User) -> DatedRule:
    """Say on which day a rule holds for the last time; the past is not rewritten.

    Raises:
        DomainError: on `last_day`: `rule.in_past` before today, `rule.order` before its first day,
            `rule.ends_sooner` when it ends sooner already.
    """
    require(can_keep_registers, by, None)
    rule = DatedRule.objects.select_for_update(no_key=True, of=("self",)).get(pk=rule.pk)
    upper = rule.valid.upper
    if last_day < timezone.localdate():
        raise DomainError(
            "rule.in_past", _("最后一天不能早于今天，已经生效的日子不改写。"), "last_day"
        )
    if rule.valid.lower is not None and last_day < rule.valid.lower:
        raise DomainError("rule.order", _("结束日期不能早于开始日期。"), "last_day")
    if upper is not None and upper <= last_day:
        raise DomainError("rule.ends_sooner", _("这条规则已经更早结束。"), "last_day")
    rule.valid = DateRange(rule.valid.lower, last_day + dt.timedelta(days=1))
    rule.save(update_fields=["valid"])
    audit.record("rule.end", by=by, on=rule, kind=rule.kind, valid_to=last_day)
    return rule


@command
def password_policy_set(*, standard: str, valid_from: dt.date, by: User) -> DatedRule:
    """The switch between ASVS and the habits of 等保: the present rule ends the day before, a new one begins.

    Raises:
        DomainError: `rule.in_past` on `valid_from`; `rule.replaces_itself` when it holds already.
    """
    require(can_keep_registers, by, None)
    today = timezone.localdate()
    if valid_from < today:
        raise DomainError("rule.in_past", _("生效日期不能早于今天。"), "valid_from")
    _words, policy, article, source = policies.STANDARDS[standard]
    present = policies.rule_in_force(policies.PASSWORD, valid_from)
    if policies.password_policy(valid_from) == policy and present is not None:
        raise DomainError("rule.replaces_itself", _("这一天已经按这个要求执行。"), "standard")
    if present is not None and present.valid.lower is not None:
        if present.valid.lower >= valid_from:
            # Begun on the same day and not yet lived by: it never held.
            present.delete()
        else:
            present = DatedRule.objects.select_for_update(no_key=True).get(pk=present.pk)
            present.valid = DateRange(present.valid.lower, valid_from)
            present.save(update_fields=["valid"])
    return rule_add(
        kind=policies.PASSWORD,
        params=policies.params_of(policy),
        valid_from=valid_from,
        article=article,
        source=source,
        by=by,
    )


@command
def code_save(
    *,
    code: Code | None,
    scheme: str,
    value: str,
    zh: str,
    en: str,
    rank: int,
    valid_to: dt.date | None,
    base: int | None = None,
    by: User,
) -> Code:
    """Add an entry to a code list, or change its words, order and last day; the code itself is for ever.

    `base` is the version the page was opened on.

    Raises:
        DomainError: `code_unique_in_scheme` on `value`; `code.valid_to` on `valid_to`; `form.stale`.
    """
    require(can_keep_registers, by, None)
    row = Code.objects.locked().get(pk=code.pk) if code else Code(scheme=scheme, code=value)
    if code is not None:
        check_base(base, row.row_version)
    lower = row.valid.lower if row.valid else None
    if valid_to is not None and valid_to < (lower or dt.date(1990, 1, 1)):
        raise DomainError("code.valid_to", _("结束日期不能早于开始日期。"), "valid_to")
    before = [row.zh, row.en, row.rank]
    row.zh, row.en, row.rank = zh.strip(), en.strip(), rank
    row.valid = DateRange(lower, valid_to + dt.timedelta(days=1)) if valid_to else None
    row.save(force_insert=code is None)
    audit.record(
        "code.change" if code else "code.add",
        by=by,
        on=row,
        scheme=row.scheme,
        code=row.code,
        is_changed=before != [row.zh, row.en, row.rank],
        valid_to=valid_to,
    )
    return row


@command
def holiday_set(
    *, on: dt.date, kind: str, source: str, until: dt.date | None = None, by: User
) -> None:
    """Say of a day, or of all days `until` another, that it is off or worked (`off`, `work`), or leave it to the built-in calendar (`clear`).

    Raises:
        DomainError: `holiday.order` and `holiday.too_long` on `until`.
    """
    require(can_keep_registers, by, None)
    last = until or on
    if last < on:
        raise DomainError("holiday.order", _("结束日期不能早于开始日期。"), "until")
    if (last - on).days >= LONGEST:
        raise DomainError("holiday.too_long", _("一次最多 %(n)s 天。") % {"n": LONGEST}, "until")
    for count in range((last - on).days + 1):
        day = on + dt.timedelta(days=count)
        if kind == "clear":
            Holiday.objects.filter(pk=day).delete()
        else:
            Holiday.objects.update_or_create(
                on=day, defaults={"is_workday": kind == "work", "source": source.strip()}
            )
    calendar_entered(last.year)
    audit.record("holiday.set", by=by, day=on, kind=kind, **({"until": until} if until else {}))


def holidays_between(first: dt.date, last: dt.date) -> dict[dt.date, bool]:
    """The installation's own list for kernel.workdays: True for a day off."""
    rows = Holiday.objects.filter(on__range=(first, last)).values_list("on", "is_workday")
    return {on: not is_workday for on, is_workday in rows}
