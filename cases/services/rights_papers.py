"""The papers of a person's request: the copy, the access report, the reasoned answer; and the file for transfer."""

import hashlib
import json
from dataclasses import replace

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.form_schemas.registry import WRITTEN
from cases.models.casework import CaseForm
from cases.models.families import SubjectRequest
from cases.models.service_codes import SubjectRequestKind, SubjectRequestOutcome
from cases.person_permissions import can_copy_for_subject_request, can_view_subject_request
from cases.services.access_report import report_of
from cases.services.copy_sections import Section, day_of
from cases.services.erasure import kept_of, parts_of, traces_kept
from cases.services.form_facts import facts_shown, known_of
from cases.services.papers import Sheet, filled_sheet
from cases.services.person_copy import forms_to_copy, sections_of
from cases.services.printing import PAPER_LANGUAGE, paper
from cases.workflow import SubjectRequestState
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

S = SubjectRequestState
FORMAT = "msw-person-copy/1"


def number_of(asked: SubjectRequest) -> str:
    """What paper calls the request."""
    return f"{asked.received_on:%Y%m%d}-{asked.uid.hex[-8:]}"


def _require_taken_on(asked: SubjectRequest, *states: str) -> None:
    if asked.state not in states:
        raise DomainError(
            "subject_request.not_taken_on",
            gettext_lazy("先核验身份并受理，才能制作副本和报告。"),
            status=409,
        )


def _sheet(asked: SubjectRequest, kind: str, title: str, signers: list[str]) -> Sheet:
    number = _("请求编号 %(number)s") % {"number": number_of(asked)}
    sheet = Sheet(kind, title, number, signers=signers)
    facts = [
        (_("服务对象"), asked.client.person.name),
        (_("请求"), str(asked.get_kind_display())),
        (_("请求人"), asked.requester),
        (_("关系"), str(asked.get_requester_relation_display())),
        (_("收到日期"), day_of(asked.received_on)),
        (_("答复期限"), day_of(asked.due_on)),
    ]
    if asked.interest:
        facts.append(
            (_("依据"), _("个人信息保护法第四十九条：%(what)s") % {"what": asked.interest})
        )
    sheet.blocks += Section(_("请求"), facts).blocks()
    return sheet


def _printed(sheets: list[Sheet], asked: SubjectRequest, by: User) -> bytes:
    return paper(
        sheets,
        title=sheets[0].title,
        house=asked.organization.name,
        department=by.acting.department_name or "",
        is_training=asked.organization.is_training,
        by=by,
    )


def _noted(verb: str, asked: SubjectRequest, content: bytes, by: User) -> bytes:
    """Nothing is kept of what was made but its fingerprint, in the audit of the person."""
    audit.record(
        f"subject_request.{verb}",
        by=by,
        on=asked,
        client=asked.client.uid,
        kind=asked.kind,
        size=len(content),
        payload_hash=hashlib.sha256(content).hexdigest(),
    )
    return content


# What the worker and the supervisor think, and signs of danger that may point at who asks.
NOT_COPIED = frozenset(
    {
        *("theory", "personal_system", "family_system", "social_system", "risk_summary", "summary"),
        *("reflection", "supervisor_opinion", "risk_flags", "decision_reason"),
    }
)


def own_sheet(form: CaseForm) -> Sheet:
    """A finished form as the person gets it: in full about the person, others masked, without NOT_COPIED and drawings."""
    schema = WRITTEN[form.kind]
    groups = [
        replace(one, items=tuple(item for item in one.items if item.name not in NOT_COPIED))
        for one in schema.groups
    ]
    schema = replace(schema, groups=tuple(one for one in groups if one.items or one.known))
    facts = known_of(form.case, schema, is_named=True)
    masked = known_of(form.case, schema)
    facts |= {name: one for name, one in masked.items() if name == "relatives"}
    return filled_sheet(
        schema,
        form.case,
        form.payload,
        facts_shown(facts, form.payload),
        is_named=True,
        version=f"{form.form_no} · {_('第 %(n)d 版') % {'n': form.version}}",
    )


@command
def subject_request_copy(*, asked: SubjectRequest, by: User) -> bytes:
    """The copy as a PDF: everything its maker may open, and the finished forms behind it.

    Raises:
        DomainError: `subject_request.not_taken_on` (409).
    """
    require(can_copy_for_subject_request, by, asked)
    _require_taken_on(asked, S.ACCEPTED, S.ANSWERED)
    with translation.override(PAPER_LANGUAGE):
        first = _sheet(asked, "R1", _("个人信息副本"), [_("制作人"), _("审核人"), _("领取人")])
        for section in sections_of(asked.client, by):
            first.blocks += section.blocks()
        first.note = _(
            "不含社工的专业分析、危机报告和他人的个人信息，也不含依法不予提供的内容。本副本只含制作人可以查阅的个案；"
            "其他部门的个案和指定人员保密的个案，由他们在同一请求下另行制作。"
        )
        sheets = [first]
        for form in forms_to_copy(asked.client, by):
            sheets.append(own_sheet(form))
        content = _printed(sheets, asked, by)
    return _noted("copy", asked, content, by)


