"""The register of organizations: kept by those who manage it, with names, links and credentials over time."""

import datetime as dt

import pytest
from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.organizations import Department, Organization, Region
from departments.services import department_file as file
from departments.services import organizations as register
from departments.services import places
from departments.services.coverage import coverage
from departments.services.credential_clocks import qualifications_warn
from departments.services.desk import todos
from departments.services.desk_words import TASK_WORDS
from departments.services.entering import house_scope
from departments.services.links import links_of
from departments.services.regions import region_read, regions_like
from msw_portal.demo import places as demo
from msw_portal.demo import register as register_demo
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.partial_dates import PartialDate, parse_partial
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.departments.systems import FACTS

NEW, LIST = "/organizations/new/", "/organizations/"
MONTH = "month"


@pytest.fixture
def partner(db, head, acting):
    """A hospital that does not work here, kept by the head's house."""
    with acting(head):
        return register.organization_add(
            kind="hospital", name="演示区医院", region=Region.objects.get(pk=110101), by=head
        )


def _rule(call) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value.rule, refused.value.field


# ── regions ──────────────────────────────────────────────────────────────────


def test_regions_stand_whole_on_four_levels(db):
    levels = {level: Region.objects.filter(level=level).count() for level in (1, 2, 3, 4)}
    assert levels == {1: 1, 2: 34, 3: 333, 4: 2847}
    paths = {code: Region.objects.get(pk=code).path for code in (110102, 320106, 429004, 100000)}
    assert paths == {
        110102: "北京市 西城区",
        320106: "江苏省 南京市 鼓楼区",
        429004: "湖北省 仙桃市",
        100000: "全国",
    }


def test_a_region_is_read_by_code_name_or_path_and_an_unclear_one_is_named(db):
    assert region_read("江苏省 南京市 鼓楼区").code == 320106
    assert (region_read("110102").code, region_read("顺德区").code) == (110102, 440606)
    with pytest.raises(Exception, match="有 4 个“鼓楼区”：江苏省 南京市 鼓楼区 320106"):
        region_read("鼓楼区")
    with pytest.raises(Exception, match="没有找到“无此区”"):
        region_read("无此区")
    assert regions_like("南京市 鼓") == ["江苏省 南京市 鼓楼区"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("2018", "2018"), ("2018年5月", "2018-05"), ("２０１８-5-3", "2018-05-03")],
)
def test_a_date_is_kept_as_far_as_it_is_known(typed, shown):
    assert str(parse_partial(typed)) == shown


# ── entering and changing ────────────────────────────────────────────────────


