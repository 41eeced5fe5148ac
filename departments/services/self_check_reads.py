"""What the self-check reads: settings, the catalogue, the register of fields, the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models.people import Membership, User
from departments.services import policies
from departments.services.housekeeping import MOST_SKEW, clock_skew
from departments.services.reviews import review_due_on
from departments.services.workday_calendar import calendar_asked, is_calendar_known
from msw_portal.kernel import data_classes, scanning
from msw_portal.kernel.drills import last_drill
from msw_portal.kernel.keyring import keys

OK, ATTENTION, ELSEWHERE, OUTSIDE = "ok", "attention", "elsewhere", "outside"
STATE_WORDS: dict[str, tuple[str | Promise, str]] = {
    OK: (gettext_lazy("符合"), "accent"),
    ATTENTION: (gettext_lazy("待处理"), "warn"),
    ELSEWHERE: (gettext_lazy("另行查看"), ""),
    OUTSIDE: (gettext_lazy("由机构落实"), ""),
}


@dataclass(frozen=True)
class Finding:
    """What was read: its words and OK, ATTENTION, ELSEWHERE (not readable here) or OUTSIDE."""

    evidence: str
    state: str

    @property
    def words(self) -> str | Promise:
        return STATE_WORDS[self.state][0]

    @property
    def tone(self) -> str:
        return STATE_WORDS[self.state][1]


COUNT_WALLS = """
  select count(*) filter (where relrowsecurity and relforcerowsecurity), count(*)
    from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace
     and obj_description(c.oid, 'pg_class') not like 'wall:IDENTITY%%'
"""
OWN_ROLE = "select rolbypassrls or rolsuper, exists (select 1 from pg_class where relowner = r.oid) from pg_roles r where rolname = current_user"
TRAIL = """
  select has_table_privilege(current_user, 'departments_auditentry', 'UPDATE, DELETE, TRUNCATE'),
         exists (select 1 from pg_trigger where tgname = 'audit_chain' and tgenabled <> 'D'),
         (select unchained from app.readiness())
