"""Posts, credentials, hours of continuing education, beds per worker: entered, computed, warned of."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from psycopg2.extras import DateRange

from departments.models.learning import LearningAttendance, LearningEvent
from departments.models.mechanisms import Document, Task
from departments.models.organizations import DatedRule, Department, Organization, Region
from departments.models.staff import StaffCredential, StaffProfile
from departments.services.credential_clocks import credentials_warn
from departments.services.entering import house_scope
from departments.services.organizations import organization_add
from departments.services.staff import (
    credential_add,
    credential_void,
    staff_profile_add,
    staff_profile_change,
    staff_profile_end,
)
from departments.services.staff_rules import staff_rules
from departments.services.staff_standing import standings
from departments.services.staffing import required, staffing_of
from departments.signals import credential_expiring
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = dt.timedelta(days=1)


def refused(rule: str, field: str | None, call, **given) -> None:
    with pytest.raises(DomainError) as error:
        call(**given)
    assert (error.value.rule, error.value.field) == (rule, field)


@pytest.fixture
def rules(db):
    with house_scope(INSTALLATION):
        Region.objects.bulk_create(
            [
                Region(code=310000, name="上海市", level=2),
                Region(code=440000, name="广东省", level=2),
            ],
            ignore_conflicts=True,
        )
        DatedRule.objects.bulk_create(staff_rules())


@pytest.fixture
def post(worker, head, acting):
    """The worker's full-time post, a year old."""
    with acting(head):
        return staff_profile_add(
            user=worker,
            department=worker.membership.department,
            employment="full_time",
            weekly_hours=Decimal(40),
            since=TODAY() - 365 * DAY,
            by=head,
        )


def _registered(post, head, *, left: int, grade: str = "assistant") -> StaffCredential:
    end = TODAY() + left * DAY
    return credential_add(
        profile=post,
        kind="registration",
        grade=grade,
        number=f"DJ{left}",
        issued_on=end - 1095 * DAY,
        valid_from=end - 1095 * DAY,
        valid_to=end,
        by=head,
    )


def test_a_post_takes_its_name_from_the_account_and_makes_full_time_equivalents(post, worker):
    assert (post.name, post.fte, post.until) == (worker.display_name, Decimal("1.00"), None)


def test_bad_posts_and_papers_are_refused_at_their_field(post, worker, head, acting):
    given = {"employment": "full_time", "weekly_hours": Decimal(40), "by": head}
    with acting(head):
        early = {"since": TODAY(), "until": TODAY() - DAY}
        refused("staff.order", "until", staff_profile_add, name="演示甲", **given | early)
        refused("staff_profile_has_name", "name", staff_profile_add, since=TODAY(), **given)
        again = given | {"user": worker, "since": TODAY()}
        refused("staff_profile_once_at_a_time", "since", staff_profile_add, **again)
        placed = given | {"employment": "agency_placed", "name": "演示甲", "since": TODAY()}
        refused("staff_profile_placed_names_agency", "agency", staff_profile_add, **placed)
        student = given | {"employment": "intern", "name": "演示甲", "since": TODAY()}
        refused("staff_profile_intern_not_counted", "is_counted", staff_profile_add, **student)
        long = given | {"weekly_hours": Decimal("60.5"), "name": "演示甲", "since": TODAY()}
        refused("staff_profile_hours_in_range", "weekly_hours", staff_profile_add, **long)
        paper = {"profile": post, "kind": "registration", "grade": "assistant", "number": "1"}
        ends = {"issued_on": TODAY(), "valid_from": TODAY(), "valid_to": TODAY() - DAY, "by": head}
        refused("staff.order", "valid_to", credential_add, **paper | ends)
        hours = {"profile": post, "kind": "cpd", "title": "课", "issued_on": TODAY(), "by": head}
        refused("staff_credential_cpd_has_hours", "hours", credential_add, **hours)


def test_only_the_keepers_write_and_another_house_finds_nothing(post, worker, other_head, acting):
    with acting(worker):
        assert list(StaffProfile.objects.visible_to(worker)) == [post]
        refused(
            "permission.can_keep_profile",
            None,
            staff_profile_end,
            profile=post,
            last_day=TODAY(),
            reason="离岗",
            by=worker,
        )
    with acting(other_head):
        assert not StaffProfile.objects.filter(pk=post.pk).exists()


def test_a_stale_page_does_not_overwrite(post, head, acting):
    facts = {"employment": "part_time", "since": post.since, "by": head}
    with acting(head):
        changed = staff_profile_change(
            profile=post, base=post.row_version, weekly_hours=Decimal(20), **facts
        )
        assert (changed.fte, changed.employment) == (Decimal("0.50"), "part_time")
        refused(
            "form.stale",
            None,
            staff_profile_change,
            profile=post,
            base=post.row_version,
            weekly_hours=Decimal(30),
            **facts,
        )


