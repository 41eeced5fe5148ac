"""Proofs of service, free of charge: issued from confirmed hours, voided with a reason, checked by anybody."""

import base64
import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from departments.models.mechanisms import AccessLink
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services import outbox
from departments.services.entering import house_scope, token_scope
from departments.services.notices import people_tell
from departments.services.numbering import take_number
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import mask_id_no, mask_name
from volunteers.hour_permissions import (
    can_issue_certificate,
    can_see_own_hours,
    can_void_certificate,
)
from volunteers.models.codes import CertificateKind
from volunteers.models.people import Volunteer
from volunteers.models.service import Certificate, ServiceRecord
from volunteers.services.records import COUNTED

NUMBER = "{ORG}-V-{YYYY}-{SEQ5}"
ASKED = "certificate.asked"


def certificate_token(certificate_uid: uuid.UUID) -> str:
    """The token of the check address, the same at every print: made of our key, kept as a hash only."""
    digest = salted_hmac("volunteers.certificate", str(certificate_uid), algorithm="sha256")
    return base64.urlsafe_b64encode(digest.digest()[:16]).decode().rstrip("=")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@command
def certificate_issue(
    *, volunteer: Volunteer, since: dt.date, until: dt.date, by: User
) -> Certificate:
    """Prove the confirmed service of a period, both days included.

    The same period with the same hours is proved once: the certificate that stands is returned.

    Raises:
        DomainError: `certificate.*` on `since` or `until`.
    """
    require(can_issue_certificate, by, volunteer)
    return _issue(volunteer, since, until, by=by)


def _issue(
    volunteer: Volunteer,
    since: dt.date,
    until: dt.date,
    *,
    by: User | None,
    replaces: Certificate | None = None,
) -> Certificate:
    volunteer = Volunteer.objects.locked().select_related("organization").get(pk=volunteer.pk)
    lines = _lines(volunteer, since, until)
    total = sum((line["hours"] for line in lines), Decimal(0))
    if total <= 0:
        raise DomainError("certificate.no_hours", _("这段时间没有已确认的服务时长。"), "since")
    period = DateRange(since, until + dt.timedelta(days=1))
    known = Certificate.objects.live().filter(
        volunteer=volunteer, kind=CertificateKind.SERVICE, period=period, total_hours=total
    )
    standing = known.first()
    if standing is not None:
        return standing
    house: Organization = volunteer.organization
    today = timezone.localdate()
    made = Certificate(
        organization_id=house.pk,
        kind=CertificateKind.SERVICE,
        volunteer=volunteer,
        holder=volunteer.name,
        number=take_number("volunteer_certificate", organization=house, pattern=NUMBER, on=today),
        period=period,
        total_hours=total,
        issued_on=today,
        payload={
            "lines": [line | {"hours": str(line["hours"])} for line in lines],
            "id_masked": mask_id_no(volunteer.id_no) if volunteer.id_no else "",
            "national_no": volunteer.national_no,
        },
        replaces=replaces,
        created_by=by,
    )
    made.link = _link(made, by)
    made.save(force_insert=True)
    audit.record(
        "certificate.issue",
        by=by,
        on=made,
        organization_id=house.pk,
        number=made.number,
        hours=total,
    )
    return made


def _lines(volunteer: Volunteer, since: dt.date, until: dt.date) -> list[dict]:
    """What was done, by post: first and last day, how often, how many hours."""
    if since > until:
        raise DomainError("certificate.period", _("结束日期不能早于开始日期。"), "until")
    if until > timezone.localdate():
        raise DomainError("certificate.in_future", _("结束日期不能在将来。"), "until")
    begins = timezone.make_aware(dt.datetime.combine(since, dt.time.min))
    ends = timezone.make_aware(dt.datetime.combine(until + dt.timedelta(days=1), dt.time.min))
    rows = ServiceRecord.objects.filter(
        COUNTED, volunteer=volunteer, checked_in__gte=begins, checked_in__lt=ends
    )
    by_post: dict[str, dict] = {}
    for row in rows.order_by("checked_in", "id"):
        day = timezone.localdate(row.checked_in).isoformat()
        line = by_post.setdefault(
            row.title,
            {"title": row.title, "from": day, "to": day, "times": 0, "hours": Decimal(0)},
        )
        line |= {"to": day, "times": line["times"] + 1, "hours": line["hours"] + row.hours}
    return list(by_post.values())


def _link(made: Certificate, by: User | None) -> AccessLink | None:
    """Where anybody checks it; a house for practice proves nothing to anybody."""
    if made.volunteer.organization.is_training:
        return None
    link = AccessLink(
        organization_id=made.organization_id,
        kind=AccessLink.Kind.CERTIFICATE,
        token_hash=_digest(certificate_token(made.uid)),
        subject_kind=Certificate._meta.model_name,
        subject_uid=made.uid,
        created_by=by,
    )
    link.save(force_insert=True)
    return link


