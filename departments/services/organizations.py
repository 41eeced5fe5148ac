"""Bodies the work meets: written into the common register by the house that keeps them."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from departments.models.organizations import Organization, OrganizationKind
from departments.models.people import User
from departments.models.place_codes import Precision
from departments.models.register_parts import (
    OrganizationCredential,
    OrganizationLink,
    OrganizationName,
)
from departments.permissions import can_keep_organizations
from departments.services.credential_clocks import qualification_clocks_stop
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.partial_dates import PartialDate
from msw_portal.kernel.validators import parse_uscc

# Columns a keeper writes; `is_tenant`, `code` and the like are the operator's.
COLUMNS = (
    "name",
    "short_name",
    "uscc",
    "grade",
    "hospital_type",
    "ownership",
    "affiliation",
    "charity_type",
    "region",
    "ended_on",
    "msw_active_from",
    "msw_active_to",
)
# What stands in the profile: an address, telephone and web page for the public, a company's ESG note.
PROFILE = ("address", "phone", "asking", "website", "esg")
# Kinds of links in which nobody may stand above himself.
LADDERS = frozenset({OrganizationLink.Kind.PARENT, OrganizationLink.Kind.PREDECESSOR})
LINKING = 7261
GONE = _("这一条已经不在了，请刷新。")
ENDS_BEFORE = _("结束日期不能早于开始日期。")


@command
def organization_add(
    *,
    name: str,
    kind: str,
    founded: PartialDate | None = None,
    founded_on: dt.date | None = None,
    by: User,
    **facts: Any,
) -> Organization:
    """A body that does not work in this installation, kept by one's own house.

    `facts` are COLUMNS, PROFILE and `facts` (sentences, one a line).

    Raises:
        DomainError: `organization.kind` on `kind`; `organization.there` on `name` when a body of
            that name and kind stands in the register; `organization.uscc` and
            `organization_uscc_once` on `uscc`.
    """
    require(can_keep_organizations, by, None)
    if kind not in OrganizationKind.values or kind == OrganizationKind.INSTALLATION:
        raise DomainError("organization.kind", _("请从列表中选择。"), "kind")
    name = " ".join(name.split())
    if Organization.objects.filter(name=name, kind=kind).on_ground_of(by).exists():
        raise DomainError("organization.there", _("登记里已有同名、同类型的机构。"), "name")
    row = Organization(
        managed_by_id=by.house_id,
        kind=kind,
        is_training=by.acting.is_training,
        created_by=by,
    )
    if founded is None and founded_on is not None:
        founded = PartialDate(founded_on)
    _describe(row, {"name": name, "founded": founded, **facts})
    row.save(force_insert=True)
    audit.record("organization.add", by=by, on=row, kind=kind)
    return row


@command
def organization_change(
    *, organization: Organization, base: int | None = None, by: User, **facts: Any
) -> Organization:
    """Correct or complete what the register says; `base` is the row_version the page was opened on.

    Raises:
        DomainError: `form.stale` (409); those of organization_add, `organization_ended_after_founded`
            on `ended_on`, `organization_active_in_order` on `msw_active_to`.
    """
    row = _kept(organization, by)
    check_base(base, row.row_version)
    if "name" in facts:
        same = Organization.objects.filter(name=" ".join(facts["name"].split()), kind=row.kind)
        if same.on_ground_of(by).exclude(pk=row.pk).exists():
            raise DomainError("organization.there", _("登记里已有同名、同类型的机构。"), "name")
    changed = _describe(row, facts)
    row.save()
    audit.record("organization.change", by=by, on=row, fields=changed)
    return row


def _describe(row: Organization, facts: dict[str, Any]) -> list[str]:
    """Put what is known on the row; the names of what differs from before."""
    unknown = set(facts) - {*COLUMNS, *PROFILE, "founded", "facts"}
    if unknown:
        raise TypeError(f"no such facts: {sorted(unknown)}")
    before = {name: getattr(row, name) for name in COLUMNS} | {"founded": row.founded}
    profile = dict(row.profile)
    for name, value in facts.items():
        if name in PROFILE or name == "facts":
            _put(profile, name, value)
        elif name == "founded":
            row.founded_on = value.on if value else None
            row.founded_precision = value.precision if value else Precision.DAY
        else:
            setattr(row, name, " ".join(value.split()) if isinstance(value, str) else value)
    if row.uscc:
        try:
            row.uscc = parse_uscc(row.uscc)
        except ValidationError as error:
            raise DomainError("organization.uscc", error.messages[0], "uscc") from error
    now = {name: getattr(row, name) for name in COLUMNS} | {"founded": row.founded}
    changed = [name for name, value in before.items() if now[name] != value]
    changed += [name for name in (*PROFILE, "facts") if profile.get(name) != row.profile.get(name)]
    row.profile = profile
    return sorted(changed)


def _put(profile: dict[str, Any], name: str, value: Any) -> None:
    if name == "facts":
        value = [line.strip() for line in (value or "").splitlines() if line.strip()]
    else:
        value = (value or "").strip()
    if value:
        profile[name] = value
    else:
        profile.pop(name, None)


# ── names over time ──────────────────────────────────────────────────────────


@command
def organization_rename(
    *, organization: Organization, name: str, since: PartialDate, change: str = "", by: User
) -> OrganizationName:
    """A new name from `since` on; the name until then is kept with the days it held.

    Raises:
        DomainError: `organization.same_name` on `name`; `organization.name_order` on `since` before
            the present name began; `organization_name_does_not_overlap`.
    """
    row = _kept(organization, by)
    name = " ".join(name.split())
    if name == row.name:
        raise DomainError("organization.same_name", _("新的名称与现在的相同。"), "name")
    last = row.names.exclude(valid__upper_inf=True).order_by("-valid").first()
    began = last.valid.upper if last is not None else row.founded_on
    if began is not None and since.on <= began:
        sentence = _("现用名从 %(day)s 起，更名日期必须在其后。") % {"day": began.isoformat()}
        raise DomainError("organization.name_order", sentence, "since")
    row.names.filter(valid__upper_inf=True).delete()
    former = _name(row, row.name, DateRange(began, since.on), since.precision, change, by)
    row.name = name
    row.save(update_fields=["name"])
    audit.record("organization.rename", by=by, on=row, since=since.on)
    return former


@command
def former_name_add(
    *,
    organization: Organization,
    name: str,
    valid_from: PartialDate | None,
    valid_to: PartialDate,
    change: str = "",
    by: User,
) -> OrganizationName:
    """A name the body had before, from a day (or from the beginning) until another it had then no more.

    Raises:
        DomainError: `organization.name_order` on `valid_to`; `organization_name_does_not_overlap`
            on `valid_from` when another name held at that time.
    """
    row = _kept(organization, by)
    if valid_from is not None and valid_to.on <= valid_from.on:
        raise DomainError("organization.name_order", _("止于的日期必须在开始之后。"), "valid_to")
    days = DateRange(valid_from.on if valid_from else None, valid_to.on)
    former = _name(row, " ".join(name.split()), days, valid_to.precision, change, by)
    audit.record("organization.name_add", by=by, on=row, valid_to=valid_to.on)
    return former


def _name(
    row: Organization, name: str, valid: DateRange, precision: str, change: str, by: User
) -> OrganizationName:
    former = OrganizationName(
        organization=row,
        managed_by_id=row.managed_by_id,
        name=name,
        valid=valid,
        precision=precision,
        change=change,
        created_by=by,
    )
    former.save(force_insert=True)
    return former


# ── links ────────────────────────────────────────────────────────────────────


@command
def link_add(
    *,
    organization: Organization,
    kind: str,
    other: Organization,
    post: str = "",
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    by: User,
) -> OrganizationLink:
    """`organization` has `other` as its superior, predecessor, association ... (`kind`); `post` is what it holds there.

    Raises:
        DomainError: `organization_link_not_itself` and `organization.loop` on `other`;
            `organization.link_order` on `valid_to`; `organization_link_once`.
    """
    row = _kept(organization, by)
    if other.pk == row.pk:
        raise DomainError("organization_link_not_itself", _("机构不能与自己建立关系。"), "other")
    if valid_from and valid_to and valid_to < valid_from:
        raise DomainError("organization.link_order", ENDS_BEFORE, "valid_to")
    if kind in LADDERS:
        _check_ladder(row, other, kind)
    link = OrganizationLink(
        from_organization=row,
        to_organization=other,
        managed_by_id=row.managed_by_id,
        kind=kind,
        post=post.strip(),
        valid=_days(valid_from, valid_to),
        created_by=by,
    )
    link.save(force_insert=True)
    audit.record("organization.link_add", by=by, on=row, kind=kind, other=other.uid)
    return link


@command
def link_end(
    *, organization: Organization, pk: int, last_day: dt.date, by: User
) -> OrganizationLink:
    """The relation holds for the last time on `last_day`; it stays in the register with its days.

    Raises:
        DomainError: `organization.part_gone` (409), `organization.link_order` on `last_day` before
            it began, `organization.link_ended` (409) when it is over already.
    """
    row = _kept(organization, by)
    link = row.links.select_related("to_organization").filter(pk=pk).first()
    if link is None:
        raise DomainError("organization.part_gone", GONE, status=409)
    if link.is_over:
        raise DomainError("organization.link_ended", _("这段关系已经结束。"), status=409)
    began = link.valid.lower if link.valid else None
    if began and last_day < began:
        raise DomainError("organization.link_order", ENDS_BEFORE, "last_day")
    before = link.last_day
    link.valid = _days(began, last_day)
    link.save(update_fields=["valid"])
    other = link.to_organization.uid
    audit.record(
        "organization.link_end",
        by=by,
        on=row,
        kind=link.kind,
        other=other,
        valid_to=[before, last_day],
    )
    return link


def _check_ladder(row: Organization, other: Organization, kind: str) -> None:
    """Climb from `other`: whoever meets `row` would make a circle. One ladder is built at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 1)", [LINKING])
    above, seen = {other.pk}, set()
    while above - seen:
        seen |= above
        above = set(
            OrganizationLink.objects.filter(from_organization_id__in=above, kind=kind).values_list(
                "to_organization_id", flat=True
            )
        )
        if row.pk in above:
            word = OrganizationLink.Kind(kind).label
            sentence = _("“%(name)s”的%(word)s里已经有本机构，不能再互为%(word)s。")
            raise DomainError(
                "organization.loop", sentence % {"name": other.name, "word": word}, "other"
            )


