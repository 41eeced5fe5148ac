"""The one search box: persons and cases, for what the person may see and nothing else."""

import datetime as dt
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.people import Client
from cases.services.clients import client_amend, client_register, client_search
from cases.services.intake import episode_record
from cases.services.search_box import meanings
from cases.services.secrecy import case_raise_secrecy
from departments.models.trail import AuditEntry
from departments.services import search_box
from departments.services.search_box import box_search, text_opened, text_sealed
from msw_portal.kernel.identifiers import id_check_digit
from msw_portal.kernel.scope import scope
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db

SEARCH, SUGGEST = reverse("departments:search"), reverse("departments:suggest")


def card(order: str) -> str:
    head = f"11010119800501{order}"
    return head + id_check_digit(head)


def registered(by, name: str, **given) -> Client:
    made = client_search(name=name, by=by)
    values = {"id_type": "none", "birth_date": dt.date(1980, 5, 1), "sex": "2", **given}
    return client_register(name=name, searched=made.uid, by=by, **values)


def found(text: str, by, key: str = "persons") -> list[str]:
    """The addresses of the hits of one group."""
    groups = {group.key: group for group in box_search(text=text, limit=50, by=by)}
    return [hit.url for hit in groups[key].hits] if key in groups else []


def page_of(client: Client) -> str:
    return reverse("cases:client", args=[client.uid])


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单桂芳", "单"),
        ("单桂芳", "桂"),
        ("单桂芳", "单桂芳"),
        ("单桂芳", "單桂芳"),
        ("单桂芳", "shanguifang"),
        ("单桂芳", "Dan Gui Fang"),
        ("单桂芳", "sgf"),
        ("单桂芳", "ｄｇｆ"),
        ("仇和平", "qiuheping"),
        ("仇和平", "chou"),
        ("曾解", "zengjie"),
        ("曾解", "cengxie"),
        ("解晓", "xiexiao"),
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
        ("阿卜杜拉·买买提", "买买提"),
        ("𠮷田花", "𠮷"),
        ("𠮷田花", "𠮷田"),
    ],
)
def test_a_person_is_found_in_every_way_a_name_is_typed(name, typed, worker, acting):
    with acting(worker):
        person, _other = registered(worker, name), registered(worker, "欧阳无关")
        assert found(typed, worker) == [page_of(person)]


@pytest.mark.parametrize(
    "typed",
    ["Z0012345", "z0012345", "12床", "12 床", "外科12床", "{id}", "{id4}", "{id15}", "13800138000",
     "+86 138-0013-8000", "8000"],
)  # fmt: skip
def test_a_person_is_found_by_bed_record_identity_number_and_telephone(typed, worker, ward, acting):
    number = card("002")
    ends = {"id": number, "id4": number[-4:], "id15": number[:6] + number[8:17]}
    with acting(worker):
        person = registered(worker, "演示丽华", id_type="id", id_no=number, phone="13800138000")
        registered(worker, "演示无关", phone="13900139001")
        ward.name = "外科"
        episode_record(
            client=person,
            visit_type="inpatient",
            mrn="Z0012345",
            ward=ward,
            bed="12",
            admitted_on=timezone.localdate(),
            by=worker,
        )
        asked = typed.format(**ends).replace("外科", "")
        assert found(asked, worker) == [page_of(person)]


def test_a_bed_names_its_ward_and_forgets_who_has_left(worker, ward, acting):
    today = timezone.localdate()
    with acting(worker):
        here, gone = make.make_client(worker), make.make_client(worker)
        make.make_episode(here, worker, ward=ward, bed="12")
        make.make_episode(gone, worker, ward=ward, bed="12", discharged_on=today)
        assert found("12床", worker) == [page_of(here)]
        assert found(f"{ward.name} 12床", worker) == [page_of(here)]
        assert found("别的病区12床", worker) == []


def test_a_case_is_found_by_its_number_and_a_colleagues_leads_to_the_person(
    worker, worker2, acting
):
    with acting(worker):
        case = make.make_case(worker, stage="intervention", client=make.make_client(worker))
        for typed in (case.number, case.number.lower(), case.number[-4:]):
            assert found(typed, worker, "cases") == [reverse("cases:case", args=[case.uid])]
    with acting(worker2):
        assert found(case.number, worker2, "cases") == [page_of(case.client)]


def test_a_case_of_level_5_is_not_even_counted(worker, worker2, head, acting):
    with acting(worker):
        person = registered(worker, "演示丁香")
        case = make.make_case(worker, stage="intervention", client=person)
    with acting(head):
        case_raise_secrecy(
            case=case, named=[worker], reason="涉及未成年人被侵害，需要限制查阅", by=head
        )
    for person_asking, is_seen in ((worker, True), (worker2, False)):
        with acting(person_asking):
            assert bool(found(case.number, person_asking, "cases")) is is_seen
            groups = box_search(text="丁香", limit=6, by=person_asking)
            assert [hit.state != "" for hit in groups[0].hits] == [is_seen]


