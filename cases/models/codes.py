"""The code lists of casework: stored as written, shown in Chinese."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    """GB/T 2261.1."""

    UNKNOWN = "0", _("未知")
    MALE = "1", _("男")
    FEMALE = "2", _("女")
    NOT_STATED = "9", _("未说明")


class IdType(TextChoices):
    ID = "id", _("居民身份证")
    BIRTH_CERTIFICATE = "birth_certificate", _("出生医学证明")
    PASSPORT = "passport", _("护照")
    RESIDENCE_PERMIT = "residence_permit", _("港澳台居民居住证")
    FOREIGN_PERMIT = "foreign_permit", _("外国人永久居留证")
    OFFICER = "officer", _("军官证")
    NONE = "none", _("无证件")


class Capacity(TextChoices):
    """Legal capacity of a natural person (Civil Code 18-22); nothing recorded means: as the age says."""

    FULL = "full", _("完全民事行为能力")
    LIMITED = "limited", _("限制民事行为能力")
    NONE = "none", _("无民事行为能力")


class CapacityGround(TextChoices):
    """By what the capacity was judged: a court decides it (Civil Code 24), until then a doctor's assessment."""

    COURT = "court", _("人民法院判决")
    FORENSIC = "forensic", _("司法鉴定意见")
    CLINICAL = "clinical", _("医生评估，尚未经法院认定")


class Relation(TextChoices):
    SELF = "self", _("本人")
    FATHER = "father", _("父亲")
    MOTHER = "mother", _("母亲")
    SPOUSE = "spouse", _("配偶")
    SON = "son", _("儿子")
    DAUGHTER = "daughter", _("女儿")
    SIBLING = "sibling", _("兄弟姐妹")
    GRANDPARENT = "grandparent", _("祖父母/外祖父母")
    GRANDCHILD = "grandchild", _("孙子女/外孙子女")
    GUARDIAN = "guardian", _("其他监护人")
    RELATIVE = "relative", _("其他亲属")
    AGENT = "agent", _("委托代理人")
    OTHER = "other", _("其他")


class VisitType(TextChoices):
    OUTPATIENT = "outpatient", _("门诊")
    EMERGENCY = "emergency", _("急诊")
    INPATIENT = "inpatient", _("住院")
    DAY = "day", _("日间")


class TreatmentStage(TextChoices):
    SUSPECTED = "suspected", _("待确诊")
    DIAGNOSED = "diagnosed", _("确诊")
    PRE_OP = "pre_op", _("术前")
    IN_OP = "in_op", _("术中")
    POST_OP = "post_op", _("术后")
    CHEMORADIATION = "chemoradiation", _("化放疗")
    TRANSPLANT = "transplant", _("移植")
    REHABILITATION = "rehabilitation", _("康复")
    RELAPSE = "relapse", _("复发")
    TERMINAL = "terminal", _("终末期")
    FOLLOW_UP = "follow_up", _("随访")
    DECEASED = "deceased", _("死亡")


class Insurance(TextChoices):
    EMPLOYEE = "employee", _("职工医保")
    RESIDENT = "resident", _("居民医保")
    PUBLIC = "public", _("公费医疗")
    COMMERCIAL = "commercial", _("商业保险")
    INJURY = "injury", _("工伤保险")
    MATERNITY = "maternity", _("生育保险")
    REMOTE_FILED = "remote_filed", _("异地医保（已备案）")
    REMOTE_UNFILED = "remote_unfiled", _("异地医保（未备案）")
    SELF_PAID = "self_paid", _("全自费")


class WelfareStatus(TextChoices):
    ORDINARY = "ordinary", _("一般")
    SUBSISTENCE = "subsistence", _("低保")
    MARGINAL = "marginal", _("低保边缘")
    DESTITUTE = "destitute", _("特困")
    POVERTY_WATCH = "poverty_watch", _("防止返贫监测")
    EXPENDITURE = "expenditure", _("支出型困难")
    ORPHAN = "orphan", _("孤儿")
    UNSUPPORTED_CHILD = "unsupported_child", _("事实无人抚养儿童")
    DISABLED = "disabled", _("残疾")
    PREFERENTIAL = "preferential", _("优抚")
    FAMILY_PLANNING = "family_planning", _("计生特殊家庭")
    OTHER = "other", _("其他")


class CaseMethod(TextChoices):
    CASEWORK = "casework", _("个案工作")
    CASE_MANAGEMENT = "case_management", _("个案管理")


