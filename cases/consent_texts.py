"""The consent texts the portal ships: our own wording, one purpose each, for `consent_templates_install`.

Every text says who handles what, why, for how long and how to take it back (PIPL 17), and, where
sensitive information is meant, why it is needed and what it does to the person's rights (PIPL 30).
A house may publish newer versions of its own.
"""

from dataclasses import dataclass

from cases.models.codes import ConsentKind, ShareItem

HOW_TO_TAKE_BACK = (
    "您可以随时撤回这份同意：当面、打电话或写信告诉您的社工都可以，不需要说明理由，也不收费。"
    "撤回之前已经依此做的事仍然有效；撤回之后我们不再这样做。"
)
YOUR_RIGHTS = (
    "您有权查看、复制、更正自己的信息，有权要求我们解释，认为不再需要时可以要求删除。"
    "请联系本院医务社会工作部；对处理结果不满意，可以向医院信访部门或网信部门投诉。"
)
MINOR_NOTE = "本人不满 14 周岁的，由父母或其他监护人签署。"


@dataclass(frozen=True)
class ConsentText:
    """One published text; `needs_guardian_below` is the age under which a guardian signs."""

    kind: str
    title: str
    text: str
    items: tuple[str, ...] = ()
    needs_guardian_below: int | None = 14
    language: str = "zh-hans"


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(parts)


SERVICE = ConsentText(
    ConsentKind.SERVICE,
    "医务社会工作服务同意书",
    _paragraphs(
        "一、我们是谁。本院医务社会工作部（以下称“我们”）的社工为患者和家属提供情绪支持、家庭沟通、"
        "政策咨询、资源联系和出院安排等帮助。服务不收费。",
        "二、我们会做什么。社工先了解您的困难，和您一起定目标和计划，按计划提供帮助，结束时和您一起回顾。"
        "您可以参与每一个决定，也可以随时提出暂停或结束，不影响您在本院的治疗。",
        "三、我们会记录什么。为了做好这件事，我们会记录您的姓名、联系方式、家庭和经济情况、就诊情况，"
        "以及每次见面的内容。记录加密保存在本院的系统里，只有负责您的社工、其督导和社工部主任能打开；"
        "每一次查看敏感内容都留有痕迹。个案结束后，记录按病案管理的要求保存，到期销毁。",
        "四、保密及其例外。未经您同意，我们不把您的事告诉别人。只有下面几种情形例外：您可能伤害自己或别人；"
        "未成年人可能受到侵害（法律要求我们立即报告）；法院等机关依法调取；为保护生命健康的紧急情况。"
        "发生例外时，我们只说必要的内容，并尽可能先告诉您。社工会在督导时讨论工作，督导同样保密。",
        f"五、您的权利。{YOUR_RIGHTS}",
        f"六、怎样撤回。{HOW_TO_TAKE_BACK}",
        f"七、{MINOR_NOTE}",
    ),
)

SENSITIVE_PI = ConsentText(
    ConsentKind.SENSITIVE_PI,
    "处理敏感个人信息同意书",
    _paragraphs(
        "一、什么信息。您的病情与诊断、心理和家庭评估的内容、身份证件号码，以及（需要发放救助款时）银行账户，"
        "属于敏感个人信息。不满 14 周岁的孩子，全部个人信息都是敏感信息。",
        "二、为什么必要。不了解病情，我们无法判断您需要哪一种帮助；不核对证件号码，可能把您和同名的人弄错，"
        "也无法替您办理政策和救助的手续。用不到的，我们不收集。",
        "三、对您的影响。这些信息如果泄露或被误用，可能影响您的名誉、人身和财产安全，或者让您受到区别对待。"
        "为此我们加密保存，页面上遮盖显示，查看完整内容必须写明理由并留下记录。",
        "四、您可以不同意。不同意或只同意一部分，我们仍会为您提供不需要这些信息的帮助，例如陪伴、倾听和一般咨询。",
        f"五、您的权利。{YOUR_RIGHTS}",
        f"六、怎样撤回。{HOW_TO_TAKE_BACK}",
        f"七、{MINOR_NOTE}",
    ),
)

