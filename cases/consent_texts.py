"""The consent texts the portal ships: our own wording, one purpose each, for `consent_templates_install`.

A text is built from its notice, so that none can leave a part out: who handles the information and how
to reach them, purpose, way, kinds, how long it is kept, the rights and how to use them (PIPL 17); for
sensitive information why it is necessary and what it does to the person (PIPL 30). A house may publish
newer versions of its own.
"""

from dataclasses import dataclass

from django.utils import translation

from cases.models.codes import TEAM_ITEMS, ConsentKind, ShareItem, TeamItem

CONTACT = "{house}医务社会工作部，当面、打电话或写信都可以，地址和电话写在部门门口和本院公示栏"
HOW_TO_TAKE_BACK = (
    "您可以随时撤回这份同意：当面、打电话或写信告诉您的社工都可以，不需要说明理由，也不收费。"
    "撤回之前已经依此做的事仍然有效；撤回之后我们不再这样做。"
)
YOUR_RIGHTS = (
    "您有权查看、复制、更正自己的信息，有权要求我们解释，认为不再需要时可以要求删除，也可以要求转移给别处。"
    "请联系本院医务社会工作部，我们在 15 个工作日内答复；对处理结果不满意，可以向医院信访部门或网信部门投诉。"
)
KEPT = "个案结束后按病案管理的要求保存，到期销毁；法律规定更长的，按法律规定。"
SEALED = "记录加密保存在本院的系统里，页面上遮盖显示，查看完整内容必须写明理由并留下记录。"
STILL_SERVED = "不同意，不影响您在本院的治疗，也不影响社工的其他帮助。"
MINOR_NOTE = (
    "本人不满 14 周岁的，由父母或其他监护人签署；满 14 周岁和满 18 周岁时，我们请本人重新决定。"
)
ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class ConsentText:
    """One published text; `needs_guardian_below` is the age under which a guardian signs.

    `{items}` in `kinds` stands for the words of `items`. `necessity` and `effect` belong to sensitive information; `more` are further headed paragraphs.
    """

    kind: str
    title: str
    purpose: str
    way: str
    kinds: str
    necessity: str
    effect: str
    refusal: str = STILL_SERVED
    kept: str = KEPT
    taking_back: str = ""
    recipient: str = ""
    more: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    needs_guardian_below: int | None = 14
    language: str = "zh-hans"

    def notice(self, house: str) -> list[tuple[str, str]]:
        """Heading and paragraph of everything the law wants to be told, in the order it is read."""
        contact = CONTACT.format(house=house)
        parts = [
            ("谁处理您的信息、怎样联系", f"{house}（以下称“我们”）。{contact}。"),
            ("为了什么", self.purpose),
            ("提供给谁", self.recipient),
            ("怎样处理", self.way),
            ("处理哪些信息", self.kinds.replace("{items}", self._items_said())),
            ("保存多久", self.kept),
            ("为什么必要", self.necessity),
            ("对您的影响", self.effect),
            *self.more,
            ("您可以不同意", self.refusal),
            ("您的权利、怎样行使", YOUR_RIGHTS),
            ("怎样撤回", HOW_TO_TAKE_BACK + self.taking_back),
            ("未成年人", MINOR_NOTE if self.needs_guardian_below else ""),
        ]
        return [(heading, said) for heading, said in parts if said]

    def _items_said(self) -> str:
        words = {**dict(ShareItem.choices), **dict(TeamItem.choices)}
        with translation.override(self.language):
            return "、".join(str(words[code]) for code in self.items)

    def text_for(self, house: str) -> str:
        """The text as it is read out and signed in a house."""
        return "\n\n".join(
            f"{_ordinal(place)}、{heading}。{said}"
            for place, (heading, said) in enumerate(self.notice(house), start=1)
        )


def _ordinal(place: int) -> str:
    return ORDINALS[place - 1] if place <= 10 else f"十{ORDINALS[place - 11]}"


