"""Words of the dated rules that foundations obey, for the page of all rules and their own pages."""

from django.utils.translation import gettext_lazy

CHARITIES = {
    "public_foundation": gettext_lazy("具有公开募捐资格的基金会"),
    "public_other": gettext_lazy("具有公开募捐资格的社会团体、社会服务机构"),
    "foundation_60m": gettext_lazy("不具有公开募捐资格的基金会，上年末净资产 6000 万元（含）以上"),
    "foundation_8m": gettext_lazy(
        "不具有公开募捐资格的基金会，上年末净资产 800 万元（含）至 6000 万元"
    ),
    "foundation_4m": gettext_lazy(
        "不具有公开募捐资格的基金会，上年末净资产 400 万元（含）至 800 万元"
    ),
    "foundation_small": gettext_lazy("不具有公开募捐资格的基金会，上年末净资产不足 400 万元"),
    "other_10m": gettext_lazy(
        "不具有公开募捐资格的社会团体、社会服务机构，上年末净资产 1000 万元（含）以上"
    ),
    "other_5m": gettext_lazy(
        "不具有公开募捐资格的社会团体、社会服务机构，上年末净资产 500 万元（含）至 1000 万元"
    ),
    "other_1m": gettext_lazy(
        "不具有公开募捐资格的社会团体、社会服务机构，上年末净资产 100 万元（含）至 500 万元"
    ),
    "other_small": gettext_lazy(
        "不具有公开募捐资格的社会团体、社会服务机构，上年末净资产不足 100 万元"
    ),
    "older_public": gettext_lazy("《基金会管理条例》：公募基金会"),
    "older_non_public": gettext_lazy("《基金会管理条例》：非公募基金会"),
}
DUTIES = {
    "campaign_file": gettext_lazy("募捐方案备案"),
    "campaign_file_late": gettext_lazy("应急募捐补办备案"),
    "emergency_receipts": gettext_lazy("应急募捐款物接收公示"),
    "campaign_progress": gettext_lazy("募捐情况公布"),
    "campaign_closing": gettext_lazy("募捐结项公布"),
    "partner_evaluation": gettext_lazy("合作方评估与监督"),
    "project_progress": gettext_lazy("项目实施情况公布"),
    "project_closing": gettext_lazy("项目结项公布"),
    "residual_property": gettext_lazy("剩余财产处理公布"),
    "leftover_use": gettext_lazy("剩余财产转用公布"),
    "major_event": gettext_lazy("重大事项公布"),
    "related_event": gettext_lazy("关联交易公布"),
    "trust_setup": gettext_lazy("设立慈善信托公布"),
    "annual_report": gettext_lazy("年度工作报告与财务会计报告"),
    "annual_projects": gettext_lazy("年度主要慈善项目"),
    "related_list": gettext_lazy("关联方名单报送登记机关"),
    "trust_file": gettext_lazy("慈善信托备案"),
    "trust_report": gettext_lazy("慈善信托年度报告"),
    "correction": gettext_lazy("公布更正说明"),
    "receipt": gettext_lazy("开具捐赠票据"),
}
EVENTS = {
    "planned": gettext_lazy("活动开始之前"),
    "started": gettext_lazy("开始之后"),
    "ended": gettext_lazy("结束之后"),
    "major": gettext_lazy("事项发生之后"),
    "related": gettext_lazy("关联交易发生之后"),
    "trust_setup": gettext_lazy("设立之后"),
    "closed": gettext_lazy("年度结束之后"),
    "signed": gettext_lazy("信托文件签订之后"),
    "found_wrong": gettext_lazy("发现错误之后"),
    "booked": gettext_lazy("捐赠入账之后"),
    "leftover_booked": gettext_lazy("剩余财产转用记账之后"),
}
BASES = {
    "income": gettext_lazy("上年总收入"),
    "net_assets": gettext_lazy("上年末净资产"),
    "balance": gettext_lazy("上年基金余额"),
}
NAMES = {
    "about": gettext_lazy("关于"),
    "event": gettext_lazy("从何时起算"),
    "publishes": gettext_lazy("公布什么"),
    "only": gettext_lazy("只适用于"),
    "base": gettext_lazy("计算基数"),
    "exempt_below": gettext_lazy("低于多少元不适用"),
    "income_least": gettext_lazy("占总收入不低于"),
    "management_most": gettext_lazy("管理费用不超过"),
}
ABOUT = {
    "campaign": gettext_lazy("公开募捐活动"),
    "project": gettext_lazy("慈善项目"),
    "event": gettext_lazy("重大事项"),
    "year": gettext_lazy("年度"),
    "trust": gettext_lazy("慈善信托"),
    "donation": gettext_lazy("捐赠"),
    "entry": gettext_lazy("已公布的内容"),
    "leftover": gettext_lazy("剩余财产"),
}
VALUES = (
    {("about", key): words for key, words in ABOUT.items()}
    | {("publishes", key): words for key, words in ABOUT.items()}
    | {("event", key): words for key, words in EVENTS.items()}
    | {("base", key): words for key, words in BASES.items()}
    | {
        ("publishes", "receipts"): gettext_lazy("接收的款物"),
        ("only", "emergency"): gettext_lazy("应急募捐"),
        ("only", "non_public"): gettext_lazy("不具有公开募捐资格的组织"),
    }
)
