"""The parts of each kind of entry beside what all have: their names, words and shapes.

Every part is text or a list of lines; a list's line may hold columns, written with a bar between
them (`09:00 | 主旨发言 | 讲者`). Nothing of a source is built in: what a framework's digits mean is what its lines say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msw_portal.kernel.errors import DomainError
from projects.models.register_codes import PartyRole, RegisterKind

MOST_LINES = 60
MOST_LENGTH = 300


@dataclass(frozen=True)
class PartOf:
    """`columns` names what stands between the bars; without them a line is one text.

    With `is_coded` each line gets a code that stays with it, so that answers find it again.
    """

    name: str
    label: str | Promise
    is_list: bool = True
    columns: Sequence[str | Promise] = ()
    help: str | Promise = ""
    is_coded: bool = False


@dataclass(frozen=True)
class Register:
    """What a register is called, how its day is called, and who takes part in its entries."""

    kind: RegisterKind
    title: str | Promise
    lead: str | Promise
    day: str | Promise
    roles: Sequence[PartyRole]
    parts: Sequence[PartOf]
    icon: str
    has_validity: bool = False


R, P = RegisterKind, PartyRole
REGISTERS: Mapping[str, Register] = {
    one.kind.value: one
    for one in (
        Register(
            R.POLICY,
            _("政策文件"),
            _("谁发的、什么时候起作用、对谁说；按日期查当天适用哪些文件。"),
            _("发布日期"),
            (P.ISSUER, P.USER),
            (PartOf("duties", _("要求与任务"), help=_("一行一条")),),
            "doc",
            has_validity=True,
        ),
        Register(
            R.STANDARD,
            pgettext_lazy("register", "标准"),
            _("国家、行业、地方和团体标准；带自查清单的，部门可以逐条作答。"),
            _("发布日期"),
            (P.ISSUER, P.DRAFTER, P.USER),
            (
                PartOf("sections", _("主要内容"), help=_("一行一条")),
                PartOf("checklist", _("自查清单"), help=_("一行一条，部门逐条作答"), is_coded=True),
            ),
            "clip",
            has_validity=True,
        ),
        Register(
            R.EVENT,
            _("会议与活动"),
            _("论坛、交流会、启动仪式：谁办的、议程、谁讲了什么、有什么成果。"),
            _("举办日期"),
            (P.HOST, P.CO_HOST, P.SUPPORTER, P.SPEAKER, P.MEMBER),
            (
                PartOf("place", _("地点"), is_list=False),
                PartOf(
                    "agenda",
                    _("议程"),
                    columns=(_("时间"), _("内容"), _("讲者")),
                    help=_("一行一项，用竖线隔开：09:00 | 主旨发言 | 讲者"),
                ),
                PartOf("outputs", _("成果"), help=_("一行一条")),
            ),
            "calendar",
        ),
        Register(
            R.ALLIANCE,
            _("联盟"),
            _("协作网络、发展计划和专家委员会：谁发起、谁加入。"),
            _("成立日期"),
            (P.INITIATOR, P.MEMBER, P.SUPPORTER),
            (PartOf("aims", _("宗旨与任务"), help=_("一行一条")),),
            "group",
        ),
        Register(
            R.AGREEMENT,
            _("合作协议"),
            _("谁和谁签、做什么、到什么时候。"),
            _("签署日期"),
            (P.SIGNATORY, P.SUPPORTER),
            (PartOf("terms", _("合作内容"), help=_("一行一条")),),
            "swap",
            has_validity=True,
        ),
        Register(
            R.RECOGNITION,
            _("表彰与致谢"),
            _("牌匾、证书、称号：谁授予、给谁、为什么。"),
            _("授予日期"),
            (P.GIVER, P.RECIPIENT),
            (PartOf("reason", _("事由"), is_list=False),),
            "check",
        ),
        Register(
            R.MEDIA,
            _("媒体报道"),
            _("哪家媒体、哪一天、说了什么。"),
            _("刊发日期"),
            (P.OUTLET, P.SPEAKER),
            (PartOf("points", _("要点"), help=_("一行一条")),),
            "talk",
        ),
        Register(
            R.FRAMEWORK,
            _("模式框架"),
            _("名称里的数字各指什么，以来源写明的为准；没有写明的留空，不替它补。"),
            _("提出日期"),
            (P.INITIATOR, P.USER),
            (
                PartOf(
                    "stated",
                    _("来源写明的组成"),
                    columns=(_("部分"), _("内容")),
                    help=_("一行一项：三个功能 | 孵化、培育、服务"),
                ),
                PartOf("doubts", _("没有写明或对不上的地方"), help=_("一行一条")),
            ),
            "cols",
        ),
        Register(
            R.SERVICE_MODE,
            _("服务模式"),
            _("一家机构怎样组织服务：模式的名称、组成和用在哪里。"),
            _("提出日期"),
            (P.INITIATOR, P.USER),
            (
                PartOf("modes", _("模式"), columns=(_("名称"), _("说明")), help=_("一行一种")),
                PartOf("methods", _("方法与内容"), help=_("一行一条")),
            ),
            "hand",
        ),
    )
}


def parts_read(kind: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a kind as they are kept: text, list of text, or list of rows (one text a column).

    A coded line is `{"code", "text"}`.

    Raises:
        DomainError: `register.part` on the part's field (`part_<name>`).
    """
    kept: dict[str, Any] = {}
    for part in REGISTERS[kind].parts:
        value = details.get(part.name)
        if not value:
            continue
        if not part.is_list:
            kept[part.name] = " ".join(str(value).split())
            continue
        lines = [line for line in value if line]
        if len(lines) > MOST_LINES:
            _refuse(part, _("最多 %(n)d 行。") % {"n": MOST_LINES})
        kept[part.name] = [_line(part, line) for line in lines]
    unknown = set(details) - {part.name for part in REGISTERS[kind].parts}
    if unknown:
        raise DomainError("register.unknown_part", _("请从列表中选择。"))
    return kept


def _line(part: PartOf, line: Any) -> Any:
    if part.is_coded:
        text = " ".join(str(line["text"]).split())
        _measure(part, text)
        return {"code": str(line["code"]), "text": text}
    if part.columns:
        cells = [" ".join(str(cell).split()) for cell in line]
        if len(cells) > len(part.columns):
            _refuse(part, _("每行最多 %(n)d 栏，用竖线隔开。") % {"n": len(part.columns)})
        for cell in cells:
            _measure(part, cell)
        return cells + [""] * (len(part.columns) - len(cells))
    text = " ".join(str(line).split())
    _measure(part, text)
    return text


def _measure(part: PartOf, text: str) -> None:
    if len(text) > MOST_LENGTH:
        _refuse(part, _("一行最多 %(n)d 个字。") % {"n": MOST_LENGTH})


def _refuse(part: PartOf, sentence: str | Promise) -> None:
    raise DomainError("register.part", sentence, f"part_{part.name}")
