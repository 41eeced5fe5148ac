"""The public notice before an approval: what the family allows to be shown, the window, objections, its end.

The consent's text names what is shown (departments' public page holds it): the masked name, the age
band, the province and city, the group of disease, the hospital, the programme and the sum proposed;
nothing else (PIPL 25, Charity Law 82).
"""

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from cases.models.codes import ConsentKind, DisclosureLevel
from cases.models.consents import Consent, Disclosure
from cases.services.disclosures import copy_freeze
from departments import audit
from departments.models.organizations import Organization, Region
from departments.models.publishing import EntryKind, Objection, PublicEntry
from departments.services import outbox
from departments.services.charity_status import charities
from departments.services.entering import house_scope
from departments.services.objections import objection_answer, waits_for_answer
from departments.services.publishing import EntryPayload, entry_close, entry_publish, yuan
from departments.services.registers import holidays_between
from donations.models.requests import FundingRequest
from donations.permissions import can_open_notice, can_submit_request
from donations.services.copies import age_of
from donations.services.course import refuse_after_death
from donations.services.requests import locked_own, refuse_hold
from donations.services.taking import locked_request, step_take
from donations.workflow import FINAL, FUNDING_REQUEST, RequestState
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import age_band, mask_name
from msw_portal.kernel.scope import scope
from msw_portal.kernel.workdays import add_working_days

log = logging.getLogger(__name__)
CITY = 3  # the level of a city in the register of regions
WORKING_DAYS = 5  # unless the programme's sla says otherwise
TAKEN_BACK = "funding_request.notice_taken_back"
AT_ONCE = 200


# ── the hospital ─────────────────────────────────────────────────────────────


@command
def notice_allow(*, request: FundingRequest, consent: Consent, by: Any) -> Disclosure:
    """Give the foundation what may be shown in public, under the person's own consent to a notice.

    Raises:
        DomainError: `funding_request.no_notice` (409) when the programme has none or it is too late,
            `funding_request.needs_notice_consent` on `consent`, `funding_request.on_hold` (409).
    """
    request = locked_own(request, by=by, rule=can_submit_request)
    refuse_hold(request)
    if not expects_notice(request):
        raise DomainError("funding_request.no_notice", _("这份申请不需要公示。"), status=409)
    client = request.case.client
    if (
        consent.organization_id != request.organization_id
        or consent.kind != ConsentKind.PUBLIC_NOTICE
        or consent.client.root_id != client.root_id
        or consent.case_id not in (None, request.case_id)
        or not consent.is_live
    ):
        raise DomainError(
            "funding_request.needs_notice_consent",
            _("需要服务对象本人（或监护人）对公示的有效同意。"),
            "consent",
        )
    person, episode = client.person, request.case.episode
    copy = copy_freeze(
        organization=request.organization,
        recipient=request.counterparty,
        link=None,
        consent=consent,
        level=DisclosureLevel.NOTICE,
        subject=request,
        payload={
            "name": mask_name(person.name),
            "region": _wide(person.region),
            "disease_group": episode.disease_group if episode else "",
            **_named_too(request, consent.template.text),
        },
        by=by,
    )
    audit.record("funding_request.allow_notice", by=by, on=request, disclosure=copy.uid)
    return copy


def _wide(region: Region | None) -> str:
    """Province and city: with a surname and a disease a county may be one family."""
    if region is not None and region.level > CITY:
        region = region.parent
    return region.path if region is not None else ""


def _named_too(request: FundingRequest, text: str) -> dict[str, str]:
    """Age band and hospital, where the text the family signed names them; older texts do not."""
    age = age_of(request.case.client.person)
    found = {
        "age_band": ("年龄段", age_band(age) if age is not None else ""),
        "hospital": ("医院名称", request.organization.name),
    }
    return {name: said for name, (words, said) in found.items() if words in text}


def expects_notice(request: FundingRequest) -> bool:
    """The programme has a public notice and this request has not come past it."""
    return (
        request.counterparty_id is not None
        and RequestState.PUBLIC_NOTICE in request.programme_version.stages
        and request.approved is None
        and request.state not in FINAL
    )


def notice_copy(request: FundingRequest) -> Disclosure | None:
    """What may be shown, as long as the consent stands."""
    return (
        Disclosure.objects.live()
        .filter(
            organization_id=request.organization_id,
            recipient_id=request.counterparty_id,
            subject_kind=request._meta.model_name,
            subject_id=request.pk,
            level=DisclosureLevel.NOTICE,
        )
        .order_by("-version")
        .first()
    )


