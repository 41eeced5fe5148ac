"""The code lists of surveys and registers: domain dossier 6.1 to 6.3."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Method(TextChoices):
    """How a study asks (系统 66)."""

    QUESTIONNAIRE = "questionnaire", _("问卷")
    FOCUS_GROUP = "focus_group", _("焦点小组")
    INTERVIEW = "interview", _("一对一访谈")
    FIELD_VISIT = "field_visit", _("田野参访")


class SampleKind(TextChoices):
    """What one unit of a sample is; units of different kinds are never added up."""

    ORGANIZATION = "organization", _("政府部门与协会")
    INSTITUTION = "institution", _("医疗与服务机构")
    PERSON = "person", _("个人")


# The measure word of each kind: nine bodies, nineteen institutions, twenty-seven people.
MEASURES = {
    SampleKind.ORGANIZATION: pgettext_lazy("measure of bodies", "家"),
    SampleKind.INSTITUTION: pgettext_lazy("measure of institutions", "家"),
    SampleKind.PERSON: pgettext_lazy("measure of persons", "人"),
}


class Pillar(TextChoices):
    """The four pillars of an action plan (系统 69)."""

    POLICY = "policy", pgettext_lazy("pillar", "政策")
    MONEY = "money", pgettext_lazy("pillar", "资金")
    PEOPLE = "people", pgettext_lazy("pillar", "人才")
    TECHNOLOGY = "technology", pgettext_lazy("pillar", "技术")


class RegisterKind(TextChoices):
    """The registers, each with the parts of its own in projects/services/register_parts.py."""

    POLICY = "policy", _("政策文件")
    STANDARD = "standard", pgettext_lazy("register", "标准")
    EVENT = "event", _("会议与活动")
    ALLIANCE = "alliance", _("联盟")
    AGREEMENT = "agreement", _("合作协议")
    RECOGNITION = "recognition", _("表彰与致谢")
    MEDIA = "media", _("媒体报道")
    FRAMEWORK = "framework", _("模式框架")
    SERVICE_MODE = "service_mode", _("服务模式")


class PartyRole(TextChoices):
    ISSUER = "issuer", _("发布机关")
    DRAFTER = "drafter", _("起草单位")
    HOST = "host", pgettext_lazy("party", "主办")
    CO_HOST = "co_host", pgettext_lazy("party", "承办或协办")
    SUPPORTER = "supporter", pgettext_lazy("party", "支持")
    SPEAKER = "speaker", pgettext_lazy("party", "发言人")
    INITIATOR = "initiator", pgettext_lazy("party", "发起方")
    MEMBER = "member", pgettext_lazy("party", "成员")
    SIGNATORY = "signatory", _("签署方")
    GIVER = "giver", _("授予方")
    RECIPIENT = "recipient", _("获得者")
    OUTLET = "outlet", _("媒体")
    USER = "user", _("实施单位")


class Audience(TextChoices):
    """Whom a document speaks to; the station manual stands in an edition for each (系统 52)."""

    HOSPITAL = "hospital", _("医院")
    PRIMARY = "primary", _("基层医疗机构")
    AGENCY = "agency", _("社工机构")
    STATION = "station", _("社工站")
    AUTHORITY = "authority", _("主管部门")
    CHARITY = "charity", _("慈善组织")
    PUBLIC = "public", pgettext_lazy("audience", "公众")


class Standing(TextChoices):
    """What an answer says of one point of a standard's checklist."""

    MET = "met", _("符合")
    PARTLY = "partly", _("部分符合")
    NOT_MET = "not_met", _("不符合")
    NOT_APPLICABLE = "not_applicable", _("不适用")
