"""Questionnaires made in the browser: items, conditions, order, publication, the next version."""

import re

import pytest
from django.db import IntegrityError, transaction

from departments.models.mechanisms import Questionnaire
from msw_portal.kernel.errors import DomainError
from projects.services import questionnaires as services

pytestmark = pytest.mark.django_db
BASE = "/projects/surveys/questionnaires/"


def start(client):
    made = client.post(
        f"{BASE}new/", {"title": "培训需求", "kind": "survey", "licence": "本机构自编"}
    )
    assert made.status_code == 302
    return made["Location"]


def put(client, address, code="new", **typed):
    given = {"type": "choice", "text": "参加过培训吗", "options": "参加过\n没有"}
    return client.post(f"{address}items/{code}/", given | typed)


def codes(acting, user):
    with acting(user):
        return [one["code"] for one in Questionnaire.objects.latest("id").definition["items"]]


def test_a_questionnaire_is_written_ordered_published_and_then_frozen(head, client_for, acting):
    client = client_for(head)
    address = start(client)
    assert put(client, address).status_code == 302
    assert (
        put(
            client,
            address,
            type="many",
            text="想学什么",
            options="个案\n小组 = 5\n都不想 *",
            when="q1|1",
        ).status_code
        == 302
    )
    assert (
        put(
            client, address, type="number", text="工作几年", options="", least="0", most="50"
        ).status_code
        == 302
    )
    page = client.get(address).content.decode()
    assert "看第 1 题的回答才问" in page
    # The condition looks at an earlier item only.
    refused = client.post(f"{address}items/q2/move/", {"place": "1"})
    assert refused.status_code == 422
    assert "条件只能看前面的题。" in refused.content.decode()
    assert client.post(f"{address}items/q1/remove/").status_code == 422
    assert client.post(f"{address}items/q3/move/", {"place": "1"}).status_code == 302
    assert codes(acting, head) == ["q3", "q1", "q2"]
    # Of two who changed it the second sees both versions; with the newest it is saved, and values stay with words.
    words = "没有\n参加过\n记不清"
    assert put(client, address, "q1", options=words, _draft_base="1").status_code == 409
    page = client.get(f"{address}items/q1/").content.decode()
    base = re.search(r'name="_draft_base" value="(\d+)"', page)[1]
    assert put(client, address, "q1", options=words, _draft_base=base).status_code == 302
    assert client.post(f"{address}step/publish/").status_code == 302
    assert put(client, address).status_code == 422
    with acting(head):
        one = Questionnaire.objects.latest("id")
        assert [row["value"] for row in one.definition["options"]["o_q1"]] == [2, 1, 3]
        assert one.definition["options"]["o_q2"] == [
            {"value": 1, "zh": "个案"},
            {"value": 2, "zh": "小组", "score": 5},
            {"value": 3, "zh": "都不想", "is_alone": True},
        ]
        assert one.definition["items"][2]["when"] == {"item": "q1", "is": [1]}
        with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
            Questionnaire.objects.filter(pk=one.pk).update(title="改一改")
    copied = client.post(f"{address}step/copy/")
    assert copied["Location"] != address
    assert client.post(f"{copied['Location']}step/publish/").status_code == 302
    with acting(head):
        rows = Questionnaire.objects.filter(code=one.code).order_by("id")
        assert [(row.version, row.is_in_use) for row in rows] == [("1", False), ("2", True)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": ""}, "请填写这一项。"),
        ({"options": ""}, "请写选项，一行一个。"),
        ({"options": "有\n有"}, "有两个选项的文字一样。"),
        ({"type": "number", "options": "", "least": "9", "most": "1"}, "下限大于上限。"),
    ],
)
def test_a_wrong_item_is_refused_at_its_control_and_kept_as_typed(
    typed, sentence, head, client_for
):
    client = client_for(head)
    page = put(client, start(client), help="想一想再答", **typed)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert "想一想再答" in page.content.decode()


def test_a_closed_scale_is_not_copied_and_an_empty_one_not_published(
    head, worker, client_for, acting
):
    client = client_for(head)
    page = client.post(
        f"{BASE}new/", {"title": "Zarit 照顾者负担量表", "kind": "screen", "licence": "网上找的"}
    )
    assert page.status_code == 422
    assert "没有开放授权" in page.content.decode()
    address = start(client)
    assert "至少要有一题。" in client.post(f"{address}step/publish/").content.decode()
    assert client_for(worker).get(address).status_code == 404
    with acting(worker), pytest.raises(DomainError):
        services.questionnaire_begin(title="一", kind="survey", licence="自编", by=worker)
