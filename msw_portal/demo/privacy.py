"""The privacy office of the demo hospital: registers, incidents with their notices, and lists of what has run its time."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from cases.models.casework import Referral
from cases.models.people import Client
from cases.services.people import index_client
from cases.services.record_holds import record_hold_set
from departments.models.people import User
from departments.services import destruction
from departments.services.necessity import necessity_say
from departments.services.privacy_registers import (
    incident_move,
    privacy_record_add,
    privacy_record_amend,
    privacy_record_close,
    values_of,
)
from departments.services.privacy_schemas import REGISTERS
from msw_portal.demo.clock import Clock
from msw_portal.demo.houses import Hospital
from msw_portal.demo.telling import acting
from msw_portal.kernel.masking import mask_name

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
Values = dict[str, Any]
# How many days ago it was assessed, again after so many years, what of.
ASSESSMENTS: tuple[tuple[int, int, Values], ...] = (
    (
        338,
        1,
        {
            "title": "向基金会提供救助申请材料（演示）",
            "trigger": "sharing",
            "kinds": "姓名、病种、医疗费用、家庭收入；申请救助的患者，每年约三百人。",
            "lawful": "为本人申请救助所必需，取得单独同意；只提供项目规定的字段。",
            "impact": "泄露会暴露病情和家庭困难，可能招来骚扰和歧视。",
            "measures": "按项目最小字段提供，对方只在门户内查阅，每次查阅留痕；同意撤回即停止。",
            "risk": "middle",
            "conclusion": "yes",
            "assessor": "个人信息保护工作小组（演示）",
        },
    ),
    (
        120,
        2,
        {
            "title": "病区二维码收集家属求助信息（演示）",
            "trigger": "sensitive",
            "kinds": "求助人称呼、电话、床号、求助原因；每月约六十人。",
            "lawful": "由本人或家属主动提交，为提供服务所必需；不要求证件号码。",
            "impact": "床号和求助原因可能让旁人知道住院和困难。",
            "measures": "提交后加密保存，页面只见掩码，查看全号要写理由；没有受理的三年后清除。",
            "risk": "low",
            "conclusion": "yes",
            "assessor": "个人信息保护工作小组（演示）",
        },
    ),
    (
        41,
        1,
        {
            "title": "量表筛查结果自动提示风险（演示）",
            "trigger": "automated",
            "kinds": "量表作答、分数、风险等级；每月约九十人。",
            "lawful": "只用于提醒社工当面了解，不自动作出任何决定。",
            "impact": "误报会引起不必要的紧张，漏报会耽误帮助。",
            "measures": "提示必须由社工处理并写明结果；规则有版本，督导每季度抽查。",
            "risk": "middle",
            "conclusion": "after",
            "assessor": "个人信息保护工作小组（演示）",
        },
    ),
)
# How many days ago it was signed, for how many days, what of.
AGREEMENTS: tuple[tuple[int, int, Values], ...] = (
    (
        330,
        365,
        {
            "title": "短信通知（演示）",
            "processor": "示例通信技术有限公司",
            "contact": "客户经理（演示）010-00000001",
            "purpose": "受托发送预约和回访提醒；协议期内按条发送，不留存内容。",
            "kinds": "手机号、提醒的日期和时间。",
            "measures": "传输加密；发送后七日内删除号码；访问留痕。",
            "supervision": "本院每季度查看发送和删除记录，受托人配合检查。",
            "onward": "no",
            "at_end": "协议终止后十日内删除全部号码并出具证明。",
        },
    ),
    (
        200,
        730,
        {
            "title": "服务器运行维护（演示）",
            "processor": "示例信息系统集成有限公司",
            "contact": "项目负责人（演示）010-00000002",
            "purpose": "受托维护服务器和备份；现场作业，不接触业务数据明文。",
            "kinds": "加密保存的全部个人信息（无密钥）。",
            "measures": "双人在场、堡垒机登录、命令留痕。",
            "supervision": "每次作业有工单，安全管理员每月核对。",
            "onward": "asked",
            "at_end": "收回账户和门禁，返还全部介质。",
        },
    ),
)
FIRST: Values = {
    "title": "一份活动签到表误发到工作群（演示）",
    "severity": "general",
    "kinds": "姓名（掩码）、床号",
    "persons": 18,
}
WHOLE: Values = {
    "cause": "经办人在群里选错了文件。",
    "harm": "群内同事可能知道参加者住院。",
    "measures": "三分钟内撤回，逐人确认没有保存；改为只发链接。",
    "advice": "接到自称本院的陌生电话，请向社工部核实。",
    "contact": "社工部 010-00000000",
    "authority": "示例市卫生健康委员会",
}
SECOND: Values = {
    "title": "一台借出的平板在病区遗失两小时后找回（演示）",
    "severity": "general",
    "kinds": "当日巡访名单：床号、称呼",
    "persons": 12,
    "cause": "探访后遗忘在护士站以外的窗台。",
    "harm": "拾到的人可能看到当日名单。",
    "measures": "远程退出登录；找回后核对，期间没有访问记录。",
}
# The field, the officer's verdict and word.
SAID = (
    (
        "cases.Client.id_no",
        "optional",
        "申请救助和核对医保才需要；只求助、不申请救助的可以不填。",
    ),
    ("cases.Client.phone", "needed", "随访和通知必须能联系到本人或家属，没有侵害更小的办法。"),
    (
        "volunteers.Volunteer.health",
        "optional",
        "只问有没有不宜进病区的情况，不问具体疾病。",
    ),
)


def office(clock: Clock, keeper: User, until: dt.datetime) -> Iterator[dt.datetime]:
    """The registers of one house over the year. An actor."""
    todo = [
        *((ago, _assess, (keeper, again, values)) for ago, again, values in ASSESSMENTS),
        *((ago, _sign, (keeper, ends, values)) for ago, ends, values in AGREEMENTS),
        (96, _settled, (clock, keeper)),
        (30, _words, (keeper,)),
    ]
    for ago, act, given in sorted(todo, key=lambda one: -one[0]):
        yield until - ago * DAY + 10 * HOUR
        with acting(keeper):
            act(until.date() - ago * DAY, *given)
    yield until - 5 * HOUR
    with acting(keeper):
        _add("incident", SECOND | {"found_at": until - 6 * HOUR}, keeper)


def _add(kind: str, values: Values, by: User) -> Any:
    given = {field.name: values.get(field.name) for field in REGISTERS[kind].fields}
    return privacy_record_add(kind=kind, values=given, by=by)


def _assess(on: dt.date, keeper: User, again: int, values: Values) -> None:
    _add("pia", values | {"assessed_on": on, "again_years": again}, keeper)


def _sign(on: dt.date, keeper: User, days: int, values: Values) -> None:
    span = {"signed_on": on, "ends_on": on + days * DAY}
    _add("processor_agreement", values | span, keeper)


def _settled(_on: dt.date, clock: Clock, keeper: User) -> None:
    """Found, written whole, contained, told to the authority and the persons, and closed."""
    record = _add("incident", FIRST | {"found_at": clock.now - HOUR}, keeper)
    clock.pass_minutes(40)
    record = privacy_record_amend(record=record, values=values_of(record) | WHOLE, by=keeper)
    for step, minutes in (("contain", 30), ("tell", 120)):
        clock.pass_minutes(minutes)
        record = incident_move(record=record, step=step, by=keeper)
    clock.pass_minutes(60)
    reason = "已经通知并整改，主管部门没有其他要求。（演示）"
    privacy_record_close(record=record, reason=reason, by=keeper)


def _words(_on: dt.date, keeper: User) -> None:
    for key, verdict, word in SAID:
        necessity_say(key=key, verdict=verdict, word=word, by=keeper)


# Years ago, from whom, what for: of before the portal, taken down from the paper register.
UNTAKEN = (
    (4.4, "门诊部护士（演示）", "想了解大病保险怎样报销，已转医保办答复。（演示）"),
    (4.1, "家属来电（演示）", "询问陪护证办理，与社工服务无关。（演示）"),
    (3.6, "骨科护士（演示）", "希望联系护工公司，已告知一楼服务台。（演示）"),
    (3.3, "患者本人（演示）", "要求代为挂号，已告知预约方式。（演示）"),
    (3.2, "急诊科护士（演示）", "家属已自行找到住处，撤回求助。（演示）"),
)
# Years ago, who: registered and never served.
REGISTERED = (
    (3.8, "钱远演示", "1", 1962),
    (3.4, "孙遥演示", "2", 1971),
    (3.7, "李旷演示", "2", 1958),
)
YEAR = 365 * DAY
NOTE = "均未立案，已满三年，没有继续保存的必要。（演示）"
HOLD = "法院来函调取就诊期间的全部记录，案件未结。（演示）"


def archive(hospital: Hospital, keeper: User, until: dt.datetime) -> Iterator[dt.datetime]:
    """Old referrals that led nowhere, persons who were never served, and two lists of them. An actor."""
    head = hospital.head
    yield until - 300 * DAY
    with acting(head):
        _taken_down(hospital, until)
        *_due, held = _registered(hospital, until)
    yield until - 40 * DAY
    with acting(head):
        since = (until - 40 * DAY).date()
        record_hold_set(client=held, kind="legal", reason=HOLD, since=since, by=head)
    yield until - 6 * DAY
    with acting(head):
        old = [one for one in destruction.pieces_due(by=head) if one.kind == "referral"]
        first = destruction.destruction_propose(pieces=old[:3], note=NOTE, by=head)
    yield until - 5 * DAY
    # The relay of the running portal empties it.
    with acting(keeper):
        destruction.destruction_approve(record=first, by=keeper)
    yield until - 4 * HOUR
    with acting(head):
        left = destruction.pieces_due(by=head)
        destruction.destruction_propose(pieces=left, note=NOTE, by=head)


def _taken_down(hospital: Hospital, until: dt.datetime) -> None:
    for years, who, why in UNTAKEN:
        row = Referral(
            organization_id=hospital.id,
            compartment_id=hospital.msw.pk,
            from_text=who,
            reason=why,
            state="refused",
            received_at=until - years * YEAR + 10 * HOUR,
            created_by=hospital.head,
        )
        row.save(force_insert=True)


def _registered(hospital: Hospital, until: dt.datetime) -> list[Client]:
    made = []
    for years, name, sex, born in REGISTERED:
        row = Client(
            organization_id=hospital.id,
            name=name,
            name_masked=mask_name(name),
            sex=sex,
            birth_year=born,
            birth_unknown=True,
            id_type="none",
            created_at=until - years * YEAR + 11 * HOUR,
            created_by=hospital.head,
        )
        row.save(force_insert=True)
        row.refresh_from_db(fields=["root"])
        index_client(row)
        made.append(row)
    return made
