"""The ledger of consents: what is due anew and when, what stops at the end, other bases, prints."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.codes import ConsentKind
from cases.models.consents import Consent, ConsentTemplate, Disclosure
from cases.services.consent_renewal import birthday, consents_sweep
from cases.services.consents import consent_withdraw
from cases.services.disclosures import disclosure_make
from cases.services.printing import sheet_of
from cases.services.signing import picture_of, strokes_of
from departments.models.mechanisms import Document, Task
from tests.cases.pages import text_of
from tests.cases.test_signing import DRAWN
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def turned(age: int, days_ago: int) -> dt.date:
    """Born so that this age was reached so many days ago."""
    on = timezone.localdate() - days_ago * DAY
    return on.replace(year=on.year - age)


def signed_as_minor(worker, age: int, days_ago: int, **given) -> Consent:
    """By the mother, ten days before the birthday."""
    child = make.make_client(worker, name="演示童", birth_date=turned(age, days_ago))
    make.make_guardian(child, worker)
    case = make.make_case(worker, client=child, **given)
    signed_at = timezone.now() - (days_ago + 10) * DAY
    by_mother = {"signer": "演示母", "signer_relation": "mother", "signed_at": signed_at}
    return make.make_consent(case, worker, **by_mother)


def due_of(case) -> list[tuple[str, dt.date]]:
    rows = Task.objects.filter(subject_id=case.pk, kind__startswith="reconsent", state="open")
    return [(row.kind, timezone.localdate(row.due_at)) for row in rows]


def test_nothing_is_due_of_an_adult_under_the_text_in_use(worker, acting):
    with acting(worker):
        case = make.make_case(worker)
        make.make_consent(case, worker)
    consents_sweep()
    with acting(worker):
        assert due_of(case) == []


@pytest.mark.parametrize("age", [14, 18])
def test_at_14_and_at_18_the_person_decides_anew(worker, acting, age):
    with acting(worker):
        consent = signed_as_minor(worker, age, 5) if age == 14 else _signed_at_17(worker)
    consents_sweep()
    consents_sweep()
    with acting(worker):
        due = birthday(consent.client.birth_date, age) + 30 * DAY
        assert due_of(consent.case) == [(f"reconsent_{age}", due)]
        consent.refresh_from_db()
        assert consent.is_live
        make.make_consent(consent.case, worker, signer="演示童")
        assert due_of(consent.case) == []


def _signed_at_17(worker) -> Consent:
    person = make.make_client(worker, name="演示童", birth_date=turned(18, 5))
    case = make.make_case(worker, client=person)
    return make.make_consent(case, worker, signed_at=timezone.now() - 15 * DAY)


def test_without_a_new_signature_what_rested_on_the_old_one_stops(
    worker, acting, foundation, other_worker
):
    with acting(worker):
        old = signed_as_minor(worker, 14, 31)
        by_mother = {"signer": "演示母", "signer_relation": "mother"}
        share = make.make_consent(
            old.case,
            worker,
            ConsentKind.SHARE_TO_ORG,
            recipient=foundation,
            signed_at=old.signed_at,
            **by_mother,
        )
        copy = _copy(share, foundation, worker)
    consents_sweep()
    with acting(worker):
        for row in (old, share, copy):
            row.refresh_from_db()
        assert (old.state, share.state) == ("expired", "expired")
        assert (copy.payload, copy.withdrawn_at is None) == (None, False)
        assert not Consent.objects.live().exists()


def _copy(consent: Consent, to, by) -> Disclosure:
    return disclosure_make(
        organization=consent.case.organization,
        recipient=to,
        consent=consent,
        level="review",
        subject=consent.case,
        payload={"sex": "2"},
        fields=["sex"],
        by=by,
    )


def test_a_consent_past_its_last_day_empties_its_copies(worker, acting, foundation):
    with acting(worker):
        case = make.make_case(worker)
        share = make.make_consent(
            case,
            worker,
            ConsentKind.SHARE_TO_ORG,
            recipient=foundation,
            valid_to=timezone.localdate() + DAY,
        )
        copy = _copy(share, foundation, worker)
    consents_sweep()
    with acting(worker):
        copy.refresh_from_db()
        assert copy.payload == {"sex": "2"}
        signed_at = timezone.now() - 9 * DAY
        ended = {"valid_to": timezone.localdate() - DAY, "signed_at": signed_at}
        again = make.make_consent(
            case, worker, ConsentKind.SHARE_TO_ORG, recipient=foundation, **ended
        )
    consents_sweep()
    with acting(worker):
        copy.refresh_from_db()
        again.refresh_from_db()
        assert (copy.payload, again.lapsed_at is None) == (None, False)


def test_a_new_text_asks_again_and_the_old_signature_goes_on(worker, acting, client_for):
    with acting(worker):
        case = make.make_case(worker)
        consent = make.make_consent(case, worker)
        _new_version(worker)
    consents_sweep()
    page = reverse("cases:case", args=[case.uid])
    assert "同意书有新版本" in text_of(client_for(worker).get(page))
    with acting(worker):
        assert due_of(case) == [("reconsent_text", timezone.localdate() + 30 * DAY)]
        consent.refresh_from_db()
        assert consent.is_live
        consent_withdraw(consent=consent, reason="不再需要", withdrawn_by="self", by=worker)
        assert due_of(case) == []
    assert "同意书有新版本" not in text_of(client_for(worker).get(page))


def _new_version(worker) -> None:
    text = "改了用途的新文本"
    ConsentTemplate(
        organization_id=worker.house_id,
        kind="service",
        version=9,
        title="服务同意书",
        text=text,
        text_hash=ConsentTemplate.hash_of(text),
        published_at=timezone.now(),
    ).save(force_insert=True)


def test_an_emergency_is_entered_and_told_afterwards_on_its_pages(worker, acting, client_for):
    with acting(worker):
        case = make.make_case(worker)
        text = make.make_template(worker)
    client = client_for(worker)
    url = f"{reverse('cases:consent_basis', args=[case.uid])}?template={text.uid}"
    typed = {
        "legal_basis": "vital_interest",
        "basis_reason": "昏迷入院，联系不上家属，须先查救助身份",
        "signed_at": timezone.localdate().isoformat(),
    }
    refused = client.post(url, typed | {"basis_reason": "急"})
    assert refused.status_code == 422
    assert "basis_reason" in refused.context["form"].errors
    assert client.post(url, typed).status_code == 302
    with acting(worker):
        consent = Consent.objects.get(case=case)
        assert (consent.method, consent.legal_basis) == ("not_asked", "vital_interest")
    ledger = reverse("cases:consents", args=[case.uid])
    assert "补办告知" in text_of(client.get(ledger))
    notice = reverse("cases:consent_notice", args=[consent.uid])
    assert client.post(notice, {"told": "说了"}).status_code == 422
    assert client.post(notice, {"told": "次日床旁当面告知本人处理了哪些信息"}).status_code == 302
    assert "已事后告知" in text_of(client.get(ledger))


def test_a_scan_is_uploaded_with_the_signature(worker, acting, client_for):
    with acting(worker):
        case = make.make_case(worker)
        text = make.make_template(worker)
    url = f"{reverse('cases:consent_new', args=[case.uid])}?template={text.uid}"
    typed = {
        "purpose": text.title,
        "signer_relation": "self",
        "signer": "演示甲",
        "method": "paper_scan",
        "signed_at": timezone.localdate().isoformat(),
        "agreed": "on",
    }
    client, ledger = client_for(worker), reverse("cases:consents", args=[case.uid])
    broken = SimpleUploadedFile("签署件.pdf", b"no paper", content_type="application/pdf")
    refused = client.post(url, typed | {"scan": broken})
    assert refused.status_code == 422
    assert "scan" in refused.context["form"].errors
    assert client.post(url, typed).status_code == 302
    assert "签署件还没有上传" in text_of(client.get(ledger))
    paper = SimpleUploadedFile("签署件.png", picture_of(strokes_of(DRAWN)), "image/png")
    assert client.post(url, typed | {"scan": paper}).status_code == 302
    with acting(worker):
        consent = Consent.objects.live().get(case=case)
        assert consent.evidence == Document.objects.get(kind="consent")
    assert "签署件还没有上传" not in text_of(client.get(ledger))


def test_the_print_shows_the_picture_of_the_signature(worker, acting, client_for):
    with acting(worker):
        case = make.make_case(worker)
        plain = make.make_consent(case, worker, purpose="纸质")
        drawn = make.make_consent(case, worker, purpose="屏上", method="e_signature", drawing=DRAWN)
        kinds = [
            [block["t"] for block in sheet_of(case, "F2", one, is_named=False).blocks]
            for one in (plain, drawn)
        ]
        text = make.make_template(worker)
    assert ["svg" in one for one in kinds] == [False, True]
    url = f"{reverse('cases:print', args=[case.uid, 'F2'])}?row={drawn.uid}"
    paper = client_for(worker).post(url, {"shown": "masked"})
    assert paper.getvalue()[:5] == b"%PDF-"
    blank = client_for(worker).get(reverse("cases:consent_blank", args=[text.uid]))
    assert blank.getvalue()[:5] == b"%PDF-"


def test_the_ledger_of_a_person_covers_what_the_reader_may_open(
    worker, worker2, other_worker, acting, client_for
):
    with acting(worker):
        case = make.make_case(worker)
        make.make_consent(case, worker, purpose="只在本案")
    url = reverse("cases:client_consents", args=[case.client.uid])
    assert "只在本案" in text_of(client_for(worker).get(url))
    assert "只在本案" not in text_of(client_for(worker2).get(url))
    assert client_for(other_worker).get(url).status_code == 404


def test_the_ledger_asks_the_same_with_one_and_three_rows(worker, acting, client_for):
    client, counts = client_for(worker), []
    with acting(worker):
        case = make.make_case(worker)
    url = reverse("cases:consents", args=[case.uid])
    for names in (["甲"], ["乙", "丙"]):
        with acting(worker):
            for name in names:
                make.make_consent(case, worker, purpose=name)
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        counts.append(len(seen))
    assert counts[0] == counts[1]
