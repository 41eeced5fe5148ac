"""The self-check against GB/T 22239-2019, level 3 (等保三级): clause, control, evidence read now, state.

Clauses 8.1.4 and 8.1.5, what of them a web application answers for. `tests` names the test that
proves the control; a test holds that each of them exists.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models.people import User
from departments.permissions import can_view_self_check
from departments.services import self_check_reads as reads
from departments.services.self_check_reads import Finding
from msw_portal.kernel.access import require


@dataclass(frozen=True)
class Item:
    """A clause, what the portal does for it, and how that is read."""

    clause: str | Promise
    requirement: str | Promise
    control: str | Promise
    read: Callable[[User], Finding]
    tests: str = ""  # file::function


@dataclass(frozen=True)
class Line:
    item: Item
    finding: Finding


def self_check(*, by: User) -> Sequence[Line]:
    """Every item with what it finds now."""
    require(can_view_self_check, by, None)
    return [Line(item, item.read(by)) for item in ITEMS]


ITEMS: tuple[Item, ...] = (
    Item(
        "8.1.4.1 a",
        _("身份唯一，密码复杂并定期更换"),
        _("登录名不重复使用；密码要求是有期限的规则"),
        reads.passwords,
        "tests/departments/test_password_policy.py::test_three_of_four_classes",
    ),
    Item(
        "8.1.4.1 b",
        _("登录失败处理，超时退出"),
        _("按账户和地址计数，锁定；空闲与绝对时限"),
        reads.lockout,
        "tests/departments/test_sign_in.py::test_the_next_attempt_after_the_limit_is_not_compared",
    ),
    Item(
        "8.1.4.1 c",
        _("远程管理防窃听"),
        _("全程 HTTPS、HSTS、__Host- Cookie"),
        reads.transport,
        "tests/platform/test_behind_proxy.py::test_the_house_is_closed_to_everything_but_its_name_over_tls",
    ),
    Item(
        "8.1.4.1 d",
        _("两种以上鉴别技术，一种用密码技术"),
        _("密码加身份验证器（TOTP）"),
        reads.second_factor,
        "tests/departments/test_second_factor.py::test_whoever_has_no_app_is_led_to_bind_one_and_can_do_nothing_before",
    ),
    Item(
        "8.1.4.2 a–c",
        _("账户与权限分配；无默认、多余、过期账户"),
        _("由安全管理员开通；闲置先通知后结束"),
        reads.accounts,
        "tests/departments/test_housekeeping.py::test_an_idle_account_is_told_a_fortnight_before_and_then_ended",
    ),
    Item(
        "8.1.4.2 c",
        _("及时清理多余与过期账户"),
        _("每季度逐行复核，签署存档"),
        reads.review,
        "tests/departments/test_reviews.py::test_the_next_is_due_three_months_after_the_signing",
    ),
    Item(
        "8.1.4.2 d",
        _("最小权限，管理权限分离"),
        _("系统、安全、审计三员互斥，由数据库保证"),
        reads.apart,
        "tests/departments/test_roles.py::test_the_database_keeps_the_administrators_apart",
    ),
    Item(
        "8.1.4.2 e–f",
        _("授权主体定策略，控制到表与记录"),
        _("行级安全与 visible_to 两道墙"),
        reads.walls,
        "tests/architecture/test_walls.py::test_every_walled_table_is_forced_and_has_a_policy_for_every_command",
    ),
    Item(
        "8.1.4.2 g",
        _("重要主体与客体的安全标记"),
        _("每个字段有数据级别，遮盖与导出随级别"),
        reads.labels,
        "tests/architecture/test_data_classes.py::test_every_field_has_its_class",
    ),
    Item(
        "8.1.4.3 a–b",
        _("审计覆盖每个用户与重要事件"),
        _("登录、查阅、写入、导出、权限变更都有记录"),
        reads.recording,
        "tests/departments/test_middleware.py::test_a_refusal_is_audited_in_a_transaction_of_its_own",
    ),
    Item(
        "8.1.4.3 c–d",
        _("保护审计记录与审计进程"),
        _("只增不改，哈希链；写不进审计则操作不成"),
        reads.trail,
        "tests/departments/test_audit_chain.py::test_what_even_the_owner_changes_is_found",
    ),
    Item(
        "8.1.4.4 a–b",
        _("最小安装，关闭不需要的服务"),
        _("只有页面与接口；监控默认关闭"),
        reads.surface,
        "tests/platform/test_refusals.py::test_the_web_server_says_what_is_wrong",
    ),
    Item(
        "8.1.4.4 c",
        _("限定管理终端的地址"),
        _("MSW_CONSOLE_ADDRESSES"),
        reads.addresses,
        "tests/departments/test_consoles.py::test_administrators_work_from_set_addresses_only",
    ),
    Item(
        "8.1.4.4 d",
        _("数据有效性检验"),
        _("表单、文件按内容检查，数据库有约束"),
        reads.built(_("不合格的输入在字段旁说明，不入库")),
        "tests/kernel/test_files.py::test_other_content_is_refused_whatever_its_name",
    ),
    Item(
        "8.1.4.4 e",
        _("发现并修补漏洞"),
        _("make lint 核对依赖包的已知漏洞"),
        reads.elsewhere(_("安装前与每次升级前由运维执行，结果不在本系统里")),
    ),
    Item(
        "8.1.4.5",
        _("恶意代码防范"),
        _("上传的文件交 ClamAV 查毒，查不了就不收"),
        reads.scanner,
        "tests/departments/test_scanning.py::test_a_virus_is_refused_at_the_field_and_nothing_is_kept",
    ),
    Item(
        "8.1.4.7–8",
        _("存储与传输的完整性、保密性"),
        _("字段加密、盲索引、文件各有密钥"),
        reads.encryption,
        "tests/kernel/test_crypto.py::test_the_table_holds_ciphertext_bound_to_its_place",
    ),
    Item(
        "8.1.4.3 b",
        _("审计时间准确"),
        _("与数据库时钟比较；时钟不对不结束账户"),
        reads.clock,
        "tests/departments/test_housekeeping.py::test_a_clock_in_doubt_ends_nobody",
    ),
    Item(
        "8.1.4.9 a",
        _("本地备份与恢复测试"),
        _("备份命令与恢复演练"),
        reads.drill,
        "tests/keys/test_backups.py::test_drills_find_what_a_good_looking_dump_hides",
    ),
    Item(
        "8.1.4.9 b–c",
        _("异地备份，热冗余"),
        _("不在应用之内"),
        reads.outside(_("由机构安排；备份目录可放在另一处存储")),
    ),
    Item(
        "8.1.4.10",
        _("剩余信息清除"),
        _("退出即清会话，页面不缓存"),
        reads.built(_("Cache-Control: no-store")),
        "tests/departments/test_sessions.py::test_pages_are_not_kept_by_a_cache",
    ),
    Item(
        "8.1.4.11",
        _("只采集必需的个人信息"),
        _("字段登记、单独同意、撤回即清空"),
        reads.built(_("字段级别登记在每个应用的 data_classes.py")),
        "tests/cases/test_consents.py::test_a_withdrawal_is_not_taken_back",
    ),
    Item(
        "8.1.5",
        _("系统、安全、审计集中管理"),
        _("三个控制台，各自鉴别，操作都审计"),
        reads.built(_("别的角色得到 404，并记入审计")),
        "tests/departments/test_consoles.py::test_a_console_is_there_for_its_administrator_alone",
    ),
    Item(
        _("期限"),
        _("法定期限按工作日计算"),
        _("国务院办公厅公布的放假与调休，每年登记"),
        reads.calendar,
        "tests/departments/test_workday_calendar.py::test_from_november_on_the_next_year_is_asked_for_once",
    ),
    Item(
        "8.1.1–8.1.3",
        _("机房、网络与区域边界"),
        _("不在应用之内"),
        reads.outside(_("由机构的机房与网络落实")),
    ),
)
