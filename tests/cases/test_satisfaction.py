"""Satisfaction that people give themselves, without a name; pictures of a session; who stands behind a number."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cases.models.satisfaction import SatisfactionMark
from cases.services.groups import photos, summing
from cases.services.satisfaction import (
    asked_at,
    given_for,
    mark_give,
    satisfaction_code_create,
    satisfaction_code_of,
)
from departments.models.mechanisms import Document
from msw_portal.kernel.errors import DomainError
from tests.cases.pages import text_of
from tests.cases.test_groups import counted
from tests.factories import cases as make
from tests.factories.groups import make_event, make_group, make_member, make_session

pytestmark = pytest.mark.django_db


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    return SimpleUploadedFile("合影.png", out.getvalue(), "image/png")


def test_members_answer_on_their_phones_and_the_summary_counts_them(
    worker, worker2, other_worker, acting, client_for, refuses
):
    with acting(worker):
        group = make_group(worker, stage="ending")
        joined = [make_member(group, worker) for _n in range(3)]
    page = reverse("cases:satisfaction", args=["group", group.uid])
    assert [client_for(one).get(page).status_code for one in (worker, worker2, other_worker)] == [
        200,
        404,
        404,
    ]
    made = client_for(worker).post(reverse("cases:satisfaction_new", args=["group", group.uid]))
    token = made.context["address"].rstrip("/").rpartition("/")[2]
    phone, address = Client(), reverse("doors:satisfaction", args=[token])
    assert group.name in text_of(phone.get(address))
    empty = phone.post(address, {"words": "很好"})
    assert (empty.status_code, "请选择一项。" in text_of(empty), "很好" in text_of(empty)) == (
        422,
        True,
        True,
    )
    thanks = phone.post(address, {"mark": "5", "words": "有人听我说"})
    assert (thanks.status_code, "没有记下您是谁" in text_of(thanks)) == (200, True)
    assert phone.post(address, {"mark": "4"}).status_code == 200
    assert phone.post(address, {"mark": "9"}).status_code == 422
    with acting(worker):
        given = given_for(group)
        assert (given.count, str(given.mean), given.words) == (2, "4.50", ["有人听我说"])
        row = SatisfactionMark.objects.filter(group=group).first()
        assert (row.created_by, row.given_on) == (None, timezone.localdate())
        assert counted(group).satisfied_count == 0  # what the caller has not read is not counted
        facts = {"spent": {}, "aims_met": "达到", "reflection": "好", "group": group, "by": worker}
        marks = {joined[0].uid: 3, joined[1].uid: 3}
        with refuses("group.more_marks_than_members", f"satisfaction-{joined[0].uid}"):
            summing.group_summarize(satisfactions=marks, **facts)
        group = summing.group_summarize(satisfactions={joined[0].uid: 3}, **facts)
        with refuses("satisfaction.not_open", status=409):
            satisfaction_code_create(subject=group, by=worker)
    assert "4.00" in text_of(client_for(worker).get(reverse("cases:group", args=[group.uid])))
    assert (asked_at(token), mark_give(token=token, mark=5)) == (None, None)
    assert phone.get(address).status_code == 404


def test_no_more_answers_than_people_and_a_new_code_ends_the_old(worker, acting, client_for):
    with acting(worker):
        activity = make_event(worker, state="held", persons=1, person_times=1, summary={})
        old = satisfaction_code_create(subject=activity, by=worker).token
        token = satisfaction_code_create(subject=activity, by=worker).token
    assert mark_give(token=old, mark=5) is None
    assert mark_give(token=token, mark=4) is not None
    with pytest.raises(DomainError) as caught:
        mark_give(token=token, mark=5)
    assert caught.value.rule == "satisfaction.full"
    client = client_for(worker)
    form = client.get(reverse("cases:event_summary", args=[activity.uid])).context["form"]
    assert [str(form[name].value()) for name in ("satisfaction", "satisfied_count")] == [
        "4.00",
        "1",
    ]
    none = client.post(
        reverse("cases:event_summary", args=[activity.uid]), {"objectives_met": "达到"}
    )
    assert "已有 1 人自己填过满意度，份数不能比它少。" in text_of(none)
    end = reverse("cases:satisfaction_end", args=["activity", activity.uid])
    assert client.post(end).status_code == 302
    with acting(worker):
        assert satisfaction_code_of(subject=activity) is None


def test_a_picture_needs_the_consent_of_everybody_in_it(
    worker, worker2, other_worker, acting, client_for, refuses
):
    with acting(worker):
        group = make_group(worker, stage="working")
        held = {"state": "held", "record": {"flow": "x"}, "attainment": 4}
        session = make_session(group, worker, recorded_at=timezone.now(), **held)
        ahead = make_session(group, worker, 2)
        with refuses("group_photo.not_held", status=409):
            photos.photo_add(session=ahead, file=picture(), is_agreed=True, by=worker)
    client, page = client_for(worker), reverse("cases:group_photo_new", args=[session.uid])
    refused = client.post(page, {"file": picture()})
    assert (refused.status_code, "未成年人由监护人同意" in text_of(refused)) == (422, True)
    paper = SimpleUploadedFile("a.docx", b"PK", "application/zip")
    assert client.post(page, {"file": paper, "is_agreed": "on"}).status_code == 422
    assert client.post(page, {"file": picture(), "is_agreed": "on"}).status_code == 302
    with acting(worker):
        photo = Document.objects.get(kind="group_photo")
    view, remove = (
        reverse(f"cases:group_photo_{name}", args=[photo.uid]) for name in ("view", "remove")
    )
    assert "合影.png" in text_of(client.get(reverse("cases:group_session", args=[session.uid])))
    shown = client.get(view)
    assert shown.status_code == 200
    assert client.get(shown.context["pages"][0]["url"]).status_code == 200
    assert client.get(reverse("cases:group_photo", args=[photo.uid])).status_code == 200
    assert {client_for(one).get(view).status_code for one in (worker2, other_worker)} == {404}
    assert client.post(remove, {"reason": ""}).status_code == 422
    assert client.post(remove, {"reason": "asked"}).status_code == 302
    assert client.get(view).status_code == 404


def test_a_number_of_persons_opens_to_persons(worker, worker2, acting, client_for):
    with acting(worker):
        group = make_group(worker, stage="working")
        known = make_member(group, worker, client=make.make_client(worker, name="演示母亲"))
        other = make_member(group, worker, "向日葵")
        held = {"state": "held", "record": {"flow": "x"}, "attainment": 4}
        for number in (1, 2):
            session = make_session(group, worker, number, recorded_at=timezone.now(), **held)
            own = {"session": session, "organization_id": worker.house_id, "created_by": worker}
            session.attendances.create(member=known, presence="present", **own)
            if number == 1:
                session.attendances.create(member=other, presence="late", **own)
    figures = client_for(worker).get(reverse("cases:work_figures"))
    sheet = figures.context["sheets"][0]
    assert (sheet["sheet"].total.persons, sheet["sheet"].total.person_times) == (2, 3)
    rows = client_for(worker).get(sheet["all_persons_url"])
    assert [one.times for one in rows.context["persons"]] == [2, 1]
    assert "向日葵" in text_of(rows)
    foreign = text_of(client_for(worker2).get(sheet["all_persons_url"]))
    assert ("向日葵" in foreign, "第 2 人" in foreign) == (False, True)
