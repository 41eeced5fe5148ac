"""A house sets up its departments and wards in the browser."""

import re

import pytest
from django.test import Client

from departments.areas import AREAS
from departments.models.organizations import Department
from departments.services import places
from msw_portal.kernel.errors import DomainError
from tests.departments.test_consoles import ROOT, _actions

LIST, WARDS = "/departments/", "/departments/wards/"


def _own(hospital, kind: str) -> list[tuple]:
    rows = Department.objects.filter(organization=hospital, kind=kind, ended_on__isnull=True)
    return list(rows.order_by("id").values_list("name", "beds_open"))


@pytest.mark.parametrize("login", ["secadmin", "head"])
def test_one_more_department_is_added(person, db, client_for, hospital, login):
    typed = {"kind": "clinical", "name": " 血液  科 "}
    response = client_for(person(login)).post(LIST, typed, follow=True)
    assert "已增加：血液 科" in response.content.decode()
    assert _own(hospital, "clinical") == [("血液 科", None)]
    row = Department.objects.get(name="血液 科")
    assert (row.managed_by_id, row.organization_id) == (hospital.pk, hospital.pk)
    assert "department.add" in _actions(hospital.pk)


def test_many_wards_come_from_one_list(db, head, client_for, hospital):
    lines = "儿科一病区 38\n\n儿科二病区，40 张\n重症医学科\t12床\n13 楼东\n"
    response = client_for(head).post(WARDS, {"wards": lines}, follow=True)
    assert "已增加 4 个病区。" in response.content.decode()
    assert _own(hospital, "ward")[1:] == [
        ("儿科一病区", 38),
        ("儿科二病区", 40),
        ("重症医学科", 12),
        ("13 楼东", None),
    ]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("", "请每行写一个病区。"),
        (" \n ", "请每行写一个病区。"),
        ("甲病区\n甲病区 20", "第 2 行：“甲病区”写了两次。"),
        (
            "甲病区\n" + "长" * 81,
            "第 2 行：写病区名称（最多 80 个字），床位数（最多 5000）写在后面。",
        ),
        ("甲病区 99999", "第 1 行：写病区名称（最多 80 个字），床位数（最多 5000）写在后面。"),
        ("甲病区\n血液科一病区 40", "已经有了：血液科一病区。"),
        ("\n".join(f"病区{n}号" for n in range(201)), "一次最多 200 行。"),
    ],
)
def test_a_crooked_list_adds_nothing_and_stays_in_its_field(
    db, head, client_for, hospital, lines, sentence
):
    response = client_for(head).post(WARDS, {"wards": lines})
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert lines.strip().splitlines()[:1] == [] or lines.splitlines()[0] in page
    assert _own(hospital, "ward") == [("血液科一病区", 40)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "", "name": "甲"}, "请选择部门的类型。"),
        ({"kind": "incubator", "name": "甲"}, "incubator"),
        ({"kind": "ward", "name": ""}, "请填写名称。"),
        ({"kind": "ward", "name": "血液科一病区"}, "本机构已有同名的在用部门。"),
        ({"kind": "msw", "name": "第二社工部"}, "一个院区只能有一个在用的医务社工部。"),
        ({"kind": "ward", "name": "甲", "beds_open": "5001"}, "5000"),
        ({"kind": "ward", "name": "甲", "beds_open": "-1"}, "0"),
    ],
)
def test_bad_input_is_refused_at_its_field(db, head, client_for, hospital, typed, sentence):
    before = Department.objects.count()
    response = client_for(head).post(LIST, typed)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Department.objects.count() == before


def test_a_campus_of_another_house_is_not_to_be_had(db, head, client_for, other_head, acting):
    with acting(other_head):
        foreign = places.department_add(kind="campus", name="东院", by=other_head)
    typed = {"kind": "ward", "name": "甲", "campus": foreign.pk}
    assert client_for(head).post(LIST, typed).status_code == 422
    with acting(head), pytest.raises(DomainError):
        places.department_add(kind="ward", name="甲", campus=foreign, by=head)


