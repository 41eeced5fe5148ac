"""Every address of experts and reviews, walked by whoever has a part in a call and by who has none."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models.consents import Disclosure
from projects.models.applications import Application, ApplicationParty
from projects.models.experts import Appointment, Conflict, ExpertProfile
from projects.models.reviews import AssignmentRun, OutcomeLetter, Panel, Review
from projects.services.experts import appointment_make
from projects.services.letters import letters_send, letters_write
from projects.services.panels import panel_plan
from projects.services.results import call_rank
from projects.services.selecting import selection_propose
from tests.conftest import sign_in
from tests.factories.donations import as_person
from tests.factories.reviews import make_member
from tests.projects.test_reviews import given_out, mark

pytestmark = pytest.mark.django_db
DESK = (
    *("plan", "formality", "conflicts", "runs", "progress", "ranking", "ranking_file", "panels"),
    *("selection", "letters_desk", "notice", "call"),
)


def status(person, name, *args) -> int:
    return sign_in(Client(), person).get(reverse(f"experts:{name}", args=args)).status_code


@pytest.fixture
def reviewed(batch):
    """Ranked, placed, with letters written but not sent; one panel planned, one expert appointed."""
    given_out(batch)
    best = {row.pk: points for row, points in zip(batch.rows, (15, 12, 9, 6), strict=True)}
    mark(batch, marks=lambda review, number: {"need": best[review.application_id]})
    with as_person(batch.desk) as by:
        call_rank(call=batch.call, by=by)
        batch.panel = panel_plan(
            call=batch.call, on=batch.plan.opens_on, place="演示会议室", chair=None, by=by
        )
        selection_propose(call=batch.call, by=by)
        letters_write(call=batch.call, by=by)
        today = batch.plan.opens_on
        batch.term = appointment_make(
            expert=batch.experts[0],
            body="寻找最美医务社工专家委员会",
            post="委员",
            since=today,
            until=today.replace(year=today.year + 2),
            by=by,
        )
        batch.run = AssignmentRun.objects.get()
        batch.review = Review.objects.filter(expert=batch.experts[1]).first()
        batch.letter = OutcomeLetter.objects.filter(application=batch.rows[0]).get()
        batch.sheet = batch.plan.sheet
    return batch


def test_the_desk_opens_every_page_and_nobody_else_does(
    reviewed, head, other_head, worker, officer, client, authority
):
    expert = reviewed.experts[1].user
    applicant = make_member(reviewed.rows[0].organization, "applicant", "applicant")
    pages = [(name, reviewed.call.uid) for name in DESK]
    pages += [
        *(("list",), ("expert_new",), ("calls",), ("sheets",)),
        ("expert", reviewed.experts[0].uid),
        ("expert_edit", reviewed.experts[0].uid),
        ("sheet", reviewed.sheet.uid),
        ("check", reviewed.rows[0].uid),
        ("run", reviewed.run.uid),
        ("desk_review", reviewed.review.uid),
        ("why", reviewed.rows[0].uid),
        ("place", reviewed.rows[0].uid),
        ("panel", reviewed.panel.uid),
        ("term_paper", reviewed.term.uid),
        ("letter", reviewed.letter.uid),
        ("letter_file", reviewed.letter.uid),
    ]
    desk = sign_in(Client(), authority)
    for name, *args in pages:
        found = desk.get(reverse(f"experts:{name}", args=args))
        assert (name, found.status_code) == (name, 200)
    for person in (head, other_head, worker, expert, applicant):
        outside = sign_in(Client(), person)
        for name, *args in pages:
            found = outside.get(reverse(f"experts:{name}", args=args))
            assert (person.username, name, found.status_code) == (person.username, name, 404)
    # Another house that runs calls finds its own empty desk, and nothing of this one.
    other = sign_in(Client(), officer)
    for name, *args in pages:
        found = other.get(reverse(f"experts:{name}", args=args))
        assert (name, found.status_code) == (name, 404 if args else 200)
        assert reviewed.experts[0].user.display_name not in found.content.decode(errors="ignore")
    for name, *args in pages:
        assert client.get(reverse(f"experts:{name}", args=args)).status_code == 302
    assert status(authority, "mine") == 404


def test_a_letter_is_the_units_from_its_sending_on(reviewed, head, other_head, worker):
    one = reviewed.letter.uid
    assert status(head, "letter", one) == 404
    own = reverse("applications:application", args=[reviewed.rows[0].uid])
    pages = (own, reverse("applications:list"))

    def said() -> list[bool]:
        browser = sign_in(Client(), head)
        texts = [browser.get(page).content.decode() for page in pages]
        # The course names every place on the way; where the application stands is said in the head.
        return [
            "拟入选" in texts[0].partition("<h1")[2].partition("</h1>")[0],
            "拟入选" in texts[1],
        ]

    assert said() == [False, False]
    with as_person(reviewed.desk) as by:
        assert letters_send(call=reviewed.call, by=by) == 4
    assert [status(person, "letter", one) for person in (head, other_head)] == [200, 404]
    assert said() == [True, True]
    assert status(head, "letter_file", one) == 200
    assert status(head, "letters") == 200
    with as_person(reviewed.desk):
        assert OutcomeLetter.objects.get(uid=one).read_at is not None


def test_before_sending_an_expert_learns_nothing_of_another(batch):
    """By page, file, search, notice or any row the expert's transaction can read."""
    given_out(batch)
    mark(batch, only={2}, comment="第二位专家的评语写在这里。")
    first, second = batch.experts[1].user, batch.experts[2].user
    with as_person(batch.desk):
        common = set(
            Review.objects.filter(expert=batch.experts[1]).values_list("application", flat=True)
        ) & set(
            Review.objects.filter(expert=batch.experts[2]).values_list("application", flat=True)
        )
        others = list(Review.objects.exclude(expert=batch.experts[1]).values_list("uid", flat=True))
        own = list(Review.objects.filter(expert=batch.experts[1]).values_list("uid", flat=True))
    assert common
    browser = sign_in(Client(), first)
    for uid in others:
        for name in ("review", "desk_review"):
            assert browser.get(reverse(f"experts:{name}", args=[uid])).status_code == 404
    pages = [reverse("experts:mine"), reverse("experts:profile"), "/start/", "/notifications/"]
    pages += [reverse("experts:review", args=[uid]) for uid in own]
    for address in pages:
        said = browser.get(address, follow=True).content.decode()
        for word in (second.display_name, "第二位专家的评语"):
            assert (address, word, word in said) == (address, word, False)
    found = browser.post("/search/", {"q": second.display_name}, follow=True)
    assert "第二位专家的评语" not in found.content.decode()
    with as_person(first) as by:
        assert Review.objects.exclude(expert_user_id=by.pk).count() == 0
        assert ExpertProfile.objects.exclude(user_id=by.pk).count() == 0
        assert Conflict.objects.exclude(user_id=by.pk).count() == 0
        assert Disclosure.objects.exclude(recipient_user_id=by.pk).count() == 0
        for model in (Application, AssignmentRun, Panel, OutcomeLetter, Appointment):
            assert model.objects.count() == 0


