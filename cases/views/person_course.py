"""One timeline of a person: every stay and case, of every merged record, each line with where it came from.

A page is one statement over all tables by key (moment, kind, id), and one more for the rows behind them.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import CharField, DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.models.casework import Case, CaseForm, Referral
from cases.models.consents import Consent
from cases.models.duplicates import DuplicatePair
from cases.models.families import CareFlag
from cases.models.groups import GroupMember
from cases.models.people import Client, Episode
from cases.models.work import Assessment, Contact
from cases.services.referral_targets import receiver_of
from cases.views.finding import client_or_404
from cases.views.standing_in import rows_of_person
from msw_portal.kernel import keyset
from msw_portal.kernel.together import together

PAGE = 20
ON_PERSON_PAGE = 6
ORDER = ("-moment", "-sort", "-id")
OF_CASE = ("case__department", "case__episode", "case__client")


@dataclass(frozen=True)
class Entry:
    """One line: what, when, and where it came from (`origin`); no address when it opens nowhere."""

    at: dt.datetime
    title: str
    note: str
    origin: str
    url: str = ""

    @property
    def day(self) -> str:
        """The local day, with its year: a life in a hospital is longer than one."""
        return f"{timezone.localdate(self.at):%Y-%m-%d}"


@dataclass(frozen=True)
class Kind:
    """Where lines of a kind come from, when they happened, and how one is told."""

    rows: Callable[[Any, Client], QuerySet]
    moment: Any
    joins: tuple[str, ...]
    told: Callable[[Any], tuple[str, str, str, str]]


def _of_root(model: Any) -> Callable[[Any, Client], QuerySet]:
    return lambda user, client: model.objects.visible_to(user).filter(
        client__root_id=client.root_id
    )


def _of_cases(model: Any, **conditions: Any) -> Callable[[Any, Client], QuerySet]:
    return lambda user, client: model.objects.visible_to(user).filter(
        case__client__root_id=client.root_id, **conditions
    )


def _stay(one: Episode | None) -> str:
    if one is None:
        return ""
    day = f" {one.admitted_on:%Y-%m-%d}" if one.admitted_on else ""
    return f"{one.get_visit_type_display()}{day}"


def _case_origin(case: Case, stay: Episode | None = None) -> str:
    number = case.number or str(case.get_stage_display())
    parts = (number, case.department.name, _stay(stay or case.episode), _merged(case.client))
    return " · ".join(filter(None, parts))


def _merged(client: Client) -> str:
    return _("并入的记录") if client.root_id != client.pk else ""


def _person_origin(client: Client) -> str:
    return _merged(client) or _("人员页")


def _contact(one: Contact) -> tuple[str, str, str, str]:
    minutes = _("%(minutes)d 分钟") % {"minutes": one.minutes} if one.minutes else ""
    note = " · ".join(filter(None, (str(one.get_target_display()), minutes)))
    origin = _case_origin(one.case, one.episode)
    return str(one.get_mode_display()), note, origin, reverse("cases:contact", args=[one.uid])


def _assessment(one: Assessment) -> tuple[str, str, str, str]:
    url = reverse("cases:assessment", args=[one.uid])
    return one.questionnaire.title, one.result, _case_origin(one.case), url


def _form(one: CaseForm) -> tuple[str, str, str, str]:
    note = _("第 %(n)d 版") % {"n": one.version}
    if one.kind in ("genogram", "ecomap"):
        url = reverse("cases:drawing", args=[one.case.uid, one.kind])
    else:
        url = reverse("cases:form", args=[one.uid])
    return str(one.get_kind_display()), note, _case_origin(one.case), url


def _consent(one: Consent) -> tuple[str, str, str, str]:
    whom = one.recipient.name if one.recipient else one.recipient_text
    note = " · ".join(filter(None, (one.purpose, whom, str(one.get_state_display()))))
    origin = _case_origin(one.case) if one.case else _person_origin(one.client)
    return _("%(kind)s：签署") % {"kind": one.get_kind_display()}, note, origin, ""


def _opened(one: Case) -> tuple[str, str, str, str]:
    url = reverse("cases:case", args=[one.uid])
    return _("开案"), str(one.get_source_display()), _case_origin(one), url


def _closed(one: Case) -> tuple[str, str, str, str]:
    note = str(one.get_close_reason_display() or one.get_stage_display())
    return _("个案结束"), note, _case_origin(one), reverse("cases:case", args=[one.uid])


def _referral(one: Referral) -> tuple[str, str, str, str]:
    is_out = one.direction == Referral.Direction.OUT
    word = _("转出") if is_out else _("转入")
    where = receiver_of(one) if is_out else one.from_text
    origin = _case_origin(one.case) if one.case else _person_origin(one.client)
    url = reverse("cases:outgoing" if is_out else "cases:referral", args=[one.uid])
    return word, " · ".join(filter(None, (where, str(one.get_state_display())))), origin, url


def _flag(one: CareFlag) -> tuple[str, str, str, str]:
    state = _("已解除") if one.resolved_on else one.text
    return str(one.get_kind_display()), state, _person_origin(one.client), ""


def _admitted(one: Episode) -> tuple[str, str, str, str]:
    where = one.ward.name if one.ward else ""
    word = _("入院") if one.visit_type == "inpatient" else str(one.get_visit_type_display())
    return word, where, " · ".join(filter(None, (_stay(one), _merged(one.client)))), ""


def _discharged(one: Episode) -> tuple[str, str, str, str]:
    _word, where, origin, url = _admitted(one)
    return _("出院"), where, origin, url


def _joined(one: DuplicatePair) -> tuple[str, str, str, str]:
    note = f"{one.given.name_masked} · {one.decided_by.display_name}"
    return _("并入一份记录"), note, _("人员页"), reverse("cases:duplicate", args=[one.uid])


def _in_group(one: GroupMember) -> tuple[str, str, str, str]:
    url = reverse("cases:group", args=[one.group.uid])
    return _("加入小组"), one.group.name, _person_origin(one.client), url


def _day(name: str) -> Any:
    return Cast(name, DateTimeField())


def _sent_of_cases(user: Any, client: Client) -> QuerySet:
    """Those that name the case alone: an OR over both ways would read every referral of the house."""
    rows = Referral.objects.visible_to(user).filter(case__client__root_id=client.root_id)
    return rows.filter(sent_at__isnull=False).exclude(client__root_id=client.root_id)


# In the order in which lines of one instant stand, the lowest last.
KINDS: dict[str, Kind] = {
    "a_admitted": Kind(
        lambda user, client: _of_root(Episode)(user, client).filter(admitted_on__isnull=False),
        _day("admitted_on"),
        ("ward", "client"),
        _admitted,
    ),
    "b_discharged": Kind(
        lambda user, client: _of_root(Episode)(user, client).filter(discharged_on__isnull=False),
        _day("discharged_on"),
        ("ward", "client"),
        _discharged,
    ),
    "c_referral": Kind(
        _of_root(Referral),
        Coalesce("sent_at", "received_at"),
        ("client", "to_organization", *OF_CASE),
        _referral,
    ),
    "c_sent": Kind(
        _sent_of_cases,
        Coalesce("sent_at", "received_at"),
        ("client", "to_organization", *OF_CASE),
        _referral,
    ),
    "d_case": Kind(
        lambda user, client: Case.objects.visible_to(user).of_person(client),
        F("opened_at"),
        ("department", "episode", "client"),
        _opened,
    ),
    "e_flag": Kind(_of_root(CareFlag), _day("since"), ("client",), _flag),
    "f_consent": Kind(
        lambda user, client: Consent.objects.visible_to(user).of_person(client),
        F("signed_at"),
        ("client", "recipient", *OF_CASE),
        _consent,
    ),
    "g_contact": Kind(
        _of_cases(Contact, addendum_to__isnull=True),
        Coalesce("starts_at", _day("occurred_on")),
        ("episode", *OF_CASE),
        _contact,
    ),
    "h_assessment": Kind(
        _of_cases(Assessment, is_final=True),
        F("finalized_at"),
        ("questionnaire", *OF_CASE),
        _assessment,
    ),
    "hb_group": Kind(
        lambda user, client: GroupMember.objects.listed_to(user).filter(
            client__root_id=client.root_id, joined_on__isnull=False
        ),
        _day("joined_on"),
        ("client", "group"),
        _in_group,
    ),
    "i_form": Kind(
        _of_cases(CaseForm, state="final", finalized_at__isnull=False),
        F("finalized_at"),
        OF_CASE,
        _form,
    ),
    "j_closed": Kind(
        lambda user, client: (
            Case.objects.visible_to(user).of_person(client).filter(closed_at__isnull=False)
        ),
        F("closed_at"),
        ("department", "episode", "client"),
        _closed,
    ),
    "k_merged": Kind(
        lambda user, client: (
            DuplicatePair.objects.visible_to(user).merged().filter(kept__root_id=client.root_id)
        ),
        F("decided_at"),
        ("first", "second", "decided_by"),
        _joined,
    ),
}


def _kept(kind: Kind, user: Any, client: Client) -> QuerySet:
    """The rows of a kind; a case that stands open by break-glass is read on its own page alone."""
    rows, glass = kind.rows(user, client), user.acting.glass
    if not glass or not hasattr(rows.model, "compartment_id"):
        return rows
    return rows.filter(Q(compartment_id__isnull=True) | ~Q(compartment_id=glass))


def _branch(name: str, user: Any, client: Client, before: list[Any] | None, size: int) -> QuerySet:
    """The keys of one kind, older than the cursor, the newest first."""
    kind = KINDS[name]
    rows = _kept(kind, user, client).order_by().annotate(moment=kind.moment)
    if before is not None:
        at, sort, pk = before
        if name < sort:
            rows = rows.filter(moment__lte=at)
        elif name > sort:
            rows = rows.filter(moment__lt=at)
        else:
            rows = rows.filter(moment__lt=at) | rows.filter(moment=at, pk__lt=pk)
    rows = rows.annotate(sort=Value(name, CharField())).values_list("moment", "sort", "id")
    return rows.order_by("-moment", "-id")[:size]


def _keys(user: Any, client: Client, *, before: list[Any] | None, size: int) -> QuerySet:
    """The keys of every kind, the newest first, one more than are shown."""
    first, *more = (_branch(name, user, client, before, size + 1) for name in KINDS)
    return first.union(*more, all=True).order_by(*ORDER)[: size + 1]


def _newest(user: Any, client: Client, after: str, size: int) -> list[tuple[Any, ...]]:
    """The keys after a cursor; those of the first page, which every person's page shows, are prepared."""
    if after:
        before = keyset.read_cursor(after, order=ORDER)
        return list(_keys(user, client, before=before, size=size))
    first = partial(_keys, before=None, size=size)
    return rows_of_person(("newest of a person", size), first, user, client)


