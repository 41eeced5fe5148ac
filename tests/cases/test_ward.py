"""The ward round's server side: whose beds, what a phone is given, a contact once and under every rule."""

import datetime as dt
import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Case
from cases.models.work import Contact
from cases.services.contacts import contact_record
from cases.services.minding import care_flag_raise
from cases.services.secrecy import case_raise_secrecy
from departments.audit import history
from departments.models.people import User
from departments.models.queues import IdempotencyKey
from departments.services.phones import owner_mark
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
PAGE, BEDS = reverse("cases:ward"), reverse("cases:ward_beds")


def in_bed(
    by, ward, bed: str, *, name: str = "演示甲", stage: str = "intervention", **given
) -> Case:
    """A person who lies in the bed, with an open case."""
    client = make.make_client(by, name=name)
    episode = make.make_episode(client, by, ward=ward, bed=bed)
    return make.make_case(by, stage=stage, client=client, episode=episode, **given)


def taps(case: Case, **given) -> tuple[str, dict]:
    """What the phone sends for a visit of ten minutes about money."""
    values = {
        "once": str(uuid.uuid4()),
        "mode": "ward_visit",
        "target": "client",
        "needs": ["financial"],
        "minutes": "10",
        "occurred_on": str(timezone.localdate()),
        "facts": "",
        **given,
    }
    return reverse("cases:ward_contact", args=[case.uid]), values


def order(html: str, *words: str) -> bool:
    places = [html.index(word) for word in words]
    return places == sorted(places)


def test_own_cases_stand_first_by_bed_and_colleagues_after(
    worker, worker2, ward, acting, client_for
):
    with acting(worker2):
        in_bed(worker2, ward, "1", name="丙某某")
    with acting(worker):
        in_bed(worker, ward, "12", name="甲某某")
        in_bed(worker, ward, "3床", name="乙某")
        make.make_episode(make.make_client(worker, name="丁某某某"), worker, ward=ward, bed="2")
        gone = make.make_client(worker, name="戊某某某某")
        make.make_episode(
            gone,
            worker,
            ward=ward,
            bed="4",
            admitted_on=timezone.localdate() - dt.timedelta(days=3),
            discharged_on=timezone.localdate(),
        )
    html = client_for(worker).get(BEDS).json()["html"]
    assert order(html, "乙*", "甲**", "丙**", "丁***")
    assert html.count("data-bed ") == 2
    assert "戊" not in html
    assert "某" not in html
    assert worker2.display_name in html
    assert "未开案" in html


def test_another_hospital_and_other_roles_are_given_no_bed(
    worker, ward, acting, client_for, other_worker, officer
):
    with acting(worker):
        in_bed(worker, ward, "7")
    for user in (other_worker, officer):
        for asked in ("", f"?ward={ward.uid}"):
            html = client_for(user).get(BEDS + asked).json()["html"]
            assert "演*" not in html
            assert "data-bed" not in html


def test_a_sealed_case_looks_like_no_case_to_who_is_not_named(
    worker, worker2, ward, acting, client_for
):
    with acting(worker2):
        sealed = in_bed(worker2, ward, "3")
        case_raise_secrecy(case=sealed, named=[], reason="本人要求只由一人经手", by=worker2)
    html = client_for(worker).get(f"{BEDS}?ward={ward.uid}").json()["html"]
    assert "演**" in html
    assert "未开案" in html
    assert worker2.display_name not in html
    assert str(sealed.uid) not in html
    assert client_for(worker).post(*taps(sealed)).status_code == 404
    assert client_for(worker2).post(*taps(sealed)).status_code == 200


