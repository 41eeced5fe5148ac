"""The pages of whoever keeps volunteers, and of a volunteer on a phone."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models.mechanisms import Task
from tests.factories.volunteers import (
    make_post,
    make_record,
    make_shift,
    make_signup,
    make_volunteer,
)
from tests.kernel.uploads import picture
from volunteers.models.people import Volunteer, VolunteerRecord
from volunteers.models.shifts import Post, Shift, Signup
from volunteers.services.finding import volunteers_found
from volunteers.services.people import volunteer_register

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


def url(name, *args, query=""):
    return reverse(f"volunteers:{name}", args=args) + query


def text(answer) -> str:
    return answer.content.decode()


def send(client, address, **fields):
    return client.post(address, fields)


PERSON = {
    "name": "演示李四",
    "sex": "2",
    "id_type": "id",
    "id_no": NUMBER,
    "phone": "139 0000 1111",
    "source": "student",
    "skills": ["play", "arts"],
    "availability": ["6-am", "7-pm"],
    "emergency_name": "演示父",
    "emergency_phone": "13900002222",
}


@pytest.fixture
def desk(coordinator, client_for):
    return client_for(coordinator)


def test_from_the_application_to_the_roll(desk, coordinator, acting):
    answer = send(desk, url("volunteer_new"), **PERSON)
    assert answer.status_code == 302
    with acting(coordinator):
        one = Volunteer.objects.get()
        assert (one.name, one.id_no, str(one.birth_date)) == ("演示李四", NUMBER, "1949-12-31")
        assert (one.phone, one.state, one.skills) == ("13900001111", "applied", ["play", "arts"])
    page = text(desk.get(url("volunteer", one.uid)))
    assert NUMBER not in page and "13900001111" not in page and "通过审核" in page
    assert send(desk, url("step", one.uid, "review")).status_code == 302
    refused = send(desk, url("step", one.uid, "enrol"))
    assert refused.status_code == 422 and "还没有考核通过" in text(refused)
    given = {"course": "岗前培训", "happened_on": "2026-01-10", "hours": "4", "passed": "on"}
    backwards = {"valid_from": "2026-05-01", "valid_to": "2026-04-01"}
    answer = send(desk, url("fact_new", one.uid, "training"), **given, **backwards)
    assert answer.status_code == 422 and "有效期的结束不能早于开始" in text(answer)
    assert 'value="岗前培训"' in text(answer)
    assert send(desk, url("fact_new", one.uid, "training"), **given).status_code == 302
    assert send(desk, url("step", one.uid, "enrol")).status_code == 302
    with acting(coordinator):
        one.refresh_from_db()
        assert one.state == "active"
    answer = send(desk, url("reveal", one.uid), reason="verify")
    assert NUMBER in text(answer) and "13900001111" in text(answer)


def test_the_same_document_is_no_second_file_and_nothing_typed_is_lost(desk):
    send(desk, url("volunteer_new"), **PERSON)
    answer = send(desk, url("volunteer_new"), **PERSON | {"name": "演示另一个"})
    assert answer.status_code == 422
    assert "这个证件号码的志愿者已经登记" in text(answer) and 'value="演示另一个"' in text(answer)


def test_a_minor_needs_a_guardian_and_the_paper(
    desk, coordinator, other_coordinator, client_for, acting
):
    young = PERSON | {"id_type": "none", "id_no": "", "birth_date": f"{_year(16)}-01-02"}
    answer = send(desk, url("volunteer_new"), **young)
    assert answer.status_code == 422 and "请填写监护人的姓名和电话" in text(answer)
    child = young | {"birth_date": f"{_year(12)}-01-02"}
    assert "要年满 14 周岁" in text(send(desk, url("volunteer_new"), **child))
    guarded = young | {"guardian_name": "演示母", "guardian_phone": "13900003333"}
    assert send(desk, url("volunteer_new"), **guarded).status_code == 302
    with acting(coordinator):
        one = Volunteer.objects.get()
        make_record(one, coordinator)
        Volunteer.objects.filter(pk=one.pk).update(state="training")
    page = text(desk.get(url("volunteer", one.uid)))
    assert "未满 18 周岁，还没有监护人签署的同意书" in page
    assert send(desk, url("step", one.uid, "enrol")).status_code == 422
    paper = url("guardian_paper", one.uid)
    assert desk.get(paper).status_code == 404
    scan = SimpleUploadedFile("同意书.png", picture("PNG"), "image/png")
    assert send(desk, url("guardian", one.uid), file=scan).status_code == 302
    assert paper in text(desk.get(url("volunteer", one.uid)))
    shown = desk.get(paper)
    assert (shown.status_code, "同意书.png" in text(shown)) == (200, True)
    assert desk.get(shown.context["pages"][0]["url"]).status_code == 200
    assert desk.get(url("guardian_file", one.uid)).status_code == 200
    assert client_for(other_coordinator).get(paper).status_code == 404


def _year(age: int) -> int:
    return timezone.localdate().year - age


def test_two_persons_blacklist_and_the_proposer_is_not_one_of_them(
    desk, coordinator, head, acting, client_for
):
    with acting(coordinator):
        one = make_volunteer(coordinator)
    step = url("step", one.uid, "propose_blacklist")
    assert "请写明理由" in text(send(desk, step, reason="骂"))
    assert send(desk, step, reason="多次在病房向患者推销保健品").status_code == 302
    refused = send(desk, url("step", one.uid, "blacklist"))
    assert refused.status_code == 422 and "您的角色不能执行这个操作" in text(refused)
    with acting(head):
        assert Task.objects.filter(kind="volunteer_blacklist", state="open").count() == 1
    assert send(client_for(head), url("step", one.uid, "blacklist")).status_code == 302
    with acting(head):
        one.refresh_from_db()
        assert one.state == "blacklisted" and one.blacklisted_by_id == head.pk
        assert Task.objects.filter(kind="volunteer_blacklist", state="open").count() == 0


def test_a_head_who_proposes_does_not_decide(head, acting, client_for):
    with acting(head):
        one = make_volunteer(head)
    own = client_for(head)
    reason = "多次在病房向患者推销保健品"
    assert send(own, url("step", one.uid, "propose_blacklist"), reason=reason).status_code == 302
    refused = send(own, url("step", one.uid, "blacklist"))
    assert refused.status_code == 422 and "您的角色不能执行这个操作" in text(refused)


def test_a_post_says_its_risks_and_a_shift_is_made_for_weeks(desk, coordinator, acting):
    fields = {"title": "门诊导诊", "duties": "带路、取号", "minimum_age": "18", "is_open": "on"}
    answer = send(desk, url("post_new"), **fields)
    assert answer.status_code == 422 and "请填写这一项" in text(answer)
    assert send(desk, url("post_new"), **fields, risks="人多，注意防护").status_code == 302
    with acting(coordinator):
        post = Post.objects.get()
    day = timezone.localdate() + dt.timedelta(days=3)
    times = {"on": day.isoformat(), "starts": "08:00", "ends": "11:30", "capacity": "6"}
    assert send(desk, url("shift_new", post.uid), **times, weeks="4").status_code == 302
    with acting(coordinator):
        starts = [timezone.localtime(one.starts_at) for one in Shift.objects.order_by("starts_at")]
        assert [one.date() for one in starts] == [day + dt.timedelta(weeks=n) for n in range(4)]
    twice = send(desk, url("shift_new", post.uid), **times, weeks="1")
    assert twice.status_code == 422 and "同一时间已有一班" in text(twice)
    assert "门诊导诊" in text(desk.get(url("shifts", query=f"?week={day}")))


def test_a_volunteer_finds_a_post_reads_its_risks_and_signs_up(
    volunteer, serving, coordinator, acting, client_for
):
    with acting(coordinator):
        post = make_post(coordinator, title="儿童阅览")
        shift = make_shift(post, coordinator, capacity=1)
        waiting = make_shift(post, coordinator, capacity=1, in_days=4)
        make_signup(waiting, make_volunteer(coordinator), coordinator)
    phone = client_for(volunteer)
    assert "儿童阅览" in text(phone.get(url("own_posts")))
    page = text(phone.get(url("own_post", post.uid)))
    assert "要戴口罩" in page and "还有 1 个名额" in page and "已满，可以候补" in page
    answer = send(phone, url("own_sign_up", shift.uid))
    assert answer.status_code == 422 and "请先读岗位的风险提示" in text(answer)
    assert send(phone, url("own_sign_up", shift.uid), agrees_risks="on").status_code == 302
    assert send(phone, url("own_sign_up", waiting.uid), agrees_risks="on").status_code == 302
    page = text(phone.get(url("mine")))
    assert "已确认" in page and "候补中，有空位就轮到您" in page
    with acting(coordinator):
        own = Signup.objects.get(shift=shift)
    assert send(phone, url("own_cancel", own.uid)).status_code == 302
    with acting(coordinator):
        own.refresh_from_db()
        assert own.state == "cancelled"


def test_a_volunteer_keeps_the_own_profile_and_no_more(
    volunteer, serving, coordinator, acting, client_for
):
    with acting(coordinator):
        make_record(serving, coordinator, kind="complaint", valid=None, passed=None)
    phone = client_for(volunteer)
    page = text(phone.get(url("profile")))
    assert "人身意外保险" in page and "投诉" not in page
    version = serving.row_version
    fields = {"phone": "13900009999", "skills": ["law"], "state": "blacklisted", "hours": "900"}
    answer = send(phone, url("profile"), **fields, _draft_base=str(version))
    assert answer.status_code == 302
    with acting(coordinator):
        serving.refresh_from_db()
        assert (serving.phone, serving.skills) == ("13900009999", ["law"])
        assert (serving.state, serving.hours) == ("active", 0)


@pytest.mark.parametrize("name", ["list", "posts", "shifts", "volunteer_new", "post_new"])
def test_a_volunteer_finds_no_page_of_the_keepers(name, volunteer, serving, client_for):
    assert client_for(volunteer).get(url(name)).status_code == 404


def test_another_house_and_another_department_find_nothing(
    coordinator, other_coordinator, acting, client_for
):
    with acting(coordinator):
        one = make_volunteer(coordinator)
        shift = make_shift(make_post(coordinator), coordinator)
        signup = make_signup(shift, one, coordinator)
        fact = VolunteerRecord.objects.filter(volunteer=one).first()
    stranger = client_for(other_coordinator)
    for address in (
        url("volunteer", one.uid),
        url("volunteer_edit", one.uid),
        url("step", one.uid, "pause"),
        url("shift", shift.uid),
        url("post", shift.post.uid),
        url("signup_cancel", signup.uid),
        url("fact_void", fact.uid),
    ):
        assert stranger.get(address).status_code == 404, address
        assert stranger.post(address).status_code in (404, 405), address


def _counted(client, address) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_lists_ask_the_same_number_of_questions_for_one_and_for_three(
    desk, coordinator, volunteer, serving, acting, client_for
):
    phone = client_for(volunteer)

    def fill(day: int):
        with acting(coordinator):
            other = make_volunteer(coordinator)
            shift = make_shift(make_post(coordinator), coordinator, in_days=day)
            make_signup(shift, serving, coordinator)
            make_signup(shift, other, coordinator)
        return shift

    shift = fill(2)
    pages = [url("list"), url("posts"), url("shifts"), url("volunteer", serving.uid)]
    own = [url("mine"), url("own_posts")]
    one = [_counted(desk, page) for page in pages] + [_counted(phone, page) for page in own]
    fill(3)
    fill(4)
    three = [_counted(desk, page) for page in pages] + [_counted(phone, page) for page in own]
    assert three == one
    before = _counted(desk, url("shift", shift.uid))
    with acting(coordinator):
        make_signup(shift, make_volunteer(coordinator), coordinator)
    assert _counted(desk, url("shift", shift.uid)) == before


def test_the_list_is_asked_by_its_own_words(desk, coordinator, other_coordinator, acting):
    with acting(coordinator):
        make_volunteer(coordinator, name="演示甲", phone="13711112222", skills=["law"])
        make_volunteer(coordinator, name="演示乙", state="paused")
    assert "演示甲" in text(desk.get(url("list"))) and "演示乙" not in text(desk.get(url("list")))
    found = text(desk.get(url("list", query="?query=手机:13711112222")))
    assert "演示甲" in found
    assert "演示甲" not in text(desk.get(url("list", query="?query=特长:手语")))
    assert "演示乙" in text(desk.get(url("list", query="?query=状态:暂停")))
    with acting(coordinator):
        one = volunteer_register(
            name="周晴", id_type="none", sex="2", birth_date=dt.date(1990, 5, 1),
            phone="13633334444", agreed_at=None, by=coordinator,
        )  # fmt: skip
        assert one.name_masked != one.name
    for asked in ("周晴", "zhouqing", "zq"):
        named = desk.get(url("list", query=f"?show=all&query=姓名:{asked}"))
        assert [line["row"].pk for line in named.context["rows"]] == [one.pk]
    assert desk.get(url("list", query="?show=all&query=姓名:周雨")).context["rows"] == []
    for asked in ("周晴", "zhouqing", "13633334444"):
        with acting(coordinator):
            (group,) = volunteers_found(asked, 6, coordinator)
            assert [(hit.title, hit.url) for hit in group.hits] == [
                (one.name_masked, url("volunteer", one.uid))
            ]
    with acting(other_coordinator):
        assert volunteers_found("周晴", 6, other_coordinator)[0].hits == []
    faulty = desk.post(url("list"), {"query": "身高>170"})
    assert faulty.status_code == 422 and "身高" in text(faulty)
