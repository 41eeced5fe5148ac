"""The code lists of group work and community work: domain 1.4 and 1.5, MZ/T 095-2017."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GroupKind(TextChoices):
    EDUCATIONAL = "educational", _("教育小组")
    SUPPORT = "support", _("支持小组")
    GROWTH = "growth", _("成长小组")
    THERAPEUTIC = "therapeutic", _("治疗小组")
    MUTUAL_AID = "mutual_aid", _("互助小组")
    RECREATIONAL = "recreational", _("兴趣小组")


class GroupModel(TextChoices):
    SOCIAL_GOALS = "social_goals", _("社会目标模式")
    REMEDIAL = "remedial", _("治疗模式")
    INTERACTION = "interaction", _("互动模式")
    DEVELOPMENT = "development", _("发展模式")


class Openness(TextChoices):
    OPEN = "open", _("开放式")
    CLOSED = "closed", _("封闭式")


class BudgetSource(TextChoices):
    DEPARTMENT = "department", _("科室活动经费")
    HOSPITAL = "hospital", _("医院专项")
    FOUNDATION = "foundation", _("基金会资助")
    PROJECT = "project", _("项目经费")
    DONATION = "donation", _("爱心捐赠")
    NONE = "none", _("不需要经费")


class AgreedBy(TextChoices):
    """Who agreed for a member who stays without a name."""

    SELF = "self", _("本人")
    GUARDIAN = "guardian", _("监护人")


class Presence(TextChoices):
    PRESENT = "present", pgettext_lazy("attendance", "出席")
    LATE = "late", pgettext_lazy("attendance", "迟到")
    LEAVE = "leave", pgettext_lazy("attendance", "请假")
    ABSENT = "absent", pgettext_lazy("attendance", "缺席")


ATTENDED = frozenset({Presence.PRESENT, Presence.LATE})


class Moment(TextChoices):
    BEFORE = "before", _("前测")
    AFTER = "after", _("后测")


class Attainment(IntegerChoices):
    """How far a session reached what it was planned for."""

    NOT = 1, _("没有达到")
    LITTLE = 2, _("达到少部分")
    HALF = 3, _("达到一半")
    MOSTLY = 4, _("大部分达到")
    FULLY = 5, _("完全达到")


class EventKind(TextChoices):
    """Community work by what it is; the kind of the activity is found in EVENT_OF."""

    LECTURE = "lecture", _("健康教育讲座")
    FREE_CLINIC = "free_clinic", _("义诊")
    ASSOCIATION = "association", _("病友会活动")
    FESTIVAL = "festival", _("节日关怀")
    OUTREACH = "outreach", _("社区外展")
    FUNDRAISING = "fundraising", _("筹款活动")
    TRAINING = "training", pgettext_lazy("activity", "培训")
    PROMOTION = "promotion", pgettext_lazy("activity", "宣传")


class GuestKind(TextChoices):
    """Who signs in at an activity."""

    PATIENT = "patient", _("患者")
    FAMILY = "family", _("家属")
    RESIDENT = "resident", _("社区居民")
    STAFF = "staff", _("医护人员")
    OTHER = "other", pgettext_lazy("guest", "其他")
