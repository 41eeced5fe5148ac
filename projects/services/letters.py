"""Letters to the selected, the reserve and the not selected: written together, sent in one act."""

import hashlib
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.models.people import Membership, Role, User
from departments.services import outbox
from departments.services.numbering import take_number
from departments.services.tasks import notify
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import enter
from msw_portal.kernel.typesetting import typeset
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.reviews import LetterOutcome, OutcomeLetter, Review
from projects.permissions.experts import can_read_letter, can_send_letters
from projects.workflow.calls import PLACED, CallState
from projects.workflow.reviews import ReviewState

NUMBER = "{ORG}-TZ-{YYYY}{SEQ4}"
SENT = "letter.sent"
# Keys of Call.letters, by outcome.
TEXT_KEYS = {
    LetterOutcome.PROPOSED: "selected",
    LetterOutcome.RESERVE: "reserve",
    LetterOutcome.NOT_SELECTED: "not_selected",
}
TITLES = {
    LetterOutcome.PROPOSED: _("拟入选通知书"),
    LetterOutcome.RESERVE: _("候补通知书"),
    LetterOutcome.NOT_SELECTED: _("评审结果通知书"),
}
DEFAULTS = {
    LetterOutcome.PROPOSED: _(
        "贵单位申报的“{title}”（编号 {number}）经形式审查和专家评审，列入{call}拟入选名单，将按规定公示。公示期满无异议或异议不成立的，列入正式名单。"
    ),
    LetterOutcome.RESERVE: _(
        "贵单位申报的“{title}”（编号 {number}）经形式审查和专家评审，列为{call}候补项目。名额空出时按次序递补，另行通知。"
    ),
    LetterOutcome.NOT_SELECTED: _(
        "贵单位申报的“{title}”（编号 {number}）经形式审查和专家评审，未列入{call}拟入选名单。感谢贵单位的参与，欢迎参加以后的征集。"
    ),
}
CHANGED = _("名单在公示期间有调整，此前发出的通知书以本通知书为准。")


@command
def letters_write(*, call: Call, by: User) -> int:
    """Write the drafts anew from the present placing and the released comments; how many.

    Raises:
        DomainError: `letters.not_placed`, `letters.sent` (409).
    """
    held = Call.objects.locked().get(pk=call.pk)
    require(can_send_letters, by, held)
    if held.state not in (CallState.RANKED, CallState.NOTICED):
        raise DomainError("letters.not_placed", _("请先确定拟入选名单。"), status=409)
    known = OutcomeLetter.objects.filter(organization_id=held.organization_id, call=held)
    if known.filter(sent_at__isnull=False).exists():
        raise DomainError("letters.sent", _("结果通知书已经发出。"), status=409)
    rows = list(
        Application.objects.filter(
            counterparty_id=held.organization_id, call=held, state__in=PLACED
        ).order_by("rank", "pk")
    )
    if not rows:
        raise DomainError("letters.not_placed", _("请先确定拟入选名单。"), status=409)
    numbers = {letter.application_id: letter.number for letter in known}
    known.delete()
    comments = _released(held)
    # What leaves the house is Chinese whatever language the officer works in.
    with translation.override(settings.LANGUAGE_CODE):
        made = [_letter(held, row, comments[row.pk], numbers.get(row.pk), by) for row in rows]
    OutcomeLetter.objects.bulk_create(made)
    audit.record("call.write_letters", by=by, on=held, letters=len(made))
    return len(made)


def _released(call: Call) -> dict[int, list[str]]:
    """The comments the issuer lets the units read, in an order that tells nothing of who wrote them."""
    found: dict[int, list[tuple[bytes, str]]] = defaultdict(list)
    rows = Review.objects.filter(
        organization_id=call.organization_id,
        call=call,
        state=ReviewState.SUBMITTED,
        is_released=True,
    )
    for review in rows:
        key = hashlib.sha256(review.uid.bytes).digest()
        found[review.application_id].append((key, review.comment or ""))
    return defaultdict(
        list, {pk: [text for _key, text in sorted(ones) if text] for pk, ones in found.items()}
    )


def _letter(
    call: Call, row: Application, comments: list[str], number: str | None, by: User
) -> OutcomeLetter:
    outcome = LetterOutcome(row.state)
    text = str(call.letters.get(TEXT_KEYS[outcome]) or DEFAULTS[outcome])
    filled = (
        text.replace("{title}", row.title)
        .replace("{number}", row.number or "")
        .replace("{call}", call.title)
        .replace("{unit}", row.unit_name)
    )
    return OutcomeLetter(
        organization_id=call.organization_id,
        call=call,
        application=row,
        number=number
        or take_number(
            "outcome_letter",
            organization=Organization.objects.get(pk=call.organization_id),
            pattern=NUMBER,
            on=timezone.localdate(),
        ),
        outcome=outcome,
        title=str(TITLES[outcome]),
        body=filled,
        comments=comments,
        created_by=by,
    )


@command
def letters_send(*, call: Call, by: User) -> int:
    """Send all of them, to every unit of all three groups, in this one transaction; how many left.

    Raises:
        DomainError: `letters.none`, `letters.stale`, `letters.sent` (409).
    """
    held = Call.objects.locked().get(pk=call.pk)
    require(can_send_letters, by, held)
    letters = list(
        OutcomeLetter.objects.locked()
        .filter(organization_id=held.organization_id, call=held)
        .select_related("application")
    )
    if not letters:
        raise DomainError("letters.none", _("请先生成通知书。"), status=409)
    if any(letter.sent_at for letter in letters):
        raise DomainError("letters.sent", _("结果通知书已经发出。"), status=409)
    placed = set(
        Application.objects.filter(
            counterparty_id=held.organization_id, call=held, state__in=PLACED
        ).values_list("pk", "state")
    )
    if placed != {(one.application_id, str(one.outcome)) for one in letters}:
        raise DomainError("letters.stale", _("名单有变化，请重新生成通知书再发出。"), status=409)
    now = timezone.now()
    for letter in letters:
        letter.sent_at, letter.counterparty_id = now, letter.application.organization_id
    OutcomeLetter.objects.bulk_update(letters, ["sent_at", "counterparty"], batch_size=500)
    for letter in letters:
        outbox.put(
            SENT,
            organization_id=held.organization_id,
            subject=letter,
            unit_id=letter.counterparty_id,
            letter_id=letter.pk,
        )
    audit.record("call.send_letters", by=by, on=held, letters=len(letters))
    return len(letters)


