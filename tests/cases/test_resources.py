"""The directory of resources: what is found for whom, kept by whom, out and in as HSDS."""

import datetime as dt
import io
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker
from psycopg2.extras import DateRange

from cases.forms.opening_hours import line_of, read_line
from cases.models.casework import Referral
from cases.services.hsds_import import directory_take
from cases.services.hsds_schema import schema
from cases.services.resource_clocks import resources_remind
from cases.services.resources import resource_assure, resource_change, stale
from departments.models.mechanisms import Task
from departments.models.organizations import Region
from departments.models.resources import ResourceLocation, ResourceService
from departments.services.entering import house_scope
from tests.factories.cases import make_case
from tests.factories.resources import PARTS, make_resource, provider_of

pytestmark = pytest.mark.django_db
LIST = "/cases/resources/"


def found(client, **asked) -> list[str]:
    answer = client.get(LIST, asked)
    assert answer.status_code == 200
    return [one["row"].name for one in answer.context["rows"]]


@pytest.fixture
def four(worker, acting):
    """One in 东城区 for children, one in 西城区 for the insured, one for all of 江苏, one without a place."""
    with acting(worker):
        body = provider_of(worker)
        make_resource(worker, name="甲", provider=body, place="东城区", min_age=0, max_age=14)
        make_resource(worker, name="乙", provider=body, place="西城区", insurance=["employee"])
        jiangsu = Region.objects.get(pk=320000)
        make_resource(worker, name="丙", provider=body, area=jiangsu, categories=["financial"])
        make_resource(worker, name="丁", provider=body, min_age=60)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["丁", "丙", "乙", "甲"]),
        ({"need": "financial"}, ["丙"]),
        ({"place": "北京市"}, ["丁", "乙", "甲"]),
        ({"place": "110102"}, ["丁", "乙"]),
        ({"place": "江苏省"}, ["丁", "丙"]),
        ({"age": "14"}, ["丙", "乙", "甲"]),
        ({"age": "６０"}, ["丁", "丙", "乙"]),
        ({"insurance": "resident"}, ["丁", "丙", "甲"]),
        ({"insurance": "employee", "place": "西城区", "age": "30"}, ["乙"]),
        ({"q": "服务中心"}, ["丁", "丙", "乙", "甲"]),
        ({"q": "没有"}, []),
    ],
)
def test_what_is_found_for_whom(asked, names, four, worker, client_for):
    assert sorted(found(client_for(worker), **asked)) == sorted(names)


def test_a_place_that_is_not_there_is_said_and_narrows_nothing(four, worker, client_for):
    answer = client_for(worker).get(LIST, {"place": "不知道的地方"})

    assert "没有找到“不知道的地方”" in answer.content.decode()
    assert len(answer.context["rows"]) == 4
    several = client_for(worker).get(LIST, {"place": "朝阳区"}).content.decode()
    assert "有 2 个“朝阳区”" in several
    assert 'value="不知道的地方"' in answer.content.decode()


def test_the_list_asks_the_same_number_of_queries(worker, acting, client_for):
    counts = []
    for n in (1, 4):
        with acting(worker):
            body = provider_of(worker)
            for k in range(n):
                make_resource(worker, name=f"服务{n}-{k}", provider=body, place="东城区")
        client = client_for(worker)
        client.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            found(client)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_half_a_year_without_a_check_is_marked_and_one_click_confirms(worker, acting, client_for):
    with acting(worker):
        old = make_resource(worker, assured_on=timezone.localdate() - dt.timedelta(days=181))
        make_resource(
            worker, name="刚核实", assured_on=timezone.localdate() - dt.timedelta(days=180)
        )
        assert list(stale(ResourceService.objects.all())) == [old]
    client = client_for(worker)
    assert "久未核实" in client.get(f"{LIST}{old.uid}/").content.decode()
    assert found(client, show="stale") == [old.name]

    client.post(f"{LIST}{old.uid}/assure/")

    assert found(client, show="stale") == []
    with acting(worker):
        row = ResourceService.objects.get(pk=old.pk)
        assert (row.assured_on, row.assured_by) == (timezone.localdate(), worker)


