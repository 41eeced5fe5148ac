"""My day: each line says which case, which masked person, why and by when; nobody else's work is in it."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.services.clocks import case_task
from departments.models.mechanisms import Task
from departments.services.drafts import draft_save
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
DAY, WORKBENCH = reverse("cases:panel_my_day"), reverse("departments:workbench")


def _due(case, kind, by, hours=5, **given):
    case_task(
        case,
        kind,
        due_at=timezone.now() + dt.timedelta(hours=hours),
        by=by,
        **({"assignee": by, "key": f"{kind}:{case.uid}"} | given),
    )


def test_a_task_names_its_case_its_masked_person_and_why_it_is_due(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker, client=make.make_client(worker, name="演示甲乙"))
        _due(case, "plan_review", worker)
    answer = client_for(worker).get(DAY)
    said = text_of(answer)
    assert case.number in said
    assert "演**" in said
    assert "演示甲乙" not in answer.content.decode()
    assert "计划写明的检视日期到了" in said
    assert f"{reverse('cases:case', args=[case.uid])}?part=plan" in answer.content.decode()


def test_a_scale_that_is_due_again_is_named_and_opened_at_once(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        sheet = make.make_questionnaire(worker, "phq9")
        _due(case, "repeat_assessment", worker, key=f"repeat_assessment:phq9:{case.uid}")
    client = client_for(worker)
    answer = client.get(DAY)
    assert "按期再测：患者健康问卷（PHQ-9）" in text_of(answer)
    to = f"{reverse('cases:assessment_new', args=[case.uid])}?sheet=phq9"
    assert to in answer.content.decode()
    assert client.get(to)["Location"].endswith(f"?questionnaire={sheet.uid}")


def test_the_rest_of_a_long_list_is_one_press_away(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker)
        for n in range(22):
            _due(case, "next_contact", worker, hours=n + 1, key=f"next:{n}")
    client = client_for(worker)
    first = client.get(DAY)
    assert "还有 2 项更晚到期" in text_of(first)
    assert "?span=week&amp;shown=40" in first.content.decode()
    more = client.get(f"{DAY}?span=week&shown=40")
    assert text_of(more).count("下一次接触") == 22
    assert "更晚到期" not in text_of(more)


def test_what_waits_for_an_approval_stands_in_a_card_of_its_own(
    worker, supervisor, client_for, acting
):
    with acting(worker):
        case = make.make_case(worker, supervisor=supervisor)
        _due(case, "plan_approval", worker, assignee=supervisor)
    assert "待我审批与答复 1" in text_of(client_for(supervisor).get(DAY))
    assert "待我审批与答复" not in text_of(client_for(worker).get(DAY))


def test_a_draft_that_was_not_sent_leads_back_to_its_page(worker, worker2, client_for, acting):
    with acting(worker):
        case = make.make_case(worker)
        draft_save(
            form="cases-contact", subject_uid=case.uid, fields={"facts": ["写了一半"]}, by=worker
        )
    page = client_for(worker).get(DAY).content.decode()
    assert reverse("cases:contact_new", args=[case.uid]) in page
    assert case.number in page
    assert "写了一半" not in page
    assert case.number not in client_for(worker2).get(DAY).content.decode()


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ("cases-assessment-phq9", "/assessments/new/?sheet=phq9"),
        ("cases-drawing-ecomap", "/drawings/ecomap/edit/"),
        ("cases-calculation-calc_own", "/sums/calc_own/edit/"),
        ("cases-outgoing", "/refer/"),
    ],
)
def test_every_half_written_form_of_a_case_leads_back(form, path, worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker)
        draft_save(form=form, subject_uid=case.uid, fields={"x": ["写了一半"]}, by=worker)
    client = client_for(worker)
    found = client.get(DAY)
    assert f'href="/cases/{case.uid}{path}"' in found.content.decode()
    assert client.get(f"/cases/{case.uid}{path}").status_code in {200, 302}


def test_an_own_record_without_analysis_waits_until_it_is_locked(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker)
        open_one = make.make_contact(
            case, worker, analysis=None, locked_at=timezone.now() + dt.timedelta(hours=3)
        )
        locked = make.make_contact(
            case, worker, analysis=None, locked_at=timezone.now() - dt.timedelta(hours=1)
        )
        done = make.make_contact(
            case, worker, analysis="已写", locked_at=timezone.now() + dt.timedelta(hours=3)
        )
    page = client_for(worker).get(DAY).content.decode()
    assert reverse("cases:contact", args=[open_one.uid]) in page
    assert reverse("cases:contact", args=[locked.uid]) not in page
    assert reverse("cases:contact", args=[done.uid]) not in page


def test_an_open_alert_names_the_masked_person_and_is_not_told_to_others(
    worker, worker2, other_worker, client_for, acting
):
    with acting(worker):
        case = make.make_case(worker)
        make.make_alert(case, worker)
    said = text_of(client_for(worker).get(WORKBENCH))
    assert case.number in said
    assert case.client.name_masked in said
    for stranger in (worker2, other_worker):
        assert case.number not in client_for(stranger).get(WORKBENCH).content.decode()


def test_my_day_asks_the_same_with_one_and_three_of_everything(worker, client_for, acting):
    client, counts = client_for(worker), []
    for more in (1, 2):
        with acting(worker):
            for n in range(more):
                case = make.make_case(worker, client=make.make_client(worker, name=f"演示{n}"))
                _due(case, "next_contact", worker)
                _due(case, "co_sign", worker)
                make.make_contact(
                    case, worker, analysis=None, locked_at=timezone.now() + dt.timedelta(hours=3)
                )
                draft_save(form="cases-plan", subject_uid=case.uid, fields={}, by=worker)
        client.get(DAY)
        with CaptureQueriesContext(connection) as seen:
            client.get(DAY)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_list_looks_a_day_a_week_or_all_the_way_and_counts_each(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker)
        for kind, days in (("plan_review", -1), ("next_contact", 3), ("follow_up", 40)):
            _due(case, kind, worker, hours=24 * days)
        _due(case, "meeting_task", worker)
        Task.objects.filter(kind="meeting_task").update(state="done", closed_at=timezone.now())
    client = client_for(worker)

    def titles(span: str) -> list[str]:
        page = client.get(DAY, {"span": span}).content.decode()
        assert "今天已完成 1 项" in page
        for word in ("今天 1<", "七天内 2<", "全部 3<"):
            assert word in page
        return re.findall(r"· ([^<·]+)</b>", page)

    assert titles("today") == ["复评服务计划"]
    assert titles("week") == ["复评服务计划", "下一次接触"]
    assert titles("all") == ["复评服务计划", "下一次接触", "结案后跟进"]
    assert titles("crooked") == titles("week")


def test_many_things_to_do_do_not_hide_what_waits_for_approval(
    worker, supervisor, client_for, acting
):
    with acting(supervisor):
        case = make.make_case(supervisor, worker=worker, supervisor=supervisor)
        for n in range(23):
            _due(case, "next_contact", worker, hours=n - 30, assignee=supervisor, key=f"n:{n}")
        _due(case, "plan_approval", worker, hours=24 * 9, assignee=supervisor)
    page = client_for(supervisor).get(DAY, {"span": "all"})
    said = text_of(page)
    assert "个案里要做的 23" in said
    assert "还有 3 项更晚到期" in said
    assert "待我审批与答复 1" in said


def test_the_caseload_weighs_a_case_by_its_risk(worker, client_for, acting):
    with acting(worker):
        for level in ("low", "medium", "high", "crisis"):
            person = make.make_client(worker, name=f"演示{level}")
            make.make_case(worker, stage="intervention", client=person, risk_level=level)
    said = text_of(client_for(worker).get(reverse("cases:panel_caseload")))
    assert "权重合计 7.5" in said
    assert "介入 4 · 权重 7.5" in said


def test_no_gap_takes_no_room(worker, client_for):
    assert text_of(client_for(worker).get(reverse("cases:panel_gaps"))).strip() == ""