"""
CONSTRAINT = "select exists (select 1 from pg_constraint where conname = %s)"


def _found(is_ok: bool, words: str) -> Finding:
    return Finding(words, OK if is_ok else ATTENTION)


def _row(sql: str, *params: Any) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def passwords(by: User) -> Finding:
    policy = policies.password_policy()
    is_habit = policy.classes >= 3 and policy.history >= 5 and 0 < policy.max_age_days <= 90
    return _found(is_habit, policy.words())


def scanner(by: User) -> Finding:
    words = {
        scanning.OFF: _("没有接入病毒扫描（MSW_CLAMD），文件只按内容和结构检查"),
        scanning.OK: _("clamd 应答正常"),
        scanning.AWAY: _("clamd 没有应答，现在不能上传文件"),
    }
    state = scanning.state()
    return _found(state == scanning.OK, words[state])


def lockout(by: User) -> Finding:
    limit, window = settings.SIGN_IN_LIMIT, settings.SIGN_IN_WINDOW_SECONDS // 60
    idle = settings.SESSION_IDLE_SECONDS // 60
    words = _("错 %(limit)s 次锁定，%(window)s 分钟内计数；%(idle)s 分钟不操作退出") % {
        "limit": limit,
        "window": window,
        "idle": idle,
    }
    return _found(limit <= 5 and window >= 15 and idle <= 30, words)


def transport(by: User) -> Finding:
    is_on = bool(
        settings.SECURE_SSL_REDIRECT
        and settings.SECURE_HSTS_SECONDS
        and settings.SESSION_COOKIE_SECURE
    )
    words = (
        _("只用 HTTPS，HSTS %(days)s 天，Cookie 加 Secure")
        if is_on
        else _("这个安装没有启用 HTTPS（嵌入模式）")
    )
    return _found(
        is_on, words % {"days": settings.SECURE_HSTS_SECONDS // 86400} if is_on else words
    )


def second_factor(by: User) -> Finding:
    is_on = settings.SECOND_FACTOR_AT_SIGN_IN
    return _found(is_on, _("登录须第二因素") if is_on else _("演示账户不用第二因素（嵌入模式）"))


def accounts(by: User) -> Finding:
    demo = User.objects.filter(is_demo=True, is_active=True).count()
    rule = policies.account_rule()
    words = _("演示账户 %(demo)s 个；闲置 %(days)s 天自动结束") % {
        "demo": demo,
        "days": rule.idle_days,
    }
    return _found(demo == 0 and rule.idle_days <= 90, words)


def review(by: User) -> Finding:
    """When the next review is due; without a period in the rule nobody has asked for one."""
    months = policies.account_rule().review_months
    if not months:
        return Finding(_("没有设定账户复核的周期（账户规则 review_months）"), ELSEWHERE)
    if by.role != "secadmin":
        return Finding(
            _("每 %(n)s 个月复核；签署情况由安全管理员在控制台查看") % {"n": months}, ELSEWHERE
        )
    due = review_due_on(by.house_id)
    words = _("下一次账户复核应在 %(on)s 前签署") % {"on": due.isoformat()}
    return _found(due > timezone.localdate(), words)


def apart(by: User) -> Finding:
    holds = _row(CONSTRAINT, "membership_duties_apart")[0]
    words = _("数据库约束 membership_duties_apart 在")
    if by.role == "secadmin":
        today = timezone.localdate()
        rows = Membership.objects.visible_to(by).active(today).filter(duty_class__gt=0)
        held = sorted(set(rows.values_list("role", flat=True)))
        words += _("；本机构现有：%(roles)s") % {"roles": "、".join(held) or "—"}
    return _found(holds, words)


def walls(by: User) -> Finding:
    forced, all_of_them = _row(COUNT_WALLS)
    bypasses, owns = _row(OWN_ROLE)
    words = _("%(forced)s / %(all)s 张表强制行级安全；连接的角色不拥有、不绕过") % {
        "forced": forced,
        "all": all_of_them,
    }
    return _found(forced == all_of_them and not bypasses and not owns, words)


def labels(by: User) -> Finding:
    ours = [model for model in apps.get_models() if data_classes.declared(model._meta.label)]
    fields = [(model, field.name) for model in ours for field in model._meta.local_fields]
    identifying = sum(1 for model, name in fields if data_classes.class_of(model, name).level >= 4)
    words = _("%(all)s 个字段都有级别，其中 4、5 级 %(n)s 个") % {
        "all": len(fields),
        "n": identifying,
    }
    return _found(bool(fields), words)


def trail(by: User) -> Finding:
    may_change, is_on, unchained = _row(TRAIL)
    words = _("不能改、不能删；哈希链在；近一小时未入链 %(n)s 条") % {"n": unchained}
    return _found(not may_change and is_on and not unchained, words)


def addresses(by: User) -> Finding:
    known = ", ".join(map(str, settings.MSW_CONSOLE_ADDRESSES))
    return _found(bool(known), known or _("没有设置 MSW_CONSOLE_ADDRESSES，管理员可从任何地址操作"))


def calendar(by: User) -> Finding:
    year = calendar_asked()
    is_known = is_calendar_known(year)
    words = _("%(year)s 年的节假日已有") if is_known else _("%(year)s 年的节假日还没有登记")
    return _found(is_known, words % {"year": year})


def encryption(by: User) -> Finding:
    sealed = sum(
        1
        for model in apps.get_models()
        for field in model._meta.local_fields
        if type(field).__name__.startswith("Sealed")
    )
    words = _("%(n)s 个字段加密存放（AES-256-GCM），密钥编号 %(kid)s，在数据库之外") % {
        "n": sealed,
        "kid": keys().active,
    }
    return _found(sealed > 0, words)


def clock(by: User) -> Finding:
    skew = clock_skew()
    words = _("与数据库的时钟相差 %(n)s 秒") % {"n": int(skew.total_seconds())}
    return _found(skew <= MOST_SKEW, words)


def surface(by: User) -> Finding:
    """What is open beside the pages: the debug mode, the figures for Prometheus."""
    words = _("调试模式打开") if settings.DEBUG else _("调试模式关闭")
    words += _("；监控指标对外打开") if settings.METRICS else _("；监控指标关闭")
    return _found(not settings.DEBUG, words)


def recording(by: User) -> Finding:
    """That entries are written now, from the chain's own head."""
    age = _row("select app.audit_head_age()")[0]
    if age is None:
        return _found(False, _("还没有审计记录"))
    words = _("最近一条记录在 %(n)s 秒前；时间、人员、角色、地址、事件、对象、结果齐全")
    return _found(True, words % {"n": int(age)})


def drill(by: User) -> Finding:
    """The last restore drill that found nothing, as it left its result beside the backups."""
    drilled = last_drill(settings.MSW_BACKUPS)
    if drilled.good_age is None:
        words = _("还没有做过恢复演练") if drilled.state == "never" else _("恢复演练没有成功过")
        return _found(False, words)
    words = _("最近一次成功的恢复演练在 %(days)s 天前") % {"days": drilled.good_age.days}
    if drilled.state == "failed":
        words += _("；之后的一次没有成功")
    return _found(drilled.state == "ok", words)


def outside(words: str | Promise) -> Callable[[User], Finding]:
    return lambda by: Finding(str(words), OUTSIDE)


def elsewhere(words: str | Promise) -> Callable[[User], Finding]:
    return lambda by: Finding(str(words), ELSEWHERE)


def built(words: str | Promise) -> Callable[[User], Finding]:
    return lambda by: Finding(str(words), OK)