def test_a_bed_says_what_must_be_minded_and_what_was_done_today_in_as_many_statements(
    worker, ward, acting, client_for
):
    with acting(worker):
        case = in_bed(worker, ward, "3", risk_level="high")
        make.make_need(case, worker, category="emotional")
        make.make_contact(case, worker, minutes=25)
        make.make_contact(case, worker, occurred_on=timezone.localdate() - dt.timedelta(days=1))
        care_flag_raise(
            client=case.client,
            kind="not_told",
            text="本人不知道病情",
            since=timezone.localdate(),
            by=worker,
        )
    phone = client_for(worker)
    phone.get(BEDS)
    with CaptureQueriesContext(
        connection,
    ) as one:
        html = phone.get(BEDS).json()["html"]
    assert "今天 1 次 25 分" in html
    assert 'data-minded="保护性医疗：不可告知"' in html
    assert 'data-needs="emotional"' in html
    assert "本人不知道病情" not in html
    with acting(worker):
        for bed in ("5", "6"):
            more = in_bed(worker, ward, bed, name=f"演示{bed}")
            make.make_need(more, worker)
            make.make_contact(more, worker)
    with CaptureQueriesContext(connection) as three:
        assert phone.get(BEDS).json()["html"].count("data-bed ") == 3
    assert len(three) == len(one)


def test_a_phone_is_given_keys_of_its_own_person_and_says_so_in_the_audit_once(
    worker, worker2, ward, acting, client_for
):
    with acting(worker):
        in_bed(worker, ward, "3")
    first, again = client_for(worker), client_for(worker)
    mine, session_two = first.get(BEDS).json(), again.get(BEDS).json()
    theirs = client_for(worker2).get(BEDS).json()
    assert mine["keys"] == session_two["keys"] != theirs["keys"]
    assert mine["session"] != session_two["session"]
    assert (mine["who"], theirs["who"]) == (owner_mark(worker), owner_mark(worker2))
    first.get(BEDS)
    with acting(worker):
        events = [one for one in history(worker) if one.action == "ward.take_list"]
    assert len(events) == 2  # once in each session


def test_the_page_and_the_worker_say_nothing_about_anybody(worker, ward, acting, client_for):
    with acting(worker):
        case = in_bed(worker, ward, "3")
    pages = [client_for(worker).get(PAGE), client_for(worker).get(reverse("cases:ward_worker"))]
    for answer in pages:
        said = answer.content.decode()
        for secret in (
            "演",
            worker.display_name,
            case.number,
            str(case.uid),
            ward.name,
        ):
            assert secret not in said
    assert pages[1]["Content-Type"].startswith("text/javascript")
    assert "worker-src" not in pages[0]["Content-Security-Policy"]
    assert "'unsafe" not in pages[0]["Content-Security-Policy"]


def test_three_taps_make_one_contact_however_often_they_arrive(worker, ward, acting, client_for):
    with acting(worker):
        case = in_bed(worker, ward, "3")
    url, values = taps(case)
    phone = client_for(worker)
    first = phone.post(url, values)
    assert first.status_code == 200
    assert phone.post(url, values).json() == first.json()
    # Days later the short memory of the request is gone; the record itself knows its entry.
    with acting(worker):
        IdempotencyKey.objects.filter(key=values["once"]).delete()
    assert client_for(worker).post(url, values).json() == first.json()
    with acting(worker):
        [made] = Contact.objects.filter(case=case)
        assert (made.minutes, made.mode, made.needs) == (10, "ward_visit", ["financial"])
        assert (
            made.facts
            == "床旁速记：病房探访，患者本人，10 分钟，涉及经济困难 / 医疗费用。过程待补写。"
        )
        assert first.json()["url"] == reverse("cases:contact", args=[made.uid])
    page = text_of(phone.get(first.json()["url"]))
    assert "经济困难 / 医疗费用" in page


@pytest.mark.parametrize(
    ("given", "rule", "sentence"),
    [
        ({"minutes": "0"}, "", "其他时长：至少 1 分钟。"),
        ({"minutes": ""}, "", "其他时长：请选或填时长。"),
        ({"mode": "telepathy"}, "", "方式：请从列出的选项中选择。"),
        ({"needs": ["wealth"]}, "", "涉及的需求：请从列出的选项中选择。"),
        (
            {"occurred_on": "2020-01-01"},
            "contact.before_the_case",
            "日期：日期早于个案登记的日期。",
        ),
        ({"occurred_on": "2090-01-01"}, "", "日期：不能晚于今天。"),
        ({"once": "crooked"}, "", "这一条没有编号，请重新记一次。"),
    ],
)
def test_the_phone_obeys_the_rules_of_the_ordinary_form(
    worker, ward, acting, client_for, given, rule, sentence
):
    with acting(worker):
        case = in_bed(worker, ward, "3")
    url, values = taps(case, **given)
    answer = client_for(worker).post(url, values)
    assert (answer.status_code, answer.json()) == (422, {"rule": rule, "faults": [sentence]})
    with acting(worker):
        assert not Contact.objects.filter(case=case).exists()


