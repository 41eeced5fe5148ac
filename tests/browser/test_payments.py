"""The day's payments in the browser: listed, approved, taken to the bank, answered, the returned account corrected."""

from playwright.sync_api import expect

from donations.models.payments import PaymentLine
from tests.browser.test_disclosure import _look
from tests.browser.watching import browsing, sign_in
from tests.donations.test_payments import HEADS, answer, bring
from tests.factories import donations as gifts
from tests.keys.sealed_world import people_of


def test_payments_from_the_list_to_the_corrected_account(
    portal, browser, own_database, person, monkeypatch
):
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 600)
    people = people_of(person)
    money = gifts.make_money(people)
    gifts.give(people, money, "60000.00")
    asked = gifts.make_approved(people, money, amount="30000.00")
    for amount in ("10000.00", "20000.00"):
        gifts.release(people, gifts.prepare(people, asked, amount))
    with (
        browsing(browser, portal) as watch,
        browsing(browser, portal) as other,
        browsing(browser, portal) as third,
    ):
        page, leads, worker = watch.page, other.page, third.page
        sign_in(watch, "cashier")
        sign_in(other, "approver")
        watch.go("/funding/payments/")
        page.get_by_role("link", name="编制付款清单").first.click()
        _look(watch, "payment-new")
        page.locator("input[name=account]").fill("演示银行 0000")
        page.get_by_role("button", name="编制", exact=True).click()
        expect(page.locator("main")).to_contain_text("编制人不能审批自己编制的付款清单")
        expect(page.locator("main")).to_contain_text("30,000.00")
        leads.goto(page.url)
        leads.get_by_role("link", name="审批", exact=True).click()
        leads.locator("#step input[name=totp_code]").fill(gifts.code_for(people.approver))
        leads.locator("#step button.btn--primary").click()
        expect(leads.locator("main")).to_contain_text("已审批，等银行回单")
        page.reload()
        _look(watch, "payment-list")
        with page.expect_download() as taken:
            page.get_by_role("button", name="导出付款文件").click()
        assert taken.value.suggested_filename.endswith(".xlsx")
        with gifts.as_person(people.cashier):
            one, two = PaymentLine.objects.order_by("place")
        said = [
            answer(one, "成功", number="B1"),
            answer(two, "退汇", reason="户名不符", number="B2"),
        ]
        bring(people.cashier2, said, kind="payment_answer", heads=HEADS)
        other.go("/funding/payments/answers/")
        _look(other, "payment-answers")
        leads.get_by_role("button", name="登记全部对上的").click()
        expect(leads.locator("main")).to_contain_text("已登记")
        page.reload()
        expect(page.locator("main")).to_contain_text("户名不符")
        expect(page.locator("main")).to_contain_text("已全部回单")
        sign_in(third, "worker")
        third.go(f"/funding/requests/{asked.request.uid}/")
        worker.get_by_role("link", name="更正收款账户").click()
        worker.locator("input[name=payee_bank]").fill("演示银行新支行")
        worker.locator("input[name=payee_number]").fill("6200000000000009")
        worker.get_by_role("button", name="保存账户").click()
        expect(worker.locator("body")).to_contain_text("收款账户已更正")