SERVICE = ConsentText(
    ConsentKind.SERVICE,
    "医务社会工作服务同意书",
    purpose="社工为患者和家属提供情绪支持、家庭沟通、政策咨询、资源联系和出院安排等帮助。服务不收费。",
    way=(
        "社工先了解您的困难，和您一起定目标和计划，按计划提供帮助，结束时和您一起回顾。您可以参与每一个决定。"
        "只有负责您的社工、其督导和社工部主任能打开记录；" + SEALED
    ),
    kinds="姓名、联系方式、家庭和经济情况、就诊情况，以及每次见面的内容。",
    necessity="不记录这些，下一次见面就要从头说起，换一位社工也接不上；用不到的，我们不收集。",
    effect="记录里有您的困难和病情，泄露或被误用可能影响您的生活安宁和名誉。",
    refusal="您可以不接受服务，也可以随时提出暂停或结束，不影响您在本院的治疗。",
    more=(
        (
            "保密及其例外",
            "未经您同意，我们不把您的事告诉别人。只有下面几种情形例外：您可能伤害自己或别人；"
            "未成年人可能受到侵害（法律要求我们立即报告）；法院等机关依法调取；为保护生命健康的紧急情况。"
            "发生例外时，我们只说必要的内容，并尽可能先告诉您；来不及的，事后告诉您。"
            "社工会在督导时讨论工作，督导同样保密。",
        ),
    ),
)

SENSITIVE_PI = ConsentText(
    ConsentKind.SENSITIVE_PI,
    "处理敏感个人信息同意书",
    purpose="判断您需要哪一种帮助，核对身份，替您办理政策和救助的手续。",
    way=SEALED,
    kinds=(
        "病情与诊断、心理和家庭评估的内容、身份证件号码，以及（需要发放救助款时）银行账户。"
        "不满 14 周岁的孩子，全部个人信息都是敏感信息。"
    ),
    necessity=(
        "不了解病情，我们无法判断您需要哪一种帮助；不核对证件号码，可能把您和同名的人弄错，"
        "也无法替您办理政策和救助的手续。用不到的，我们不收集。"
    ),
    effect=(
        "这些信息如果泄露或被误用，可能影响您的名誉、人身和财产安全，或者让您受到区别对待。"
        "为此我们加密保存，页面上遮盖显示。"
    ),
    refusal="不同意或只同意一部分，我们仍会为您提供不需要这些信息的帮助，例如陪伴、倾听和一般咨询。",
)

SHARE_TO_ORG = ConsentText(
    ConsentKind.SHARE_TO_ORG,
    "向一家机构提供信息同意书",
    purpose="由同意书上写明名称的这一家机构审核您的求助，或者接着为您服务。",
    recipient=(
        "本次只提供给同意书上写明名称的这一家机构。该机构的名称和联系方式由社工当面告诉您。"
        "换一家机构，要另外签一份。"
    ),
    way=(
        "由社工整理成一份副本，通过本院系统发送，该机构看不到您的个案记录。"
        "审核阶段的副本不写姓名；需要办理手续时，才提供您勾选的身份信息。"
    ),
    kinds="只有下面逐项勾选的内容。没有勾的，对方看不到。",
    necessity=(
        "不提供病情、费用和家庭情况，该机构无法判断是否符合条件和可以帮助多少；"
        "不提供证明材料，无法核实情况。"
    ),
    effect=(
        "该机构的工作人员会看到您勾选的内容。他们负有保密义务，只能用于这次求助和"
        "法律要求的备查。信息离开本院以后，泄露或被误用可能影响您的名誉和财产安全。"
    ),
    kept="在本院的按病案管理的要求保存；对方按法律和其规定保存，撤回时我们立即清空提供的副本。",
    refusal="不同意，就不能向这家机构申请，但本院对您的治疗和社工的其他帮助都不受影响。",
    taking_back="撤回时，提供给该机构的副本立即清空，正在审核的申请随即暂停。",
    items=tuple(ShareItem.values),
)