@command
def subject_request_transfer(*, asked: SubjectRequest, by: User) -> bytes:
    """The same for a machine (PIPL 45: to a processor the person names): UTF-8 JSON of the sections.

    Raises:
        DomainError: `subject_request.not_taken_on` (409).
    """
    require(can_copy_for_subject_request, by, asked)
    _require_taken_on(asked, S.ACCEPTED, S.ANSWERED)
    with translation.override(PAPER_LANGUAGE):
        told = {
            "format": FORMAT,
            "request": number_of(asked),
            "organization": asked.organization.name,
            "made_at": timezone.localtime().isoformat(timespec="seconds"),
            "sections": [one.as_json() for one in sections_of(asked.client, by)],
        }
    content = json.dumps(told, ensure_ascii=False, indent=2).encode()
    return _noted("transfer", asked, content, by)


@command
def subject_request_report(*, asked: SubjectRequest, by: User) -> bytes:
    """The access report as a PDF: who of which organisation opened the file, when and for what.

    Raises:
        DomainError: `subject_request.not_taken_on` (409).
    """
    require(can_copy_for_subject_request, by, asked)
    _require_taken_on(asked, S.ACCEPTED, S.ANSWERED)
    with translation.override(PAPER_LANGUAGE):
        sheet = _sheet(asked, "R2", _("个人信息查阅报告"), [_("制作人"), _("审核人"), _("领取人")])
        for section in report_of(asked.client, by):
            sheet.blocks += section.blocks()
        sheet.note = _(
            "依据本机构不可更改的审计记录制作。接收机构（如基金会）的查阅由其系统传回；本报告只含制作人可以查阅的个案，"
            "其他部门的个案和指定人员保密的个案，由他们在同一请求下另行制作。"
        )
        content = _printed([sheet], asked, by)
    return _noted("report", asked, content, by)


@command
def subject_request_letter(*, asked: SubjectRequest, by: User) -> bytes:
    """The reasoned answer as a PDF, with what was corrected, deleted and kept.

    Raises:
        DomainError: `subject_request.not_answered` (409).
    """
    require(can_view_subject_request, by, asked)
    if asked.state not in (S.ANSWERED, S.REFUSED, S.CLOSED):
        raise DomainError("subject_request.not_answered", gettext_lazy("还没有答复。"), status=409)
    with translation.override(PAPER_LANGUAGE):
        sheet = _sheet(asked, "R3", _("个人信息请求答复书"), [_("经办人"), _("领取人")])
        for section in _answer(asked, by):
            sheet.blocks += section.blocks()
        sheet.note = _(
            "不服本答复的，可以向履行个人信息保护职责的部门投诉、举报，也可以依法向人民法院提起诉讼（个人信息保护法第五十条、第六十五条）。"
        )
        content = _printed([sheet], asked, by)
    return _noted("letter", asked, content, by)


def _answer(asked: SubjectRequest, by: User) -> list[Section]:
    pairs = [
        (_("决定"), str(asked.get_outcome_display())),
        (_("答复日期"), day_of(asked.answered_on)),
    ]
    if asked.answer:
        pairs.append((_("答复"), asked.answer))
    if asked.outcome != SubjectRequestOutcome.GRANT:
        pairs.append((_("事由"), str(asked.get_refusal_code_display())))
        pairs.append((_("理由"), asked.refusal_reason or ""))
    sections = [Section(_("请求内容"), [(_("内容"), asked.detail)]), Section(_("答复"), pairs)]
    if asked.corrections:
        rows = [
            [one["at"], one["what"], one["was"], one["becomes"], one["by"]]
            for one in asked.corrections
        ]
        head = [_("日期"), _("哪一处"), _("原来"), _("更正为"), _("经办人")]
        sections.append(Section(_("更正"), head=head, rows=rows, widths=[2, 3, 4, 4, 2]))
    if asked.kind == SubjectRequestKind.DELETE:
        sections += _deleted(asked, by)
    return sections


def _deleted(asked: SubjectRequest, by: User) -> list[Section]:
    labels = {part.code: str(part.label) for part in parts_of(asked.client, by)}
    gone = [[labels[code], _("%(n)d 处") % {"n": count}] for code, count in asked.erased.items()]
    kept = [[one.what, str(one.rule), day_of(one.until)] for one in kept_of(asked.client, by)] or [
        [_("无"), "", ""]
    ]
    return [
        Section(_("已删除"), head=[_("内容"), _("数量")], rows=gone, widths=[5, 1]),
        Section(
            _("依法保留"),
            head=[_("内容"), _("依据"), _("保留至")],
            rows=[*kept, [_("访问日志和办理记录"), traces_kept(), ""]],
            widths=[3, 7, 2],
        ),
    ]
