"""Who of which organisation opened a person's file, when and for what: read from the house's own audit chain."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.models.alerts import RiskAlert
from cases.models.casework import Case, CaseForm, Referral
from cases.models.codes import DisclosureLevel
from cases.models.families import CareFlag, SubjectRequest
from cases.models.people import Client, Episode, RelatedPerson
from cases.models.team import CaseMember
from cases.models.work import Assessment, Contact, Plan
from cases.services.copy_sections import NOTHING, Section, day_of
from cases.services.person_copy import (
    cases_to_copy,
    consents_to_copy,
    disclosures,
    disclosures_of,
    receiver_name,
)
from departments import audit
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.history import action_label, kind_label, role_label
from msw_portal.kernel.display import SHANGHAI

MOST = 5000
READING = frozenset(
    {"open_file", "read", "opened", "reveal", "print", "print_whole", "copy", "report", "transfer"}
)
BREAK_GLASS = "break_glass"
OF_A_CASE = (Contact, Assessment, Plan, CaseForm, RiskAlert)
OF_A_PERSON = (RelatedPerson, Episode, CareFlag, SubjectRequest)


@dataclass(frozen=True)
class Opening:
    """One line: somebody of a house saw something of the person."""

    at: str
    who: str
    house: str
    what: str
    why: str


@dataclass
class _Work:
    """What one person did in one role."""

    count: int = 0
    first: str = ""
    last: str = ""


def is_reading(action: str) -> bool:
    """Whether an entry of the chain tells that somebody saw data, rather than wrote it."""
    return action.rpartition(".")[2] in READING or BREAK_GLASS in action


def subjects_of(client: Client, user: User) -> dict[uuid.UUID, str]:
    """Every record about the person that the reader may open, with the number of its case."""
    house = client.organization_id
    found: dict[uuid.UUID, str] = {}
    people = Client.objects.visible_to(user).same_person(client)
    found |= dict.fromkeys(people.values_list("uid", flat=True), "")
    for model in OF_A_PERSON:
        rows = model.objects.visible_to(user).filter(client__root_id=client.root_id)
        found |= dict.fromkeys(rows.values_list("uid", flat=True), "")
    cases = dict(cases_to_copy(client, user).values_list("pk", "number"))
    numbers = {pk: number or "" for pk, number in cases.items()}
    uids = Case.objects.filter(pk__in=numbers).values_list("uid", "pk")
    found |= {uid: numbers[pk] for uid, pk in uids}
    for model in OF_A_CASE:
        rows = model.objects.visible_to(user).filter(case__in=numbers)
        found |= {uid: numbers[pk] for uid, pk in rows.values_list("uid", "case_id")}
    files = Document.objects.visible_to(user).filter(subject_kind="case", subject_id__in=numbers)
    found |= {uid: numbers[pk] for uid, pk in files.values_list("uid", "subject_id")}
    own = Document.objects.visible_to(user).filter(
        subject_kind="client", subject_id__in=people.values("pk")
    )
    found |= dict.fromkeys(own.values_list("uid", flat=True), "")
    consents = consents_to_copy(client, user)
    found |= {uid: numbers.get(pk, "") for uid, pk in consents.values_list("uid", "case_id")}
    referrals = Referral.objects.visible_to(user).filter(
        Q(client__root_id=client.root_id) | Q(case__in=numbers), organization_id=house
    )
    if user.acting.glass:
        referrals = referrals.filter(~Q(compartment_id=user.acting.glass) | Q(compartment_id=None))
    found |= dict.fromkeys(referrals.values_list("uid", flat=True), "")
    for copy in disclosures_of(client, user):
        # A request for help is no table of this app; the copies made for it name it.
        found[copy.uid] = found.setdefault(copy.subject_uid, "")
    return found


def report_of(client: Client, user: User) -> list[Section]:
    """The report in sections: openings one by one, work by person, who may open daily, copies handed out."""
    numbers = subjects_of(client, user)
    receivers = {one.uid: receiver_name(one) for one in disclosures_of(client, user)}
    events = [one for one in audit.history_of(list(numbers), MOST) if one.result == "ok"]
    seen = [one for one in events if is_reading(one.action)]
    done = [one for one in events if not is_reading(one.action)]
    house = Organization.objects.get(pk=client.organization_id).name
    return [
        _openings(seen, numbers, receivers, house),
        _work(done, house),
        _daily(client, user),
        disclosures(client, user, _("四、对外提供")),
    ]


def _local(at: Any) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _openings(
    events: list[audit.Event], numbers: dict[uuid.UUID, str], receivers: dict, house: str
) -> Section:
    bodies = [json.loads(one.body or "{}") for one in events]
    people, houses = _names(bodies)
    rows = []
    for one, body in zip(events, bodies, strict=True):
        line = _opening(one, body, numbers, receivers, people, houses, house)
        rows.append([line.at, line.who, line.house, line.what, line.why])
    return Section(
        _("一、谁查阅过（逐次）"),
        head=[_("时间"), _("查阅人"), _("机构"), _("看了什么"), _("为什么")],
        rows=rows,
        widths=[3, 3, 3, 4, 4],
    )


def _names(bodies: Iterable[dict[str, Any]]) -> tuple[dict[str, str], dict[str, str]]:
    """The readers and houses that entries of other houses' openings name by uid."""
    bodies = list(bodies)
    readers = {body["reader"] for body in bodies if body.get("reader")}
    houses = {body["foundation"] for body in bodies if body.get("foundation")}
    people = User.objects.filter(uid__in=readers).values_list("uid", "display_name")
    bodies_found = Organization.objects.filter(uid__in=houses).values_list("uid", "name")
    return (
        {str(uid): name for uid, name in people},
        {str(uid): name for uid, name in bodies_found},
    )


