"""Versions of a programme before they are published: changed, begun from the newest, tried on their examples, compared."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg2.extras import DateRange

from departments import audit
from donations.models.programmes import Programme, ProgrammeVersion
from donations.permissions import can_write_programme
from donations.services.advice import advise
from donations.services.programmes import (
    CONTENT,
    check_modes,
    check_version,
    example_facts,
    version_write,
)
from msw_portal.kernel import rules
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.display import money
from msw_portal.kernel.errors import DomainError

# The facts that conditions and amounts may speak of; what a request knows.
FACTS: dict[str, Any] = {
    "age": gettext_lazy("年龄（整岁）"),
    "disease_group": gettext_lazy("病种"),
    "welfare_status": gettext_lazy("困难身份的代码"),
    "income_per_head": gettext_lazy("家庭人均月收入（元）"),
    "is_transplanted": gettext_lazy("已做移植"),
    "received": gettext_lazy("此人在本项目已获资助（元）"),
}
LABELS: dict[str, Any] = {
    "name": gettext_lazy("名称"),
    "summary": gettext_lazy("说明"),
    "asker": gettext_lazy("由谁申请"),
    "valid": gettext_lazy("有效期"),
    "conditions": gettext_lazy("申请条件"),
    "benefit_rows": gettext_lazy("资助标准"),
    "documents": gettext_lazy("材料"),
    "stages": gettext_lazy("审核步骤"),
    "caps": gettext_lazy("上限"),
    "quota": gettext_lazy("名额"),
    "order_rule": gettext_lazy("排队规则"),
    "payout_modes": gettext_lazy("拨付方式"),
    "hospitals": gettext_lazy("定点医院"),
    "sla": gettext_lazy("各步骤时限"),
    "needs_agreement": gettext_lazy("拨付前须签协议"),
    "agreement_terms": gettext_lazy("协议的专门条款"),
    "example_cases": gettext_lazy("示例"),
}


@dataclass(frozen=True)
class Tried:
    """An example: what was said to come out, what came out, whether they agree; `fault` when nothing did."""

    text: str
    said: str
    found: str
    is_right: bool
    fault: str = ""


@command
def version_begin(*, programme: Programme, by: Any) -> ProgrammeVersion:
    """The next version as a draft, with all that the newest one says; from tomorrow until changed.

    Raises:
        DomainError: `programme_version.draft_stands` (409) while another draft is not published.
    """
    programme = Programme.objects.locked().get(pk=programme.pk)
    require(can_write_programme, by, programme)
    versions = ProgrammeVersion.objects.filter(
        organization_id=programme.organization_id, programme=programme
    )
    if versions.filter(published_at=None).exists():
        raise DomainError(
            "programme_version.draft_stands", _("已有一个未发布的版本，请先改完它。"), status=409
        )
    newest = versions.order_by("-version").first()
    names = sorted(CONTENT)
    content = {name: getattr(newest, name) for name in names} if newest else {}
    # An older version may pay in ways that are no longer written.
    booked, modes = ProgrammeVersion.PayoutMode.booked(), content.get("payout_modes", [])
    content["payout_modes"] = [mode for mode in modes if mode in booked]
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    return version_write(programme=programme, content=content, valid_from=tomorrow, by=by)


@command
def version_change(
    *,
    version: ProgrammeVersion,
    content: Mapping[str, Any],
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    base: int | None = None,
    by: Any,
) -> ProgrammeVersion:
    """Write a draft anew; whoever wrote last is its writer, and not the one who publishes it.

    Raises:
        DomainError: `programme_version.published`, `form.stale` (409), `programme_version.dates` on
            `valid_to`, `programme_version.payout_mode_not_booked`, `programme_version.condition` with the sentence of the rule that cannot be read.
        TypeError: for a name that is not in CONTENT.
    """
    version = ProgrammeVersion.objects.locked().get(pk=version.pk)
    require(can_write_programme, by, version)
    if version.published_at is not None:
        raise DomainError(
            "programme_version.published", _("已发布的版本不能再改，请建新版本。"), status=409
        )
    check_base(base, version.row_version)
    if set(content) - CONTENT:
        raise TypeError(f"no such content: {sorted(set(content) - CONTENT)}")
    if valid_to is not None and valid_to < valid_from:
        raise DomainError("programme_version.dates", _("结束日期不能早于开始日期。"), "valid_to")
    check_modes(content.get("payout_modes") or [])
    for name, value in content.items():
        setattr(version, name, value)
    version.valid = DateRange(valid_from, valid_to + dt.timedelta(days=1) if valid_to else None)
    version.created_by = by
    version.save(update_fields=[*sorted(content), "valid", "created_by"])
    audit.record("programme_version.change", by=by, on=version, version=version.version)
    return version


def faults_of(version: ProgrammeVersion) -> str:
    """Why the version cannot be published as it stands, in a sentence; "" when it can."""
    try:
        check_version(version)
    except DomainError as error:
        return str(error)
    return ""


def examples_tried(version: ProgrammeVersion) -> list[Tried]:
    """Every example of a version, saved or not, run through its conditions and amounts."""
    return [_tried(version, example) for example in version.example_cases]


def _tried(version: ProgrammeVersion, example: Mapping[str, Any]) -> Tried:
    said = _words(example.get("eligible"), example.get("benefit"))
    text = str(example.get("text", ""))
    try:
        found = advise(version, example_facts(example))
    except (rules.RuleError, KeyError, InvalidOperation, ValueError) as error:
        return Tried(text, said, "", False, _fault_words(error))
    benefit = str(found.benefit) if found.benefit is not None else None
    is_right = found.is_eligible is example.get("eligible") and benefit == example.get("benefit")
    return Tried(text, said, _words(found.is_eligible, benefit), is_right)


def _fault_words(error: Exception) -> str:
    if isinstance(error, rules.UnknownFact):
        return _("缺少事实：%(names)s") % {"names": "、".join(error.names)}
    return _("条件读不懂：%(error)s") % {"error": error}


def _words(eligible: bool | None, benefit: str | None) -> str:
    stands = {True: _("符合"), False: _("不符合"), None: _("条件不明")}[eligible]
    if benefit is None:
        return _("%(stands)s，没有适用的标准") % {"stands": stands}
    amount = money(Decimal(benefit))
    return _("%(stands)s，标准 %(amount)s 元") % {"stands": stands, "amount": amount}