def entries_of(
    user: Any, client: Client, *, after: str = "", size: int = PAGE
) -> tuple[list[Entry], str]:
    """The lines after a cursor, the newest first, and the cursor to go on from ("" at the end).

    Raises:
        keyset.BadCursor: for a cursor that was not made here.
    """
    keys = _newest(user, client, after, size)
    shown = keys[:size]
    on = keyset.make_cursor(shown[-1], order=ORDER) if len(keys) > size else ""
    rows_of = {
        name: _kept(KINDS[name], user, client)
        .filter(pk__in=[pk for _at, sort, pk in shown if sort == name])
        .select_related(*KINDS[name].joins)
        for name in dict.fromkeys(sort for _at, sort, _pk in shown)
    }
    together(*rows_of.values())
    found = {(name, one.pk): one for name, rows in rows_of.items() for one in rows}
    return [
        Entry(at, *KINDS[sort].told(found[(sort, pk)]))
        for at, sort, pk in shown
        if (sort, pk) in found
    ], on


@require_GET
def course(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The whole timeline, page by page."""
    person = client_or_404(request, uid)
    after = request.GET.get("after", "")
    try:
        lines, on = entries_of(request.user, person, after=after)
    except keyset.BadCursor:
        after, (lines, on) = "", entries_of(request.user, person)
    here = reverse("cases:person_course", args=[uid])
    context = {
        "client": person,
        "entries": lines,
        "newest_url": here if after else "",
        "older_url": f"{here}?after={on}" if on else "",
    }
    return render(request, "cases/person_course.html", context)
