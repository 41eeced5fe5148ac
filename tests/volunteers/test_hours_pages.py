"""The pages of hours and certificates: of the house, of a volunteer on a phone, of anybody."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.work import Need
from departments.services.calendars import calendar_create, calendar_read
from tests.factories.archives import unlocked
from tests.factories.cases import make_case, make_need
from tests.factories.groups import make_group
from tests.factories.volunteers import (
    make_post,
    make_service,
    make_shift,
    make_signup,
    make_volunteer,
)
from volunteers.models.service import Certificate, ServiceRecord
from volunteers.services.certificates import certificate_issue, certificate_token
from volunteers.services.check_ins import code_create
from volunteers.services.hour_figures import hour_figures
from volunteers.services.records import service_enter, shift_code

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def post(coordinator, acting):
    with acting(coordinator):
        return make_post(coordinator, title="导诊陪诊")


@pytest.fixture
def waits(coordinator, serving, post, acting):
    """Three services of three days that wait for their confirmation."""
    rows = []
    with acting(coordinator):
        for days in (1, 2, 3):
            day = timezone.now() - dt.timedelta(days=days)
            rows.append(
                service_enter(
                    volunteer=serving,
                    post=post,
                    checked_in=day - dt.timedelta(hours=3),
                    checked_out=day,
                    by=coordinator,
                )
            )
    return rows


def test_ticked_hours_are_confirmed_together_and_the_list_asks_no_more_for_more(
    waits, coordinator, other_coordinator, client_for, acting
):
    page, one = reverse("hours:list"), client_for(coordinator)
    one.get(page)
    with CaptureQueriesContext(connection) as three:
        assert text_of(one.get(page)).count('name="records"') == 3
    ticked = {"records": [str(waits[0].uid), str(waits[1].uid)]}
    assert one.post(page, ticked).status_code == 302
    assert "已确认 2 条" in text_of(one.get(page))
    with CaptureQueriesContext(connection) as single:
        assert text_of(one.get(page)).count('name="records"') == 1
    assert len(single) == len(three)
    assert one.post(page, {"records": "x"}).status_code == 422
    # Of another house: nothing is there to be confirmed.
    foreign = client_for(other_coordinator)
    assert foreign.post(page, {"records": str(waits[2].uid)}).status_code == 422
    assert foreign.get(reverse("hours:record", args=[waits[2].uid])).status_code == 404
    with acting(coordinator):
        assert ServiceRecord.objects.filter(state="confirmed").count() == 2


def test_a_record_is_amended_confirmed_disputed_and_kept_on_its_page(
    waits, coordinator, volunteer, client_for
):
    row = waits[0]
    house, own = client_for(coordinator), client_for(volunteer)
    page = reverse("hours:record", args=[row.uid])
    day = timezone.localdate(row.checked_in).isoformat()
    bad = {"day": day, "checked_in": "09:00", "checked_out": "09:00", "content": "陪诊"}
    refused = house.post(reverse("hours:amend", args=[row.uid]), bad)
    assert (refused.status_code, "签退时间要晚于签到时间" in text_of(refused)) == (422, True)
    assert 'value="09:00"' in text_of(refused)
    good = bad | {"checked_out": "11:10", "persons": "4"}
    assert house.post(reverse("hours:amend", args=[row.uid]), good).status_code == 302
    assert "2.0 小时" in text_of(house.get(page))
    assert own.post(reverse("hours:confirm", args=[row.uid])).status_code == 422
    assert house.post(reverse("hours:confirm", args=[row.uid])).status_code == 302
    asked = own.post(reverse("hours:ask", args=[row.uid]), {"text": "应当是三小时"})
    assert asked.status_code == 302
    shown = text_of(house.get(page))
    assert "处理更正申请" in shown and "应当是三小时" in shown
    keep = reverse("hours:keep", args=[row.uid])
    assert house.post(keep, {"keep-reason": ""}).status_code == 422
    assert house.post(keep, {"keep-reason": "登记表上是两小时"}).status_code == 302
    assert "处理更正申请" not in text_of(house.get(page))


def test_social_workers_say_for_which_need_and_nobody_else_reads_it(
    waits, coordinator, volunteer, worker, worker2, client_for, acting
):
    with acting(worker):
        need = make_need(make_case(worker, stage="intervention"), worker)
        number = need.case.number
    page, link = (reverse(f"hours:{name}", args=[waits[0].uid]) for name in ("record", "link"))
    assert number in text_of(client_for(worker).get(page))
    assert client_for(worker).post(link, {"need": str(need.uid)}).status_code == 302
    with acting(worker):
        assert ServiceRecord.objects.get(pk=waits[0].pk).need == Need.objects.get(pk=need.pk)
        group = make_group(worker, stage="working", number="HA-G-7")
    both = client_for(worker).post(link, {"need": str(need.uid), "group": str(group.uid)})
    assert "需求、活动和小组只选一项。" in text_of(both)
    assert client_for(worker).post(link, {"group": str(group.uid)}).status_code == 302
    with acting(worker):
        row = ServiceRecord.objects.get(pk=waits[0].pk)
        assert (row.need, row.group) == (None, group)
    with acting(worker):
        ServiceRecord.objects.filter(pk=waits[0].pk).update(need=need, group=None)
    # Who may not see the case sees that there is one, and cannot take it away by choosing nothing.
    hidden = text_of(client_for(worker2).get(page))
    assert ("由负责那个个案的社工更改" in hidden, number in hidden) == (True, False)
    assert client_for(worker2).post(link, {}).status_code == 422
    with acting(worker):
        assert ServiceRecord.objects.get(pk=waits[0].pk).need_id == need.pk
    for other in (coordinator, volunteer):
        assert number not in text_of(client_for(other).get(page))
        assert group.name not in text_of(client_for(other).get(page))
        assert client_for(other).post(link, {}).status_code == 404


def test_a_volunteer_checks_in_and_out_on_the_own_page_and_asks_for_a_proof(
    coordinator, serving, volunteer, post, client_for, acting
):
    now = timezone.now()
    with acting(coordinator):
        shift = make_shift(post, coordinator, starts_at=now, ends_at=now + dt.timedelta(hours=2))
        promise = make_signup(shift, serving, coordinator)
    phone, mine = client_for(volunteer), reverse("hours:mine")
    assert "现在可以签到：导诊陪诊" in text_of(phone.get(mine))
    check_in = reverse("hours:check_in", args=[promise.uid])
    code = shift_code(organization_id=shift.organization_id, shift_id=shift.pk)
    wrong = phone.post(check_in, {"code": f"{(int(code) + 1) % 10000:04d}"})
    assert (wrong.status_code, "码不对" in text_of(wrong)) == (422, True)
    assert phone.post(check_in, {"code": code}).status_code == 302
    running = phone.get(mine)
    out = reverse("hours:my_check_out", args=[running.context["running"].uid])
    assert phone.post(out, {"persons": "2", "content": "陪诊"}).status_code == 302
    attendance = client_for(coordinator).get(reverse("hours:attendance", args=[shift.uid]))
    assert code in text_of(attendance) and "核对" in text_of(attendance)
    period = {"since": "2026-01-01", "until": timezone.localdate().isoformat()}
    none = phone.post(reverse("hours:proof_ask"), period)
    assert (none.status_code, "没有已确认的服务时长" in text_of(none)) == (422, True)


def test_a_certificate_has_a_paper_and_a_page_for_anybody(
    coordinator, serving, volunteer, post, client_for, acting
):
    today = timezone.localdate()
    with acting(coordinator):
        make_service(serving, post, coordinator)
        year = {"since": today - dt.timedelta(days=60), "until": today}
        proof = certificate_issue(volunteer=serving, by=coordinator, **year)
    for person in (coordinator, volunteer):
        paper = client_for(person).get(reverse("hours:certificate_file", args=[proof.uid]))
        assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    nobody = Client()
    address = reverse("hours_public:certificate", args=[certificate_token(proof.uid)])
    shown = nobody.get(address)
    assert (shown.status_code, dict(shown.cookies)) == (200, {})
    text = text_of(shown)
    assert proof.number in text and serving.name_masked in text and "2.5" in text
    assert serving.name not in text and "导诊陪诊" not in text
    end = reverse("hours:certificate_end", args=[proof.uid])
    assert client_for(coordinator).post(end, {"reason": ""}).status_code == 422
    assert client_for(coordinator).post(end, {"reason": "重复"}).status_code == 302
    assert "已作废" in text_of(nobody.get(address))
    missing = nobody.get(reverse("hours_public:certificate", args=["A" * 22]))
    assert (missing.status_code, "没有这份证明" in text_of(missing)) == (404, True)


def test_the_posted_code_opens_a_page_without_an_account(
    coordinator, serving, post, client_for, acting
):
    now = timezone.now()
    with acting(coordinator):
        shift = make_shift(post, coordinator, starts_at=now, ends_at=now + dt.timedelta(hours=2))
        make_signup(shift, serving, coordinator)
    made = client_for(coordinator).post(reverse("hours:code_new", args=[post.uid]))
    address, token = made.context["address"], made.context["token"]
    nobody = Client(enforce_csrf_checks=True)
    assert "导诊陪诊" in text_of(nobody.get(address))
    wrong = nobody.post(address, {"phone": "13800000000", "in": "1"})
    assert (wrong.status_code, "没有找到您今天在这里的报名" in text_of(wrong)) == (422, True)
    entered = nobody.post(address, {"phone": serving.phone, "in": "1"})
    assert (entered.status_code, "已签到" in text_of(entered)) == (200, True)
    assert serving.name not in text_of(entered)
    printed = client_for(coordinator).post(
        reverse("hours:code_print", args=[post.uid]), {"token": token}
    )
    assert printed.content[:5] == b"%PDF-"
    with acting(coordinator):
        code_create(post=post, by=coordinator)
    assert nobody.get(address).status_code == 404


def test_hours_leave_with_the_fields_of_the_national_system(
    coordinator, serving, post, client_for, acting
):
    with acting(coordinator):
        make_service(serving, post, coordinator)
    address = f"{reverse('hours:export')}?show=confirmed"
    masked = client_for(coordinator).post(address, {"suffix": "csv"})
    head, row = csv.reader(io.StringIO(b"".join(masked).decode("utf-8-sig")))
    line = dict(zip(head, row, strict=True))
    assert (line["志愿服务项目（岗位）"], line["服务时长（小时）"], line["服务人数"]) == (
        *("导诊陪诊", "2.5", "7"),
    )
    assert line["志愿者"] == serving.name_masked and "姓名" not in line
    clear = {"suffix": "csv", "in_clear": "on", "reason": "报送全国志愿服务信息系统"}
    whole = unlocked(client_for(coordinator), address, clear)
    assert serving.name in whole[1]


def test_the_figures_are_counted_by_their_formulas(
    coordinator, serving, head, post, client_for, acting
):
    with acting(coordinator):
        make_volunteer(coordinator, records=False)
        make_service(serving, post, coordinator, days=1)
        make_service(serving, post, coordinator, days=2)
        day = timezone.localdate() - dt.timedelta(days=1)
        certificate_issue(volunteer=serving, since=day, until=day, by=coordinator)
        assert Certificate.objects.count() == 1
        found = {str(one.label): one.value for one in hour_figures(coordinator, day.year)}
    assert (found["在册志愿者"], found["活跃志愿者"], found["参与服务的志愿者"]) == ("2", "1", "1")
    assert (found["服务人次"], found["服务总时长"], found["服务对象人次"]) == ("2", "5.0", "14")
    assert (found["培训覆盖率"], found["流失率"], found["出具证明"]) == ("50.0%", "0.0%", "1")
    page = client_for(head).get(reverse("hours:figures"))
    assert page.status_code == 200 and "怎样算" in text_of(page)


def test_promised_shifts_stand_in_the_volunteers_calendar(
    coordinator, serving, volunteer, post, acting
):
    with acting(coordinator):
        promise = make_signup(make_shift(post, coordinator), serving, coordinator)
    with acting(volunteer):
        token = calendar_create(by=volunteer).token
    feed = calendar_read(token).content.decode()
    assert "SUMMARY:导诊陪诊" in feed and f"signup-{promise.uid}" in feed
    assert "TRANSP:OPAQUE" in feed