def test_who_confirmed_last_is_asked_again_and_the_head_for_who_left(
    worker, worker2, head, hospital, acting
):
    old = timezone.localdate() - dt.timedelta(days=181)
    with acting(worker):
        mine = [make_resource(worker, name=name, assured_on=old) for name in "甲乙"]
    with acting(worker2):
        make_resource(worker2, name="丙", assured_on=old)
    with house_scope(hospital.pk):
        gone = worker2.memberships.get()
        gone.valid = DateRange(gone.valid.lower, timezone.localdate())
        gone.save(update_fields=["valid"])
        assert resources_remind(organization_id=hospital.pk) == 2
        assert resources_remind(organization_id=hospital.pk) == 0
        tasks = Task.objects.filter(kind="resource_stale", state="open").order_by("pk")
        assert {(one.assignee, one.role) for one in tasks} == {(worker, ""), (None, "dept_head")}
    with acting(worker):
        for n, row in enumerate(mine, 1):
            resource_assure(resource=row, by=worker)
            assert tasks.filter(assignee=worker).exists() is (n == 1)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("周六、周日 ９：００–12:00 先预约", ("SA,SU", "09:00", "12:00", "先预约")),
        ("周一至周五 8:30-17:00", ("MO,TU,WE,TH,FR", "08:30", "17:00", None)),
        ("每天，节假日照常", ("MO,TU,WE,TH,FR,SA,SU", None, None, "节假日照常")),
        ("MO,WE 14:00~16:00", ("MO,WE", "14:00", "16:00", None)),
        ("节假日休息（电话除外）", (None, None, None, "节假日休息（电话除外）")),
    ],
)
def test_hours_are_read_as_people_write_them(line, row):
    read = read_line(line)
    assert tuple(map(read.get, ("byday", "opens_at", "closes_at", "description"))) == row
    assert read_line(line_of(read)) == read


TYPED = {
    "name": "夜间陪护",
    "categories": ["family_caregiver"],
    "status": "active",
    "days": ["MO", "FR"],
    "opens_at": "09:00",
    "closes_at": "17:30",
    "costs": "单次 80\n包月 ￥1,200",
    "documents": "身份证\n\n身份证\n出院小结",
}


