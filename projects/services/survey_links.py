"""Sheets of a study: a code without an account, typed in from paper, and taken out of the count."""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import AccessLink
from departments.models.people import User
from departments.services.entering import house_scope, token_scope
from departments.services.moving import move
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.questionnaire.answering import cleaned, unanswered
from msw_portal.kernel.questionnaire.definition import AnswerError
from msw_portal.kernel.questionnaire.scoring import score
from projects.models.surveys import SampleGroup, Survey, SurveyResponse
from projects.permissions.registers import can_enter_survey, can_manage_survey
from projects.services.surveys import collecting, refuse_reported, survey_locked
from projects.workflow.surveys import SURVEY, SurveyState

TOKEN_BYTES = 16
# No study of this kind asks more people; a code that went round the net stops here.
MOST_ANSWERS = 5000


@dataclass(frozen=True)
class MadeLink:
    """A new code with its token, which is shown once and kept nowhere."""

    link: AccessLink
    token: str


@dataclass(frozen=True)
class Sheet:
    """What the page behind a live code says."""

    house: str
    title: str
    purpose: str
    questionnaire: Any
    ends_on: dt.date


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _live(survey: Survey) -> QuerySet[AccessLink]:
    return AccessLink.objects.filter(
        organization_id=survey.organization_id,
        kind=AccessLink.Kind.SURVEY,
        subject_kind=survey._meta.model_name,
        subject_id=survey.pk,
        revoked_at__isnull=True,
        expires_at__gt=timezone.now(),
    )


def survey_link_of(*, survey: Survey) -> AccessLink | None:
    """The live code of a study; None without one."""
    return _live(survey).first()


def _ends(survey: Survey) -> dt.datetime:
    """The first moment after the last day of collecting."""
    day = survey.ends_on + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


