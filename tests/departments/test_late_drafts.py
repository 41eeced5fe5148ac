"""A draft that arrives after its own page was sent does not come back; one of another page does."""

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models.mechanisms import Draft
from msw_portal.kernel.ids import uuid7
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(worker, acting):
    with acting(worker):
        return make.make_case(worker, stage="intervention")


def _typed(once: str, **more: str) -> dict[str, str]:
    typed = {"mode": "interview", "target": "client", "quick": "45", "facts": "谈费用。"}
    return typed | {"occurred_on": "2026-01-05", "once": once} | more


def _drafts(worker, acting) -> int:
    with acting(worker):
        return Draft.objects.visible_to(worker).count()


def test_a_late_draft_of_a_sent_page_is_not_kept(worker, case, client_for, acting):
    client, once = client_for(worker), str(uuid7())
    draft = reverse("departments:draft", args=["cases-contact", case.uid])
    send = reverse("cases:contact_new", args=[case.uid])
    assert client.post(draft, _typed(once)).status_code == 204
    assert _drafts(worker, acting) == 1
    day = timezone.localdate(case.opened_at).isoformat()
    assert client.post(send, _typed(once, occurred_on=day)).status_code == 302
    assert _drafts(worker, acting) == 0
    assert client.post(draft, _typed(once)).status_code == 204
    assert _drafts(worker, acting) == 0
    assert client.post(draft, _typed(str(uuid7()))).status_code == 204
    assert _drafts(worker, acting) == 1


def test_what_was_refused_is_still_kept_while_it_is_mended(worker, case, client_for, acting):
    client, once = client_for(worker), str(uuid7())
    draft = reverse("departments:draft", args=["cases-contact", case.uid])
    send = reverse("cases:contact_new", args=[case.uid])
    assert client.post(send, _typed(once, facts="")).status_code == 422
    assert client.post(draft, _typed(once)).status_code == 204
    assert _drafts(worker, acting) == 1
