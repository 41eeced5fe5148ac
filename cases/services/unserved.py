"""Persons without case and referral: due some years after the last thing written of them, anonymised by a list of two."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models.casework import Case, Referral
from cases.models.consents import Consent
from cases.models.families import CareFlag, HouseholdMember, SubjectRequest
from cases.models.holds import RecordHold
from cases.models.people import Client, Episode, RelatedPerson
from cases.services.file_endings import Emptying, tables_with
from cases.services.retention import is_agency, is_held
from departments.models.people import User
from departments.services.destruction import MOST, Ended, Piece, piece_of_day
from departments.services.policies import RetentionRule, retention_rule
from departments.services.retention import years_after, years_ago
from msw_portal.kernel.db import CaseRow

CODE = "person"
# Written of somebody whom nobody has served yet; any other table says that the house has.
REGISTERED = frozenset({Client, Referral, Episode, RelatedPerson, HouseholdMember, CareFlag})
Model = type[models.Model]


def persons_due(*, by: User) -> list[Piece]:
    """Persons without case and referral of whom nothing was written for the years of the rule, the oldest first."""
    rule = retention_rule()
    late = years_ago(rule.person_years)
    if late is None:
        return []
    rows = _unserved(by).filter(created_at__lt=late)
    for model, years in _years(rule, by.house_id).items():
        began = years_ago(years)
        written = model.objects.filter(**{_root(model): OuterRef("pk")})
        rows = rows.exclude(Exists(written.filter(created_at__gte=began) if began else written))
    found = list(rows.order_by("created_at", "id")[:MOST])
    last = _last_written([one.pk for one in found], rule, by.house_id)
    hidden = _hidden([one.pk for one in found])
    return [
        piece_of_day(
            "client",
            one,
            code=CODE,
            began=one.created_at,
            rule=rule,
            until=max(last[one.pk]),
            label=_("人员 %(day)s %(number)s"),
            why=_("没有个案和转介，最后一条记录后已满期限"),
        )
        for one in found
        if one.pk not in hidden
    ]


def persons_next(*, by: User) -> dt.date | None:
    """The earliest day to come on which one of the longest registered persons is due; None when there is none."""
    rule, today = retention_rule(), timezone.localdate()
    if years_ago(rule.person_years) is None:
        return None
    ids = list(_unserved(by).order_by("created_at", "id").values_list("pk", flat=True)[:MOST])
    hidden, written = _hidden(ids), _last_written(ids, rule, by.house_id)
    last = [max(days) for pk, days in written.items() if pk not in hidden]
    return min((day for day in last if day > today), default=None)


def _unserved(by: User) -> QuerySet[Client]:
    rows = Client.objects.visible_to(by).roots().filter(erased_on__isnull=True, legal_hold=False)
    rows = rows.exclude(Exists(Case.objects.filter(client__root=OuterRef("pk"))))
    standing = Referral.objects.filter(client__root=OuterRef("pk"), erased_on__isnull=True)
    rows = rows.exclude(Exists(standing))
    asked = SubjectRequest.objects.unanswered().filter(client__root=OuterRef("pk"))
    return rows.exclude(Exists(asked))


def _root(model: Model) -> str:
    return "root" if model is Client else "client__root"


def _years(rule: RetentionRule, house: int) -> dict[Model, int]:
    """For each table with a key to the person how long one of its rows keeps the person; 0 for good."""
    served = rule.agency_years if is_agency(house) else rule.outpatient_years
    special = {SubjectRequest: rule.request_years, RecordHold: rule.person_years}
    return {
        model: rule.person_years if model in REGISTERED else special.get(model, served)
        for model in (Client, *tables_with("client"))
        # Of a case, and whoever has one is of another class.
        if not issubclass(model, CaseRow)
    }


def _last_written(ids: list[int], rule: RetentionRule, house: int) -> dict[int, list[dt.date]]:
    """By person the day on which each table lets go of them; one statement for all tables."""
    parts: list[QuerySet] = []
    for model, years in _years(rule, house).items():
        rows = model.objects.filter(organization_id=house, **{f"{_root(model)}__in": ids})
        parts.append(
            rows.order_by()
            .values(person=F(f"{_root(model)}_id"))
            .annotate(at=Max("created_at"), years=Value(years))
            .values_list("person", "at", "years")
        )
    found: dict[int, list[dt.date]] = {pk: [] for pk in ids}
    for person, at, years in parts[0].union(*parts[1:], all=True):
        found[person].append(years_after(timezone.localdate(at), years))
    return found


def _hidden(ids: list[int]) -> set[int]:
    """Who has a case that the asker may not know of: not offered, so that no list says it by what it skips."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::bigint[]) id WHERE (SELECT f.is_filed FROM app.person_is_filed(id) f)",
            [ids],
        )
        filed = {pk for (pk,) in cursor.fetchall()}
    for model in (Consent, Referral):
        filed -= set(
            model.objects.filter(client__root__in=filed).values_list("client__root", flat=True)
        )
    return filed


def person_end(*, batch_id: int, house: int, id: int) -> Ended:
    """Take the identity of one person away; not of who is held, or of whom something newer stands, whoever may see it."""
    root = Client.objects.filter(organization_id=house, pk=id).locked().first()
    if root is None or root.root_id != root.pk or root.erased_on is not None:
        return Ended(False, _("没有这份档案"))
    if is_held(root):
        return Ended(False, _("已登记封存或法律保留"))
    work = Emptying(batch_id, house)
    if not _is_over(work, root):
        return Ended(False, _("还有没到期的记录"))
    work.person(root)
    return Ended(True, persons=1)


def _is_over(work: Emptying, root: Client) -> bool:
    """Whether the person is still due, asked again beyond every wall."""
    records = Client.objects.filter(organization_id=root.organization_id, root_id=root.pk)
    ids = list(records.values_list("pk", flat=True))
    years = _years(retention_rule(), root.organization_id)
    tables = [model for model in years if model is not Client]
    asked = [
        (Case, "client_id", "id"),
        (Referral, "client_id", "erased_on"),
        (SubjectRequest, "client_id", "state"),
        (Client, "id", "created_at"),
        *((model, "client_id", "created_at") for model in tables),
    ]
    cases, referrals, requests, *written = work.across(ids, asked)
    if cases or None in referrals or {"received", "accepted"} & set(requests):
        return False
    return all(
        _is_past(ats, years[model]) for model, ats in zip((Client, *tables), written, strict=True)
    )


def _is_past(ats: Iterable[Any], years: int) -> bool:
    began = years_ago(years)
    return all(began is not None and dt.datetime.fromisoformat(at) < began for at in ats)
