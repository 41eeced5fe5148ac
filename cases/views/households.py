"""Families of patients: who belongs together, without a word about anybody the reader may not open."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.forms.households import HouseholdForm, LeaveForm
from cases.models.casework import Case
from cases.models.codes import Relation
from cases.models.families import HouseholdMember
from cases.models.people import Client
from cases.services.households import (
    household_dissolve,
    household_leave,
    household_link,
    membership_of,
    memberships,
    relation_back,
)
from cases.views.filling import Filling, fill_in
from cases.views.finding import client_or_404

BOTH = require_http_methods(["GET", "POST"])


@dataclass(frozen=True)
class Kin:
    """Somebody of the family: the relation; name and file only for those who may open a case of theirs."""

    member: HouseholdMember
    relation: str
    name: str = ""
    url: str = ""


def _word(mine: HouseholdMember, other: HouseholdMember) -> str:
    """What `other` is to the person of the page; relations are kept to the first member."""
    if mine.relation == Relation.SELF:
        code = other.relation
    elif other.relation == Relation.SELF:
        code = relation_back(mine.relation, other.client.sex)
    else:
        code = Relation.OTHER
    return str(Relation(code).label) if code != Relation.OTHER else _("家庭成员")


def family_rows(user: Any, client: Client) -> QuerySet[HouseholdMember]:
    """The person's family (of merged records each one's), the person among it, the first member first.

    Adds `can_open`: whether the reader may open a case of the member's.
    """
    own = Case.objects.visible_to(user).filter(client__root_id=OuterRef("client__root_id"))
    rows = HouseholdMember.objects.visible_to(user).filter(
        household_id__in=memberships(client).values("household_id"),
        left_on__isnull=True,
    )
    return rows.select_related("client").annotate(can_open=Exists(own)).order_by("id")


def kin_of(family: Iterable[HouseholdMember], client: Client) -> list[Kin]:
    """The others of the family, as the person of the page calls them."""
    own: dict[int, HouseholdMember] = {}
    others = []
    for one in family:
        if one.client.root_id == client.root_id:
            own.setdefault(one.household_id, one)
        else:
            others.append(one)
    return [_kin(own[one.household_id], one) for one in others]


def family_of(user: Any, client: Client) -> list[Kin]:
    """The others of the person's family; one statement for any number of them."""
    return kin_of(family_rows(user, client), client)


def _kin(mine: HouseholdMember, one: HouseholdMember) -> Kin:
    word = _word(mine, one)
    if not one.can_open:
        return Kin(one, word)
    return Kin(one, word, one.client.name_masked, reverse("cases:client", args=[one.client.uid]))


@BOTH
def household_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Link another patient by a number."""
    person = client_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/household_new.html",
            form=HouseholdForm,
            service=household_link,
            given={"client": person},
            to=reverse("cases:client", args=[uid]),
            done=gettext_lazy("已关联。双方的档案仍各自保密。"),
            context={"client": person, "kin": family_of(request.user, person)},
        ),
    )


@BOTH
def member_leave(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Take `?member=` out of the person's family; without it the person."""
    person = client_or_404(request, uid)
    mine = membership_of(person)
    if mine is None:
        raise Http404
    member = _asked(request, mine)
    mine = memberships(person).filter(household_id=member.household_id).first() or mine
    word = _word(mine, member) if member.pk != mine.pk else _("本人")
    return _end(
        request,
        person,
        household_leave,
        {"client": person, "member": member},
        gettext_lazy("已移出家庭。"),
        heading=_("移出家庭：%(who)s") % {"who": word},
        button=_("移出"),
    )


def _asked(request: HttpRequest, mine: HouseholdMember) -> HouseholdMember:
    asked = request.GET.get("member", "")
    if not asked:
        return mine
    try:
        wanted = uuid.UUID(asked)
    except ValueError:
        raise Http404 from None
    rows = HouseholdMember.objects.visible_to(request.user).select_related("client")
    return get_object_or_404(
        rows,
        uid=wanted,
        household_id__in=memberships(mine.client).values("household_id"),
        left_on__isnull=True,
    )


@BOTH
def dissolve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """End the link of the whole family."""
    person = client_or_404(request, uid)
    if membership_of(person) is None:
        raise Http404
    return _end(
        request,
        person,
        household_dissolve,
        {"client": person},
        gettext_lazy("家庭关联已解除。"),
        heading=_("解除家庭关联"),
        button=_("解除"),
    )


def _end(
    request: HttpRequest, person: Client, service: Any, given: dict, done: Any, **words: str
) -> HttpResponse:
    sheet = Filling(
        page="cases/household_end.html",
        form=LeaveForm,
        service=service,
        given=given,
        to=reverse("cases:client", args=[person.uid]),
        done=done,
        context={"client": person, "kin": family_of(request.user, person), **words},
    )
    return fill_in(request, sheet)
