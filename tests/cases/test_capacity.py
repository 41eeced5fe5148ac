"""Legal capacity: who cannot act alone signs through a guardian, whoever of age it is."""

import datetime as dt
import json

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.urls import reverse
from django.utils import timezone

from cases.models.consents import Consent
from cases.models.people import Client
from cases.services.capacity import capacity_said
from cases.services.clients import client_amend
from cases.services.plan_signing import plan_sign
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
DRAWN = json.dumps([[[20 + n * 10, 100 + (n % 3) * 9] for n in range(20)]])


def _judged(**given):
    return {
        "capacity": "limited",
        "capacity_ground": "court",
        "capacity_judged_by": "演示区人民法院",
        "capacity_judged_on": timezone.localdate() - dt.timedelta(days=3),
        **given,
    }


def test_an_adult_judged_to_need_one_signs_through_a_guardian_until_judged_again(
    worker, acting, refuses
):
    with acting(worker):
        person = make.make_client(worker)
        case = make.make_case(worker, stage="planning", client=person)
        client_amend(client=person, by=worker, **_judged())
        with refuses("consent_minor_has_guardian", "signer_relation"):
            make.make_consent(case, worker)
        with refuses("consent.no_guardian_known", "signer"):
            make.make_consent(case, worker, signer="演示子", signer_relation="son")
        make.make_guardian(person, worker, relation="son", name="演示子")
        by_son = {"signer": "演示子", "signer_relation": "son"}
        assert make.make_consent(case, worker, **by_son, guardian_proof="court").is_live
        plan = make.make_plan(case, worker)
        with refuses("guardian.must_sign", "signer_relation"):
            plan_sign(plan=plan, signer="演示甲", signer_relation="self", drawing=DRAWN, by=worker)
        full = _judged(capacity="full", capacity_judged_on=timezone.localdate())
        client_amend(client=person, by=worker, **full)
        signed = plan_sign(
            plan=plan, signer="演示甲", signer_relation="self", drawing=DRAWN, by=worker
        )
        assert signed.signer_kind == "client"


def test_what_was_signed_before_the_judgement_was_signed_alone(worker, acting):
    with acting(worker):
        person = make.make_client(worker)
        client_amend(client=person, by=worker, **_judged())
        case = make.make_case(worker, client=person)
        before = timezone.now() - dt.timedelta(days=5)
        assert make.make_consent(case, worker, signed_at=before).is_live


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"capacity": ""}, "client.capacity_needs_capacity", "capacity"),
        ({"capacity_ground": "rumour"}, "client.capacity_needs_ground", "capacity_ground"),
        ({"capacity_judged_by": " "}, "client.capacity_needs_who", "capacity_judged_by"),
        ({"capacity_judged_on": None}, "client.capacity_needs_day", "capacity_judged_on"),
        (
            {"capacity_judged_on": dt.date(2999, 1, 1)},
            "client.capacity_in_future",
            "capacity_judged_on",
        ),
        (
            {"capacity_judged_on": dt.date(1979, 1, 1)},
            "client.capacity_before_birth",
            "capacity_judged_on",
        ),
    ],
)
def test_half_a_judgement_is_refused_at_its_field(given, rule, field, worker, acting, refuses):
    with acting(worker):
        person = make.make_client(worker)
        with refuses(rule, field):
            client_amend(client=person, by=worker, **_judged(**given))
        assert capacity_said(Client.objects.get(pk=person.pk)) == ""


def test_the_database_itself_keeps_who_cannot_act_from_signing_alone(worker, acting, rows):
    with acting(worker), transaction.atomic():
        person = make.make_client(worker)
        client_amend(client=person, by=worker, **_judged(capacity="none"))
        template = make.make_template(worker)
        Consent(
            organization_id=worker.house_id,
            client=person,
            kind="service",
            template=template,
            text_hash=template.text_hash,
            purpose="服务",
            signer="演示甲",
            signer_relation="self",
            method="paper_scan",
            signed_at=timezone.now(),
        ).save(force_insert=True)
        with pytest.raises(IntegrityError, match="a guardian signs"), transaction.atomic():
            rows("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_the_page_takes_the_judgement_shows_it_and_says_why_a_guardian_signs(
    worker, client_for, acting
):
    with acting(worker):
        case = make.make_case(worker)
    mine, amend = client_for(worker), reverse("cases:client_amend", args=[case.client.uid])
    refused = mine.post(amend, {"capacity": "limited", "capacity_judged_by": "演示院王医生"})
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"capacity_ground": ["请选认定的依据。"]}
    assert "演示院王医生" in refused.content.decode()
    given = {
        "capacity": "limited",
        "capacity_ground": "clinical",
        "capacity_judged_by": "演示院王医生",
        "capacity_judged_on": "2026-01-05",
    }
    assert mine.post(amend, given).status_code == 302
    said = "限制民事行为能力（医生评估，尚未经法院认定，演示院王医生，2026-01-05）"
    assert said in text_of(mine.get(reverse("cases:client", args=[case.client.uid])))
    assert "限制民事行为能力" in text_of(mine.get(reverse("cases:case", args=[case.uid])))
    with acting(worker):
        text = make.make_template(worker)
    page = mine.get(f"{reverse('cases:consent_new', args=[case.uid])}?template={text.uid}")
    assert "已登记为限制或无民事行为能力" in text_of(page)
