"""A case told through the ordinary services: every step is a command of the person whose step it is."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from cases.models.casework import Case
from cases.models.codes import ConsentKind
from cases.models.work import Goal, Plan
from cases.services import closing, contacts, mdt, members, planning, secrecy
from cases.services.co_signing import contact_countersign
from msw_portal.demo import texts
from msw_portal.demo.lives import Visit
from msw_portal.demo.telling import HOUR, Beginning, Event, acting

LINE = (
    "pending",
    "intake",
    "assessment",
    "planning",
    "intervention",
    "evaluation",
    "closure",
    "closed",
)
SHARED = ("name", "ward", "needs", "goals", "risk")
MOST_VISITS = 5  # the others of the year stand in the bulk: a story shows the rules, not the volume


class Story(Beginning):
    """One case on its way to the stage of its scenario."""

    def reaches(self, stage: str) -> bool:
        """Whether the story goes as far as this stage of the line."""
        last = self.scenario.stage
        if last in ("declined", "referred_out", "voided"):
            last = "intake" if self.scenario.quirk != "door" else "pending"
        return LINE.index(stage) <= LINE.index(last)

    def play(self) -> Iterator[dt.datetime]:
        """The story as an actor: it yields the moment of its next step."""
        for moment, step in sorted(self._events(), key=lambda event: event[0]):
            yield moment
            step()

    def _events(self) -> Iterator[Event]:
        life = self.life
        if life.source == "clinician_referral":
            yield life.opened - 2 * HOUR, self.refer
        yield life.opened, self.open
        if self.scenario.quirk == "door":
            yield life.assigned, self.decline
        steps = (
            ("intake", life.assigned, self.assign),
            ("assessment", life.accepted, self.accept),
            ("planning", life.assessed, self.assess),
            ("intervention", life.started, self.start),
            ("evaluation", life.evaluated, self.evaluate),
            ("closure", life.proposed, self.propose),
            ("closed", life.closed, self.close),
        )
        yield from ((moment, step) for stage, moment, step in steps if self.reaches(stage))
        if self.scenario.stage in ("declined", "referred_out", "voided") and self.reaches("intake"):
            yield life.accepted, self.end_early
        if (
            self.reaches("planning")
            and life.decision == "open"
            and (self.reaches("intervention") or self.scenario.quirk.startswith("plan_"))
        ):
            yield life.planned, self.plan
            if self.reaches("intervention"):
                yield life.approved, self.approve
                yield from ((moment, self.review) for moment in life.reviews)
        if self.reaches("assessment") and self.scenario.stage not in (
            "declined",
            "referred_out",
            "voided",
        ):
            yield from self._visits()
        yield from self._quirks()

    def _visits(self) -> Iterator[Event]:
        previous: Visit | None = None
        step = max(1, -(-len(self.life.visits) // MOST_VISITS))
        for visit in self.life.visits[::step]:
            written = visit.at + dt.timedelta(minutes=visit.minutes + 20)
            # Two in one morning: the second is written after the first.
            if previous is None or written > previous.at:
                yield written, lambda visit=visit: self.visit(visit)
                previous = visit

    def _quirks(self) -> Iterator[Event]:
        life, quirk = self.life, self.scenario.quirk
        after = life.started + 30 * HOUR
        if quirk == "alert":
            yield life.accepted + HOUR, self.screen
            yield life.accepted + 2 * HOUR, self.take_alert
        if quirk == "alert_resolved":
            yield life.assessed + HOUR, self.take_alert
            yield life.assessed + 21 * HOUR, self.resolve_alert
        if quirk == "suspended":
            yield after, self.suspend
        if quirk == "team":
            yield after, self.team
            yield after + 20 * HOUR, self.share
        if quirk == "level5":
            yield after, self.raise_secrecy
        if quirk == "plan_returned":
            yield life.planned + 5 * HOUR, self.return_plan
        if quirk == "returned":
            yield life.proposed + 2 * HOUR, self.return_closing
        if quirk == "reopened":
            yield life.closed + 50 * HOUR, self.reopen

    # ── the work ─────────────────────────────────────────────────────────────

    def visit(self, visit: Visit) -> None:
        with acting(self.worker):
            case = Case.objects.get(pk=self.case.pk)
            # What rests, or has ended, is not visited.
            if case.suspended_at is not None or case.closed_at is not None:
                return
            contacts.contact_record(
                case=case,
                occurred_on=timezone.localdate(visit.at),
                starts_at=visit.at,
                minutes=visit.minutes,
                mode=visit.mode,
                target=visit.target,
                facts=visit.facts,
                analysis=visit.analysis,
                techniques=texts.TECHNIQUES[visit.minutes % 4 : visit.minutes % 4 + 2],
                by=self.worker,
            )

    def suspend(self) -> None:
        with acting(self.worker):
            closing.case_suspend(
                case=self.case, reason="患者转回当地休养，约定一个月后联系。", by=self.worker
            )

    def team(self) -> None:
        """An intern joins, writes a contact, and the worker signs it."""
        intern = self.hospital.intern
        if intern is None:
            return
        with acting(self.worker):
            members.case_member_add(case=self.case, user=intern, role="intern", by=self.worker)
        self.clock.pass_minutes(60)
        with acting(intern):
            written = contacts.contact_record(
                case=self.case,
                occurred_on=timezone.localdate(),
                minutes=20,
                mode="ward_visit",
                target="client",
                facts=self.told("与{who}一起画了一张“我的一天”，约 {minutes} 分钟。"),
                by=intern,
            )
        self.clock.pass_minutes(90)
        with acting(self.worker):
            contact_countersign(contact=written, by=self.worker)

    def share(self) -> None:
        """The doctor on the ward reads what the person agreed to, for two months."""
        clinician = self.hospital.clinician
        if clinician is None:
            return
        with acting(self.worker):
            self.consent(ConsentKind.MDT_SHARE, items=SHARED)
            mdt.mdt_share(
                case=self.case,
                clinician=clinician,
                items=SHARED,
                until=timezone.localdate() + dt.timedelta(days=60),
                by=self.worker,
            )

    def raise_secrecy(self) -> None:
        with acting(self.worker):
            self.case = secrecy.case_raise_secrecy(
                case=self.case,
                named=[self.worker, self.supervisor],
                reason="患者为本院职工家属，按规定定为 5 级，指名查阅。",
                by=self.worker,
            )

    # ── the end ──────────────────────────────────────────────────────────────

    def evaluate(self) -> None:
        with acting(self.worker):
            self.case = closing.case_evaluate(case=self.case, by=self.worker)
            plan = Plan.objects.filter(case=self.case, state="approved").first()
            goals = Goal.objects.filter(plan=plan).order_by("rank") if plan else []
            for goal, aim in zip(goals, self.life.aims, strict=False):
                planning.goal_rate(goal=goal, gas=aim.gas, by=self.worker)

    def propose(self) -> None:
        with acting(self.worker):
            self.case = closing.case_propose_closing(
                case=self.case,
                summary=self.told(texts.SUMMARIES[self.life.serial % 3]),
                satisfaction=self.life.satisfaction,
                satisfaction_refused=self.life.satisfaction is None,
                client_informed=True,
                proposed_reason=self.life.close_reason,
                by=self.worker,
            )

    def return_closing(self) -> None:
        with acting(self.supervisor):
            closing.case_return(
                case=self.case, reason="请补充回访安排后再提交。", by=self.supervisor
            )
        self.clock.pass_minutes(30)
        self.propose()

    def close(self) -> None:
        with acting(self.supervisor):
            self.case = closing.case_close(
                case=self.case, reason=self.life.close_reason, by=self.supervisor
            )

    def reopen(self) -> None:
        with acting(self.supervisor):
            closing.case_reopen(
                case=self.case, reason="出院后病情反复，家属再次求助。", by=self.supervisor
            )