def test_hours_count_from_entries_and_courses_of_the_period_against_the_rule(
    rules, post, worker, head, acting
):
    with acting(head):
        credential_add(
            profile=post,
            kind="certificate",
            grade="assistant",
            number="ZS1",
            issued_on=TODAY() - 900 * DAY,
            by=head,
        )
        _registered(post, head, left=100)
        for days, hours in ((30, "20.5"), (1200, "50")):
            credential_add(
                profile=post,
                kind="cpd",
                title="外出学习",
                issued_on=TODAY() - days * DAY,
                hours=Decimal(hours),
                by=head,
            )
        for is_cpd, result in ((True, "passed"), (True, "failed"), (False, "passed")):
            event = LearningEvent.objects.create(
                organization_id=head.house_id,
                kind="training",
                form="lecture",
                theme="演示课程",
                starts_at=timezone.now() - 10 * DAY,
                hours=Decimal(6),
                is_cpd=is_cpd,
                state="held",
            )
            LearningAttendance.objects.create(
                organization_id=head.house_id,
                event=event,
                user=worker,
                presence="present",
                hours=Decimal(6),
                result=result,
            )
        with translation.override("zh-hans"):  # an earlier page may have been read in English
            one = standings([post])[0]
            said = str(one.grade)
    assert (said, one.required, one.hours, one.missing) == (
        "助理社会工作师",
        72,
        Decimal("26.5"),
        Decimal("45.5"),
    )
    assert (one.days_left, one.is_soon, one.is_expired) == (100, False, False)


def test_who_holds_a_registration_and_the_head_are_warned_once_and_a_new_one_ends_it(
    post, worker, head, acting
):
    heard = []
    credential_expiring.connect(heard.append, weak=False, dispatch_uid="test")
    hear = lambda sender, credential, **_more: heard.append(credential.number)  # noqa: E731
    credential_expiring.disconnect(dispatch_uid="test")
    credential_expiring.connect(hear, weak=False, dispatch_uid="test")
    with acting(head):
        _registered(post, head, left=89)
    try:
        for _night in range(2):
            with house_scope(post.organization_id):
                credentials_warn(organization_id=post.organization_id)
    finally:
        credential_expiring.disconnect(dispatch_uid="test")
    assert heard == ["DJ89"]
    with acting(worker):
        assert Task.objects.visible_to(worker).open().get().kind == "credential_expiring"
    with acting(head):
        assert Task.objects.visible_to(head).open().filter(role="dept_head").count() == 1
        _registered(post, head, left=1000)
        assert not Task.objects.filter(kind="credential_expiring", state="open").exists()
    with house_scope(post.organization_id):
        assert credentials_warn(organization_id=post.organization_id) == 0


def test_a_voided_paper_no_longer_counts(post, head, acting):
    with acting(head):
        row = _registered(post, head, left=30)
        credential_void(credential=row, reason="输错了", by=head)
        assert standings([post])[0].registration is None
        refused("credential.voided", None, credential_void, credential=row, reason="再来", by=head)


# ── staffing ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("beds", "per", "posts"),
    [(1, 500, 1), (500, 500, 1), (501, 500, 2), (1201, 300, 5), (250, 100, 3)],
)
def test_required_is_rounded_up(beds, per, posts):
    assert required(beds, per) == posts


def test_beds_per_worker_and_the_gap_by_the_rule_of_the_place(rules, post, head, hospital, acting):
    ward = Department.objects.get(organization=hospital, kind="ward")
    with house_scope(hospital.pk):
        Department.objects.filter(pk=ward.pk).update(beds_open=1250)
    with acting(head):
        staff_profile_add(
            name="演示兼职",
            employment="part_time",
            weekly_hours=Decimal("20.5"),
            since=TODAY(),
            by=head,
        )
        here = staffing_of(by=head)
        assert (here.house.beds, here.house.fte, here.house.people) == (1250, Decimal("1.51"), 2)
        assert here.house.beds_per_worker == Decimal("827.8")
        demand = here.house.demand
        assert (demand.required_min, demand.required_target) == (3, 5)
        assert (demand.gap_min, demand.gap_target) == (Decimal("1.49"), Decimal("3.49"))
        # Beijing asks by need and names no number: measured by Shanghai's, and the page says so.
        assert here.is_reference and here.local.region_id == 110000
        assert demand.rule.region_id == 310000