@command
def certificate_void(*, certificate: Certificate, reason: str, by: User) -> Certificate:
    """Declare a certificate void; its check page says so from now on.

    Raises:
        DomainError: `certificate.needs_reason` on `reason`, `certificate.is_void` (409).
    """
    certificate = Certificate.objects.locked().get(pk=certificate.pk)
    require(can_void_certificate, by, certificate)
    if len(reason.strip()) < 2:
        raise DomainError("certificate.needs_reason", _("请写明作废的原因。"), "reason")
    if certificate.voided_at is not None:
        raise DomainError("certificate.is_void", _("这份证明已经作废。"), status=409)
    return _void(certificate, reason.strip(), by=by)


def _void(certificate: Certificate, reason: str, *, by: User | None) -> Certificate:
    certificate.voided_at, certificate.void_reason = timezone.now(), reason
    certificate.save(update_fields=["voided_at", "void_reason"])
    audit.record(
        "certificate.void",
        by=by,
        on=certificate,
        organization_id=certificate.organization_id,
        number=certificate.number,
    )
    return certificate


def certificates_follow(*, volunteer_id: int, days: Iterable[dt.date], by: User) -> int:
    """Hours of these days have changed: what proved them is void, and issued anew with what counts now.

    Called in the transaction of the change; returns how many became void.
    """
    touched: dict[int, Certificate] = {}
    for day in days:
        rows = Certificate.objects.live().filter(
            volunteer_id=volunteer_id, kind=CertificateKind.SERVICE, period__contains=day
        )
        touched |= {row.pk: row for row in rows.locked()}
    for row in touched.values():
        _void(row, str(_("服务时长有更正")), by=by)
        begins, ends = row.period.lower, row.period.upper - dt.timedelta(days=1)
        try:
            _issue(row.volunteer, begins, ends, by=by, replaces=row)
        except DomainError as error:
            if error.rule != "certificate.no_hours":
                raise
        people_tell(
            kind="certificate.replaced",
            organization_id=row.organization_id,
            subject=row,
            users=[row.user_id],
            by=by,
        )
    return len(touched)


# ── asked for by the volunteer ───────────────────────────────────────────────


@command
def certificate_ask(*, since: dt.date, until: dt.date, by: User) -> None:
    """A volunteer asks for a proof; the house issues it by itself, for every hour is confirmed already.

    Raises:
        DomainError: `certificate.*` on `since` or `until`, `certificate.not_here` (403).
    """
    require(can_see_own_hours, by, None)
    volunteer = Volunteer.objects.visible_to(by).filter(user_id=by.pk).first()
    if volunteer is None:
        raise DomainError("certificate.not_here", _("您在本院还没有志愿者档案。"), status=403)
    if not _lines(volunteer, since, until):
        raise DomainError("certificate.no_hours", _("这段时间没有已确认的服务时长。"), "since")
    outbox.put(
        ASKED,
        organization_id=volunteer.organization_id,
        subject=volunteer,
        since=since.isoformat(),
        until=until.isoformat(),
    )


def certificate_issue_asked(*, volunteer_uid: uuid.UUID, since: dt.date, until: dt.date) -> None:
    """What the relay does for certificate_ask, in an open scope of the house."""
    volunteer = Volunteer.objects.filter(uid=volunteer_uid).first()
    if volunteer is None:
        return
    try:
        made = _issue(volunteer, since, until, by=None)
    except DomainError:
        return  # the last hour of the period was voided meanwhile: there is nothing to prove
    people_tell(
        kind="certificate.issued",
        organization_id=made.organization_id,
        subject=made,
        users=[volunteer.user_id],
    )


# ── checked by anybody ───────────────────────────────────────────────────────


@dataclass(frozen=True)
class Checked:
    """What the check page says: no more than who holds the paper reads on it, the name masked."""

    house: str
    number: str
    holder: str
    first: dt.date
    last: dt.date
    hours: Decimal
    issued_on: dt.date
    voided_on: dt.date | None
    replaced_by: str


def certificate_check(token: str) -> Checked | None:
    """The certificate behind a printed address; None for every other. A named service of the link."""
    digest = _digest(token)
    with token_scope(digest):
        found = (
            AccessLink.objects.filter(
                token_hash=digest, kind=AccessLink.Kind.CERTIFICATE, revoked_at__isnull=True
            )
            .values_list("organization_id", "subject_uid")
            .first()
        )
    if found is None:
        return None
    house, uid = found
    with house_scope(house):
        row = (
            Certificate.objects.filter(organization_id=house, uid=uid)
            .select_related("organization")
            .first()
        )
        if row is None:
            return None
        newer = Certificate.objects.live().filter(replaces=row).first()
        return Checked(
            house=row.organization.name,
            number=row.number,
            holder=mask_name(row.holder),
            first=row.period.lower,
            last=row.period.upper - dt.timedelta(days=1),
            hours=row.total_hours,
            issued_on=row.issued_on,
            voided_on=timezone.localdate(row.voided_at) if row.voided_at else None,
            replaced_by=newer.number if newer else "",
        )
