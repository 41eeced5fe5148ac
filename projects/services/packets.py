"""What an expert is shown of an application: a frozen copy, without unit and people where the review is blind.

The application's rows are sealed from the hand-in on, so that a packet made later says the same. Its files are
never handed over: the expert sees their pages as pictures under neutral names, so that neither a file's name nor
what is written inside about its author gets out; where the review is blind, a file whose pages cannot be drawn
(Word, Excel) is left out and the packet says so.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from cases.models.codes import DisclosureLevel
from cases.models.consents import Disclosure
from cases.services.disclosures import payload_hash
from departments import audit
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.services.viewing import is_shown
from msw_portal.kernel.bulk import columns_write
from projects.models.applications import Application, ApplicationParty, ApplicationVersion
from projects.models.calls import Call
from projects.models.reviews import Review

HIDDEN = "〔已隐去〕"
SHORTEST_NAME = 2
# Table of the form -> the column of its text that names somebody (services/applications/content.py).
NAMING_COLUMN = {"leader": 0, "team": 0, "partners": 0, "five": 1}
PHONE = re.compile(r"(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{7,8})(?!\d)")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def packets_make(reviews: list[Review], *, call: Call, is_blind: bool, by: User) -> None:
    """Write the copies of these reviews and link them, in a constant number of statements."""
    if not reviews:
        return
    # The copy is Chinese whatever language the officer works in.
    with translation.override(settings.LANGUAGE_CODE):
        contents = _contents(reviews, call, is_blind)
    made = []
    for review in reviews:
        content = contents[review.application_id] | {"label": review.label}
        made.append(
            Disclosure(
                organization_id=review.organization_id,
                recipient_user_id=review.expert_user_id,
                level=DisclosureLevel.PACKET,
                subject_kind=review._meta.model_name,
                subject_id=review.pk,
                subject_uid=review.uid,
                fields=sorted(content),
                payload=content,
                payload_hash=payload_hash(content),
                created_by=by,
            )
        )
    Disclosure.objects.bulk_create(made)
    for review, packet in zip(reviews, made, strict=True):
        review.packet = packet
    columns_write(Review, ["packet"], {review.pk: [review.packet_id] for review in reviews})
    audit.record("review.make_packets", by=by, on=call, packets=len(made), is_blind=is_blind)


def _contents(reviews: list[Review], call: Call, is_blind: bool) -> dict[int, dict[str, Any]]:
    """application id -> payload; a constant number of queries."""
    ids = {review.application_id for review in reviews}
    house = call.organization_id
    rows = list(
        Application.objects.filter(counterparty_id=house, pk__in=ids).select_related(
            "organization", "department", "leader"
        )
    )
    versions = {
        (one.application_id, one.version): one
        for one in ApplicationVersion.objects.filter(counterparty_id=house, application_id__in=ids)
    }
    parties: dict[int, list[ApplicationParty]] = defaultdict(list)
    for party in ApplicationParty.objects.filter(
        counterparty_id=house, application_id__in=ids
    ).select_related("partner"):
        parties[party.application_id].append(party)
    files: dict[int, list[Document]] = defaultdict(list)
    for file in Document.objects.filter(
        counterparty_id=house,
        subject_kind=Application._meta.model_name,
        subject_id__in=ids,
        voided_at__isnull=True,
        derived_from__isnull=True,
    ).order_by("id"):
        files[file.subject_id].append(file)
    return {
        row.pk: packet_content(
            row,
            call,
            versions[row.pk, row.submitted_version],
            parties[row.pk],
            files[row.pk],
            is_blind,
        )
        for row in rows
    }


def packet_content(
    row: Application,
    call: Call,
    version: ApplicationVersion,
    parties: list[ApplicationParty],
    files: list[Document],
    is_blind: bool,
) -> dict[str, Any]:
    """{"title", "is_blind", "version", "version_hash", "unit", "sections": as in the frozen version,
    "files": [{"uid", "label", "pages"}], "left_out": n}; the hash only where the review is not blind."""
    drawn = [one for one in files if is_shown(one)]
    content: dict[str, Any] = {
        "title": row.title,
        "is_blind": is_blind,
        "version": version.version,
        "unit": "" if is_blind else row.unit_name,
        "sections": version.payload.get("sections", []),
        "files": [
            {
                "uid": str(one.uid),
                "label": _("材料 %(n)d") % {"n": at + 1} if is_blind else one.title,
                "pages": one.pages,
            }
            for at, one in enumerate(drawn)
        ],
        "left_out": len(files) - len(drawn),
    }
    if not is_blind:
        return content | {"number": row.number or "", "version_hash": version.payload_hash}
    tables = {one.get("code"): one.get("table", "") for one in call.form.get("sections", ())}
    content["sections"] = [
        _without_people(section, tables.get(section["code"], "")) for section in content["sections"]
    ]
    return _masked(content, _names(row, parties))


def _without_people(section: Mapping[str, Any], table: str) -> dict[str, Any]:
    """The section without the column that names persons or bodies."""
    if table not in NAMING_COLUMN:
        return dict(section)
    at = NAMING_COLUMN[table]

    def cut(cells: list[Any]) -> list[Any]:
        return [cell for place, cell in enumerate(cells) if place != at]

    return {
        **section,
        "tables": [
            {
                **one,
                "head": cut(one["head"]),
                "rows": [cut(row) for row in one["rows"]],
                "total": cut(one["total"]) if one.get("total") else None,
            }
            for one in section.get("tables", ())
        ],
    }


def _names(row: Application, parties: Iterable[ApplicationParty]) -> list[str]:
    """What would tell whose application it is, the longest first."""
    names = {
        row.unit_name,
        row.organization.name,
        row.organization.short_name,
        row.department.name if row.department else "",
        row.leader.display_name if row.leader else "",
        row.number or "",
    }
    for party in parties:
        names |= {party.name}
        if party.partner:
            names |= {party.partner.name, party.partner.short_name}
    return sorted(
        {name.strip() for name in names if name and len(name.strip()) >= SHORTEST_NAME},
        key=lambda name: (-len(name), name),
    )


def _masked(value: Any, names: list[str]) -> Any:
    """The same with every name, telephone number and mail address in any text replaced."""
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, HIDDEN)
        return MAIL.sub(HIDDEN, PHONE.sub(HIDDEN, value))
    if isinstance(value, list):
        return [_masked(one, names) for one in value]
    if isinstance(value, dict):
        return {key: one if key == "uid" else _masked(one, names) for key, one in value.items()}
    return value


def packet_file(uid: Any) -> Document | None:
    """The file behind a packet's entry, for the expert of this transaction; None for every other."""
    return next(iter(Document.objects.raw("SELECT * FROM app.packet_file(%s)", [uid])), None)
