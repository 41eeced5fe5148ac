"""What an application sets off in the other house, run by the relay in that house's scope."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from departments import audit
from departments.models.people import User
from departments.services.notices import people_tell
from departments.services.numbering import take_number
from projects.models.applications import Application, ApplicationParty
from projects.models.calls import Call
from projects.querysets.calls import ISSUER_ROLES
from projects.services.applications.content import whole_of
from projects.services.applications.writing import copies_renew

Uids = Collection[uuid.UUID]
Named = Mapping[uuid.UUID, str]
NUMBERS = "application"


def issuer_told(*, payload: Mapping[str, Any], topic: str) -> None:
    """An application arrived, came back or was taken back: it gets its number, the officers are told.

    Numbers are the issuer's, without gaps and in the order of arrival; a second delivery changes nothing.
    """
    house = payload["house_id"]
    row = (
        Application.objects.locked()
        .select_related("call__organization")
        .filter(pk=payload["application"], counterparty_id=house)
        .first()
    )
    if row is None:
        return
    if row.number is None:
        call = row.call
        row.number = take_number(
            # One sequence for each pattern and year: two tracks that share it do not share a number.
            f"{NUMBERS}:{call.number_pattern}"[:40],
            organization=call.organization,
            pattern=call.number_pattern,
            on=dt.date(call.year, 1, 1),
        )
        row.save(update_fields=["number"])
        audit.record("application.number", by=None, on=row, number=row.number)
    for role in sorted(ISSUER_ROLES):
        people_tell(
            kind=topic,
            organization_id=house,
            subject=row,
            role=role,
            once=f"{row.uid}:{topic}:{payload['version']}:{role}",
        )


def partner_told(*, payload: Mapping[str, Any], topic: str) -> None:
    """An invitation came, or was taken back: whoever answers for the invited house hears of it."""
    party = ApplicationParty.objects.filter(
        pk=payload["party"], partner_id=payload["house_id"]
    ).first()
    if party is None:
        return
    for role in ("applicant", "dept_head"):
        people_tell(
            kind=topic,
            organization_id=payload["house_id"],
            subject=party,
            role=role,
            once=f"{party.uid}:{topic}:{role}",
        )


def leader_told(*, payload: Mapping[str, Any], topic: str) -> None:
    """The invited unit answered: its copy is renewed, whoever asked is told."""
    party = (
        ApplicationParty.objects.select_related("application__call")
        .filter(pk=payload["party"], organization_id=payload["house_id"])
        .first()
    )
    if party is None:
        return
    row = party.application
    copies_renew(whole_of(row))
    people_tell(
        kind=topic,
        organization_id=payload["house_id"],
        subject=row,
        users=[row.created_by_id, row.leader_id],
        once=f"{party.uid}:{topic}",
    )


def merge_told(*, payload: Mapping[str, Any], topic: str) -> None:
    """The other side merged an application."""
    house = payload["house_id"]
    row = Application.objects.filter(pk=payload["application"]).first()
    if row is None:
        return
    is_unit = row.organization_id == house
    users = [row.created_by_id, row.leader_id] if is_unit else []
    for role in [""] if is_unit else sorted(ISSUER_ROLES):
        people_tell(
            kind=topic,
            organization_id=house,
            subject=row,
            users=users,
            role=role,
            once=f"{row.uid}:{topic}:{role}",
        )


def calls_named(user: User, uids: Uids) -> Named:
    """Of these calls those the person may read, by title."""
    return {one.uid: one.title for one in Call.objects.visible_to(user).filter(uid__in=uids)}


def applications_named(user: User, uids: Uids) -> Named:
    """Of these applications those the person may open, by number or title."""
    rows = Application.objects.visible_to(user).filter(uid__in=uids)
    return {one.uid: one.number or one.title for one in rows}


def parties_named(user: User, uids: Uids) -> Named:
    """Of these invitations those of the person's house, by the title they were asked with."""
    rows = ApplicationParty.objects.listed_to(user).filter(uid__in=uids)
    return {one.uid: one.shown.get("title", "") for one in rows}