def test_nothing_of_another_house_is_found_and_nothing_by_who_may_not_search(
    worker, other_worker, clinician, officer, acting
):
    with acting(worker):
        person = registered(worker, "演示兰草", phone="13800138000")
        make.make_episode(person, worker, bed="77")
        case = make.make_case(worker, stage="intervention", client=person)
    for stranger in (other_worker, clinician, officer):
        with acting(stranger):
            for typed in ("演示兰草", "兰", "yslc", "13800138000", "8000", "77床", case.number):
                found_groups = box_search(text=typed, limit=6, by=stranger)
                assert [g.key for g in found_groups if g.key != "organizations"] == []


def test_the_readers_own_persons_come_first_when_many_are_called_so(worker, worker2, acting):
    with acting(worker):
        mine = registered(worker, "王一")
        make.make_case(worker, stage="intervention", client=mine)
        others = [registered(worker, f"王{c}") for c in "二三四五六七"]
        groups = box_search(text="王", limit=3, by=worker)
        assert groups[0].is_more is True
        assert [hit.url for hit in groups[0].hits] == [
            page_of(mine),
            page_of(others[-1]),
            page_of(others[-2]),
        ]


def test_a_hit_is_masked_and_says_by_what_it_was_found(worker, ward, acting, client_for):
    with acting(worker):
        person = registered(worker, "演示丽华", phone="13800138000")
        make.make_episode(person, worker, ward=ward, bed="12")
    page = client_for(worker).post(SUGGEST, {"q": "13800138000"})
    said = text_of(page)
    assert "演***" in said
    assert "丽华" not in said
    assert "13800138000" not in said
    assert "电话" in said
    assert "12 床" in said


def test_suggestions_are_options_of_a_list(worker, acting, client_for):
    with acting(worker):
        registered(worker, "演示丽华")
    html = client_for(worker).post(SUGGEST, {"q": "yslh"}).content.decode()
    assert len(re.findall(r'role="option" id="omni-persons-\d+" href="/cases/people/', html)) == 1
    assert client_for(worker).post(SUGGEST, {"q": " "}).content.strip() == b""
    assert "没有找到" in client_for(worker).post(SUGGEST, {"q": "查无此人"}).content.decode()


def test_without_javascript_the_form_leads_to_a_page_whose_address_says_nothing(
    worker, acting, client_for
):
    with acting(worker):
        person = registered(worker, "演示丽华")
    client = client_for(worker)
    answer = client.post(SEARCH, {"q": "演示丽华"})
    assert answer.status_code == 302
    assert re.fullmatch(r"/search/\?s=[\w-]+", answer["Location"])
    page = client.get(answer["Location"])
    assert page_of(person) in page.content.decode()
    assert 'value="演示丽华"' in page.content.decode()
    assert client.get(SEARCH, {"q": "丽华"})["Location"].startswith("/search/?s=")
    assert client.get(SEARCH).status_code == 200
    assert client.post(SEARCH, {"q": " "})["Location"] == SEARCH


def test_a_sealed_text_opens_for_its_writer_alone(
    worker, worker2, other_worker, acting, client_for
):
    sealed = text_sealed("演示丽华", worker)
    assert text_opened(sealed, worker) == "演示丽华"
    assert [text_opened(sealed, one) for one in (worker2, other_worker)] == ["", ""]
    assert [text_opened(one, worker) for one in ("", "x", sealed[:-2], "é", "AA" * 40)] == [""] * 5
    assert client_for(worker2).get(SEARCH, {"s": sealed}).status_code == 200


def test_a_search_for_persons_is_audited_once_without_what_was_typed(
    worker, auditor, acting, client_for, hospital
):
    with acting(worker):
        person = registered(worker, "演示丽华", phone="13800138000")
    client_for(worker).post(SUGGEST, {"q": "138 0013 8000"})
    with scope(org=hospital.pk, role="auditor"):
        [entry] = AuditEntry.objects.filter(action="client.find")
    body = json.loads(entry.body)
    assert entry.actor_id == worker.pk
    assert body["facts"] == ["mrn", "phone"]
    assert body["hits"] == [str(person.uid)]
    assert "13800138000" not in entry.body
    client_for(worker).post(SUGGEST, {"q": "HA-C-2020-0001"})
    client_for(worker).post(SUGGEST, {"q": ""})
    with scope(org=hospital.pk, role="auditor"):
        assert AuditEntry.objects.filter(action="client.find").count() == 2


