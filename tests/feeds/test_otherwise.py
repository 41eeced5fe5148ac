"""The hospital's system says otherwise than the worker: both are shown, one is chosen, and it is recorded."""

import datetime as dt

import pytest

from cases.models.feeds import EpisodeFeed
from cases.models.people import Episode
from cases.services.feeds.saying import episode_keep, said_otherwise
from departments.audit import history
from msw_portal.kernel.errors import DomainError
from tests.factories import cases as make
from tests.feeds.conftest import facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(his, worker, ward, acting):
    """A stay on which the worker wrote bed 12, of which the system says bed 15; with an open case."""
    with acting(worker):
        client = make.make_client(worker, name="演示赵一", birth_date=dt.date(1990, 3, 7))
        stay = make.make_episode(
            client, worker, mrn="ZY1", ward=ward, bed="12", admitted_on=dt.date(2026, 11, 10)
        )
        case = make.make_case(worker, client=client, stage="intervention", episode=stay)
    his.put("ZY1", **facts(admitted_on="2026-11-10", bed="15"))
    return stay, case


def _hints(user, stay, acting) -> list[tuple[str, str, str]]:
    with acting(user):
        row = Episode.objects.select_related("ward", "feed", "client").get(pk=stay.pk)
        return [(one.fact, one.own, one.said) for one in said_otherwise([row])]


def _settle(client, stay, choice, at, fact="bed", **query):
    address = f"/cases/stays/{stay.uid}/{fact}/"
    return client.post(address, {"choice": choice, "at": at}, query_params=query, follow=True)


def _at(worker, stay, acting, fact="bed") -> str:
    with acting(worker):
        return EpisodeFeed.objects.get(episode=stay).said[fact][0]


def test_person_and_case_page_show_both_and_one_click_takes_over(told, worker, client_for, acting):
    stay, case = told
    one = client_for(worker)
    for page in (f"/cases/people/{stay.client.uid}/", f"/cases/{case.uid}/"):
        text = one.get(page).content.decode()
        assert "医院系统说的与这里记的不一样" in text
        assert "这里记的是 <b>12</b>，医院系统说是 <b>15</b>" in text
    done = _settle(one, stay, "take", _at(worker, stay, acting), case=str(case.uid))
    assert done.redirect_chain[-1][0] == f"/cases/{case.uid}/"
    assert "已按医院系统改。" in done.content.decode()
    assert _hints(worker, stay, acting) == []
    with acting(worker):
        assert Episode.objects.get(pk=stay.pk).bed == "15"
        assert "episode.take_over" in [entry.action for entry in history(stay.client)]


def test_what_is_kept_is_asked_again_only_when_the_system_says_something_else(
    told, his, worker, client_for, acting
):
    stay, _case = told
    at = _at(worker, stay, acting)
    done = _settle(client_for(worker), stay, "keep", at)
    assert done.redirect_chain[-1][0] == f"/cases/people/{stay.client.uid}/"
    assert _hints(worker, stay, acting) == []
    with acting(worker):
        with pytest.raises(DomainError, match="已经处理过"):
            episode_keep(stay=stay, fact="bed", at=at, by=worker)
    his.put("ZY1", **facts(source_time="2026-11-21T09:00:00+08:00", bed="16"))
    assert _hints(worker, stay, acting) == [("bed", "12", "16")]
    # The page still shows what was said before: nothing is taken that nobody saw.
    stale = _settle(client_for(worker), stay, "take", at)
    assert "医院系统刚刚又送来了新的内容" in stale.content.decode()
    assert _hints(worker, stay, acting) == [("bed", "12", "16")]


def test_of_another_hospital_it_is_not_there(told, other_worker, client_for):
    stay, _case = told
    assert _settle(client_for(other_worker), stay, "take", "x").status_code == 404
    assert _settle(client_for(other_worker), stay, "take", "x", fact="nothing").status_code == 404
