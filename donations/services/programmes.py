"""Aid programmes: written, proven on their example cases, published, followed by newer versions."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from donations.models.giving import Fund, FundPurpose
from donations.models.programmes import Programme, ProgrammeVersion
from donations.permissions import can_open_fund, can_publish_programme, can_write_programme
from donations.services.advice import advise
from donations.services.review import ARROWS
from donations.workflow import MAIN_LINE, RequestState, next_stage
from msw_portal.kernel import rules
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

CONTENT = frozenset(
    {
        "name",
        "summary",
        "asker",
        "beneficiary_class",
        "conditions",
        "benefit_rows",
        "documents",
        "stages",
        "caps",
        "quota",
        "order_rule",
        "payout_modes",
        "sla",
        "needs_agreement",
        "agreement_terms",
        "example_cases",
        "hospitals",
    }
)


@command
def programme_open(
    *, fund: Fund, name: str, purpose: FundPurpose | None = None, by: Any
) -> Programme:
    """Add a programme of the own house that pays from `fund` (and first from `purpose`).

    Raises:
        DomainError: `programme_name_once`, `programme.purpose_elsewhere`.
    """
    require(can_open_fund, by, None)
    if purpose is not None and purpose.fund_id != fund.pk:
        raise DomainError("programme.purpose_elsewhere", _("这个用途不属于所选基金。"), "purpose")
    programme = Programme(
        organization_id=by.house_id, fund=fund, purpose=purpose, name=name, created_by=by
    )
    programme.save(force_insert=True)
    audit.record("programme.open", by=by, on=programme, fund=fund.uid)
    return programme


@command
def version_write(
    *,
    programme: Programme,
    content: Mapping[str, Any],
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    by: Any,
) -> ProgrammeVersion:
    """Write the next version as a draft; `content` has the names of CONTENT, `valid_to` is the last day.

    Raises:
        DomainError: `programme_version.dates`, `programme_version.payout_mode_not_booked`.
        TypeError: for a name that is not in CONTENT.
    """
    require(can_write_programme, by, programme)
    if set(content) - CONTENT:
        raise TypeError(f"no such content: {sorted(set(content) - CONTENT)}")
    if valid_to is not None and valid_to < valid_from:
        raise DomainError("programme_version.dates", _("结束日期不能早于开始日期。"), "valid_to")
    check_modes(content.get("payout_modes") or [])
    last = ProgrammeVersion.objects.filter(
        organization_id=programme.organization_id, programme=programme
    ).aggregate(last=Max("version"))["last"]
    version = ProgrammeVersion(
        organization_id=programme.organization_id,
        programme=programme,
        version=(last or 0) + 1,
        valid=DateRange(valid_from, valid_to + dt.timedelta(days=1) if valid_to else None),
        created_by=by,
        **{"name": programme.name, **content},
    )
    version.save(force_insert=True)
    audit.record("programme_version.write", by=by, on=version, version=version.version)
    return version


@command
def version_publish(*, version: ProgrammeVersion, by: Any) -> ProgrammeVersion:
    """Prove a version on its example cases and open it to the hospitals; from then on it is frozen.

    An older open-ended version ends the day before.

    Raises:
        DomainError: `programme_version.published` (409), `programme_version_publisher_is_another` (403), `.stages`, `.documents`, `.payout_modes`,
            `.amounts`, `.condition`, `.example` with what does not fit.
    """
    version = ProgrammeVersion.objects.locked().get(pk=version.pk)
    require(can_publish_programme, by, version)
    if version.published_at is not None:
        raise DomainError("programme_version.published", _("这个版本已经发布。"), status=409)
    if version.created_by_id == by.pk:
        raise DomainError(
            "programme_version_publisher_is_another",
            _("写这个版本的人不能自己发布，请由另一人发布。"),
            status=403,
        )
    check_version(version)
    earlier = ProgrammeVersion.objects.locked().filter(
        organization_id=version.organization_id,
        programme_id=version.programme_id,
        published_at__isnull=False,
        valid__endswith__isnull=True,
        valid__startswith__lt=version.valid.lower,
    )
    for row in earlier:
        row.valid = DateRange(row.valid.lower, version.valid.lower)
        row.save(update_fields=["valid"])
    version.published_at, version.published_by = timezone.now(), by
    version.save(update_fields=["published_at", "published_by"])
    audit.record("programme_version.publish", by=by, on=version, version=version.version)
    return version


def check_version(version: ProgrammeVersion) -> None:
    """Refuse a version that cannot be run: stages without arrows, wrong sums, rules that do not hold.

    Raises:
        DomainError: see version_publish.
    """
    _check_stages(version)
    if not version.payout_modes or set(version.payout_modes) - set(
        ProgrammeVersion.PayoutMode.values
    ):
        raise DomainError("programme_version.payout_modes", _("请选择拨付方式。"), "payout_modes")
    check_modes(version.payout_modes)
    types = [row.get("type") for row in version.documents]
    if not all(types) or len(set(types)) != len(types):
        raise DomainError("programme_version.documents", _("材料清单有空项或重复。"), "documents")
    stated = [row.get("amount") for row in version.benefit_rows]
    for name in ("per_request", "per_person", "committee_above"):
        if version.caps.get(name) is not None:
            stated.append(version.caps[name])
    if not all(_is_amount(text) for text in stated):
        raise DomainError(
            "programme_version.amounts", _("救助标准或上限不是金额。"), "benefit_rows"
        )
    for row in [*version.conditions, *version.benefit_rows]:
        try:
            rules.facts_of(row["cel"])
        except (rules.RuleError, KeyError) as error:
            raise DomainError(
                "programme_version.condition",
                _("条件“%(text)s”写得不对。") % {"text": row.get("zh", "")},
                "conditions",
            ) from error
    for example in version.example_cases:
        _check_example(version, example)


def check_modes(modes: Iterable[str]) -> None:
    """Every payout is booked as money that leaves the account: what is none would drain the books."""
    known, booked = ProgrammeVersion.PayoutMode, ProgrammeVersion.PayoutMode.booked()
    unbooked = [str(known(mode).label) for mode in modes if mode in known and mode not in booked]
    if unbooked:
        raise DomainError(
            "programme_version.payout_mode_not_booked",
            _(
                "“%(modes)s”不是从账户付出的款项，系统不能记账，不能作为拨付方式；实物用物资发放表，减免由医院另记。"
            )
            % {"modes": "、".join(unbooked)},
            "payout_modes",
        )


def _check_stages(version: ProgrammeVersion) -> None:
    wrong = DomainError("programme_version.stages", _("环节的顺序走不通。"), "stages")
    if set(version.stages) - set(MAIN_LINE):
        raise wrong
    state: str = RequestState.DOCUMENT_CHECK
    while state != RequestState.PROPOSED:
        following = next_stage(state, version.stages)
        if following != RequestState.PROPOSED and (state, following) not in ARROWS:
            raise wrong
        state = following


def _is_amount(text: Any) -> bool:
    try:
        return isinstance(text, str) and Decimal(text) > 0
    except InvalidOperation:
        return False


def _check_example(version: ProgrammeVersion, example: Mapping[str, Any]) -> None:
    try:
        advice = advise(version, example_facts(example))
    except rules.RuleError as error:
        raise _not_as_said(example) from error
    benefit = str(advice.benefit) if advice.benefit is not None else None
    if advice.is_eligible is not example["eligible"] or benefit != example["benefit"]:
        raise _not_as_said(example)


def example_facts(example: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of an example as rules read them: amounts in yuan as Decimal.

    Raises:
        KeyError: without facts.  InvalidOperation: for an amount that is none.
    """
    return {
        name: Decimal(value) if name in {"received", "income_per_head"} else value
        for name, value in example["facts"].items()
    }


def _not_as_said(example: Mapping[str, Any]) -> DomainError:
    return DomainError(
        "programme_version.example",
        _("示例“%(text)s”的结果与写明的不一致。") % {"text": example.get("text", "")},
        "example_cases",
    )
