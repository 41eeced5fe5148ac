"""Records that may be one person: found by what has changed, put aside for good, shown to who may know."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models.duplicates import ComparedUpTo, DuplicatePair
from cases.models.people import Client, Episode
from cases.services.clients import client_amend
from cases.services.duplicates import (
    duplicate_dismiss,
    duplicate_reopen,
    duplicate_report,
    duplicates_find,
    pairs_open,
)
from cases.services.my_day import panel
from departments.audit import history
from departments.models.organizations import Department
from departments.services.entering import house_scope
from msw_portal.kernel.identifiers import id_check_digit
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
CHILD = dt.date(2019, 3, 5)
WHY = "身份证已核对，是堂姐妹"


def card(born="20190305", order="002"):
    head = f"110101{born}{order}"
    return head + id_check_digit(head)


@pytest.fixture
def compare():
    """Everything that has changed up to now; how many new pairs.

    Of `house` from the beginning: what a test changes bears the time when its one transaction began.
    """

    def run(house=None):
        if house is not None:
            with house_scope(house, care=True):
                ComparedUpTo.objects.all().delete()
        return sum(one.pairs for one in duplicates_find(settled=dt.timedelta()))

    return run


def ward_of(by, kind="ward"):
    return Department.objects.get(organization_id=by.house_id, kind=kind)


def lay_in(by, *wards, **given):
    """A person who lay in these wards."""
    client = make.make_client(by, **given)
    for ward in wards:
        make.make_episode(client, by, ward=ward)
    return client


def reasons_of(*people):
    """Score and reasons of the pair of two records; None without one."""
    first, second = sorted(one.pk for one in people)
    pair = DuplicatePair.objects.filter(first_id=first, second_id=second).first()
    return pair and (pair.score, pair.reasons)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        # The same number under another kind of document, and in its old form of 15 digits.
        (
            {"name": "演示甲", "id_type": "id", "id_no": card("19800501")},
            {"name": "王小红", "id_type": "birth_certificate", "id_no": card("19800501").lower()},
            (100, ["id_no", "birth"]),
        ),
        ({"name": "演示丽"}, {"name": "演示丽"}, (90, ["name", "birth"])),
        ({"name": "张演示"}, {"name": "章演示"}, (80, ["sound", "birth"])),
        # Simplified and traditional, with a middle dot: one name.
        ({"name": "迪丽·演"}, {"name": "迪麗演"}, (90, ["name", "birth"])),
        (
            {"name": "演示丽", "phone": "13800138000"},
            {"name": "演示丽", "phone": "13800138000", "birth_date": None, "birth_unknown": True},
            None,
        ),
        # A telephone and a birthday: two children of one ward, not one.
        (
            {"name": "演示丽", "phone": "13800138000"},
            {"name": "王小红", "phone": "13800138000"},
            None,
        ),
        # Both have a number, and it is not the same.
        (
            {"name": "演示丽", "id_type": "id", "id_no": card("19800501")},
            {"name": "演示丽", "id_type": "id", "id_no": card("19800501", "004")},
            None,
        ),
        ({"name": "无名氏"}, {"name": "无名氏"}, None),
        ({"name": "演示丽"}, {"name": "演示丽", "birth_date": CHILD}, None),
    ],
)
def test_two_records_are_compared_by_document_name_and_birth(
    worker, head, acting, compare, one, other, found
):
    with acting(worker):
        people = make.make_client(worker, **one), make.make_client(worker, **other)
    assert compare() == (found is not None)
    with acting(head):
        assert reasons_of(*people) == found


@pytest.mark.parametrize(
    ("name", "given", "found"),
    [
        ("演示丽华", {}, (70, ["name", "ward"])),
        ("演示莉华", {}, (60, ["sound", "ward"])),
        ("演示春华", {}, (50, ["one_character", "ward"])),
        ("演示春江", {}, None),
        ("演示丽华", {"birth_date": CHILD}, None),
        ("演示春华", {"sex": "1"}, None),
    ],
)
def test_a_similar_name_counts_in_the_same_ward(worker, acting, compare, name, given, found):
    unknown = {"birth_date": None, "birth_unknown": True}
    with acting(worker):
        ward, elsewhere = ward_of(worker), ward_of(worker, "msw")
        old = lay_in(worker, ward, elsewhere, name="演示丽华")
        new = lay_in(worker, ward, name=name, **({} if "birth_date" in given else unknown) | given)
        lay_in(worker, name="演示丽华", **unknown)
    assert compare() == (found is not None)
    with acting(worker):
        assert reasons_of(old, new) == found


def test_what_comes_later_is_compared_and_what_is_corrected_leaves_the_desk(
    worker, head, acting, compare
):
    with acting(worker):
        ward = ward_of(worker)
        old = lay_in(worker, ward, name="演示丽华")
        new = make.make_client(worker, name="演示莉华", birth_date=None, birth_unknown=True)
    assert (compare(), compare()) == (0, 0)
    with acting(worker):
        # Only the stay is new; the person's own row has not changed.
        make.make_episode(new, worker, ward=ward)
    assert compare() == 1
    with acting(worker):
        client_amend(client=new, name="王小红", by=worker)
    assert compare(new.organization_id) == 0
    with acting(head):
        assert not pairs_open(head).exists()
        assert reasons_of(old, new) is None
        mark = ComparedUpTo.objects.get()
        assert mark.episodes_id == Episode.objects.latest("id").pk


def test_batches_go_on_where_they_stopped(worker, head, acting, monkeypatch):
    monkeypatch.setattr("cases.services.duplicates.BATCH", 2)
    with acting(worker):
        for _n in range(5):
            make.make_client(worker, name="演示丽")
    done = duplicates_find(organization_id=head.membership.organization_id, settled=dt.timedelta())
    assert [(one.records, one.pairs) for one in done] == [(5, 10)]
    # Nobody is passed over whose transaction may still commit.
    with acting(worker):
        make.make_client(worker, name="演示丽")
    assert [one.records for one in duplicates_find() if one.records] == []


def test_a_pair_put_aside_does_not_come_back(worker, head, acting, compare, refuses):
    with acting(worker):
        one, other = (make.make_client(worker, name="演示丽") for _n in range(2))
    compare()
    with acting(head):
        pair = pairs_open(head).get()
        with refuses("duplicate.needs_reason", "reason"):
            duplicate_dismiss(pair=pair, reason="不是", by=head)
        duplicate_dismiss(pair=pair, reason=WHY, by=head)
        assert [event.action for event in history(pair)] == ["duplicate.dismiss"]
    with acting(worker):
        client_amend(client=other, address="北京市东城区某街 1 号", by=worker)
    assert compare(other.organization_id) == 0
    with acting(worker):
        # A third record of one of the two is merged into it: what was said of the two still holds.
        third = make.make_client(worker, name="演示丽", birth_date=None, birth_unknown=True)
        Client.objects.filter(pk=one.pk).update(root=third.pk)
        Client.objects.filter(pk=third.pk).update(address=None)
    assert compare(other.organization_id) == 0
    with acting(head):
        pair.refresh_from_db()
        assert (pair.state, pair.decided_by_id, pair.decided_reason) == ("dismissed", head.pk, WHY)
        Client.objects.filter(pk=one.pk).update(root=one.pk)
        duplicate_reopen(pair=pair, reason="核对有误，再看一次", by=head)
        assert pairs_open(head).get() == pair


def test_a_colleague_reports_and_a_leader_decides(worker, supervisor, acting, refuses):
    with acting(worker):
        person = make.make_client(worker, name="演示丽")
        nobody = make.make_client(
            worker, name="无名氏", is_unidentified=True, birth_date=None, birth_unknown=True
        )
        make.make_episode(nobody, worker, mrn="W1")
        with refuses("household.not_found", "who"):
            duplicate_report(client=person, who="Z9", note="苏醒后说出姓名", by=worker)
        with refuses("duplicate.needs_reason", "note"):
            duplicate_report(client=person, who="W1", note="同", by=worker)
        with refuses("duplicate.same_record", "who"):
            duplicate_report(client=nobody, who="W1", note="苏醒后说出姓名", by=worker)
        pair = duplicate_report(client=person, who="w 1", note="苏醒后说出姓名", by=worker)
        assert (pair.score, pair.reasons, pair.note) == (0, ["reported"], "苏醒后说出姓名")
        assert not pairs_open(worker).exists()
        with refuses("permission.can_decide_duplicate", status=403):
            duplicate_dismiss(pair=pair, reason=WHY, by=worker)
    with acting(supervisor):
        assert pairs_open(supervisor).get() == pair
        duplicate_dismiss(pair=pair, reason=WHY, by=supervisor)
    with acting(worker):
        again = duplicate_report(client=person, who="W1", note="家属来认人了", by=worker)
        assert (again.pk, again.state, again.note) == (pair.pk, "open", "家属来认人了")


def test_the_desk_shows_masked_pairs_to_the_house_alone(
    worker, head, assistant, other_head, acting, client_for, compare
):
    with acting(worker):
        for _n in range(2):
            make.make_client(worker, name="演示丽", phone="13800138000", id_no=None)
    compare()
    with acting(head):
        pair = pairs_open(head).get()
        person = reverse("cases:client", args=[pair.first.uid])
        assert panel(head).doubles == 1
    with acting(worker):
        assert panel(worker).doubles == 0
    desk, page = reverse("cases:duplicates"), reverse("cases:duplicate", args=[pair.uid])
    shown = text_of(client_for(head).get(desk))
    assert "姓名相同、出生日期相同、电话相同" in shown
    assert "演**" in shown
    assert "演示丽" not in shown
    whole = text_of(client_for(head).get(page))
    assert "138****8000" in whole
    assert "13800138000" not in whole
    assert "是同一个人，合并" in whole
    seen = text_of(client_for(worker).get(page))
    assert "等督导或部门主任核对" in seen
    assert "是同一个人，合并" not in seen
    for one in (assistant, other_head):
        assert client_for(one).get(page).status_code == 404
    assert client_for(assistant).get(desk).status_code == 404
    assert "没有待核对的记录" in text_of(client_for(other_head).get(desk))
    assert "可能有另一份记录" in text_of(client_for(head).get(person))


def test_the_desk_asks_as_often_for_three_pairs_as_for_one(
    worker, head, acting, client_for, compare
):
    def asked():
        client = client_for(head)
        client.get(reverse("cases:duplicates"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("cases:duplicates")).status_code == 200
        return len(queries)

    with acting(worker):
        for _n in range(2):
            lay_in(worker, ward_of(worker), name="演示丽")
    compare()
    one = asked()
    with acting(worker):
        lay_in(worker, ward_of(worker), name="演示丽")
    assert compare() == 2
    assert asked() == one
