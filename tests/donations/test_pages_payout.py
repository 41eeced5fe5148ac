"""Two persons pay: prepared by one, released by another, confirmed by the hospital."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.services.consents import consent_withdraw
from donations.forms.payout import PayeeForm
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from tests.donations.pages import text, url
from tests.factories import donations as made

pytestmark = pytest.mark.django_db
PAYEE = {
    "payee_account": "测试第一医院",
    "payee_bank": "演示银行",
    "payee_number": "６２００ 0000 0000 0000",
    "mode": "to_hospital",
}


@pytest.fixture
def approved(people, money):
    return made.make_approved(people, money, amount="10000.00")


@pytest.fixture
def prepared(people, approved):
    return made.prepare(people, approved, "10000.00")


def _payouts(people, acting):
    with acting(people.officer):
        return list(Disbursement.objects.order_by("id"))


def test_preparing_reads_full_width_account_numbers_and_shows_four_digits(
    client_for, cashier, approved, people, acting
):
    answer = client_for(cashier).post(
        url("prepare", approved.request.uid), {"amount": "１０,０００", **PAYEE}
    )
    assert answer.status_code == 302
    one = _payouts(people, acting)[0]
    with acting(people.officer):
        assert (str(one.amount), one.payee_account["account"]) == ("10000.00", "6200000000000000")
    page = client_for(cashier).get(url("review", approved.request.uid)).content.decode()
    assert "**** 0000" in page
    assert "6200000000000000" not in page


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"amount": "10000.01"}, "amount", "各期合计不能超过批准金额。"),
        ({"amount": "-5"}, "amount", "金额不能是负数。"),
        ({"amount": "0"}, "amount", "金额不能小于 0.01 元。"),
        ({"payee_account": "别的医院"}, "payee_account", "户名必须是医院的法人名称。"),
        ({"payee_number": "ABCD12345"}, "payee_number", "账号只能是数字。"),
        ({"payee_bank": ""}, "payee_bank", ""),
        ({"mode": "to_person"}, "mode", "请从列出的选项中选择。"),
    ],
)
def test_a_payout_that_cannot_be_prepared(
    client_for, cashier, approved, people, acting, changed, field, sentence
):
    answer = client_for(cashier).post(
        url("prepare", approved.request.uid), {"amount": "10000", **PAYEE, **changed}
    )
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors[field])
    assert _payouts(people, acting) == []


def test_whoever_prepared_cannot_release(client_for, cashier, prepared, people, acting):
    page = text(client_for(cashier).get(url("review", prepared.request.uid)))
    assert "经办人不能复核自己经办的拨付" in page
    answer = client_for(cashier).post(
        url("release", prepared.uid), {"totp_code": made.code_for(cashier)}
    )
    assert answer.status_code == 422
    assert "经办人不能复核自己经办的拨付。" in text(answer)
    assert _payouts(people, acting)[0].state == "prepared"


def test_whoever_approved_cannot_release(client_for, approver, prepared, people, acting):
    answer = client_for(approver).post(
        url("release", prepared.uid), {"totp_code": made.code_for(approver)}
    )
    assert answer.status_code == 422
    assert "一人只能有一种职责" in text(answer)
    assert _payouts(people, acting)[0].state == "prepared"


def test_another_cashier_releases_once_with_the_code(
    client_for, cashier2, prepared, people, acting
):
    client = client_for(cashier2)
    wrong = client.post(url("release", prepared.uid), {"totp_code": ""})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["totp_code"]
    once = client.get(url("release", prepared.uid)).context["form"]["once"].value()
    given = {"totp_code": made.code_for(cashier2), "voucher_no": "P-1", "once": once}
    first, second = (client.post(url("release", prepared.uid), given) for _n in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    with acting(people.officer):
        request = FundingRequest.objects.get(pk=prepared.request_id)
    assert (request.state, str(request.disbursed)) == ("disbursed", "10000.00")
    again = client.post(url("release", prepared.uid), {"totp_code": made.code_for(cashier2)})
    assert again.status_code == 422
    assert "当前状态是“已拨付”" in text(again)


def test_the_foundation_sees_who_paid_and_the_hospital_that_money_is_on_its_way(
    client_for, officer, worker, people, approved, prepared
):
    made.release(people, prepared)
    traced = text(client_for(officer).get(url("review", approved.request.uid)))
    assert "演示捐赠企业" in traced
    own = text(client_for(worker).get(url("request", approved.request.uid)))
    assert "确认到账" in own
    assert "演示捐赠企业" not in own


@pytest.mark.parametrize(
    ("days", "sentence"), [(1, "不能晚于今天。"), (-3, "到账日期不能早于放款日期。")]
)
def test_the_day_the_money_arrived_is_a_possible_day(
    client_for, worker, people, prepared, days, sentence
):
    made.release(people, prepared)
    day = timezone.localdate() + dt.timedelta(days=days)
    answer = client_for(worker).post(
        url("disbursement_confirm", prepared.uid), {"paid_on": day.isoformat()}
    )
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors["paid_on"])


def test_the_hospital_confirms_the_arrival_once(client_for, worker, people, prepared, acting):
    made.release(people, prepared)
    client, today = client_for(worker), {"paid_on": timezone.localdate().isoformat()}
    assert client.post(url("disbursement_confirm", prepared.uid), today).status_code == 302
    again = client.post(url("disbursement_confirm", prepared.uid), today)
    assert again.status_code == 422
    assert "当前状态是“医院已确认”" in text(again)
    assert _payouts(people, acting)[0].state == "confirmed"


def test_cancelling_and_bouncing_need_reasons_and_keep_the_books(
    client_for, cashier, cashier2, people, approved, prepared, acting
):
    client = client_for(cashier)
    assert (
        client.post(url("disbursement_cancel", prepared.uid), {"reason": "错"}).status_code == 422
    )
    assert (
        client.post(
            url("disbursement_cancel", prepared.uid), {"reason": "账号填错，重开"}
        ).status_code
        == 302
    )
    second = made.prepare(people, approved, "10000.00")
    made.release(people, second)
    assert (
        client.post(
            url("disbursement_bounce", second.uid), {"reason": "银行退回：户名不符"}
        ).status_code
        == 302
    )
    with acting(people.officer):
        request = FundingRequest.objects.get(pk=approved.request.pk)
    assert (request.state, str(request.disbursed)) == ("agreement", "0.00")


def test_a_hospital_never_reaches_the_paying_side(client_for, worker, prepared):
    client = client_for(worker)
    for name in ("release", "disbursement_cancel", "disbursement_bounce"):
        assert client.post(url(name, prepared.uid), {"reason": "不该能办"}).status_code == 404


def test_nothing_is_paid_while_the_consent_is_withdrawn(
    client_for, cashier2, people, approved, prepared, acting
):
    with acting(people.worker):
        consent_withdraw(
            consent=approved.consent, reason="家庭改变主意", withdrawn_by="mother", by=people.worker
        )
    answer = client_for(cashier2).post(
        url("release", prepared.uid), {"totp_code": made.code_for(cashier2)}
    )
    assert answer.status_code == 422
    assert "申请暂停办理" in text(answer)
    assert _payouts(people, acting)[0].state == "prepared"


def test_an_account_stated_anew_is_of_digits_too():
    form = PayeeForm(
        {"payee_account": "演示医院", "payee_bank": "演示银行", "payee_number": "ABCD12345"}
    )
    assert form.errors == {"payee_number": ["账号只能是数字。"]}
