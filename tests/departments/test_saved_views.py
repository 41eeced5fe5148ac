"""Saved views: one's own, of codes alone, at most twenty a list."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from departments.models.saved_views import SavedView
from departments.services.saved_views import conditions_of, saved_view_drop, saved_view_keep
from msw_portal.kernel.errors import DomainError

pytestmark = pytest.mark.django_db

KEEP, LIST = reverse("departments:view_keep"), reverse("cases:list")


def keep(by, name="我的重点", query="risk=high", list="cases") -> SavedView:
    return saved_view_keep(list=list, name=name, query=query, by=by)


def test_a_view_is_saved_from_the_list_shown_as_a_tab_and_dropped(worker, client_for):
    client = client_for(worker)
    answer = client.post(KEEP, {"list": "cases", "name": " 高 风险 ", "query": "risk=high&found=x"})
    assert answer["Location"] == f"{LIST}?risk=high"
    page = client.get(f"{LIST}?risk=high").content.decode()
    assert f'<a href="{LIST}?risk=high" aria-current="page">高 风险</a>' in page
    [drop] = re.findall(r'action="(/views/[^"]+/drop/)"', page)
    assert client.post(drop)["Location"] == LIST
    assert "高 风险" not in client.get(LIST).content.decode()


def test_the_same_name_is_overwritten(worker, acting):
    with acting(worker):
        keep(worker)
        keep(worker, query="risk=crisis")
        assert list(SavedView.objects.values_list("name", "query")) == [("我的重点", "risk=crisis")]


def test_a_view_is_the_persons_own(worker, worker2, acting, client_for):
    with acting(worker):
        view = keep(worker)
    with acting(worker2):
        # The wall alone, with Python's filter off.
        assert not SavedView.objects.filter(pk=view.pk).exists()
    drop = reverse("departments:view_drop", args=[view.uid])
    assert client_for(worker2).post(drop).status_code == 404
    assert "我的重点" not in client_for(worker2).get(LIST).content.decode()


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"name": " "}, "saved_view_has_name"),
        ({"query": "after=x&found=y"}, "saved_view.nothing"),
        ({"query": ""}, "saved_view.nothing"),
        ({"query": "query=" + "x" * 900}, "saved_view.too_long"),
        ({"query": "&".join(f"a{n}=1" for n in range(80))}, "saved_view.nothing"),
        ({"list": "people"}, "saved_view.list"),
    ],
)
def test_what_is_refused(given, rule, worker, acting):
    with acting(worker), pytest.raises(DomainError) as caught:
        keep(worker, **given)
    assert caught.value.rule == rule


def test_twenty_views_a_list(worker, acting):
    with acting(worker):
        for n in range(20):
            keep(worker, name=f"视图{n}")
        keep(worker, name="视图0", query="risk=low")
        keep(worker, name="视图20", list="referrals")
        with pytest.raises(DomainError) as caught:
            keep(worker, name="视图20")
        assert caught.value.rule == "saved_view.too_many"
        saved_view_drop(view=SavedView.objects.get(name="视图1"), by=worker)
        keep(worker, name="视图20")


def test_a_refused_name_keeps_the_conditions(worker, client_for):
    answer = client_for(worker).post(KEEP, {"list": "cases", "name": "", "query": "risk=high"})
    assert answer.status_code == 422
    assert 'value="risk=high"' in answer.content.decode()
    assert "请给视图起个名称" in answer.content.decode()


def test_the_database_keeps_names_apart(worker, acting):
    with acting(worker):
        keep(worker)
        with pytest.raises(IntegrityError, match="saved_view_once"), transaction.atomic():
            SavedView(
                user=worker,
                organization_id=worker.house_id,
                list="cases",
                name="我的重点",
                query="risk=low",
            ).save(force_insert=True)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?risk=high&risk=crisis&after=abc", "risk=high&risk=crisis"),
        ("q=%E5%BC%A0&s=x&query=%E7%8A%B6", "query=%E7%8A%B6"),
    ],
)
def test_only_conditions_are_kept(query, kept):
    assert conditions_of(query) == kept
