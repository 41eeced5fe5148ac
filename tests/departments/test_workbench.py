"""The workbench, notices and the page head: composed of panels, cheap, each person's own."""

import ast
import datetime as dt
import re
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.services.clocks import TOLD
from departments.models.mechanisms import Notification, Task
from departments.services.desk import COUNT_CAP, NOTICE_WORDS, TASK_WORDS, badges, figures
from departments.services.tasks import notify, task_open


def _task(user, kind: str = "triage", hours: float = 5, **fields) -> Task:
    with_subject = fields.pop("subject", user.membership)
    return task_open(
        kind=kind,
        organization_id=user.house_id,
        subject=with_subject,
        due_at=timezone.now() + dt.timedelta(hours=hours),
        dedup_key=f"{kind}:{hours}:{len(fields)}",
        **({"role": user.role} | fields),
    )


def _notify(user, count: int = 1, kind: str = "report.done") -> None:
    for n in range(count):
        notify(
            users=[user.pk],
            organization_id=user.house_id,
            kind=kind,
            subject=user.membership,
            dedup_key=f"{kind}:{n}",
        )


def test_the_workbench_is_made_of_panels_of_other_apps(db, worker, client_for):
    page = client_for(worker).get("/workbench/").content.decode()
    asked = re.findall(r'hx-get="([^"]+)" hx-trigger="load"', page)
    assert "/cases/panels/referrals/" in asked
    assert "/cases/panels/caseload/" in asked
    assert 'aria-busy="true"' in page


def test_the_most_urgent_task_stands_first_with_its_clock(db, worker, client_for, acting):
    with acting(worker):
        _task(worker, "plan_review", hours=30)
        _task(worker, "assessment", hours=-2, assignee=worker)
        _task(worker, "triage", hours=1)
    page = client_for(worker).get("/workbench/tasks/").content.decode()
    titles = re.findall(r"<b>([^<]+)</b>", page)
    assert titles == ["完成预估", "受理求助", "复评服务计划"]
    assert re.findall(r"clock clock--(\w+)", page) == ["late", "soon"]
    assert "逾期 2 小时" in page


def test_tasks_of_another_role_or_person_are_not_shown(db, worker, worker2, client_for, acting):
    with acting(worker):
        _task(worker, "triage", role="dept_head")
        _task(worker, "intake", role="", assignee=worker2)
        _task(worker, "assessment", role="", assignee=worker)
    page = client_for(worker).get("/workbench/tasks/").content.decode()
    assert re.findall(r"<b>([^<]+)</b>", page) == ["完成预估"]


def test_a_crisis_stands_above_everything(db, worker, client_for, acting):
    with acting(worker):
        _task(worker, "risk_alert", hours=0.5)
    page = client_for(worker).get("/workbench/").content.decode()
    assert "riskbar" in page
    assert page.index("riskbar") < page.index("card__head")


def test_an_empty_workbench_says_what_will_stand_there(db, worker, client_for):
    page = client_for(worker).get("/workbench/").content.decode()
    assert "没有等着办的事" in page
    assert "还没有通知" in page


def test_a_notice_is_opened_by_marking_it_read(db, officer, client_for, acting):
    with acting(officer):
        _notify(officer)
        notice = Notification.objects.get()
    client = client_for(officer)
    assert "报表已生成，可以下载" in client.get("/notifications/").content.decode()
    assert client.post("/notifications/read/", {"uid": str(notice.uid)}).status_code == 302
    with acting(officer):
        assert Notification.objects.get().read_at is not None


def test_all_notices_are_read_at_once(db, officer, client_for, acting):
    with acting(officer):
        _notify(officer, 3)
    client_for(officer).post("/notifications/read/")
    with acting(officer):
        assert Notification.objects.filter(read_at__isnull=True).count() == 0


def test_a_notice_of_somebody_else_is_neither_seen_nor_read(
    db, officer, officer2, client_for, acting
):
    with acting(officer):
        _notify(officer)
        notice = Notification.objects.get()
    client = client_for(officer2)
    assert str(notice.uid) not in client.get("/notifications/").content.decode()
    client.post("/notifications/read/", {"uid": str(notice.uid)})
    with acting(officer):
        assert Notification.objects.get().read_at is None


def test_notices_are_paged_by_key(db, officer, client_for, acting):
    with acting(officer):
        _notify(officer, 31)
    client = client_for(officer)
    first = client.get("/notifications/").content.decode()
    older = re.search(r'href="(\?before=\d+)"', first)[1]
    second = client.get(f"/notifications/{older}").content.decode()
    assert (first.count('name="uid"'), second.count('name="uid"')) == (30, 1)
    assert 'href="?before' not in second
    for crooked in ("x", "²", "9" * 30):
        assert client.get("/notifications/", {"before": crooked}).status_code == 200


def test_the_counts_in_the_page_head_are_capped(db, officer, client_for, acting):
    with acting(officer):
        _notify(officer, COUNT_CAP + 5)
        assert badges(officer).unread == COUNT_CAP
    page = client_for(officer).get("/organizations/").content.decode()
    assert f"通知，{COUNT_CAP} 条未读" in page


