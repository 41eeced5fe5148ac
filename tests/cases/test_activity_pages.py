"""Work without a case in pages: bed by bed, through the search to a case, people and contacts apart."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.activities import Activity
from cases.services.people import index_client
from tests.cases.pages import hidden, queries, text_of
from tests.cases.test_activities import visit
from tests.factories.cases import make_client

pytestmark = pytest.mark.django_db


def test_a_visit_is_written_down_bed_by_bed(worker, ward, client_for, acting):
    client = client_for(worker)
    where = reverse("cases:activity_new", args=["ward_visit"])
    form = {
        "occurred_on": f"{timezone.localdate():%Y年%m月%d日}",
        "minutes": "４０",
        "ward": str(ward.uid),
        "row": ["0", "1", "2"],
        "line0-bed": "12",
        "line0-action": "support",
        "line2-bed": "16",
        "line2-need": "financial",
        "line2-action": "to_case",
    }
    broken = client.post(where, {**form, "line0-action": ""})
    assert (broken.status_code, "第 1 床有需要改的地方。" in text_of(broken)) == (422, True)
    assert 'value="16"' in broken.content.decode()
    done = client.post(where, form)
    assert done.status_code == 302
    with acting(worker):
        made = Activity.objects.get()
        assert (made.persons, made.person_times, made.minutes) == (2, 2, 40)
    page = client.get(done["Location"]).content.decode()
    assert page.count("转个案</a>") == 2


def test_a_line_goes_through_the_search_to_its_case(worker, ward, client_for, acting):
    with acting(worker):
        line = visit(worker, ward).lines.get(bed="16")
        person = make_client(worker, name="张桂芳")
        index_client(person)
    client = client_for(worker)
    found = client.post(f"{reverse('cases:search')}?line={line.uid}", {"name": "张桂芳"})
    way = f"{reverse('cases:open', args=[person.uid])}?line={line.uid}"
    assert way in found.content.decode()
    page = client.get(way)
    assert "押金交不上" in page.content.decode()
    sent = client.post(
        way,
        {
            "once": hidden(page, "once"),
            "source": "outreach",
            "presenting_problem": "押金交不上",
            "risk_level": "low",
            "priority": "normal",
        },
    )
    assert sent.status_code == 302
    with acting(worker):
        line.refresh_from_db()
        assert line.promoted_case is not None and line.client == person


def test_a_line_of_another_house_opens_nothing(worker, other_worker, ward, client_for, acting):
    with acting(worker):
        line = visit(worker, ward).lines.first()
    with acting(other_worker):
        person = make_client(other_worker)
    way = f"{reverse('cases:open', args=[person.uid])}?line={line.uid}"
    assert client_for(other_worker).get(way).status_code == 404


def test_the_list_of_work_counts_people_and_contacts_apart(worker, ward, client_for, acting):
    counts, client = [], client_for(worker)
    for number in (1, 2):
        with acting(worker):
            for _n in range(number):
                visit(worker, ward)
        counts.append(queries(client, reverse("cases:activities")))
    page = client.get(reverse("cases:activities"))
    said = text_of(page)
    assert counts[0] == counts[1]
    assert (page.context["total"]["persons"], page.context["total"]["person_times"]) == (6, 9)
    assert "人次" in said and "跨次不去重" in said


@pytest.mark.parametrize("query", ["month=0000-13", "kind=x", "after=x", "month=2099-12", "mine=1"])
def test_the_list_of_work_understands_or_ignores_what_it_is_asked(query, worker, client_for):
    assert client_for(worker).get(f"{reverse('cases:activities')}?{query}").status_code == 200


def test_the_draft_of_a_visit_is_kept(worker, client_for):
    client = client_for(worker)
    where = reverse("cases:activity_new", args=["ward_visit"])
    draft = reverse("departments:draft", args=["cases-activity-ward_visit"])
    kept = client.post(
        draft, {"minutes": "25", "row": ["0"], "line0-bed": "9"}, headers={"HX-Request": "true"}
    )
    assert kept.status_code in {200, 204}
    page = client.get(where).content.decode()
    assert 'value="25"' in page and 'value="9"' in page