class ServiceKind(TextChoices):
    FULL = "full", _("完整服务")
    SHORT = "short", _("短期服务")


class Decision(TextChoices):
    """What intake decides; declining and referring out are arrows of their own."""

    OPEN = "open", _("开案")
    SHORT = "short", _("短期服务")


class CaseSource(TextChoices):
    SELF_REQUEST = "self_request", _("自行求助")
    CLINICIAN_REFERRAL = "clinician_referral", _("医护转介")
    AGENCY_REFERRAL = "agency_referral", _("其他机构转介")
    OUTREACH = "outreach", _("社工主动发现")
    PUBLIC_REPORT = "public_report", _("民众或志愿者通报")
    FAMILY_REQUEST = "family_request", _("家属求助")
    OTHER = "other", _("其他")


class RiskLevel(TextChoices):
    LOW = "low", _("低")
    MEDIUM = "medium", _("中")
    HIGH = "high", _("高")
    CRISIS = "crisis", _("危机")


class Priority(TextChoices):
    NORMAL = "normal", _("一般")
    SOON = "soon", _("较急")
    URGENT = "urgent", _("紧急")


class Secrecy(IntegerChoices):
    CASE_FILE = 4, _("4 级：个案档案")
    RESTRICTED = 5, _("5 级：指名查阅")


class NeedCategory(TextChoices):
    FINANCIAL = "financial", _("经济困难 / 医疗费用")
    POLICY_CONSULT = "policy_consult", _("医保与政策咨询")
    ILLNESS_ADAPTATION = "illness_adaptation", _("疾病适应")
    EMOTIONAL = "emotional", _("情绪心理")
    FAMILY_CAREGIVER = "family_caregiver", _("家庭关系 / 照顾者压力")
    SOCIAL_SUPPORT = "social_support", _("社会支持不足")
    COMMUNICATION = "communication", _("医患沟通 / 医疗决策")
    DISCHARGE_PLANNING = "discharge_planning", _("出院计划 / 转衔")
    REHAB_REINTEGRATION = "rehab_reintegration", _("康复与社区融入")
    CHILD_EDUCATION = "child_education", _("儿童教育 / 陪伴")
    BASIC_LIVING = "basic_living", _("住宿 / 交通 / 生活物资")
    PALLIATIVE_BEREAVEMENT = "palliative_bereavement", _("安宁疗护 / 哀伤辅导")
    CRISIS = "crisis", _("危机干预")
    ABUSE_VIOLENCE = "abuse_violence", _("虐待 / 忽视 / 家暴")
    UNIDENTIFIED = "unidentified", _("身份不明 / 无家属")
    LEGAL_RIGHTS = "legal_rights", _("法律权益 / 工伤 / 纠纷")
    TRANSPLANT_DONATION = "transplant_donation", _("器官捐献 / 移植")
    OTHER = "other", _("其他")


class NeedVoice(TextChoices):
    CLIENT = "client", _("服务对象提出")
    WORKER = "worker", _("社工评估")


class NeedMet(TextChoices):
    YES = "yes", _("已满足")
    PARTLY = "partly", _("部分满足")
    NO = "no", _("未满足")


class ContactMode(TextChoices):
    INTERVIEW = "interview", _("面谈")
    WARD_VISIT = "ward_visit", _("病房探访")
    CLINIC = "clinic", _("门诊 / 跟诊")
    PHONE = "phone", _("电访")
    ONLINE = "online", _("线上 / 视频")
    HOME_VISIT = "home_visit", _("家访")
    ESCORT = "escort", _("陪同")
    FAMILY_MEETING = "family_meeting", _("家庭会议")
    MDT = "mdt", _("多学科会议")
    RESOURCE_CONTACT = "resource_contact", _("资源联络")
    AGENCY_VISIT = "agency_visit", _("机构访视")
    LETTER = "letter", _("信函 / 公文")
    INCOMING_CALL = "incoming_call", _("案家来电")


class ContactTarget(TextChoices):
    CLIENT = "client", _("患者本人")
    PARENT = "parent", _("父母")
    SPOUSE = "spouse", _("配偶")
    CHILD = "child", _("子女")
    RELATIVE = "relative", _("其他亲属")
    CLINICIAN = "clinician", _("医护")
    AGENCY = "agency", _("机构")
    OTHER = "other", _("其他")