def test_a_form_is_refused_with_sentences_and_keeps_what_was_typed(worker, acting, client_for):
    with acting(worker):
        body = provider_of(worker)
    typed = TYPED | {
        "provider": body.uid,
        "costs": "面议",
        "min_age": "60",
        "max_age": "18",
        "closes_at": "08:00",
        "area": "乌有乡",
    }
    answer = client_for(worker).post(f"{LIST}new/", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "第 1 行请写成“项目 金额”" in page and "结束时间要晚于开始时间。" in page
    assert "没有找到“乌有乡”" in page and "面议" in page and 'value="乌有乡"' in page
    with acting(worker):
        assert not ResourceService.objects.exists()

    again = client_for(worker).post(
        f"{LIST}new/", typed | {"costs": "单次 80", "closes_at": "17:00", "area": ""}
    )
    assert "最大年龄不能小于最小年龄。" in again.content.decode()


def test_a_service_is_written_changed_and_two_who_write_see_both(worker, acting, client_for):
    with acting(worker):
        body = provider_of(worker)
    client = client_for(worker)
    assert (
        client.post(f"{LIST}new/", TYPED | {"provider": body.uid, "costs": "单次 80"}).status_code
        == 302
    )
    with acting(worker):
        row = ResourceService.objects.get()
        assert row.documents == ["身份证", "出院小结"]
        assert row.costs == [{"option": "单次", "amount": "80"}]
        assert row.schedules == [
            {"freq": "WEEKLY", "byday": "MO,FR", "opens_at": "09:00", "closes_at": "17:30"}
        ]
        version = row.row_version
        resource_change(resource=row, by=worker, provider=body, name="改过的名字", **PARTS)
        # What no line can say, from another directory, stays when a person saves.
        monthly = {"freq": "MONTHLY", "bymonthday": "1", "opens_at": "09:00", "closes_at": "10:00"}
        ResourceService.objects.filter(pk=row.pk).update(
            schedules=[*row.schedules, {"freq": "WEEKLY", "byday": "SA"}, monthly]
        )
    page = client.get(f"{LIST}{row.uid}/edit/")
    assert "周六</textarea>" in page.content.decode()
    more = TYPED | {"provider": body.uid, "costs": "", "_draft_base": version + 2}
    wrong = client.post(f"{LIST}{row.uid}/edit/", more | {"more_hours": "周六\n周日 12:00-9:00"})
    assert "第 2 行：结束时间要晚于开始时间。" in wrong.content.decode()
    saved = client.post(f"{LIST}{row.uid}/edit/", more | {"more_hours": "周六 9:00-11:00"})
    assert saved.status_code == 302
    with acting(worker):
        row.refresh_from_db()
        assert [one.get("byday") for one in row.schedules] == ["MO,FR", "SA", None]
        assert row.schedules[2] == monthly
        resource_change(resource=row, by=worker, provider=body, name="改过的名字", **PARTS)
    edit = TYPED | {"provider": body.uid, "costs": "单次 90", "_draft_base": version}

    answer = client.post(f"{LIST}{row.uid}/edit/", edit)

    assert answer.status_code == 409
    assert "改过的名字" in answer.content.decode() and "夜间陪护" in answer.content.decode()


def test_another_house_sees_what_is_public_and_keeps_nothing(
    worker, other_worker, acting, client_for
):
    with acting(worker):
        hidden = make_resource(worker, name="自己用")
        shown = make_resource(
            worker, name="公开的", provider=hidden.provider, place="东城区", is_public=True
        )
    client = client_for(other_worker)
    assert found(client) == ["公开的"]
    assert client.get(f"{LIST}{hidden.uid}/").status_code == 404
    assert "东城区服务点" in client.get(f"{LIST}{shown.uid}/").content.decode()
    assert client.post(f"{LIST}{shown.uid}/assure/").status_code == 404
    with acting(other_worker):
        assert ResourceLocation.objects.count() == 1  # the wall, without Python's filter
        for row in (shown, hidden):  # what another house shows can be read and not held
            with pytest.raises(ResourceService.DoesNotExist):
                resource_assure(resource=row, by=other_worker)
    with acting(worker):
        resource_change(resource=shown, by=worker, provider=shown.provider, name="公开的", **PARTS)
    with acting(other_worker):
        assert ResourceLocation.objects.count() == 0


# ── HSDS ─────────────────────────────────────────────────────────────────────


def exported(client) -> list[dict]:
    return json.loads(client.get(f"{LIST}hsds.json").content)


def upload(body, **more):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return {"file": SimpleUploadedFile("hsds.json", content), **more}


def test_what_goes_out_is_hsds(four, worker, client_for):
    made = exported(client_for(worker))

    rules = Draft202012Validator(schema(), format_checker=FormatChecker())
    assert [one["name"] for one in made] and len(made) == 4
    assert [error.message for one in made for error in rules.iter_errors(one)] == []
    one = next(one for one in made if one["name"] == "甲")
    assert (one["minimum_age"], one["maximum_age"], one["status"]) == (0, 14, "active")
    assert one["organization"]["name"] == "演示社会工作服务中心"
    address = one["service_at_locations"][0]["location"]["addresses"][0]
    assert (address["region"], address["country"], address["state_province"]) == (
        "东城区",
        "CN",
        "110101",
    )
    assert one["cost_options"][0] | {"id": ""} == {
        "id": "", "option": "单次", "currency": "CNY", "amount": 80.0,
    }  # fmt: skip
    # A field that is missing, a status that is not of the list: the schema does refuse.
    assert list(rules.iter_errors({key: one[key] for key in one if key != "status"}))
    assert list(rules.iter_errors(one | {"status": "open"}))


def test_the_same_file_twice_adds_nothing_and_another_house_gets_it_whole(
    four, worker, other_worker, other_head, acting, client_for
):
    made = exported(client_for(worker))
    with acting(worker):
        again = directory_take(file=io.BytesIO(json.dumps(made).encode()), by=worker)
        assert (again.added, again.changed, again.same, again.refused) == (0, 0, 4, [])
    for n, expected in ((1, (4, 0, 0)), (2, (0, 0, 4))):
        with acting(other_head):
            taken = directory_take(file=io.BytesIO(json.dumps(made).encode()), by=other_head)
            assert ((taken.added, taken.changed, taken.same), taken.refused) == (expected, []), n
    theirs = exported(client_for(other_head))
    assert [_said(one) for one in theirs] == [_said(one) for one in made]


def _said(service: dict) -> dict:
    """Without ids, and without the instant of the last change."""

    def plain(value):
        if isinstance(value, list):
            return [plain(one) for one in value]
        if isinstance(value, dict):
            return {
                k: plain(v)
                for k, v in value.items()
                if not k.endswith("id") and k != "last_modified"
            }
        return value

    return plain(service)


def test_bad_rows_are_refused_by_their_reason_and_stop_no_other(worker, head, acting):
    good = {
        "id": str(uuid.uuid4()),
        "name": "心理热线",
        "status": "active",
        "organization": {"id": str(uuid.uuid4()), "name": "演示热线中心", "description": "热线"},
    }
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    rows = [
        good,
        {key: good[key] for key in good if key != "name"},
        good | {"id": "12"},
        good | {"id": str(uuid.uuid4()), "status": "open"},
        good | {"id": str(uuid.uuid4()), "assured_date": tomorrow},
        good | {"id": str(uuid.uuid4()), "minimum_age": 30, "maximum_age": 20},
        {key: good[key] for key in good if key != "organization"} | {"id": str(uuid.uuid4())},
        "文字",
    ]
    with acting(head):
        trial = directory_take(
            file=io.BytesIO(json.dumps(rows).encode()), is_rehearsal=True, by=head
        )
        assert not ResourceService.objects.exists()
        taken = directory_take(file=io.BytesIO(json.dumps(rows).encode()), by=head)
        assert trial == taken
        assert taken.added == 1 and ResourceService.objects.get().categories == ["other"]
        assert [(n, reason) for n, _name, reason in taken.refused] == [
            (2, "service：缺少必填的字段：name"),
            (3, "id：格式不对"),
            (4, "status：不在允许的取值里"),
            (5, "核实日期（assured_date）在今天之后。"),
            (6, "最大年龄不能小于最小年龄。"),
            (7, "没有写提供机构（organization）。"),
            (8, "service：类型不对"),
        ]
    with acting(worker):
        other = good | {
            "id": str(uuid.uuid4()),
            "organization": good["organization"] | {"id": str(uuid.uuid4()), "name": "没登记过"},
        }
        taken = directory_take(file=io.BytesIO(json.dumps([other]).encode()), by=worker)
        assert taken.refused == [(1, "心理热线", "机构登记里没有“没登记过”，请部门负责人先登记。")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe", "这不是 UTF-8 的 JSON 文件"),
        (b"[NaN]", "这不是 UTF-8 的 JSON 文件"),
        (b"[" * 100_000, "这不是 UTF-8 的 JSON 文件"),
        (b"[]", "文件里没有服务"),
        (b"3", "文件里没有服务"),
    ],
)
def test_what_is_no_such_file_is_said(content, sentence, worker, client_for):
    answer = client_for(worker).post(f"{LIST}import/", upload(content))

    assert answer.status_code == 422 and sentence in answer.content.decode()


