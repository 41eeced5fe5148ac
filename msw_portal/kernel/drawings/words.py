"""The lists a drawing is made of; codes are stored, labels are shown.

Conventions after McGoldrick, Gerson and Petry (genogram) and Hartman 1978 (ecomap).
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

FORMAT = 1


class Kind(TextChoices):
    GENOGRAM = "genogram", _("家庭结构图")
    ECOMAP = "ecomap", _("生态图")


class Sex(TextChoices):
    MALE = "male", _("男")
    FEMALE = "female", _("女")
    UNKNOWN = "unknown", _("不详")


class Relation(TextChoices):
    MARRIAGE = "marriage", _("婚姻")
    COHABITATION = "cohabitation", _("同居")
    SEPARATION = "separation", _("分居")
    DIVORCE = "divorce", _("离婚")
    PARENT = "parent", _("亲子（前者是父母）")
    ADOPTION = "adoption", _("收养（前者是父母）")
    FOSTER = "foster", _("寄养（前者是照料人）")
    TWIN = "twin", _("双胞胎")
    SIBLING = "sibling", _("手足")


PARTNERS = frozenset(
    {Relation.MARRIAGE, Relation.COHABITATION, Relation.SEPARATION, Relation.DIVORCE}
)
PARENTAL = frozenset({Relation.PARENT, Relation.ADOPTION, Relation.FOSTER})
LEVEL = frozenset({Relation.TWIN, Relation.SIBLING})


class Emotion(TextChoices):
    CLOSE = "close", _("亲密")
    VERY_CLOSE = "very_close", _("非常亲密")
    DISTANT = "distant", _("疏远")
    CONFLICT = "conflict", _("冲突")
    CUTOFF = "cutoff", _("断绝")
    CONTROL = "control", _("控制")
    VIOLENCE = "violence", _("暴力")


class System(TextChoices):
    HOSPITAL = "hospital", _("医院")
    SCHOOL = "school", _("学校")
    EMPLOYER = "employer", _("单位")
    COMMUNITY = "community", _("社区")
    KIN = "kin", _("亲友")
    RELIGION = "religion", _("宗教")
    GOVERNMENT = "government", _("政府")
    CHARITY = "charity", _("公益组织")
    OTHER = "other", _("其他")


class Strength(TextChoices):
    STRONG = "strong", _("强")
    WEAK = "weak", _("弱")
    STRESSFUL = "stressful", _("紧张")
    BROKEN = "broken", _("断裂")


class Direction(TextChoices):
    INWARD = "in", _("流向患者")
    OUTWARD = "out", _("从患者流出")
    BOTH = "both", _("双向")