class Theory(TextChoices):
    PSYCHOSOCIAL = "psychosocial", _("心理社会治疗")
    COGNITIVE_BEHAVIOURAL = "cognitive_behavioural", _("认知行为")
    RATIONAL_EMOTIVE = "rational_emotive", _("理性情绪")
    TASK_CENTRED = "task_centred", _("任务中心")
    CRISIS_INTERVENTION = "crisis_intervention", _("危机介入")
    PERSON_CENTRED = "person_centred", _("人本治疗")
    FAMILY_THERAPY = "family_therapy", _("家庭治疗")
    ECOLOGICAL = "ecological", _("生态系统")
    STRENGTHS = "strengths", _("优势视角")
    EMPOWERMENT = "empowerment", _("增能")
    NARRATIVE = "narrative", _("叙事")
    SOLUTION_FOCUSED = "solution_focused", _("焦点解决")


class CloseReason(TextChoices):
    GOALS_MET = "goals_met", _("目标实现")
    CLIENT_WITHDREW = "client_withdrew", _("服务对象不愿继续")
    REFERRED = "referred", _("客观原因不能实现目标而转介")
    STATUS_CHANGED = "status_changed", _("社工或服务对象身份、状况变化")
    LOST_CONTACT = "lost_contact", _("出院失联")
    DECEASED = "deceased", _("死亡")
    OUT_OF_SCOPE = "out_of_scope", _("超出机构服务范围")
    OTHER = "other", _("其他")


class GasLevel(IntegerChoices):
    """Goal Attainment Scaling (Kiresuk and Sherman 1968)."""

    MUCH_LESS = -2, _("远低于预期")
    LESS = -1, _("低于预期")
    EXPECTED = 0, _("达到预期")
    MORE = 1, _("高于预期")
    MUCH_MORE = 2, _("远高于预期")


class FormKind(TextChoices):
    F1 = "F1", _("接案登记表")
    F3 = "F3", _("需求预估表")
    F7 = "F7", _("结案报告")
    F8 = "F8", _("跟进记录")
    F11 = "F11", _("危机事件报告")
    F12 = "F12", _("家庭会议 / 多学科会议记录")
    F13 = "F13", _("出院计划")
    GENOGRAM = "genogram", _("家庭结构图")
    ECOMAP = "ecomap", _("生态图")
    CALC_OWN = "calc_own", _("自付费用")
    CALC_RATIO = "calc_ratio", _("费用负担率")
    CALC_CATA = "calc_cata", _("灾难性医疗支出")
    CALC_HEAD = "calc_head", _("家庭人均月收入")
    CALC_RIGID = "calc_rigid", _("支出型困难")


class FormState(TextChoices):
    DRAFT = "draft", _("草稿")
    FINAL = "final", _("已定稿")


class AlertTrigger(TextChoices):
    PHQ9_9 = "phq9_9", _("PHQ-9 第 9 题")
    WORKER = "worker", _("社工发现")
    DISTRESS = "distress", _("痛苦程度达到预警分")
    SCREEN = "screen", _("快速筛查")
    MINOR_HARM = "minor_harm", _("未成年人疑似受侵害")
    VIOLENCE = "violence", _("疑似遭受暴力或虐待")


class NoHelpReason(TextChoices):
    """Why a receiving body does not help: what its answer chooses from."""

    NOT_ELIGIBLE = "not_eligible", _("不符合我们的受助条件")
    OUT_OF_AREA = "out_of_area", _("不在服务地区")
    NO_CAPACITY = "no_capacity", _("名额或人手已满")
    PASSED_ON = "passed_on", _("已再转给其他机构")
    NEEDS_MORE = "needs_more", _("信息不够，退回补充")
    NOT_REACHED = "not_reached", _("联系不上服务对象")
    NOT_WANTED = "not_wanted", _("服务对象不需要")
    OTHER = "other", _("其他")


class ConsentKind(TextChoices):
    SERVICE = "service", _("服务同意")
    SENSITIVE_PI = "sensitive_pi", _("敏感个人信息")
    MINOR_GUARDIAN = "minor_guardian", _("监护人同意")
    ASSESSMENT = "assessment", _("量表筛查")
    SHARE_TO_ORG = "share_to_org", _("向第三方提供")
    MDT_SHARE = "mdt_share", _("院内团队共享")
    RECORDING = "recording", _("录音录像")
    PHOTO_PUBLICITY = "photo_publicity", _("影像宣传")
    PUBLIC_NOTICE = "public_notice", _("公示")
    RESEARCH = "research", _("去标识研究使用")
    VOLUNTEER_VISIT = "volunteer_visit", _("志愿者探访")
    GROUP_CONFIDENTIALITY = "group_confidentiality", _("小组保密")
    FOLLOW_UP_CONTACT = "follow_up_contact", _("结案后回访")


