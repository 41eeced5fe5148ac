"""When a signature has to be given anew: at 14, at 18, when the text changed; and what ends without it.

Beat asks once a day (cases/tasks.py); the case page reads the same reasons.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import LegalBasis
from cases.models.consents import Consent, ConsentTemplate
from cases.services.clocks import case_task, end_of_day
from cases.services.disclosures import withdraw_under
from cases.services.referral_endings import referrals_stop
from cases.signals import consent_withdrawn
from cases.workflow import CONSENT, CaseStage
from departments import audit
from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.services.entering import house_scope
from departments.services.moving import write_transition
from departments.services.tasks import task_finish
from msw_portal.kernel.masking import age_at
from msw_portal.kernel.scope import scope

log = logging.getLogger(__name__)
GRACE = dt.timedelta(days=30)
AGES = (14, 18)
OLDEST = 19  # calendar years back in which somebody may have turned 18 with a signature of a minor


@dataclass(frozen=True)
class Renewal:
    """Why a consent has to be given anew, since when and by when; `ends` says that it lapses then."""

    kind: str
    why: Any
    since: dt.date
    due_on: dt.date
    ends: bool


WHY = {
    "reconsent_14": _("本人已满 14 周岁，须由本人重新决定"),
    "reconsent_18": _("本人已满 18 周岁，须由本人重新决定"),
    "reconsent_text": _("同意书有新版本，须按新的内容重新同意"),
}


def birthday(born: dt.date, age: int) -> dt.date:
    """The day somebody completes a year of age; 1 March for 29 February in a common year."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return dt.date(born.year + age, 3, 1)


def renewal_of(
    consent: Consent, newest: ConsentTemplate | None, *, today: dt.date | None = None
) -> Renewal | None:
    """Why this consent must be given anew; None while it stands for itself.

    `newest` is the published text in use of its kind and language. Age comes before text: a
    signature of a minor ends 30 days after the birthday (PIPL 14, 31), one under an older text
    goes on for what it says (PIPL 14).
    """
    today = today or timezone.localdate()
    if consent.legal_basis != LegalBasis.CONSENT or consent.withdrawn_at or consent.superseded_at:
        return None
    born = consent.client.birth_date
    signed_at_age = age_at(born, timezone.localdate(consent.signed_at)) if born else None
    for age in AGES:
        if signed_at_age is None or not signed_at_age < age <= age_at(born, today):
            continue
        if age == AGES[0] and consent.template.needs_guardian_below is None:
            continue
        day = birthday(born, age)
        return Renewal(f"reconsent_{age}", WHY[f"reconsent_{age}"], day, day + GRACE, True)
    if newest is not None and newest.version > consent.template.version:
        day = timezone.localdate(newest.published_at)
        return Renewal("reconsent_text", WHY["reconsent_text"], day, day + GRACE, False)
    return None


def texts_in_use(house: int) -> QuerySet[ConsentTemplate]:
    """The texts in use of a house, without their words."""
    return ConsentTemplate.objects.filter(organization_id=house).in_use().defer("text")


def _by_kind(texts: Iterable[ConsentTemplate]) -> dict[tuple[str, str], ConsentTemplate]:
    return {(row.kind, row.language): row for row in texts}


def renewals(consents: Iterable[Consent], texts: Iterable[ConsentTemplate]) -> dict[int, Renewal]:
    """By id, the consents of a list that must be given anew; `texts` are those in use in the house."""
    newest_of, found = _by_kind(texts), {}
    for one in consents:
        newest = newest_of.get((one.template.kind, one.template.language))
        if (renewal := renewal_of(one, newest)) is not None:
            found[one.pk] = renewal
    return found


def _key(consent: Consent, kind: str) -> str:
    return f"{kind}:{consent.uid}"


def renewal_settle(consent: Consent) -> None:
    """It was given anew or taken back: nothing is due for it any more."""
    for kind in WHY:
        task_finish(organization_id=consent.organization_id, dedup_key=_key(consent, kind))


def consents_sweep() -> int:
    """Open what is due, end what ran out, house by house; how many consents were touched."""
    with scope(role="system"):
        houses = list(Organization.objects.tenants().values_list("pk", flat=True))
    return sum(_sweep_house(house) for house in houses)


def _sweep_house(house: int) -> int:
    with house_scope(house, care=True):
        waiting = _waiting(house)
    done = 0
    for pk in waiting:
        try:
            with house_scope(house, care=True):
                done += _attend(house, pk)
        except Exception:
            log.exception("consent %s of house %s cannot be renewed", pk, house)
    return done


def _waiting(house: int) -> list[int]:
    """Ids of the consents that may need something today; dates decide exactly in `_attend`."""
    today = timezone.localdate()
    newer = ConsentTemplate.objects.filter(
        organization_id=OuterRef("organization_id"),
        kind=OuterRef("template__kind"),
        language=OuterRef("template__language"),
        version__gt=OuterRef("template__version"),
        published_at__isnull=False,
    )
    asked = Task.objects.filter(
        organization_id=OuterRef("organization_id"),
        kind="reconsent_text",
        state=Task.State.OPEN,
        subject_id=OuterRef("case_id"),
    )
    rows = (
        Consent.objects.filter(organization_id=house, lapsed_at__isnull=True)
        .standing()
        .filter(
            Q(valid_to__lt=today)
            | Q(client__birth_year__gte=today.year - OLDEST)
            | Q(Exists(newer), ~Exists(asked), case__closed_at__isnull=True)
        )
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _attend(house: int, pk: int) -> int:
    consent = (
        Consent.objects.locked()
        .select_related("client", "case", "template", "recipient")
        .filter(pk=pk, lapsed_at__isnull=True)
        .standing()
        .first()
    )
    if consent is None:
        return 0
    today = timezone.localdate()
    texts = _by_kind(texts_in_use(house))
    newest = texts.get((consent.template.kind, consent.template.language))
    renewal = renewal_of(consent, newest, today=today)
    if (consent.valid_to and consent.valid_to < today) or (
        renewal is not None and renewal.ends and renewal.due_on < today
    ):
        _lapse(consent)
    elif renewal is None:
        return 0
    return 1 if renewal is None else int(_ask(consent, renewal))


def _ask(consent: Consent, renewal: Renewal) -> bool:
    """Put the signature that is due onto the clock of the person's open case; False without one."""
    case = _open_case(consent)
    if case is None:
        return False
    case_task(
        case,
        renewal.kind,
        due_at=end_of_day(renewal.due_on),
        assignee=case.worker_id,
        key=_key(consent, renewal.kind),
        by=None,
    )
    return True


def _open_case(consent: Consent) -> Case | None:
    if consent.case is not None and consent.case.is_open:
        return consent.case
    rows = Case.objects.of_person(consent.client).open().exclude(stage=CaseStage.PENDING)
    return rows.order_by("-opened_at").first()


def _lapse(consent: Consent) -> None:
    """The consent ends without a new one: copies are emptied, referrals and requests stop."""
    before, consent.lapsed_at = consent.state, timezone.now()
    consent.save(update_fields=["lapsed_at"])
    write_transition(consent, CONSENT, "lapse", before=before, by=None)
    emptied = withdraw_under(consent, by=None)
    stopped = referrals_stop(consent, by=None)
    audit.record(
        "consent.lapse",
        by=None,
        on=consent,
        organization_id=consent.organization_id,
        kind=consent.kind,
        disclosures=emptied,
        referrals=stopped,
    )
    consent_withdrawn.send(sender=Consent, consent=consent, by=None)