SHARE_TO_ORG = ConsentText(
    ConsentKind.SHARE_TO_ORG,
    "向一家机构提供信息同意书",
    _paragraphs(
        "一、提供给谁。本次只提供给同意书上写明名称的这一家机构，由它审核您的求助。"
        "该机构的联系方式由社工当面告诉您。换一家机构，要另外签一份。",
        "二、提供什么、怎样提供。只提供下面逐项勾选的内容，由社工整理成一份副本，通过本院系统发送，"
        "该机构看不到您的个案记录。审核阶段的副本不写姓名；需要办理手续时，才提供您勾选的身份信息。",
        "三、为什么必要。不提供病情、费用和家庭情况，该机构无法判断是否符合救助条件和可以帮助多少；"
        "不提供证明材料，无法核实情况。",
        "四、对您的影响。该机构的工作人员会看到您勾选的内容。他们负有保密义务，只能用于这次审核和"
        "法律要求的备查。信息离开本院以后，泄露或被误用可能影响您的名誉和财产安全。",
        "五、您可以不同意。不同意，就不能向这家机构申请，但本院对您的治疗和社工的其他帮助都不受影响。",
        f"六、您的权利。{YOUR_RIGHTS}",
        f"七、怎样撤回。{HOW_TO_TAKE_BACK}撤回时，提供给该机构的副本立即清空，正在审核的申请随即暂停。",
        f"八、{MINOR_NOTE}",
    ),
    items=tuple(ShareItem.values),
)

MINOR_GUARDIAN = ConsentText(
    ConsentKind.MINOR_GUARDIAN,
    "未成年人监护人同意书",
    _paragraphs(
        "一、孩子的信息。不满 14 周岁的孩子，姓名、病情、家庭和学校情况等全部信息都是敏感个人信息，"
        "必须由父母或其他监护人同意，我们才能处理。我们按照专门的规则处理，范围比成年人更窄。",
        "二、为什么必要。帮助孩子适应治疗、继续学习、得到救助，需要了解孩子和家庭的情况；我们只记录用得上的。",
        "三、对孩子的影响。信息泄露或被误用，可能影响孩子的安全、成长和在学校的处境。"
        "为此我们加密保存、遮盖显示，不公开孩子的姓名和照片。",
        "四、请尽量让孩子知道。能听懂的孩子，社工会用孩子听得懂的话说明，并尊重孩子自己的意愿。"
        "孩子满 14 周岁时，我们会请孩子本人重新决定。",
        "五、例外。发现孩子可能受到侵害时，法律要求我们立即报告，这一条不因同意与否改变。",
        f"六、监护人的权利。{YOUR_RIGHTS}",
        f"七、怎样撤回。{HOW_TO_TAKE_BACK}",
        "八、签署人声明：我是孩子的父母或依法承担监护职责的人。",
    ),
)

PUBLIC_NOTICE = ConsentText(
    ConsentKind.PUBLIC_NOTICE,
    "救助公示同意书",
    _paragraphs(
        "一、公示什么。有的救助项目在批准前要公开一段时间，听取有没有不同意见。公示的内容只有："
        "遮盖的姓名（例如“张*”）、所在地区（到区县）、疾病类别、拟救助金额和项目名称。不公示病情细节、住址、证件号码和照片。",
        "二、公示多久。按项目规定的天数公示，一般为 3 到 7 天，到期自动撤下。",
        "三、为什么必要。公示是为了让善款用得公开，防止虚假和重复的申请；要求公示的项目，不公示不能批准。",
        "四、对您的影响。认识您的人可能从公示内容猜出是您，从而知道您家有病人、经济困难，"
        "可能影响您的生活安宁和名誉。孩子的公示由监护人决定，我们建议先和孩子商量。",
        "五、您可以不同意。不同意，就不能申请要求公示的项目，但可以申请不要求公示的项目，社工会帮您找。",
        f"六、您的权利。{YOUR_RIGHTS}",
        f"七、怎样撤回。{HOW_TO_TAKE_BACK}撤回时公示立即撤下；别人已经看到或保存的，我们无法收回。",
        f"八、{MINOR_NOTE}",
    ),
)

TEMPLATES = (SERVICE, SENSITIVE_PI, SHARE_TO_ORG, MINOR_GUARDIAN, PUBLIC_NOTICE)
