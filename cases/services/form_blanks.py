"""The labels under which the system fills in what it knows: an empty form shows them with nothing beside."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.services.form_facts import Known

EMPTY_ROWS = 4
_N = gettext_lazy
PAIRS = {
    "case": (_N("个案编号"), _N("以往个案"), _N("登记日期"), _N("受理日期"), _N("接案社工")),
    "person": (
        *(_N("姓名"), _N("性别"), _N("出生日期"), _N("年龄")),
        *(_N("证件类型"), _N("证件号码"), _N("联系电话"), _N("现住址")),
        _N("民事行为能力"),
    ),
    "stay": (
        *(_N("就诊类型"), _N("病案号"), _N("病区"), _N("床号"), _N("主管医生"), _N("入院日期")),
        *(_N("出院日期"), _N("诊断"), _N("疾病类别"), _N("治疗阶段"), _N("医保类型")),
    ),
    "source": (_N("来源"), _N("转介来源"), _N("转介日期"), _N("转介原因")),
    "problem": (_N("求助问题（服务对象的原话）"),),
    "assigned": (_N("主责社工"), _N("督导")),
    "service": (
        *(_N("开案日期"), _N("结案日期"), _N("接触次数")),
        *(_N("总时数"), _N("服务类型"), _N("主责社工")),
    ),
    "goals": (_N("目标达成率"), _N("达成 T 分")),
    "closed": (_N("结案日期"), _N("结案原因"), _N("已跟进")),
}
HEADS = {
    "relatives": (_N("姓名"), _N("关系"), _N("电话"), _N("身份")),
    "goals": (_N("目标"), _N("指标"), _N("现状"), _N("目标值"), _N("结果")),
    "scales": (_N("量表"), _N("最初"), _N("日期"), _N("最近"), _N("日期")),
    "needs": (
        *(_N("次序"), _N("需求"), _N("编码"), _N("描述"), _N("由谁提出")),
        *(_N("严重程度"), _N("满足情况")),
    ),
    "alert": (_N("触发"), _N("程度"), _N("发起时间"), _N("状态")),
}


def blank_of(name: str) -> Known | None:
    """What a group's known part looks like on an empty form; None when it has none."""
    pairs, head = PAIRS.get(name, ()), HEADS.get(name, ())
    if not pairs and not head:
        return None
    rows = [[""] * len(head)] * EMPTY_ROWS if head else []
    return Known([(str(label), "") for label in pairs], [str(one) for one in head], rows)


def rights_word() -> str:
    """What an empty form says at its foot."""
    return _("空表，手写后请录入系统")
