"""Signing on screen: strokes become a sealed picture and a row with the hash of the text; bad strokes leave nothing."""

import io
import json

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cases.models.consents import Consent
from cases.services.consents import consent_give
from cases.services.signing import picture_of, strokes_of
from departments.models.doors import Signature
from departments.models.mechanisms import Document
from departments.services.documents import document_read
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
DRAWN = json.dumps([[[20 + n * 10, 100 + (n % 3) * 9] for n in range(20)]])


def _give(worker, case, drawing):
    text = make.make_template(worker)
    return consent_give(
        client=case.client,
        case=case,
        kind=text.kind,
        template=text,
        purpose="接受服务",
        signer="演示甲",
        signer_relation="self",
        method="e_signature",
        signed_at=timezone.now(),
        drawing=drawing,
        by=worker,
    )


def test_a_drawn_signature_is_kept_with_the_hash_of_the_text(worker, acting):
    with acting(worker):
        case = make.make_case(worker)
        consent = _give(worker, case, DRAWN)
        signature = Signature.objects.get()
        assert consent.signature_id == signature.pk
        assert bytes(signature.text_hash) == bytes(consent.template.text_hash)
        assert (signature.signer_kind, signature.signer_name) == ("client", "演示甲")
        assert (signature.subject_kind, signature.subject_uid) == ("consent", consent.uid)
        assert signature.drawn.kind == "signature"
        picture = Image.open(io.BytesIO(document_read(document=signature.drawn, by=worker)))
        assert (picture.format, picture.size) == ("PNG", (1200, 400))
        assert picture.convert("L").getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("drawing", "rule"),
    [
        ("[]", "signature.empty"),
        ("[[[1, 1], [2, 2]]]", "signature.empty"),
        ("nothing", "signature.broken"),
        ("5", "signature.broken"),
        ("[[[1]]]", "signature.broken"),
        (json.dumps([[[700, 1]] * 9]), "signature.broken"),
        (json.dumps([[[1.5, 1]] * 9]), "signature.broken"),
        (json.dumps([[[1, 1]] * 5001]), "signature.broken"),
        ("[" * 30_000, "signature.broken"),
    ],
)
def test_what_is_no_signature_is_refused_and_leaves_nothing(worker, acting, refuses, drawing, rule):
    with acting(worker):
        case = make.make_case(worker)
        with refuses(rule, "drawing"):
            _give(worker, case, drawing)
        assert Consent.objects.filter(case=case).count() == 0
        assert (Signature.objects.count(), Document.objects.count()) == (0, 0)


def test_the_same_strokes_make_the_same_picture():
    assert picture_of(strokes_of(DRAWN)) == picture_of(strokes_of(DRAWN))


def test_the_page_asks_for_the_drawing_and_keeps_it_after_a_refusal(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker)
        text = make.make_template(worker)
    url = f"{reverse('cases:consent_new', args=[case.uid])}?template={text.uid}"
    client = client_for(worker)
    typed = {
        "purpose": "接受服务",
        "signer_relation": "self",
        "signer": "演示甲",
        "method": "e_signature",
        "signed_at": timezone.localdate().isoformat(),
        "agreed": "on",
    }
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert "请在方框内签名，或选上传的签署件。" in answer.content.decode()
    kept = client.post(url, typed | {"drawing": DRAWN, "agreed": ""})
    assert kept.status_code == 422
    assert DRAWN in kept.content.decode()
    assert client.post(url, typed | {"drawing": DRAWN}).status_code == 302
    with acting(worker):
        assert Consent.objects.get(case=case).signature is not None
