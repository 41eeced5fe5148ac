"""The incubation base: agencies by stage, contracts, the four banks and what enters each."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.work import Need
from departments import audit
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.moving import move, write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import BudgetLine, Project, ProjectEvent
from projects.models.incubation import LEAST_IN_BANK, NeedBankEntry, PurchaseContract
from projects.permissions.cultivation import (
    can_judge_project,
    can_keep_contract,
    can_release_needs,
)
from projects.services.cultivation_events import RADAR_AXES
from projects.workflow.cultivation import PROJECT, ProjectState
from projects.workflow.incubation import CONTRACT, ContractState

Kind = ProjectEvent.Kind
# 全周期 support (domain §6.3, 49), the growth stages of §8.6 and the sources of money: codes of an event's detail.
SUPPORTS = {
    "policy": _("政策解读"),
    "ability": _("能力提升"),
    "backbone": _("骨干培养"),
    "brand": _("品牌建设"),
    "resources": _("资源链接"),
}
STAGES = {"starting": _("初创"), "growing": _("成长"), "mature": _("成熟")}
MONEY = {"fiscal": _("财政资金"), "charity": _("慈善资金"), "own": _("自筹")}
RESULTS = {
    "excellent": _("优秀"),
    "good": _("良好"),
    "passed": _("合格"),
    "failed": _("不合格"),
}
AXES = {
    "governance": _("治理"),
    "business": _("业务"),
    "finance": _("财务"),
    "talent": _("人才"),
    "brand": _("品牌"),
    "resources": _("资源"),
}


@command
def resident_assess(
    *, project: Project, on: dt.date, stage: str, result: str, note: str, by: User
) -> ProjectEvent:
    """The yearly assessment of an agency in the base: its growth stage and result; once a year.

    Raises:
        DomainError: `project.assess.wrong_state` (409), `residency.assessed` on `on`,
            `project.done_in_future` on `on`.
    """
    require(can_judge_project, by, project)
    project = Project.objects.locked().get(pk=project.pk)
    if on > timezone.localdate():
        raise DomainError("project.done_in_future", _("完成日期不能晚于今天。"), "on")
    known = ProjectEvent.objects.filter(
        project=project, kind=Kind.ASSESSMENT, done_on__year=on.year
    )
    if known.exists():
        raise DomainError(
            "residency.assessed", _("%(year)s 年度已经评估。") % {"year": on.year}, "on"
        )
    move(project, PROJECT, "assess", by=by)
    event = ProjectEvent(
        project=project,
        organization_id=project.organization_id,
        counterparty_id=project.counterparty_id,
        partner_id=project.partner_id,
        kind=Kind.ASSESSMENT,
        title=str(_("%(year)s 年度评估") % {"year": on.year}),
        done_on=on,
        detail={"stage": stage, "result": result, "note": note},
        created_by=by,
    )
    event.save(force_insert=True)
    audit.record("project.assess", by=by, on=project, stage=stage, result=result)
    return event


# ── contracts ────────────────────────────────────────────────────────────────


@command
def contract_write(
    *,
    project: Project,
    number: str,
    amount: Decimal,
    signed_on: dt.date,
    starts_on: dt.date,
    ends_on: dt.date,
    by: User,
) -> PurchaseContract:
    """Register the contract of a purchase of service; its indicators and instalments stand in the project.

    Raises:
        DomainError: `permission.can_keep_contract` (403), `contract.is_there` (409),
            `purchase_contract_*` on their fields.
    """
    require(can_keep_contract, by, project)
    if PurchaseContract.objects.filter(project=project).exists():
        raise DomainError("contract.is_there", _("这个项目已经登记合同。"), status=409)
    contract = PurchaseContract(
        project=project,
        organization_id=project.organization_id,
        counterparty_id=project.counterparty_id,
        number=number,
        buyer_name=Organization.objects.get(pk=by.house_id).name,
        operator_name=project.unit_name,
        amount=amount,
        signed_on=signed_on,
        starts_on=starts_on,
        ends_on=ends_on,
        created_by=by,
    )
    contract.save(force_insert=True)
    write_transition(contract, CONTRACT, "sign", before="", by=by)
    audit.record("contract.write", by=by, on=project, contract=contract.uid, amount=amount)
    return contract


@command
def payment_plan(
    *, contract: PurchaseContract, title: str, amount: Decimal, due_on: dt.date, by: User
) -> ProjectEvent:
    """An instalment of the contract; together they stay within its amount.

    Raises:
        DomainError: `contract.over_amount` on `amount`, `contract.is_over` (409).
    """
    require(can_keep_contract, by, contract.project)
    contract = PurchaseContract.objects.locked().get(pk=contract.pk)
    if contract.state != ContractState.RUNNING:
        raise DomainError("contract.is_over", _("合同已结束，不能再改付款。"), status=409)
    planned = payments_of([contract.project_id])
    left = contract.amount - sum((one.amount or Decimal(0) for one in planned), Decimal(0))
    if amount <= 0:
        raise DomainError("contract.payment_positive", _("金额必须大于零。"), "amount")
    if amount > left:
        raise DomainError(
            "contract.over_amount",
            _("各期合计不能超过合同金额，还剩 %(left)s 元。") % {"left": f"{left:,.2f}"},
            "amount",
        )
    event = ProjectEvent(
        project_id=contract.project_id,
        organization_id=contract.organization_id,
        counterparty_id=contract.counterparty_id,
        kind=Kind.CONTRACT_PAYMENT,
        title=title,
        due_on=due_on,
        amount=amount,
        created_by=by,
    )
    event.save(force_insert=True)
    audit.record("contract.payment", by=by, on=contract, event=event.uid, amount=amount)
    return event


@command
def contract_step(
    *, contract: PurchaseContract, step: str, reason: str = "", by: User
) -> PurchaseContract:
    """Accept the work, or end the contract early.

    Raises:
        DomainError: `purchase_contract.<step>.wrong_state` (409), `.needs_reason` on `reason`,
            `contract.unpaid` (409).
    """
    require(can_keep_contract, by, contract.project)
    contract = PurchaseContract.objects.locked().get(pk=contract.pk)
    if step == "finish" and any(one.done_on is None for one in payments_of([contract.project_id])):
        raise DomainError("contract.unpaid", _("还有到期的付款没有登记。"), status=409)
    move(contract, CONTRACT, step, by=by, reason=reason)
    audit.record(f"contract.{step}", by=by, on=contract, state=contract.state)
    return contract


def payments_of(projects: Iterable[int]) -> list[ProjectEvent]:
    """The instalments of these projects' contracts, by due date."""
    rows = ProjectEvent.objects.filter(project_id__in=projects, kind=Kind.CONTRACT_PAYMENT)
    return list(rows.order_by("due_on", "id"))


