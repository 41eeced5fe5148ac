"""What each task of beat is for, and the rule behind it; every app's tasks stand here, by their code in the schedule."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Words:
    """`what` is a sentence for the system administrator; `rule` says where it comes from, "" for the portal's own upkeep."""

    what: str | Promise
    rule: str | Promise = ""


WORDS: dict[str, Words] = {
    "relay-outbox": Words(_("送出发件箱里的通知和跨机构消息")),
    "relay-mail": Words(_("发出到时的邮件")),
    "relay-hooks": Words(_("把事件推送给其他机构的系统")),
    "sweep-webhooks": Words(_("清除早已送达的推送记录")),
    "digests": Words(_("给选了汇总的人发每日邮件")),
    "sweep-jobs": Words(_("让中断的后台任务继续，并清掉它们留下的半份文件")),
    "sweep-inbox": Words(_("把在外求助入口收到的求助变成转介")),
    "sweep-applications": Words(_("把志愿者报名变成档案")),
    "sweep-reports": Words(
        _("强制报告超过时限的，再次告知负责的人"), _("《未成年人保护法》第十一条")
    ),
    "sweep-calls": Words(
        _("到时开放和截止征集，公示期满转入下一步"), _("《慈善法》与各征集公布的期限")
    ),
    "sweep-projects": Words(_("更新项目进度灯，提醒到期的进展报告"), _("各项目的协议")),
    "sweep-hours": Words(_("结算忘记签退和没有到的志愿服务"), _("《志愿服务记录与证明出具办法》")),
    "remind-receipts": Words(
        _("入账满一周还没开的捐赠票据变成待办"), _("《慈善法》第三十八条；基金规定一周内")
    ),
    "sweep-requests": Words(
        _("救助公示到期自动结束，逾期没有补件的作废"), _("救助项目公布的公示期和补件期")
    ),
    "sweep-drops": Words(_("读取医院系统投放的就诊文件")),
    "sweep-consents": Words(
        _("满 14、18 周岁或同意书换版的，提醒重新取得同意；到期的同意结束"),
        _("《个人信息保护法》第十四、三十一条；《民法典》第十八、十九条"),
    ),
    "sweep-resources": Words(
        _("资源库里超过 180 天没有核实的条目变成待办"), _("Open Referral HSDS 3.0")
    ),
    "sweep-retention": Words(
        _("有个案保存期满的部门，每月请主任查看一次"), _("《医疗机构病历管理规定》；个保法第47条")
    ),
    "find-duplicates": Words(_("比对新改的服务对象资料，找出可能重复的")),
    "sweep-accounts": Words(
        _("久未登录的账户先通知后停用；每季度的账户复核、角色到期、证书与机构资格到期的提醒"),
        _("GB/T 22239 第三级 8.1.4.1；《社会工作者职业水平证书登记办法》；《慈善法》"),
    ),
    "sweep-drafts": Words(_("清除久未继续的草稿")),
    "sweep-files": Words(_("核对文件与记录，清除没有记录的文件")),
    "scan-files": Words(_("给接入病毒扫描之前的文件补扫"), _("GB/T 22239 第三级 8.1.4.5")),
    "watch": Words(_("安全警报、失败的任务和磁盘空间"), _("GB/T 22239 第三级 8.1.5.4")),
    "sweep-expired": Words(_("清除过期的一次性键和限流计数")),
    "sweep-imports": Words(_("结束没有确认的导入，清空旧导入的内容")),
    "anchor-audit": Words(_("把各机构审计链的末端记到数据库之外"), _("GB/T 22239 第三级 8.1.4.3")),
    "verify-audit": Words(
        _("逐条核验各机构的审计链；断了就变成审计管理员的待办"), _("GB/T 22239 第三级 8.1.4.3")
    ),
    "check-calendar": Words(
        _("从 11 月起，下一年的节假日还没有登记就请系统管理员登记"),
        _("《个人信息保护法》等按工作日计算的期限"),
    ),
    "check-backups": Words(
        _("最近一次备份超过 26 小时就告知系统管理员"), _("GB/T 22239 第三级 8.1.4.9")
    ),
    "remind-overdue": Words(
        _(
            "转介没有答复、各阶段超时、计划检视、补写记录、结案审核、跟进与回访到期没办的，告知负责的人和主任"
        ),
        _("MZ/T 094《社会工作方法 个案工作》；医院和救助项目自己的时限"),
    ),
    "rotate-keys": Words(_("继续没有做完的密钥更换"), _("GB/T 39786 密码应用")),
    "sweep-disclosures": Words(
        _("到期的信息公开事项变成待办，提前 30、7、1 天提醒"),
        _("《慈善法》第七十八、七十九条；《慈善组织信息公开办法》"),
    ),
    "sweep-payments": Words(
        _("销毁用过的银行文件，抽取上月拨付的核查样本"), _("各救助项目的核查规定")
    ),
    "recompute-published": Words(_("按数据行重新计算公布过的数字")),
    "compact-rollups": Words(_("合并统计的增量，让看板读得快")),
    "freeze-months": Words(_("过完的月份按指标冻结，再与数据行比对；后来的更正另记一版")),
    "release-open-tables": Words(
        _("过完的季度和年度算出公开数据，经披露控制后冻结"),
        _("《政府信息公开条例》第十五条；GB/T 37964"),
    ),
    "sweep-schedules": Words(_("到时的定时报表开始生成；负责人离开的暂停并告知主任")),
    "sweep-runs": Words(_("销毁保留时间已过的报表文件")),
}
