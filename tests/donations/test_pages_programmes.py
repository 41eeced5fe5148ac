"""Programmes in the browser's own words: written row by row, tried, published by another, compared."""

import datetime as dt

import pytest
from django.utils import timezone

from donations.forms.programmes import initial_of_version
from donations.models.programmes import Programme, ProgrammeVersion
from donations.services import requests
from tests.donations.pages import text, url
from tests.factories import cases
from tests.factories import donations as made

pytestmark = pytest.mark.django_db


def _typed(version: ProgrammeVersion, **changed: object) -> dict[str, object]:
    """The whole form as a browser sends it."""
    given = initial_of_version(version) | {"_draft_base": version.row_version} | changed
    return {name: value for name, value in given.items() if value not in (None, "", False)}


def _fresh(people, uid) -> ProgrammeVersion:
    with made.as_person(people.officer):
        return ProgrammeVersion.objects.get(uid=uid)


def test_a_new_version_is_written_tried_and_published_by_another(
    client_for, people, money, officer, approver, other_officer, cashier
):
    asked = made.make_submitted(people, money)
    desk, boss = client_for(officer), client_for(approver)
    with made.as_person(people.officer):
        programme = Programme.objects.get()
    made_new = desk.post(url("version_new", programme.uid))
    uid = made_new.headers["Location"].split("/")[-3]
    assert desk.post(url("version_new", programme.uid)).status_code == 422  # one draft at a time
    draft = _fresh(people, uid)
    assert (draft.version, draft.conditions) == (2, money.version.conditions)
    edit, page = url("version_edit", uid), url("version", uid)
    assert "示例" in text(desk.get(edit))
    start = timezone.localdate() + dt.timedelta(days=1)

    # Up to 17 years only: two examples say otherwise, shown before anything is saved.
    narrow = {"conditions_0_cel": "age >= 0 && age <= 17", "valid_from": start}
    tried = text(desk.post(url("version_try", uid), _typed(draft, **narrow)))
    assert tried.count("不符") >= 1
    assert "算出：不符合，标准 50,000.00 元" in tried
    wrong = desk.post(url("version_try", uid), _typed(draft, conditions_0_cel="age >> 3"))
    assert "条件读不懂" in text(wrong)
    lacking = desk.post(edit, _typed(draft, conditions_0_zh=""))
    assert lacking.status_code == 422
    assert "这一行还缺这一项。" in text(lacking)
    assert desk.post(edit, _typed(draft, **narrow)).status_code == 302
    assert "还不能发布：示例“18 岁" in text(boss.get(page))
    refused = boss.post(url("version_publish", uid))
    assert refused.status_code == 422

    draft = _fresh(people, uid)
    whole = _typed(draft, example_cases_1_age="17", per_request="40,000")
    assert desk.post(edit, whole | {"valid_from": f"{start}"}).status_code == 302
    stale = desk.post(edit, whole)
    assert stale.status_code == 409
    assert "算出" not in text(boss.get(page))
    assert desk.post(url("version_publish", uid)).status_code == 422  # an officer does not publish
    assert boss.post(url("version_publish", uid)).status_code == 302
    draft = _fresh(people, uid)
    assert (draft.published_by_id, draft.caps) == (
        approver.pk,
        {**draft.caps, "per_request": "40000.00"},
    )
    assert desk.post(edit, whole).status_code in (409, 422)

    # The request that runs keeps the version it was sent under.
    with made.as_person(people.officer) as by:
        row = type(asked.request).objects.visible_to(by).get()
        assert row.programme_version_id == money.version.pk
    compared = text(desk.get(url("programme_compare", programme.uid) + "?a=1&b=2"))
    assert compared.count("不同") >= 3
    assert "每份申请 40,000.00 元" in compared
    assert "v2" in text(client_for(cashier).get(url("programme", programme.uid)))
    assert client_for(other_officer).get(page).status_code == 404


def test_who_wrote_last_does_not_publish(client_for, people, money, approver):
    boss = client_for(approver)
    with made.as_person(people.officer):
        programme = Programme.objects.get()
    uid = boss.post(url("version_new", programme.uid)).headers["Location"].split("/")[-3]
    refused = boss.post(url("version_publish", uid))
    assert "请由另一人发布" in text(refused)
    assert _fresh(people, uid).published_at is None


def test_a_hospital_that_is_not_designated_cannot_ask(people, money, refuses, other_hospital):
    bound = made.make_money(people, name="定点项目", hospitals=[str(other_hospital.uid)])
    with made.as_person(people.worker) as by:
        case = cases.make_case(by, stage="intervention")
        with refuses("funding_request.hospital_not_designated", "programme_version"):
            requests.request_draft(case=case, programme_version=bound.version, by=by)


def test_a_new_programme_has_a_fund(client_for, people, money, officer):
    desk = client_for(officer)
    assert "还没有" not in text(desk.get(url("programmes")))
    assert desk.post(url("programme_new"), {"name": "演示新项目"}).status_code == 422
    given = {"name": "演示新项目", "fund": str(money.fund.uid)}
    made_new = desk.post(url("programme_new"), given)
    assert made_new.status_code == 302
    assert "还没有版本" in text(desk.get(made_new.headers["Location"]))