def test_what_is_amended_is_found_anew_and_no_longer_as_before(worker, acting):
    with acting(worker):
        person = registered(worker, "演示丽华")
        client_amend(client=person, name="演示晓梅", by=worker)
        assert found("晓梅", worker) == [page_of(person)]
        assert found("丽华", worker) == []


def test_a_merged_record_leads_to_its_person(worker, acting, rows):
    with acting(worker):
        kept, merged = registered(worker, "演示保留"), registered(worker, "演示并入")
        rows("UPDATE cases_client SET root_id = %s WHERE id = %s", kept.pk, merged.pk)
        assert found("并入", worker) == [page_of(kept)]


def test_the_statements_do_not_grow_with_the_hits(worker, acting, client_for):
    client, counts = client_for(worker), []
    for names in (["演示木一"], ["演示木二", "演示木三"]):
        with acting(worker):
            for name in names:
                person = registered(worker, name)
                make.make_episode(person, worker, bed="3")
                make.make_case(worker, stage="intervention", client=person)
        client.post(SUGGEST, {"q": "木"})
        with CaptureQueriesContext(connection) as seen:
            client.post(SUGGEST, {"q": "木"})
        counts.append(len([one for one in seen if not one["sql"].startswith(("SAVE", "RELEASE"))]))
    assert counts[0] == counts[1]
    assert counts[0] <= 16


@pytest.mark.parametrize(
    ("typed", "facts"),
    [
        ("张", {"name"}),
        ("z", set()),
        ("张三 12床", {"bed"}),
        ("12", {"bed"}),
        ("123X", {"id4", "ph4", "mrn", "bed"}),
        ("110101198005010021", {"id_no"}),
        ("E12345678", {"id_no", "mrn"}),
        ("01065251234", {"phone", "mrn"}),
        ("　", set()),
        ("%_'\"\\", set()),
    ],
)
def test_what_a_typed_text_may_be(typed, facts):
    assert set(meanings(typed)) == facts


# ── what only sounds like it, and how fast one may ask ───────────────────────


def test_what_sounds_alike_comes_when_nothing_else_does_or_when_it_is_asked_for(
    worker, other_worker, acting, client_for, auditor, hospital
):
    with acting(worker):
        heard, exact = registered(worker, "张三"), registered(worker, "臧桑")
        assert found("zansan", worker) == []
        assert found("zansan", worker, "sounds") == [page_of(exact), page_of(heard)]
        assert found("zangsang", worker) == [page_of(exact)]
        assert found("zangsang", worker, "sounds") == []
        wide = box_search(text="zangsang", limit=6, is_wide=True, by=worker)
        assert [(group.key, [hit.url for hit in group.hits]) for group in wide] == [
            ("persons", [page_of(exact)]),
            ("sounds", [page_of(heard)]),
        ]
    with acting(other_worker):
        assert box_search(text="zansan", limit=6, is_wide=True, by=other_worker) == []
    browser = client_for(worker)
    panel = browser.post(SUGGEST, {"q": "zangsang"}).content.decode()
    assert ('name="wide"' in panel, page_of(heard) in panel) == (True, False)
    assert 'name="wide"' not in browser.post(SUGGEST, {"q": "zansan"}).content.decode()
    asked = browser.post(SEARCH, {"q": "zangsang", "wide": "1"})
    page = browser.get(asked["Location"]).content.decode()
    assert page.index(page_of(exact)) < page.index("读音相近") < page.index(page_of(heard))
    plain = browser.get(browser.post(SEARCH, {"q": "zangsang"})["Location"]).content.decode()
    assert "&amp;wide=1" in plain
    with scope(org=hospital.pk, role="auditor"):
        last = AuditEntry.objects.filter(action="client.find").order_by("-at", "-id")
        heard_of = [json.loads(one.body) for one in last if '"sound"' in one.body]
    assert heard_of[-1]["hits"] == [str(exact.uid), str(heard.uid)]
    assert all("zansan" not in json.dumps(one) for one in heard_of)


def test_who_asks_too_fast_is_told_so_and_the_box_goes_on(
    worker, worker2, acting, client_for, monkeypatch
):
    monkeypatch.setattr(search_box, "PACE", 3)
    with acting(worker):
        registered(worker, "演示丽华")
    browser = client_for(worker)
    answers = [browser.post(SUGGEST, {"q": "丽华"}) for _n in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert re.search(r"查得太快，请过 \d+ 秒再查；输入的内容还在框里。", text_of(answers[-1]))
    assert client_for(worker2).post(SUGGEST, {"q": "丽华"}).status_code == 200
    assert browser.post(SUGGEST, {"q": ""}).status_code == 200
    monkeypatch.setattr(search_box, "PACE", 240)
    assert browser.post(SUGGEST, {"q": "丽华"}).status_code == 200