def test_a_department_is_changed_and_the_change_is_kept(db, head, client_for, ward, hospital):
    client = client_for(head)
    address = f"/departments/{ward.uid}/"
    assert 'value="血液科一病区"' in client.get(address).content.decode()
    response = client.post(address, {"name": "血液科 1 病区", "beds_open": "42"}, follow=True)
    assert "已保存。" in response.content.decode()
    assert _own(hospital, "ward") == [("血液科 1 病区", 42)]
    assert "修改" in client.get(address).content.decode()


def test_a_department_with_people_is_not_ended(db, head, acting, msw, ward, client_for):
    with acting(head), pytest.raises(DomainError) as refused:
        places.department_end(department=msw, reason="合并到新院区", by=head)
    assert refused.value.rule == "department.people"
    client = client_for(head)
    typed = {"reason": "病区合并"}
    assert client.post(f"/departments/{ward.uid}/end/", typed).status_code in (200, 302)
    ward.refresh_from_db()
    assert ward.ended_on is not None
    assert f"/departments/{ward.uid}/" not in client.get(LIST).content.decode()
    assert client.post(f"/departments/{ward.uid}/end/", typed).status_code == 422
    with acting(head):
        again = places.department_add(kind="ward", name="血液科一病区", by=head)
    assert again.pk != ward.pk


def test_others_find_no_such_page_and_other_houses_no_such_row(
    db, worker, auditor, sysadmin, officer, other_head, client_for, ward
):
    for user in (worker, auditor, sysadmin, officer):
        assert client_for(user).get(LIST).status_code == 404
        assert client_for(user).post(LIST, {"kind": "ward", "name": "甲"}).status_code == 404
    client = client_for(other_head)
    assert client.get(f"/departments/{ward.uid}/").status_code == 404
    assert client.post(f"/departments/{ward.uid}/end/", {"reason": "不是我的"}).status_code == 404
    assert Client().get(LIST).status_code == 302


def test_a_service_asks_who_may(db, worker, acting, ward):
    with acting(worker):
        for call in (
            lambda: places.department_add(kind="ward", name="甲", by=worker),
            lambda: places.wards_add(wards="甲", by=worker),
            lambda: places.department_end(department=ward, reason="没有理由", by=worker),
        ):
            with pytest.raises(DomainError):
                call()


def test_the_list_asks_as_often_for_one_row_as_for_three(
    db, head, client_for, acting, count_queries
):
    client = client_for(head)
    with acting(head):
        campus = places.department_add(kind="campus", name="东院", by=head)
    one = count_queries(lambda: client.get(LIST))
    with acting(head):
        places.department_add(kind="campus", name="西院", by=head)
        places.wards_add(wards="甲\n乙", campus=campus, by=head)
    assert count_queries(lambda: client.get(LIST)) == one


def test_every_entry_of_the_navigation_has_its_picture():
    drawn = set(re.findall(r'id="i-([a-z]+)"', (ROOT / "static/img/icons.svg").read_text()))
    assert {area[1] for area in AREAS} - drawn == set()


def test_an_attached_department_says_where_and_a_team_to_what_it_belongs(
    db, head, client_for, hospital, acting, msw
):
    client = client_for(head)
    with acting(head):
        east = places.department_add(kind="campus", name="东院", by=head)
    typed = {"kind": "msw", "name": "东院社工部", "campus": east.pk, "setup_type": "attached"}
    refused = client.post(LIST, typed).content.decode()
    assert "挂靠部门请写明挂靠在哪个科室，如医务处、门诊部、党办。" in refused
    assert 'name="attached_to"' in refused
    client.post(LIST, typed | {"attached_to": "党办"})
    client.post(LIST, {"kind": "team", "name": "志愿服务队", "parent": msw.pk})
    rows = Department.objects.filter(organization=hospital, kind__in=("msw", "team"))
    assert list(rows.order_by("id").values_list("name", "attached_to", "parent__name")) == [
        ("医务社会工作部", "", None),
        ("东院社工部", "党办", None),
        ("志愿服务队", "", "医务社会工作部"),
    ]
