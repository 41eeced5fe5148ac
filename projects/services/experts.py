"""The expert bank: who may be asked to mark, for which fields, how much, and with which ties."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from departments.models.organizations import Code, Organization
from departments.models.people import Role, User
from departments.services.numbering import take_number
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from projects.models.experts import TIE_KINDS, Appointment, Expertise, ExpertProfile
from projects.models.reviews import Review
from projects.permissions.experts import (
    can_keep_expert,
    can_keep_own_profile,
    can_run_reviews,
)
from projects.workflow.reviews import REVIEW_OPEN, ReviewState

NUMBER = "{ORG}-ZJ-{YYYY}{SEQ3}"
SCHEMES = ("disease_theme", "field", "setting", "integration")
MOST_TIES = 40
LONGEST_TERM_YEARS = 6


def candidates(*, by: User) -> Any:
    """Persons who may act as expert in the house today and are not in its bank yet."""
    known = ExpertProfile.objects.filter(organization_id=by.house_id).values("user_id")
    return (
        User.objects.filter(
            memberships__organization_id=by.house_id,
            memberships__role=Role.EXPERT_REVIEWER,
            memberships__valid__contains=timezone.localdate(),
            is_active=True,
        )
        .exclude(pk__in=known)
        .distinct()
        .order_by("display_name", "pk")
    )


def field_choices() -> list[tuple[str, str]]:
    """What an expert may know: the installation's lists of themes and fields, and the trades of the work."""
    codes = Code.objects.filter(scheme__in=SCHEMES).order_by("scheme", "rank", "code")
    is_english = (get_language() or "").startswith("en")
    listed = [(one.code, one.en if is_english and one.en else one.zh) for one in codes]
    return [*listed, *((code, str(label)) for code, label in Expertise.choices)]


def field_words(codes: Iterable[str], choices: Iterable[tuple[str, str]]) -> list[str]:
    known = dict(choices)
    return [known.get(code, code) for code in codes]


@command
def expert_add(
    *,
    user: User,
    employer: Organization | None,
    employer_text: str,
    title: str,
    grade: str,
    fields: list[str],
    most: int | None,
    by: User,
) -> ExpertProfile:
    """Take somebody with an expert's account of the house into its bank.

    Raises:
        DomainError: `expert.no_account` on `user`, `expert.no_employer` on `employer_text`, `expert_once`.
    """
    require(can_run_reviews, by, None)
    if not candidates(by=by).filter(pk=user.pk).exists():
        raise DomainError(
            "expert.no_account",
            _("请选择在本单位有“评审专家”角色、还不在专家库的账户。"),
            "user",
        )
    _check(employer, employer_text)
    made = ExpertProfile(
        organization_id=by.house_id,
        user=user,
        employer=employer,
        employer_text=employer_text.strip(),
        title=title.strip(),
        grade=grade,
        fields=fields,
        most=most,
        created_by=by,
    )
    made.save(force_insert=True)
    audit.record("expert.add", by=by, on=made, grade=grade)
    return made


def _check(employer: Organization | None, employer_text: str) -> None:
    if employer is None and not employer_text.strip():
        raise DomainError(
            "expert.no_employer",
            _("请选择或填写工作单位：回避由它算出。"),
            "employer_text",
        )


@command
def expert_amend(
    *,
    expert: ExpertProfile,
    employer: Organization | None,
    employer_text: str,
    title: str,
    grade: str,
    fields: list[str],
    most: int | None,
    is_available: bool,
    base: int | None = None,
    by: User,
) -> ExpertProfile:
    """Raises: DomainError: `expert.no_employer` on `employer_text`, `form.stale` (409)."""
    held = ExpertProfile.objects.locked().get(pk=expert.pk)
    require(can_keep_expert, by, held)
    check_base(base, held.row_version)
    _check(employer, employer_text)
    held.employer, held.employer_text = employer, employer_text.strip()
    held.title, held.grade, held.fields = title.strip(), grade, fields
    held.most, held.is_available = most, is_available
    held.save(
        update_fields=[
            *("employer", "employer_text", "title", "grade", "fields", "most", "is_available")
        ]
    )
    audit.record("expert.amend", by=by, on=held, grade=grade, is_available=is_available)
    return held


@command
def expert_leave(*, expert: ExpertProfile, by: User) -> ExpertProfile:
    """Take somebody off the roll; what was marked stays.

    Raises:
        DomainError: `expert.still_marks` (409) while reviews are open.
    """
    held = ExpertProfile.objects.locked().get(pk=expert.pk)
    require(can_keep_expert, by, held)
    if Review.objects.filter(expert=held, state__in=REVIEW_OPEN).exists():
        raise DomainError(
            "expert.still_marks", _("还有没交的评审，请先收回或等其提交。"), status=409
        )
    held.left_on, held.is_available = timezone.localdate(), False
    held.save(update_fields=["left_on", "is_available"])
    audit.record("expert.leave", by=by, on=held)
    return held