def test_the_gap_of_a_regions_hospitals_comes_from_the_register_in_as_many_statements(
    rules, head, authority, hospital, client_for, acting, count_queries
):
    with house_scope(hospital.pk):
        Department.objects.filter(organization=hospital, kind="ward").update(beds_open=1201)
        Department.objects.filter(organization=hospital, kind="msw").update(
            posts_set=4, posts_filled=3
        )
    client, address = client_for(authority), "/organizations/staffing/?region=北京市"
    (row,) = [one for one in client.get(address).context["rows"] if one.hospital.pk == hospital.pk]
    demand = row.place.demand
    said = (row.place.beds, demand.required_min, demand.required_target, demand.gap_target)
    assert said == (1201, 3, 5, Decimal("2.00"))
    assert row.is_reference and "参照上海市" in client.get(address).content.decode()
    one = count_queries(lambda: client.get(address))
    with acting(head):
        for name in ("演示甲医院", "演示肿瘤医院"):
            made = organization_add(
                kind="hospital", name=name, region=Region.objects.get(pk=110101), by=head
            )
    assert count_queries(lambda: client.get(address)) == one
    rows = client.get(address).context["rows"]
    (blank,) = [one for one in rows if one.hospital.pk == made.pk]
    assert (blank.place.beds, blank.place.demand, str(blank.kind_words)[:2]) == (None, None, "儿科")


def test_a_rule_of_the_own_region_and_a_special_hospital_win(rules, head, hospital, acting):
    with house_scope(INSTALLATION):
        Organization.objects.filter(pk=hospital.pk).update(
            region_id=310000, hospital_type="children"
        )
    with house_scope(hospital.pk):
        Department.objects.filter(organization=hospital, kind="ward").update(beds_open=250)
    with acting(head):
        here = staffing_of(by=head)
        assert (here.is_reference, here.hospital_kind) == (False, "special")
        assert here.house.demand.required_target == 3
        past = staffing_of(by=head, on=dt.date(2015, 6, 1))
        assert (past.house.demand.required_min, past.house.demand.required_target) == (1, 3)


# ── pages ────────────────────────────────────────────────────────────────────


def test_the_list_sends_as_many_statements_for_three_as_for_one(
    rules, post, head, client_for, count_queries, acting
):
    client = client_for(head)
    call = lambda: client.get("/staff/")  # noqa: E731
    one = count_queries(call)
    with acting(head):
        for place in range(3):
            row = staff_profile_add(
                name=f"演示{place}",
                employment="full_time",
                weekly_hours=Decimal(40),
                since=TODAY(),
                by=head,
            )
            _registered(row, head, left=40 + place)
    assert count_queries(call) == one
    assert "剩 40 天" in call().content.decode()


def test_the_pages_show_what_may_be_seen(rules, post, head, worker, other_head, client_for):
    page = client_for(head).get(f"/staff/{post.uid}/").content.decode()
    assert "还没有登记证书" in page
    assert client_for(other_head).get(f"/staff/{post.uid}/").status_code == 404
    own = client_for(worker).get("/learning/own/").content.decode()
    assert "我的资质与学时" in own and "修改岗位" not in own
    page = client_for(head).get("/staff/staffing/").content.decode()
    assert "综合医院每 300 至 500 张床配备 1 名专职医务社工" in page
    assert "参照上海市的标准" in page
    typed = {
        "name": "演示甲",
        "employment": "full_time",
        "weekly_hours": "40",
        "since": "2026-02-30",
    }
    answer = client_for(head).post("/staff/new/", typed)
    assert answer.status_code == 422
    assert 'value="演示甲"' in answer.content.decode()


def test_a_scan_of_a_certificate_is_kept_looked_at_and_removed_by_who_may(
    post, worker, worker2, head, secadmin, other_head, acting, client_for, upload
):
    with acting(head):
        paper = _registered(post, head, left=500)
    new, keeper = f"/staff/credentials/{paper.uid}/scan/", client_for(head)
    assert client_for(worker).get(new).status_code == 403
    assert keeper.post(new, {}).status_code == 422
    assert keeper.post(new, {"file": upload}).status_code == 302
    with acting(head):
        scan = Document.objects.get(subject_kind="staffcredential")
    address = f"/staff/scans/{scan.uid}/"
    assert address in client_for(secadmin).get(f"/staff/{post.uid}/").content.decode()
    own = client_for(worker).get(address).content.decode()
    assert (f"{address}file/" in own, f"{address}remove/" in own) == (True, False)
    assert client_for(worker).get(f"{address}file/")["Content-Disposition"].startswith("attachment")
    for stranger in (worker2, other_head):
        for tail in ("", "file/", "pages/1/", "remove/"):
            assert client_for(stranger).get(f"{address}{tail}").status_code == 404
    assert client_for(worker).post(f"{address}remove/").status_code == 403
    assert keeper.post(f"{address}remove/", {"reason": "other"}).status_code == 422
    assert keeper.post(f"{address}remove/", {"reason": "other", "note": "传错"}).status_code == 302
    assert keeper.get(address).status_code == 404


def test_the_database_refuses_what_python_forgets(post, acting, head):
    with acting(head), pytest.raises(IntegrityError), transaction.atomic():
        StaffProfile.objects.filter(pk=post.pk).update(valid=DateRange(TODAY(), TODAY()))
    assert connection.vendor == "postgresql"
