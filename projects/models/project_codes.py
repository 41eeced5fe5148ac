"""What a project, its money, its events and its reports can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProjectKind(models.TextChoices):
    CULTIVATED = "cultivated", _("培育项目")
    STATION = "station", _("社工站项目")
    INCUBATION = "incubation", _("孵化入驻")
    PURCHASE = "purchase", _("政府购买服务")
    PROGRAMME = "programme", _("多站点计划")
    OTHER = "other", _("其他")


class ProjectLight(models.TextChoices):
    NONE = "", _("未评定")
    GREEN = "green", _("正常")
    AMBER = "amber", _("需关注")
    RED = "red", _("滞后")


class ProjectGrade(models.TextChoices):
    NONE = "", _("未评定")
    EXCELLENT = "excellent", _("优")
    GOOD = "good", _("良")
    QUALIFIED = "qualified", _("合格")
    UNQUALIFIED = "unqualified", _("不合格")


class MoneySource(models.TextChoices):
    ASKED = "asked", _("申请资助")
    FISCAL = "fiscal", _("财政资金")
    CHARITY = "charity", _("慈善资金")
    OWN = "own", _("自筹")
    OTHER = "other", _("其他来源")


class FigureSource(models.TextChoices):
    MANUAL = "manual", _("人工填报")
    CASES = "cases", _("个案")
    GROUPS = "groups", _("小组")
    ACTIVITIES = "activities", _("活动")
    VOLUNTEERS = "volunteers", _("志愿者人数")
    VOLUNTEER_HOURS = "volunteer_hours", _("志愿服务时长")
    LEARNING = "learning", _("培训督导")


class EventKind(models.TextChoices):
    MILESTONE = "milestone", _("里程碑")
    TRAINING = "training", _("系统培训")
    SUPERVISION = "supervision", _("立体督导")
    SITE_VISIT = "site_visit", _("实地走访")
    RESOURCE_LINK = "resource_link", _("资源链接")
    EXCHANGE = "exchange", _("交流推介")
    PROMOTION = "promotion", _("宣传推广")
    MID_TERM = "mid_term", _("中期检查")
    CHANGE = "change", _("变更申请")
    COACHING = "coaching", _("一对一辅导")
    SWOT = "swot", _("SWOT 分析")
    RADAR = "radar", _("能力雷达")
    OUTCOME = "outcome", _("成果")
    CONTRACT_PAYMENT = "contract_payment", _("合同付款")
    SERVICE = "service", _("孵化服务")
    SPACE = "space", _("场地使用")
    ASSESSMENT = "assessment", _("年度评估")
    ACTIVITY = "activity", _("站点活动")


class ReportKind(models.TextChoices):
    MONTHLY = "monthly", _("月报")
    QUARTERLY = "quarterly", _("季报")
    MID_TERM = "mid_term", _("中期报告")
    CLOSING = "closing", _("结项报告")
    STATION_MONTH = "station_month", _("社工站月报")