def test_a_case_that_was_closed_or_handed_over_meanwhile_is_refused(
    worker, worker2, ward, acting, client_for, other_worker, supervisor
):
    with acting(worker):
        closed = in_bed(worker, ward, "3", stage="closed")
        handed = in_bed(worker, ward, "4", name="演示乙", worker=worker2)
        led = in_bed(worker, ward, "5", name="演示丙", supervisor=supervisor)
    answer = client_for(worker).post(*taps(closed))
    assert answer.status_code == 422
    assert answer.json()["rule"] == "contact.wrong_stage"
    assert client_for(worker).post(*taps(handed)).status_code == 404
    assert client_for(other_worker).post(*taps(led)).status_code == 404
    # Who leads a case reads it and does not write in it.
    assert client_for(supervisor).post(*taps(led)).status_code == 422
    with acting(worker2):
        assert not Contact.objects.filter(case__in=[closed, handed, led]).exists()


def test_two_contacts_at_one_time_are_recorded_and_told(worker, ward, acting, client_for):
    with acting(worker):
        first, second = in_bed(worker, ward, "3"), in_bed(worker, ward, "4", name="演示乙")
    phone = client_for(worker)
    begin = {"starts_at": "00:00", "minutes": "1"}
    assert phone.post(*taps(first, **begin)).json()["overlaps"] == 0
    assert phone.post(*taps(second, **begin)).json()["overlaps"] == 1


def test_an_entry_key_is_its_writers_own(worker, worker2, ward, acting):
    key = uuid.uuid4()
    given = {"occurred_on": timezone.localdate(), "minutes": 5, "mode": "phone", "target": "client"}
    made = []
    for user in (worker, worker2):
        with acting(user):
            case = in_bed(user, ward, "3")
            made += [
                contact_record(case=case, facts="一", entry_key=key, by=user, **given)
                for _time in range(2)
            ]
    assert made[0].pk == made[1].pk != made[2].pk == made[3].pk


# ── the phone belongs to one person ──────────────────────────────────────────


def test_signing_out_empties_a_phone_and_asks_first_when_something_waits(worker, client_for):
    plain = client_for(worker)
    answer = plain.post(reverse("account_logout"))
    assert (answer["Location"], "Clear-Site-Data" in answer) == ("/sign-in/", False)
    phone = client_for(worker)
    phone.get(BEDS)
    phone.cookies["phone-waiting"] = "2"
    asked = phone.post(reverse("account_logout"))
    assert (asked["Location"], "Clear-Site-Data" in asked) == (f"{PAGE}?leave=1", False)
    assert phone.get(BEDS).status_code == 200
    out = phone.post(reverse("account_logout"), {"leave": "1"})
    assert (out["Location"], out["Clear-Site-Data"]) == ("/sign-in/?out=1", '"storage"')
    assert phone.get(BEDS).status_code == 302


def test_somebody_else_who_signs_in_empties_the_phone(worker, worker2, client_for):
    phone = client_for(worker)
    assert "Clear-Site-Data" not in phone.get(BEDS)
    other = client_for(worker2)
    other.cookies["phone"] = owner_mark(User.objects.get(pk=worker.pk))
    answer = other.get("/workbench/")
    assert answer["Clear-Site-Data"] == '"storage"'
    assert answer.cookies["phone"].value == ""
    assert "Clear-Site-Data" not in other.get("/workbench/")


def test_the_manifest_is_whole_and_in_the_readers_language(client):
    answer = client.get(reverse("cases:ward_manifest"), headers={"Accept-Language": "en"})
    known = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (known["short_name"], known["start_url"]) == ("Ward round", PAGE)
    assert [one["sizes"] for one in known["icons"]] == ["192x192", "512x512", "512x512"]
    assert all(client.get(one["src"]).status_code == 200 for one in known["icons"])
    answer = client.get(reverse("cases:ward_manifest"), headers={"Accept-Language": "zh-CN"})
    assert json.loads(answer.content)["short_name"] == "查房"
