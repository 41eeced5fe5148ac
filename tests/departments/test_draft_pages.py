"""Drafts as their writer meets them: the way back, thrown away, and a form that opens as it stood."""

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone

from departments.models.mechanisms import Draft
from departments.services.drafts import draft_find, initial_of
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
DAY = reverse("cases:panel_my_day")
PORTAL = "http://testserver"


def test_the_way_back_is_the_page_with_its_choices(worker, client_for):
    client, draft = client_for(worker), reverse("departments:draft", args=["cases-activity-phone"])
    page = reverse("cases:activity_new", args=["phone"]) + "?from=list"
    client.post(draft, {"topic": "一"}, HTTP_REFERER=PORTAL + page + "#x")
    shown = client.get(DAY)
    assert f'href="{page}"' in shown.content.decode()
    assert "探访与咨询" in text_of(shown)


@pytest.mark.parametrize(
    "address", ["", "nowhere", "https://evil.example//evil.example/", f"{PORTAL}/drafts/x/"]
)
def test_another_address_is_not_led_back_to(worker, client_for, address):
    client, draft = client_for(worker), reverse("departments:draft", args=["cases-activity-phone"])
    client.post(draft, {"topic": "一"}, HTTP_REFERER=address)
    own = reverse("cases:activity_new", args=["phone"])
    assert f'href="{own}"' in client.get(DAY).content.decode()
    assert "evil" not in client.get(DAY).content.decode()


def test_a_writer_throws_a_draft_away_and_nobody_elses(worker, worker2, client_for, acting):
    for user in (worker, worker2):
        client_for(user).post(reverse("departments:draft", args=["cases-register"]), {"name": "甲"})
    client = client_for(worker)
    drop = reverse("departments:draft_discard", args=["cases-register"])
    assert drop in client.get(DAY).content.decode()
    assert client.post(drop)["Location"] == reverse("departments:workbench") + "#my-day"
    assert client.post(drop).status_code == 302
    with acting(worker):
        assert Draft.objects.visible_to(worker).count() == 0
    with acting(worker2):
        assert Draft.objects.visible_to(worker2).count() == 1


def test_a_tick_taken_away_stays_away_and_what_cannot_be_typed_stays(worker, client_for):
    client, page = client_for(worker), reverse("departments:notification_settings")
    fresh = client.get(page).context["form"]
    ticked = [name for name in fresh.fields if name.startswith("page_") and fresh[name].value()]
    fixed = {name for name in ticked if fresh.fields[name].disabled}
    assert fixed and set(ticked) - fixed
    client.post(reverse("departments:draft", args=["departments-notices"]), {"digest": "07:00"})
    form = client.get(page).context["form"]
    assert {name for name in ticked if form[name].value()} == fixed
    assert form["once"].value()


def test_an_ended_session_keeps_page_and_version_with_what_was_typed(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker)
    client, place = client_for(worker), {"form": "cases-plan", "subject_uid": case.uid}
    session = client.session
    ago = django_settings.SESSION_IDLE_SECONDS + 1
    session["seen_at"] = int(timezone.now().timestamp()) - ago
    session.save()
    page = reverse("cases:plan_new", args=[case.uid])
    typed = {
        "aim": "写了一半",
        "_draft": reverse("departments:draft", args=["cases-plan", case.uid]),
        "_draft_base": "3",
    }
    client.post(page, typed, HTTP_REFERER=f"{PORTAL}{page}?step=2")
    with acting(worker):
        kept = draft_find(**place, by=worker)
        assert (kept.base_version, kept.payload["page"]) == (3, f"{page}?step=2")
        assert initial_of(kept) == {"aim": "写了一半"}
