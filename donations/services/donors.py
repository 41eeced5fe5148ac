"""Donors as one knows them: profile, persons to talk to, objections, honours, and what they gave."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import move, write_transition
from donations.gift_workflow import RECOGNITION
from donations.models.donors import DonorContact, DonorProfile, Recognition
from donations.models.giving import Donation, Donor
from donations.permissions import can_keep_donor
from donations.services.giving import ANONYMOUS
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.validators import parse_phone

# What came in by year: the lots, so that what was entered and not confirmed does not count.
YEARS = """
    SELECT extract(year FROM l.received_on)::int, count(DISTINCT l.donation_id), sum(l.amount)
      FROM donations_donationlot l JOIN donations_donation d ON d.id = l.donation_id
     WHERE d.donor_id = %s AND d.organization_id = %s GROUP BY 1 ORDER BY 1 DESC
"""


@dataclass(frozen=True)
class Year:
    """Gifts of money of one donor in a calendar year, by the day of arrival."""

    year: int
    gifts: int
    amount: Decimal


def years_of(donor: Donor) -> list[Year]:
    """The donor's booked money by year, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(YEARS, [donor.pk, donor.organization_id])
        return [Year(*row) for row in cursor.fetchall()]


def public_name(donor: Donor) -> str:
    """What may be published of a donor's name: the name with consent, else the word for anonymous.

    An objection takes the consent away (Charity Law 82), so `publish_name` alone decides here.
    """
    if donor.publish_name and not donor.is_anonymous:
        return str(donor.name)
    return str(ANONYMOUS)


def profile_of(donor: Donor) -> DonorProfile:
    """The profile as it stands; an unsaved empty one where nothing was written."""
    found = DonorProfile.objects.filter(donor_id=donor.pk).first()
    return found or DonorProfile(donor=donor, organization_id=donor.organization_id)


@command
def donor_describe(
    *,
    donor: Donor,
    industry: str = "",
    website: str = "",
    is_state_owned: bool = False,
    esg_note: str = "",
    publish_name: bool = False,
    by: Any,
) -> DonorProfile:
    """Write a donor's profile and whether the name may be published.

    Raises:
        DomainError: `donor.objects` on `publish_name` for a donor who objected.
    """
    donor = Donor.objects.locked().get(pk=donor.pk)
    require(can_keep_donor, by, donor)
    profile = profile_of(donor)
    if publish_name and profile.objected_on is not None:
        raise DomainError(
            "donor.objects",
            _("捐赠人已反对公开，不能公示其名称（《慈善法》第八十二条）。"),
            "publish_name",
        )
    profile.industry, profile.website = industry, website
    profile.is_state_owned, profile.esg_note = is_state_owned, esg_note
    profile.created_by = profile.created_by or by
    profile.save()
    donor.publish_name = publish_name and not donor.is_anonymous
    donor.save(update_fields=["publish_name"])
    audit.record("donor.describe", by=by, on=donor, publish_name=donor.publish_name)
    return profile


@command
def donor_object(*, donor: Donor, objected_on: dt.date, objection: str, by: Any) -> DonorProfile:
    """The donor objects to being published: the name is public no longer, from this moment.

    Raises:
        DomainError: `donor.objected_in_future` on `objected_on`, `donor_objection_says_what`.
    """
    donor = Donor.objects.locked().get(pk=donor.pk)
    require(can_keep_donor, by, donor)
    if objected_on > timezone.localdate():
        raise DomainError("donor.objected_in_future", _("不能晚于今天。"), "objected_on")
    profile = profile_of(donor)
    profile.objected_on, profile.objection = objected_on, objection.strip()
    profile.created_by = profile.created_by or by
    profile.save()
    donor.publish_name = False
    donor.save(update_fields=["publish_name"])
    audit.record("donor.object", by=by, on=donor, on_day=objected_on)
    return profile