# ── credentials ──────────────────────────────────────────────────────────────


@command
def credential_add(
    *,
    organization: Organization,
    kind: str,
    title: str = "",
    number: str = "",
    grade: str = "",
    issued_on: dt.date | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    by: User,
) -> OrganizationCredential:
    """A qualification, rating, registration or awarded title with the days it holds, both inclusive.

    Raises:
        DomainError: `credential.order` on `valid_to`; `credential_designation_has_title` on `title`.
    """
    row = _kept(organization, by)
    start = valid_from or issued_on
    if valid_to is not None and start is not None and valid_to < start:
        sentence = _("证书的到期日不能早于开始日期 %(day)s。") % {"day": start.isoformat()}
        raise DomainError("credential.order", sentence, "valid_to")
    if kind == OrganizationCredential.Kind.DESIGNATION and not title.strip():
        raise DomainError("credential_designation_has_title", _("请写明授予的称号。"), "title")
    credential = OrganizationCredential(
        organization=row,
        managed_by_id=row.managed_by_id,
        kind=kind,
        title=title.strip(),
        number=number.strip(),
        grade=grade.strip(),
        issued_on=issued_on,
        valid=_days(start, valid_to),
        created_by=by,
    )
    # What stood of this kind until now is followed by this one, or was warned of for nothing.
    qualification_clocks_stop(organization=row, kind=kind, title=credential.title)
    credential.save(force_insert=True)
    audit.record("organization.credential_add", by=by, on=row, kind=kind, valid_to=valid_to)
    return credential