@command
def survey_link_create(*, survey: Survey, by: User) -> MadeLink:
    """A code to scan or send; it takes answers until the last day. An older one stops at once.

    Raises:
        DomainError: `survey.not_collecting`, `survey.needs_questionnaire`, `survey.is_past` (409).
    """
    survey = survey_locked(survey)
    require(can_manage_survey, by, survey)
    collecting(survey)
    if survey.questionnaire_id is None:
        raise DomainError("survey.needs_questionnaire", _("这项研究没有问卷。"), status=409)
    now, ends = timezone.now(), _ends(survey)
    if ends <= now:
        raise DomainError(
            "survey.is_past", _("截止日期已过：先在设计里把截止日期改后。"), status=409
        )
    replaced = _live(survey).update(revoked_at=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = AccessLink(
        organization_id=survey.organization_id,
        kind=AccessLink.Kind.SURVEY,
        token_hash=_digest(token),
        subject_kind=survey._meta.model_name,
        subject_id=survey.pk,
        subject_uid=survey.uid,
        expires_at=ends,
        created_by=by,
    )
    link.save(force_insert=True)
    audit.record("survey_link.create", by=by, on=survey, replaced=replaced)
    return MadeLink(link, token)


@command
def survey_link_revoke(*, survey: Survey, by: User) -> int:
    """The code takes nothing more; what came in stays. How many there were."""
    survey = survey_locked(survey)
    require(can_manage_survey, by, survey)
    count = _live(survey).update(revoked_at=timezone.now())
    audit.record("survey_link.revoke", by=by, on=survey)
    return count


@command
def survey_close(*, survey: Survey, by: User) -> Survey:
    """Stop collecting: the codes die, the results can be seen.

    Raises:
        DomainError: a wrong state (409).
    """
    survey = survey_locked(survey)
    require(can_manage_survey, by, survey)
    SURVEY.check(survey, "close")
    survey.closed_at = timezone.now()
    _live(survey).update(revoked_at=survey.closed_at)
    move(survey, SURVEY, "close", by=by, also=("closed_at",))
    audit.record("survey.collect_end", by=by, on=survey)
    return survey


# ── named services of the link ───────────────────────────────────────────────


def _found(token: str) -> tuple[int, int] | None:
    digest = _digest(token)
    with token_scope(digest):
        rows = AccessLink.objects.filter(
            token_hash=digest,
            kind=AccessLink.Kind.SURVEY,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        return rows.values_list("organization_id", "subject_id").first()


def sheet_at(token: str) -> Sheet | None:
    """What the code asks; None for any that is not live."""
    found = _found(token)
    if found is None:
        return None
    house, pk = found
    with house_scope(house):
        rows = Survey.objects.select_related("organization", "questionnaire")
        survey = rows.filter(organization_id=house).get(pk=pk)
        if survey.state != SurveyState.COLLECTING:
            return None
        return Sheet(
            house=survey.organization.name,
            title=survey.title,
            purpose=survey.purpose,
            questionnaire=survey.questionnaire,
            ends_on=survey.ends_on,
        )


def sheet_give(
    *, token: str, answers: Mapping[str, Any], sheet_key: uuid.UUID
) -> SurveyResponse | None:
    """Keep one sheet; None for a dead code. The same sheet sent again is the same answer.

    Acts as the system in the house of the code. Raises as response_keep.
    """
    found = _found(token)
    if found is None:
        return None
    house, pk = found
    with house_scope(house):
        survey = Survey.objects.filter(organization_id=house).get(pk=pk)
        survey = survey_locked(survey)
        if survey.state != SurveyState.COLLECTING:
            return None
        own = SurveyResponse.objects.filter(organization_id=house, survey=survey)
        before = own.filter(sheet_key=sheet_key).first()
        if before is not None:
            return before
        return _keep(survey, answers, sheet_key=sheet_key, by=None)


@command
def response_enter(
    *,
    survey: Survey,
    answers: Mapping[str, Any],
    given_on: dt.date,
    paper_number: str,
    sheet_key: uuid.UUID | None = None,
    group: SampleGroup | None = None,
    by: User,
) -> SurveyResponse:
    """Type in a sheet of paper; its number stands on the paper, so that it is typed in once.

    Raises:
        DomainError: `survey.not_collecting` (409), `survey_response.…` on the field that is wrong.
    """
    survey = survey_locked(survey)
    require(can_enter_survey, by, survey)
    collecting(survey)
    number = " ".join(paper_number.split())
    if not number:
        raise DomainError(
            "survey_response.needs_number",
            _("请在纸质问卷上编号，并把编号写在这里。"),
            "paper_number",
        )
    if given_on > timezone.localdate():
        raise DomainError("survey_response.future", _("不能晚于今天。"), "given_on")
    return _keep(
        survey,
        answers,
        sheet_key=sheet_key or uuid.uuid4(),
        by=by,
        given_on=given_on,
        paper_number=number,
        is_paper=True,
        group=group,
    )


def _keep(
    survey: Survey,
    answers: Mapping[str, Any],
    *,
    sheet_key: uuid.UUID,
    by: User | None,
    given_on: dt.date | None = None,
    **parts: Any,
) -> SurveyResponse:
    """Check the answers against the questionnaire and keep them; the study is locked.

    Raises:
        DomainError: `survey_response.answer` on the item, `survey_response.open`, `survey_response.empty`,
            `survey_response.full` (409).
    """
    questionnaire = survey.questionnaire
    if questionnaire is None:
        raise DomainError("survey.needs_questionnaire", _("这项研究没有问卷。"), status=409)
    given = {code: value for code, value in answers.items() if value not in (None, "", [])}
    if not given:
        raise DomainError("survey_response.empty", _("请至少回答一题。"))
    try:
        given = cleaned(questionnaire.definition, given)
        result = score(questionnaire.definition, given)
    except AnswerError as error:
        raise DomainError("survey_response.answer", str(error), error.item) from error
    left = unanswered(questionnaire.definition, given)
    if left:
        raise DomainError("survey_response.open", _("这一题必须回答。"), left[0])
    if survey.responses.filter(voided_at__isnull=True).count() >= MOST_ANSWERS:
        raise DomainError("survey_response.full", _("收到的答卷已满，谢谢您。"), status=409)
    row = SurveyResponse(
        organization_id=survey.organization_id,
        survey=survey,
        questionnaire=questionnaire,
        answers=given,
        score=result.as_json(),
        band=result.band,
        is_final=True,
        finalized_at=timezone.now(),
        sheet_key=sheet_key,
        given_on=given_on or timezone.localdate(),
        created_by=by,
        **parts,
    )
    row.save(force_insert=True)
    audit.record(
        "survey_response.receive",
        by=by,
        on=row,
        organization_id=survey.organization_id,
    )
    return row


@command
def response_void(*, response: SurveyResponse, reason: str, by: User) -> SurveyResponse:
    """It counts no more: typed twice, or given for fun. The row stays with its reason.

    Raises:
        DomainError: `survey_response.needs_reason`, `survey.reported`, `survey_response.is_void` (409).
    """
    survey = survey_locked(response.survey)
    require(can_manage_survey, by, survey)
    refuse_reported(survey)
    response = SurveyResponse.objects.locked().get(pk=response.pk)
    if response.voided_at is not None:
        raise DomainError("survey_response.is_void", _("已经作废。"), status=409)
    if not reason.strip():
        raise DomainError("survey_response.needs_reason", _("请写明理由。"), "reason")
    response.voided_at, response.void_reason = timezone.now(), reason.strip()
    response.save(update_fields=["voided_at", "void_reason"])
    audit.record("survey_response.void", by=by, on=response)
    return response