def _opening(
    event: audit.Event,
    body: dict[str, Any],
    numbers: dict[uuid.UUID, str],
    receivers: dict[uuid.UUID, str],
    people: dict[str, str],
    houses: dict[str, str],
    house: str,
) -> Opening:
    number = numbers.get(event.subject_uid, "")
    what = " ".join(filter(None, (action_label(event.action), number)))
    if BREAK_GLASS in event.action:
        what = " ".join(filter(None, (_("紧急查阅"), number)))
    if body.get("foundation"):
        who = people.get(body.get("reader", ""), _("接口账户"))
        return Opening(
            _local(event.at), who, houses.get(body["foundation"], NOTHING), what, _levels(body)
        )
    if body.get("by_link"):
        receiver = receivers.get(event.subject_uid, NOTHING)
        return Opening(_local(event.at), _("持回复链接的人"), receiver, what, _("办理转介"))
    who = event.actor_name or _("系统")
    role = role_label(event.role)
    why = str(body.get("reason") or NOTHING)
    return Opening(_local(event.at), f"{who}（{role}）" if role else who, house, what, why)


def _levels(body: dict[str, Any]) -> str:
    words = [
        str(DisclosureLevel(level).label)
        if level in DisclosureLevel.values
        else _("申请材料")
        if level.startswith("document:")
        else level
        for level in str(body.get("level", "")).split(",")
        if level
    ]
    return "、".join(words) or _("审核救助申请")


def _work(events: list[audit.Event], house: str) -> Section:
    """Who wrote, how often and between which days; newest events come first."""
    found: dict[tuple[str, str, str], _Work] = defaultdict(_Work)
    for one in events:
        kind = kind_label(one.subject_kind) if one.subject_kind else NOTHING
        work = found[(one.actor_name or _("系统"), role_label(one.role), kind)]
        day = day_of(one.at)
        work.count, work.first, work.last = work.count + 1, day, work.last or day
    rows = [
        [who, role or NOTHING, house, kind, str(work.count), f"{work.first} – {work.last}"]
        for (who, role, kind), work in found.items()
    ]
    return Section(
        _("二、谁办理过（登记、修改、会签等，按人合计）"),
        head=[_("姓名"), _("岗位"), _("机构"), _("内容"), _("次数"), _("起止")],
        rows=rows,
        widths=[2, 2, 3, 2, 1, 4],
    )


def _daily(client: Client, user: User) -> Section:
    """The case's own people open it daily; single openings of theirs are noted at level 5 alone."""
    cases = cases_to_copy(client, user)
    rows = []
    for case in cases.select_related("worker", "supervisor").order_by("opened_at", "id"):
        span = f"{day_of(case.assigned_at)} – {day_of(case.closed_at)}"
        number = case.number or str(case.get_stage_display())
        for person, role in ((case.worker, _("主责社工")), (case.supervisor, _("督导"))):
            if person is not None:
                rows.append([number, person.display_name, role, span])
    members = CaseMember.objects.visible_to(user).filter(case__in=cases)
    for one in members.select_related("user", "case").order_by("case_id", "id"):
        span = f"{day_of(one.valid.lower)} – {day_of(one.valid.upper)}"
        name = one.user.display_name if one.user else one.name
        rows.append([one.case.number or NOTHING, name, role_label(one.role), span])
    return Section(
        _("三、可以日常查阅的人（因负责个案）"),
        head=[_("个案"), _("姓名"), _("岗位"), _("起止")],
        rows=rows,
        widths=[4, 3, 3, 4],
    )