PARTS = {"name": "names", "link": "links", "credential": "credentials"}


@command
def register_part_drop(*, organization: Organization, part: str, pk: int, by: User) -> None:
    """Take back a former name, link or credential that was entered wrongly; the audit keeps that it was.

    Raises:
        DomainError: `organization.part_gone` (409) when it is not there (any more).
    """
    row = _kept(organization, by)
    found = getattr(row, PARTS[part]).filter(pk=pk)
    if part == "credential":
        for one in found:
            qualification_clocks_stop(organization=row, kind=one.kind, title=one.title)
    gone = found.delete()[0]
    if not gone:
        raise DomainError("organization.part_gone", GONE, status=409)
    audit.record(f"organization.{part}_drop", by=by, on=row)


def _days(first: dt.date | None, last: dt.date | None) -> DateRange | None:
    """Both inclusive, as people write them; None when neither is known."""
    if first is None and last is None:
        return None
    return DateRange(first, last + dt.timedelta(days=1) if last else None)


def _kept(organization: Organization, by: User) -> Organization:
    # Asked before the lock too: the wall hides what one may not change from a locking read.
    require(can_keep_organizations, by, organization)
    row = Organization.objects.select_for_update(no_key=True, of=("self",)).get(pk=organization.pk)
    require(can_keep_organizations, by, row)
    return row