@command
def donor_contact_add(
    *, donor: Donor, name: str, post: str = "", phone: str = "", email: str = "", by: Any
) -> DonorContact:
    """Add a person of a donor to talk to."""
    require(can_keep_donor, by, donor)
    contact = DonorContact(
        organization_id=donor.organization_id,
        donor=donor,
        name=name.strip(),
        post=post.strip(),
        phone=parse_phone(phone) if phone.strip() else None,
        email=email.strip() or None,
        created_by=by,
    )
    contact.save(force_insert=True)
    audit.record("donor.contact_add", by=by, on=donor)
    return contact


@command
def donor_contact_end(*, contact: DonorContact, by: Any) -> DonorContact:
    """Somebody else is talked to from now on; the record stays."""
    contact = DonorContact.objects.locked().select_related("donor").get(pk=contact.pk)
    require(can_keep_donor, by, contact)
    contact.ended_on = contact.ended_on or timezone.localdate()
    contact.save(update_fields=["ended_on"])
    audit.record("donor.contact_end", by=by, on=contact.donor)
    return contact


# ── honours ──────────────────────────────────────────────────────────────────


@command
def recognition_ask(
    *,
    donor: Donor,
    kind: str,
    title: str,
    asked_on: dt.date,
    donation: Donation | None = None,
    by: Any,
) -> Recognition:
    """Ask the donor whether it may be thanked or honoured in public (Law on Donations 8).

    Raises:
        DomainError: `recognition.asked_in_future` on `asked_on`, `recognition.donation_elsewhere`,
            `recognition.anonymous` for somebody nobody knows.
    """
    require(can_keep_donor, by, donor)
    if donor.is_anonymous:
        raise DomainError("recognition.anonymous", _("匿名捐赠人不公开致谢。"))
    if asked_on > timezone.localdate():
        raise DomainError("recognition.asked_in_future", _("不能晚于今天。"), "asked_on")
    if donation is not None and donation.donor_id != donor.pk:
        raise DomainError(
            "recognition.donation_elsewhere", _("这笔捐赠不是这位捐赠人的。"), "donation"
        )
    row = Recognition(
        organization_id=donor.organization_id,
        donor=donor,
        donation=donation,
        kind=kind,
        title=title.strip(),
        asked_on=asked_on,
        created_by=by,
    )
    row.save(force_insert=True)
    write_transition(row, RECOGNITION, "ask", before="", by=by)
    audit.record("recognition.ask", by=by, on=donor, kind=kind)
    return row


@command
def recognition_answer(
    *, recognition: Recognition, agrees: bool, answered_on: dt.date, answered_how: str = "", by: Any
) -> Recognition:
    """What the donor said.

    Raises:
        DomainError: `recognition.agree.wrong_state` or `.decline.wrong_state` (409),
            `recognition.answered_in_future`, `recognition_answer_has_day` on `answered_on`.
    """
    row = Recognition.objects.locked().get(pk=recognition.pk)
    require(can_keep_donor, by, row)
    step = "agree" if agrees else "decline"
    RECOGNITION.check(row, step)
    if answered_on > timezone.localdate():
        raise DomainError("recognition.answered_in_future", _("不能晚于今天。"), "answered_on")
    row.answered_on, row.answered_how = answered_on, answered_how
    move(row, RECOGNITION, step, by=by, also=("answered_on", "answered_how"))
    audit.record(f"recognition.{step}", by=by, on=row)
    return row


@command
def recognition_give(
    *, recognition: Recognition, given_on: dt.date, place: str = "", by: Any
) -> Recognition:
    """The thanks or honour took place, after the donor had agreed.

    Raises:
        DomainError: `recognition.needs_opinion` (409) without the donor's yes,
            `recognition_follows_opinion` on `given_on` for a day before it.
    """
    row = Recognition.objects.locked().get(pk=recognition.pk)
    require(can_keep_donor, by, row)
    if row.state in {"asked", "declined"}:
        raise DomainError(
            "recognition.needs_opinion",
            _("公开鸣谢或表彰要先征得捐赠人同意（《公益事业捐赠法》第八条）。"),
            status=409,
        )
    row.given_on, row.place = given_on, place
    move(row, RECOGNITION, "give", by=by, also=("given_on", "place"))
    audit.record("recognition.give", by=by, on=row, given_on=given_on)
    return row
