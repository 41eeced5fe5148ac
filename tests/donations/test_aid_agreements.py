"""The agreement before the payout: agreed to on the phone or signed on paper, and nothing paid before it."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cases.models.consents import Consent
from cases.services.consents import consent_withdraw
from cases.services.documents import case_document_add
from departments.models.mechanisms import Document, Task
from departments.models.trail import AuditEntry
from departments.services import outbox
from donations.models.aid_agreements import AidAgreement
from donations.models.requests import FundingRequest
from donations.services import payout
from donations.services.aid_agreements import aid_agreement_sign, terms_of
from donations.services.family_lane import lane_code_create, lane_open
from donations.services.holds import identity_disclose, request_resume
from msw_portal.kernel.scope import scope
from tests.donations.pages import text, url
from tests.factories import cases
from tests.factories import donations as made

OWN_TERM = "受助方同意治疗结束后配合一次回访。"


@pytest.fixture
def angel(people):
    """A programme that pays under an agreement, with a clause of its own."""
    money = made.make_money(people, needs_agreement=True, agreement_terms=f"{OWN_TERM}\n\n")
    made.give(people, money, "100000.00")
    return money


@pytest.fixture
def granted(people, angel):
    asked = made.make_approved(people, angel, amount="20000.00")
    outbox.relay_once()
    return asked


@pytest.fixture
def code(people, granted):
    with made.as_person(people.worker) as by:
        return lane_code_create(request=granted.request, by=by).code


def _fresh(asked):
    return FundingRequest.objects.select_related(
        "programme_version", "organization", "counterparty"
    ).get(pk=asked.request.pk)


def _lane(code, query=""):
    return reverse("lane:lane", args=[code]) + query


def _agree(client, code, **changed):
    given = {
        "do": "agree",
        "signer": "guardian",
        "agreed": "on",
        "digest": lane_open(code).terms.digest,
    }
    return client.post(_lane(code), given | changed)


def _sign_on_paper(people, granted, **changed):
    with made.as_person(people.worker) as by:
        given = {
            "signer": "guardian",
            "signed_on": timezone.localdate(),
            "scan": made.paper(granted.case, by, "aid_agreement"),
        }
        return aid_agreement_sign(request=granted.request, by=by, **given | changed)


def _scan() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (200, 280), "white").save(out, format="PNG")
    return SimpleUploadedFile("协议.png", out.getvalue(), "image/png")


def _withdraw(people, granted):
    with made.as_person(people.worker) as by:
        consent = Consent.objects.get(pk=_fresh(granted).consent_id)
        consent_withdraw(consent=consent, reason="家属改变主意", withdrawn_by="mother", by=by)


def test_nothing_is_paid_before_it_and_the_turn_is_the_hospitals(people, granted, refuses):
    with made.as_person(people.worker):
        assert Task.objects.get(kind="aid_agreement").assignee_id == people.worker.pk
    with made.as_person(people.cashier) as by:
        assert not Task.objects.filter(kind="release", state="open").exists()
        with refuses("aid_agreement_first", status=409):
            payout.disbursement_prepare(
                request=_fresh(granted),
                amount=made.D("20000.00"),
                payee_account=made.payee_of(_fresh(granted)),
                by=by,
            )
    with (
        scope(org=granted.request.counterparty_id, role="system"),
        pytest.raises(IntegrityError, match="under an agreement"),
        transaction.atomic(),
    ):
        FundingRequest.objects.filter(pk=granted.request.pk).update(state="agreement")


def test_the_family_reads_every_clause_and_agrees_on_the_phone(
    client, client_for, people, granted, code
):
    shown = text(client.get(_lane(code)))
    assert OWN_TERM in shown
    assert "20,000.00 元（贰万元整）" in shown
    assert "演示患儿" not in shown
    unread = _agree(client, code, agreed="")
    assert unread.status_code == 422
    assert "请看过每一条，同意就勾选。" in text(unread)
    assert _agree(client, code, digest="0" * 64).status_code == 422
    assert _agree(client, code, signer="unit").status_code == 422
    done = _agree(client, code)
    assert done.status_code == 302
    assert "协议已签" in text(client.get(done.url))
    outbox.relay_once()
    with made.as_person(people.officer) as by:
        kept = AidAgreement.objects.visible_to(by).get()
        assert (kept.way, kept.signer, kept.amount) == ("lane", "guardian", made.D("20000.00"))
        assert OWN_TERM in kept.text
        assert _fresh(granted).state == "agreement"
        assert Task.objects.get(kind="release", state="open").role == "foundation_cashier"
    with made.as_person(people.worker):
        assert Task.objects.get(kind="aid_agreement").state == "done"
    again = client.post(
        _lane(code), {"do": "agree", "signer": "self", "agreed": "on", "digest": kept.digest}
    )
    assert again.status_code == 422
    payout_row = made.prepare(people, granted, "20000.00")
    assert payout_row.state == "prepared"
    paper = client.get(reverse("lane:agreement", args=[code]))
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    officer = client_for(people.officer)
    assert "在手机上同意" in text(officer.get(url("review", granted.request.uid)))
    assert officer.get(url("review_agreement", granted.request.uid)).content[:4] == b"%PDF"


def test_signed_on_paper_with_a_scan_by_the_worker_alone(client_for, people, granted, refuses):
    worker = client_for(people.worker)
    page = worker.get(url("request", granted.request.uid))
    assert "登记纸质协议" in text(page)
    assert worker.get(url("request_agreement", granted.request.uid)).content[:4] == b"%PDF"
    form = url("aid_agreement_sign", granted.request.uid)
    given = {"signed_on": timezone.localdate().isoformat(), "signer": "guardian"}
    assert worker.post(form, given).status_code == 422
    file = SimpleUploadedFile("协议.pdf", made.PDF, "application/pdf")
    assert client_for(people.officer).post(form, given | {"file": file}).status_code == 404
    early = timezone.localdate() - dt.timedelta(days=1)
    with refuses("aid_agreement.day", "signed_on"):
        _sign_on_paper(people, granted, signed_on=early)
    file.seek(0)
    assert worker.post(form, given | {"file": file}).status_code == 302
    with made.as_person(people.worker) as by:
        kept = AidAgreement.objects.visible_to(by).select_related("scan").get()
        assert (kept.way, kept.recorded_by_id, kept.scan.kind) == (
            "paper",
            people.worker.pk,
            "aid_agreement",
        )
        with refuses("aid_agreement.not_now", status=409):
            aid_agreement_sign(
                request=granted.request,
                signer="self",
                signed_on=timezone.localdate(),
                scan=kept.scan,
                by=by,
            )
    assert "看签字件" in text(worker.get(url("request", granted.request.uid)))
    assert "看签字件" not in text(
        client_for(people.officer).get(url("review", granted.request.uid))
    )


def test_the_foundation_sees_the_scan_where_it_may_know_the_name(client_for, people, granted):
    with made.as_person(people.worker) as by:
        scan = case_document_add(case=granted.case, kind="aid_agreement", file=_scan(), by=by)
    _sign_on_paper(people, granted, scan=scan)
    uid = granted.request.uid
    officer, view = client_for(people.officer), url("aid_scan_view", uid)
    assert "医院按同意书提供身份资料以后" in text(officer.get(url("review", uid)))
    assert officer.get(view).status_code == 404
    assert officer.get(url("aid_scan_file", uid)).status_code == 404
    with made.as_person(people.worker) as by:
        identity_disclose(request=granted.request, by=by)
        identity_disclose(request=_fresh(granted), by=by)  # told twice, copied once
        copies = Document.objects.of(granted.request).filter(kind="aid_agreement")
        assert copies.filter(derived_from__isnull=False).count() == 1
    assert "看签字件" in text(officer.get(url("review", uid)))
    page = officer.get(view)
    assert page.status_code == 200
    picture = page.context["pages"][0]["url"]
    assert officer.get(picture).status_code == 200
    assert officer.get(picture.split("?")[0]).status_code == 404
    assert officer.get(url("aid_scan_file", uid)).content[:4] == b"\x89PNG"
    with scope(org=granted.request.counterparty_id, role="auditor"):
        read = AuditEntry.objects.filter(
            action="funding_request.read", body__contains="document:aid_agreement"
        )
        assert read.count() == 2  # the page and the file; a picture belongs to its page
    _withdraw(people, granted)
    assert officer.get(view).status_code == 404
    assert officer.get(url("aid_scan_file", uid)).status_code == 404


def test_who_it_is_can_be_told_again_under_a_new_consent(people, granted):
    _sign_on_paper(people, granted)
    with made.as_person(people.worker) as by:
        identity_disclose(request=granted.request, by=by)
    _withdraw(people, granted)
    with made.as_person(people.worker) as by:
        renewed = cases.make_consent(
            granted.case,
            by,
            "share_to_org",
            recipient=granted.request.counterparty,
            signer="演示母",
            signer_relation="mother",
        )
        request_resume(request=_fresh(granted), consent=renewed, by=by)
        assert _fresh(granted).identity_disclosure_id is None
        identity_disclose(request=_fresh(granted), by=by)
        copies = Document.objects.of(granted.request).filter(derived_from__isnull=False)
        assert copies.filter(kind="aid_agreement").count() == 1


def test_a_foundation_cannot_write_it_and_nobody_another_sum(people, granted, hospital):
    def row(amount):
        terms = terms_of(_fresh(granted))
        return AidAgreement(
            request=granted.request,
            organization_id=hospital.pk,
            counterparty_id=granted.request.counterparty_id,
            amount=made.D(amount),
            text=terms.text,
            digest=terms.digest,
            way="lane",
            signer="self",
            signed_on=timezone.localdate(),
        )

    for house, amount in ((granted.request.counterparty_id, "20000.00"), (hospital.pk, "20000.01")):
        with (
            scope(org=house, role="system"),
            pytest.raises(IntegrityError, match="not this side"),
            transaction.atomic(),
        ):
            row(amount).save(force_insert=True)


def test_a_hold_or_another_state_takes_no_agreement(people, angel, refuses):
    asked = made.make_proposed(people, angel)
    with refuses("aid_agreement.not_now", status=409):
        _sign_on_paper(people, asked)


def test_a_programme_without_one_pays_as_before(people, money, client_for):
    asked = made.make_approved(people, money, amount="20000.00")
    assert "登记纸质协议" not in text(
        client_for(people.worker).get(url("request", asked.request.uid))
    )
    made.prepare(people, asked, "20000.00")
    with made.as_person(people.officer):
        assert _fresh(asked).state == "agreement"
        assert not AidAgreement.objects.filter(request=asked.request).exists()


def test_the_foundations_program_reads_what_was_agreed(api, people, granted, code, client):
    path = f"{granted.request.uid}/"
    before = api.get(path).json()
    assert (before["awaits_agreement"], before["agreement"]) == (True, None)
    _agree(client, code)
    after = api.get(path).json()
    assert after["awaits_agreement"] is False
    assert after["agreement"]["way"] == "lane"
    assert after["agreement"]["amount"] == "20000.00"
    entries = api.get(f"{path}timeline/").json()["items"]
    assert [(one["side"], one["state"]) for one in entries if one["step"] == "sign"] == [
        ("hospital", "agreement")
    ]