def seated_chair(batch):
    """The chair of the desk is in the bank too, and has declared a part in the first application."""
    chair = make_member(batch.desk.membership.organization, "chair", "authority_officer")
    with as_person(batch.desk) as by:
        expert = ExpertProfile(
            organization_id=by.house_id,
            user=chair,
            employer_text="演示学院",
            is_available=False,
            grade="senior",
            created_by=by,
        )
        expert.save(force_insert=True)
        Conflict.objects.create(
            organization_id=by.house_id,
            application=batch.rows[0],
            expert=expert,
            user=chair,
            kind="co_application",
            is_computed=False,
        )
    return chair


def test_a_chair_who_applied_exports_all_but_the_own_application(reviewed):
    chair = seated_chair(reviewed)
    browser = sign_in(Client(), chair)
    said = browser.get(reverse("experts:ranking_file", args=[reviewed.call.uid])).content.decode()
    titles = [row.title for row in reviewed.rows]
    assert [title in said for title in titles] == [False, True, True, True]
    for name in ("why", "check", "place"):
        found = browser.get(reverse(f"experts:{name}", args=[reviewed.rows[0].uid]))
        assert (name, found.status_code) == (name, 404)
    for name in ("ranking", "selection", "run", "progress", "letters_desk", "formality"):
        uid = reviewed.run.uid if name == "run" else reviewed.call.uid
        said = browser.get(reverse(f"experts:{name}", args=[uid])).content.decode()
        assert (name, titles[0] in said, titles[2] in said) == (name, False, True)
    own = reviewed.letter.uid
    assert browser.get(reverse("experts:letter", args=[own])).status_code == 404


