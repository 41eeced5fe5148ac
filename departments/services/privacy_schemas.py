"""What is written down in each privacy register: its fields, in the order of the law that asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models.compliance import ComplianceRecord

Words = str | Promise
K = ComplianceRecord.Kind


@dataclass(frozen=True)
class Field:
    """One field of a record; `kind` is line, story, choice, date, moment or number."""

    name: str
    label: Words
    kind: str = "story"
    is_required: bool = True
    options: tuple[tuple[str, Words], ...] = ()
    help: Words = ""
    most: int = 2000


@dataclass(frozen=True)
class Register:
    """One register: `clock` says what its day in the list is, `law` where it comes from."""

    kind: str
    slug: str
    title: Words
    one: Words
    lead: Words
    law: Words
    clock: Words
    pattern: str
    fields: tuple[Field, ...]
    task: str
    years: int = 0

    def words(self, name: str, value: object) -> str:
        """A value as people read it."""
        field = next(one for one in self.fields if one.name == name)
        return str(dict(field.options).get(str(value), value))


RISKS = (("low", _("低")), ("middle", _("中")), ("high", _("高")))
PIA = Register(
    K.PIA,
    "assessments",
    _("影响评估"),
    _("个人信息保护影响评估"),
    _("处理敏感个人信息、委托处理、对外提供、公开之前先评估；情况变了或到期了重新评估。"),
    _("个人信息保护法第五十五条、第五十六条"),
    _("重新评估"),
    "{ORG}-PIA-{YYYY}-{SEQ3}",
    (
        Field("title", _("评估的处理活动"), "line", most=120),
        Field(
            "trigger",
            _("为什么要评估"),
            "choice",
            options=(
                ("sensitive", _("处理敏感个人信息")),
                ("automated", _("利用个人信息进行自动化决策")),
                ("sharing", _("委托处理、向其他处理者提供、公开个人信息")),
                ("abroad", _("向境外提供个人信息")),
                ("other", _("其他对个人权益有重大影响的处理活动")),
            ),
        ),
        Field("kinds", _("涉及哪些个人信息、哪些人、大约多少人"), most=1000),
        Field("lawful", _("处理目的、处理方式是否合法、正当、必要")),
        Field("impact", _("对个人权益的影响及安全风险")),
        Field("measures", _("所采取的保护措施是否合法、有效并与风险程度相适应")),
        Field("risk", _("剩余风险"), "choice", options=RISKS),
        Field(
            "conclusion",
            _("结论"),
            "choice",
            options=(
                ("yes", _("可以进行")),
                ("after", _("整改后可以进行")),
                ("no", _("不得进行")),
            ),
        ),
        Field("assessor", _("评估人"), "line", most=60),
        Field("assessed_on", _("评估日期"), "date"),
        Field(
            "again_years",
            _("几年后重新评估"),
            "number",
            help=_("1 到 3 年；处理目的、方式或种类变了，随时重新评估"),
        ),
    ),
    "pia_due",
)
AGREEMENT = Register(
    K.PROCESSOR_AGREEMENT,
    "agreements",
    _("委托协议"),
    _("委托处理协议"),
    _("把个人信息交给别人处理的每一份协议：约定了什么，怎样监督，哪天到期。"),
    _("个人信息保护法第二十一条、网络数据安全管理条例第十二条"),
    _("协议到期"),
    "{ORG}-DPA-{YYYY}-{SEQ3}",
    (
        Field("title", _("委托事项"), "line", most=120),
        Field("processor", _("受托人"), "line", most=120),
        Field("contact", _("受托人的联系人和电话"), "line", most=120),
        Field("purpose", _("委托处理的目的、期限和处理方式"), most=1000),
        Field("kinds", _("个人信息的种类"), most=1000),
        Field("measures", _("保护措施"), most=1000),
        Field("supervision", _("双方的权利义务和监督办法"), most=1000),
        Field(
            "onward",
            _("转委托"),
            "choice",
            options=(("no", _("不得转委托")), ("asked", _("经本机构同意可以转委托"))),
        ),
        Field("at_end", _("终止后返还或删除的办法"), most=500),
        Field("signed_on", _("签订日期"), "date"),
        Field("ends_on", _("到期日期"), "date"),
        Field("checked_on", _("最近一次监督检查"), "date", is_required=False),
    ),
    "agreement_due",
)
INCIDENT = Register(
    K.INCIDENT,
    "incidents",
    _("安全事件"),
    _("个人信息安全事件"),
    _("泄露、篡改、丢失或可能发生的，立即补救，通知主管部门和个人。"),
    _("个人信息保护法第五十七条"),
    _("应通知"),
    "{ORG}-INC-{YYYY}-{SEQ3}",
    (
        Field("title", _("发生了什么"), "line", most=120),
        Field(
            "severity",
            _("程度"),
            "choice",
            options=(
                ("general", _("一般")),
                ("large", _("较大")),
                ("major", _("重大")),
                ("extreme", _("特别重大")),
            ),
        ),
        Field("found_at", _("发现时间"), "moment"),
        Field(
            "kinds",
            _("涉及的个人信息种类"),
            most=1000,
            help=_("写种类，不写任何人的姓名和号码"),
        ),
        Field("persons", _("涉及人数"), "number", is_required=False),
        Field("cause", _("原因"), is_required=False, most=1000),
        Field("harm", _("可能造成的危害"), is_required=False, most=1000),
        Field("measures", _("已经采取的补救措施"), is_required=False, most=1000),
        Field("advice", _("个人可以采取的减轻危害的措施"), is_required=False, most=1000),
        Field("contact", _("联系方式"), "line", is_required=False, most=120),
        Field("authority", _("通知的主管部门"), "line", is_required=False, most=120),
        Field(
            "no_notice",
            _("不通知个人的理由"),
            is_required=False,
            most=500,
            help=_("采取的措施能够有效避免造成危害的，可以不通知个人；主管部门要求的除外"),
        ),
    ),
    "incident_tell",
)
REGISTERS: Mapping[str, Register] = {one.kind: one for one in (PIA, AGREEMENT, INCIDENT)}
BY_SLUG: Mapping[str, Register] = {one.slug: one for one in REGISTERS.values()}
# What a notice must say (PIPL 57, first paragraph); missing parts are named before it is printed.
NOTICE_PARTS = ("kinds", "cause", "harm", "measures", "advice", "contact")
NOTICE_HOURS = {"general": 24, "large": 4, "major": 4, "extreme": 1}
