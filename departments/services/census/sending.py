"""A return on its way: what it lacks, to which authority it goes, taken back or given up."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.census_permissions import can_keep_census
from departments.models.census import CensusLine, CensusReturn
from departments.models.organizations import Organization, OrganizationKind
from departments.models.people import User
from departments.querysets import region_range
from departments.services import outbox
from departments.services.census.shapes import SHAPES
from departments.services.moving import move
from departments.services.tasks import task_finish
from departments.workflow import CENSUS, CensusState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


def authorities_for(by: User) -> list[Organization]:
    """The authorities whose region holds the house's, the nearest first; for an authority itself."""
    if by.acting.organization_kind == OrganizationKind.GOVERNMENT:
        return [Organization.objects.get(pk=by.house_id)]
    here = by.acting.region_id
    rows = Organization.objects.filter(
        kind=OrganizationKind.GOVERNMENT, is_tenant=True, is_training=by.acting.is_training
    ).exclude(region=None)
    found = [one for one in rows.order_by("name") if here and _holds(one.region_id, here)]
    return sorted(found, key=lambda one: _width(one.region_id))


def _holds(region: int, code: int) -> bool:
    low, high = region_range(region)
    return low <= code <= high


def _width(region: int) -> int:
    low, high = region_range(region)
    return high - low


def lacking(census: CensusReturn) -> list[str]:
    """Why a draft cannot be sent yet, in sentences; [] when it can."""
    said = []
    lines = list(census.lines.order_by("rank"))
    if not lines:
        said.append(_("还没有一行内容。"))
    if census.as_of > timezone.localdate():
        said.append(_("截止日 %(day)s 还没有到。") % {"day": f"{census.as_of:%Y-%m-%d}"})
    if len(census.note) < 5 and is_correction(census):
        said.append(_("这是更正，请在说明里写明改了什么、为什么（至少 5 个字）。"))
    for line in lines:
        empty = [name for name in SHAPES[census.kind].needs if getattr(line, name) is None]
        if empty:
            labels = "、".join(str(CensusLine._meta.get_field(name).verbose_name) for name in empty)
            said.append(_("“%(name)s”还没有填：%(what)s。") % {"name": line.name, "what": labels})
    return [str(one) for one in said]


def is_correction(census: CensusReturn) -> bool:
    """Whether an authority has seen an earlier version."""
    return (
        census.version > 1
        and CensusReturn.objects.filter(
            organization_id=census.organization_id,
            kind=census.kind,
            year=census.year,
            version__lt=census.version,
        )
        .exclude(state=CensusState.VOID)
        .exists()
    )


@command
def census_submit(*, census: CensusReturn, authority: Organization, by: User) -> CensusReturn:
    """Send the draft to the authority; from now on it does not change.

    Raises:
        DomainError: `census.authority` on `authority`, `census.lacking` with what is missing,
            `census.submit.wrong_state` (409).
    """
    require(can_keep_census, by, census)
    census = CensusReturn.objects.locked().get(pk=census.pk)
    CENSUS.check(census, "submit")
    if authority.pk not in {one.pk for one in authorities_for(by)}:
        raise DomainError("census.authority", _("请选择本地区的主管部门。"), "authority")
    missing = lacking(census)
    if missing:
        raise DomainError("census.lacking", _("还不能报送：%(what)s") % {"what": "".join(missing)})
    census.counterparty, census.submitted_at = authority, timezone.now()
    move(census, CENSUS, "submit", by=by, also=("counterparty", "submitted_at"))
    task_finish(organization_id=census.organization_id, dedup_key=due_key(census.kind, census.year))
    audit.record(
        "census.submit",
        by=by,
        on=census,
        kind=census.kind,
        year=census.year,
        version=census.version,
        lines=census.lines.count(),
    )
    if authority.pk != by.house_id:
        outbox.put(
            "census.submitted",
            organization_id=by.house_id,
            subject=census,
            house=authority.pk,
            pk=census.pk,
        )
    return census


def due_key(kind: str, year: int) -> str:
    """By which the task to report is known in a house."""
    return f"census_due:{kind}:{year}"


@command
def census_discard(*, census: CensusReturn, by: User) -> CensusReturn:
    """Give a draft up; it stays in the list as void. Raises `census.discard.wrong_state` (409)."""
    require(can_keep_census, by, census)
    census = CensusReturn.objects.locked().get(pk=census.pk)
    move(census, CENSUS, "discard", by=by)
    audit.record("census.discard", by=by, on=census, kind=census.kind, year=census.year)
    return census


@command
def census_recall(*, census: CensusReturn, reason: str, by: User) -> CensusReturn:
    """Take back what the authority has not accepted yet; a new version can be made of it.

    Raises:
        DomainError: `census.recall.wrong_state` (409), `census.recall.needs_reason` on `reason`.
    """
    require(can_keep_census, by, census)
    census = CensusReturn.objects.locked().get(pk=census.pk)
    move(census, CENSUS, "recall", by=by, reason=reason)
    audit.record("census.recall", by=by, on=census, kind=census.kind, year=census.year)
    return census
