"""Which personal facts are collected, what for, and whether they must be: read from the models, with the officer's word beside.

Nothing here is typed twice: a field that is added stands in the register at once, as necessary when the
table asks for it and optional when it may stay empty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.compliance import ComplianceRecord
from departments.models.people import User
from departments.privacy_permissions import can_keep_privacy
from departments.services.history import kind_label
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.crypto import BlindIndex
from msw_portal.kernel.data_classes import LEVEL_WORDS, Level, class_of
from msw_portal.kernel.errors import DomainError

KIND = ComplianceRecord.Kind.NECESSITY
Words = str | Promise
CARE = _("为服务对象提供医务社会工作服务")
CARE_BASIS = _(
    "本人的单独同意；法定职责、紧急情况下保护生命健康（个人信息保护法第十三条、第二十九条）"
)
APPS: Mapping[str, Words] = {
    "cases": _("个案与服务对象"),
    "volunteers": _("志愿服务"),
    "donations": _("救助与捐赠"),
    "projects": _("项目与调研"),
    "departments": _("人员与机构"),
}
# By app, then by table where it differs: (purpose, basis).
PURPOSES: Mapping[str, tuple[Words, Words]] = {
    "departments": (
        _("工作人员的账户、资质和内部流转"),
        _("人力资源管理和法定职责（个人信息保护法第十三条）"),
    ),
    "cases": (CARE, CARE_BASIS),
    "volunteers": (
        _("志愿者的登记、保险、排班和服务证明"),
        _("本人同意；志愿服务条例第七条、第十九条"),
    ),
    "projects": (
        _("项目申报、评审、调研和登记"),
        _("本人同意；履行法定职责（个人信息保护法第十三条）"),
    ),
    "donations": (
        _("救助申请的审核拨付，捐赠的登记、票据和反馈"),
        _("本人的单独同意；慈善法第三十八条、第七十六条；会计法"),
    ),
    "reports": (_("统计和报表"), _("履行法定职责（个人信息保护法第十三条）")),
    "cases.MandatoryReport": (
        _("向公安、民政、教育部门强制报告"),
        _("法定义务（未成年人保护法第十一条、反家庭暴力法第十四条）"),
    ),
    "cases.SubjectRequest": (
        _("办理个人信息权利请求"),
        _("法定义务（个人信息保护法第五十条）"),
    ),
    "cases.Consent": (_("证明取得了同意"), _("法定义务（个人信息保护法第十四条、第六十九条）")),
    "departments.ComplianceRecord": (
        _("影响评估、安全事件等合规记录"),
        _("法定义务（个人信息保护法第五十四条至第五十七条）"),
    ),
}


# Columns that no form names, and tables that the audit does not speak of.
LABELS: Mapping[str, Words] = {
    "actions": _("后续行动"),
    "after": _("合并后的内容"),
    "answers": _("回答"),
    "before": _("合并前的内容"),
    "body": _("正文"),
    "corrections": _("更正"),
    "detail": _("请求内容"),
    "details": _("详细内容"),
    "facts": _("事实"),
    "feedback": _("回复"),
    "level5_diagnosis": _("5 级保密的诊断"),
    "level5_kept": _("不提为 5 级保密的决定"),
    "payee": _("收款人"),
    "payee_account": _("收款账户"),
    "payload": _("内容"),
    "phone": _("联系电话"),
    "plan": _("计划"),
    "present": _("到会人员"),
    "reason": _("理由"),
    "record": _("记录正文"),
    "secrets": _("密钥"),
    "summary": _("小结"),
    "title": _("文件名"),
    "void_note": _("删除说明"),
    "void_reason": _("作废理由"),
    "wrapped_key": _("文件密钥"),
}
TABLES: Mapping[str, Words] = {
    "accessgrant": _("查阅授权"),
    "activityline": _("探访明细"),
    "attendance": _("小组出席"),
    "casemember": _("个案团队"),
    "casetransfer": _("个案移交"),
    "charitabletrust": _("慈善信托"),
    "draft": _("草稿"),
    "fundingact": _("救助审核意见"),
    "fundterms": _("基金约定"),
    "householdmember": _("家庭成员"),
    "idempotencykey": _("防重复提交"),
    "importrow": _("导入的行"),
    "inboxitem": _("收件"),
    "invoiceuse": _("救助票据"),
    "memberanswers": _("组员量表"),
    "message": _("留言"),
    "paymentline": _("付款清单的行"),
    "planitem": _("计划的任务"),
    "requestsheet": _("救助申请的说明"),
    "signin": _("活动签到"),
    "transition": _("办理经过"),
    "trustbeneficiary": _("信托受益人"),
}


@dataclass(frozen=True)
class Fact:
    """One personal field: where it stands, its level, and whether the table asks for it."""

    key: str
    table: Words
    label: Words
    level: Level
    is_asked: bool
    purpose: Words
    basis: Words

    @property
    def level_words(self) -> Words:
        return LEVEL_WORDS[self.level]


def facts() -> list[Fact]:
    """Every field that identifies a person or tells about one, in the order of apps and tables."""
    return list(_facts())


def _facts() -> Iterator[Fact]:
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.local_concrete_fields:
                if isinstance(field, BlindIndex | models.AutoField):
                    continue
                try:
                    level = class_of(model, field.name).level
                except LookupError:
                    continue
                if level >= Level.PERSON:
                    yield _fact(model, field, level)


def _fact(model: type[models.Model], field: models.Field, level: Level) -> Fact:
    label = model._meta.label
    purpose, basis = PURPOSES.get(label) or PURPOSES[model._meta.app_label]
    name = field.verbose_name
    return Fact(
        key=f"{label}.{field.name}",
        table=TABLES.get(model._meta.model_name) or kind_label(model._meta.model_name),
        label=name if isinstance(name, Promise) else LABELS.get(field.name, field.name),
        level=level,
        is_asked=not (field.null or field.blank),
        purpose=purpose,
        basis=basis,
    )


def words_kept(*, by: User) -> dict[str, dict[str, Any]]:
    """What the officer said of single fields, by key."""
    row = ComplianceRecord.objects.visible_to(by).filter(kind=KIND).first()
    return dict(row.payload["words"]) if row else {}


@command
def necessity_say(*, key: str, verdict: str, word: str, by: User) -> ComplianceRecord:
    """The officer's word on one field: it stays, it becomes optional, or it is to be given up.

    Raises:
        DomainError: `necessity.no_such_field` (404), `necessity.verdict_unknown`, `necessity.needs_word`.
    """
    require(can_keep_privacy, by, None)
    if key not in {one.key for one in facts()}:
        raise DomainError("necessity.no_such_field", _("没有这个字段。"), status=404)
    if verdict not in VERDICTS:
        raise DomainError("necessity.verdict_unknown", _("请从列表中选择。"), "verdict")
    if len(word.strip()) < 2:
        raise DomainError("necessity.needs_word", _("请写明依据。"), "word")
    row = ComplianceRecord.objects.locked().filter(organization_id=by.house_id, kind=KIND).first()
    if row is None:
        row = ComplianceRecord(
            organization_id=by.house_id, kind=KIND, payload={"words": {}}, created_by=by
        )
        row.save(force_insert=True)
    before = row.payload["words"].get(key, {}).get("verdict", "")
    said = {
        "verdict": verdict,
        "word": word.strip()[:500],
        "by": by.display_name,
        "on": timezone.localdate().isoformat(),
    }
    row.payload = {**row.payload, "words": {**row.payload["words"], key: said}}
    row.save(update_fields=["payload"])
    audit.record("necessity.say", by=by, on=row, field=key, verdict=[before, verdict])
    return row


VERDICTS: Mapping[str, Words] = {
    "needed": _("必要"),
    "optional": _("可不收集，由本人选择"),
    "drop": _("不必要，提请停止收集"),
}
