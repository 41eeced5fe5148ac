"""An expert who has not sent the own marks learns of no other expert: every way out of the portal is walked."""

import re

import pytest
from django.core import mail
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from cases.models.consents import Disclosure
from departments.models.mechanisms import Notification
from departments.services.outbox import relay_once
from msw_portal.kernel.ids import uuid7
from projects.models.reviews import AssignmentRun, OutcomeLetter, Panel, Review
from projects.services.panels import panel_plan
from tests.architecture.matrix_world import KEYS, arguments
from tests.architecture.test_access_matrix import _addresses
from tests.conftest import sign_in
from tests.factories.donations import as_person
from tests.projects.test_reviews import given_out, mark

pytestmark = pytest.mark.django_db
COMMENT = "第二位专家的评语写在这里。"
# Makes a total that no other mark can make: 77.3.
MARKED = {"need": 9.3}
# Bound to other things than rows of the review.
ALONE = {"paper", "place", "promise", "dossier_job"}


def test_an_expert_learns_of_no_other_before_sending_by_any_way_out(batch, settings):
    """By page, address, API, search, export or mail: the same answers whether the other has marked or not."""
    settings.EMBEDDED = True
    given_out(batch)
    first, second = batch.experts[1], batch.experts[2]
    with as_person(batch.desk) as by:
        panel_plan(call=batch.call, on=batch.plan.opens_on, place="", chair=None, by=by)
        theirs = Review.objects.filter(expert=second).order_by("pk")
        shared = Review.objects.filter(expert=first).values("application")
        rows = {
            "expert_review": theirs.filter(application__in=shared).first(),
            "expert_profile": second,
            "review_application": theirs.filter(application__in=shared).first().application,
            "application": theirs.first().application,
            "application_sent": theirs.first().application,
            "review_call": batch.call,
            "call": batch.call,
            "assignment_run": AssignmentRun.objects.get(),
            "review_panel": Panel.objects.get(),
            "score_sheet": batch.plan.sheet,
        }
        own = [one.uid for one in Review.objects.filter(expert=first)]
        secrets = [second.user.display_name, second.user.username, str(second.uid), COMMENT, "77.3"]
        secrets += [str(uid) for uid in theirs.values_list("uid", flat=True)]
        packets = Disclosure.objects.filter(pk__in=theirs.values("packet"))
        secrets += [str(uid) for uid in packets.values_list("uid", flat=True)]
    walk = Walk(first.user, rows, own, second.user.display_name)
    # Opening a packet is noted on the own list.
    relay_once()
    walk.own_pages()
    before = walk.everything(WATCHED)
    mark(batch, only={2}, comment=COMMENT, marks=lambda review, number: MARKED)
    relay_once()
    after = walk.everything()
    assert (len(before) > 100, len(after) > 500) == (True, True)
    assert [key for key in before if before[key] != after[key]] == []
    told = {key: word for key, text in after.items() for word in secrets if word in text}
    assert told == {}
    with as_person(first.user) as by:
        notices = Notification.objects.filter(user=by)
        assert notices.filter(Q(kind__startswith="review.")).count() == 1
        assert OutcomeLetter.objects.count() == Panel.objects.count() == 0
    written = [f"{letter.subject} {letter.body}" for letter in mail.outbox]
    assert [word for letter in written for word in secrets if word in letter] == []


class Walk:
    """A signed-in expert who asks every address, with the ids of the other expert's rows where one is asked for."""

    def __init__(self, user, rows, own, name):
        self.browser = sign_in(Client(raise_request_exception=False), user)
        self.own, self.words = own, (name, "髓爱童行", "P001", "77.3")
        self.known = {kind: str(uuid7()) for kind in {*KEYS.values(), *ALONE}}
        self.known |= {"rule": "1", "code": "1"}
        self.known |= {kind: str(row.uid) for kind, row in rows.items()}

    def everything(self, starts: tuple[str, ...] = ("",)) -> dict[str, str]:
        """Address or way -> what it said, without what is new each time."""
        said = self.own_pages()
        for route, pattern in _addresses().items():
            if route.startswith(starts) and route not in LEAVES:
                given = arguments(route, pattern.pattern.converters, self.known)
                path = reverse(route.partition("/")[0], kwargs=given)
                said[route] = self._text(self.browser.get(path))
        for word in self.words:
            for way in ("search", "suggest"):
                answer = self.browser.post(reverse(f"departments:{way}"), {"q": word}, follow=True)
                # What was looked for stands in the box again.
                said[f"{way} {word}"] = self._text(answer).replace(word, "")
        return said

    def own_pages(self) -> dict[str, str]:
        return {
            f"{route} {uid}": self._text(self.browser.get(reverse(f"experts:{route}", args=[uid])))
            for uid in self.own
            for route in ("review", "recuse")
        }

    def _text(self, answer) -> str:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = f"{answer.status_code} {body.decode(errors='ignore')}"
        for pattern in NEW_EACH_TIME:
            text = re.sub(pattern, "", text)
        return text


# Where an answer could say that somebody else has marked.
WATCHED = ("experts:", "applications:", "calls:", "projects:", "departments:notifications", "api")
# Ends the walk's own session.
LEAVES = {"account_logout"}
NEW_EACH_TIME = (
    r'(csrf-token" content|csrfmiddlewaretoken" value|name="once" value|nonce)="[^"]*"',
    r"hx-headers=\S*",
    r"\d{4}-\d\d-\d\d \d\d:\d\d",
    r"\?s=[\w\-%=.:]+",
)