def notice_shown(request: FundingRequest) -> Mapping[str, Any] | None:
    """What the notice tells: what the consent covers, or the project itself; None while nothing is given."""
    if request.is_for_project:
        return request.form.get("project")
    copy = notice_copy(request)
    return copy.payload if copy is not None else None


def notice_entry(request: FundingRequest) -> PublicEntry | None:
    """The newest public entry of the request."""
    return (
        PublicEntry.objects.filter(
            organization_id=request.counterparty_id,
            kind=EntryKind.NOTICE,
            subject_kind=request._meta.model_name,
            subject_id=request.pk,
        )
        .order_by("-id")
        .first()
    )


def notice_withdrawn(*, consent: Consent, by: Any) -> int:
    """The consent to a notice was taken back: the foundation takes the entry down; how many requests it touches."""
    if consent.kind != ConsentKind.PUBLIC_NOTICE:
        return 0
    rows = FundingRequest.objects.filter(
        organization_id=consent.organization_id,
        case__client__root_id=consent.client.root_id,
        state=RequestState.PUBLIC_NOTICE,
    )
    for request in rows.order_by("pk"):
        outbox.put(
            TAKEN_BACK,
            organization_id=request.organization_id,
            subject=request,
            request_id=request.pk,
            foundation_id=request.counterparty_id,
        )
    return len(rows)


# ── the foundation ───────────────────────────────────────────────────────────


@command
def notice_open(*, request: FundingRequest, version: int | None = None, by: Any) -> FundingRequest:
    """Show the proposed grant in public for the programme's number of working days, today not counted.

    Raises:
        DomainError: `funding_request.open_notice.wrong_state` (409), `funding_request.no_notice` (409),
            `funding_request.needs_notice_consent` (409) while the hospital has not said what may be shown.
    """
    request = locked_request(request, by=by, rule=can_open_notice, version=version)
    FUNDING_REQUEST.check(request, "open_notice")
    refuse_after_death(request)
    if not expects_notice(request):
        raise DomainError("funding_request.no_notice", _("这份申请不需要公示。"), status=409)
    shown = notice_shown(request)
    if shown is None:
        raise DomainError(
            "funding_request.needs_notice_consent",
            _("医院还没有提供家庭同意公示的内容，请先联系医院。"),
            status=409,
        )
    until = window_end(request)
    # What is published is Chinese whatever language the officer works in.
    with translation.override("zh-hans"):
        entry = entry_publish(
            organization=Organization.objects.get(pk=request.counterparty_id),
            kind=EntryKind.NOTICE,
            title=_("救助公示 %(number)s") % {"number": request.number},
            payload=_payload(request, shown, until),
            subject=request,
            visible_to=until,
            by=by,
        )
    step_take(request, "open_notice", by=by)
    request.due_at = until
    request.save(update_fields=["due_at"])
    audit.record("funding_request.open_notice", by=by, on=request, slug=entry.slug, until=until)
    return request


def window_end(request: FundingRequest) -> dt.datetime:
    """Midnight after the last working day of the window that begins today."""
    today = timezone.localdate()
    days = int(request.programme_version.sla.get(RequestState.PUBLIC_NOTICE) or WORKING_DAYS)
    holidays = holidays_between(today, today + dt.timedelta(days=3 * days + 30))
    last = add_working_days(today, days, holidays).on
    return timezone.make_aware(dt.datetime.combine(last + dt.timedelta(days=1), dt.time()))


def _payload(request: FundingRequest, shown: Mapping[str, Any], until: dt.datetime) -> EntryPayload:
    last = timezone.localdate(until) - dt.timedelta(days=1)
    facts = (
        (_("受助人"), shown.get("name", "")),
        (_("受助单位"), shown.get("unit", "")),
        (_("受助项目"), shown.get("title", "")),
        (_("年龄段"), shown.get("age_band", "")),
        (_("所在地区"), shown.get("region", "")),
        (_("疾病类别"), shown.get("disease_group", "")),
        (_("就诊医院"), shown.get("hospital", "")),
        (_("救助项目"), request.programme_version.name),
        (_("拟救助金额（元）"), yuan(request.proposed)),
        (_("公示期"), f"{timezone.localdate().isoformat()} – {last.isoformat()}"),
    )
    how = _("对公示内容有异议的，请在公示期内在本页提出；不需要登录，也可以不留姓名。")
    return EntryPayload(
        facts=[(str(label), str(text)) for label, text in facts if text],
        sections=[(str(_("怎样提出异议")), str(how))],
        basis=str(_("救助公示")),
    )