def test_a_body_is_entered_in_the_browser_with_every_fact(db, head, client_for, hospital):
    typed = {
        "kind": "hospital",
        "name": "演示儿童医院",
        "uscc": "12100000400000001A",
        "grade": "3A",
        "region": "北京市 西城区",
        "founded": "1942-05",
    }
    client = client_for(head)
    refused = client.post(NEW, typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "统一社会信用代码的校验码（最后一位）不正确，请逐位核对。" in page
    assert 'value="演示儿童医院"' in page
    assert 'value="北京市 西城区"' in page
    typed |= {
        "uscc": "",
        "hospital_type": "children",
        "ownership": "public",
        "affiliation": "city",
        "facts": "第一条\n第二条",
    }
    made = client.post(NEW, typed, follow=True).content.decode()
    row = Organization.objects.get(name="演示儿童医院")
    assert (row.region_id, str(row.founded), row.hospital_type, row.ownership) == (
        110102,
        "1942-05",
        "children",
        "public",
    )
    assert (row.affiliation, row.profile, row.managed_by_id) == (
        "city",
        {"facts": ["第一条", "第二条"]},
        hospital.pk,
    )
    for word in ("演示儿童医院", "三级甲等", "公立", "市属", "1942-05", "北京市 西城区"):
        assert word in made
    address = f"/organizations/{row.uid}/change/"
    assert 'value="1942-05"' in client.get(address).content.decode()
    changed = {**typed, "founded": "1942", "_draft_base": str(row.row_version)}
    assert client.post(address, changed).status_code == 302
    assert client.post(address, changed | {"founded": "1950"}).status_code == 409
    row.refresh_from_db()
    assert str(row.founded) == "1942"


def test_who_keeps_a_row_changes_it_and_nobody_else(
    db, partner, head, secadmin, sysadmin, other_head, worker, authority, client_for, hospital
):
    address = f"/organizations/{partner.uid}/change/"
    seen = {
        user.username: client_for(user).get(address).status_code
        for user in (head, secadmin, sysadmin, other_head, worker, authority)
    }
    assert seen == {
        "head": 200,
        "secadmin": 200,
        "sysadmin": 404,
        "other_head": 404,
        "worker": 404,
        "authority": 404,
    }
    # A tenant keeps its own row.
    assert client_for(head).get(f"/organizations/{hospital.uid}/change/").status_code == 200
    assert client_for(sysadmin).get(f"/organizations/{hospital.uid}/change/").status_code == 404


def test_the_wall_and_the_service_refuse_a_foreign_keeper(partner, other_head, acting):
    with acting(other_head):
        changed = Organization.objects.filter(pk=partner.pk).update(short_name="改")
        assert changed == 0
        refused = _rule(
            lambda: register.organization_change(
                organization=partner, short_name="改", by=other_head
            )
        )
    assert refused == ("permission.can_keep_organizations", None)


def test_names_follow_one_another_and_never_overlap(partner, head, acting):
    with acting(head):
        register.former_name_add(
            organization=partner,
            name="演示区人民医院",
            valid_from=PartialDate(dt.date(1990, 1, 1), "year"),
            valid_to=PartialDate(dt.date(2010, 3, 1), MONTH),
            change="renamed",
            by=head,
        )
        register.organization_rename(
            organization=partner,
            name="演示区中心医院",
            since=PartialDate(dt.date(2020, 4, 1), MONTH),
            change="merged",
            by=head,
        )
        names = [
            (one.name, str(one.began), str(one.ended), one.change)
            for one in partner.names.order_by("valid")
        ]
        assert names == [
            ("演示区人民医院", "1990-01", "2010-03", "renamed"),
            ("演示区医院", "2010-03", "2020-04", "merged"),
        ]
        partner.refresh_from_db()
        assert partner.name == "演示区中心医院"
        overlapping = _rule(
            lambda: register.former_name_add(
                organization=partner,
                name="又一个",
                valid_from=PartialDate(dt.date(2009, 1, 1)),
                valid_to=PartialDate(dt.date(2011, 1, 1)),
                by=head,
            )
        )
        backwards = _rule(
            lambda: register.organization_rename(
                organization=partner, name="丙", since=PartialDate(dt.date(2019, 1, 1)), by=head
            )
        )
    assert overlapping == ("organization_name_does_not_overlap", "valid_from")
    assert backwards == ("organization.name_order", "since")


def test_a_former_name_finds_the_body(partner, head, acting, client_for):
    with acting(head):
        register.organization_rename(
            organization=partner,
            name="演示区中心医院",
            since=PartialDate(dt.date(2020, 4, 1)),
            by=head,
        )
    page = client_for(head).get(f"{LIST}?q=演示区医院").content.decode()
    assert "演示区中心医院" in page


def test_links_are_seen_from_both_sides_and_make_no_circle(partner, hospital, head, acting):
    link, kinds = register.link_add, register.OrganizationLink.Kind
    with acting(head):
        third = register.organization_add(kind="government", name="演示区卫健局", by=head)
        link(organization=partner, kind=kinds.PARENT, other=hospital, by=head)
        link(organization=hospital, kind=kinds.PARENT, other=third, by=head)
        link(
            organization=hospital,
            kind=kinds.ASSOCIATION_MEMBER,
            other=third,
            post="理事单位",
            by=head,
        )
        seen = [(str(one.word), one.other.name, one.post) for one in links_of(hospital)]
        assert seen == [
            ("上级", "演示区卫健局", ""),
            ("下级", "演示区医院", ""),
            ("所在协会", "演示区卫健局", "理事单位"),
        ]
        assert _rule(
            lambda: link(organization=third, kind=kinds.PARENT, other=partner, by=head)
        ) == ("organization.loop", "other")
        assert _rule(
            lambda: link(organization=third, kind=kinds.COOPERATES, other=third, by=head)
        ) == ("organization_link_not_itself", "other")
        assert _rule(
            lambda: link(organization=partner, kind=kinds.PARENT, other=hospital, by=head)
        ) == ("organization_link_once", None)


def test_a_relation_ends_on_a_day_stays_in_the_register_and_may_begin_anew(
    partner, hospital, head, other_head, acting, client_for
):
    kinds, today = register.OrganizationLink.Kind, timezone.localdate()
    facts = {"organization": partner, "kind": kinds.CONSORTIUM, "other": hospital, "by": head}
    with acting(head):
        link = register.link_add(**facts, valid_from=dt.date(2024, 3, 1))
    address = f"/organizations/{partner.uid}/link/{link.pk}/end/"
    assert client_for(other_head).get(address).status_code == 404
    client = client_for(head)
    early = client.post(address, {"last_day": "2024-02-28"})
    assert (early.status_code, "结束日期不能早于开始日期。" in early.content.decode()) == (
        422,
        True,
    )
    done = client.post(address, {"last_day": "2025-06-30"}, follow=True).content.decode()
    assert ("已登记结束" in done, "2025-06-30" in done, "已结束" in done) == (True, True, True)
    assert client.post(address, {"last_day": "2025-07-01"}).status_code == 422
    with acting(head):
        register.link_add(**facts, valid_from=today)
        assert [one.is_over for one in links_of(partner)] == [False, True]
        assert _rule(lambda: register.link_add(**facts)) == ("organization_link_once", None)


def test_whoever_keeps_a_body_is_told_before_a_qualification_ends_and_a_newer_one_ends_it(
    partner, hospital, head, acting
):
    today, tasks = timezone.localdate(), Task.objects.filter(kind="qualification_expiring")
    kinds = register.OrganizationCredential.Kind

    def give(title: str, left: int) -> None:
        register.credential_add(
            organization=partner,
            kind=kinds.DESIGNATION,
            title=title,
            valid_from=today - dt.timedelta(days=300),
            valid_to=today + dt.timedelta(days=left),
            by=head,
        )

    with acting(head):
        give("演示一", 91), give("演示二", 90), give("演示三", 20), give("演示三", 700)
    for new in (1, 0):
        with house_scope(hospital.pk):
            assert qualifications_warn(organization_id=hospital.pk) == new
    with acting(head):
        (todo,) = [one for one in todos(head) if one.title == TASK_WORDS["qualification_expiring"]]
        assert (todo.note, todo.url) == ("演示区医院", f"/organizations/{partner.uid}/")
        assert timezone.localdate(todo.due_at) == today + dt.timedelta(days=90)
        give("演示二", 800)
        assert not tasks.filter(state="open").exists()
    with house_scope(hospital.pk):
        assert qualifications_warn(organization_id=hospital.pk) == 0


def test_a_credential_that_ends_before_it_starts_is_refused_with_everything_kept(
    partner, head, client_for
):
    address = f"/organizations/{partner.uid}/credential/"
    typed = {
        "kind": "designation",
        "title": "国家儿童医学中心",
        "valid_from": "2024-01-01",
        "valid_to": "2023-01-01",
    }
    client = client_for(head)
    refused = client.post(address, typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "证书的到期日不能早于开始日期 2024-01-01。" in page
    assert 'value="国家儿童医学中心"' in page
    soon = timezone.localdate() + dt.timedelta(days=30)
    done = client.post(address, typed | {"valid_to": soon.isoformat()}, follow=True)
    page = done.content.decode()
    assert "国家儿童医学中心" in page
    assert "90 天内到期" in page
    (credential,) = partner.credentials.all()
    assert credential.last_day == soon
    drop = f"/organizations/{partner.uid}/credential/{credential.pk}/drop/"
    assert client.post(drop).status_code == 302
    assert client.post(drop).status_code == 409
    assert client.post(address, {"kind": "designation"}).status_code == 422


# ── departments and stations ─────────────────────────────────────────────────


def test_a_department_of_a_partner_body_has_its_facts_units_and_predecessors(
    partner, head, worker, acting, client_for
):
    with acting(head):
        agency = register.organization_add(kind="agency", name="演示社工中心", by=head)
        msw = places.department_add(
            organization=partner,
            kind="msw",
            name="社会服务部",
            setup_type="attached",
            attached_to="医务处",
            founded=PartialDate(dt.date(2020, 4, 1), MONTH),
            posts_set=3,
            posts_filled=2,
            linked_agency=agency,
            is_first_in_province=True,
            by=head,
        )
        for name, since, until in (("社会工作部", 2013, 2020), ("志愿者办公室", 2015, 2020)):
            file.predecessor_add(
                department=msw,
                name=name,
                founded=PartialDate(dt.date(since, 8, 1), MONTH),
                ended=PartialDate(dt.date(until, 4, 1), MONTH),
                by=head,
            )
        places.department_add(
            organization=partner, kind="team", name="临床社工小组", parent=msw, by=head
        )
    page = client_for(worker).get(f"/organizations/{partner.uid}/").content.decode()
    for word in ("挂靠部门 · 医务处", "2020-04", "3 / 2", "省内首家", "属于 社会服务部"):
        assert word in page
    assert [(one.name, str(one.founded), str(one.ended)) for one in msw.predecessors.all()] == [
        ("社会工作部", "2013-08", "2020-04"),
        ("志愿者办公室", "2015-08", "2020-04"),
    ]
    with acting(head):
        for facts, refused in (
            ({"setup_type": "attached", "attached_to": ""}, ("department.attached", "attached_to")),
            ({"posts_set": 1}, ("department_posts_filled_within_set", "posts_filled")),
        ):
            change = lambda facts=facts: places.department_change(  # noqa: E731
                department=msw, by=head, **facts
            )
            assert _rule(change) == refused


def test_a_station_says_who_operates_it_and_where(db, authority, acting, client_for, worker):
    with acting(authority):
        operator = register.organization_add(kind="agency", name="演示社工机构", by=authority)
    address = f"/organizations/{authority.membership.organization.uid}/stations/new/"
    typed = {"kind": "station", "name": "演示乡社工站", "level": "township", "region": "东城区"}
    client = client_for(authority)
    refused = client.post(address, typed | {"region": "北京市 东城区", "township": "演示乡"})
    assert refused.status_code == 422
    assert "社工站必须写明运营机构。" in refused.content.decode()
    assert 'value="演示乡"' in refused.content.decode()
    typed |= {"region": "北京市 东城区", "township": "演示乡", "operator": operator.name}
    assert client.post(address, typed).status_code == 302
    row = Department.objects.get(name="演示乡社工站")
    assert (row.operator_id, row.region_id, row.level) == (operator.pk, 110101, "township")
    listed = client_for(worker).get("/stations/?region=北京市").content.decode()
    for word in ("演示乡社工站", "演示社工机构", "北京市 东城区", "乡镇（街道）级"):
        assert word in listed
    assert "演示乡社工站" not in client_for(worker).get("/stations/?region=河北省").content.decode()


def test_money_practice_and_the_liaison_are_the_houses_own(
    db, head, worker, other_head, assistant, ward, msw, acting, client_for
):
    client = client_for(head)
    address = f"/departments/{msw.uid}/"
    years = f"{address}years/"
    assert client.post(years, {"year": "2025", "budget": "-1"}).status_code == 422
    for spent in ("60000", "120000.50"):
        typed = {"year": "2025", "budget": "100000", "spent": spent}
        assert client.post(years, typed).status_code == 302
    school = {"school_name": "演示大学", "valid_from": "2025-09-01", "valid_to": "2026-08-31"}
    made = client.post(f"{address}practice/new/", school)
    with acting(head):
        base = msw.practice_bases.get()
    assert made["Location"] == f"/practice/{base.uid}/"
    group = {"level": "graduate", "students": "3", "starts_on": "2026-03-01"}
    outside = client.post(made["Location"], group | {"ends_on": "2026-09-01"})
    assert "实习必须在协议期内（2025-09-01 至 2026-08-31）。" in outside.content.decode()
    assert client.post(made["Location"], group | {"ends_on": "2026-06-30"}).status_code == 302
    page = client.get(address).content.decode()
    for word in ("100,000.00", "120,000.50", "-20,000.50", "超支", "演示大学"):
        assert word in page
    for user, status in ((worker, 404), (other_head, 404)):
        assert client_for(user).get(address).status_code == status
        assert client_for(user).get(made["Location"]).status_code == status
    with acting(head):
        places.department_change(department=ward, liaison=assistant, by=head)
        ward.refresh_from_db()
        assert ward.liaison_id == assistant.pk
        house = f"/organizations/{ward.organization.uid}/"
        assert _rule(
            lambda: places.department_change(department=ward, liaison=other_head, by=head)
        ) == ("department.liaison", "liaison")
    said = f"联络助理 {assistant.display_name}"
    assert said in client_for(worker).get(house).content.decode()
    assert said not in client_for(other_head).get(house).content.decode()


# ── by region ────────────────────────────────────────────────────────────────


def test_the_share_of_hospitals_with_a_department_opens_to_its_rows(
    partner, authority, head, acting, client_for
):
    with acting(head):
        only_posts = register.organization_add(
            kind="hospital", name="仅岗位医院", region=Region.objects.get(pk=110102), by=head
        )
        places.department_add(
            organization=only_posts, kind="msw", name="社工岗", setup_type="posts_only", by=head
        )
    with acting(authority):
        # HA and HB of the small world have a department each.
        whole, lines = coverage(authority, Region.objects.get(pk=110000), tertiary=False)
        tertiary, _lines = coverage(authority, Region.objects.get(pk=110000), tertiary=True)
    assert [(one.name, one.hospitals, one.department, one.posts, one.neither) for one in lines] == [
        ("东城区", 3, 2, 0, 1),
        ("西城区", 1, 0, 1, 0),
    ]
    assert (whole.hospitals, [str(share) for share in whole.shares]) == (
        4,
        ["50.0", "25.0", "25.0"],
    )
    assert (tertiary.hospitals, tertiary.department) == (2, 2)
    client = client_for(authority)
    page = client.get("/organizations/regions/?region=110000").content.decode()
    assert "50.0%" in page
    behind = client.get(f"{LIST}?region=110000&grade=&msw=neither").content.decode()
    assert "演示区医院" in behind
    assert "仅岗位医院" not in behind


def test_lists_ask_as_often_for_one_row_as_for_three(
    partner, head, acting, client_for, count_queries
):
    client = client_for(head)
    kind = register.OrganizationLink.Kind.COOPERATES
    addresses = (
        f"{LIST}?q=演示区",
        "/stations/",
        f"/organizations/{partner.uid}/",
        "/organizations/regions/",
    )

    def more(number: int) -> None:
        with acting(head):
            other = register.organization_add(
                kind="hospital",
                name=f"演示区第{number}医院",
                region=Region.objects.get(pk=110101),
                by=head,
            )
            register.link_add(organization=partner, kind=kind, other=other, by=head)
            register.credential_add(organization=partner, kind="rating", grade="5A", by=head)
            for place in (partner, other):
                places.department_add(
                    organization=place,
                    kind="station",
                    name=f"站{number}",
                    operator=other,
                    region=Region.objects.get(pk=110101),
                    by=head,
                )

    more(1)
    once = [count_queries(lambda one=one: client.get(one)) for one in addresses]
    more(2)
    more(3)
    assert [count_queries(lambda one=one: client.get(one)) for one in addresses] == once


# ── the eighteen systems of domain §6.2 ──────────────────────────────────────


def test_systems_20_to_37_stand_in_the_demo_world_with_their_stated_facts(db):
    made = demo.build()
    with scope(org=INSTALLATION, role="system"):
        register_demo.public(made)
        found = {number: read() for number, (read, _want) in FACTS.items()}
    assert found == {number: want for number, (_read, want) in FACTS.items()}
    assert sorted(FACTS) == list(range(20, 38))