MINOR_GUARDIAN = ConsentText(
    ConsentKind.MINOR_GUARDIAN,
    "未成年人监护人同意书",
    purpose="帮助孩子适应治疗、继续学习、得到救助。",
    way="按照专门的未成年人信息规则处理，范围比成年人更窄。" + SEALED + "不公开孩子的姓名和照片。",
    kinds="孩子的姓名、病情、家庭和学校情况。不满 14 周岁的孩子，全部信息都是敏感个人信息。",
    necessity="帮助孩子需要了解孩子和家庭的情况；我们只记录用得上的。",
    effect="信息泄露或被误用，可能影响孩子的安全、成长和在学校的处境。",
    more=(
        (
            "请尽量让孩子知道",
            "能听懂的孩子，社工会用孩子听得懂的话说明，并尊重孩子自己的意愿。"
            "孩子满 14 周岁时，我们会请孩子本人重新决定。",
        ),
        ("例外", "发现孩子可能受到侵害时，法律要求我们立即报告，这一条不因同意与否改变。"),
        ("签署人声明", "我是孩子的父母或依法承担监护职责的人，并已出示证明。"),
    ),
)

PUBLIC_NOTICE = ConsentText(
    ConsentKind.PUBLIC_NOTICE,
    "救助公示同意书",
    purpose="有的救助项目在批准前要公开一段时间，听取有没有不同意见，让善款用得公开。",
    way="由本院或基金会在自己的公示栏或网页上公开；认识您的人可能看到。",
    kinds=(
        "遮盖的姓名（例如“张*”）、年龄段、所在的省和市（不到区县）、疾病类别、就诊的医院名称、"
        "拟救助金额和项目名称。不公示病情细节、住址、学校、证件号码和照片。"
    ),
    kept="按项目规定的天数公示，一般为 3 到 7 天，期满由公示的单位撤下。",
    necessity="公示是为了防止虚假和重复的申请；要求公示的项目，不公示不能批准。",
    effect=(
        "认识您的人可能从公示内容猜出是您，从而知道您家有病人、经济困难，"
        "可能影响您的生活安宁和名誉。孩子的公示由监护人决定，我们建议先和孩子商量。"
    ),
    refusal="不同意，就不能申请要求公示的项目，但可以申请不要求公示的项目，社工会帮您找。",
    taking_back=(
        "撤回以后我们不再公示；已经公示的，社工当天请公示的单位撤下；"
        "别人已经看到或保存的，我们无法收回。"
    ),
)

ASSESSMENT = ConsentText(
    ConsentKind.ASSESSMENT,
    "量表筛查同意书",
    purpose="用问卷了解您的情绪、压力和得到的支持，及早发现需要帮助的地方。",
    way="您自己填写，或由社工逐题读给您听；结果是筛查，不是诊断。" + SEALED,
    kinds="您对每一题的回答、分数，以及社工的解读。",
    necessity="只凭印象，容易漏掉您没有说出口的困难。",
    effect="有的题目会让人难受，可以跳过或停下。回答显示有危险时，社工会和您一起告诉主管医生。",
)

MDT_SHARE = ConsentText(
    ConsentKind.MDT_SHARE,
    "院内团队共享同意书",
    purpose="让为您治疗的医生、护士和社工一起商量您的治疗、照顾和出院安排。",
    recipient="只有参加您这一次多学科讨论或治疗的院内人员，名单由社工告诉您。",
    way="社工在限定的时间里，把您勾选的内容打开给名单上的人看；到期自动关闭，内容有变化时由社工更新。",
    kinds="只有下面由您逐项勾选的内容，可以选的有：{items}。没有勾的不共享，谈话的细节、量表的答案和证明材料都不共享。",
    necessity="治疗团队不了解这些情况，定下的安排可能做不到。",
    effect="更多的院内人员会知道您勾选的情况，他们负有保密义务。",
    items=tuple(one.value for one in TEAM_ITEMS),
)