@command
def notice_objection_answer(
    *, objection: Objection, answer: str, is_upheld: bool, by: Any
) -> Objection:
    """Answer an objection; one that is right ends the request and takes the notice down.

    Raises:
        DomainError: see objection_answer.
    """
    entry = PublicEntry.objects.get(pk=objection.entry_id)
    request = FundingRequest.objects.get(pk=entry.subject_id, counterparty_id=by.house_id)
    request = locked_request(request, by=by, rule=can_open_notice)
    done = objection_answer(objection=objection, answer=answer, is_upheld=is_upheld, by=by)
    if is_upheld and request.state == RequestState.PUBLIC_NOTICE:
        step_take(request, "uphold", by=by, reason=answer)
        if entry.is_open:
            entry_close(entry=entry, by=by)
    return done


def notice_take_down(*, payload: dict[str, Any], once: str) -> None:
    """The family took its consent back: the entry goes at once and the request waits for a new one."""
    request = FundingRequest.objects.locked().get(
        pk=payload["request_id"], counterparty_id=payload["foundation_id"]
    )
    entry = notice_entry(request)
    if entry is not None and entry.is_open:
        entry_close(entry=entry, by=None)
    if request.state == RequestState.PUBLIC_NOTICE:
        _stop(request, reason=str(_("家庭撤回了公示的同意")), entry=once)


# ── the clock ────────────────────────────────────────────────────────────────


def clocks_run() -> int:
    """End the notices whose window has passed without an open objection, lapse the supplements nobody gave; how many."""
    with scope(role="system"):
        houses = list(charities(Organization.objects.tenants()).values_list("pk", flat=True))
    return sum(_run_house(house) for house in houses)


def notice_end_with(request: FundingRequest) -> None:
    """A request that has ended or stands still shows nobody any more; in the foundation's scope.

    One that was before the public goes back to its proposal: it is approved only after a whole window.
    """
    is_shown = request.state == RequestState.PUBLIC_NOTICE
    if is_shown and request.on_hold_at is None and request.death_noted_at is None:
        return
    entry = notice_entry(request)
    if entry is not None and entry.is_open:
        entry_close(entry=entry, by=None)
    if is_shown:
        why = _("患者去世") if request.death_noted_at else _("家庭撤回了提供信息的同意")
        _stop(request, reason=str(why))


def _stop(request: FundingRequest, *, reason: str, **facts: Any) -> None:
    step_take(request, "stop_notice", by=None, reason=reason)
    audit.record(
        "funding_request.stop_notice",
        by=None,
        on=request,
        organization_id=request.counterparty_id,
        **facts,
    )


def _run_house(house: int) -> int:
    with house_scope(house):
        due = FundingRequest.objects.filter(
            counterparty_id=house,
            due_at__lte=timezone.now(),
            on_hold_at__isnull=True,
            state__in=(RequestState.PUBLIC_NOTICE, RequestState.SUPPLEMENT_REQUIRED),
        )
        found = list(due.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_try_one(house, pk) for pk in found)


def _try_one(house: int, pk: int) -> bool:
    # One that cannot go on must not stop the others, round after round.
    try:
        return _run_one(house, pk)
    except DomainError:
        log.exception("the clock of funding request %s was refused", pk)
        return False


def _run_one(house: int, pk: int) -> bool:
    with house_scope(house):
        request = FundingRequest.objects.locked().select_related("programme_version").get(pk=pk)
        if request.due_at is None or request.due_at > timezone.now() or request.on_hold_at:
            return False
        if request.state == RequestState.SUPPLEMENT_REQUIRED:
            step = "lapse"
        elif request.state == RequestState.PUBLIC_NOTICE:
            entry = notice_entry(request)
            if entry is not None and waits_for_answer(entry):
                return False  # an objection is open: nothing goes on before its answer
            if entry is None or (entry.visible_to and entry.visible_to < request.due_at):
                # Taken down before its window was over: that was no notice.
                _stop(request, reason=str(_("公示在期满前撤下")), clock=True)
                return True
            step = "end_notice"
        else:
            return False
        step_take(request, step, by=None)
        audit.record(
            f"funding_request.{step}", by=None, on=request, organization_id=house, clock=True
        )
        return True
