"""Volunteers by name: postings of keyed hashes, as of persons; the search box and the list ask them."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from departments.models.people import User
from departments.services.search_box import Group, Hit
from departments.services.searching import (
    asked_hashes,
    find,
    hold_object,
    index_object,
    index_objects,
)
from msw_portal.kernel.crypto import found_by, organization_uid
from msw_portal.kernel.grams import gram_hashes, grams_of_name, grams_of_query, is_meant
from msw_portal.kernel.identifiers import normalise_phone
from volunteers.models.people import Volunteer
from volunteers.querysets import keeps

KIND = "volunteer"
PHONE_NUMBER = re.compile(r"\+?\d{7,15}")
MOST = 500  # of one name on the list


def _grams(volunteer: Volunteer) -> set[int]:
    """The name in characters, pinyin and initials; the telephone has its blind index."""
    uid = organization_uid(volunteer.organization_id)
    return gram_hashes(grams_of_name(volunteer.name), organization=uid)


def volunteer_index(volunteer: Volunteer) -> None:
    """Make the postings of a volunteer equal to the name known now."""
    hold_object(kind=KIND, object_id=volunteer.pk)
    index_object(
        organization_id=volunteer.organization_id,
        kind=KIND,
        object_id=volunteer.pk,
        grams=_grams(volunteer),
    )


def volunteers_reindex(*, organization_id: int, after: int, limit: int) -> tuple[int | None, int]:
    """Write the postings of the next `limit` volunteers anew: id to go on after, how many were passed over."""
    house = Volunteer.objects.filter(organization_id=organization_id, pk__gt=after).order_by("pk")
    ids = list(house.values_list("pk", flat=True)[:limit])
    held = [pk for pk in ids if hold_object(kind=KIND, object_id=pk, wait=False)]
    wanted = {one.pk: _grams(one) for one in Volunteer.objects.filter(pk__in=held)}
    index_objects(organization_id=organization_id, kind=KIND, wanted=wanted)
    return (ids[-1] if len(ids) == limit else None), len(ids) - len(held)


def _found(text: str, limit: int, by: User) -> list[Volunteer]:
    """Volunteers the user sees whose name or whole telephone number is meant, the newest first."""
    rows = Volunteer.objects.visible_to(by)
    if PHONE_NUMBER.fullmatch(normalise_phone(text)):
        own = found_by(Volunteer, "phone_bidx", "phone", text, organization_id=by.house_id)
        return list(rows.filter(own).order_by("-pk")[:limit])
    ids: list[int] = []
    for hashes in asked_hashes(grams_of_query(text), organization_id=by.house_id):
        ids += find(organization_id=by.house_id, kind=KIND, grams=hashes, limit=limit)
    found = rows.filter(pk__in=set(ids)).order_by("-pk")
    return [one for one in found if is_meant(one.name, text)]


def named(words: Iterable[str], by: Any) -> Q:
    """The condition of the list: any of these names, in characters, pinyin or initials."""
    return Q(pk__in=[one.pk for word in words for one in _found(word, MOST, by)])


def volunteers_found(text: str, limit: int, by: User) -> list[Group]:
    """Volunteers for the search box, masked, for who keeps them; nothing for anybody else."""
    if not keeps(by):
        return []
    found = _found(text, limit + 1, by)
    hits = [
        Hit(
            title=one.name_masked,
            url=reverse("volunteers:volunteer", args=[one.uid]),
            note=str(_("%(n)s 小时")) % {"n": f"{one.hours:g}"},
            state=str(one.get_state_display()),
        )
        for one in found[:limit]
    ]
    return [Group("volunteers", _("志愿者"), "heart", hits, is_more=len(found) > limit)]