RECORDING = ConsentText(
    ConsentKind.RECORDING,
    "录音录像同意书",
    purpose="用于督导社工的工作和培训。",
    way="录之前先告诉您；只在本院内使用，" + SEALED,
    kinds="您的声音或影像，以及谈话的内容。",
    necessity="督导要听到真实的谈话，才能指出社工做得不够的地方。",
    effect="声音和影像能让人认出您。您可以随时要求停止或删除。",
    kept="用完即删，最长不超过 6 个月。",
)

PHOTO_PUBLICITY = ConsentText(
    ConsentKind.PHOTO_PUBLICITY,
    "影像宣传同意书",
    purpose="用您的照片、影像或故事介绍医务社会工作和公益项目。",
    way="发布之前请您看过；写明用在哪里，换一处要另外签。",
    kinds="照片、影像、您同意讲的经历；不写真实姓名、住址和病历。",
    necessity="真实的故事能让更多人理解和帮助患者；不使用您的，也可以用别的方式介绍。",
    effect="公开以后认识您的人可能认出您，网络上的转发我们无法收回。",
    kept="按同意书上写明的期限使用，到期撤下。",
    taking_back="撤回时我们立即撤下自己发布的内容；别人已经转发的，我们无法收回。",
)

RESEARCH = ConsentText(
    ConsentKind.RESEARCH,
    "去标识研究使用同意书",
    purpose="研究哪一种帮助更有用，改进对患者的服务。",
    way="先去掉姓名、证件号码、电话和住址，再交给研究人员；对照表另外保管。",
    kinds="年龄段、疾病类别、接受的服务和前后的评估分数。",
    necessity="没有真实的数据，无法知道服务有没有用；能用汇总数字的，不用个人数据。",
    effect="去掉标识以后仍有很小的可能被认出；研究结果只发表汇总数字。",
    kept="研究结束后按科研管理的规定保存，到期销毁。",
)

VOLUNTEER_VISIT = ConsentText(
    ConsentKind.VOLUNTEER_VISIT,
    "志愿者探访同意书",
    purpose="请志愿者来陪伴、陪诊或陪孩子学习游戏。",
    recipient="本院登记并培训过的志愿者，来之前社工告诉您是谁。",
    way="志愿者只知道探访需要的内容，看不到您的记录。",
    kinds="称呼、病区床号、探访时要注意的事。",
    necessity="不知道在哪里、要注意什么，志愿者无法安全地来。",
    effect="志愿者会知道您住院。他们签过保密承诺。",
)

GROUP_CONFIDENTIALITY = ConsentText(
    ConsentKind.GROUP_CONFIDENTIALITY,
    "小组保密约定与同意书",
    purpose="参加病友或家属小组，互相支持。",
    way="小组里说的话留在小组里；社工记录过程，不记谁说了私事的细节。",
    kinds="称呼、参加次数、活动中的表现和感受。",
    necessity="不记录，就不知道小组对您有没有帮助。",
    effect="其他组员会听到您说的话。大家都约定保密，但社工不能替每个人保证。",
)

FOLLOW_UP_CONTACT = ConsentText(
    ConsentKind.FOLLOW_UP_CONTACT,
    "结案后回访同意书",
    purpose="结案后 1、3、6 个月打电话问问您的情况，有新的困难可以重新求助。",
    way="社工按您选的方式和时间联系，只说姓氏，不向接电话的其他人说明来意。",
    kinds="您的电话、回访时说的情况。",
    necessity="不联系，就不知道帮助有没有持续，也不能及时发现新的困难。",
    effect="家人可能知道您接受过社工的帮助。",
)

TEMPLATES = (
    SERVICE,
    SENSITIVE_PI,
    MINOR_GUARDIAN,
    ASSESSMENT,
    SHARE_TO_ORG,
    MDT_SHARE,
    RECORDING,
    PHOTO_PUBLICITY,
    PUBLIC_NOTICE,
    RESEARCH,
    VOLUNTEER_VISIT,
    GROUP_CONFIDENTIALITY,
    FOLLOW_UP_CONTACT,
)
