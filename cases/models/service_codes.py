"""The code lists of what is done: service content, activities, the whole course, the person's rights."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ServiceContent(TextChoices):
    """What a piece of work was about: Beijing's list (first), then the eight and four of 河南省胸科医院."""

    ASSESS = "assess", _("评估心理与社会状况")
    EMOTION = "emotion", _("处理疾病引起的情绪问题")
    STAFF_SUPPORT = "staff_support", _("对医务人员的心理支持")
    RESOURCES = "resources", _("整合社会资源")
    RELATION = "relation", _("调适医患关系")
    TEAM = "team", _("参与诊疗团队")
    VOLUNTEERS = "volunteers", _("志愿者管理")
    COMMUNITY = "community", _("社区健康服务")
    ADAPT = "adapt", _("适应医院环境")
    TREATMENT_PLAN = "treatment_plan", _("治疗与康复计划")
    PSYCHOLOGICAL = "psychological", _("心理支持")
    APPLY_AID = "apply_aid", _("申请慈善救助")
    FAMILY = "family", _("家庭支持与福利")
    COMMUNICATE = "communicate", _("医患沟通")
    DISCHARGE = "discharge", _("出院计划")
    LINK_COMMUNITY = "link_community", _("链接社区资源")
    CULTURE = "culture", _("医院：宣传文化")
    PROMOTE = "promote", _("医院：推广专科技术")
    HUMANITIES = "humanities", _("医院：医学人文")
    RELIEVE = "relieve", _("医院：减轻医护压力")


HOSPITAL_SIDE = frozenset({"culture", "promote", "humanities", "relieve", "staff_support"})


class MilestoneKind(TextChoices):
    """The six places of the whole course, in order."""

    ADMISSION = "admission", _("入院")
    PRE_OP = "pre_op", _("术前")
    OPERATION = "operation", _("术中")
    POST_OP = "post_op", _("术后")
    DISCHARGE = "discharge", _("出院")
    FOLLOW_UP = "follow_up", _("随访")


class CareFlagKind(TextChoices):
    NOT_TOLD = "not_told", _("保护性医疗：不可告知")
    SAFETY = "safety", _("人身安全")
    INFECTION = "infection", _("防护提示")
    COMMUNICATION = "communication", _("沟通提示")
    DISPUTE = "dispute", _("纠纷或投诉")
    OTHER = "other", _("其他提示")


class SubjectRequestKind(TextChoices):
    """PIPL 44 to 48."""

    ACCESS = "access", _("查阅")
    COPY = "copy", _("复制")
    CORRECT = "correct", _("更正、补充")
    DELETE = "delete", _("删除")
    TRANSFER = "transfer", _("转移")
    RESTRICT = "restrict", _("限制处理")
    EXPLAIN = "explain", _("说明处理规则")


class SubjectRequestOutcome(TextChoices):
    GRANT = "grant", _("同意")
    PARTLY = "partly", _("部分同意")
    REFUSE = "refuse", _("不同意")


class RefusalGround(TextChoices):
    """Why less than what was asked is done; each names the rule it rests on."""

    NOT_IDENTIFIED = "not_identified", _("身份或代理、亲属关系未能核实")
    NOT_ENTITLED = "not_entitled", _("请求人不是本人、监护人、受托人或近亲属")
    RETENTION = "retention", _("法律、行政法规规定的保存期限未满（个保法第47条）")
    SECRET = "secret", _("法律、行政法规规定应当保密（个保法第18条、第45条）")
    DUTY = "duty", _("妨碍依法履行职责，或正在处理争议（个保法第18条、第35条）")
    LIFETIME_WISH = "lifetime_wish", _("死者生前另有安排（个保法第49条）")
    NO_INTEREST = "no_interest", _("不是为了近亲属自身的合法、正当利益（个保法第49条）")
    OTHERS = "others", _("涉及他人的个人信息或安全")
    NOT_WRONG = "not_wrong", _("经核实，记录没有错误（个保法第46条）")
    NO_RECEIVER = "no_receiver", _("不符合转移的条件（个保法第45条）")
    REPEATED = "repeated", _("已就同一请求答复过，没有新的情况")
    OTHER = "other", _("其他")


class ActivityKind(TextChoices):
    WARD_VISIT = "ward_visit", _("病房探访")
    CONSULTATION = "consultation", _("咨询")
    PHONE = "phone", _("来电")
    OUTREACH = "outreach", _("外展")
    HOSPITAL_SIDE = "hospital_side", _("医院方工作")
    COMMUNITY = "community", _("社区活动")
    PATIENT_ASSOCIATION = "patient_association", _("病友会")
    PROMOTION = "promotion", _("宣传")
    TRAINING = "training", _("培训")


class VisitAction(TextChoices):
    SUPPORT = "support", _("情绪支持")
    INFORMATION = "information", _("提供资讯")
    RESOURCE = "resource", _("链接资源")
    TO_CASE = "to_case", _("转个案")
    NO_NEED = "no_need", _("无需求")


class ConsultationResult(TextChoices):
    ANSWERED = "answered", _("已解答")
    TO_CASE = "to_case", _("转个案")
    REFERRED = "referred", _("转介")


class PlanItemKind(TextChoices):
    TASK = "task", _("任务")
    PACKAGE = "package", _("服务包")


class PlanItemState(TextChoices):
    PLANNED = "planned", _("待开始")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    CANCELLED = "cancelled", _("已取消")
