"""What somebody typed and did not send: what the form is called, whose it is, and the way back to it."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from cases.models.casework import Case
from cases.models.people import Client
from departments.models.mechanisms import Draft
from departments.services.draft_forms import way_back
from departments.services.drafts import gone_on
from departments.services.policies import DraftRule, draft_rule


@dataclass(frozen=True)
class Unsent:
    """A draft: what form, of which case or person, kept since when, the way back, and where it is thrown away.

    `gone_on` is its last day, said when that is near.
    """

    title: str | Promise
    case: str
    person: str
    url: str
    saved_at: dt.datetime
    late_at: dt.datetime | None
    drop_url: str
    gone_on: dt.date | None = None


def unsent(
    kept: Iterable[Draft], files: Mapping[uuid.UUID, Case], people: Mapping[uuid.UUID, Client]
) -> list[Unsent]:
    """Drafts as they are shown, each with the way back to its page."""
    kept, found = list(kept), []
    rule = draft_rule() if kept else DraftRule()
    near = timezone.localdate() + dt.timedelta(days=rule.notice_days)
    for one in kept:
        title, url = way_back(one)
        if not url:
            continue
        case = files.get(one.subject_uid)
        person = case.client.person if case else people.get(one.subject_uid)
        late_at = one.saved_at + dt.timedelta(hours=24) if one.form == "cases-contact" else None
        found.append(
            Unsent(
                title=title,
                case=case.number if case else "",
                person=person.name_masked if person else "",
                url=url,
                saved_at=one.saved_at,
                late_at=late_at,
                drop_url=_drop_url(one),
                gone_on=last if (last := gone_on(one, rule)) <= near else None,
            )
        )
    return found


def _drop_url(draft: Draft) -> str:
    given = [one for one in (draft.form, draft.subject_uid) if one]
    return reverse("departments:draft_discard", args=given)
