"""Flags and relatives: dated, resolved with a reason, shown before anything leaves the screen."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.families import CareFlag
from cases.models.people import RelatedPerson
from cases.services.clients import related_person_add
from cases.services.minding import care_flag_raise, care_flag_resolve, minded_of
from cases.services.relatives import related_person_amend, related_person_reveal
from departments.models.mechanisms import Task
from tests.cases.pages import in_days, make_file, text_of
from tests.factories.cases import make_client

pytestmark = pytest.mark.django_db
PHONE = "13800138000"


@pytest.fixture
def person(worker, acting):
    with acting(worker):
        return make_client(worker)


@pytest.fixture
def mother(person, worker, acting):
    with acting(worker):
        return related_person_add(
            client=person,
            name="欧阳演示",
            relation="mother",
            phone=PHONE,
            is_payer=True,
            must_not_be_told=True,
            by=worker,
        )


def _raise(person, by, **given):
    values = {"kind": "safety", "text": "前夫到病区找过人", "since": timezone.localdate()}
    return care_flag_raise(client=person, by=by, **{**values, **given})


def test_a_flag_holds_until_it_is_resolved_with_a_reason(person, worker, worker2, acting, refuses):
    with acting(worker):
        review = timezone.localdate() + dt.timedelta(days=14)
        flag = _raise(person, worker, review_on=review)
        assert minded_of(person) == ["人身安全：前夫到病区找过人"]
        task = Task.objects.get(kind="flag_review")
        assert (timezone.localdate(task.due_at), task.assignee) == (review, worker)
    with acting(worker2):
        with refuses("care_flag.needs_reason", "reason"):
            care_flag_resolve(flag=flag, reason="好了", by=worker2)
        care_flag_resolve(flag=flag, reason="人身安全保护令已执行", by=worker2)
        assert minded_of(person) == []
        assert Task.objects.get(kind="flag_review").state == "done"
        with refuses("care_flag.is_resolved", status=409):
            care_flag_resolve(flag=flag, reason="人身安全保护令已执行", by=worker2)


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"kind": "weather"}, "care_flag.kind_unknown", "kind"),
        ({"text": " "}, "care_flag.needs_text", "text"),
        ({"since": dt.date(2999, 1, 1)}, "care_flag.in_future", "since"),
        ({"review_on": dt.date(2020, 1, 1)}, "care_flag.review_too_early", "review_on"),
    ],
)
def test_a_flag_that_says_nothing_is_refused(person, worker, acting, refuses, given, rule, field):
    with acting(worker), refuses(rule, field):
        _raise(person, worker, **given)


def test_a_flag_names_a_relative_of_this_person_only(person, mother, worker, acting, refuses):
    with acting(worker):
        other = make_client(worker)
        with refuses("care_flag.other_family", "related_person"):
            _raise(other, worker, related_person=mother)


def test_another_hospital_sees_no_flag(person, worker, other_worker, acting, client_for):
    with acting(worker):
        flag = _raise(person, worker)
    page = client_for(other_worker)
    assert page.get(reverse("cases:flag_resolve", args=[flag.uid])).status_code == 404
    assert page.get(reverse("cases:flag_new", args=[person.uid])).status_code == 404


def test_what_must_be_minded_stands_on_person_case_and_print(worker, head, acting, client_for):
    file = make_file(worker, head, acting)
    with acting(worker):
        _raise(file.client, worker)
        related_person_add(
            client=file.client,
            name="欧阳演示",
            relation="mother",
            must_not_be_told=True,
            by=worker,
        )
    page = client_for(worker)
    for name, subject in (("client", file.client), ("case", file.case), ("print_case", file.case)):
        said = text_of(page.get(reverse(f"cases:{name}", args=[subject.uid])))
        assert "前夫到病区找过人" in said, name
        assert "母亲 欧阳**" in said, name
    consent = reverse("cases:consent_new", args=[file.case.uid])
    with acting(worker):
        template = file.consent.template
    said = text_of(page.get(f"{consent}?template={template.uid}"))
    assert "前夫到病区找过人" in said


def test_a_flag_is_written_and_resolved_in_the_browser(person, worker, client_for, acting):
    page = client_for(worker)
    address = reverse("cases:flag_new", args=[person.uid])
    bad = page.post(address, {"kind": "safety", "text": "", "since": in_days(1)})
    assert bad.status_code == 422
    assert "不能晚于今天" in text_of(bad)
    sent = {"kind": "not_told", "text": "未告知诊断", "since": timezone.localdate().isoformat()}
    assert page.post(address, sent).status_code == 302
    with acting(worker):
        flag = CareFlag.objects.get()
    resolve = reverse("cases:flag_resolve", args=[flag.uid])
    assert page.post(resolve, {"reason": "患者本人已知情"}).status_code == 302
    said = text_of(page.get(reverse("cases:client", args=[person.uid])))
    assert "已解除的提示" in said
    assert "患者本人已知情" in said


def test_a_relatives_phone_is_shown_with_a_reason(
    person, mother, worker, other_worker, acting, refuses, client_for
):
    with acting(worker):
        with refuses("client.reveal_needs_reason", "reason"):
            related_person_reveal(relative=mother, reason="看", by=worker)
        shown = related_person_reveal(relative=mother, reason="联系母亲办理出院", by=worker)
        assert (shown.name, shown.phone) == ("欧阳演示", PHONE)
    address = reverse("cases:related_reveal", args=[mother.uid])
    page = client_for(worker)
    assert PHONE not in text_of(page.get(reverse("cases:client", args=[person.uid])))
    assert page.post(address, {"reason": "other"}).status_code == 422
    assert PHONE in text_of(page.post(address, {"reason": "contact"}))
    assert client_for(other_worker).post(address, {"reason": "contact"}).status_code == 404


def test_who_pays_and_decides_is_amended(person, mother, worker, acting, client_for):
    page = client_for(worker)
    address = reverse("cases:related_amend", args=[mother.uid])
    shown = page.get(address).content.decode()
    assert shown.count("checked") == 2
    sent = {"flags": ["is_decider"], "phone": ""}
    assert page.post(address, sent).status_code == 302
    with acting(worker):
        now = RelatedPerson.objects.get(pk=mother.pk)
        assert (now.is_payer, now.is_decider, now.must_not_be_told) == (False, True, False)
        assert now.phone == PHONE
        related_person_amend(relative=now, phone="010-62345678", is_payer=True, by=worker)
        now.refresh_from_db()
        assert (now.is_payer, now.is_decider) == (True, True)
    assert "作医疗决定" in text_of(page.get(reverse("cases:client", args=[person.uid])))
