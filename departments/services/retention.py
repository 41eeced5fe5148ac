"""How long what is kept: every class of records, when its time starts, how long it runs, by which rule, and what then."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import DatedRule
from departments.services.policies import RETENTION, RetentionRule, retention_rule, rule_in_force

ADULT = 18


@dataclass(frozen=True)
class RetentionClass:
    """One class of records; `param` names its number in the dated rule of kind `retention`."""

    code: str
    title: str | Promise
    rows: str | Promise
    starts: str | Promise
    param: str
    law: str | Promise
    then: str | Promise


WITH_CASE = _("到期后列入待处置清单，两人签署后匿名化，数字不变")
LISTED = _("到期后列入待处置清单，两人签署后清空内容，留下编号")
CLASSES = (
    RetentionClass(
        "outpatient",
        _("门急诊服务对象的个案档案"),
        _("个案及其全部记录、表单、同意书和文件"),
        _("结案之日"),
        "outpatient_years",
        _("医疗机构病历管理规定第二十九条"),
        WITH_CASE,
    ),
    RetentionClass(
        "inpatient",
        _("住院服务对象的个案档案"),
        _("个案及其全部记录、表单、同意书和文件"),
        _("结案之日"),
        "inpatient_years",
        _("医疗机构病历管理规定第二十九条"),
        WITH_CASE,
    ),
    RetentionClass(
        "mental",
        _("精神障碍患者的个案档案"),
        _("诊断编码为 F00–F99，或 5 级保密的个案"),
        _("结案之日"),
        "mental_years",
        _("精神卫生法第四十七条"),
        WITH_CASE,
    ),
    RetentionClass(
        "agency",
        _("社工机构保管的个案档案"),
        _("社工机构的个案"),
        _("结案之日"),
        "agency_years",
        _("没有全国性规定，按本系统的规则"),
        WITH_CASE,
    ),
    RetentionClass(
        "minor",
        _("未成年人的档案"),
        _("结案时未满 18 周岁的服务对象"),
        _("年满 18 周岁之日"),
        "minor_years",
        _("未成年人保护法第七十二条；按本系统的规则"),
        _("与上面各类相比，取较晚的一天"),
    ),
    RetentionClass(
        "sharing",
        _("对外提供和委托处理个人信息的记录"),
        _("对外提供、院内共享的记录"),
        _("提供之日"),
        "sharing_years",
        _("网络数据安全管理条例第十二条"),
        _("随个案档案处置，个案不早于这一天"),
    ),
    RetentionClass(
        "request",
        _("个人信息权利请求的办理记录"),
        _("权利请求、答复和材料"),
        _("答复之日"),
        "request_years",
        _("个人信息保护法第五十五条、第五十六条"),
        _("随个案档案处置，个案不早于这一天"),
    ),
    RetentionClass(
        "sealed",
        _("因医疗纠纷封存的记录"),
        _("登记了纠纷封存的人员的全部记录"),
        _("封存之日"),
        "sealed_years",
        _("医疗纠纷预防和处理条例第二十四条"),
        _("期满没有提出解决纠纷的要求，可以启封"),
    ),
    RetentionClass(
        "assessment",
        _("影响评估、委托处理协议和安全事件的记录"),
        _("隐私登记册中已办结的记录"),
        _("办结之日"),
        "assessment_years",
        _("个人信息保护法第五十六条"),
        LISTED,
    ),
    RetentionClass(
        "untaken",
        _("没有受理的转介和求助"),
        _("不受理、退回、撤回和丢弃的转介，连同收件和没有个案的人员"),
        _("收到之日"),
        "untaken_years",
        _("个人信息保护法第四十七条；按本系统的规则（民法典第一百八十八条的诉讼时效）"),
        LISTED,
    ),
    RetentionClass(
        "person",
        _("没有个案和转介的人员"),
        _(
            "登记后没有个案、转介的人员，连同就诊、家属和家庭的记录；参加过小组、活动的按门急诊的年限"
        ),
        _("最后一条记录之日"),
        "person_years",
        _("个人信息保护法第四十七条；按本系统的规则"),
        _("到期后列入待处置清单，两人签署后匿名化，数字不变"),
    ),
    RetentionClass(
        "applicant",
        _("没有通过的志愿者报名"),
        _("未通过审核的报名和材料"),
        _("报名之日"),
        "applicant_years",
        _("个人信息保护法第四十七条；按本系统的规则"),
        LISTED,
    ),
    RetentionClass(
        "voucher",
        _("会计凭证和账簿"),
        _("账簿的凭证和分录"),
        _("会计年度终了"),
        "voucher_years",
        _("会计档案管理办法第十四条"),
        _("系统内的分录不删除；有拨付的个案不早于这一天"),
    ),
    RetentionClass(
        "receipt",
        _("捐赠票据存根"),
        _("已开具和作废的捐赠票据"),
        _("开具之日"),
        "receipt_years",
        _("财政票据管理办法第二十七条"),
        _("票据存根的销毁报财政部门；系统内的记录不删除"),
    ),
    RetentionClass(
        "volunteer",
        _("志愿者档案和服务记录"),
        _("志愿者、服务时长和证明"),
        _("退出之日"),
        "volunteer_years",
        _("志愿服务条例第十九条"),
        _("出具证明需要，不删除"),
    ),
    RetentionClass(
        "project",
        _("项目、评审和政策文件"),
        _("项目申报、评审、结项和登记册"),
        _("结项之日"),
        "project_years",
        _("机关文件材料归档范围和文书档案保管期限规定"),
        _("到期鉴定；系统内的记录不删除"),
    ),
    RetentionClass(
        "log",
        _("网络日志和审计记录"),
        _("审计记录"),
        _("产生之日"),
        "log_months",
        _("网络安全法第二十一条"),
        _("审计链不删除"),
    ),
)
BY_CODE = {one.code: one for one in CLASSES}


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day `years` later; of 29 February the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def years_ago(years: int) -> dt.datetime | None:
    """What began before this instant has run so many years today; None for 0, which is for good."""
    if not years:
        return None
    day = years_after(timezone.localdate(), -years) + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


@dataclass(frozen=True)
class ShownClass:
    """A class with its number of today; `amount` 0 is for good."""

    of: RetentionClass
    amount: int

    @property
    def is_months(self) -> bool:
        return self.of.param.endswith("_months")


def classes_today(on: dt.date | None = None) -> tuple[list[ShownClass], DatedRule | None]:
    """Every class with its period by the rule of a day, and that rule's row (None: the portal's own numbers)."""
    day = on or timezone.localdate()
    rule = retention_rule(day)
    return [ShownClass(one, getattr(rule, one.param)) for one in CLASSES], rule_in_force(
        RETENTION, day
    )


def ends_on(code: str, start: dt.date, rule: RetentionRule) -> dt.date | None:
    """The first day after the least period of a class that starts on a day; None: for good."""
    years = getattr(rule, BY_CODE[code].param)
    return years_after(start, years) if years else None