def letter_follow(*, application: Application, call: Call, by: User) -> OutcomeLetter:
    """Write and send at once another letter to a unit whose place changed after the letters had left."""
    with translation.override(settings.LANGUAGE_CODE):
        letter = _letter(call, application, _released(call)[application.pk], None, by)
        letter.body = f"{CHANGED}\n{letter.body}"
    letter.sent_at, letter.counterparty_id = timezone.now(), application.organization_id
    letter.save(force_insert=True)
    outbox.put(
        SENT,
        organization_id=letter.organization_id,
        subject=letter,
        unit_id=letter.counterparty_id,
        letter_id=letter.pk,
    )
    audit.record("letter.follow", by=by, on=letter, outcome=letter.outcome)
    return letter


@command
def comment_release(*, review: Review, is_released: bool, by: User) -> Review:
    """Let the unit read a comment, or not; before the letters have left.

    Raises:
        DomainError: `letters.sent` (409), `review.not_sent` (409).
    """
    held = Review.objects.locked().select_related("call").get(pk=review.pk)
    require(can_send_letters, by, held.call)
    if held.state != ReviewState.SUBMITTED:
        raise DomainError("review.not_sent", _("专家还没有提交。"), status=409)
    if OutcomeLetter.objects.filter(
        organization_id=held.organization_id, call=held.call, sent_at__isnull=False
    ).exists():
        raise DomainError("letters.sent", _("结果通知书已经发出。"), status=409)
    held.is_released = is_released
    held.save(update_fields=["is_released"])
    audit.record("review.release_comment", by=by, on=held, is_released=is_released)
    return held


@command
def comments_release_all(*, call: Call, by: User) -> int:
    """Let the units read every sent comment; how many that are more."""
    require(can_send_letters, by, call)
    if OutcomeLetter.objects.filter(
        organization_id=call.organization_id, call=call, sent_at__isnull=False
    ).exists():
        raise DomainError("letters.sent", _("结果通知书已经发出。"), status=409)
    rows = Review.objects.filter(
        organization_id=call.organization_id,
        call=call,
        state=ReviewState.SUBMITTED,
        is_released=False,
    )
    count = rows.update(is_released=True)
    audit.record("call.release_comments", by=by, on=call, comments=count)
    return count


# ── the unit ─────────────────────────────────────────────────────────────────


def letter_told(*, payload: dict[str, Any], once: str) -> None:
    """The unit's people hear that a letter has come, in the unit's own scope."""
    letter = OutcomeLetter.objects.select_related("application").get(
        pk=payload["letter_id"], counterparty_id=payload["unit_id"]
    )
    people_hear(
        letter.counterparty_id,
        kind="letter.arrived",
        subject=letter,
        once=once,
        also=[letter.application.leader_id, letter.application.created_by_id],
    )


def people_hear(house: int, *, kind: str, subject: Any, once: str, also: list[int | None]) -> None:
    """Tell the heads and applicants of a house, and those named, each in their own transaction settings."""
    meant = Membership.objects.filter(
        organization_id=house, valid__contains=timezone.localdate(), user__is_active=True
    )
    users = set(meant.filter(role=Role.DEPT_HEAD).values_list("user_id", flat=True)) | set(
        meant.filter(user_id__in=[one for one in also if one]).values_list("user_id", flat=True)
    )
    for user in sorted(users):
        enter(org=house, user=user, role="system")
        notify(
            users=[user],
            organization_id=house,
            kind=kind,
            subject=subject,
            dedup_key=f"{kind}:{once}",
        )
    enter(org=house, role="system")


@command
def letter_read(*, letter: OutcomeLetter, by: User) -> OutcomeLetter:
    """Note the unit's first reading."""
    require(can_read_letter, by, letter)
    if letter.read_at is None and letter.counterparty_id == by.house_id:
        held = OutcomeLetter.objects.locked().get(pk=letter.pk)
        if held.read_at is None:
            held.read_at = timezone.now()
            held.save(update_fields=["read_at"])
            audit.record("letter.read", by=by, on=held, organization_id=by.house_id)
        return held
    return letter


def letter_paper(letter: OutcomeLetter) -> bytes:
    """PDF in Chinese; the same letter is the same paper every time."""
    house = letter.call.organization
    with translation.override(settings.LANGUAGE_CODE):
        content = {
            "title": letter.title,
            "house": house.name,
            "training": house.is_training,
            "number": letter.number,
            "unit": letter.application.unit_name,
            "body": letter.body,
            "comments": letter.comments,
            "draft": letter.sent_at is None,
            "on": _day(timezone.localdate(letter.sent_at or letter.created_at)),
            "contact": letter.call.contact,
        }
    return typeset("outcome_letter.typ", content, at=letter.sent_at or letter.created_at)


def _day(day: Any) -> str:
    return now_in_words("%(y)d 年 %(m)d 月 %(d)d 日") % {
        "y": day.year,
        "m": day.month,
        "d": day.day,
    }