def test_late_referrals_are_urgent_in_the_navigation(db, worker, client_for, acting):
    class Referral:
        pk, uid, organization_id, compartment_id = (
            7,
            worker.membership.uid,
            worker.membership.organization_id,
            None,
        )

        class _meta:
            model_name = "referral"

    with acting(worker):
        _task(worker, "triage", hours=-1, subject=Referral())
    page = client_for(worker).get("/organizations/").content.decode()
    assert 'nav__n--warn">1 待接' in page


def test_the_page_head_costs_one_statement_and_a_fragment_none(db, worker, client_for):
    client = client_for(worker)
    with CaptureQueriesContext(connection) as page:
        client.get("/start/")
    with CaptureQueriesContext(connection) as fragment:
        client.get("/workbench/tasks/")
    counting = "departments_notification"
    assert sum(counting in query["sql"] for query in page) == 1
    assert sum(counting in query["sql"] for query in fragment) == 0
    # Session, person, enter and the counts; the rest brackets the transaction.
    assert sum(query["sql"].startswith("SELECT") for query in page) == 5


def test_anonymous_pages_ask_nothing_for_the_page_head(db, count_queries):
    assert count_queries(lambda: Client().get("/sign-in/")) == 0


def test_the_workbench_asks_as_often_for_one_task_as_for_three(
    db, worker, client_for, acting, count_queries
):
    client = client_for(worker)

    def with_tasks(*hours: int) -> int:
        with acting(worker):
            for n in hours:
                _task(worker, "triage", hours=n)
        return count_queries(lambda: client.get("/workbench/"))

    assert with_tasks(1) == with_tasks(2, 3)


def test_the_register_is_read_by_every_role_and_filtered(db, client_for, worker, officer, secadmin):
    for user in (worker, officer, secadmin):
        page = client_for(user).get("/organizations/").content.decode()
        assert "测试第一医院" in page
        assert "测试慈善基金会" in page
    client = client_for(worker)
    page = client.get("/organizations/", {"kind": "foundation", "q": "慈善"}).content.decode()
    assert re.findall(r'<a href="/organizations/[0-9a-f-]{36}/">([^<]+)</a>', page) == [
        "测试慈善基金会"
    ]
    assert "没有符合条件的机构" in client.get("/organizations/", {"q": "无此机构"}).content.decode()
    assert client.get("/organizations/", {"kind": "crooked", "after": "x"}).status_code == 200


def test_an_organization_shows_its_departments(db, worker, hospital, client_for):
    page = client_for(worker).get(f"/organizations/{hospital.uid}/").content.decode()
    assert "血液科一病区" in page
    assert "本机构" in page


def test_a_place_that_is_not_there_is_missing(db, worker, client_for):
    address = "/organizations/0190a6c2-0000-7000-8000-000000000001/"
    assert client_for(worker).get(address).status_code == 404


TELLING = frozenset({"notify", "_tell", "case_tell", "people_tell"})


def test_every_task_and_notice_written_in_the_code_has_words():
    root = Path(__file__).resolve().parents[2]
    tasks, told = set(), set()
    for app in ("cases", "volunteers", "projects", "donations", "reports"):
        for path in (root / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                given = [word.value for word in node.keywords if word.arg == "kind"]
                given += node.args[1:2] if name == "case_task" else []
                kinds = {one.value for one in given if isinstance(one, ast.Constant)}
                tasks |= kinds if name in {"task_open", "case_task"} else set()
                given += node.args[1:2] if name in {"case_tell", "_tell"} else []
                kinds = {one.value for one in given if isinstance(one, ast.Constant)}
                told |= kinds if name in TELLING else set()
    assert len(tasks) > 10
    assert tasks - set(TASK_WORDS) == set()
    told |= set(TOLD.values())
    assert {"plan.returned", "risk_alert.raised", "transfer.asked"} <= told
    assert told - set(NOTICE_WORDS) == set()


def test_the_figures_count_by_the_deadlines(db, worker, client_for, acting):
    with acting(worker):
        for n, hours in enumerate((-30, -1, 0.5, 2, 200)):
            _task(worker, f"kind{n}", hours=hours)
        made = figures(worker)
    assert (made.waiting, made.soon, made.late) == (5, 2, 2)
    page = client_for(worker).get("/workbench/").content.decode()
    assert re.findall(r"<b>(\d+)", page)[:2] == ["2", "2"]


def test_what_waits_at_the_door_stands_in_its_own_panel_alone(db, worker, client_for, acting):
    class Referral:
        pk, uid = 7, worker.membership.uid
        organization_id, compartment_id = worker.membership.organization_id, None

        class _meta:
            model_name = "referral"

    with acting(worker):
        _task(worker, "referral", subject=Referral())
        _task(worker, "referral_reply", hours=9, subject=Referral())
    page = client_for(worker).get("/workbench/tasks/").content.decode()
    assert re.findall(r"<b>([^<]+)</b>", page) == ["催问外出转介的回复"]
