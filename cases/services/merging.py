"""Two records become one person, and two again: only roots move, so both timelines stay as they are."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.consents import Consent
from cases.models.duplicates import DuplicatePair
from cases.models.families import CareFlag
from cases.models.people import Client, Episode, RelatedPerson
from cases.person_permissions import can_decide_duplicate
from cases.services.clocks import calls_cancel
from cases.services.merged_facts import (
    FACTS,
    FIRST,
    PARTS,
    SECOND,
    differing,
    facts_of,
    only_on,
    put_back,
    put_chosen,
)
from cases.services.people import index_client
from cases.signals import client_died, client_merged, client_unmerged
from cases.workflow import PAIR
from departments import audit
from departments.models.people import User
from departments.services.moving import move
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

LEAST_REASON = 5
# Where a refusal of set_identity lands among the parts.
FIELDS = {
    "id_type": "document",
    "id_no": "document",
    "birth_date": "birth",
    "birth_unknown": "birth",
}


def _locked(pair: DuplicatePair) -> tuple[DuplicatePair, Client, Client]:
    """The pair and both records, in the order in which every command takes them."""
    pair = DuplicatePair.objects.locked().get(pk=pair.pk)
    rows = Client.objects.locked().filter(pk__in=(pair.first_id, pair.second_id)).order_by("pk")
    first, second = rows
    return pair, first, second


def merge_opens(pair: DuplicatePair) -> bool:
    """Whether a secret case would come to stand before somebody who is not named for it; asked beyond the walls."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.merge_opens(%s, %s)", [pair.first_id, pair.second_id])
        return cursor.fetchone()[0]


def _check_secrecy(pair: DuplicatePair, by: User) -> None:
    """Who is named hears why; anybody else no more than that it cannot be now."""
    if not merge_opens(pair):
        return
    own = Case.objects.visible_to(by).filter(
        client__root_id__in=(pair.first_id, pair.second_id), compartment_id__isnull=False
    )
    numbers = [one.number or str(one.get_stage_display()) for one in own.order_by("pk")]
    if numbers:
        said = _now(
            "5 级保密个案 %(cases)s 会让没有指名的同事看到它的服务对象：请先为他们指名，或等个案降级。"
        )
        raise DomainError("merge.opens_level5", said % {"cases": "、".join(numbers)}, status=409)
    raise DomainError(
        "merge.not_now", _("这两份记录现在还不能合并，请与信息安全管理员核对。"), status=409
    )


@command
def clients_merge(*, pair: DuplicatePair, by: User, **chosen: str) -> DuplicatePair:
    """Make the two records one person; `chosen` says for each part that differs which record's fact holds
    (`first`, `second`). What one record alone knows is kept.

    Cases, stays, consents, relatives, flags, families and money stay where they were written: everything
    about a person is asked by root. The record whose name was chosen stands for both, so that each keeps
    its name and either is found.

    Raises:
        DomainError: `merge.choose` on a part that differs and was not chosen, `merge.not_apart`,
            `merge.opens_level5`, `merge.not_now` (409), `client.*` on the part,
            `duplicate_pair.merge.wrong_state` (409).
    """
    pair, first, second = _locked(pair)
    require(can_decide_duplicate, by, pair)
    PAIR.check(pair, "merge")
    if first.root_id != first.pk or second.root_id != second.pk:
        raise DomainError(
            "merge.not_apart", _("其中一份记录已经并入别人，请刷新后再核对。"), status=409
        )
    sources = _sources(first, second, chosen)
    _check_secrecy(pair, by)
    kept = _stands_for_both(first, second, sources)
    given = second if kept is first else first
    before = facts_of(kept)
    moved = list(Client.objects.same_person(given).order_by("pk").values_list("pk", flat=True))
    # The roots first: a document may move to the record that stays only when the other gives it up.
    Client.objects.filter(pk__in=moved).update(root=kept)
    Client.objects.filter(pk=given.pk).update(merged_at=timezone.now())
    _put(kept, sources, (given, kept))
    kept.save()
    index_client(kept)
    pair.kept, pair.moved, pair.before, pair.after = kept, moved, before, facts_of(kept)
    pair.chosen = {code: _side(one, first) for code, one in sources.items()}
    pair.decided_by, pair.decided_at, pair.decided_reason = by, timezone.now(), None
    also = ("kept", "moved", "before", "after", "chosen", "decided_by", "decided_at")
    move(pair, PAIR, "merge", by=by, also=(*also, "decided_reason"))
    changed = [name for name in FACTS if pair.before[name] != pair.after[name]]
    audit.record("client.merge", by=by, on=kept, person=given.uid, fields=changed)
    audit.record("client.merge_into", by=by, on=given, person=kept.uid)
    if kept.deceased_on is not None and before["deceased_on"] is None:
        calls_cancel(kept)
        client_died.send(sender=Client, client=kept, by=by)
    client_merged.send(sender=Client, client=kept, by=by)
    return pair


