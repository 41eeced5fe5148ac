"""The other kinds: each line becomes what its service makes of it, and a second run adds nothing."""

import datetime as dt

from django.utils import timezone

from cases.models.casework import Referral
from cases.models.work import Contact
from departments.models.organizations import Organization
from departments.models.people import Membership, User
from departments.models.staff import StaffProfile
from tests.factories.cases import make_case, make_client
from tests.imports import files

TODAY = timezone.localdate()


def _csv(heads: list[str], *rows: list[str]) -> bytes:
    return files.csv_bytes(rows, heads=heads)


def _through(person, content: bytes):
    return person.confirm(person.review(person.bring(content, name="a.csv")))


def test_referrals_wait_in_the_inbox_and_name_whom_they_know(brings, worker, acting):
    with acting(worker):
        known = make_client(worker, name="演示戊", id_type="id", id_no=files.id_no(5))
    heads = [
        "转介日期",
        "转介科室",
        "转介人",
        "服务对象姓名",
        "身份证号",
        "转介原因",
        "需求",
        "紧急程度",
        "知情",
    ]
    content = _csv(
        heads,
        [
            "2026-01-05",
            "血液科一病区",
            "护士长",
            "演示戊",
            files.id_no(5),
            "费用困难",
            "经济；情绪心理",
            "紧急",
            "是",
        ],
        ["", "没有的科", "护士长", "", "", "费用困难", "", "", ""],
        ["", "", "护士长 电话", "", files.id_no(6), "费用困难", "", "", ""],
        ["", "", "护士长 电话", "", "", "家里没人照顾", "", "", "也许"],
        ["", "", "护士长 电话", "", "", "家里没人照顾", "", "", ""],
    )
    person = brings(worker, "referrals")
    run = _through(person, content)
    assert (run.created_count, run.refused_count) == (2, 3)
    assert [fault[0][0] for fault in person.faults(run).values()] == [
        "from_department", "id_no", "client_aware",
    ]  # fmt: skip
    with acting(worker):
        one, other = Referral.objects.order_by("id")
        assert (one.client_id, one.from_department.name, one.needs, one.urgency) == (
            known.pk, "血液科一病区", ["financial", "emotional"], "urgent",
        )  # fmt: skip
        assert timezone.localdate(one.received_at) == dt.date(2026, 1, 5)
        assert (one.due_at > timezone.now(), one.client_aware, other.client_id) == (
            True,
            True,
            None,
        )
    again = person.review(person.bring(content, name="b.csv"))
    assert (again.known_count, again.valid_count) == (2, 0)


def test_contacts_go_into_the_cases_one_may_write_in(brings, worker, worker2, acting):
    with acting(worker):
        mine = make_case(worker, stage="intervention")
    with acting(worker2):
        other = make_case(worker2, stage="intervention")
    heads = ["个案编号", "日期", "时长（分钟）", "方式", "对象", "过程与事实"]
    content = _csv(
        heads,
        [mine.number, f"{TODAY}", "３０", "电话", "母亲", "说了出院后的安排"],
        [other.number, f"{TODAY}", "30", "面谈", "患者本人", "不是我的个案"],
        [mine.number, f"{TODAY}", "1e3", "面谈", "患者本人", "时长不对"],
        [mine.number, "2020-01-01", "30", "面谈", "患者本人", "早于登记"],
    )
    person = brings(worker, "contacts")
    run = _through(person, content)
    assert (run.created_count, run.refused_count) == (1, 3)
    with acting(worker):
        made = Contact.objects.get()
        assert (made.case_id, made.minutes, made.mode, made.target) == (
            mine.pk,
            30,
            "phone",
            "parent",
        )
    assert person.review(person.bring(content, name="b.csv")).valid_count == 0


def test_organizations_are_kept_by_the_house_and_once(brings, head, acting, hospital):
    heads = ["单位名称", "类型", "地区代码"]
    content = _csv(
        heads,
        ["示例街道社工站点", "社工机构", "110101"],
        ["测试慈善基金会", "基金会", ""],
        ["某单位", "平台", ""],
        ["示例敬老院", "社会组织", "999999"],
    )
    person = brings(head, "organizations")
    run = _through(person, content)
    assert (run.created_count, run.known_count, run.refused_count) == (1, 1, 2)
    with acting(head):
        made = Organization.objects.get(name="示例街道社工站点")
        assert (made.kind, made.region_id, made.managed_by_id, made.is_tenant) == (
            "agency", 110101, hospital.pk, False,
        )  # fmt: skip
    assert person.review(person.bring(content, name="b.csv")).valid_count == 0


def test_a_line_of_staff_brings_the_post_and_the_papers_and_adds_nothing_twice(
    brings, secadmin, acting
):
    heads = ["工号", "姓名", "角色", "用工形式", "每周工时", "等级", "资格证书编号", "发证日期"]
    heads += ["登记证书编号", "登记有效期自", "登记有效期至"]
    paper = ["中级", "ZS1", "2024-05-01", "DJ1", "2025-01-01", "2027-12-31"]
    content = _csv(
        heads,
        ["shili07", "示例庚", "医务社工", "专职", "37.5", *paper],
        ["worker", "测试worker", "医务社工", "兼职", "", "", "", "", "", "", ""],
        ["shili08", "示例辛", "医务社工", "", "20", "", "", "", "", "", ""],
        ["shili09", "示例壬", "医务社工", "专职", "61", "", "", "", "", "", ""],
        [
            "shili10",
            "示例癸",
            "医务社工",
            "专职",
            "",
            "初级",
            "",
            "",
            "DJ2",
            "2026-01-01",
            "2025-01-01",
        ],
    )
    person = brings(secadmin, "staff")
    run = _through(person, content)
    counts = (run.created_count, run.joined_count, run.known_count, run.refused_count)
    assert counts == (1, 1, 0, 3)
    with acting(secadmin):
        post = StaffProfile.objects.get(user__username="shili07")
        assert (str(post.weekly_hours), post.employment) == ("37.5", "full_time")
        papers = post.credentials.order_by("kind").values_list("kind", "grade", "number")
        assert list(papers) == [
            ("certificate", "social_worker", "ZS1"),
            ("registration", "social_worker", "DJ1"),
        ]
        assert str(StaffProfile.objects.get(user__username="worker").weekly_hours) == "40.0"
    assert person.review(person.bring(content, name="b.csv")).valid_count == 0


def test_staff_get_accounts_without_passwords_and_no_administrator(brings, secadmin, acting):
    heads = ["工号", "姓名", "角色", "部门", "邮箱"]
    content = _csv(
        heads,
        ["shili01", "示例乙", "医务社工", "医务社会工作部", "shili01@hospital.example"],
        ["worker", "测试worker", "督导", "", ""],
        ["worker", "测试worker", "医务社工", "", ""],
        ["other_worker", "测试other_worker", "医务社工", "", ""],
        ["shili02", "示例丙", "安全管理员", "", ""],
        ["Shi Li", "示例丁", "医务社工", "", ""],
    )
    person = brings(secadmin, "staff")
    run = _through(person, content)
    counts = (run.created_count, run.joined_count, run.known_count, run.refused_count)
    assert counts == (1, 1, 1, 3)
    with acting(secadmin):
        made = User.objects.get(username="shili01")
        assert (made.has_usable_password(), made.email) == (False, "shili01@hospital.example")
        held = Membership.objects.get(user=made)
        assert (held.role, held.department.name) == ("worker", "医务社会工作部")
    assert person.review(person.bring(content, name="b.csv")).valid_count == 0
