"""A case is emptied after its time, and the person with the last one: what counted goes on counting, nobody is told of.

In the scope of the system, for a list that two persons have signed (departments/services/destruction.py).
Cases of level 5 are emptied as all others: the functions of the database do it, and nobody reads them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case, Referral
from cases.models.consents import Consent, Disclosure
from cases.models.duplicates import DuplicatePair
from cases.models.families import Household, HouseholdMember, Milestone
from cases.models.feeds import EpisodeFeed
from cases.models.groups import Attendance, GroupMember, MemberAnswers
from cases.models.people import Client, Episode
from cases.models.reporting import MandatoryReport, ReportEntry, ReportNotice
from cases.services.people import GONE
from cases.services.retention import is_held, kept_elsewhere
from cases.services.twins import twins_forget
from departments.models.doors import InboxItem
from departments.models.people import AccessGrant
from departments.services.destruction import Ended
from departments.services.erasing import Rows, column_of, rows_erase, values_across, values_of
from departments.services.policies import retention_rule
from departments.services.searching import hold_object, index_object

GRANT_GONE = "个案档案已按期销毁，原来写的理由不再保存"
# Plain columns that could lead back to somebody, beside those of level 4.
MORE = {
    Case: ("duplicate_reason",),
    Client: ("name_masked", "household", "region", "birth_year"),
    Episode: ("bed", "doctor"),
    EpisodeFeed: ("said", "kept", "days", "visit_key"),
    Milestone: ("note",),
    Referral: ("from_text",),
    Consent: ("recipient_text",),
}


class Emptying:
    """One case and what hangs on it, under one signed list."""

    def __init__(self, batch_id: int, house: int) -> None:
        self.batch_id, self.house = batch_id, house

    def erase(
        self, model: type[models.Model], column: str, ids: Iterable[int], **put: Any
    ) -> list[int]:
        rows = Rows(model, column, sorted(set(ids)), MORE.get(model, ()))
        return rows_erase(batch_id=self.batch_id, house=self.house, rows=rows, **put)

    def column(
        self, model: type[models.Model], by: str, ids: Iterable[int], name: str
    ) -> list[int]:
        rows = Rows(model, by, sorted(set(ids)))
        return column_of(batch_id=self.batch_id, rows=rows, column=name)

    def values(
        self, model: type[models.Model], by: str, ids: Iterable[int], name: str
    ) -> list[Any]:
        rows = Rows(model, by, sorted(set(ids)))
        return values_of(batch_id=self.batch_id, rows=rows, column=name)

    def across(
        self, ids: Iterable[int], asked: Sequence[tuple[type[models.Model], str, str]]
    ) -> list[list[Any]]:
        """As `values` of (table, column that holds the ids, wanted column), of all of them in one statement."""
        return values_across(batch_id=self.batch_id, ids=sorted(set(ids)), asked=asked)

    def case(self, case_id: int) -> None:
        """The case, everything with its key, what it gave to others, and what other apps hold of it."""
        today, mine = timezone.localdate().isoformat(), [case_id]
        for path in import_string(settings.RETENTION_FOLLOWERS):
            for model, column, ids, put in import_string(path)(mine, house=self.house):
                self.erase(model, column, ids, **put)
        for model in tables_with("case"):
            self.erase(model, "case_id", mine)
        consents = self.column(Consent, "case_id", mine, "id")
        self.erase(Disclosure, "consent_id", consents)
        reports = self.column(MandatoryReport, "case_id", mine, "id")
        for part in (ReportEntry, ReportNotice):
            self.erase(part, "report_id", reports)
        referrals = self.column(Case, "id", mine, "referral_id")
        self.referrals(referrals)
        self.erase(AccessGrant, "compartment_id", mine, reason=GRANT_GONE)
        self.erase(Case, "id", mine, erased_on=today)

    def referrals(self, ids: list[int]) -> None:
        self.erase(InboxItem, "id", self.column(Referral, "id", ids, "inbox_item_id"))
        self.erase(Referral, "id", ids)

    def person(self, client: Client) -> None:
        """Whoever the records stood for: identity, relatives, stays, rights, groups, doubles; and the search."""
        records = list(
            Client.objects.filter(organization_id=self.house, root_id=client.root_id)
            .order_by("pk")
            .locked()
        )
        ids = [one.pk for one in records]
        self.referrals(self.column(Referral, "client_id", ids, "id"))
        for model in tables_with("client"):
            self.erase(model, "client_id", ids)
        consents = self.column(Consent, "client_id", ids, "id")
        self.erase(Disclosure, "consent_id", consents)
        stays = self.column(Episode, "client_id", ids, "id")
        self.erase(EpisodeFeed, "episode_id", stays)
        self.erase(Milestone, "episode_id", stays)
        members = self.column(GroupMember, "client_id", ids, "id")
        for part in (Attendance, MemberAnswers):
            self.erase(part, "member_id", members)
        for side in ("first_id", "second_id"):
            self.erase(DuplicatePair, side, ids)
        self.households(ids)
        self.erase(
            Client,
            "id",
            ids,
            name_masked=GONE,
            id_type="none",
            birth_unknown=True,
            erased_on=timezone.localdate().isoformat(),
        )
        for one in records:
            hold_object(kind="client", object_id=one.pk)
            index_object(organization_id=self.house, kind="client", object_id=one.pk, grams=set())
            twins_forget(one)

    def households(self, ids: list[int]) -> None:
        """The words about a family go with the last of its persons."""
        for household in self.column(HouseholdMember, "client_id", ids, "household_id"):
            others = HouseholdMember.objects.filter(
                organization_id=self.house, household_id=household, client__erased_on__isnull=True
            ).exclude(client_id__in=ids)
            if not others.exists():
                self.erase(Household, "id", [household])


def tables_with(name: str) -> list[type[models.Model]]:
    """The tables of this app with a key to the case or the person, found by looking at the models."""
    target = {"case": Case, "client": Client}[name]
    return [
        model
        for model in apps.get_app_config("cases").get_models()
        if model is not Case
        and any(
            field.name == name and field.related_model is target
            for field in model._meta.local_concrete_fields
        )
    ]


def case_end(*, batch_id: int, house: int, id: int) -> Ended:
    """Empty one case of a signed list, and its person when it was the last; not what is held or open again."""
    work = Emptying(batch_id, house)
    clients = work.column(Case, "id", [id], "client_id")
    client = Client.objects.filter(organization_id=house, pk__in=clients).first()
    if client is None:
        return Ended(False, str(_("没有这份档案")))
    root = Client.objects.locked().get(pk=client.root_id)
    if is_held(root):
        return Ended(False, str(_("已登记封存或法律保留")))
    if None in work.values(Case, "id", [id], "closed_at") or None in work.values(
        MandatoryReport, "case_id", [id], "ended_at"
    ):
        return Ended(False, str(_("还有没有办结的事项")))
    if any(
        until is None or until > timezone.localdate()
        for _words, until in kept_elsewhere([id], house=house, rule=retention_rule()).get(id, ())
    ):
        return Ended(False, str(_("有未到期的凭证或未办结的申请")))
    work.case(id)
    if _has_more(work, root):
        return Ended(True)
    work.person(root)
    return Ended(True, persons=1)


def _has_more(work: Emptying, root: Client) -> bool:
    """Whether another case of the person still stands, whoever may see it."""
    house = {"organization_id": root.organization_id}
    records = Client.objects.filter(**house, root_id=root.pk).values_list("pk", flat=True)
    return None in work.values(Case, "client_id", records, "erased_on")
