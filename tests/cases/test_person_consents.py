"""Consents of a person without a case: given, signed, printed and taken back from the person's page."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cases.models.codes import ConsentKind
from cases.models.consents import Consent, ConsentTemplate
from cases.services.consent_papers import consent_paper_file
from cases.services.consents import consent_withdraw
from departments.models.mechanisms import Document, Task
from tests.cases.pages import queries, text_of
from tests.cases.test_signing import DRAWN
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
SIGNED = {
    "purpose": "替本人打听政策",
    "agreed": "on",
    "signer_relation": "self",
    "signer": "演示甲",
    "method": "e_signature",
    "signed_at": timezone.localdate().isoformat(),
    "drawing": DRAWN,
}


@pytest.fixture
def somebody(worker, acting):
    """Registered, and nothing more."""
    with acting(worker):
        make.make_template(worker)
        return make.make_client(worker)


def _new(somebody, kind: str = ConsentKind.SERVICE) -> str:
    text = ConsentTemplate.objects.in_use().get(kind=kind)
    return f"{reverse('cases:client_consent_new', args=[somebody.uid])}?template={text.uid}"


def _ledger(somebody) -> str:
    return reverse("cases:client_consents", args=[somebody.uid])


def test_a_drawn_consent_of_a_person_without_a_case(worker, acting, client_for, somebody):
    site = client_for(worker)
    page = site.get(reverse("cases:client", args=[somebody.uid]))
    assert reverse("cases:client_consent_new", args=[somebody.uid]) in page.content.decode()
    choosing = site.get(reverse("cases:client_consent_new", args=[somebody.uid]))
    assert "医务社会工作服务同意书" in text_of(choosing)
    with acting(worker):
        where = _new(somebody)
    assert site.post(where, SIGNED).url == _ledger(somebody)
    with acting(worker):
        consent = Consent.objects.get()
        assert (consent.client_id, consent.case_id) == (somebody.pk, None)
        paper = consent.signature.drawn
        assert (paper.subject_kind, paper.subject_id) == ("client", somebody.pk)
    shown = site.get(_ledger(somebody)).content.decode()
    file = reverse("cases:client_document", args=[paper.uid])
    assert file in shown
    assert site.get(file)["Content-Type"] == "image/png"


def test_a_scan_can_be_filed_at_once_or_once_later(
    worker, acting, client_for, somebody, upload, refuses
):
    site = client_for(worker)
    with acting(worker):
        where = _new(somebody)
    site.post(where, SIGNED | {"method": "paper_scan", "drawing": "", "scan": upload})
    with acting(worker):
        assert Consent.objects.get().evidence.subject_kind == "client"
        later = make.make_person_consent(somebody, worker, purpose="介绍给学校")
    address = reverse("cases:consent_paper", args=[later.uid])
    assert address in site.get(_ledger(somebody)).content.decode()
    refused = site.post(address, {})
    assert (refused.status_code, "请选择文件。" in text_of(refused)) == (422, True)
    upload.seek(0)
    assert site.post(address, {"scan": upload}).url == _ledger(somebody)
    with acting(worker):
        later.refresh_from_db()
        assert later.evidence.kind == "consent"
        upload.seek(0)
        with refuses("consent.paper_is_filed", status=409):
            consent_paper_file(consent=later, scan=upload, by=worker)
        assert Document.objects.filter(subject_kind="client").count() == 2


def test_no_paper_is_filed_under_a_consent_that_is_over(worker, acting, somebody, upload, refuses):
    with acting(worker):
        consent = make.make_person_consent(somebody, worker)
        consent_withdraw(consent=consent, withdrawn_by="self", reason="不再需要", by=worker)
        with refuses("consent.is_over", status=409):
            consent_paper_file(consent=consent, scan=upload, by=worker)


def test_it_is_printed_masked_and_in_full_with_a_reason(worker, acting, client_for, somebody):
    site = client_for(worker)
    with acting(worker):
        consent = make.make_person_consent(somebody, worker)
    address = reverse("cases:consent_print", args=[consent.uid])
    assert address in site.get(_ledger(somebody)).content.decode()
    assert site.get(address).status_code == 200
    masked = site.post(address, {"shown": "masked"})
    assert (masked["Content-Type"], masked.content[:5]) == ("application/pdf", b"%PDF-")
    refused = site.post(address, {"shown": "named"})
    assert (refused.status_code, "打印完整身份信息要选理由。" in text_of(refused)) == (422, True)
    named = site.post(address, {"shown": "named", "why": "verify"})
    assert named.content[:5] == b"%PDF-"


def test_a_consent_of_a_case_is_not_printed_as_a_person_s(worker, acting, client_for):
    with acting(worker):
        consent = make.make_consent(make.make_case(worker), worker)
    answer = client_for(worker).get(reverse("cases:consent_print", args=[consent.uid]))
    assert answer.status_code == 404


def test_it_is_taken_back_from_the_person_s_page(worker, acting, client_for, somebody):
    site = client_for(worker)
    with acting(worker):
        consent = make.make_person_consent(somebody, worker)
    address = reverse("cases:consent_withdraw", args=[consent.uid])
    assert address in site.get(reverse("cases:client", args=[somebody.uid])).content.decode()
    assert site.get(address).status_code == 200
    answer = site.post(address, {"withdrawn_by": "self", "reason": "本人当面提出"})
    assert answer.url == reverse("cases:client", args=[somebody.uid])
    with acting(worker):
        consent.refresh_from_db()
        assert consent.state == "withdrawn"


def test_an_emergency_of_a_person_without_a_case_is_told_later(
    worker, acting, client_for, somebody
):
    site = client_for(worker)
    basis = {
        "legal_basis": "vital_interest",
        "basis_reason": "昏迷送医，先联系家属和民政",
        "signed_at": timezone.localdate().isoformat(),
    }
    address = reverse("cases:client_consent_basis", args=[somebody.uid])
    assert site.get(address).status_code == 200
    assert site.post(address, basis).url == _ledger(somebody)
    with acting(worker):
        consent, task = Consent.objects.get(), Task.objects.get(kind="consent_notice")
        assert (task.subject_kind, task.subject_id) == ("consent", consent.pk)
    told = reverse("cases:consent_notice", args=[consent.uid])
    assert told in site.get(reverse("departments:workbench")).content.decode()
    assert site.post(told, {"told": "床旁当面告诉了本人，说明联系过谁"}).url == _ledger(somebody)
    with acting(worker):
        task.refresh_from_db()
        assert task.state == "done"


def test_another_house_finds_nothing_of_it(worker, acting, client_for, somebody, other_worker):
    with acting(worker):
        consent = make.make_person_consent(somebody, worker, method="e_signature", drawing=DRAWN)
        paper = consent.signature.drawn
    stranger = client_for(other_worker)
    for name, uid in (
        ("client_consent_new", somebody.uid),
        ("client_consent_basis", somebody.uid),
        ("client_document", paper.uid),
        ("consent_print", consent.uid),
        ("consent_paper", consent.uid),
        ("consent_renew", consent.uid),
    ):
        assert stranger.get(reverse(f"cases:{name}", args=[uid])).status_code == 404, name


def test_the_person_s_ledger_asks_as_often_for_three_as_for_one(
    worker, acting, client_for, somebody
):
    with acting(worker):
        case = make.make_case(worker, client=somebody)
        make.make_consent(case, worker)
    site = client_for(worker)
    site.get(_ledger(somebody))
    one = queries(site, _ledger(somebody))
    with acting(worker):
        make.make_consent(make.make_case(worker, client=somebody, stage="closed"), worker)
        make.make_person_consent(somebody, worker, method="e_signature", drawing=DRAWN)
    assert queries(site, _ledger(somebody)) == one


def test_signing_anew_leads_to_the_text_in_use_with_purpose_and_recipient(
    worker, acting, client_for, foundation
):
    site = client_for(worker)
    with acting(worker):
        case = make.make_case(worker)
        old = make.make_consent(
            case, worker, ConsentKind.SHARE_TO_ORG, recipient=foundation, purpose="申请化疗救助"
        )
        text = old.template
        newer = ConsentTemplate(
            organization_id=text.organization_id,
            kind=text.kind,
            version=text.version + 1,
            title=text.title,
            text=text.text + "\n\n补充。",
            text_hash=ConsentTemplate.hash_of(text.text + "\n\n补充。"),
            items=text.items,
            published_at=timezone.now(),
            created_by=worker,
        )
        newer.save(force_insert=True)
    way = reverse("cases:consent_renew", args=[old.uid])
    assert way in site.get(reverse("cases:consents", args=[case.uid])).content.decode()
    assert way in site.get(reverse("cases:case", args=[case.uid])).content.decode()
    answer = site.get(way)
    new = reverse("cases:consent_new", args=[case.uid])
    assert answer.url == f"{new}?template={newer.uid}&again={old.uid}"
    page = site.get(answer.url)
    form = page.context["form"]
    assert (form["purpose"].value(), form["recipient"].value()) == ("申请化疗救助", foundation.uid)
    assert form["items"].value() in (None, [])
    given = {
        **SIGNED,
        "purpose": "申请化疗救助",
        "recipient": str(foundation.uid),
        "items": ["name", "diagnosis"],
    }
    assert site.post(answer.url, given).status_code == 302
    with acting(worker):
        old.refresh_from_db()
        assert (old.state, old.superseded_by.template_id) == ("superseded", newer.pk)
    assert way not in site.get(reverse("cases:consents", args=[case.uid])).content.decode()


def test_my_day_leads_to_the_signature_that_is_due(worker, acting, client_for):
    with acting(worker):
        case = make.make_case(worker)
        consent = make.make_consent(case, worker)
        Task(
            organization_id=case.organization_id,
            kind="reconsent_text",
            subject_kind="case",
            subject_id=case.pk,
            subject_uid=case.uid,
            assignee=worker,
            due_at=timezone.now() + dt.timedelta(days=1),
            dedup_key=f"reconsent_text:{consent.uid}",
        ).save(force_insert=True)
    page = client_for(worker).get(reverse("cases:panel_my_day"))
    assert reverse("cases:consent_renew", args=[consent.uid]) in page.content.decode()


def test_a_signed_paper_is_not_for_every_colleague(
    worker, worker2, head, acting, client_for, somebody
):
    with acting(worker):
        consent = make.make_person_consent(somebody, worker, method="e_signature", drawing=DRAWN)
    paper = reverse("cases:client_document", args=[consent.signature.drawn.uid])
    assert client_for(head).get(paper).status_code == 200
    colleague = client_for(worker2)
    assert colleague.get(paper).status_code == 404
    assert paper not in colleague.get(_ledger(somebody)).content.decode()
    with acting(worker2):
        make.make_case(worker2, client=somebody)
    assert colleague.get(paper).status_code == 200
    assert paper in colleague.get(_ledger(somebody)).content.decode()


def test_a_wrong_kind_of_file_keeps_the_page(worker, acting, client_for, somebody):
    with acting(worker):
        consent = make.make_person_consent(somebody, worker)
    text = SimpleUploadedFile("签署件.pdf", b"no paper at all", content_type="application/pdf")
    answer = client_for(worker).post(
        reverse("cases:consent_paper", args=[consent.uid]), {"scan": text}
    )
    assert answer.status_code == 422
