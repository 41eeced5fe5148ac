"""What can be chosen about volunteers, posts and their records."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Source(TextChoices):
    SOCIETY = "society", _("社会人士")
    STUDENT = "student", _("学生")
    EMPLOYEE = "employee", _("本院员工")
    PATIENT = "patient", _("病友及家属")
    COMPANY = "company", _("企业团队")


class Education(TextChoices):
    PRIMARY = "primary", _("小学及以下")
    JUNIOR = "junior", _("初中")
    SENIOR = "senior", _("高中、中专")
    COLLEGE = "college", _("大专")
    BACHELOR = "bachelor", _("本科")
    MASTER = "master", _("研究生")


class Skill(TextChoices):
    COMPANY = "company", pgettext_lazy("skill", "陪伴聊天")
    GUIDING = "guiding", _("导诊陪诊")
    PLAY = "play", _("儿童游戏、阅读")
    TUTORING = "tutoring", _("学业辅导")
    ARTS = "arts", _("音乐、美术、手工")
    LISTENING = "listening", _("心理支持")
    MEDICAL = "medical", _("医护、康复背景")
    LAW = "law", _("法律、政策")
    LANGUAGES = "languages", _("外语翻译")
    SIGNING = "signing", _("手语")
    COMPUTERS = "computers", _("电脑、数据")
    PHOTOGRAPHY = "photography", _("摄影、设计")
    HAIRDRESSING = "hairdressing", _("理发、生活照料")
    ORGANIZING = "organizing", _("活动组织")
    OTHER = "other", _("其他")


class RecordKind(TextChoices):
    TRAINING = "training", pgettext_lazy("volunteer record", "培训")
    INSURANCE = "insurance", _("人身意外保险")
    HEALTH_CHECK = "health_check", _("健康检查")
    AWARD = "award", _("表彰奖励")
    COMPLAINT = "complaint", _("投诉与不良记录")


class CertificateKind(TextChoices):
    SERVICE = "service", _("志愿服务记录证明")
    TRAINING = "training", _("培训证书")
    APPOINTMENT = "appointment", _("聘书")
    AWARD = "award", _("荣誉证书")


class Anomaly(TextChoices):
    """What somebody should look at before hours are confirmed."""

    LONG_DAY = "long_day", _("一天超过 8 小时")
    FORGOTTEN = "forgotten", _("没有签退，按排班结束计")
    ENTERED = "entered", _("事后补记")
    IMPORTED = "imported", _("导入")


DAYS = (
    ("1", _("周一")),
    ("2", _("周二")),
    ("3", _("周三")),
    ("4", _("周四")),
    ("5", _("周五")),
    ("6", _("周六")),
    ("7", _("周日")),
)
PARTS_OF_DAY = (("am", _("上午")), ("pm", _("下午")), ("eve", _("晚上")))
# "3-pm": Wednesday afternoon.
SLOTS = tuple(f"{day}-{part}" for day, _d in DAYS for part, _p in PARTS_OF_DAY)
ADULT = 18
# Where a week of service begins to be too much for one day (domain §7.2).
LONG_DAY_HOURS = 8
