"""What a role without a workbench of its own can do now: an honest list, each a link."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models.people import Role, User
from departments.services.desk import address


@dataclass(frozen=True)
class Offer:
    """One thing to do, its address and what it is for."""

    title: str | Promise
    note: str | Promise
    url: str
    icon: str


ORGANIZATIONS = (
    _("机构与部门"),
    _("查看登记的医院、基金会和主管部门。"),
    "departments:organizations",
    "org",
)
OFFERS: dict[str, tuple[tuple, ...]] = {
    Role.SYSADMIN: (
        (
            _("系统管理"),
            _("设置、规则、代码、节假日、队列与邮件。"),
            "departments:console_system",
            "table",
        ),
        (
            _("登记资料"),
            _("查看地区、代码、规则和定时任务；只能看，不能改。"),
            "admin:index",
            "table",
        ),
        (_("系统状态"), _("数据库、队列与报表工作进程的状况。"), "readyz", "info"),
    ),
    Role.SECADMIN: (
        (
            _("安全管理"),
            _("锁定与闲置的账户、每季度复核、导出。"),
            "departments:console_security",
            "shield",
        ),
        (_("人员与角色"), _("开通账户、给予和结束角色。"), "departments:staff", "user"),
        (
            _("科室与病区"),
            _("新医院先建科室和病区，再开通社工账户。"),
            "departments:departments",
            "bed",
        ),
        (
            _("紧急查阅复核"),
            _("谁因为什么看了 5 级保密个案；次日复核。"),
            "cases:glass_reviews",
            "lock",
        ),
        (_("开通账户"), _("建立账户，得到只显示一次的一次性码。"), "departments:invite", "plus"),
        (
            _("接口客户端"),
            _("基金会自己的系统用什么凭证、可以做什么。"),
            "departments:api_clients",
            "key",
        ),
    ),
    Role.AUDITOR: (
        (
            _("审计记录"),
            _("谁在什么时候看了、做了什么；核验审计链。"),
            "departments:audit",
            "history",
        ),
        (
            _("安全事件"),
            _("登录失败、锁定、拒绝、导出与角色变更；处理警报。"),
            "departments:audit_events",
            "shield",
        ),
    ),
    **dict.fromkeys(
        (Role.FOUNDATION_OFFICER, Role.FOUNDATION_APPROVER, Role.FOUNDATION_CASHIER),
        (
            (_("救助申请"), _("医院提交的申请：核对、审核、拨付。"), "donations:board", "coin"),
            (_("统计报表"), _("本机构的数字和报表。"), "reports:dashboard", "chart"),
        ),
    ),
    Role.FINANCE: (
        (_("捐赠"), _("本机构的捐赠：登记、确认、退回。"), "donations:donations", "coin"),
        (
            _("医院受赠"),
            _("捐赠意向：预评估、决定、协议、验收、公示。"),
            "donations:hospital_gifts",
            "doc",
        ),
    ),
    Role.OFFICE: (
        (
            _("医院受赠"),
            _("请您提出意见或登记决定的捐赠。"),
            "donations:hospital_gifts",
            "doc",
        ),
    ),
    Role.EXPERT_REVIEWER: (
        (_("我的评审"), _("分给我的匿名材料：评分、评语、提交。"), "experts:mine", "clip"),
        (
            _("领域与利益关系"),
            _("写明与哪些单位有关系，这些单位的项目不会分给您。"),
            "experts:profile",
            "edit",
        ),
    ),
    Role.AUTHORITY_OFFICER: (
        (
            _("征集"),
            _("发布征集，看申报、评审、公示和结果。"),
            "calls:list",
            "doc",
        ),
        (
            _("统计年报"),
            _("各医院报送的年报：审核、退回、汇总。"),
            "departments:census_desk",
            "table",
        ),
        (_("统计报表"), _("本地区的数字和报表。"), "reports:dashboard", "chart"),
    ),
    Role.VOLUNTEER: (
        (_("我的班"), _("接下来的班、取消报名、我的资料。"), "volunteers:mine", "calendar"),
        (
            _("志愿岗位"),
            _("先看做什么、有什么风险，再选时间报名。"),
            "volunteers:own_posts",
            "hand",
        ),
        (_("我的服务"), _("签到签退、时长、出具服务记录证明。"), "hours:mine", "clock"),
    ),
    Role.VOLUNTEER_COORDINATOR: (
        (_("志愿者"), _("名册、岗位与班次、签到和时长。"), "volunteers:list", "hand"),
    ),
    Role.APPLICANT: (
        (_("项目申报"), _("填写、保存、提交申报书；看结果。"), "applications:list", "edit"),
    ),
    Role.PARTNER_OFFICER: (
        (_("培育项目"), _("本机构支持的项目和培育记录。"), "projects:list", "seed"),
    ),
    Role.CLINICIAN: (
        (
            _("转介患者"),
            _("填一张转介单给医务社工，不到一分钟；转介人就是您。"),
            "cases:own_referral_new",
            "refer",
        ),
        (
            _("我发出的转介"),
            _("社工收到没有、走到哪一步、怎么答复的。"),
            "cases:own_referrals",
            "history",
        ),
        (
            _("共享给我的个案"),
            _("社工按服务对象的同意共享给您的内容。"),
            "cases:shared",
            "case",
        ),
    ),
}


# What a role may do without an account, said where it looks for it.
HINTS: dict[str, tuple] = {
    Role.CLINICIAN: (
        _("没登录也能转介"),
        _(
            "扫医护台里的转介码填写，凭回执码看进展；没有码的，请医务社工部给病区发一张。除了共享给您的内容，这里不显示个案。"
        ),
    ),
}
NO_CASES = (
    _("这个角色不接触个案"),
    _("服务对象与个案的内容不会显示给这个角色。如需别的权限，请找本机构的安全管理员。"),
)


def hint(user: User) -> tuple:
    """A title and a sentence under the offers."""
    return HINTS.get(user.role, NO_CASES)


def offers(user: User) -> Sequence[Offer]:
    """What the role acted in can open today; every role can read the register of organizations."""
    rows = (*OFFERS.get(user.role, ()), ORGANIZATIONS)
    found = (Offer(title, note, address(name), icon) for title, note, name, icon in rows)
    return [offer for offer in found if offer.url]