STAGES = ("handed_in", "given_out", "marked", "ranked", "told")
# Who gets the pages of an application and its review at which stage; whoever is not named never does.
UNIT_AND_DESK = {stage: {"applicant", "desk"} for stage in STAGES}
DESK_ONLY = {stage: {"desk"} for stage in STAGES}
REACHED = {
    ("applications", "application"): UNIT_AND_DESK,
    ("applications", "preview"): UNIT_AND_DESK,
    ("experts", "check"): DESK_ONLY,
    # There is nothing to explain before there are marks.
    ("experts", "why"): DESK_ONLY | {"handed_in": set(), "given_out": set()},
    ("experts", "place"): DESK_ONLY,
}
# The copy of the application that its co-applicant was given; it never says what the desk has placed.
COPY = ("applications", "invitation")


def test_who_reaches_an_application_and_its_review_at_every_stage(
    batch,
    head,
    other_head,
    officer,
):
    row = batch.rows[0]
    people = {
        "applicant": head,
        "other_applicant": other_head,
        "expert": batch.experts[2].user,
        "other_expert": batch.experts[0].user,
        "co_applicant": batch.co_applicant,
        "desk": batch.desk,
        "chair": seated_chair(batch),
        "foundation": officer,
        "public": None,
    }
    clients = {name: sign_in(Client(), one) if one else Client() for name, one in people.items()}

    def reached(app, name, uid):
        address = reverse(f"{app}:{name}", args=[uid])
        found = {who: client.get(address).status_code for who, client in clients.items()}
        assert found.pop("public") == 302
        assert set(found.values()) <= {200, 404}
        return {who for who, status in found.items() if status == 200}

    with as_person(batch.co_applicant):
        copy = ApplicationParty.objects.get(partner=batch.co_applicant.membership.organization)
    foreign = batch.rows[2]
    desk_page = reverse("public:house", args=[batch.desk.membership.organization.uid])

    def table(stage):
        for (app, name), stages in REACHED.items():
            assert (stage, name, reached(app, name, row.uid)) == (stage, name, stages[stage])
            # Of an application in which the chair has no part it sees what the desk sees.
            theirs = reached(app, name, foreign.uid)
            assert (stage, name, "chair" in theirs) == (stage, name, "desk" in theirs)
        assert (stage, reached(*COPY, copy.uid)) == (stage, {"co_applicant"})
        for page in (reverse("public:index"), desk_page, reverse("call_public:list")):
            text = clients["public"].get(page).content.decode()
            assert (stage, page, row.title in text) == (stage, page, False)
        said = clients["co_applicant"].get(reverse("applications:invitation", args=[copy.uid]))
        for word in ("拟入选", "候补", "未入选", "名次", "平均分"):
            assert (stage, word, word in said.content.decode()) == (stage, word, False)

    table("handed_in")
    given_out(batch)
    table("given_out")
    with as_person(batch.desk):
        review = Review.objects.filter(application=row, expert=batch.experts[2]).first()
        review = review or Review.objects.filter(expert=batch.experts[2]).first()
    assert reached("experts", "review", review.uid) == {"expert"}
    # The review may be of another application than the one the chair has a part in.
    chairs = set() if review.application_id == row.pk else {"chair"}
    assert reached("experts", "desk_review", review.uid) == {"desk"} | chairs
    best = {one.pk: points for one, points in zip(batch.rows, (15, 12, 9, 6), strict=True)}
    mark(batch, marks=lambda review, number: {"need": best[review.application_id]})
    table("marked")
    assert reached("experts", "review", review.uid) == {"expert"}
    with as_person(batch.desk) as by:
        call_rank(call=batch.call, by=by)
        selection_propose(call=batch.call, by=by)
    table("ranked")
    with as_person(batch.desk) as by:
        letters_write(call=batch.call, by=by)
        letter = OutcomeLetter.objects.get(application=row)
    assert reached("experts", "letter", letter.uid) == {"desk"}
    with as_person(batch.desk) as by:
        letters_send(call=batch.call, by=by)
    table("told")
    assert reached("experts", "letter", letter.uid) == {"applicant", "desk"}