# ── the bank of needs ────────────────────────────────────────────────────────


def quarter_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first day of the quarter of a day, and of the next one."""
    first = dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    following = first.month + 3
    return first, dt.date(first.year + following // 13, (following - 1) % 12 + 1, 1)


def unmet_of(quarter: dt.date, by: User) -> list[tuple[str, int]]:
    """How many needs of a kind were found not met in a quarter, in the head's department; five at least.

    Counted on the cases the head may see; what is below five is not told, in no form.
    """
    first, following = quarter_of(quarter)
    rows = (
        Need.objects.visible_to(by)
        .filter(met="no", created_at__date__gte=first, created_at__date__lt=following)
        .values("category")
        .annotate(n=Count("id"))
        .filter(n__gte=LEAST_IN_BANK)
        .order_by("-n", "category")
    )
    return [(row["category"], row["n"]) for row in rows]


@command
def needs_release(*, quarter: dt.date, by: User) -> int:
    """Give a finished quarter's unmet needs to the bank of the region, as numbers; how many kinds.

    Raises:
        DomainError: `need_bank.quarter_runs` on `quarter`, `need_bank_once` on `quarter`,
            `need_bank.nothing` on `quarter`.
    """
    require(can_release_needs, by, None)
    first, following = quarter_of(quarter)
    if following > timezone.localdate():
        raise DomainError("need_bank.quarter_runs", _("这个季度还没有结束。"), "quarter")
    house = Organization.objects.get(pk=by.house_id)
    if NeedBankEntry.objects.filter(organization=house, quarter=first).exists():
        raise DomainError("need_bank_once", _("这个季度已经发布过。"), "quarter")
    found = unmet_of(first, by)
    if not found:
        raise DomainError(
            "need_bank.nothing", _("这个季度没有满五例的未满足需求，不必发布。"), "quarter"
        )
    now = timezone.now()
    for category, counted in found:
        NeedBankEntry(
            organization=house,
            category=category,
            quarter=first,
            counted=counted,
            region_code=house.region_id or 0,
            released_at=now,
            created_by=by,
        ).save(force_insert=True)
    audit.record(
        "need_bank.release",
        by=by,
        on=None,
        organization_id=house.pk,
        quarter=first,
        kinds=len(found),
    )
    return len(found)


# ── a resident's page ────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Resident:
    """What the base knows of an agency: newest first where there are several."""

    stage: str
    supports: list[tuple[Any, int, Decimal]]
    radar: ProjectEvent | None
    radar_before: ProjectEvent | None
    swot: ProjectEvent | None
    space: Decimal | None
    assessments: list[ProjectEvent]


def resident_of(events: Iterable[ProjectEvent]) -> Resident:
    """Sorted out of the project's events (newest first), without another query."""
    events = list(events)
    by_kind: dict[str, list[ProjectEvent]] = {}
    for one in events:
        by_kind.setdefault(one.kind, []).append(one)
    services = by_kind.get(Kind.SERVICE, [])
    supports = []
    for code, label in SUPPORTS.items():
        mine = [one for one in services if one.detail.get("support") == code]
        hours = sum((one.hours or Decimal(0) for one in mine), Decimal(0))
        supports.append((label, len(mine), hours))
    radars, spaces = by_kind.get(Kind.RADAR, []), by_kind.get(Kind.SPACE, [])
    assessments = by_kind.get(Kind.ASSESSMENT, [])
    space = spaces[0].detail.get("m2") if spaces else None
    return Resident(
        stage=assessments[0].detail.get("stage", "starting") if assessments else "starting",
        supports=supports,
        radar=radars[0] if radars else None,
        radar_before=radars[1] if len(radars) > 1 else None,
        swot=next(iter(by_kind.get(Kind.SWOT, [])), None),
        space=Decimal(str(space)) if space else None,
        assessments=assessments,
    )


def base_figures(rows: Any) -> dict[str, Any]:
    """Agencies in the base by state; `rows` are the incubation projects one may see."""
    counts = dict(rows.values_list("state").annotate(n=Count("id")).order_by())
    return {
        "resident": counts.get(ProjectState.RESIDENT, 0),
        "graduated": counts.get(ProjectState.GRADUATED, 0),
        "exited": counts.get(ProjectState.EXITED, 0),
    }


def money_by_source(projects: Iterable[int]) -> dict[str, Decimal]:
    """Yuan by source over the budget lines of these projects."""
    rows = BudgetLine.objects.filter(project_id__in=projects).values_list("source")
    return dict(rows.annotate(sum=Sum("amount")).order_by("source"))


def radar_points(scores: dict[str, Any], radius: float = 100) -> list[tuple[float, float]]:
    """The corners of a radar of six axes, scores 0 to 10, around (0, 0); the first axis points up."""
    corners = []
    for n, axis in enumerate(RADAR_AXES):
        share = min(max(float(scores.get(axis) or 0), 0), 10) / 10
        angle = -pi / 2 + 2 * pi * n / len(RADAR_AXES)
        corners.append(
            (round(radius * share * cos(angle), 1), round(radius * share * sin(angle), 1))
        )
    return corners