# ── referrals ────────────────────────────────────────────────────────────────


def test_a_referral_takes_its_receiver_from_the_directory(worker, acting, client_for):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        service = make_resource(worker)
        body = service.provider
    client = client_for(worker)
    page = client.get(LIST, {"case": case.uid}).content.decode()
    url = f"{reverse('cases:outgoing_new', args=[case.uid])}?service={service.uid}"
    assert url in page
    page = client.get(url).content.decode()
    assert f'<option value="{service.uid}" selected>' in page
    assert f'<option value="{body.uid}" selected>' in page
    typed = {
        "to_service": service.uid,
        "to_organization": body.uid,
        "needs": ["emotional"],
        "reason": "照顾者需要人替换",
        "urgency": "normal",
    }

    answer = client.post(reverse("cases:outgoing_new", args=[case.uid]), typed)

    assert answer.status_code == 302
    with acting(worker):
        made = Referral.objects.get(case=case, direction="out")
        assert (made.to_service, made.to_organization) == (service, body)
    assert service.name in client.get(answer.headers["Location"]).content.decode()
    refused = client.post(
        reverse("cases:outgoing_new", args=[case.uid]),
        typed | {"to_organization": "", "to_text": "别家"},
    )
    assert "这项服务不是所选机构提供的" in refused.content.decode()


def test_a_case_that_is_not_ones_own_is_not_there(worker, other_worker, acting, client_for):
    with acting(worker):
        case = make_case(worker, stage="intervention")
    assert client_for(other_worker).get(LIST, {"case": case.uid}).status_code == 404