def _stands_for_both(first: Client, second: Client, sources: Mapping[str, Client]) -> Client:
    """The record of which the least is overwritten where people search: name, document, telephone."""
    differs = differing(first, second)
    for code in ("name", "document", "phone"):
        if code in differs:
            return sources[code]
    return sources.get("name", first)


def _side(one: Client, first: Client) -> str:
    return FIRST if one.pk == first.pk else SECOND


def _sources(first: Client, second: Client, chosen: Mapping[str, str]) -> dict[str, Client]:
    """Whose fact holds, for every part that differs or that one record alone knows."""
    records = {FIRST: first, SECOND: second}
    asked = {}
    for code in differing(first, second):
        if chosen.get(code) not in records:
            message = _("两份记录的“%(part)s”不同，请选一个。") % {"part": PARTS[code].label}
            raise DomainError("merge.choose", message, code)
        asked[code] = chosen[code]
    return {code: records[side] for code, side in {**only_on(first, second), **asked}.items()}


def _put(kept: Client, sources: Mapping[str, Client], both: Iterable[Client]) -> None:
    try:
        put_chosen(kept, sources, both)
    except DomainError as error:
        field = FIELDS.get(error.field or "", error.field)
        raise DomainError(error.rule, str(error), field, status=error.status) from error


# ── and two again ────────────────────────────────────────────────────────────


def merged_since(pair: DuplicatePair) -> DuplicatePair | None:
    """A later merge of the same person, which has to be undone first."""
    rows = DuplicatePair.objects.merged().filter(
        organization_id=pair.organization_id,
        kept__root_id=pair.kept.root_id,
        decided_at__gt=pair.decided_at,
    )
    return rows.order_by("-decided_at").first()


def written_since(pair: DuplicatePair, user: User) -> list[tuple[str | Promise, int]]:
    """What was written on the kept record since the merge, as far as the reader may know of it: kinds and numbers."""
    kinds = (
        (_("个案"), Case.objects.listed_to(user)),
        (_("就诊"), Episode.objects.visible_to(user)),
        (_("同意书"), Consent.objects.visible_to(user)),
        (_("联系人"), RelatedPerson.objects.visible_to(user)),
        (_("提示"), CareFlag.objects.visible_to(user)),
    )
    found = []
    for label, rows in kinds:
        count = rows.filter(client_id=pair.kept_id, created_at__gt=pair.decided_at).count()
        if count:
            found.append((label, count))
    return found


@command
def clients_unmerge(*, pair: DuplicatePair, reason: str, by: User) -> DuplicatePair:
    """Make two persons of them again: each record has the root and the facts it had before.

    What was written down on the person since stays with the record that was kept, and so does what was
    corrected since. The pair waits on the desk again.

    Raises:
        DomainError: `duplicate.needs_reason`, `unmerge.later_first` (409), `client_id_once` when the
            document was given to somebody else, `duplicate_pair.unmerge.wrong_state` (409).
    """
    pair, first, second = _locked(pair)
    require(can_decide_duplicate, by, pair)
    PAIR.check(pair, "unmerge", reason)
    if len(reason := reason.strip()) < LEAST_REASON:
        raise DomainError("duplicate.needs_reason", _("请写明理由，至少 5 个字。"), "reason")
    kept, given = (first, second) if pair.kept_id == first.pk else (second, first)
    if merged_since(pair) is not None:
        raise DomainError(
            "unmerge.later_first",
            _("此人后来又合并过别的记录，请先撤销较后的那一次。"),
            status=409,
        )
    stayed = put_back(kept, pair.before, pair.after)
    kept.save()
    Client.objects.filter(pk__in=pair.moved, root=kept).update(root=given)
    Client.objects.filter(pk=given.pk).update(merged_at=None)
    index_client(kept)
    pair.kept, pair.moved, pair.before, pair.after = None, [], None, None
    pair.chosen, pair.decided_by, pair.decided_at = {}, None, None
    also: tuple[Any, ...] = ("kept", "moved", "before", "after", "chosen")
    move(pair, PAIR, "unmerge", by=by, reason=reason, also=(*also, "decided_by", "decided_at"))
    audit.record("client.unmerge", by=by, on=kept, person=given.uid, kept=stayed)
    audit.record("client.unmerge_from", by=by, on=given, person=kept.uid)
    client_unmerged.send(sender=Client, clients=(kept, given), by=by)
    return pair
