"""Papers of a request inside the portal: the foundation looks at its copy, as long as the consent stands."""

import pytest
import typst
from django.urls import reverse

from cases.services.consents import consent_withdraw
from donations.models.requests import RequestDocument
from tests.donations.pages import text
from tests.factories import donations as made

pytestmark = pytest.mark.django_db
PAPER = typst.compile('#set page("a6")\n= 诊断证明'.encode(), format="pdf")


def test_the_foundation_looks_at_the_copy_until_the_consent_is_withdrawn(
    client_for, officer, people, money, acting, monkeypatch, other_officer
):
    monkeypatch.setattr(made, "PDF", PAPER)
    sent = made.make_submitted(people, money)
    with acting(officer):
        paper = RequestDocument.objects.filter(request=sent.request, masked__isnull=False).first()
    desk, address = client_for(officer), reverse("donations:document_view", args=[paper.uid])
    page = desk.get(address)
    (shown,) = (one["url"] for one in page.context["pages"])
    answer = desk.get(shown)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert people.worker.display_name not in text(page)
    assert client_for(other_officer).get(address).status_code == 404
    own = client_for(people.worker).get(address)
    assert people.worker.display_name in text(own)
    with acting(people.worker):
        consent_withdraw(
            consent=sent.consent, reason="家庭改变主意", withdrawn_by="mother", by=people.worker
        )
    assert [desk.get(url).status_code for url in (address, shown)] == [404, 404]