class LegalBasis(TextChoices):
    """PIPL 13."""

    CONSENT = "consent", _("个人同意")
    CONTRACT = "contract", _("履行合同所必需")
    STATUTORY = "statutory", _("履行法定职责或义务")
    VITAL_INTEREST = "vital_interest", _("紧急情况下保护生命健康和财产安全")
    PUBLIC_HEALTH = "public_health", _("应对突发公共卫生事件")


class ConsentMethod(TextChoices):
    PAPER_SCAN = "paper_scan", _("纸质签署并扫描")
    E_SIGNATURE = "e_signature", _("电子签名")
    ORAL_WITNESS = "oral_witness", _("口头同意并有见证人")
    # Another basis than consent: nobody was asked, the worker wrote down why.
    NOT_ASKED = "not_asked", _("未经签署（另有处理依据）")


SIGNED_METHODS = [one for one in ConsentMethod.choices if one[0] != ConsentMethod.NOT_ASKED]


class GuardianProof(TextChoices):
    """By what a guardian proved to be one (PIPL 31)."""

    HOUSEHOLD_REGISTER = "household_register", _("户口簿")
    BIRTH_CERTIFICATE = "birth_certificate", _("出生医学证明")
    COURT = "court", _("法院判决或裁定")
    CIVIL_AFFAIRS = "civil_affairs", _("民政部门或村居委会证明")
    ADOPTION = "adoption", _("收养登记证")
    ID_SEEN = "id_seen", _("现场核对身份证件并由科室确认")


class DisclosureLevel(TextChoices):
    REVIEW = "review", _("审核所需，不含姓名")
    IDENTITY = "identity", _("办理所需，含身份")
    REFERRAL = "referral", _("转介所需")
    PACKET = "packet", _("盲审材料")
    RESULT = "result", _("结果")
    MDT = "mdt", _("院内团队")
    NOTICE = "notice", _("公示所需，遮盖姓名")


class ShareItem(TextChoices):
    """What a copy for another house may hold; a consent names the items it covers."""

    NAME = "name", _("姓名")
    SEX = "sex", _("性别")
    AGE_BAND = "age_band", _("年龄段")
    BIRTH_DATE = "birth_date", _("出生日期")
    ID_NO = "id_no", _("证件号码")
    PHONE = "phone", _("联系电话")
    ADDRESS = "address", _("住址")
    REGION = "region", _("户籍或居住地区")
    GUARDIAN = "guardian", _("监护人")
    HOSPITAL = "hospital", _("就诊医院")
    MRN = "mrn", _("病案号")
    WARD = "ward", _("科室与病区")
    DISEASE_GROUP = "disease_group", _("疾病类别")
    DIAGNOSIS = "diagnosis", _("诊断")
    TREATMENT_STAGE = "treatment_stage", _("治疗阶段与方案")
    COSTS = "costs", _("医疗费用与报销")
    INSURANCE = "insurance", _("医保类型")
    HOUSEHOLD = "household", _("家庭成员与收入")
    WELFARE_STATUS = "welfare_status", _("困难身份")
    OTHER_AID = "other_aid", _("其他救助")
    HARDSHIP = "hardship", _("困难说明")
    DOCUMENTS = "documents", _("证明材料的遮盖副本")
    PAYEE = "payee", _("收款账户")
    AID_MATCH = "aid_match", _("与其他救助机构比对是否重复救助（只看比例，不看姓名和机构）")
    RESULTS = "results", _("服务前后的量表得分")


class TeamItem(TextChoices):
    """What a share inside the hospital may say of the case's own work, besides items of ShareItem."""

    NEEDS = "needs", _("需求类别")
    GOALS = "goals", _("服务目标与进展")
    RISK = "risk", _("风险级别")


# What an `mdt_share` consent may name: no papers, no account, no number.
TEAM_ITEMS = (
    *(ShareItem.NAME, ShareItem.SEX, ShareItem.AGE_BAND, ShareItem.WARD),
    *(ShareItem.DIAGNOSIS, ShareItem.TREATMENT_STAGE, ShareItem.INSURANCE, ShareItem.GUARDIAN),
    *TeamItem,
)