@command
def ties_declare(
    *,
    expert: ExpertProfile,
    ties: Iterable[Mapping[str, Any]],
    is_available: bool,
    fields: list[str],
    title: str,
    by: User,
) -> ExpertProfile:
    """The expert says which bodies one has to do with; every application of theirs is then excluded.

    `ties`: {"kind", "organization" (Organization), "note"}.

    Raises:
        DomainError: `expert.tie` or `expert.many_ties` on `ties`.
    """
    held = ExpertProfile.objects.locked().get(pk=expert.pk)
    require(can_keep_own_profile, by, held)
    kept, kinds = [], {str(kind) for kind in TIE_KINDS}
    for tie in ties:
        if tie["kind"] not in kinds or not isinstance(tie["organization"], Organization):
            raise DomainError("expert.tie", _("每条利益关系都要选类别和单位。"), "ties")
        kept.append(
            {
                "kind": tie["kind"],
                "organization": str(tie["organization"].uid),
                "name": tie["organization"].name,
                "note": str(tie.get("note", "")).strip()[:200],
            }
        )
    if len(kept) > MOST_TIES:
        raise DomainError("expert.many_ties", _("最多申报 %(n)d 条。") % {"n": MOST_TIES}, "ties")
    held.ties, held.ties_at, held.is_available = kept, timezone.now(), is_available
    held.fields, held.title = fields, title.strip()
    held.save(update_fields=["ties", "ties_at", "is_available", "fields", "title"])
    audit.record("expert.declare_ties", by=by, on=held, ties=len(kept))
    return held


# ── appointments ─────────────────────────────────────────────────────────────


@command
def appointment_make(
    *,
    expert: ExpertProfile,
    body: str,
    post: str,
    since: dt.date,
    until: dt.date,
    by: User,
) -> Appointment:
    """Appoint for a term, both days included; the certificate has a number of its own.

    Raises:
        DomainError: `appointment.*` on the field.
    """
    held = ExpertProfile.objects.locked().select_related("user").get(pk=expert.pk)
    require(can_keep_expert, by, held)
    if held.left_on is not None:
        raise DomainError("appointment.left", _("这位专家已经退出专家库。"), status=409)
    if until <= since:
        raise DomainError("appointment.until", _("聘期的结束要晚于开始。"), "until")
    if until.year - since.year > LONGEST_TERM_YEARS:
        raise DomainError(
            "appointment.long", _("一次聘期最长 %(n)d 年。") % {"n": LONGEST_TERM_YEARS}, "until"
        )
    if not body.strip() or not post.strip():
        raise DomainError("appointment.body", _("请填写聘任的委员会和职务。"), "body")
    today = timezone.localdate()
    period = DateRange(since, until + dt.timedelta(days=1))
    if Appointment.objects.filter(
        expert=held, body=body.strip(), valid__overlap=period, voided_at__isnull=True
    ).exists():
        raise DomainError("appointment.again", _("这段时间已经在这个委员会任职。"), "since")
    made = Appointment(
        organization_id=held.organization_id,
        expert=held,
        user=held.user,
        body=body.strip(),
        post=post.strip(),
        number=take_number(
            "expert_appointment",
            organization=Organization.objects.get(pk=held.organization_id),
            pattern=NUMBER,
            on=today,
        ),
        valid=period,
        appointed_on=today,
        holder=held.user.display_name,
        created_by=by,
    )
    made.save(force_insert=True)
    audit.record("expert.appoint", by=by, on=made, number=made.number, body=made.body)
    return made


@command
def appointment_void(*, appointment: Appointment, reason: str, by: User) -> Appointment:
    """Raises: DomainError: `appointment.needs_reason` on `reason`, `appointment.is_void` (409)."""
    held = Appointment.objects.locked().get(pk=appointment.pk)
    require(can_keep_expert, by, held)
    if held.voided_at is not None:
        raise DomainError("appointment.is_void", _("已经解聘。"), status=409)
    if len(reason.strip()) < 2:
        raise DomainError("appointment.needs_reason", _("请写明解聘的理由。"), "reason")
    held.voided_at, held.void_reason = timezone.now(), reason.strip()
    held.save(update_fields=["voided_at", "void_reason"])
    audit.record("expert.dismiss", by=by, on=held, number=held.number)
    return held


# ── the service record ───────────────────────────────────────────────────────


def service_of(expert: ExpertProfile) -> list[dict[str, Any]]:
    """What was marked, by call: given out, sent, avoided, declared void, the mean of the sent marks."""
    rows = (
        Review.objects.filter(organization_id=expert.organization_id, expert=expert)
        .values("call__title", "call__year", "call__uid")
        .annotate(
            asked=Count("pk"),
            sent=Count("pk", filter=Q(state=ReviewState.SUBMITTED)),
            recused=Count("pk", filter=Q(state=ReviewState.RECUSED)),
            voided=Count("pk", filter=Q(state=ReviewState.VOIDED)),
        )
        .order_by("-call__year", "call__title")
    )
    return list(rows)
